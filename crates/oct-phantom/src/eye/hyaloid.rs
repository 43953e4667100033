//! A posterior hyaloid that has come off the retina, all of it or all but the fovea.

use super::slice::Slice;
use crate::anatomy::{Region, Surfaces, widen};
use crate::fluid::Fluid;
use crate::random::{Noise, Stream, lerp};

/// The hyaloid of an eye: a bright line, clear below, hazy above.
#[derive(Debug, Clone)]
pub(super) struct Hyaloid {
    /// Where it is held, over which radius, and how far it pulls the retina up there, mm.
    held: Option<Held>,
    /// Height over the retina where it is free, mm, and how it changes along the retina.
    height: f32,
    slope: [f32; 2],
    /// Grey and half-thickness (mm) of the line.
    line: (f32, f32),
    /// Grey added above it.
    haze: f32,
    /// Grey between it and the retina.
    pocket: f32,
    shape: Noise,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    at: [f32; 2],
    radius: f32,
    /// Rise of the hyaloid a mm from there.
    rise: f32,
    pull: f32,
    /// Over which radius the retina follows.
    width: f32,
}

impl Hyaloid {
    /// Draws one over `fovea`; `held` there, or free.
    pub fn draw(stream: &mut Stream, fovea: [f32; 2], held: bool) -> Self {
        let held = held.then(|| Held {
            at: [fovea[0] + 0.1 * stream.normal(), fovea[1] + 0.1 * stream.normal()],
            radius: stream.log_between(0.04, 0.7),
            rise: stream.log_between(0.06, 0.5),
            pull: if stream.chance(0.75) { stream.log_between(0.02, 0.16) } else { 0.0 },
            width: stream.between(0.15, 0.5),
        });
        Self {
            held,
            height: stream.log_between(0.04, 0.7),
            slope: [stream.between(-0.12, 0.12), stream.between(-0.08, 0.08)],
            line: (stream.between(0.3, 0.75), stream.between(0.005, 0.014)),
            haze: stream.between(0.0, 0.28),
            pocket: stream.between(-0.25, 0.02),
            shape: Noise::new(stream),
        }
    }

    /// A cyst where the fovea is drawn apart, sometimes.
    pub fn tear_apart(&self, stream: &mut Stream, fluid: &mut Fluid) {
        if let Some(Held { at, pull, .. }) = self.held
            && pull > 0.04
            && stream.chance(0.5)
        {
            for _ in 0..stream.count(1, 3) {
                let at = [at[0] + 0.12 * stream.normal(), at[1] + 0.12 * stream.normal()];
                let half_x = stream.log_between(0.04, 0.16);
                let half_z = stream.between(0.5, 1.1) * pull.clamp(0.03, 0.12);
                fluid.cysts.push(Fluid::cyst(stream, at, Region::Onl, half_x, half_z));
            }
        }
    }

    /// Pulls the retina of a slice up to where the hyaloid holds it.
    pub fn pull(&self, surfaces: &mut Surfaces, x: &[f32], y: f32) {
        let Some(Held { at, pull, width, .. }) = self.held.filter(|held| held.pull > 0.0) else { return };
        for (index, boundary) in surfaces.boundary[..=Region::Elm as usize].iter_mut().enumerate() {
            // The photoreceptors stay on the RPE, and what lies above is drawn out.
            let share = 1.0 - index as f32 / (Region::Elm as usize + 1) as f32;
            for (z, x) in boundary.iter_mut().zip(x) {
                let q = ((x - at[0]).powi(2) + (y - at[1]).powi(2)) / (width * width);
                *z -= pull * share * (-q).exp();
            }
        }
    }

    /// Height over the retina at (x, y) in mm.
    fn above(&self, x: f32, y: f32) -> f32 {
        let wave = 1.0 + 0.3 * self.shape.over_plane(x / 1.8, y / 1.8);
        let free = (self.height + self.slope[0] * x + self.slope[1] * y).max(0.0) * wave;
        match self.held {
            None => free,
            Some(Held { at, radius, rise, .. }) => {
                let away = ((x - at[0]).powi(2) + (y - at[1]).powi(2)).sqrt() - radius;
                (rise * away.max(0.0) * wave).min(free.max(0.1))
            }
        }
    }

    /// Paints line, pocket and haze into a slice.
    pub fn paint(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        let (grey_of_line, half) = self.line;
        // It spans dips of the retina, holes too.
        let smooth = widen(slice.surfaces.boundary[0].clone(), 0.2 / slice.lateral);
        for (column, smooth) in smooth.into_iter().enumerate() {
            let x = slice.x[column];
            let ilm = slice.surfaces.below(Region::Vitreous, column);
            let above = self.above(x, y);
            let z = if above > 0.0 { (smooth - above).min(ilm - 0.002) } else { ilm };
            let visible = grey_of_line * (0.75 + 0.4 * self.shape.over_plane(x / 0.4 + 30.0, y / 0.6));
            for row in 0..((ilm / axial).max(0.0) as usize).min(rows) {
                let from = (row as f32 + 0.5) * axial - z;
                let grey = &mut slice.grey[row * columns + column];
                if from < 0.0 {
                    *grey += self.haze;
                } else {
                    *grey = grey.min(self.pocket);
                }
                *grey = lerp(*grey, visible, (1.0 - from.abs() / half).max(0.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_hyaloid_floats_everywhere_and_a_held_one_lies_on_the_fovea() {
        for seed in 0..40 {
            let mut stream = Stream::new(seed, 1);
            let held = Hyaloid::draw(&mut stream, [0.0; 2], true);
            let at = held.held.unwrap().at;
            assert_eq!(held.above(at[0], at[1]), 0.0);
            assert!(held.above(at[0] + 2.5, at[1]) > 0.02, "seed {seed}");
            let free = Hyaloid::draw(&mut stream, [0.0; 2], false);
            assert!(free.above(0.0, 0.0) > 0.02, "seed {seed}");
        }
    }
}
