//! A full-thickness macular hole: the vitreous reaches down to the RPE. No fluid is in the hole;
//! its rim is swollen and holds cysts.

use super::slice::Slice;
use crate::anatomy::Region;
use crate::fluid::Fluid;
use crate::random::{Noise, Stream, lerp, smoothstep};

/// The hole of an eye.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    at: [f32; 2],
    /// Half of its least width in mm.
    radius: f32,
    /// How much wider it is at the ILM and at the RPE, as parts of that.
    flare: [f32; 2],
    /// Depth of its least width: 0 at the ILM, 1 at the RPE.
    waist: f32,
    outline: Noise,
    /// A lid that floats above: height over the rim, half-width and half-thickness in mm.
    lid: Option<[f32; 3]>,
}

impl Hole {
    /// Draws the hole at the fovea.
    pub fn draw(stream: &mut Stream, fovea: [f32; 2]) -> Self {
        let radius = stream.log_between(0.06, 0.36);
        Self {
            at: [fovea[0] + 0.05 * stream.normal(), fovea[1] + 0.05 * stream.normal()],
            radius,
            flare: [stream.between(0.1, 0.7), stream.between(0.1, 1.1)],
            waist: stream.between(0.3, 0.6),
            outline: Noise::new(stream),
            lid: stream.chance(0.3).then(|| {
                [stream.between(0.05, 0.3), radius * stream.between(0.4, 0.9), stream.between(0.015, 0.04)]
            }),
        }
    }

    /// Swells the rim and puts cysts into it.
    pub fn swell_rim(&self, stream: &mut Stream, fluid: &mut Fluid) {
        let radius = self.radius + stream.between(0.3, 0.6);
        fluid.edema.push((self.at, radius, stream.between(0.0, 0.03), stream.between(0.02, 0.1)));
        if stream.chance(0.8) {
            for _ in 0..stream.count(4, 26) {
                let angle = stream.between(0.0, std::f32::consts::TAU);
                let away = self.radius * (1.0 + self.flare[0]) + stream.log_between(0.03, 0.5);
                let at = [self.at[0] + away * angle.cos(), self.at[1] + away * angle.sin()];
                let layer = if stream.chance(0.55) { Region::Inl } else { Region::Onl };
                let half_x = stream.log_between(0.02, 0.13);
                let half_z = (half_x * stream.log_between(0.5, 1.8)).clamp(0.012, 0.11);
                fluid.cysts.push(Fluid::cyst(stream, at, layer, half_x, half_z));
            }
        }
    }

    /// Half of its width at depth `down`, 0 at the ILM and 1 at the RPE.
    fn reach(&self, down: f32) -> f32 {
        let [top, base] = self.flare;
        let above = ((self.waist - down) / self.waist).clamp(0.0, 1.0);
        let below = ((down - self.waist) / (1.0 - self.waist)).clamp(0.0, 1.0);
        self.radius * (1.0 + top * above * above + base * below * below)
    }

    /// Opens the slice: what lies in the hole is vitreous, and no fluid.
    pub fn open(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        for column in 0..columns {
            let [dx, dy] = [slice.x[column] - self.at[0], y - self.at[1]];
            let angle = dy.atan2(dx);
            let uneven = 1.0 + 0.12 * self.outline.over_plane(angle.cos() * 1.5, angle.sin() * 1.5);
            let away = (dx * dx + dy * dy).sqrt() * uneven;
            if away > self.radius * (1.0 + self.flare[0].max(self.flare[1])) {
                continue;
            }
            let ilm = slice.surfaces.below(Region::Vitreous, column);
            let rpe = slice.surfaces.below(Region::Subretinal, column);
            let first = ((ilm / axial) as usize).min(rows);
            for row in first..(((rpe / axial - 0.5).ceil().max(0.0)) as usize).min(rows) {
                let z = (row as f32 + 0.5) * axial;
                let down = ((z - ilm) / (rpe - ilm).max(0.01)).clamp(0.0, 1.0);
                if away < self.reach(down) {
                    let at = row * columns + column;
                    slice.regions[at] = Region::Vitreous as u8;
                    slice.labels[at] = 0;
                }
            }
            // Where all of it is open no membrane lies on the retina that is gone.
            if away < self.radius {
                for boundary in &mut slice.surfaces.boundary[..=Region::Subretinal as usize] {
                    boundary[column] = rpe;
                }
            }
        }
    }

    /// Paints the lid, if there is one.
    pub fn paint_lid(&self, slice: &mut Slice) {
        let Some([height, half_width, half_thickness]) = self.lid else { return };
        let Slice { columns, rows, axial, y, .. } = *slice;
        let rim = self.radius * (1.0 + self.flare[0]) + 0.1;
        let Some(beside) = slice.nearest_column(self.at[0] + rim) else { return };
        let centre = slice.surfaces.below(Region::Vitreous, beside) - height;
        for column in 0..columns {
            let across = ((slice.x[column] - self.at[0]) / half_width).powi(2)
                + ((y - self.at[1]) / half_width).powi(2);
            if across >= 1.0 {
                continue;
            }
            for row in 0..rows {
                let down = ((row as f32 + 0.5) * axial - centre) / half_thickness;
                let inside = smoothstep(0.0, 0.35, 1.0 - across - down * down);
                let grey = &mut slice.grey[row * columns + column];
                *grey = lerp(*grey, 0.5, inside);
            }
        }
    }
}
