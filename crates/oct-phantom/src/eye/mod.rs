//! The eye, its B-scans and its volume.
//!
//! An eye is drawn once from its seed. A B-scan is then one slice of it, made in
//! this order: surfaces are laid into the slice, regions and labels are marked,
//! greys are painted, the device adds its own.
//!
//! | module | what it holds |
//! |---|---|
//! | `slice` | one slice while it is drawn |
//! | `layers` | regions, labels of SRF and PED, grey of the layers |
//! | `choroid` | grey of choroid and sclera |
//! | `cysts` | labels of IRF, grey of cysts and their walls |
//! | `foci` | hyperreflective foci and exudates |
//! | `vessels` | retinal vessels and their shadows |
//! | `vitreous` | hyaloid, pockets, epiretinal membrane |
//! | `artefacts` | dimmed columns, padding of the registration |

mod artefacts;
mod choroid;
mod cysts;
mod foci;
mod layers;
mod slice;
mod vessels;
mod vitreous;

use oct::{Geometry, LabelMask, OctVolume, SampleType, Samples};

use self::artefacts::{Dimming, Padding};
use self::slice::Slice;
use self::vitreous::Vitreous;
use crate::acquisition::{Grid, Look, VendorStyle, quantise};
use crate::anatomy::{Region, Shape};
use crate::deposits::Deposits;
use crate::fluid::{Fluid, FluidMix};
use crate::random::{Noise, Stream};
use crate::reflectivity::Reflectivity;
use crate::vessels::Vessels;

/// What to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EyeConfig {
    /// Everything follows from it.
    pub seed: u64,
    /// Whose device.
    pub style: VendorStyle,
    /// Number of B-scans; `None` is the vendor's count in RETOUCH. Spacing does not change with it.
    pub bscans: Option<usize>,
    /// Which fluids.
    pub fluid: FluidMix,
}

impl EyeConfig {
    /// An eye whose fluids the seed decides; about a quarter have none.
    pub fn new(seed: u64, style: VendorStyle) -> Self {
        Self { seed, style, bscans: None, fluid: FluidMix::Random }
    }
}

/// One slice with its truth, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct PhantomBScan {
    /// Samples per row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// The image in the style's own type.
    pub samples: Samples,
    /// 0 background, 1 IRF, 2 SRF, 3 PED.
    pub labels: Vec<u8>,
    /// [`crate::Anatomy`] as `u8`.
    pub anatomy: Vec<u8>,
}

/// One synthetic eye under one device.
#[derive(Debug, Clone)]
pub struct Eye {
    seed: u64,
    style: VendorStyle,
    grid: Grid,
    shape: Shape,
    reflectivity: Reflectivity,
    fluid: Fluid,
    deposits: Deposits,
    vessels: Vessels,
    vitreous: Vitreous,
    look: Look,
    texture: Noise,
    dimming: Dimming,
    /// Where the middle of the retina lies in the B-scan, as a part of its height.
    placement: f32,
    /// Axial motion from B-scan to B-scan in mm.
    jitter: f32,
    padding: Option<Padding>,
    enhancement: f32,
}

const PURPOSE_GRID: u64 = 1;
const PURPOSE_ANATOMY: u64 = 2;
const PURPOSE_MIX: u64 = 3;
const PURPOSE_FLUID: u64 = 4;
const PURPOSE_DEPOSITS: u64 = 5;
const PURPOSE_VESSELS: u64 = 6;
const PURPOSE_LOOK: u64 = 7;
const PURPOSE_VITREOUS: u64 = 8;
/// B-scans take the purposes from here on.
const PURPOSE_BSCANS: u64 = 1 << 32;

impl Eye {
    /// Draws the eye of `config`.
    pub fn new(config: &EyeConfig) -> Self {
        let seed = config.seed;
        let grid = Grid::of(config.style, config.bscans, &mut Stream::new(seed, PURPOSE_GRID));
        let mut anatomy = Stream::new(seed, PURPOSE_ANATOMY);
        let shape = Shape::draw(&mut anatomy);
        let reflectivity = Reflectivity::draw(&mut anatomy);
        let mut mix = Stream::new(seed, PURPOSE_MIX);
        let present = config.fluid.resolve(&mut mix);
        // Diabetic eyes have edema and exudates; detachments come with neovascular AMD.
        let diabetic = mix.chance(if present[2] { 0.15 } else { 0.65 });
        let fluid = Fluid::draw(&mut Stream::new(seed, PURPOSE_FLUID), present, shape.fovea, diabetic);
        let deposits = Deposits::draw(&mut Stream::new(seed, PURPOSE_DEPOSITS), shape.fovea, diabetic);
        let vessels = Vessels::draw(&mut Stream::new(seed, PURPOSE_VESSELS), shape.fovea, shape.nasal);
        let mut stream = Stream::new(seed, PURPOSE_LOOK);
        let look = Look::draw(&mut stream, config.style, &grid);
        let padded = config.style == VendorStyle::Spectralis && stream.chance(0.4);
        Self {
            seed,
            style: config.style,
            grid,
            shape,
            reflectivity,
            fluid,
            deposits,
            vessels,
            vitreous: Vitreous::draw(&mut Stream::new(seed, PURPOSE_VITREOUS)),
            texture: Noise::new(&mut stream),
            dimming: Dimming::draw(&mut stream),
            placement: stream.between(0.28, 0.62),
            jitter: stream.log_between(0.001, 0.02),
            padding: padded.then(|| Padding::draw(&mut stream)),
            enhancement: stream.between(0.0, 0.12),
            look,
        }
    }

