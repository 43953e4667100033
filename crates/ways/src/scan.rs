//! The eye, small enough that the network answers within a second.

use oct::Samples;
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

/// Columns of the eye: the middle of a scan of 6 mm.
pub const COLUMNS: usize = 64;
/// Rows of the eye.
pub const ROWS: usize = 124;
/// B-scans of the eye: ten, so that names in byte order are not in the natural one.
pub const BSCANS: usize = 10;
/// Spacing along columns, rows and B-scans in mm.
pub const MM: [f64; 3] = [0.046, 0.015_48, 0.12];

/// Bins left of the eye.
const LEFT: usize = 32;
/// Samples that are averaged in each direction.
const BIN: usize = 4;

/// Greys of an eye, with the spacing that is true of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Samples along the retina.
    pub columns: usize,
    /// Samples into the eye.
    pub rows: usize,
    /// B-scans.
    pub bscans: usize,
    /// Whole numbers 0..=255, column-fastest, then row, then B-scan; NaN where there is none.
    pub greys: Vec<f32>,
    /// Lateral, axial and between B-scans.
    pub mm: [f64; 3],
    /// `R` or `L`.
    pub eye: char,
    /// The number of each B-scan in the eye: a gap where one is missing.
    pub numbers: Vec<usize>,
}

impl Scan {
    /// B-scan `bscan`.
    pub fn bscan(&self, bscan: usize) -> &[f32] {
        &self.greys[bscan * self.columns * self.rows..][..self.columns * self.rows]
    }

    /// B-scan `bscan`, to be changed.
    pub fn bscan_mut(&mut self, bscan: usize) -> &mut [f32] {
        let size = self.columns * self.rows;
        &mut self.greys[bscan * size..][..size]
    }

    /// B-scan `bscan` in 8 bits.
    pub fn bytes(&self, bscan: usize) -> Vec<u8> {
        self.bscan(bscan).iter().map(|grey| *grey as u8).collect()
    }

    /// The B-scans `which`, in that order.
    pub fn of_bscans(&self, which: &[usize]) -> Self {
        Self {
            bscans: which.len(),
            greys: which.iter().flat_map(|bscan| self.bscan(*bscan).to_vec()).collect(),
            numbers: which.iter().map(|bscan| self.numbers[*bscan]).collect(),
            ..self.clone()
        }
    }
}

/// An eye with its exact truth.
#[derive(Debug, Clone)]
pub struct Known {
    /// The eye.
    pub scan: Scan,
    /// 0 background, 1 IRF, 2 SRF, 3 PED; in the order of [`Scan::greys`].
    pub labels: Vec<u8>,
}

impl Known {
    /// Its B-scans from `first` on, `bscans` of them: for where the network is slow.
    pub fn part(&self, first: usize, bscans: usize) -> Self {
        let which: Vec<usize> = (first..first + bscans).collect();
        let size = self.scan.columns * self.scan.rows;
        let scan = Scan { numbers: (0..bscans).collect(), ..self.scan.of_bscans(&which) };
        Self { scan, labels: self.labels[first * size..][..bscans * size].to_vec() }
    }
}

/// A right eye with all three fluids, all of which the shipped network finds well.
pub fn right() -> Known {
    draw(29, 'R')
}

/// A left eye with other fluid.
pub fn left() -> Known {
    draw(20, 'L')
}

/// The middle of a phantom of 512 x 496, averaged to [`COLUMNS`] x [`ROWS`].
fn draw(seed: u64, eye: char) -> Known {
    let mut config = EyeConfig::new(seed, VendorStyle::Spectralis);
    config.bscans = Some(BSCANS);
    config.fluid = FluidMix::Present { irf: true, srf: true, ped: true };
    let (volume, truth) = Eye::new(&config).volume();
    let Samples::U16(samples) = volume.samples() else { panic!("a Spectralis phantom has 16 bits") };
    let (columns, rows) = (volume.columns(), volume.rows());
    let mut sums = Vec::new();
    let mut labels = Vec::new();
    for bscan in 0..BSCANS {
        let image = &samples[bscan * columns * rows..];
        let marked = truth.bscan(bscan).unwrap();
        for (row, column) in (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column))) {
            let at = |y: usize, x: usize| (BIN * row + y) * columns + BIN * (LEFT + column) + x;
            let bin = (0..BIN * BIN).map(|n| u32::from(image[at(n / BIN, n % BIN)]));
            sums.push(bin.sum::<u32>());
            labels.push(marked[at(BIN / 2, BIN / 2)]);
        }
    }
    let most = sums.iter().copied().max().unwrap_or(1);
    let greys = sums.into_iter().map(|sum| (sum * 255 / most) as f32).collect();
    let numbers = (0..BSCANS).collect();
    let scan = Scan { columns: COLUMNS, rows: ROWS, bscans: BSCANS, greys, mm: MM, eye, numbers };
    Known { scan, labels }
}
