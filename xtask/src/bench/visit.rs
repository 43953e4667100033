//! From a visit to the first mask: time, and bytes.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::material::Material;
use super::table::{Ratio, Row, Side};
use crate::bundle;

/// Opening the page, pressing Segment as soon as it can be pressed; cold and warm.
pub fn measure(material: &Material) -> Vec<Row> {
    let mut rows = Vec::new();
    for (awaits, what) in [("sample", "the sample eye"), ("file", "a file dropped at once")] {
        let visits: Result<Vec<Value>> = (0..material.runs)
            .map(|_| {
                let files = material.eye(4)?;
                material.in_browser("visits", &json!({ "awaits": awaits, "query": "", "files": files }))
            })
            .collect();
        let start = if awaits == "sample" { "opening the page" } else { "the drop" };
        let from = if awaits == "sample" { "fromOpening" } else { "fromDrop" };
        for (name, key) in [(start, from), ("the click", "fromClick")] {
            let [cold, warm] = ["cold", "warm"].map(|visit| side(&visits, visit, key));
            rows.push(Row {
                case: format!("{what}: from {name} to the first mask, on a first visit"),
                unit: "s",
                ours: cold,
                peer: "a second visit".to_owned(),
                against: warm,
                ratio: Ratio::TimesTheCost,
                bar: "",
                note: "pressed as soon as it can be; no network between".to_owned(),
            });
        }
    }
    rows.push(Row {
        case: "bytes to the first mask".to_owned(),
        unit: "MB, brotli",
        ours: match brotli_bytes() {
            Ok(bytes) => Side::Runs(vec![bytes as f64 / 1e6]),
            Err(error) => Side::Missing(format!("{error:#}")),
        },
        peer: String::new(),
        against: Side::Missing("nothing to compare".to_owned()),
        ratio: Ratio::TimesTheCost,
        bar: "<= 3.0 MB",
        note: "shell, engine and weights".to_owned(),
    });
    rows
}

fn side(visits: &Result<Vec<Value>>, visit: &str, key: &str) -> Side {
    let seconds = |answer: &Value| answer[visit][key].as_f64().map(|ms| ms / 1e3);
    match visits {
        Ok(visits) => visits
            .iter()
            .map(seconds)
            .collect::<Option<_>>()
            .map_or_else(|| Side::Missing("the page told no time".to_owned()), Side::Runs),
        Err(error) => Side::Missing(format!("{error:#}")),
    }
}

/// Of all compressed files: the page loads each of them before its first mask.
fn brotli_bytes() -> Result<u64> {
    let files = bundle::files(&bundle::folder())?;
    let bytes: Vec<u64> = files
        .iter()
        .filter(|file| bundle::ends_with(file, ".br"))
        .map(|file| Ok(file.metadata().context("a file went away")?.len()))
        .collect::<Result<_>>()?;
    if bytes.is_empty() {
        bail!("dist/ holds no compressed files: `cargo xtask dist` makes them");
    }
    Ok(bytes.iter().sum())
}
