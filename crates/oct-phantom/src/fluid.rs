//! The three fluids: where they lie, how large they are, how dark.
//!
//! IRF is a set of cysts, each bound to a layer (INL or ONL with Henle's
//! fibres) so that it follows the retina; where two would overlap a septum
//! stays between them. SRF and PED are heights over (x, y): they lift what
//! lies above them and need no rasterising.

use crate::anatomy::Region;
use crate::random::{Noise, Stream};

/// PED lesions are drawn with a nominal peak of at least this height in mm
/// (roughness can lower the actual one); see [`crate::DRUSEN_MAX_HEIGHT_MM`].
/// The whole lesion is labelled, its thin edge too, from the RPE's lower edge
/// to Bruch's membrane: the RPE itself is not fluid.
pub const PED_MIN_HEIGHT_MM: f32 = 0.075;

/// Which fluids an eye holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FluidMix {
    /// Drawn by the seed; about a quarter of the eyes hold none.
    Random,
    /// No fluid.
    Free,
    /// Exactly these.
    Present {
        /// Intraretinal fluid.
        irf: bool,
        /// Subretinal fluid.
        srf: bool,
        /// Pigment epithelial detachment.
        ped: bool,
    },
}

impl FluidMix {
    /// Which of IRF, SRF, PED are to be drawn.
    pub(crate) fn resolve(self, stream: &mut Stream) -> [bool; 3] {
        match self {
            Self::Free => [false; 3],
            Self::Present { irf, srf, ped } => [irf, srf, ped],
            Self::Random => {
                if stream.chance(0.25) {
                    return [false; 3];
                }
                // RETOUCH training: IRF in 55, SRF in 37, PED in 33 of 70 volumes.
                loop {
                    let drawn = [stream.chance(0.72), stream.chance(0.5), stream.chance(0.45)];
                    if drawn.contains(&true) {
                        return drawn;
                    }
                }
            }
        }
    }
}

/// One cyst.
#[derive(Debug, Clone, Copy)]
pub struct Cyst {
    /// Centre in mm.
    pub at: [f32; 2],
    /// The layer it follows.
    pub layer: Region,
    /// Place in that layer: 0 upper edge, 1 lower edge.
    pub depth: f32,
    /// Half-axes in mm: x, y, z.
    pub half: [f32; 3],
    /// Slant: mm of x per mm of depth.
    pub slant: f32,
    /// How irregular its wall is, as a part of its size.
    pub warp: f32,
    /// Reflectivity inside, relative to the eye's fluid level.
    pub turbidity: f32,
    /// Width of its soft border in mm.
    pub softness: f32,
    /// How much of its height the layer grows by.
    pub lift: f32,
}

/// A mound over (x, y): subretinal fluid or a detachment.
#[derive(Debug, Clone, Copy)]
struct Mound {
    at: [f32; 2],
    half: [f32; 2],
    height: f32,
    /// 0.5 is half an ellipse, 1 a parabola, above that a tapering sheet.
    power: f32,
    bumpiness: f32,
}

impl Mound {
    fn height(&self, x: f32, y: f32, outline: Noise) -> f32 {
        let dx = (x - self.at[0]) / self.half[0];
        let dy = (y - self.at[1]) / self.half[1];
        if dx.abs() > 1.4 || dy.abs() > 1.4 {
            return 0.0;
        }
        let scale = 0.5 * (self.half[0] + self.half[1]);
        let q = dx * dx + dy * dy + 0.35 * outline.over_plane(x / scale * 1.3, y / scale * 1.3);
        if q >= 1.0 {
            return 0.0;
        }
        let rough = 1.0
            + self.bumpiness * outline.over_plane(x / (0.12 + 0.2 * scale) + 9.0, y / (0.12 + 0.2 * scale));
        // `q` may be negative in the middle: capped, so that `height` is the peak.
        self.height * (1.0 - q.max(0.0)).powf(self.power) * rough.clamp(0.2, 1.0)
    }
}

/// What fills a detachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detachment {
    /// Clear fluid under a smooth dome.
    Serous,
    /// Vascular tissue: grey, irregular.
    Fibrovascular,
    /// Confluent drusen: grey and even.
    Drusenoid,
}

