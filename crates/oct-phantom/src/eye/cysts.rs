//! Cysts: where they lie, and their grey.

use super::Eye;
use super::slice::Slice;
use crate::anatomy::Region;
use crate::fluid::Cyst;
use crate::random::{Walk, lerp, smoothstep};

/// A pixel in or about a cyst.
#[derive(Debug, Clone, Copy)]
pub(super) struct CystWall {
    at: usize,
    /// Which cyst.
    cyst: usize,
    /// Distance to its wall in mm: positive inside.
    wall: f32,
}

impl CystWall {
    /// Whether the pixel is still tissue: neither in a hole nor in the cup of the disc.
    pub fn is_in_retina(&self, slice: &Slice) -> bool {
        slice.regions[self.at] != Region::Vitreous as u8
    }
}

impl Eye {
    /// Cysts: shape functions on the pixel grid, septa where two compete, then labels.
    pub(super) fn mark_cysts(&self, slice: &mut Slice) -> Vec<CystWall> {
        if slice.fluid.cysts.is_empty() {
            return Vec::new();
        }
        let Slice { columns, rows, axial, lateral, y, top, .. } = *slice;
        // Largest and second largest shape function at each pixel, and whose the largest is.
        const FAR: f32 = -9.0;
        let mut best = vec![(FAR, FAR, u32::MAX); columns * rows];
        for (index, cyst) in slice.fluid.cysts.iter().enumerate() {
            if (cyst.at[1] - y).abs() > 1.5 * cyst.half[1] {
                continue;
            }
            let Some(middle) = slice.nearest_column(cyst.at[0]) else { continue };
            let reach_x = 1.5 * cyst.half[0] + cyst.slant.abs() * cyst.half[2] + 0.02;
            let span = (reach_x / lateral).ceil() as usize;
            let mut wall = self.fluid.wall.walk();
            for column in middle.saturating_sub(span)..(middle + span + 1).min(columns) {
                let (upper, lower) = slice.surfaces.span(cyst.layer, column);
                let centre = lerp(upper, lower, cyst.depth);
                // Nerve fibres and the photoreceptors' membranes stay whole.
                let highest = slice.surfaces.below(Region::Rnfl, column) + 0.004;
                let lowest = slice.surfaces.below(Region::Onl, column) - 0.003;
                let reach_z = 1.5 * cyst.half[2] + 0.02;
                let first = ((centre - reach_z).max(highest) / axial - 0.5).ceil().max(0.0) as usize;
                let end =
                    ((((centre + reach_z).min(lowest)) / axial + 0.5).floor().max(0.0) as usize).min(rows);
                for row in first..end {
                    let z = (row as f32 + 0.5) * axial;
                    let f = shape_function(cyst, &mut wall, slice.x[column], y, z - centre, z + top);
                    let slot = &mut best[row * columns + column];
                    if f > slot.0 {
                        *slot = (f, slot.0, index as u32);
                    } else if f > slot.1 {
                        slot.1 = f;
                    }
                }
            }
        }
        let mut walls = Vec::new();
        for (at, (first, second, index)) in best.iter().enumerate() {
            let Some(cyst) = slice.fluid.cysts.get(*index as usize) else { continue };
            let smallest = cyst.half[0].min(cyst.half[2]);
            // Distance to the wall in mm, septa included: positive inside.
            let to_neighbour =
                if *second > FAR { 0.5 * (first - second - self.fluid.septum) } else { f32::MAX };
            let wall = first.min(to_neighbour.max(-0.3)) * smallest;
            if *first > 0.0 && wall > 0.0 {
                slice.labels[at] = 1;
            }
            walls.push(CystWall { at, cyst: *index as usize, wall });
        }
        walls
    }

    /// Grey of the cysts.
    pub(super) fn paint_cysts(&self, slice: &mut Slice, walls: &[CystWall]) {
        let Slice { columns, axial, lateral, .. } = *slice;
        let r = &self.reflectivity;
        for CystWall { at, cyst, wall } in walls.iter().copied() {
            let cyst = &slice.fluid.cysts[cyst];
            let inside = smoothstep(-0.5 * cyst.softness, 0.5 * cyst.softness, wall);
            let tissue = slice.grey[at];
            let (column, row) = (at % columns, at / columns);
            let uneven = 0.6
                + 0.9 * self.texture.over_plane(column as f32 * lateral / 0.07, row as f32 * axial / 0.05);
            let rim = r.rim * uneven.max(0.0) * (1.0 - (wall + 0.008).abs() / 0.009).max(0.0);
            let fluid = (r.fluid + cyst.turbidity).min(tissue - 0.05);
            slice.grey[at] = lerp(tissue + rim, fluid, inside);
        }
    }
}

/// Positive inside a cyst, 1 at its centre, about linear in distance over its size.
#[inline]
fn shape_function(cyst: &Cyst, wall: &mut Walk, x: f32, y: f32, dz: f32, z: f32) -> f32 {
    let scale = cyst.half[0].min(cyst.half[2]) * 1.1 + 0.01;
    let bend = cyst.warp * wall.in_space(x / scale, y / scale, z / scale);
    let dx = (x - cyst.at[0] - cyst.slant * dz) / cyst.half[0];
    let dy = (y - cyst.at[1]) / cyst.half[1];
    let dz = dz / cyst.half[2];
    1.0 - (dx * dx + dy * dy + dz * dz).sqrt() + 0.8 * bend
}
