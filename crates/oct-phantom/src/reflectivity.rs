//! How bright each layer is, on the log scale on which B-scans are displayed.
//!
//! Reflectivity here is a grey value: 0 is the noise floor's neighbourhood, 1
//! the brightest RPE; [`crate::acquisition`] turns a step of 1 into some 35 dB.
//! Levels were read off the Bonn and Duke B-scans (RNFL and RPE bright,
//! plexiform layers brighter than nuclear ones, ONL darkest).

use crate::anatomy::{REGIONS, Region};
use crate::random::Stream;

/// Grey levels of one eye.
#[derive(Debug, Clone)]
pub struct Reflectivity {
    /// By region.
    pub grey: [f32; REGIONS],
    /// Loss per mm below the ILM within the retina.
    pub loss_retina: f32,
    /// Loss per mm below Bruch's membrane.
    pub loss_choroid: f32,
    /// Henle's fibres: brighter where the beam meets them head-on (Lujan et al., IOVS 2011).
    pub henle: f32,
    /// Depth of grain-scale texture in the retina.
    pub texture: f32,
    /// Contrast of vessels in the choroid.
    pub choroid_contrast: f32,
    /// Width of Haller's vessels in mm.
    pub haller: f32,
    /// Grey of clear fluid.
    pub fluid: f32,
    /// Grey of a fibrovascular or drusenoid detachment.
    pub solid_detachment: f32,
    /// How much of the ellipsoid zone is broken up: 0 whole, 1 in patches gone.
    pub ez_loss: f32,
    /// Grey that swollen ONL gains (stretched fibres) or loses (watery).
    pub edema_tint: f32,
    /// Depth of upright dark streaks below swollen retina.
    pub streaks: f32,
    /// Depth of the texture over some 0.15 mm.
    pub patches: f32,
    /// Extra grey of cyst walls.
    pub rim: f32,
}

impl Reflectivity {
    /// Draws the levels of an eye.
    pub fn draw(stream: &mut Stream) -> Self {
        let mut grey = [0.0_f32; REGIONS];
        let mut set = |region: Region, level: f32, spread: f32| {
            grey[region as usize] = level + stream.between(-spread, spread);
        };
        set(Region::Vitreous, -0.15, 0.12);
        set(Region::Rnfl, 0.62, 0.07);
        set(Region::Gcl, 0.46, 0.05);
        set(Region::Ipl, 0.50, 0.04);
        set(Region::Inl, 0.40, 0.04);
        set(Region::Opl, 0.50, 0.06);
        set(Region::Onl, 0.31, 0.05);
        set(Region::Elm, 0.42, 0.06);
        set(Region::Myoid, 0.36, 0.05);
        set(Region::Ez, 0.74, 0.1);
        set(Region::Os, 0.54, 0.07);
        set(Region::Subretinal, 0.0, 0.0);
        set(Region::Rpe, 0.84, 0.07);
        set(Region::SubRpe, 0.5, 0.1);
        set(Region::Bruch, 0.58, 0.08);
        set(Region::Choroid, 0.47, 0.08);
        set(Region::Sclera, 0.45, 0.09);
        // Contrast between the layers of the neural retina, about their mean.
        let contrast = stream.between(0.7, 1.25);
        for region in [Region::Gcl, Region::Ipl, Region::Inl, Region::Opl, Region::Onl, Region::Myoid] {
            let level = &mut grey[region as usize];
            *level = 0.42 + (*level - 0.42) * contrast;
        }
        let onl = grey[Region::Onl as usize];
        Self {
            grey,
            loss_retina: stream.between(-0.05, 0.3),
            loss_choroid: stream.between(0.45, 1.5),
            henle: if stream.chance(0.6) { stream.between(-0.14, 0.14) } else { 0.0 },
            texture: stream.between(0.02, 0.09),
            choroid_contrast: stream.between(0.06, 0.3),
            haller: stream.between(0.09, 0.3),
            fluid: (onl - stream.log_between(0.055, 0.38)).max(-0.12),
            solid_detachment: stream.between(0.3, 0.55),
            ez_loss: if stream.chance(0.5) { stream.between(0.0, 1.0) } else { 0.0 },
            edema_tint: stream.between(-0.05, 0.09),
            streaks: stream.between(0.0, 0.16),
            patches: stream.between(0.0, 0.06),
            rim: if stream.chance(0.8) { stream.between(0.02, 0.18) } else { 0.0 },
        }
    }
}
