//! The label mask in a volume's own grid.

use super::{ColumnCounts, FluidClass};

/// Labels 0..=3 in the grid of a volume, B-scan by B-scan. A B-scan that was not
/// segmented is `None`: unmeasured is not zero. One that holds no picture is neither
/// measured nor waits to be: nothing was seen there, so nothing is labelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelMask {
    columns: usize,
    rows: usize,
    bscans: Vec<Option<BScanLabels>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct BScanLabels {
    labels: Vec<u8>,
    has_picture: bool,
    counts: ColumnCounts,
    /// Columns in which nothing of the eye was scanned; empty where there is none such.
    unscanned: Vec<bool>,
}

impl LabelMask {
    /// A mask in which no B-scan is measured yet.
    pub fn unmeasured(columns: usize, rows: usize, bscans: usize) -> Self {
        Self { columns, rows, bscans: vec![None; bscans] }
    }

    /// Labels per row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rows per B-scan.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of B-scans, measured or not.
    pub fn bscans(&self) -> usize {
        self.bscans.len()
    }

    /// Number of B-scans that were segmented.
    pub fn measured_bscans(&self) -> usize {
        self.bscans.iter().flatten().filter(|bscan| bscan.has_picture).count()
    }

    /// Whether every B-scan is measured or holds no picture.
    pub fn is_complete(&self) -> bool {
        !self.bscans.is_empty() && self.bscans.iter().all(Option::is_some)
    }

    /// Whether `bscan` is known to hold no picture.
    pub fn lacks_picture(&self, bscan: usize) -> bool {
        self.bscans.get(bscan).and_then(Option::as_ref).is_some_and(|bscan| !bscan.has_picture)
    }

    /// Indices of the B-scans that hold no picture.
    pub fn without_picture(&self) -> Vec<usize> {
        (0..self.bscans()).filter(|bscan| self.lacks_picture(*bscan)).collect()
    }

    /// Whether any B-scan was looked at, with a picture or without.
    pub fn has_results(&self) -> bool {
        self.bscans.iter().any(Option::is_some)
    }

    /// Labels of `bscan` row by row, background where it holds no picture, or `None` where
    /// it was not looked at yet.
    pub fn bscan(&self, bscan: usize) -> Option<&[u8]> {
        self.bscans.get(bscan)?.as_ref().map(|bscan| bscan.labels.as_slice())
    }

    /// Voxels of `bscan` per class, by [`FluidClass::index`], or `None` where it
    /// was not segmented.
    pub fn class_voxels(&self, bscan: usize) -> Option<[u64; 3]> {
        self.column_counts(bscan).map(|counts| FluidClass::ALL.map(|class| counts.total(class)))
    }

    /// Fluid of `bscan` by column, or `None` where it was not segmented.
    pub fn column_counts(&self, bscan: usize) -> Option<&ColumnCounts> {
        self.bscans.get(bscan)?.as_ref().filter(|bscan| bscan.has_picture).map(|bscan| &bscan.counts)
    }

    /// Whether anything of the eye was scanned in `column` of `bscan`: it was segmented, and the
    /// column is not all padding.
    pub fn is_scanned(&self, bscan: usize, column: usize) -> bool {
        let of_picture = self.bscans.get(bscan).and_then(Option::as_ref).filter(|bscan| bscan.has_picture);
        of_picture.is_some_and(|bscan| !bscan.unscanned.get(column).copied().unwrap_or(false))
    }

    /// Says in which columns of `bscan` nothing of the eye was scanned, `true` for those that are
    /// all padding; of no length where there is none such. It outlasts labels that are set anew.
    ///
    /// # Errors
    /// [`MaskError::NoSuchBScan`] where it is not segmented.
    pub fn set_unscanned(&mut self, bscan: usize, unscanned: Vec<bool>) -> Result<(), MaskError> {
        let bscans = self.bscans.len();
        let segmented = self.bscans.get_mut(bscan).and_then(Option::as_mut);
        segmented.ok_or(MaskError::NoSuchBScan { bscan, bscans })?.unscanned = unscanned;
        Ok(())
    }

    /// Says that `bscan` holds no picture.
    ///
    /// # Errors
    /// [`MaskError::NoSuchBScan`] where it does not exist.
    pub fn set_without_picture(&mut self, bscan: usize) -> Result<(), MaskError> {
        let bscans = self.bscans.len();
        let slot = self.bscans.get_mut(bscan).ok_or(MaskError::NoSuchBScan { bscan, bscans })?;
        let labels = vec![0; self.columns * self.rows];
        *slot = Some(BScanLabels {
            labels,
            has_picture: false,
            counts: ColumnCounts::default(),
            unscanned: Vec::new(),
        });
        Ok(())
    }

