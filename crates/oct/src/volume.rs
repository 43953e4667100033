//! Samples in their native type, and the volume they form.

use serde::{Deserialize, Serialize};

use crate::acquisition::Acquisition;
use crate::fundus::FundusImage;
use crate::geometry::{AxisOrder, Geometry, ScanPattern};
use crate::layers::LayerSurface;
use crate::padding::{Scanned, StatedPadding, sample_or_zero};
use crate::picture::Layering;

/// Samples as the file stores them; nothing is rescaled on reading.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// 8-bit unsigned.
    U8(Vec<u8>),
    /// 16-bit unsigned.
    U16(Vec<u16>),
    /// 32-bit float (signed integers and wider types are read into this).
    F32(Vec<f32>),
}

/// Some of the samples of a volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SamplesOf<'a> {
    /// 8-bit unsigned.
    U8(&'a [u8]),
    /// 16-bit unsigned.
    U16(&'a [u16]),
    /// 32-bit float.
    F32(&'a [f32]),
}

/// The type of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampleType {
    /// 8-bit unsigned.
    U8,
    /// 16-bit unsigned.
    U16,
    /// 32-bit float.
    F32,
}

impl Samples {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::F32(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the samples.
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) => SampleType::U8,
            Self::U16(_) => SampleType::U16,
            Self::F32(_) => SampleType::F32,
        }
    }
}

/// An OCT volume: `bscans` B-scans of `rows` x `columns` samples.
#[derive(Debug, Clone, PartialEq)]
pub struct OctVolume {
    columns: usize,
    rows: usize,
    bscans: usize,
    samples: Samples,
    /// Spacing, orientation, laterality.
    pub geometry: Geometry,
    /// Device maker as far as the file tells, e.g. `Heidelberg`.
    pub vendor: Option<String>,
    /// When and with what it was taken.
    pub acquisition: Acquisition,
    /// The fundus image that came with it.
    pub fundus: Option<FundusImage>,
    /// Layer boundaries that the device stored.
    pub surfaces: Vec<LayerSurface>,
    /// Values that the file says are no samples.
    pub stated_padding: Option<StatedPadding>,
}

impl OctVolume {
    /// Builds a volume from samples laid out column-fastest, then row, then
    /// B-scan. One B-scan is a single B-scan, whatever raster it was taken for.
    ///
    /// # Errors
    /// [`VolumeError`] where a dimension is zero or the count does not match.
    pub fn new(
        columns: usize,
        rows: usize,
        bscans: usize,
        samples: Samples,
        mut geometry: Geometry,
    ) -> Result<Self, VolumeError> {
        if columns == 0 || rows == 0 || bscans == 0 {
            return Err(VolumeError::Empty { columns, rows, bscans });
        }
        let wanted = columns.checked_mul(rows).and_then(|n| n.checked_mul(bscans));
        if wanted != Some(samples.len()) {
            return Err(VolumeError::SampleCount { columns, rows, bscans, samples: samples.len() });
        }
        if bscans == 1 && geometry.pattern.why_no_volume().is_none() {
            geometry.pattern = ScanPattern::SingleBScan;
        }
        geometry.samples = Some([columns, rows, bscans]);
        Ok(Self {
            columns,
            rows,
            bscans,
            samples,
            geometry,
            vendor: None,
            acquisition: Acquisition::default(),
            fundus: None,
            surfaces: Vec::new(),
            stated_padding: None,
        })
    }

