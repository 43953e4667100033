//! The network as an ONNX file, for those who work in other frameworks.
//!
//! The graph is built from the configuration, not traced: every operation of
//! `mmis_net`'s forward pass has its ONNX counterpart here. `tests/onnx/check.py`
//! holds the file against what Burn computes.
//!
//! A value is named after the module that computes it, a parameter by its path.
//!
//! | module | what it holds |
//! |---|---|
//! | `proto` | the messages of the file format |

mod proto;

use std::collections::BTreeSet;

use anyhow::{Error, Result, anyhow, bail, ensure};
use mmis_net::fusion::LENGTHS_EPSILON;
use mmis_net::instance_norm::NEGATIVE_SLOPE;
use mmis_net::weights::Arrays;
use mmis_net::{FusionKind, MmisNetConfig, instance_norm};
use prost::Message;

use proto::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, TensorShapeProto, TensorType, TypeProto, TypeValue, ValueInfoProto,
};

/// The file format of ONNX 1.12.
const IR_VERSION: i64 = 8;
/// The operators of ONNX 1.12.
const OPSET: i64 = 17;
/// Name of the graph's input.
const INPUT: &str = "bscan";
/// Name of the graph's output.
const OUTPUT: &str = "probabilities";
/// What the file may be used for, as it says of itself.
const USE: &str = "research and teaching only";

/// What an ONNX file says of itself.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// Name and version of the model.
    pub name: &'a str,
    /// Names of the labels, in the order of the channels.
    pub labels: &'a [String],
    /// How a B-scan is prepared.
    pub preprocessing: &'a str,
    /// SHA-256 of the weight file that the parameters are from, hex.
    pub sha256: &'a str,
}

/// ONNX model (bytes) of the network that `config` describes with `parameters`,
/// named by path in the module. Auxiliary heads are left out: only training uses them.
///
/// # Shapes
/// - input `bscan`: `[batch, channels_in, rows, columns]`, rows and columns
///   multiples of [`MmisNetConfig::size_multiple`]
/// - output `probabilities`: `[batch, labels, rows, columns]`, after the sigmoid
///
/// # Errors
/// Where the configuration cannot be built, a parameter is missing, of another
/// shape or left over, or the labels are not as many as the channels.
pub fn model(config: &MmisNetConfig, parameters: &Arrays, about: &About<'_>) -> Result<Vec<u8>> {
    ensure!(
        config.is_buildable(),
        "the network's configuration cannot be built: its sizes do not fit each other"
    );
    ensure!(
        about.labels.len() == config.labels,
        "the network has {} channels for {} labels",
        config.labels,
        about.labels.len()
    );
    let mut graph = Graph { parameters, used: BTreeSet::new(), nodes: Vec::new(), initializers: Vec::new() };
    let logits = graph.network(config)?;
    graph.node("Sigmoid", &[&logits], OUTPUT, vec![]);
    let is_left_over = |name: &str| {
        let known = graph.used.contains(name) || (config.auxiliary && name.contains(".auxiliary."));
        !known
    };
    if let Some(name) = parameters.keys().find(|name| is_left_over(name.as_str())) {
        bail!("the parameter `{name}` is left over: the network does not have it");
    }
    let metadata = [
        ("name", about.name.to_owned()),
        ("labels", serde_json::to_string(about.labels)?),
        ("preprocessing", about.preprocessing.to_owned()),
        ("output", "a probability for each label and pixel, after the sigmoid".to_owned()),
        ("size_multiple", config.size_multiple().to_string()),
        ("sha256", about.sha256.to_owned()),
        ("use", USE.to_owned()),
    ];
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name: "lacuna trainer".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        doc_string: format!("{}: fluid in OCT B-scans of the retina; {USE}", about.name),
        graph: Some(GraphProto {
            name: "mmis_net".to_owned(),
            node: graph.nodes,
            initializer: graph.initializers,
            input: vec![images(INPUT, config.channels_in)],
            output: vec![images(OUTPUT, config.labels)],
        }),
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        metadata_props: metadata
            .into_iter()
            .map(|(key, value)| StringStringEntryProto { key: key.to_owned(), value })
            .collect(),
    };
    Ok(model.encode_to_vec())
}

/// A graph while it is built. Methods that add nodes return the name of their result.
struct Graph<'a> {
    parameters: &'a Arrays,
    used: BTreeSet<&'a str>,
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
}

