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
//! | `hyaloid` | a finding: a hyaloid that came off the retina |
//! | `hole` | a finding: a macular hole |
//! | `disc` | a finding: the optic disc within the scan |
//! | `artefacts` | dimmed columns, shadows, padding of the registration |
//! | `export` | findings: few pixels and greys, bars around the picture |

mod artefacts;
mod choroid;
mod cysts;
mod disc;
mod export;
mod foci;
mod hole;
mod hyaloid;
mod layers;
mod slice;
mod vessels;
mod vitreous;

use oct::{Geometry, LabelMask, OctVolume, SampleType, Samples};

use self::artefacts::{Dimming, Padding, Shadows};
use self::cysts::CystWall;
use self::disc::Cup;
use self::export::{Letterbox, Resampled};
use self::hole::Hole;
use self::hyaloid::Hyaloid;
use self::slice::Slice;
use self::vitreous::Vitreous;
use crate::acquisition::{Grid, Look, VendorStyle, quantise};
use crate::anatomy::{Region, Shape};
use crate::deposits::Deposits;
use crate::findings::{Finding, Findings};
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
    /// What it shows besides; a macular hole and traction bring cysts along unless the eye is free of fluid.
    pub findings: Findings,
}

impl EyeConfig {
    /// An eye whose fluids the seed decides; about a quarter have none. It shows nothing besides.
    pub fn new(seed: u64, style: VendorStyle) -> Self {
        Self { seed, style, bscans: None, fluid: FluidMix::Random, findings: Findings::default() }
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
    /// From which the noise of its B-scans is drawn: the eye's own at the first visit.
    noise_seed: u64,
    /// How far the scan is moved on the retina, x and y in mm.
    moved: [f32; 2],
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
    hyaloids: Vec<Hyaloid>,
    hole: Option<Hole>,
    cup: Option<Cup>,
    shadows: Option<Shadows>,
    resampled: Option<Resampled>,
    letterbox: Option<Letterbox>,
}

const PURPOSE_GRID: u64 = 1;
const PURPOSE_ANATOMY: u64 = 2;
const PURPOSE_MIX: u64 = 3;
const PURPOSE_FLUID: u64 = 4;
const PURPOSE_DEPOSITS: u64 = 5;
const PURPOSE_VESSELS: u64 = 6;
const PURPOSE_LOOK: u64 = 7;
const PURPOSE_VITREOUS: u64 = 8;
/// Visits take the purposes from here on.
const PURPOSE_VISITS: u64 = 1 << 24;
/// B-scans take the purposes from here on.
const PURPOSE_BSCANS: u64 = 1 << 32;

impl Eye {
    /// Draws the eye of `config`.
    pub fn new(config: &EyeConfig) -> Self {
        let seed = config.seed;
        let grid = Grid::of(config.style, config.bscans, &mut Stream::new(seed, PURPOSE_GRID));
        let mut anatomy = Stream::new(seed, PURPOSE_ANATOMY);
        let mut shape = Shape::draw(&mut anatomy);
        let reflectivity = Reflectivity::draw(&mut anatomy);
        let mut mix = Stream::new(seed, PURPOSE_MIX);
        let mut present = config.fluid.resolve(&mut mix);
        // Diabetic eyes have edema and exudates; detachments come with neovascular AMD.
        let diabetic = mix.chance(if present[2] { 0.15 } else { 0.65 });
        let has = |finding| config.findings.has(finding);
        let drawn = |finding: Finding| has(finding).then(|| finding.stream(seed));
        // What is drusen and what PED is a matter of degree: no eye has both.
        present[2] &= !has(Finding::Drusen);
        let mut fluid = Fluid::draw(&mut Stream::new(seed, PURPOSE_FLUID), present, shape.fovea, diabetic);
        let mut deposits = Deposits::draw(&mut Stream::new(seed, PURPOSE_DEPOSITS), shape.fovea, diabetic);
        let vessels = Vessels::draw(&mut Stream::new(seed, PURPOSE_VESSELS), shape.fovea, shape.nasal);
        let mut stream = Stream::new(seed, PURPOSE_LOOK);
        let mut look = Look::draw(&mut stream, config.style, &grid);
        let padded = config.style == VendorStyle::Spectralis && stream.chance(0.4);
        let wet = config.fluid != FluidMix::Free;
        if let Some(mut stream) = drawn(Finding::Drusen) {
            deposits.add_drusen(&mut stream, shape.fovea);
        }
        let mut hyaloids = Vec::new();
        for finding in [Finding::Hyaloid, Finding::Traction] {
            if let Some(mut stream) = drawn(finding) {
                let hyaloid = Hyaloid::draw(&mut stream, shape.fovea, finding == Finding::Traction);
                if wet {
                    hyaloid.tear_apart(&mut stream, &mut fluid);
                }
                hyaloids.push(hyaloid);
            }
        }
        let hole = drawn(Finding::MacularHole).map(|mut stream| {
            let hole = Hole::draw(&mut stream, shape.fovea);
            if wet {
                hole.swell_rim(&mut stream, &mut fluid);
            }
            hole
        });
        let cup = drawn(Finding::Disc).map(|mut stream| {
            shape.bring_disc(stream.between(1.9, 3.0));
            Cup::draw(&mut stream)
        });
        if let Some(mut stream) = drawn(Finding::SingleFrame) {
            look.single_frame(&mut stream);
        }
        Self {
            seed,
            noise_seed: seed,
            moved: [0.0; 2],
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
            hyaloids,
            hole,
            cup,
            shadows: drawn(Finding::Shadows).map(|mut stream| Shadows::draw(&mut stream)),
            resampled: drawn(Finding::Resampled).map(|mut stream| Resampled::draw(&mut stream)),
            letterbox: drawn(Finding::Letterbox).map(|mut stream| Letterbox::draw(&mut stream)),
        }
    }

