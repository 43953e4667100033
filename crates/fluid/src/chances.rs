//! How probable each fluid is at every place of a B-scan, as it is kept: in the working grid,
//! a byte a value. Labels for any threshold follow from it.

use oct::{FluidClass, Framing, RunLengths};

use crate::label::{fluid_at, label};

/// What reaches this is fluid without much doubt, and what does not reach [`POSSIBLE`] is none.
///
/// Of the pairs that were tried, the narrowest between whose pixels the truth lay in at least 8 of
/// 10 B-scans of every kind of fluid (`trainer evaluate --intervals` on validation data, weights
/// 0.3.0): Duke 08 13 of 16, phantoms IRF 17 of 21, SRF 13 of 14, PED 15 of 17. At 0.75 and 0.25
/// it is 6, 8, 12 and 12.
pub const CONFIDENT: f32 = 0.98;
/// See [`CONFIDENT`].
pub const POSSIBLE: f32 = 0.02;

/// Probabilities of the three fluids in one B-scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Chances {
    framing: Framing,
    /// A map of the working grid for each of [`FluidClass::ALL`], 0 to 255.
    maps: Vec<u8>,
    /// 1 where the B-scan's own grid holds padding; of no length where it holds none.
    padding: RunLengths,
}

impl Chances {
    /// From `probabilities` by [`FluidClass::index`], 0..=1, of the working grid; no fluid lies in
    /// the `padding` of the B-scan's own grid, which is empty where there is none.
    pub fn of_probabilities(probabilities: [&[f32]; 3], framing: Framing, padding: &[bool]) -> Self {
        // What is above 255 or below 0 stays at the end of the scale.
        let maps = probabilities.iter().flat_map(|map| map.iter().map(|p| (p * 255.0 + 0.5) as u8)).collect();
        let padding: Vec<u8> = padding.iter().map(|padding| u8::from(*padding)).collect();
        Self { framing, maps, padding: RunLengths::encode(&padding) }
    }

    /// From what [`Self::maps`] and [`Self::padding`] gave; `None` where they do not fit `framing`.
    pub fn of_parts(framing: Framing, maps: Vec<u8>, padding: RunLengths) -> Option<Self> {
        let pixels = framing.grid.rows.checked_mul(framing.grid.columns)?;
        let own = framing.rows.checked_mul(framing.columns)?;
        let fits = pixels.checked_mul(3)? == maps.len()
            && (padding.is_empty() || padding.length() == own)
            && framing.seen.top.checked_add(framing.seen.rows)? <= framing.rows
            && framing.seen.left.checked_add(framing.seen.columns)? <= framing.columns;
        fits.then_some(Self { framing, maps, padding })
    }

    /// What of the B-scan the network saw.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// A map of the working grid for each class, one after the other, 0 to 255.
    pub fn maps(&self) -> &[u8] {
        &self.maps
    }

    /// 1 where the B-scan's own grid holds padding; of no length where it holds none.
    pub fn padding(&self) -> &RunLengths {
        &self.padding
    }

    /// For each column of the B-scan whether all of it is padding; of no length where none is.
    pub fn unscanned_columns(&self) -> Vec<bool> {
        let rows = self.padding.rows_per_column(self.framing.columns, 1);
        let unscanned = rows.into_iter().map(|rows| rows as usize >= self.framing.rows).collect::<Vec<_>>();
        if unscanned.contains(&true) { unscanned } else { Vec::new() }
    }

    /// Labels of the B-scan's own grid where a probability of `threshold` is fluid.
    pub fn labels(&self, threshold: f32) -> Vec<u8> {
        let maps = self.probabilities();
        let [irf, srf, ped] = [&maps[0], &maps[1], &maps[2]].map(Vec::as_slice);
        let mut labels = label([irf, srf, ped], self.framing, threshold);
        self.padding.for_each_of(1, |padding| labels[padding].fill(0));
        labels
    }

