//! Hyperreflective foci and exudates.

use super::Eye;
use super::slice::Slice;
use crate::anatomy::Region;
use crate::random::{lerp, smoothstep};

impl Eye {
    /// Hyperreflective foci and exudates with their shadows.
    pub(super) fn paint_foci(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, lateral, y, .. } = *slice;
        for focus in std::mem::take(&mut slice.deposits.foci) {
            let across = 1.0 - ((focus.at[1] - y) / focus.radius).powi(2);
            let Some(middle) = slice.nearest_column(focus.at[0]) else { continue };
            let span = (1.3 * focus.radius / lateral).ceil() as usize;
            for column in middle.saturating_sub(span)..(middle + span + 1).min(columns) {
                let ilm = slice.surfaces.below(Region::Vitreous, column);
                let rpe = slice.surfaces.below(Region::Subretinal, column);
                let centre = lerp(ilm, rpe, focus.depth);
                let dx = (slice.x[column] - focus.at[0]) / focus.radius;
                let rest = across - dx * dx;
                if rest < -0.7 {
                    continue;
                }
                let half = focus.radius * focus.flatness;
                let first = ((centre - 1.4 * half) / axial).max(0.0) as usize;
                let end = (((centre + 1.4 * half) / axial).max(0.0) as usize + 1).min(rows);
                for row in first..end {
                    let dz = ((row as f32 + 0.5) * axial - centre) / half;
                    let ragged = 0.9
                        * self.texture.over_plane(
                            slice.x[column] / (0.9 * focus.radius),
                            (dz + focus.at[1] * 99.0) * 1.3,
                        );
                    let weight = smoothstep(-0.7, 0.6, rest - dz * dz + ragged);
                    let grey = &mut slice.grey[row * columns + column];
                    *grey = grey.max(lerp(*grey, focus.brightness, weight));
                }
                if focus.shade > 0.0 {
                    let shade = focus.shade * smoothstep(-0.5, 0.6, rest);
                    for row in end..rows {
                        slice.grey[row * columns + column] -= shade;
                    }
                }
            }
        }
    }
}
