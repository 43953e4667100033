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
//! | `graph` | the network's operations as nodes |
//! | `proto` | the messages of the file format |

mod graph;
mod proto;

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use mmis_model::MmisNetConfig;
use mmis_model::weights::Arrays;
use prost::Message;

use graph::Graph;
use proto::{
    Dimension, DimensionValue, GraphProto, ModelProto, OperatorSetIdProto, StringStringEntryProto,
    TensorShapeProto, TensorType, TypeProto, TypeValue, ValueInfoProto,
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
    let logits = graph.network(config, INPUT)?;
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
    use mmis_model::FusionKind;
    use mmis_net::{MmisNet, Parameters};
    use proto::TensorProto;

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
        Parameters::of(&MmisNet::new(config, &Device::flex()))
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