/// How far layers are swollen at a place.
#[derive(Debug, Clone, Copy)]
pub struct Swelling {
    /// Added to the INL in mm.
    pub inl: f32,
    /// Added to the ONL in mm.
    pub onl: f32,
    /// Factor on the GCL and IPL above large cysts.
    pub inner_thinning: f32,
}

/// All fluid of an eye.
#[derive(Debug, Clone)]
pub struct Fluid {
    /// Intraretinal cysts.
    pub cysts: Vec<Cyst>,
    subretinal: Vec<Mound>,
    detachments: Vec<(Mound, Detachment)>,
    outline: Noise,
    /// Shape noise for cyst walls.
    pub wall: Noise,
    /// Diffuse thickening around cysts: centre, radius, mm of INL, mm of ONL.
    pub(crate) edema: Vec<([f32; 2], f32, f32, f32)>,
    /// Gap that stays between two cysts, as a difference of their shape functions.
    pub septum: f32,
}

impl Fluid {
    /// Draws the fluid of an eye; `present` says which of IRF, SRF, PED.
    pub fn draw(stream: &mut Stream, present: [bool; 3], fovea: [f32; 2], diabetic: bool) -> Self {
        let mut fluid = Self {
            cysts: Vec::new(),
            subretinal: Vec::new(),
            detachments: Vec::new(),
            outline: Noise::new(stream),
            wall: Noise::new(stream),
            edema: Vec::new(),
            septum: stream.between(0.1, 0.45),
        };
        if present[2] {
            fluid.draw_detachments(stream, fovea);
        }
        if present[1] {
            fluid.draw_subretinal(stream, fovea);
        }
        if present[0] {
            if diabetic {
                fluid.draw_edema(stream, fovea);
            } else {
                fluid.draw_few_cysts(stream, fovea);
            }
        }
        fluid
    }

    fn draw_detachments(&mut self, stream: &mut Stream, fovea: [f32; 2]) {
        for index in 0..stream.count(1, 4) {
            let kind = match stream.count(0, 9) {
                0..=3 => Detachment::Serous,
                4..=7 => Detachment::Fibrovascular,
                _ => Detachment::Drusenoid,
            };
            let half_x = stream.log_between(if index == 0 { 0.25 } else { 0.12 }, 1.6);
            let half_y = half_x * stream.between(0.6, 1.3);
            // Steep domes reach a third of their half-width; the tallest real ones about 0.6 mm.
            let steepness = match kind {
                Detachment::Serous => stream.between(0.16, 0.45),
                Detachment::Fibrovascular => stream.between(0.08, 0.35),
                Detachment::Drusenoid => stream.between(0.1, 0.3),
            };
            let height = (half_x * steepness).clamp(PED_MIN_HEIGHT_MM, 0.45);
            self.detachments.push((
                Mound {
                    at: [fovea[0] + 0.8 * stream.normal(), fovea[1] + 0.7 * stream.normal()],
                    half: [half_x, half_y],
                    height,
                    power: if kind == Detachment::Serous {
                        stream.between(0.6, 1.1)
                    } else {
                        stream.between(0.6, 1.4)
                    },
                    bumpiness: match kind {
                        Detachment::Serous => stream.between(0.0, 0.15),
                        Detachment::Fibrovascular => stream.between(0.2, 0.7),
                        Detachment::Drusenoid => stream.between(0.05, 0.4),
                    },
                },
                kind,
            ));
        }
    }

    fn draw_subretinal(&mut self, stream: &mut Stream, fovea: [f32; 2]) {
        for index in 0..stream.count(1, 3) {
            // Beside a detachment as often as under the fovea.
            let beside = self.detachments.first().filter(|_| stream.chance(0.6)).map(|(mound, _)| *mound);
            let at = match beside {
                Some(mound) => {
                    let angle = stream.between(0.0, std::f32::consts::TAU);
                    [
                        mound.at[0] + mound.half[0] * angle.cos(),
                        mound.at[1] + mound.half[1] * angle.sin() * 0.7,
                    ]
                }
                None => [fovea[0] + 0.5 * stream.normal(), fovea[1] + 0.5 * stream.normal()],
            };
            let half_x = stream.log_between(if index == 0 { 0.25 } else { 0.1 }, 2.0);
            let height = (half_x * stream.log_between(0.05, 0.3)).clamp(0.015, 0.26);
            self.subretinal.push(Mound {
                at,
                half: [half_x, half_x * stream.between(0.6, 1.3)],
                height,
                power: stream.between(0.75, 1.7),
                bumpiness: stream.between(0.0, 0.35),
            });
        }
    }

