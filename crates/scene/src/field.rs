//! Distances from the surface of a class, in a grid around it.

use oct::FluidClass;

use crate::distance::signed_mm;
use crate::extent::{Extent, Grid, MOST_CELLS};
use crate::volume::SceneVolume;

/// How much longer depth counts than width where distances are measured: fluid lies in flat
/// bodies, whose rims would move from B-scan to B-scan in steps if it counted the same.
const DEPTH_COUNTS: f32 = 4.0;
/// Weight of a value against its two neighbours when distances are smoothed.
const SMOOTH: f32 = 2.0;
/// How often they are.
const SMOOTHINGS: usize = 2;
/// How much of a distance is left at least when it is smoothed, so that nothing vanishes.
const KEPT: f32 = 0.25;

/// Signed distances, negative inside, at points that lie evenly.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Points along columns, rows and B-scans.
    pub points: [usize; 3],
    /// Where the first point lies: column, row, B-scan from the corner of the scan, as
    /// [`SceneVolume::place_mm`] counts them.
    pub first: [f32; 3],
    /// From point to point in columns, rows, B-scans.
    pub step: [f32; 3],
    /// Distances, columns fastest, then rows.
    pub distance_mm: Vec<f32>,
}

impl Field {
    /// The distances of `class`, which lies in `extent`.
    pub fn of_class(volume: &SceneVolume, class: FluidClass, extent: Extent) -> Self {
        let grid = Grid::around(extent);
        let [across_mm, down_mm, along_mm] =
            std::array::from_fn(|axis| grid.samples[axis] as f32 * volume.step_mm[axis]);
        let [width, height] = [grid.cells[0] + 2, grid.cells[1] + 2];
        let most_mm = 3.0 * along_mm;
        let layer = |layer: usize| {
            let covered = grid.coverage(volume, class, layer)?;
            Some(signed_mm(&covered, width, [across_mm, down_mm * DEPTH_COUNTS], most_mm))
        };
        // Points between two layers, so that they are not much farther apart than along columns.
        let room = (MOST_CELLS[2] as usize / (grid.cells[2] + 1)).max(1);
        let between = ((along_mm / across_mm).round() as usize).clamp(1, room);

        let nothing = vec![most_mm; width * height];
        let mut distance_mm = nothing.clone();
        let mut before: Option<Vec<f32>> = None;
        for after in (0..grid.cells[2]).map(layer).chain([None]) {
            for step in 1..=between {
                let part = step as f32 / between as f32;
                match (&before, &after) {
                    (None, None) => distance_mm.extend(&nothing),
                    (before, after) => {
                        let pairs = before.as_ref().unwrap_or(&nothing).iter();
                        let pairs = pairs.zip(after.as_ref().unwrap_or(&nothing));
                        distance_mm.extend(pairs.map(|(a, b)| carried(*a, *b, part, along_mm)));
                    }
                }
            }
            before = after;
        }
        let points = [width, height, (grid.cells[2] + 1) * between + 1];
        for _ in 0..SMOOTHINGS {
            smooth(&mut distance_mm, points);
        }
        let samples = grid.samples.map(|samples| samples as f32);
        let from = grid.from.map(|from| from as f32);
        Self {
            points,
            first: std::array::from_fn(|axis| from[axis] - samples[axis] / 2.0),
            step: [samples[0], samples[1], samples[2] / between as f32],
            distance_mm,
        }
    }
}

/// The distance at `part` of the way from one B-scan to the next, which lies `along_mm`
/// behind it. Where an outline moves it moves evenly; what the other B-scan has nothing of
/// ends, rounded, half way.
fn carried(before_mm: f32, after_mm: f32, part: f32, along_mm: f32) -> f32 {
    let blend = |a: f32, b: f32, part: f32| a + (b - a) * part;
    if (before_mm < 0.0) == (after_mm < 0.0) {
        return blend(before_mm, after_mm, part);
    }
    let depth_mm = -before_mm.min(after_mm);
    let away_mm = before_mm.max(after_mm);
    let ends_mm = (0.65 * depth_mm).max(0.15 * along_mm).min(away_mm);
    let is_gone = (away_mm / along_mm - 1.0).clamp(0.0, 1.0);
    let away_mm = blend(away_mm, ends_mm, is_gone);
    if before_mm < 0.0 { blend(-depth_mm, away_mm, part) } else { blend(away_mm, -depth_mm, part) }
}

/// Smooths along each axis in turn. What was inside stays inside.
fn smooth(distance_mm: &mut [f32], [width, height, _]: [usize; 3]) {
    for row in distance_mm.chunks_exact_mut(width) {
        smooth_along(row, 1);
    }
    for layer in distance_mm.chunks_exact_mut(width * height) {
        smooth_along(layer, width);
    }
    smooth_along(distance_mm, width * height);
}

/// Smooths from part to part of `distance_mm`, each `part` values long: value by value side
/// by side, which a processor does many of at once.
fn smooth_along(distance_mm: &mut [f32], part: usize) {
    let Some(first) = distance_mm.get(..part) else { return };
    let mut before = first.to_vec();
    let mut here = before.clone();
    for at in (0..distance_mm.len()).step_by(part) {
        let (now, after) = distance_mm[at..].split_at_mut(part);
        here.copy_from_slice(now);
        // The last part has itself behind it.
        let after = after.get(..part).unwrap_or(&here);
        for (((now, before), here), after) in now.iter_mut().zip(&before).zip(&here).zip(after) {
            let smoothed = (before + SMOOTH * here + after) / (SMOOTH + 2.0);
            *now = if *here < 0.0 { smoothed.min(KEPT * here) } else { smoothed };
        }
        std::mem::swap(&mut before, &mut here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_that_moves_is_half_way_at_half_the_way() {
        // A straight outline at 0 in one B-scan and at 0.1 in the next, seen at 0.05.
        assert!(carried(0.05, -0.05, 0.5, 0.12).abs() < 1e-6);
        // It is seen at a quarter of the way where it lies then.
        assert!(carried(0.025, -0.075, 0.25, 0.12).abs() < 1e-6);
    }

    #[test]
    fn what_the_next_bscan_has_nothing_of_ends_about_half_way() {
        let ends = |depth_mm: f32| {
            let parts = (0..=100).map(|part| part as f32 / 100.0);
            parts.take_while(|part| carried(-depth_mm, 0.36, *part, 0.12) < 0.0).count()
        };
        assert!((50..=66).contains(&ends(0.05)), "{}", ends(0.05));
        assert!(ends(0.002) < 15, "thinner towards its rim");
    }
}
