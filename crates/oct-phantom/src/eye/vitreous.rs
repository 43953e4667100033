//! What floats before the retina.

use super::slice::Slice;
use crate::anatomy::{Region, widen};
use crate::random::{Noise, Stream, lerp, smoothstep};

/// The vitreous: a detached hyaloid, pockets, an epiretinal membrane.
#[derive(Debug, Clone)]
pub(super) struct Vitreous {
    /// Height of the hyaloid above the ILM in mm, if it is seen.
    hyaloid: Option<f32>,
    hyaloid_grey: f32,
    /// Grey added above the hyaloid: cortex against clear pocket.
    haze: f32,
    membrane: Option<f32>,
    wrinkle: f32,
    shape: Noise,
}

impl Vitreous {
    pub fn draw(stream: &mut Stream) -> Self {
        Self {
            hyaloid: stream.chance(0.45).then(|| stream.log_between(0.03, 0.5)),
            hyaloid_grey: stream.between(0.15, 0.5),
            haze: if stream.chance(0.35) { stream.between(0.0, 0.2) } else { 0.0 },
            membrane: stream.chance(0.25).then(|| stream.between(0.6, 0.85)),
            wrinkle: stream.between(0.0, 0.02),
            shape: Noise::new(stream),
        }
    }

    /// Paints hyaloid, pockets and epiretinal membrane.
    pub fn paint(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        // The hyaloid spans dips of the retina: it follows a smooth ILM only.
        let smooth = widen(slice.surfaces.boundary[0].clone(), 0.45 / slice.lateral);
        for (column, smooth) in smooth.into_iter().enumerate() {
            let x = slice.x[column];
            let ilm = slice.surfaces.below(Region::Vitreous, column);
            let wave = self.shape.over_plane(x / 1.6, y / 1.6);
            if let Some(height) = self.hyaloid {
                let z = (smooth - height * (0.9 + 0.6 * wave)).min(ilm - 0.003);
                let visible =
                    self.hyaloid_grey * (0.65 + 0.5 * self.shape.over_plane(x / 0.5 + 40.0, y / 0.7));
                let end = ((ilm / axial).max(0.0) as usize).min(rows);
                for row in 0..end {
                    let from = (row as f32 + 0.5) * axial - z;
                    let line = (1.0 - from.abs() / 0.007).max(0.0);
                    let grey = &mut slice.grey[row * columns + column];
                    if from < 0.0 {
                        *grey += self.haze;
                    }
                    *grey = lerp(*grey, visible, line);
                }
            }
            if let Some(grey) = self.membrane {
                let covered = smoothstep(-0.2, 0.3, self.shape.over_plane(x / 1.2 + 80.0, y / 1.2));
                let lift = self.wrinkle * self.shape.over_plane(x / 0.12, y / 0.3).max(0.0);
                let first = ((ilm - lift) / axial).max(0.0) as usize;
                for row in first..(first + (0.012 / axial) as usize + 1).min(rows) {
                    let old = &mut slice.grey[row * columns + column];
                    *old = old.max(lerp(*old, grey, covered));
                }
            }
        }
    }
}