    /// A cyst of half-width and half-height in mm.
    pub(crate) fn cyst(stream: &mut Stream, at: [f32; 2], layer: Region, half_x: f32, half_z: f32) -> Cyst {
        Cyst {
            at,
            layer,
            depth: stream.between(0.35, 0.65),
            half: [half_x, half_x * stream.between(0.7, 1.4), half_z],
            slant: stream.between(-0.3, 0.3),
            warp: stream.between(0.08, 0.45),
            // Duke's fluid ranges from the vitreous' black to the ONL's grey within one eye.
            turbidity: stream.between(-0.03, 0.13),
            softness: stream.log_between(0.004, 0.032),
            lift: stream.between(0.25, 0.75),
        }
    }

    /// Diabetic macular edema: many cysts of very different size in INL and ONL.
    fn draw_edema(&mut self, stream: &mut Stream, fovea: [f32; 2]) {
        for index in 0..stream.count(1, 4) {
            let spread = stream.between(0.3, 0.9);
            let away = if index == 0 { 0.35 } else { 1.1 };
            let home = [fovea[0] + away * stream.normal(), fovea[1] + away * stream.normal()];
            self.edema.push((
                home,
                spread * stream.between(1.2, 1.9),
                stream.log_between(0.01, 0.07),
                stream.log_between(0.02, 0.16),
            ));
            let onl_share = stream.between(0.2, 0.8);
            let typical = stream.log_between(0.03, 0.11);
            // Per mm2: a B-scan through a dense cluster meets a dozen cysts or more (Duke: up to 15 a B-scan).
            let cysts = 12.0 + spread * spread * stream.log_between(40.0, 300.0);
            for _ in 0..cysts as usize {
                let at = [home[0] + spread * stream.normal(), home[1] + spread * stream.normal()];
                let half_x = typical * (0.55 * stream.normal()).exp();
                let half_x = half_x.clamp(0.012, 0.35);
                if stream.chance(onl_share) {
                    // Henle's fibres run radially: cysts between them stand as columns or lie as bags.
                    let half_z = (half_x * stream.log_between(0.6, 3.0)).clamp(0.012, 0.2);
                    let mut cyst = Self::cyst(stream, at, Region::Onl, half_x, half_z);
                    // Seen from the fovea fibres slant outwards.
                    cyst.slant += 0.25 * (at[0] - fovea[0]).clamp(-1.0, 1.0);
                    self.cysts.push(cyst);
                } else {
                    let half_z = (half_x * stream.log_between(0.5, 1.4)).clamp(0.01, 0.09);
                    self.cysts.push(Self::cyst(stream, at, Region::Inl, half_x.min(0.2), half_z));
                }
            }
        }
        if stream.chance(0.5) {
            // The large foveal cyst, with a septum or two through it.
            let parts = stream.count(1, 4);
            let half_x = stream.log_between(0.1, 0.4) / (parts as f32).sqrt();
            let half_z = stream.between(0.07, 0.23);
            for part in 0..parts {
                let shift = (part as f32 - 0.5 * (parts - 1) as f32) * 1.7 * half_x;
                let at = [fovea[0] + shift, fovea[1] + 0.1 * stream.normal()];
                let height = half_z * stream.between(0.6, 1.0);
                let mut cyst = Self::cyst(stream, at, Region::Onl, half_x, height);
                cyst.lift = stream.between(0.7, 1.0);
                self.cysts.push(cyst);
            }
        }
        if stream.chance(0.45) {
            // Bags: the whole ONL filled over a millimetre, parted by thin upright septa.
            let home = [fovea[0] + 0.6 * stream.normal(), fovea[1] + 0.6 * stream.normal()];
            let half_z = stream.between(0.05, 0.12);
            let half_x = stream.between(0.12, 0.3);
            for part in 0..stream.count(2, 5) {
                let at = [home[0] + part as f32 * half_x * 1.5, home[1] + 0.15 * stream.normal()];
                let height = half_z * stream.between(0.6, 1.1);
                self.cysts.push(Self::cyst(stream, at, Region::Onl, half_x, height));
            }
        }
    }

