//! Time and memory against B-scans and width.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::material::{Material, made};
use super::page::milliseconds;
use super::table::{Side, alone};

/// Samples in a column of a Spectralis.
const ROWS: usize = 496;
/// B-scans of the volumes whose width differs.
const BSCANS_OF_WIDTHS: usize = 8;

/// One point of a curve.
pub struct Point {
    pub bscans: usize,
    pub columns: usize,
    /// Drop to last mask, one lane.
    pub seconds: Side,
    /// The most memory that the page's process held; `None` where the system does not tell.
    pub peak_mib: Option<f64>,
}

/// Both curves.
#[derive(Default)]
pub struct Cost {
    pub of_bscans: Vec<Point>,
    pub of_width: Vec<Point>,
}

/// Measures both curves.
pub fn measure(material: &Material) -> Result<Cost> {
    let bscans: &[usize] = if material.quick { &[1, 4] } else { &[1, 4, 16, 64, 256] };
    let widths: &[usize] = if material.quick { &[256, 512] } else { &[256, 512, 768, 1024, 1536] };
    let mut cost = Cost::default();
    for bscans in bscans {
        cost.of_bscans.push(point(material, *bscans, 512, material.eye(*bscans)?));
    }
    for columns in widths {
        let files = wide(material, *columns)?;
        cost.of_width.push(point(material, BSCANS_OF_WIDTHS, *columns, files));
    }
    Ok(cost)
}

fn point(material: &Material, bscans: usize, columns: usize, files: [PathBuf; 2]) -> Point {
    let mut peak: Option<f64> = None;
    let seconds = alone(material.runs, || {
        let wanted = json!({ "side": "ours", "query": "device=cpu&lanes=1", "files": files });
        let answer = material.in_browser("volume", &wanted)?;
        peak = answer["peakMiB"].as_f64().map(|mib| peak.map_or(mib, |most| most.max(mib)));
        Ok(milliseconds(&answer)? / 1e3)
    });
    Point { bscans, columns, seconds, peak_mib: peak }
}

/// The eye with B-scans of `columns`: cut, or mirrored on until they are as wide.
fn wide(material: &Material, columns: usize) -> Result<[PathBuf; 2]> {
    let [header, raw] = material.eye(BSCANS_OF_WIDTHS)?;
    let folder = made().join(format!("eye-{BSCANS_OF_WIDTHS}-{columns}"));
    fs::create_dir_all(&folder)?;
    let files = ["oct.mhd", "oct.raw"].map(|name| folder.join(name));
    let header = fs::read_to_string(header)?;
    let size = |columns: usize| format!("DimSize = {columns} {ROWS} {BSCANS_OF_WIDTHS}");
    fs::write(&files[0], header.replace(&size(512), &size(columns)))?;
    let samples = fs::read(raw)?;
    let mut all = Vec::with_capacity(2 * columns * ROWS * BSCANS_OF_WIDTHS);
    for line in samples.chunks_exact(2 * 512) {
        for column in 0..columns {
            let (turn, at) = (column / 512, column % 512);
            let at = if turn % 2 == 0 { at } else { 511 - at };
            all.extend_from_slice(&line[2 * at..2 * at + 2]);
        }
    }
    fs::write(&files[1], all)?;
    Ok(files)
}

impl Point {
    /// For the JSON file.
    pub fn json(&self) -> Value {
        let seconds = match &self.seconds {
            Side::Runs(runs) => json!(runs),
            Side::Missing(why) => json!({ "missing": why }),
        };
        json!({ "bscans": self.bscans, "columns": self.columns, "seconds": seconds, "peak_mib": self.peak_mib })
    }
}