    /// Samples per row.
    pub fn columns(&self) -> usize {
        self.grid.columns
    }

    /// Rows per B-scan.
    pub fn rows(&self) -> usize {
        self.grid.rows
    }

    /// Number of B-scans.
    pub fn bscans(&self) -> usize {
        self.grid.bscans
    }

    /// Spacing of the grid; all three are known.
    pub fn geometry(&self) -> Geometry {
        self.grid.geometry()
    }

    /// Where the fovea's centre lies: B-scan and column, whole numbers are their middles.
    pub fn fovea(&self) -> [f64; 2] {
        let [x, y] = self.shape.fovea.map(f64::from);
        let [lateral, _, between] = self.grid.mm;
        let middle = |count: usize| 0.5 * (count as f64 - 1.0);
        [y / between + middle(self.grid.bscans), x / lateral + middle(self.grid.columns)]
    }

    /// Type of the samples.
    pub fn sample_type(&self) -> SampleType {
        self.style.sample_type()
    }

    /// The whole volume with its truth.
    pub fn volume(&self) -> (OctVolume, LabelMask) {
        let (columns, rows, bscans) = (self.columns(), self.rows(), self.bscans());
        let mut mask = LabelMask::unmeasured(columns, rows, bscans);
        let (mut bytes, mut words) = (Vec::new(), Vec::new());
        for index in 0..bscans {
            let bscan = self.bscan(index);
            match bscan.samples {
                Samples::U8(mut samples) => bytes.append(&mut samples),
                Samples::U16(mut samples) => words.append(&mut samples),
                Samples::F32(_) => debug_assert!(false, "no style has float samples"),
            }
            let stored = mask.set_bscan(index, bscan.labels);
            debug_assert!(stored.is_ok(), "labels are 0..=3 in the mask's own grid");
        }
        let samples = if words.is_empty() { Samples::U8(bytes) } else { Samples::U16(words) };
        let mut volume = OctVolume::new(columns, rows, bscans, samples, self.geometry())
            .expect("every B-scan has columns x rows samples and no dimension is zero");
        volume.vendor = Some(self.style.name().to_owned());
        (volume, mask)
    }

    /// B-scan `bscan`, independent of all others. B-scans past the end are further slices of the same eye.
    pub fn bscan(&self, bscan: usize) -> PhantomBScan {
        let mut stream = Stream::new(self.seed, PURPOSE_BSCANS + bscan as u64);
        let mut slice = Slice::of(self, bscan, &mut stream);
        self.mark_layers(&mut slice);
        let cysts = self.mark_cysts(&mut slice);
        self.paint_layers(&mut slice);
        self.paint_cysts(&mut slice, &cysts);
        self.paint_foci(&mut slice);
        self.paint_vessels(&mut slice);
        self.vitreous.paint(&mut slice);
        self.dimming.dim(&mut slice);
        let mut grey = self.look.form(&slice.grey, slice.columns, &mut stream);
        if let Some(padding) = self.padding {
            padding.blank(slice.columns, slice.rows, |at| {
                grey[at] = 0.0;
                slice.labels[at] = 0;
            });
        }
        PhantomBScan {
            columns: slice.columns,
            rows: slice.rows,
            samples: quantise(&grey, self.style),
            labels: slice.labels,
            anatomy: slice
                .regions
                .iter()
                .map(|index| Region::ALL[usize::from(*index)].anatomy() as u8)
                .collect(),
        }
    }

    /// The labels of B-scan `bscan` alone, in a fraction of the time.
    pub fn labels(&self, bscan: usize) -> Vec<u8> {
        let mut slice = Slice::of(self, bscan, &mut Stream::new(self.seed, PURPOSE_BSCANS + bscan as u64));
        self.mark_layers(&mut slice);
        self.mark_cysts(&mut slice);
        if let Some(padding) = self.padding {
            padding.blank(slice.columns, slice.rows, |at| slice.labels[at] = 0);
        }
        slice.labels
    }
}
