//! Without a browser: the engine's example against onnxruntime for Python.

use anyhow::{Context, Result};
use serde_json::Value;

use super::material::{Material, bench};
use super::table::{Ratio, Row, Side, alternating};

/// One thread, all cores, GPU.
pub fn measure(material: &Material) -> Vec<Row> {
    let all = material.cores.to_string();
    let (ours, against) = alternating(
        material.runs,
        || per_bscan(&material.forward(&["--threads", "1"])?),
        || per_bscan(&material.in_python(&["--threads", "1"])?),
    );
    let row = |case: &str, ours, against, note: &str| Row {
        case: format!("native, {case}"),
        unit: "ms a B-scan",
        ours,
        peer: format!("onnxruntime {} (Python)", pinned().unwrap_or_default()),
        against,
        ratio: Ratio::TimesAsFast,
        bar: ">= 1.2",
        note: note.to_owned(),
    };
    let mut rows = vec![row("processor, one thread: forward alone", ours, against, "")];
    if material.cores > 1 {
        let mut peers_best = String::new();
        let (ours, against) = alternating(
            material.runs,
            || per_bscan(&material.forward(&["--threads", &all])?),
            || {
                let on_all = per_bscan(&material.in_python(&["--threads", &all])?)?;
                let apart = per_bscan(&material.in_python(&["--threads", &all, "--apart"])?)?;
                peers_best = format!(
                    "the peer: {on_all:.1} on all cores, {apart:.1} with a session a core; its better one"
                );
                Ok(on_all.min(apart))
            },
        );
        let case = format!("processor, {all} threads: B-scans through, forward alone");
        rows.push(row(&case, ours, against, &peers_best));
    }
    let why = || Side::Missing("not measured here: `--pack` makes a folder for such a machine".to_owned());
    rows.push(row("GPU", why(), why(), ""));
    rows
}

/// Milliseconds a B-scan, all lanes together.
fn per_bscan(answer: &Value) -> Result<f64> {
    Ok(1e3 / answer["bscans_per_s"].as_f64().context("no speed was told")?)
}

fn pinned() -> Option<String> {
    let wanted = std::fs::read_to_string(bench().join("requirements.txt")).ok()?;
    wanted.lines().find_map(|line| line.strip_prefix("onnxruntime==")).map(str::to_owned)
}