    /// The volume of the same samples where what was taken for columns, rows and
    /// B-scans are the axes of `order` in truth. What else was read of it stays.
    ///
    /// # Errors
    /// [`VolumeError::OutOfMemory`] where there is no room for the samples in their new order.
    pub fn reordered(self, order: AxisOrder) -> Result<Self, VolumeError> {
        let stored = [self.columns, self.rows, self.bscans];
        let samples = match &self.samples {
            Samples::U8(samples) => order.to_standard(samples, stored).map(Samples::U8),
            Samples::U16(samples) => order.to_standard(samples, stored).map(Samples::U16),
            Samples::F32(samples) => order.to_standard(samples, stored).map(Samples::F32),
        };
        let samples = samples.ok_or(VolumeError::OutOfMemory)?;
        let [columns, rows, bscans] = order.standard(stored);
        let mut geometry = self.geometry.reordered(order, rows);
        if geometry.pattern == ScanPattern::SingleBScan {
            geometry.pattern = ScanPattern::default();
        }
        let Self { vendor, acquisition, fundus, mut surfaces, stated_padding, .. } = self;
        if order.rows_reversed() {
            for row in surfaces.iter_mut().flat_map(|surface| &mut surface.row) {
                *row = rows as f32 - *row;
            }
        }
        let volume = Self::new(columns, rows, bscans, samples, geometry)?;
        Ok(Self { vendor, acquisition, fundus, surfaces, stated_padding, ..volume })
    }

    /// The samples with NaN, by which every reader of floats knows what is no sample, in
    /// place of what the file states to be padding; `None` where there is none of that.
    /// For formats that cannot state it.
    pub fn samples_without_stated_padding(&self) -> Option<Vec<f32>> {
        let stated = self.stated_padding?;
        let mut any = false;
        let mut samples = Vec::with_capacity(self.samples.len());
        for bscan in (0..self.bscans).filter_map(|bscan| self.bscan(bscan)) {
            let cells = bscan.cells();
            let mut is_padding = vec![false; cells.len()];
            stated.mark(&cells, self.columns, &mut is_padding);
            any |= is_padding.contains(&true);
            let cells = cells.into_iter().zip(is_padding);
            samples.extend(cells.map(|(cell, is_padding)| if is_padding { f32::NAN } else { cell }));
        }
        any.then_some(samples)
    }

    /// The volume with its samples changed, as many as before.
    ///
    /// # Errors
    /// [`VolumeError::SampleCount`] where there are more or fewer.
    pub fn with_samples(self, change: impl FnOnce(Samples) -> Samples) -> Result<Self, VolumeError> {
        let (columns, rows, bscans, wanted) = (self.columns, self.rows, self.bscans, self.samples.len());
        let samples = change(self.samples);
        if samples.len() != wanted {
            return Err(VolumeError::SampleCount { columns, rows, bscans, samples: samples.len() });
        }
        Ok(Self { samples, ..self })
    }

    /// Samples per row, along the retina.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rows per B-scan, into the eye.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of B-scans.
    pub fn bscans(&self) -> usize {
        self.bscans
    }

    /// All samples.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// B-scan `bscan`, or `None` past the end.
    pub fn bscan(&self, bscan: usize) -> Option<BScan<'_>> {
        (bscan < self.bscans).then_some(BScan { volume: self, bscan })
    }
}

/// One B-scan of a volume, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct BScan<'a> {
    volume: &'a OctVolume,
    bscan: usize,
}