    /// Forgets `bscan`, as if nobody had looked at it.
    ///
    /// # Errors
    /// [`MaskError::NoSuchBScan`] where it does not exist.
    pub fn set_unmeasured(&mut self, bscan: usize) -> Result<(), MaskError> {
        let bscans = self.bscans.len();
        let slot = self.bscans.get_mut(bscan).ok_or(MaskError::NoSuchBScan { bscan, bscans })?;
        *slot = None;
        Ok(())
    }

    /// Stores the labels of one B-scan.
    ///
    /// # Errors
    /// [`MaskError`] where the B-scan does not exist, the size differs, or a
    /// label is above 3.
    pub fn set_bscan(&mut self, bscan: usize, labels: Vec<u8>) -> Result<(), MaskError> {
        let bscans = self.bscans.len();
        let slot = self.bscans.get_mut(bscan).ok_or(MaskError::NoSuchBScan { bscan, bscans })?;
        if labels.len() != self.columns * self.rows {
            return Err(MaskError::Size { expected: self.columns * self.rows, found: labels.len() });
        }
        let counts = ColumnCounts::of(&labels, self.columns)?;
        let unscanned = slot.take().map_or_else(Vec::new, |before| before.unscanned);
        *slot = Some(BScanLabels { labels, has_picture: true, counts, unscanned });
        Ok(())
    }
}

/// What can be wrong with a mask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// A B-scan past the end.
    #[error("the mask has {bscans} B-scans, there is no index {bscan}")]
    NoSuchBScan {
        /// The index asked for.
        bscan: usize,
        /// How many there are.
        bscans: usize,
    },
    /// A B-scan of another size.
    #[error("a mask of {found} labels does not fit a B-scan of {expected} samples")]
    Size {
        /// Samples in the B-scan.
        expected: usize,
        /// Labels given.
        found: usize,
    },
    /// A label that means nothing here.
    #[error("label {label} is none of 0 background, 1 IRF, 2 SRF, 3 PED")]
    UnknownLabel {
        /// The value found.
        label: u8,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unmeasured_bscan_is_not_an_empty_one() {
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        mask.set_bscan(1, vec![0, 3]).unwrap();
        assert_eq!(mask.bscan(0), None);
        assert_eq!(mask.bscan(1), Some(&[0, 3][..]));
        assert_eq!(mask.measured_bscans(), 1);
        assert_eq!((mask.class_voxels(0), mask.class_voxels(1)), (None, Some([0, 0, 1])));
    }

    #[test]
    fn a_bscan_without_a_picture_is_neither_measured_nor_missing() {
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        mask.set_without_picture(0).unwrap();
        assert!(!mask.is_complete() && mask.lacks_picture(0) && !mask.lacks_picture(1));
        mask.set_bscan(1, vec![0, 3]).unwrap();
        assert!(mask.is_complete());
        assert_eq!((mask.measured_bscans(), mask.without_picture()), (1, vec![0]));
        assert_eq!((mask.bscan(0), mask.class_voxels(0)), (Some(&[0, 0][..]), None));
        assert!(mask.set_without_picture(2).is_err());
        mask.set_bscan(0, vec![1, 1]).unwrap();
        assert!(!mask.lacks_picture(0), "segmented after all");
        mask.set_unmeasured(0).unwrap();
        assert_eq!((mask.bscan(0), mask.is_complete()), (None, false));
        assert!(mask.set_unmeasured(2).is_err());
    }

    #[test]
    fn a_bscan_that_is_segmented_again_is_counted_again() {
        let mut mask = LabelMask::unmeasured(3, 1, 1);
        mask.set_bscan(0, vec![1, 1, 2]).unwrap();
        mask.set_bscan(0, vec![0, 3, 2]).unwrap();
        assert_eq!(mask.class_voxels(0), Some([0, 1, 1]));
    }

    #[test]
    fn a_column_of_padding_is_not_scanned_whatever_is_labelled() {
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        assert!(!mask.is_scanned(0, 0) && mask.set_unscanned(0, vec![true, false]).is_err());
        mask.set_bscan(0, vec![0, 0]).unwrap();
        mask.set_unscanned(0, vec![true, false]).unwrap();
        assert_eq!([0, 1].map(|column| mask.is_scanned(0, column)), [false, true]);
        mask.set_bscan(0, vec![0, 1]).unwrap();
        assert!(!mask.is_scanned(0, 0));
        mask.set_without_picture(1).unwrap();
        assert!(!mask.is_scanned(1, 0));
    }

    #[test]
    fn wrong_sizes_labels_and_bscans_are_refused() {
        let mut mask = LabelMask::unmeasured(2, 1, 1);
        assert_eq!(mask.set_bscan(1, vec![0, 0]), Err(MaskError::NoSuchBScan { bscan: 1, bscans: 1 }));
        assert_eq!(mask.set_bscan(0, vec![0]), Err(MaskError::Size { expected: 2, found: 1 }));
        assert_eq!(mask.set_bscan(0, vec![0, 4]), Err(MaskError::UnknownLabel { label: 4 }));
    }
}