    /// The same eye scanned again: the scan lies `moved_mm` further along the B-scans and across
    /// them, the device sees it as `visit` (0 is the first one) draws, with other noise. Anatomy,
    /// fluid and vessels stay.
    #[must_use]
    pub fn at_visit(self, visit: u64, moved_mm: [f64; 2]) -> Self {
        let mut this = self.moved_to(moved_mm);
        this.see_as(visit);
        this
    }

    /// The same scan, `moved_mm` along the B-scans and across them from where the first one lies.
    #[must_use]
    pub fn moved_to(self, moved_mm: [f64; 2]) -> Self {
        Self { moved: moved_mm.map(|mm| mm as f32), ..self }
    }

    /// How far the scan is moved along the B-scans and across them from the first one, mm.
    pub fn moved_mm(&self) -> [f64; 2] {
        self.moved.map(f64::from)
    }

    fn see_as(&mut self, visit: u64) {
        if visit > 0 {
            self.noise_seed = Stream::new(self.seed, PURPOSE_VISITS + visit).bits();
            let mut stream = Stream::new(self.noise_seed, PURPOSE_LOOK);
            self.look = Look::draw(&mut stream, self.style, &self.grid);
            self.dimming = Dimming::draw(&mut stream);
            self.placement = stream.between(0.28, 0.62);
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
        let [x, y] = [0, 1].map(|axis| f64::from(self.shape.fovea[axis] - self.moved[axis]));
        let [lateral, _, between] = self.grid.mm;
        let middle = |count: usize| 0.5 * (count as f64 - 1.0);
        [y / between + middle(self.grid.bscans), x / lateral + middle(self.grid.columns)]
    }

    /// The B-scan that is nearest to the fovea: where a macular hole or traction is seen.
    pub fn bscan_at_fovea(&self) -> usize {
        let [bscan, _] = self.fovea();
        (bscan.round().max(0.0) as usize).min(self.grid.bscans - 1)
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
        let mut stream = Stream::new(self.noise_seed, PURPOSE_BSCANS + bscan as u64);
        let mut slice = Slice::of(self, bscan, &mut stream);
        let cysts = self.mark(&mut slice);
        self.paint_layers(&mut slice);
        self.paint_cysts(&mut slice, &cysts);
        self.paint_foci(&mut slice);
        self.paint_vessels(&mut slice);
        self.vitreous.paint(&mut slice);
        self.hyaloids.iter().for_each(|hyaloid| hyaloid.paint(&mut slice));
        if let Some(hole) = &self.hole {
            hole.paint_lid(&mut slice);
        }
        if let Some(cup) = self.cup {
            self.shade_disc(&mut slice, cup);
        }
        self.dimming.dim(&mut slice);
        if let Some(shadows) = &self.shadows {
            shadows.dim(&mut slice);
        }
        let mut grey = self.look.form(&slice.grey, slice.columns, &mut stream);
        if let Some(padding) = self.padding {
            padding.blank(slice.columns, slice.rows, |at| {
                grey[at] = 0.0;
                slice.labels[at] = 0;
            });
        }
        if let Some(resampled) = self.resampled {
            grey = resampled.of(&grey, slice.columns);
        }
        if let Some(letterbox) = self.letterbox {
            letterbox.cover(slice.columns, slice.rows, |at| {
                grey[at] = letterbox.grey;
                slice.labels[at] = 0;
                slice.regions[at] = Region::Vitreous as u8;
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
        let mut slice =
            Slice::of(self, bscan, &mut Stream::new(self.noise_seed, PURPOSE_BSCANS + bscan as u64));
        self.mark(&mut slice);
        if let Some(padding) = self.padding {
            padding.blank(slice.columns, slice.rows, |at| slice.labels[at] = 0);
        }
        if let Some(letterbox) = self.letterbox {
            letterbox.cover(slice.columns, slice.rows, |at| slice.labels[at] = 0);
        }
        slice.labels
    }

    /// Regions and labels.
    fn mark(&self, slice: &mut Slice) -> Vec<CystWall> {
        self.mark_layers(slice);
        let mut cysts = self.mark_cysts(slice);
        if let Some(hole) = &self.hole {
            hole.open(slice);
        }
        if let Some(cup) = self.cup {
            self.open_cup(slice, cup);
        }
        if self.hole.is_some() || self.cup.is_some() {
            cysts.retain(|wall| wall.is_in_retina(slice));
        }
        cysts
    }
}
