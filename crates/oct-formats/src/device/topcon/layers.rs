//! The boundaries that a Topcon found, and to which B-scans they belong.

use oct::{LayerSurface, OctVolume};

use super::Chunks;
use crate::bytes::fields::ByteFields;

/// Most boundaries; Topcon finds up to 10.
const MOST_CONTOURS: usize = 32;
/// How many times as strong the edge must be in the right order of B-scans: the
/// membranes of neighbours are alike, those of a volume's two ends are not.
const CLEARER: f64 = 1.1;

impl Chunks<'_> {
    /// The boundaries, each by B-scan, then column.
    pub(super) fn surfaces(&self, volume: &OctVolume, warnings: &mut Vec<String>) -> Vec<LayerSurface> {
        let stored = self.each("@CONTOUR_INFO").take(MOST_CONTOURS).count();
        let chunks = self.each("@CONTOUR_INFO").take(MOST_CONTOURS);
        let mut surfaces: Vec<LayerSurface> = chunks.filter_map(|chunk| surface(&chunk, volume)).collect();
        if surfaces.len() < stored {
            warnings.push(
                "Layer boundaries in the file do not belong to these B-scans, or cannot be read, and were left out."
                    .to_owned(),
            );
        }
        if volume.bscans() == 1 || surfaces.is_empty() {
            return surfaces;
        }
        let order =
            surfaces.iter().find(|surface| surface.name == "ILM").and_then(|ilm| order(volume, &ilm.row));
        match order {
            Some(Order::AsStored) => {}
            Some(Order::Reversed) => {
                for surface in &mut surfaces {
                    let rows = surface.row.chunks_exact(volume.columns());
                    surface.row = rows.rev().flatten().copied().collect();
                }
            }
            None => {
                surfaces.clear();
                warnings.push(
                    "It cannot be told to which B-scans the file's layer boundaries belong, so they were left out."
                        .to_owned(),
                );
            }
        }
        surfaces
    }
}

/// One `@CONTOUR_INFO`: rows counted from the B-scan's bottom, for each column
/// of each B-scan. `None` where it is not of the volume's size.
fn surface(chunk: &ByteFields<'_>, volume: &OctVolume) -> Option<LayerSurface> {
    let (columns, bscans) = (volume.columns(), volume.bscans());
    if [chunk.u32(22).ok()? as usize, chunk.u32(26).ok()? as usize] != [columns, bscans] {
        return None;
    }
    let count = columns.checked_mul(bscans)?;
    let rows = volume.rows() as f64;
    let from_top =
        |height: f64| if height > 0.0 && height <= rows { (rows - height) as f32 } else { f32::NAN };
    let row = match chunk.u16(20).ok()? {
        0 => {
            let (heights, _) = chunk.slice(34, count.checked_mul(2)?).ok()?.as_chunks();
            heights.iter().map(|height| from_top(f64::from(u16::from_le_bytes(*height)))).collect()
        }
        // Boundaries of the cornea.
        0x100 => {
            let (heights, _) = chunk.slice(34, count.checked_mul(8)?).ok()?.as_chunks();
            heights.iter().map(|height| from_top(f64::from_le_bytes(*height))).collect()
        }
        _ => return None,
    };
    Some(LayerSurface { name: layer(&chunk.text(0, 20).ok()?), row })
}

/// The field's name for a boundary where all references agree, else the file's.
fn layer(id: &str) -> String {
    match id {
        "RETINA_1" | "MULTILAYERS_1" => "ILM",
        "MULTILAYERS_2" => "RNFL/GCL",
        "MULTILAYERS_3" => "GCL/IPL",
        "MULTILAYERS_4" => "IPL/INL",
        "MULTILAYERS_5" => "MZ/EZ",
        "MULTILAYERS_6" => "IZ/RPE",
        "RETINA_4" | "MULTILAYERS_7" => "BM",
        "MULTILAYERS_8" => "INL/OPL",
        "MULTILAYERS_9" => "ELM",
        "MULTILAYERS_10" => "CSI",
        other => other,
    }
    .to_owned()
}

/// How boundaries are stored in a volume of several B-scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    AsStored,
    Reversed,
}

/// In which order dark vitreous turns to bright retina at the inner limiting
/// membrane, whose row is `ilm`; `None` where neither is much better.
fn order(volume: &OctVolume, ilm: &[f32]) -> Option<Order> {
    const STEP: usize = 8;
    const REACH: usize = 6;
    let (columns, rows, bscans) = (volume.columns(), volume.rows(), volume.bscans());
    let (mut stored, mut reversed) = (0.0, 0.0);
    for bscan in 0..bscans {
        let samples = volume.bscan(bscan)?.to_f32();
        let step = |ilm: &[f32]| -> f64 {
            let at = |column: usize, row: usize| {
                samples.get(row * columns + column).copied().map_or(0.0, f64::from)
            };
            ilm.iter()
                .enumerate()
                .step_by(STEP.min(columns))
                .filter(|(_, row)| {
                    row.is_finite() && **row >= REACH as f32 && **row + (REACH as f32) < rows as f32
                })
                .map(|(column, row)| {
                    let row = *row as usize;
                    (1..REACH).map(|away| at(column, row + away) - at(column, row - away)).sum::<f64>()
                })
                .sum()
        };
        stored += step(ilm.get(bscan * columns..(bscan + 1) * columns)?);
        let opposite = bscans - 1 - bscan;
        reversed += step(ilm.get(opposite * columns..(opposite + 1) * columns)?);
    }
    let (best, other, order) = if stored > reversed {
        (stored, reversed, Order::AsStored)
    } else {
        (reversed, stored, Order::Reversed)
    };
    (best > 0.0 && best > CLEARER * other).then_some(order)
}
