//! Surfaces of the layers over (x, y), in millimetres.
//!
//! x runs along a B-scan, y from B-scan to B-scan, z into the eye; (0, 0) is the
//! middle of the scan, z = 0 lies on Bruch's membrane below it. Thicknesses are
//! typical of healthy maculae (in the range of the SD-OCT maps of Loduca et al.,
//! Am J Ophthalmol 2010, and the histology of Curcio et al., IOVS 2011): no
//! inner layers in the foveola, 100 um of ONL with Henle's fibres there, inner
//! layers thickest about 1 mm out, RNFL thickening towards the disc.

use crate::deposits::Deposits;
use crate::fluid::Fluid;
use crate::random::{Noise, Stream, smoothstep};

/// Coarse anatomy of a pixel, as written in `PhantomBScan::anatomy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Anatomy {
    /// Above the ILM.
    Vitreous = 0,
    /// ILM to the RPE's upper edge; IRF and SRF inside included.
    Retina = 1,
    /// RPE to Bruch's membrane; drusen and PED inside included.
    RpeToBruch = 2,
    /// Below Bruch's membrane.
    ChoroidSclera = 3,
}

/// The regions of a column from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Region {
    /// Above the ILM.
    Vitreous = 0,
    /// Retinal nerve fibre layer.
    Rnfl,
    /// Ganglion cell layer.
    Gcl,
    /// Inner plexiform layer.
    Ipl,
    /// Inner nuclear layer.
    Inl,
    /// Outer plexiform layer.
    Opl,
    /// Outer nuclear layer with Henle's fibres.
    Onl,
    /// External limiting membrane.
    Elm,
    /// Myoids of the photoreceptors.
    Myoid,
    /// Ellipsoid zone.
    Ez,
    /// Outer segments.
    Os,
    /// Subretinal space: of no height where the retina is attached.
    Subretinal,
    /// Retinal pigment epithelium.
    Rpe,
    /// Between RPE and Bruch's membrane: drusen or PED, else of no height.
    SubRpe,
    /// Bruch's membrane.
    Bruch,
    /// Choroid.
    Choroid,
    /// Sclera.
    Sclera,
}

/// Number of regions.
pub const REGIONS: usize = 17;
/// Number of boundaries: boundary `i` is the lower edge of region `i`.
pub const BOUNDARIES: usize = REGIONS - 1;

impl Region {
    /// All regions from top to bottom.
    pub const ALL: [Self; REGIONS] = [
        Self::Vitreous,
        Self::Rnfl,
        Self::Gcl,
        Self::Ipl,
        Self::Inl,
        Self::Opl,
        Self::Onl,
        Self::Elm,
        Self::Myoid,
        Self::Ez,
        Self::Os,
        Self::Subretinal,
        Self::Rpe,
        Self::SubRpe,
        Self::Bruch,
        Self::Choroid,
        Self::Sclera,
    ];

    /// The coarse anatomy it belongs to.
    pub fn anatomy(self) -> Anatomy {
        match self {
            Self::Vitreous => Anatomy::Vitreous,
            Self::Rpe | Self::SubRpe | Self::Bruch => Anatomy::RpeToBruch,
            Self::Choroid | Self::Sclera => Anatomy::ChoroidSclera,
            _ => Anatomy::Retina,
        }
    }
}

/// The shape of one eye without lesions.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Centre of the fovea in mm.
    pub fovea: [f32; 2],
    /// Sign of x towards the disc.
    pub nasal: f32,
    tilt: [f32; 2],
    sag: [f32; 2],
    undulation: Noise,
    undulation_mm: f32,
    pit_radius: f32,
    scale: [f32; REGIONS],
    variation: Noise,
    variation_depth: f32,
    fringe: f32,
    nasal_rnfl: f32,
    /// Centre and radius of the optic disc in mm.
    disc: ([f32; 2], f32),
    choroid: f32,
    rpe_roughness: f32,
}

impl Shape {
    /// Draws a shape.
    pub fn draw(stream: &mut Stream) -> Self {
        let mut scale = [1.0; REGIONS];
        let overall = stream.between(0.9, 1.12);
        for factor in &mut scale {
            *factor = overall * stream.between(0.85, 1.2);
        }
        let fovea = [stream.between(-0.6, 0.6), stream.between(-0.5, 0.5)];
        let nasal = if stream.chance(0.5) { 1.0 } else { -1.0 };
        // The disc's centre lies some 4.2 to 4.7 mm nasal, a little above the fovea; it is 1.5 to 1.8 mm wide.
        let disc_at = [fovea[0] + nasal * stream.between(3.7, 4.7), fovea[1] + stream.between(-0.9, 0.1)];
        Self {
            fovea,
            nasal,
            disc: (disc_at, stream.between(0.75, 0.95)),
            tilt: [stream.between(-0.055, 0.055), stream.between(-0.04, 0.04)],
            // An eye of 24 mm shows almost flat in the scan; staphyloma and arm length bend it either way.
            sag: [stream.between(-0.008, 0.026), stream.between(-0.008, 0.024)],
            undulation: Noise::new(stream),
            undulation_mm: stream.log_between(0.002, 0.05),
            pit_radius: stream.between(0.32, 0.65),
            scale,
            variation: Noise::new(stream),
            variation_depth: stream.between(0.04, 0.2),
            fringe: stream.between(0.001, 0.006),
            nasal_rnfl: stream.between(0.02, 0.1),
            choroid: stream.between(0.1, 0.36),
            rpe_roughness: stream.log_between(0.0005, 0.004),
        }
    }

