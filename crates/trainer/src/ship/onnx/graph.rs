//! The nodes of the graph: each operation of the network's forward pass in ONNX.

use std::collections::BTreeSet;

use anyhow::{Error, Result, anyhow, ensure};
use mmis_model::weights::Arrays;
use mmis_model::{FusionKind, MmisNetConfig};
use mmis_net::fusion::LENGTHS_EPSILON;
use mmis_net::instance_norm;
use mmis_net::instance_norm::NEGATIVE_SLOPE;

use super::proto::{self, AttributeProto, NodeProto, TensorProto};

/// A graph while it is built. Methods that add nodes return the name of their result.
pub(super) struct Graph<'a> {
    pub(super) parameters: &'a Arrays,
    pub(super) used: BTreeSet<&'a str>,
    pub(super) nodes: Vec<NodeProto>,
    pub(super) initializers: Vec<TensorProto>,
}

impl Graph<'_> {
    /// As `MmisNet::forward` on the value `input`.
    pub(super) fn network(&mut self, config: &MmisNetConfig, input: &str) -> Result<String> {
        let mut skips = Vec::new();
        let mut features = input.to_owned();
        let mut channels = config.channels_in;
        for (stage, (&width, &blocks)) in config.widths.iter().zip(&config.encoder_blocks).enumerate() {
            for block in 0..blocks {
                let path = format!("encoder.{stage}.blocks.{block}");
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                features = self.conv_block(&path, &features, [channels, width], stride)?;
                channels = width;
            }
            skips.push((features.clone(), width));
        }
        // The deepest map is the start of the way up, not a skip.
        skips.pop();
        let decoder = config.decoder_blocks.iter().zip(&skips).enumerate().rev();
        for (stage, (&blocks, (skip, width))) in decoder {
            let (path, width) = (format!("decoder.{stage}"), *width);
            let projected = self.pointwise(&format!("{path}.project"), &features, [channels, width], true)?;
            let semantics = self.upsample(&path, &projected);
            features = self.fusion(config.fusion, &format!("{path}.fusion"), skip, &semantics, width)?;
            channels = config.fusion.channels_out(width);
            for block in 0..blocks {
                let path = format!("{path}.refine.blocks.{block}");
                features = self.conv_block(&path, &features, [channels, width], 1)?;
                channels = width;
            }
        }
        self.pointwise("head", &features, [channels, config.labels], true)
    }

    /// As `ConvBlock::forward`; `channels` are those in and out.
    fn conv_block(&mut self, path: &str, input: &str, channels: [usize; 2], stride: i64) -> Result<String> {
        let shape = [channels[1], channels[0], 3, 3];
        let weight = self.parameter(&format!("{path}.conv.weight"), &shape, &shape)?;
        let attributes = vec![
            ints("kernel_shape", &[3, 3]),
            ints("pads", &[1, 1, 1, 1]),
            ints("strides", &[stride, stride]),
        ];
        let convolved = self.node("Conv", &[input, &weight], &format!("{path}.conv"), attributes);
        let normed = self.instance_norm(&format!("{path}.norm"), &convolved, channels[1])?;
        Ok(self.node("LeakyRelu", &[&normed], path, vec![float("alpha", NEGATIVE_SLOPE as f32)]))
    }

    /// As `InstanceNorm::forward`, whose variance is also that of the population.
    fn instance_norm(&mut self, path: &str, input: &str, channels: usize) -> Result<String> {
        let scale = self.parameter(&format!("{path}.scale"), &[channels], &[channels])?;
        let shift = self.parameter(&format!("{path}.shift"), &[channels], &[channels])?;
        let attributes = vec![float("epsilon", instance_norm::EPSILON as f32)];
        Ok(self.node("InstanceNormalization", &[input, &scale, &shift], path, attributes))
    }

    /// As `Pointwise::forward`; `channels` are those in and out.
    fn pointwise(&mut self, path: &str, input: &str, channels: [usize; 2], bias: bool) -> Result<String> {
        let [from, to] = channels;
        // The matrix of a 1x1 convolution is its kernel.
        let weight = self.parameter(&format!("{path}.weight"), &[to, from], &[to, from, 1, 1])?;
        let attributes = vec![ints("kernel_shape", &[1, 1])];
        if bias {
            let bias = self.parameter(&format!("{path}.bias"), &[to], &[to])?;
            Ok(self.node("Conv", &[input, &weight, &bias], path, attributes))
        } else {
            Ok(self.node("Conv", &[input, &weight], path, attributes))
        }
    }

    /// Doubles rows and columns: output pixel i takes input pixel floor(i / 2), as Burn's nearest does.
    fn upsample(&mut self, path: &str, input: &str) -> String {
        let scales = self.constant(&format!("{path}.scales"), &[4], &[1.0, 1.0, 2.0, 2.0]);
        let attributes = vec![
            string("mode", "nearest"),
            string("coordinate_transformation_mode", "asymmetric"),
            string("nearest_mode", "floor"),
        ];
        // The empty name leaves out the region of interest, which only cropping uses.
        self.node("Resize", &[input, "", &scales], &format!("{path}.semantics"), attributes)
    }

    /// As `Fusion::forward`. The variant of the enum `Fusion` is part of the path.
    fn fusion(
        &mut self,
        kind: FusionKind,
        path: &str,
        detail: &str,
        semantics: &str,
        channels: usize,
    ) -> Result<String> {
        match kind {
            FusionKind::Concatenate => {
                Ok(self.node("Concat", &[detail, semantics], path, vec![int("axis", 1)]))
            }
            FusionKind::AttentionGate => {
                let inside = format!("{path}.Attention");
                let (f, g, embedded) = self.embed(&inside, detail, semantics, channels)?;
                let sum = self.node("Add", &[&f, &g], &format!("{inside}.sum"), vec![]);
                let positive = self.node("Relu", &[&sum], &format!("{inside}.positive"), vec![]);
                let logit = self.pointwise(&format!("{inside}.gate"), &positive, [embedded, 1], true)?;
                let gate = self.node("Sigmoid", &[&logit], &format!("{inside}.similarity"), vec![]);
                let gated = self.node("Mul", &[detail, &gate], &format!("{inside}.gated"), vec![]);
                Ok(self.node("Concat", &[&gated, semantics], path, vec![int("axis", 1)]))
            }
            FusionKind::SimilarityDot | FusionKind::SimilarityCosine => {
                let cosine = kind == FusionKind::SimilarityCosine;
                let inside = format!("{path}.Similarity");
                self.similarity_fusion(cosine, &inside, path, detail, semantics, channels)
            }
            FusionKind::SimilarityBeside => {
                let inside = format!("{path}.Beside");
                let fused = format!("{inside}.fused");
                self.similarity_fusion(false, &inside, &fused, detail, semantics, channels)?;
                Ok(self.node("Concat", &[&fused, semantics], path, vec![int("axis", 1)]))
            }
        }
    }

    /// As `SimilarityFusion::forward`, by the cosine or by the scaled dot product;
    /// its parameters are named from `inside`.
    fn similarity_fusion(
        &mut self,
        cosine: bool,
        inside: &str,
        output: &str,
        detail: &str,
        semantics: &str,
        channels: usize,
    ) -> Result<String> {
        let (f, g, embedded) = self.embed(inside, detail, semantics, channels)?;
        let axis = self.channel_axis(inside);
        let dot = self.dot(&format!("{inside}.dot"), &f, &g, &axis);
        let agreement = format!("{inside}.agreement");
        if cosine {
            let lengths = self.lengths(inside, &f, &g, &axis);
            let cosine = self.node("Div", &[&dot, &lengths], &format!("{inside}.cosine"), vec![]);
            let sharpness = self.parameter(&format!("{inside}.sharpness"), &[1], &[1])?;
            self.node("Mul", &[&cosine, &sharpness], &agreement, vec![]);
        } else {
            let spread = (embedded as f64).sqrt() as f32;
            let spread = self.constant(&format!("{inside}.spread"), &[], &[spread]);
            self.node("Div", &[&dot, &spread], &agreement, vec![]);
        }
        let similarity = self.node("Sigmoid", &[&agreement], &format!("{inside}.similarity"), vec![]);
        let gap = self.node("Sub", &[semantics, detail], &format!("{inside}.gap"), vec![]);
        let step = self.node("Mul", &[&gap, &similarity], &format!("{inside}.step"), vec![]);
        Ok(self.node("Add", &[detail, &step], output, vec![]))
    }

    /// Both inputs of a fusion after their 1x1 convolutions and norms, and how many channels these leave.
    fn embed(
        &mut self,
        path: &str,
        detail: &str,
        semantics: &str,
        channels: usize,
    ) -> Result<(String, String, usize)> {
        let name = format!("{path}.detail.weight");
        let shape = self.parameters.get(&name).map(|(shape, _)| shape).ok_or_else(|| missing(&name))?;
        let embedded = shape.first().copied().unwrap_or(0);
        let f = self.pointwise(&format!("{path}.detail"), detail, [channels, embedded], false)?;
        let f = self.instance_norm(&format!("{path}.detail_norm"), &f, embedded)?;
        let g = self.pointwise(&format!("{path}.semantics"), semantics, [channels, embedded], false)?;
        let g = self.instance_norm(&format!("{path}.semantics_norm"), &g, embedded)?;
        Ok((f, g, embedded))
    }

    /// Product of the lengths of `f` and `g`, pixel by pixel.
    fn lengths(&mut self, path: &str, f: &str, g: &str, axis: &str) -> String {
        let detail = self.dot(&format!("{path}.detail_square"), f, f, axis);
        let semantics = self.dot(&format!("{path}.semantics_square"), g, g, axis);
        let squares = self.node("Mul", &[&detail, &semantics], &format!("{path}.squares"), vec![]);
        let epsilon = self.constant(&format!("{path}.epsilon"), &[], &[LENGTHS_EPSILON as f32]);
        let positive = self.node("Add", &[&squares, &epsilon], &format!("{path}.squares_epsilon"), vec![]);
        self.node("Sqrt", &[&positive], &format!("{path}.lengths"), vec![])
    }

    /// Scalar product over channels, pixel by pixel.
    fn dot(&mut self, path: &str, f: &str, g: &str, axis: &str) -> String {
        let product = self.node("Mul", &[f, g], &format!("{path}.product"), vec![]);
        self.node("ReduceSum", &[&product, axis], path, vec![int("keepdims", 1)])
    }

    pub(super) fn node(
        &mut self,
        op: &str,
        inputs: &[&str],
        output: &str,
        attribute: Vec<AttributeProto>,
    ) -> String {
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: op.to_owned(),
            attribute,
        });
        output.to_owned()
    }

    /// The parameter `name`, which has to be of `shape`, stored with `dims`.
    fn parameter(&mut self, name: &str, shape: &[usize], dims: &[usize]) -> Result<String> {
        let parameters = self.parameters;
        let (key, (found, values)) = parameters.get_key_value(name).ok_or_else(|| missing(name))?;
        ensure!(
            found.as_slice() == shape && values.len() == shape.iter().product::<usize>(),
            "the parameter `{name}` has the shape {found:?} and {} values, the network wants {shape:?}",
            values.len()
        );
        self.used.insert(key.as_str());
        Ok(self.constant(name, dims, values))
    }

    fn constant(&mut self, name: &str, dims: &[usize], values: &[f32]) -> String {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name, dims, proto::FLOAT, raw_data)
    }

    /// Since opset 13 `ReduceSum` takes its axes as an input.
    fn channel_axis(&mut self, path: &str) -> String {
        self.initializer(&format!("{path}.channel_axis"), &[1], proto::INT64, 1i64.to_le_bytes().to_vec())
    }

    fn initializer(&mut self, name: &str, dims: &[usize], data_type: i32, raw_data: Vec<u8>) -> String {
        let dims = dims.iter().map(|length| *length as i64).collect();
        self.initializers.push(TensorProto { dims, data_type, name: name.to_owned(), raw_data });
        name.to_owned()
    }
}

fn missing(name: &str) -> Error {
    anyhow!("the parameter `{name}` is missing: the network cannot be exported without it")
}

fn float(name: &str, value: f32) -> AttributeProto {
    attribute(name, proto::ATTRIBUTE_FLOAT, AttributeProto { f: Some(value), ..Default::default() })
}

fn int(name: &str, value: i64) -> AttributeProto {
    attribute(name, proto::ATTRIBUTE_INT, AttributeProto { i: Some(value), ..Default::default() })
}

fn ints(name: &str, values: &[i64]) -> AttributeProto {
    attribute(name, proto::ATTRIBUTE_INTS, AttributeProto { ints: values.to_vec(), ..Default::default() })
}

fn string(name: &str, value: &str) -> AttributeProto {
    attribute(
        name,
        proto::ATTRIBUTE_STRING,
        AttributeProto { s: Some(value.as_bytes().to_vec()), ..Default::default() },
    )
}

fn attribute(name: &str, kind: i32, value: AttributeProto) -> AttributeProto {
    AttributeProto { name: name.to_owned(), kind, ..value }
}