    /// Voxels of the B-scan's own grid that reach `threshold`, by [`FluidClass::index`], as many
    /// as they are in the working grid times its pixels' share: a tenth of a voxel's work of
    /// [`Self::labels`], within some percent of it.
    pub fn voxels(&self, threshold: f32) -> [f64; 3] {
        let framing = self.framing;
        let pixels = framing.grid.rows * framing.grid.columns;
        // A union of two is at most their sum.
        let least = threshold * 255.0 / 2.0;
        let mut counts = [0_u32; 3];
        let maps = |at: usize| [self.maps[at], self.maps[pixels + at], self.maps[2 * pixels + at]];
        // Rows below were shown, but are none of the B-scan.
        let seen = framing.grid.rows * framing.seen.rows / framing.shown_rows().max(1);
        for [irf, srf, ped] in (0..seen * framing.grid.columns).map(maps) {
            if f32::from(irf.max(srf).max(ped)) < least {
                continue;
            }
            let here = [irf, srf, ped].map(|value| f32::from(value) / 255.0);
            if let Some(class) = fluid_at(here, threshold) {
                counts[class.index()] += 1;
            }
        }
        let own = (framing.shown_rows() * framing.seen.columns) as f64 / pixels as f64;
        counts.map(|count| f64::from(count) * own)
    }

    /// The maps in the B-scan's own grid, row by row, one class after the other, 0 to 255.
    pub fn enlarged(&self) -> Vec<u8> {
        let enlarge = |map: Vec<f32>| self.framing.to_bscan(&map, self.framing.grid);
        let bytes = |map: Vec<f32>| map.into_iter().map(|p| (p * 255.0).round() as u8).collect::<Vec<u8>>();
        self.probabilities().map(|map| bytes(enlarge(map))).concat()
    }

    fn probabilities(&self) -> [Vec<f32>; 3] {
        let pixels = self.framing.grid.rows * self.framing.grid.columns;
        let map = |class: FluidClass| {
            let map = &self.maps[class.index() * pixels..][..pixels];
            map.iter().map(|value| f32::from(*value) / 255.0).collect()
        };
        FluidClass::ALL.map(map)
    }
}

#[cfg(test)]
mod tests {
    use oct::WorkingGrid;

    use super::*;

    const GRID: WorkingGrid = WorkingGrid { rows: 2, columns: 2 };

    fn chances(padding: &[bool]) -> Chances {
        let srf = [0.9, 0.6, 0.3, 0.1];
        Chances::of_probabilities([&[0.0; 4], &srf, &[0.0; 4]], Framing::whole([2, 2], GRID), padding)
    }

    #[test]
    fn a_lower_threshold_finds_more_and_the_same_threshold_the_same_again() {
        let labels = [0.95, 0.75, 0.5, 0.25].map(|threshold| chances(&[]).labels(threshold));
        assert_eq!(labels, [[0, 0, 0, 0], [2, 0, 0, 0], [2, 2, 0, 0], [2, 2, 2, 0]]);
        assert_eq!(chances(&[]).voxels(0.25), [0.0, 3.0, 0.0]);
    }

    #[test]
    fn no_fluid_lies_in_padding_whatever_the_threshold() {
        let padded = chances(&[true, false, false, true]);
        assert_eq!(padded.labels(0.25), [0, 2, 2, 0]);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let whole = chances(&[false, true, true, true]);
        let parts = |framing, maps: &[u8], padding: &RunLengths| {
            Chances::of_parts(framing, maps.to_vec(), padding.clone())
        };
        assert_eq!(parts(whole.framing(), whole.maps(), whole.padding()).as_ref(), Some(&whole));
        assert_eq!(parts(whole.framing(), &whole.maps()[1..], whole.padding()), None);
        assert_eq!(parts(whole.framing(), whole.maps(), &RunLengths::encode(&[1])), None);
        let mut beyond = whole.framing();
        beyond.seen.left = 1;
        assert_eq!(parts(beyond, whole.maps(), whole.padding()), None);
    }

    #[test]
    fn a_map_comes_back_in_the_bscans_own_grid() {
        let framing = Framing::whole([4, 2], GRID);
        let ped = [1.0, 0.0, 1.0, 0.0];
        let enlarged = Chances::of_probabilities([&[0.0; 4], &[0.0; 4], &ped], framing, &[]).enlarged();
        assert_eq!(enlarged.len(), 3 * 8);
        assert_eq!(enlarged[16..], [255, 0, 255, 0, 255, 0, 255, 0]);
    }
}