    /// How far (x, y) lies in the optic disc: 0 outside, 1 inside its rim.
    pub fn disc(&self, x: f32, y: f32) -> f32 {
        1.0 - smoothstep(-0.12, 0.03, self.beyond_disc(x, y))
    }

    /// Puts the disc into the scan: its centre `away` mm nasal of the fovea.
    pub(crate) fn bring_disc(&mut self, away: f32) {
        self.disc.0[0] = self.fovea[0] + self.nasal * away;
    }

    /// How far (x, y) lies within the disc: 0 at its rim and outside, 1 in its centre.
    pub(crate) fn within_disc(&self, x: f32, y: f32) -> f32 {
        (-self.beyond_disc(x, y) / self.disc.1).clamp(0.0, 1.0)
    }

    fn beyond_disc(&self, x: f32, y: f32) -> f32 {
        let (at, radius) = self.disc;
        ((x - at[0]).powi(2) + (y - at[1]).powi(2)).sqrt() - radius
    }

    /// Depth of Bruch's membrane.
    pub fn bruch(&self, x: f32, y: f32) -> f32 {
        self.tilt[0] * x + self.tilt[1] * y
            // Display has the vitreous on top: the bowl of the eye rises at its edges.
            - self.sag[0] * x * x
            - self.sag[1] * y * y
            + self.undulation_mm * self.undulation.over_plane(x / 1.4, y / 1.4)
    }

    /// The layers at (x, y) at rest and what lesions push them up by.
    pub fn column(&self, x: f32, y: f32, fluid: &Fluid, deposits: &Deposits) -> Column {
        let (dx, dy) = (x - self.fovea[0], y - self.fovea[1]);
        let r2 = dx * dx + dy * dy;
        let r = r2.sqrt();
        let pit = 1.0 - (-r2 / (self.pit_radius * self.pit_radius)).exp();
        let parafovea = (-((r - 1.0) / 0.85).powi(2)).exp();
        let foveola = (-r2 / 0.3).exp();
        let towards_disc = smoothstep(0.3, 4.0, dx * self.nasal);
        let arcuate = smoothstep(0.6, 3.0, dy.abs());

        let swelling = fluid.swelling(x, y);
        let atrophy = deposits.atrophy(x, y);
        let mut thickness = [0.0_f32; REGIONS];
        let mut set = |region: Region, mm: f32| {
            let index = region as usize;
            let local = self.variation.over_plane(x / 1.1 + 17.0 * index as f32, y / 1.1);
            thickness[index] = mm * self.scale[index] * (1.0 + self.variation_depth * local);
        };
        let beyond = self.beyond_disc(x, y);
        // Fibres crowd over the rim and sink into the cup.
        let rim = 0.16 * (-(beyond / 0.4).powi(2)).exp() * smoothstep(-0.45, 0.0, beyond);
        set(Region::Rnfl, 0.006 + pit * (0.014 + 0.02 * arcuate + self.nasal_rnfl * towards_disc) + rim);
        set(Region::Gcl, 0.002 + pit * (0.016 + 0.034 * parafovea) * swelling.inner_thinning);
        set(Region::Ipl, 0.003 + pit * (0.024 + 0.017 * parafovea) * swelling.inner_thinning);
        set(Region::Inl, 0.004 + pit * (0.026 + 0.013 * parafovea));
        set(Region::Opl, 0.006 + pit * 0.02);
        set(Region::Onl, (0.055 + 0.045 * foveola + 0.01 * parafovea) * (1.0 - 0.45 * atrophy));
        set(Region::Elm, 0.006);
        set(Region::Myoid, 0.017 * (1.0 - 0.6 * atrophy));
        set(Region::Ez, 0.015 * (1.0 - 0.5 * atrophy));
        set(Region::Os, (0.024 + 0.016 * foveola) * (1.0 - 0.8 * atrophy));
        set(Region::Rpe, 0.021 * (1.0 - 0.55 * atrophy));
        set(Region::Bruch, 0.006);
        set(Region::Choroid, self.choroid * (1.0 + 0.25 * foveola - 0.3 * towards_disc));
        // Fine waviness of the RPE: real lines are never ruled with a pen.
        let ripple = self.rpe_roughness * self.undulation.over_plane(x / 0.07, y / 0.12 + 31.0);
        let sub_rpe = fluid.detachment_height(x, y).max(deposits.drusen_height(x, y)).max(0.0);

        let mut boundary = [0.0_f32; BOUNDARIES];
        let bruch_bottom = self.bruch(x, y) + ripple;
        boundary[Region::Choroid as usize] = bruch_bottom + thickness[Region::Choroid as usize];
        let mut z = bruch_bottom;
        for index in (0..=Region::Bruch as usize).rev() {
            boundary[index] = z;
            z -= thickness[index];
        }
        // Layers of cells end in a fringe of a few um. It moves borders, not the ILM.
        for index in Region::Rnfl as usize..=Region::Opl as usize {
            let room = thickness[index].min(thickness[index + 1]);
            let fringe = self.variation.over_plane(x / 0.05 + 71.0 * index as f32, y / 0.08);
            boundary[index] += self.fringe.min(0.2 * room) * fringe;
        }
        let mut lift = [0.0_f32; BOUNDARIES];
        let mut pushed = 0.0;
        for index in (0..=Region::Bruch as usize).rev() {
            lift[index] = pushed;
            pushed += match Region::ALL[index] {
                Region::SubRpe => sub_rpe,
                // Fluid runs off a detachment and pools beside it.
                Region::Subretinal => (fluid.subretinal_height(x, y) - 0.6 * sub_rpe).max(0.0),
                Region::Onl => swelling.onl,
                Region::Inl => swelling.inl,
                _ => 0.0,
            };
        }
        Column { boundary, lift }
    }
}