impl BScan<'_> {
    /// Samples per row.
    pub fn columns(&self) -> usize {
        self.volume.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.volume.rows
    }

    /// Index in the volume.
    pub fn index(&self) -> usize {
        self.bscan
    }

    /// Geometry of the volume it belongs to.
    pub fn geometry(&self) -> &Geometry {
        &self.volume.geometry
    }

    /// The type of its samples.
    pub fn sample_type(&self) -> SampleType {
        self.volume.samples.sample_type()
    }

    /// The samples as `f32`, `rows * columns` long, row by row, in the file's
    /// own units (0..=255 for 8-bit, 0..=65535 for 16-bit). Floats that are no sample
    /// become 0: what is not finite, and the largest ones, by which Heidelberg and
    /// those who save its intensities mark what was not scanned.
    pub fn to_f32(&self) -> Vec<f32> {
        self.cells().into_iter().map(sample_or_zero).collect()
    }

    /// The samples of one column, from the vitreous on, as [`Self::to_f32`] gives them; none past
    /// the last column.
    pub fn column(&self, column: usize) -> Vec<f32> {
        let columns = self.volume.columns;
        fn every<T: Copy + Into<f32>>(samples: &[T], first: usize, step: usize) -> Vec<f32> {
            samples.iter().skip(first).step_by(step).map(|sample| sample_or_zero((*sample).into())).collect()
        }
        if column >= columns {
            return Vec::new();
        }
        match self.samples() {
            SamplesOf::U8(samples) => every(samples, column, columns),
            SamplesOf::U16(samples) => every(samples, column, columns),
            SamplesOf::F32(samples) => every(samples, column, columns),
        }
    }

    /// The samples with what of them is padding.
    pub fn scanned(&self) -> Scanned {
        Scanned::of(self.cells(), self.volume.columns, self.volume.stated_padding)
    }

    /// [`Self::scanned`] where it shows an eye, and not once more what an earlier B-scan
    /// shows; else there is nothing to segment ([`crate::picture`]).
    pub fn picture(&self) -> Option<Scanned> {
        // The cheaper question first.
        if self.is_repeated() {
            return None;
        }
        let scanned = self.scanned();
        Layering::of(&scanned, self.volume.columns).is_picture().then_some(scanned)
    }

    /// Whether there is a [`Self::picture`].
    pub fn has_picture(&self) -> bool {
        self.picture().is_some()
    }

    /// Whether an earlier B-scan is the same to the bit. No device takes the same noise
    /// twice: such a B-scan is a copy that fills a gap.
    pub fn is_repeated(&self) -> bool {
        let count = self.volume.columns * self.volume.rows;
        match &self.volume.samples {
            Samples::U8(samples) => repeats(samples, count, self.bscan),
            Samples::U16(samples) => repeats(samples, count, self.bscan),
            Samples::F32(samples) => repeats(samples, count, self.bscan),
        }
    }

    /// As the file holds them, `rows * columns`, row by row.
    pub fn samples(&self) -> SamplesOf<'_> {
        let count = self.volume.columns * self.volume.rows;
        let range = self.bscan * count..(self.bscan + 1) * count;
        match &self.volume.samples {
            Samples::U8(v) => SamplesOf::U8(&v[range]),
            Samples::U16(v) => SamplesOf::U16(&v[range]),
            Samples::F32(v) => SamplesOf::F32(&v[range]),
        }
    }

    /// Values that the file says are no samples.
    pub fn stated_padding(&self) -> Option<StatedPadding> {
        self.volume.stated_padding
    }

    /// [`Self::samples`] as floats.
    fn cells(&self) -> Vec<f32> {
        match self.samples() {
            SamplesOf::U8(samples) => samples.iter().map(|s| f32::from(*s)).collect(),
            SamplesOf::U16(samples) => samples.iter().map(|s| f32::from(*s)).collect(),
            SamplesOf::F32(samples) => samples.to_vec(),
        }
    }
}

/// Whether one of the runs of `count` samples before run `bscan` is the same as it.
fn repeats<T: PartialEq>(samples: &[T], count: usize, bscan: usize) -> bool {
    let mut bscans = samples.chunks_exact(count).take(bscan + 1);
    bscans.next_back().is_some_and(|last| bscans.any(|earlier| earlier == last))
}

