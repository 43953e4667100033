//! Where a class lies in the scan, and the grid that is laid around it.

use oct::{FluidClass, RunLengths};

use crate::volume::SceneVolume;

/// Cells of a grid at most along columns, rows and B-scans: as fine as a screen shows, and
/// meshed in tens of milliseconds.
pub const MOST_CELLS: [u32; 3] = [190, 126, 126];

/// From the first to behind the last column, row and B-scan that hold a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The first of each.
    pub from: [u32; 3],
    /// Behind the last of each.
    pub to: [u32; 3],
}

impl Extent {
    /// Where each class lies, by [`FluidClass::index`]; `None` where there is none of it.
    pub fn of_classes(volume: &SceneVolume) -> [Option<Self>; 3] {
        let mut extents = [None; 3];
        for (bscan, mask) in &volume.masks {
            for_each_span(mask, volume.sizes[0], |class, row, from, to| {
                let span = Self { from: [from, row, *bscan], to: [to, row + 1, bscan + 1] };
                let extent = extents[class.index()].get_or_insert(span);
                for axis in 0..3 {
                    extent.from[axis] = extent.from[axis].min(span.from[axis]);
                    extent.to[axis] = extent.to[axis].max(span.to[axis]);
                }
            });
        }
        extents
    }
}

/// A grid around an extent. A cell is so many samples along each axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// The first column, row and B-scan of the first cell.
    pub from: [u32; 3],
    /// Samples in a cell along each axis.
    pub samples: [u32; 3],
    /// Cells along each axis.
    pub cells: [usize; 3],
}

impl Grid {
    /// The finest grid around `extent` of at most [`MOST_CELLS`].
    pub fn around(extent: Extent) -> Self {
        let length = |axis: usize| extent.to[axis].saturating_sub(extent.from[axis]).max(1);
        let samples = std::array::from_fn(|axis| length(axis).div_ceil(MOST_CELLS[axis]));
        let cells = std::array::from_fn(|axis: usize| length(axis).div_ceil(samples[axis]) as usize);
        Self { from: extent.from, samples, cells }
    }

    /// What part of each cell of layer `layer` of the grid is labelled `class`, row by row,
    /// 0 to 1, with an empty cell all around; `None` where no part of any is.
    pub fn coverage(&self, volume: &SceneVolume, class: FluidClass, layer: usize) -> Option<Vec<f32>> {
        let [cells_across, cells_down, _] = self.cells;
        let width = cells_across + 2;
        let mut covered = vec![0.0_f32; width * (cells_down + 2)];
        let [wide, tall, deep] = self.samples;
        let first = self.from[2] + layer as u32 * deep;
        let whole = (wide * tall * deep) as f32;
        let mut is_empty = true;
        for (_, mask) in volume.masks.range(first..first + deep) {
            for_each_span(mask, volume.sizes[0], |of, row, from, to| {
                if of != class {
                    return;
                }
                is_empty = false;
                let down = (row - self.from[1]) / tall;
                let line = (down as usize + 1) * width + 1;
                let (from, to) = (from - self.from[0], to - self.from[0]);
                for across in from / wide..to.div_ceil(wide) {
                    let overlap = to.min((across + 1) * wide) - from.max(across * wide);
                    covered[line + across as usize] += overlap as f32 / whole;
                }
            });
        }
        (!is_empty).then_some(covered)
    }
}

/// Calls `each` with class, row, first column and the column behind the last, for whatever
/// is labelled in one row of `mask`, whose rows have `columns` labels.
fn for_each_span(mask: &RunLengths, columns: u32, mut each: impl FnMut(FluidClass, u32, u32, u32)) {
    let columns = u64::from(columns.max(1));
    let mut at = 0_u64;
    for (length, label) in mask.runs() {
        let end = at + u64::from(*length);
        if let Some(class) = FluidClass::from_label(*label) {
            let mut from = at;
            while from < end {
                let row = from / columns;
                let to = end.min((row + 1) * columns);
                let column = |at: u64| (at - row * columns) as u32;
                each(class, row as u32, column(from), column(to));
                from = to;
            }
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::volume::Ends;

    /// 4 columns, 2 rows, 2 B-scans.
    fn volume() -> SceneVolume {
        let masks = [[0, 0, 0, 1, 1, 1, 0, 3], [0, 0, 1, 0, 0, 0, 0, 0]];
        let masks = masks.iter().zip(0..).map(|(labels, bscan)| (bscan, RunLengths::encode(labels)));
        SceneVolume {
            sizes: [4, 2, 2],
            step_mm: [1.0; 3],
            is_upside_down: false,
            ends: Ends::default(),
            masks: masks.collect(),
            retina: BTreeMap::new(),
        }
    }

    #[test]
    fn a_run_over_the_end_of_a_row_goes_on_in_the_next() {
        let mut spans = Vec::new();
        for_each_span(&volume().masks[&0], 4, |class, row, from, to| spans.push((class, row, from, to)));
        let (irf, ped) = (FluidClass::Irf, FluidClass::Ped);
        assert_eq!(spans, [(irf, 0, 3, 4), (irf, 1, 0, 2), (ped, 1, 3, 4)]);
    }

    #[test]
    fn each_class_has_its_own_extent_and_an_absent_one_none() {
        let irf = Extent { from: [0, 0, 0], to: [4, 2, 2] };
        let ped = Extent { from: [3, 1, 0], to: [4, 2, 1] };
        assert_eq!(Extent::of_classes(&volume()), [Some(irf), None, Some(ped)]);
    }

    #[test]
    fn a_grid_stays_within_its_cells_and_reaches_the_end_of_its_extent() {
        for length in [1, 125, 126, 127, 512, 1000, 16_384] {
            let grid = Grid::around(Extent { from: [0; 3], to: [length; 3] });
            for ((cells, samples), most) in grid.cells.iter().zip(grid.samples).zip(MOST_CELLS) {
                assert!(*cells <= most as usize && *cells as u32 * samples >= length);
            }
        }
    }

    #[test]
    fn a_cell_is_covered_by_the_part_of_its_samples() {
        let volume = volume();
        let grid = Grid { from: [0; 3], samples: [2, 2, 2], cells: [2, 1, 1] };
        let covered = grid.coverage(&volume, FluidClass::Irf, 0).unwrap();
        assert_eq!(covered, [0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(grid.coverage(&volume, FluidClass::Srf, 0), None);
    }
}
