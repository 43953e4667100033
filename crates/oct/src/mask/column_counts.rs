//! The labels of one B-scan by column: what figures are made of. It is counted once, when a
//! B-scan is taken in, since figures are shown anew after each and a volume is too much to
//! walk every time.

use super::FluidClass;
use super::labels::MaskError;

/// Fluid in each column of one B-scan, per class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnCounts {
    /// By [`FluidClass::index`]; empty where the B-scan has none of the class.
    classes: [ClassColumns; 3],
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct ClassColumns {
    voxels: Vec<u32>,
    longest_run: Vec<u32>,
    total: u64,
}

/// The last voxel of fluid seen in a column, from the top.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    label: u8,
    row: usize,
    run: u32,
}

impl ColumnCounts {
    /// Counts `labels`, row by row of `columns`.
    ///
    /// # Errors
    /// [`MaskError::UnknownLabel`] where a label is above 3.
    pub fn of(labels: &[u8], columns: usize) -> Result<Self, MaskError> {
        let mut counts = Self::default();
        if columns == 0 {
            return Ok(counts);
        }
        let mut last = vec![Last::default(); columns];
        for (row, labels) in labels.chunks(columns).enumerate() {
            // Most rows hold nothing, which is seen many labels at a time.
            if labels.iter().fold(0_u8, |any, label| any | label) == 0 {
                continue;
            }
            for (column, (label, last)) in labels.iter().zip(&mut last).enumerate() {
                let Some(class) = FluidClass::from_label(*label) else {
                    if *label == 0 {
                        continue;
                    }
                    return Err(MaskError::UnknownLabel { label: *label });
                };
                let goes_on = last.label == *label && last.row + 1 == row;
                let run = if goes_on { last.run + 1 } else { 1 };
                *last = Last { label: *label, row, run };
                let class = &mut counts.classes[class.index()];
                if class.voxels.is_empty() {
                    class.voxels = vec![0; columns];
                    class.longest_run = vec![0; columns];
                }
                class.voxels[column] += 1;
                class.longest_run[column] = class.longest_run[column].max(run);
            }
        }
        for class in &mut counts.classes {
            class.total = class.voxels.iter().copied().map(u64::from).sum();
        }
        Ok(counts)
    }

    /// Voxels of `class` in the whole B-scan.
    pub fn total(&self, class: FluidClass) -> u64 {
        self.classes[class.index()].total
    }

    /// Voxels of `class` by column; empty where the B-scan has none.
    pub fn voxels(&self, class: FluidClass) -> &[u32] {
        &self.classes[class.index()].voxels
    }

    /// The most voxels of `class` that lie one below the other without a gap, by column;
    /// empty where the B-scan has none.
    pub fn longest_runs(&self, class: FluidClass) -> &[u32] {
        &self.classes[class.index()].longest_run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_per_class_and_a_gap_ends_a_run() {
        #[rustfmt::skip]
        let labels = [
            1, 1, 0,
            1, 0, 3,
            0, 1, 3,
            0, 0, 0,
            1, 1, 3,
        ];
        let counts = ColumnCounts::of(&labels, 3).unwrap();
        assert_eq!(counts.voxels(FluidClass::Irf), [3, 3, 0]);
        assert_eq!(counts.longest_runs(FluidClass::Irf), [2, 1, 0]);
        assert_eq!((counts.total(FluidClass::Irf), counts.total(FluidClass::Ped)), (6, 3));
        assert_eq!(counts.longest_runs(FluidClass::Ped), [0, 0, 2]);
        assert_eq!(counts.voxels(FluidClass::Srf), [0; 0], "none is kept of what is not there");
    }

    #[test]
    fn another_class_in_between_ends_a_run() {
        let counts = ColumnCounts::of(&[2, 1, 2, 2], 1).unwrap();
        assert_eq!(counts.longest_runs(FluidClass::Srf), [2]);
        assert_eq!(ColumnCounts::of(&[], 0).unwrap(), ColumnCounts::default());
        assert_eq!(ColumnCounts::of(&[0, 4], 2), Err(MaskError::UnknownLabel { label: 4 }));
    }
}
