//! Whole volumes in the page, from their drop to their last mask.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::material::{Material, grid};
use super::report::Report;
use super::table::{Ratio, Row, Side, alone, alternating};

/// B-scans of the volume: what a Spectralis usually takes.
fn bscans(material: &Material) -> usize {
    if material.quick { 4 } else { 49 }
}

/// The pipeline on one lane against its own forward pass.
pub fn whole_pipeline(material: &Material, forward: &Side, report: &mut Report) -> Row {
    let bscans = bscans(material);
    let (mut parts, mut longest) = (Value::Null, 0.0_f64);
    let ours = alone(material.runs, || {
        let answer = ours(material, bscans, &json!({ "query": "device=cpu&lanes=1", "traced": true }))?;
        parts = answer["parts"].clone();
        longest = longest.max(answer["longestTask"].as_f64().unwrap_or_default());
        Ok(milliseconds(&answer)? / bscans as f64)
    });
    let of_parts: Vec<String> = parts
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, part)| Some(format!("{name} {:.1}", part["ms"].as_f64()? / bscans as f64)))
        .collect();
    let of_parts = match of_parts.as_slice() {
        [] => "its parts are not told by this build (no `lacuna ...` measures)".to_owned(),
        parts => format!("ms a B-scan: {}", parts.join(", ")),
    };
    report.parts = parts;
    Row {
        case: format!("the same: drop to last mask, {bscans} B-scans of 512 x 496, one lane"),
        unit: "ms a B-scan",
        ours,
        peer: "our own forward pass".to_owned(),
        against: forward.clone(),
        ratio: Ratio::TimesTheCost,
        bar: "<= 1.4",
        note: format!("{of_parts}; longest task of the page {longest:.0} ms"),
    }
}

/// A volume on all cores: the page as it chooses itself, and with a lane a core.
pub fn all_cores(material: &Material) -> Vec<Row> {
    let bscans = bscans(material);
    let cores = material.cores;
    [
        ("the page's own choice".to_owned(), "device=cpu".to_owned()),
        (format!("{cores} lanes"), format!("device=cpu&lanes={cores}")),
    ]
    .into_iter()
    .map(|(lanes, query)| {
        let mut device = String::new();
        let (ours, against) = alternating(
            material.runs,
            || {
                let answer = ours(material, bscans, &json!({ "query": query }))?;
                device = answer["device"].as_str().unwrap_or_default().to_owned();
                seconds(&answer)
            },
            || seconds(&peer(material, bscans)?),
        );
        Row {
            case: format!(
                "browser, processor, all cores: drop to last mask, {bscans} B-scans of 512 x 496, {lanes}"
            ),
            unit: "s",
            ours,
            peer: format!("{}, wasm, {cores} threads, in a minimal page", material.web_peer()),
            against,
            ratio: Ratio::TimesAsFast,
            bar: ">= 2, and < 3 s on two cores",
            note: format!("ours ran on: {device}"),
        }
    })
    .collect()
}

/// Our page with a volume of `bscans`.
pub fn ours(material: &Material, bscans: usize, more: &Value) -> Result<Value> {
    let mut wanted = json!({ "side": "ours", "files": material.eye(bscans)? });
    if let (Some(wanted), Some(more)) = (wanted.as_object_mut(), more.as_object()) {
        wanted.extend(more.clone());
    }
    material.in_browser("volume", &wanted)
}

fn peer(material: &Material, bscans: usize) -> Result<Value> {
    let wanted = json!({
        "side": "peer", "files": material.eye(bscans)?, "grid": grid(), "build": "wasm",
        "threads": material.cores,
        // IRF, SRF, PED among the network's labels.
        "channels": [0, 1, 2],
    });
    material.in_browser("volume", &wanted)
}

/// From the drop to the last mask drawn.
pub fn milliseconds(answer: &Value) -> Result<f64> {
    answer["ms"].as_f64().context("the page told no time")
}

fn seconds(answer: &Value) -> Result<f64> {
    Ok(milliseconds(answer)? / 1e3)
}
