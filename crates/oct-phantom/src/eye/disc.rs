//! The optic disc within the scan: its cup, and what the lamina lets through.

use super::Eye;
use super::slice::Slice;
use crate::anatomy::Region;
use crate::random::{Stream, smoothstep};

/// The cup of a disc.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cup {
    /// Radius as a part of the disc's.
    radius: f32,
    /// Depth below the retina's surface in mm.
    depth: f32,
    /// Reflectivity lost a mm below the cup.
    loss: f32,
}

impl Cup {
    /// Draws a cup.
    pub fn draw(stream: &mut Stream) -> Self {
        Self {
            radius: stream.between(0.25, 0.75),
            depth: stream.between(0.12, 0.5),
            loss: stream.between(0.0, 0.35),
        }
    }
}

impl Eye {
    /// Opens the cup, and takes all fluid out of the disc.
    pub(super) fn open_cup(&self, slice: &mut Slice, cup: Cup) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        for column in 0..columns {
            let inside = self.shape.disc(slice.x[column], y);
            if inside <= 0.0 {
                continue;
            }
            let into = self.shape.within_disc(slice.x[column], y);
            let ilm = slice.surfaces.below(Region::Vitreous, column);
            let floor = ilm + cup.depth * smoothstep(1.0 - cup.radius, 1.0 - 0.4 * cup.radius, into);
            for row in 0..rows {
                let z = (row as f32 + 0.5) * axial;
                let at = row * columns + column;
                if inside > 0.5 {
                    slice.labels[at] = 0;
                }
                if z >= ilm && z < floor {
                    slice.regions[at] = Region::Vitreous as u8;
                } else if inside > 0.5 && slice.regions[at] > Region::Rnfl as u8 {
                    // Nerve fibres down to the lamina, and no RPE.
                    slice.regions[at] = if z < floor + 0.25 { Region::Rnfl } else { Region::Sclera } as u8;
                }
            }
        }
    }

    /// Dims what lies below the cup.
    pub(super) fn shade_disc(&self, slice: &mut Slice, cup: Cup) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        for column in 0..columns {
            // From the rim inwards: where the RPE ends the choroid does not.
            let inside = smoothstep(0.0, 0.5, self.shape.within_disc(slice.x[column], y));
            if inside <= 0.0 {
                continue;
            }
            let ilm = slice.surfaces.below(Region::Vitreous, column);
            for row in 0..rows {
                let deep = (row as f32 + 0.5) * axial - ilm - 0.1;
                slice.grey[row * columns + column] -= inside * cup.loss * deep.clamp(0.0, 0.8);
            }
        }
    }
}