impl Graph<'_> {
    /// As `MmisNet::forward`.
    fn network(&mut self, config: &MmisNetConfig) -> Result<String> {
        let mut skips = Vec::new();
        let mut features = INPUT.to_owned();
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

    fn node(&mut self, op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> String {
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

/// An input or output `[batch, channels, rows, columns]`, of which only the channels are fixed.
fn images(name: &str, channels: usize) -> ValueInfoProto {
    let dynamic = |name: &str| DimensionValue::Name(name.to_owned());
    let axes =
        [dynamic("batch"), DimensionValue::Length(channels as i64), dynamic("rows"), dynamic("columns")];
    let dim = axes.into_iter().map(|value| Dimension { value: Some(value) }).collect();
    let tensor = TensorType { elem_type: proto::FLOAT, shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto { name: name.to_owned(), kind: Some(TypeProto { value: Some(TypeValue::Tensor(tensor)) }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use mmis_net::weights::Parameters;

    fn config(fusion: FusionKind) -> MmisNetConfig {
        MmisNetConfig {
            channels_in: 3,
            encoder_blocks: vec![1, 2, 1],
            decoder_blocks: vec![2, 1],
            fusion,
            ..MmisNetConfig::tiny(2)
        }
    }

    fn parameters(config: &MmisNetConfig) -> Arrays {
        Parameters::of(&config.init(&Device::flex()))
    }

    fn exported(config: &MmisNetConfig, parameters: &Arrays) -> Result<Vec<u8>> {
        let labels = ["irf".to_owned(), "srf".to_owned()];
        let about = About { name: "test 0", labels: &labels, preprocessing: "none", sha256: "00" };
        model(config, parameters, &about)
    }

    fn decoded(config: &MmisNetConfig, parameters: &Arrays) -> (ModelProto, GraphProto) {
        let bytes = exported(config, parameters).unwrap();
        let mut model = ModelProto::decode(bytes.as_slice()).unwrap();
        let graph = model.graph.take().unwrap();
        (model, graph)
    }

    #[test]
    fn a_model_says_its_versions_labels_and_use() {
        let config = config(FusionKind::SimilarityDot);
        let (model, graph) = decoded(&config, &parameters(&config));
        assert_eq!(model.ir_version, 8);
        assert_eq!(model.opset_import, [OperatorSetIdProto { domain: String::new(), version: 17 }]);
        let said = |key: &str| {
            let pair = model.metadata_props.iter().find(|pair| pair.key == key);
            pair.map(|pair| pair.value.as_str())
        };
        assert_eq!(said("labels"), Some(r#"["irf","srf"]"#));
        assert_eq!(said("preprocessing"), Some("none"));
        assert_eq!(said("sha256"), Some("00"));
        assert_eq!(said("use"), Some("research and teaching only"));
        assert_eq!(graph.input, [images("bscan", 3)]);
        assert_eq!(graph.output, [images("probabilities", 2)]);
    }

    #[test]
    fn a_model_holds_every_parameter_once_with_its_values_and_no_auxiliary_head() {
        for kind in FusionKind::ALL {
            let config = config(kind);
            let parameters = parameters(&config);
            let (_, graph) = decoded(&config, &parameters);
            for (name, (_, values)) in &parameters {
                let stored: Vec<&TensorProto> =
                    graph.initializer.iter().filter(|tensor| tensor.name == *name).collect();
                if name.contains(".auxiliary.") {
                    assert!(stored.is_empty(), "{name}");
                    continue;
                }
                assert_eq!(stored.len(), 1, "{name}");
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                assert_eq!(stored[0].raw_data, bytes, "{name}");
                assert_eq!(stored[0].dims.iter().product::<i64>(), values.len() as i64, "{name}");
            }
        }
    }

    #[test]
    fn every_node_reads_what_is_already_there_and_writes_what_is_not() {
        for kind in FusionKind::ALL {
            let config = config(kind);
            let (_, graph) = decoded(&config, &parameters(&config));
            let mut known = BTreeSet::from([INPUT]);
            let mut read = BTreeSet::new();
            for tensor in &graph.initializer {
                assert!(known.insert(&tensor.name), "{} twice", tensor.name);
            }
            for node in &graph.node {
                for input in node.input.iter().filter(|input| !input.is_empty()) {
                    assert!(known.contains(input.as_str()), "{} reads {input}", node.name);
                    read.insert(input.as_str());
                }
                for output in &node.output {
                    assert!(known.insert(output), "{output} twice");
                }
            }
            assert_eq!(known.difference(&read).copied().collect::<Vec<_>>(), [OUTPUT], "{kind:?}");
        }
    }

    #[test]
    fn a_missing_parameter_is_named() {
        for kind in FusionKind::ALL {
            let config = config(kind);
            let whole = parameters(&config);
            for name in whole.keys().filter(|name| !name.contains(".auxiliary.")) {
                let mut rest = whole.clone();
                rest.remove(name);
                let error = exported(&config, &rest).unwrap_err().to_string();
                assert!(error.contains(&format!("`{name}` is missing")), "{error}");
            }
        }
    }

    #[test]
    fn a_parameter_that_is_left_over_is_named() {
        let dot = config(FusionKind::SimilarityDot);
        let mut arrays = parameters(&dot);
        arrays.insert("decoder.0.fusion.Similarity.sharpness".to_owned(), (vec![1], vec![4.0]));
        let error = exported(&dot, &arrays).unwrap_err().to_string();
        assert!(error.contains("`decoder.0.fusion.Similarity.sharpness` is left over"), "{error}");

        let without = MmisNetConfig { auxiliary: false, ..dot.clone() };
        let error = exported(&without, &parameters(&dot)).unwrap_err().to_string();
        assert!(error.contains("`decoder.0.auxiliary.bias` is left over"), "{error}");
    }

    #[test]
    fn a_parameter_of_another_shape_is_named() {
        let config = config(FusionKind::SimilarityDot);
        let mut arrays = parameters(&config);
        arrays.insert("head.bias".to_owned(), (vec![3], vec![0.0; 3]));
        let error = exported(&config, &arrays).unwrap_err().to_string();
        assert!(error.contains("`head.bias` has the shape [3]"), "{error}");
    }

    #[test]
    fn labels_that_do_not_fit_the_channels_are_refused() {
        let config = MmisNetConfig { labels: 3, ..config(FusionKind::Concatenate) };
        let error = exported(&config, &parameters(&config)).unwrap_err().to_string();
        assert!(error.contains("3 channels for 2 labels"), "{error}");
    }
}