/// One column before its tissue has given way.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Boundaries at rest.
    boundary: [f32; BOUNDARIES],
    /// How far lesions below push each boundary up.
    lift: [f32; BOUNDARIES],
}

/// The boundaries of every column of one slice.
#[derive(Debug, Clone)]
pub struct Surfaces {
    /// `boundary[i][column]`: lower edge of region `i`, in mm from the top of the B-scan.
    pub boundary: Vec<Vec<f32>>,
}

impl Surfaces {
    /// Lifts the layers of a slice that begins at depth `top`.
    ///
    /// Tissue is stiff across and soft along the beam: the further a layer is
    /// from a lesion the wider it spreads the bulge, and the layers between
    /// are squeezed, never below a third of their thickness. RPE and outer
    /// segments follow exactly, so the lesions' own heights stay exact.
    pub fn lifted(columns: &[Column], lateral: f32, top: f32) -> Self {
        let stiffness_mm = |index: usize| match Region::ALL[index] {
            Region::Vitreous => 0.2,
            Region::Rnfl => 0.18,
            Region::Gcl => 0.11,
            Region::Ipl => 0.07,
            Region::Inl => 0.06,
            Region::Opl => 0.055,
            Region::Onl | Region::Elm => 0.02,
            _ => 0.0,
        };
        let mut boundary: Vec<Vec<f32>> = vec![Vec::new(); BOUNDARIES];
        for index in (0..BOUNDARIES).rev() {
            let lift: Vec<f32> = columns.iter().map(|column| column.lift[index]).collect();
            let lift = widen(lift, stiffness_mm(index) / lateral);
            let mut surface: Vec<f32> =
                columns.iter().zip(&lift).map(|(column, lift)| column.boundary[index] - lift - top).collect();
            if index < Region::Os as usize {
                for (column, (z, below)) in surface.iter_mut().zip(&boundary[index + 1]).enumerate() {
                    let rest = columns[column].boundary;
                    *z = z.min(below - 0.33 * (rest[index + 1] - rest[index]));
                }
            }
            boundary[index] = surface;
        }
        Self { boundary }
    }

    /// Upper and lower edge of `region` at `column`; the vitreous begins at 0.
    pub fn span(&self, region: Region, column: usize) -> (f32, f32) {
        let index = region as usize;
        let top = if index == 0 { 0.0 } else { self.boundary[index - 1][column] };
        let bottom = if index < BOUNDARIES { self.boundary[index][column] } else { f32::MAX };
        (top, bottom)
    }

    /// Lower edge of `region` at `column`.
    pub fn below(&self, region: Region, column: usize) -> f32 {
        self.boundary[region as usize][column]
    }
}

/// Three running means: about a Gaussian of `sigma` samples, whatever its width.
pub(crate) fn widen(mut values: Vec<f32>, sigma: f32) -> Vec<f32> {
    let reach = (sigma + 0.5) as usize;
    if reach == 0 || values.is_empty() {
        return values;
    }
    let last = values.len() - 1;
    for _ in 0..3 {
        let mut sums = Vec::with_capacity(values.len() + 1);
        let mut total = 0.0_f32;
        sums.push(total);
        for value in &values {
            total += value;
            sums.push(total);
        }
        values = (0..=last)
            .map(|at| {
                let (from, to) = (at.saturating_sub(reach), (at + reach).min(last) + 1);
                (sums[to] - sums[from]) / (to - from) as f32
            })
            .collect();
    }
    values
}
