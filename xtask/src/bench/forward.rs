//! The forward pass alone in the browser, on one thread.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::material::{Material, grid, input_name};
use super::table::{Ratio, Row, alternating, median};

/// The row.
pub fn measure(material: &Material) -> Row {
    let (ours, against) = alternating(
        material.runs,
        || milliseconds(&run(material, &json!({ "side": "ours" }))?),
        || milliseconds(&run(material, &json!({ "side": "peer", "build": "wasm", "threads": 1 }))?),
    );
    Row {
        case: "browser, processor, one thread: forward alone".to_owned(),
        unit: "ms a B-scan",
        ours,
        peer: format!("{}, wasm", material.web_peer()),
        against,
        ratio: Ratio::TimesAsFast,
        bar: ">= 2",
        note: "ours as the worker tells it".to_owned(),
    }
}

/// What a forward pass with `more` came to.
pub fn run(material: &Material, more: &Value) -> Result<Value> {
    let mut wanted = json!({
        "grid": grid(), "input": input_name(), "warmUp": 3, "seconds": material.seconds, "least": 5,
    });
    if let (Some(wanted), Some(more)) = (wanted.as_object_mut(), more.as_object()) {
        wanted.extend(more.clone());
    }
    material.in_browser("forward", &wanted)
}

/// The median of an answer's calls.
pub fn milliseconds(answer: &Value) -> Result<f64> {
    let ms: Vec<f64> = answer["ms"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    median(&ms).context("no call was timed")
}
