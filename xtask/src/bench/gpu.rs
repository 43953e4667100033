//! WebGPU in the browser, on whatever adapter there is.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::forward::{milliseconds, run};
use super::material::Material;
use super::page;
use super::table::{Ratio, Row, Side, alone, alternating};

/// A row a batch.
pub fn measure(material: &Material) -> Vec<Row> {
    let Some((flags, software)) = material.adapter() else {
        return vec![row(
            material,
            1,
            Side::Missing("this browser offers no adapter".to_owned()),
            Side::Missing("likewise".to_owned()),
            String::new(),
        )];
    };
    let adapter = material.browser["adapter"]["name"].as_str().unwrap_or_default();
    let marked = if software { format!("{adapter}: no measure of speed") } else { adapter.to_owned() };
    if software {
        // Half a minute a B-scan: no choice among variants, no second run.
        let peer = || milliseconds(&run(material, &once(&variant("webgpu", "NHWC", false, 1), flags))?);
        let (ours, against) = alternating(1, || ours(material, flags, software), peer);
        return vec![row(
            material,
            1,
            ours,
            against,
            format!(
                "{marked}; one run, onnxruntime's WebGPU backend with NHWC after one warm-up; batch 8 not had: minutes a call"
            ),
        )];
    }
    [1, 8]
        .into_iter()
        .map(|batch| match best(material, flags, batch) {
            Ok((best, tried)) => {
                let (ours, against) = alternating(
                    material.runs,
                    || ours(material, flags, software),
                    || milliseconds(&run(material, &with_flags(&best, flags))?),
                );
                row(material, batch, ours, against, format!("{marked}; the peer's best of {tried}"))
            }
            Err(error) => {
                let ours = alone(material.runs, || ours(material, flags, software));
                row(material, batch, ours, Side::Missing(format!("{error:#}")), marked.clone())
            }
        })
        .collect()
}

/// Click to last mask in our page; its worker does not tell the forward pass alone.
fn ours(material: &Material, flags: &str, software: bool) -> Result<f64> {
    let (device, bscans) = if software { ("software-gpu", 1) } else { ("gpu", 49) };
    let more = json!({ "adapter": flags, "query": format!("device={device}"), "traced": true });
    let answer = page::ours(material, bscans, &more)?;
    let device = answer["device"].as_str().unwrap_or_default();
    anyhow::ensure!(device.starts_with("GPU"), "the page computed on {device}");
    let forward = answer["parts"]["forward"]["ms"].as_f64();
    let after_opening = || Some(answer["ms"].as_f64()? - answer["openMs"].as_f64()?);
    Ok(forward.or_else(after_opening).context("the page told no time")? / bscans as f64)
}

fn row(material: &Material, batch: usize, ours: Side, against: Side, note: String) -> Row {
    Row {
        case: format!("browser, WebGPU: a B-scan; the peer's batch {batch}"),
        unit: "ms a B-scan",
        ours,
        peer: format!("{}, webgpu, forward alone", material.web_peer()),
        against,
        ratio: Ratio::TimesAsFast,
        bar: ">= 2, on SwiftShader >= 3",
        note: format!("{note}; ours from click to mask where the worker tells no `lacuna forward`"),
    }
}

/// The peer's fastest way for `batch`, and what was tried.
fn best(material: &Material, flags: &str, batch: usize) -> Result<(Value, String)> {
    let mut tried = Vec::new();
    for build in ["webgpu", "jsep"] {
        for layout in ["NHWC", "NCHW"] {
            for capture in [false, true] {
                let variant = variant(build, layout, capture, batch);
                let mut short = with_flags(&variant, flags);
                short["seconds"] = json!(1);
                let name = format!("{build} {layout}{}", if capture { " captured" } else { "" });
                match run(material, &short).and_then(|answer| milliseconds(&answer)) {
                    Ok(ms) => tried.push((ms, format!("{name} {ms:.2} ms"), variant)),
                    Err(error) => tried.push((f64::INFINITY, format!("{name} failed ({error})"), variant)),
                }
            }
        }
    }
    tried.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let names: Vec<&str> = tried.iter().map(|(_, name, _)| name.as_str()).collect();
    let names = names.join(", ");
    let (_, _, best) = tried.iter().find(|(ms, ..)| ms.is_finite()).with_context(|| names.clone())?;
    Ok((best.clone(), names))
}

fn variant(build: &str, layout: &str, capture: bool, batch: usize) -> Value {
    json!({ "side": "peer", "build": build, "layout": layout, "capture": capture, "batch": batch })
}

fn with_flags(variant: &Value, flags: &str) -> Value {
    let mut wanted = variant.clone();
    wanted["adapter"] = json!(flags);
    wanted
}

fn once(variant: &Value, flags: &str) -> Value {
    let mut wanted = with_flags(variant, flags);
    for (name, value) in [("warmUp", 1), ("seconds", 0), ("least", 1)] {
        wanted[name] = json!(value);
    }
    wanted
}
