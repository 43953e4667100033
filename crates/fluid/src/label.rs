//! From the network's probabilities to labels in the B-scan's own grid.

use std::ops::Range;

use oct::resample::Resampler;
use oct::{FluidClass, Framing, Region};

/// A pixel is fluid where the probability of a class reaches this, unless a person chose
/// otherwise.
pub const THRESHOLD: f32 = 0.5;
/// The least and the greatest threshold that a person can choose.
pub const THRESHOLDS: [f32; 2] = [0.05, 0.95];
/// An interpolation exceeds its samples by less: its weights sum up to 1 but for rounding.
const ROUNDING: f32 = 1e-4;

/// Labels of a B-scan in its own grid from the probabilities of the three
/// fluids in the working grid, by [`FluidClass::index`].
///
/// Probabilities, not labels, are brought back to the original grid, so that
/// borders do not follow the coarser one. A pixel is *retinal* fluid where the
/// union of IRF and SRF, 1 - (1 - p)(1 - q), reaches `threshold` and PED is
/// less probable; of the two it is then the more probable. The union is what
/// scans that do not tell the two apart are learnt from: where the network is
/// sure of fluid and unsure of its kind, both may lie below the threshold. \[ours\]
pub fn label(probabilities: [&[f32]; 3], framing: Framing, threshold: f32) -> Vec<u8> {
    let [irf, srf, ped] = FluidClass::ALL.map(|class| probabilities[class.index()]);
    let mut labels = vec![0u8; framing.rows * framing.columns];
    let union: Vec<f32> = irf.iter().zip(srf).map(|(p, q)| union(*p, *q)).collect();
    // Most B-scans hold at most one kind of fluid: an interpolation cannot
    // exceed its samples, so a map below the threshold is not worth enlarging.
    let reaches = |map: &[f32]| map.iter().any(|probability| *probability >= threshold);
    let (any_retinal, any_ped) = (reaches(&union), reaches(ped));
    if !any_retinal && !any_ped {
        return labels;
    }
    // Nor is any part of a map apart from what reaches it.
    let columns = framing.grid.columns;
    let may_reach = |at: usize| union[at].max(ped[at]) >= threshold - ROUNDING;
    let near = bounds((0..union.len()).filter(|at| may_reach(*at)).map(|at| [at / columns, at % columns]));
    let whole = framing.shown_from(framing.grid);
    let [rows, columns] = [whole.rows.reached_by(near[0].clone()), whole.columns.reached_by(near[1].clone())];
    // Rows below were shown, but are none of the B-scan.
    let rows = rows.start.min(framing.seen.rows)..rows.end.min(framing.seen.rows);
    let part =
        Resampler { rows: whole.rows.only(rows.clone()), columns: whole.columns.only(columns.clone()) };
    let mut found = vec![0u8; rows.len() * columns.len()];
    let ped = if any_ped { part.apply(ped) } else { vec![0.0; found.len()] };
    for (label, ped) in found.iter_mut().zip(&ped) {
        if *ped >= threshold {
            *label = FluidClass::Ped.label();
        }
    }
    if any_retinal {
        let kinds = part.apply(irf).into_iter().zip(part.apply(srf));
        let both = part.apply(&union).into_iter().zip(kinds);
        for ((label, ped), (union, (irf, srf))) in found.iter_mut().zip(ped).zip(both) {
            if union >= threshold && union >= ped {
                *label = if irf >= srf { FluidClass::Irf.label() } else { FluidClass::Srf.label() };
            }
        }
    }
    let (top, left) = (framing.seen.top + rows.start, framing.seen.left + columns.start);
    let region = Region { top, left, rows: rows.len(), columns: columns.len() };
    if !found.is_empty() {
        region.put(&found, &mut labels, framing.columns);
    }
    labels
}

/// What one pixel of the working grid is, by the rule of [`label`].
pub fn fluid_at([irf, srf, ped]: [f32; 3], threshold: f32) -> Option<FluidClass> {
    let either = union(irf, srf);
    if either >= threshold && either >= ped {
        Some(if irf >= srf { FluidClass::Irf } else { FluidClass::Srf })
    } else {
        (ped >= threshold).then_some(FluidClass::Ped)
    }
}

/// The probability that at least one of two that exclude nothing is there.
fn union(p: f32, q: f32) -> f32 {
    1.0 - (1.0 - p) * (1.0 - q)
}

/// The rows and the columns within which `places` lie.
fn bounds(places: impl Iterator<Item = [usize; 2]>) -> [Range<usize>; 2] {
    let none = [[usize::MAX, 0]; 2];
    let found = places.fold(none, |found, place| {
        [0, 1].map(|axis| [found[axis][0].min(place[axis]), found[axis][1].max(place[axis] + 1)])
    });
    found.map(|[start, end]| start..end)
}

#[cfg(test)]
mod tests {
    use oct::WorkingGrid;

    use super::*;

    fn labels(irf: &[f32], srf: &[f32], ped: &[f32]) -> Vec<u8> {
        let grid = WorkingGrid { rows: 1, columns: irf.len() };
        label([irf, srf, ped], Framing::whole([1, irf.len()], grid), THRESHOLD)
    }

    #[test]
    fn each_pixel_gets_the_most_probable_class_that_reaches_the_threshold() {
        let found = labels(&[0.9, 0.6, 0.2, 0.0], &[0.1, 0.7, 0.25, 0.0], &[0.0, 0.0, 0.3, 0.5]);
        assert_eq!(found, [1, 2, 0, 3]);
    }

    #[test]
    fn fluid_of_a_kind_the_network_is_unsure_of_is_still_fluid() {
        // Union 0.64; the second pixel is more probably a detachment.
        assert_eq!(labels(&[0.4, 0.3], &[0.41, 0.3], &[0.1, 0.8]), [2, 3]);
    }

    #[test]
    fn labels_of_a_detachment_stay_where_no_retinal_fluid_is_about() {
        assert_eq!(labels(&[0.1, 0.1], &[0.1, 0.1], &[0.6, 0.4]), [3, 0]);
    }
}
