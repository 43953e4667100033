//! Retinal vessels and their shadows.

use super::Eye;
use super::slice::Slice;
use crate::anatomy::Region;
use crate::random::smoothstep;
use crate::vessels::VesselAtColumn;

impl Eye {
    /// Vessels: bright caps in the inner retina, shadows on all that lies below.
    pub(super) fn paint_vessels(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, .. } = *slice;
        let found = self.vessels.along(&slice.x, slice.y);
        for (column, VesselAtColumn { half_height, radius, shade }) in found.into_iter().enumerate() {
            if shade <= 0.0 {
                continue;
            }
            let ilm = slice.surfaces.below(Region::Vitreous, column);
            let centre = ilm + self.vessels.centre_below_ilm(radius);
            let first = ((centre - half_height) / axial).max(0.0) as usize;
            let end = (((centre + half_height) / axial).max(0.0) as usize).min(rows);
            for row in first..end {
                let z = (row as f32 + 0.5) * axial;
                let at = row * columns + column;
                // Forward scattering by red cells: the upper wall is bright, the lumen fades downwards.
                let down = (z - centre) / radius.max(0.005);
                if slice.labels[at] == 0 && z > ilm {
                    slice.grey[at] = slice.grey[at].max(0.58 - 0.16 * down);
                }
            }
            // The shadow sets in over a tenth of a millimetre.
            for row in end.min(rows)..rows {
                let below = (row as f32 + 0.5) * axial - (centre + half_height);
                slice.grey[row * columns + column] -= shade * smoothstep(-0.02, 0.09, below);
            }
        }
    }
}