    /// Cysts over a neovascular or degenerative lesion: few, small to middling.
    fn draw_few_cysts(&mut self, stream: &mut Stream, fovea: [f32; 2]) {
        let lesion = self.detachments.first().map(|(mound, _)| mound.at);
        let home = lesion.unwrap_or([fovea[0] + 0.7 * stream.normal(), fovea[1] + 0.6 * stream.normal()]);
        let largest = stream.log_between(0.03, 0.18);
        let spread = stream.between(0.25, 0.7);
        for index in 0..stream.log_between(2.0, 45.0) as usize {
            let at = [home[0] + spread * stream.normal(), home[1] + spread * stream.normal()];
            let floor = if index == 0 { 0.07_f32 } else { 0.015 };
            let half_x = stream.log_between(floor, largest.max(floor * 1.1));
            let layer = if stream.chance(0.5) { Region::Inl } else { Region::Onl };
            let half_z = (half_x * stream.log_between(0.5, 1.5)).clamp(0.012, 0.15);
            self.cysts.push(Self::cyst(stream, at, layer, half_x, half_z));
        }
        self.edema.push((
            home,
            stream.between(0.5, 1.2),
            stream.between(0.0, 0.02),
            stream.between(0.0, 0.05),
        ));
    }

    /// The part of it that a slice at `y` can meet.
    pub fn near(&self, y: f32) -> Self {
        let cysts =
            self.cysts.iter().filter(|c| (c.at[1] - y).abs() < 1.9 * c.half[1] + 0.15).copied().collect();
        Self { cysts, ..self.clone() }
    }

    /// How far layers are swollen at (x, y).
    pub fn swelling(&self, x: f32, y: f32) -> Swelling {
        let (mut inl, mut onl) = (0.0_f32, 0.0_f32);
        for cyst in &self.cysts {
            // The tissue gives way over a wider area than the cyst: 1.3 times and 50 um more.
            let dx = (x - cyst.at[0]) / (1.3 * cyst.half[0] + 0.05);
            if dx.abs() > 2.0 {
                continue;
            }
            let dy = (y - cyst.at[1]) / (1.3 * cyst.half[1] + 0.05);
            let q = dx * dx + dy * dy;
            if q > 4.0 {
                continue;
            }
            let lift = (2.0 * cyst.half[2] * cyst.lift * ((-q).exp() - 0.018)).max(0.0);
            let lift4 = lift.powi(4);
            if cyst.layer == Region::Inl { inl += lift4 } else { onl += lift4 }
        }
        // The fourth power mean: neighbours do not add up to a tower.
        let (mut inl, mut onl) = (inl.sqrt().sqrt(), onl.sqrt().sqrt());
        let strain = inl + onl;
        for (at, radius, more_inl, more_onl) in &self.edema {
            let q = ((x - at[0]).powi(2) + (y - at[1]).powi(2)) / (radius * radius);
            if q < 4.0 {
                let weight = (-q).exp();
                inl += more_inl * weight;
                onl += more_onl * weight;
            }
        }
        Swelling { inl, onl, inner_thinning: 1.0 / (1.0 + 2.5 * strain) }
    }

    /// Height of subretinal fluid at (x, y) in mm.
    pub fn subretinal_height(&self, x: f32, y: f32) -> f32 {
        self.subretinal.iter().map(|mound| mound.height(x, y, self.outline)).fold(0.0, f32::max)
    }

    /// Height of the detachment at (x, y) in mm.
    pub fn detachment_height(&self, x: f32, y: f32) -> f32 {
        self.detachments.iter().map(|(mound, _)| mound.height(x, y, self.outline)).fold(0.0, f32::max)
    }

    /// The kind of the detachment that is highest at (x, y), or `None` where the RPE is down.
    pub fn detachment_kind(&self, x: f32, y: f32) -> Option<Detachment> {
        let mut best = (0.0, None);
        for (mound, kind) in &self.detachments {
            let height = mound.height(x, y, self.outline);
            if height > best.0 {
                best = (height, Some(*kind));
            }
        }
        best.1
    }
}