/// What can be wrong with a volume's dimensions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// A dimension of zero.
    #[error("the volume is empty: {columns} columns x {rows} rows x {bscans} B-scans")]
    Empty {
        /// Columns given.
        columns: usize,
        /// Rows given.
        rows: usize,
        /// B-scans given.
        bscans: usize,
    },
    /// There is no memory for the samples in another order.
    #[error("there is not enough memory for the samples in another order")]
    OutOfMemory,
    /// Dimensions and samples disagree.
    #[error("{columns} columns x {rows} rows x {bscans} B-scans do not match {samples} samples")]
    SampleCount {
        /// Columns given.
        columns: usize,
        /// Rows given.
        rows: usize,
        /// B-scans given.
        bscans: usize,
        /// Samples given.
        samples: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_that_do_not_match_the_samples_are_refused() {
        let refused = OctVolume::new(2, 2, 2, Samples::U8(vec![0; 7]), Geometry::default());
        assert!(matches!(refused, Err(VolumeError::SampleCount { samples: 7, .. })));
        let refused = OctVolume::new(usize::MAX, 2, 2, Samples::U8(vec![0; 7]), Geometry::default());
        assert!(matches!(refused, Err(VolumeError::SampleCount { .. })));
        let refused = OctVolume::new(0, 2, 2, Samples::U8(vec![]), Geometry::default());
        assert!(matches!(refused, Err(VolumeError::Empty { columns: 0, .. })));
    }

    #[test]
    fn floats_that_mark_what_was_not_scanned_are_no_samples() {
        let samples = vec![0.25, f32::MAX, f32::MIN, f32::NAN, f32::INFINITY, -3.0];
        let volume = OctVolume::new(6, 1, 1, Samples::F32(samples), Geometry::default()).unwrap();
        assert_eq!(volume.bscan(0).unwrap().to_f32(), [0.25, 0.0, 0.0, 0.0, 0.0, -3.0]);
    }

    #[test]
    fn a_bscan_that_is_the_same_as_an_earlier_one_holds_no_picture_of_its_own() {
        let bscan = |seed: usize| {
            let speckle = move |at: usize| ((at + seed) as u32).wrapping_mul(2_654_435_761) >> 28;
            let depth = |row: usize| [20, 20, 20, 170, 200, 60, 50, 40][row / 10];
            (0..80 * 80).map(move |at| (depth(at / 80) + speckle(at)) as u8)
        };
        let samples: Vec<u8> = [0, 7, 0, 0].into_iter().flat_map(bscan).collect();
        let volume = OctVolume::new(80, 80, 4, Samples::U8(samples), Geometry::default()).unwrap();
        let pictures = [0, 1, 2, 3].map(|index| volume.bscan(index).unwrap().has_picture());
        assert_eq!(pictures, [true, true, false, false]);
    }

    #[test]
    fn stated_padding_is_no_number_for_a_format_that_cannot_state_it_and_reads_back_as_padding() {
        let samples = vec![4095, 1, 200, 3, 1, 2, 1, 2, 2, 3, 1, 4095];
        let mut volume = OctVolume::new(4, 3, 1, Samples::U16(samples.clone()), Geometry::default()).unwrap();
        assert_eq!(volume.samples_without_stated_padding(), None);
        volume.stated_padding = Some(StatedPadding::new(9.0, 9.0));
        assert_eq!(volume.samples_without_stated_padding(), None, "no sample has it");
        volume.stated_padding = Some(StatedPadding::new(4095.0, 4095.0));
        let written = volume.samples_without_stated_padding().unwrap();
        let is_nan: Vec<usize> = (0..12).filter(|at| written[*at].is_nan()).collect();
        assert_eq!(is_nan, [0, 11]);
        assert_eq!(written[1..11], samples[1..11].iter().map(|s| f32::from(*s)).collect::<Vec<_>>());
        let back = OctVolume::new(4, 3, 1, Samples::F32(written), Geometry::default()).unwrap();
        assert_eq!(back.bscan(0).unwrap().scanned(), volume.bscan(0).unwrap().scanned());
    }

    #[test]
    fn a_bscan_reads_its_own_bscan_in_file_units() {
        let samples = Samples::U16((0..24).map(|n| n * 1000).collect());
        let volume = OctVolume::new(3, 4, 2, samples, Geometry::default()).unwrap();
        let bscan = volume.bscan(1).unwrap();
        assert_eq!(bscan.to_f32()[0], 12_000.0);
        assert_eq!(bscan.to_f32().len(), 12);
        assert!(volume.bscan(2).is_none());
    }
}
