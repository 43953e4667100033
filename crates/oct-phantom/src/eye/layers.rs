//! The layers of the retina and what lies below it: their regions, the labels
//! of what lies between them, and their grey.

use super::Eye;
use super::choroid::Choroid;
use super::slice::Slice;
use crate::anatomy::{BOUNDARIES, REGIONS, Region};
use crate::fluid::Detachment;
use crate::random::{lerp, smoothstep};

/// Per column: grey levels and what lies under it.
#[derive(Debug, Clone)]
struct ColumnLook {
    grey: [f32; REGIONS],
    henle: f32,
    /// Reflectivity lost below the RPE.
    lost: f32,
    /// How far it lies in the optic disc.
    disc: f32,
    /// Reflectivity lost from the ONL down.
    streak: f32,
    detachment: Option<Detachment>,
}

impl Eye {
    /// Regions, and the labels of SRF and PED.
    pub(super) fn mark_layers(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        let detached: Vec<bool> =
            slice.x.iter().map(|x| slice.fluid.detachment_kind(*x, y).is_some()).collect();
        let mut region = vec![0_usize; columns];
        for row in 0..rows {
            let z = (row as f32 + 0.5) * axial;
            for (column, index) in region.iter_mut().enumerate() {
                while *index < BOUNDARIES && z >= slice.surfaces.boundary[*index][column] {
                    *index += 1;
                }
                let at = row * columns + column;
                let kind = Region::ALL[*index];
                slice.regions[at] = *index as u8;
                slice.labels[at] = match kind {
                    Region::Subretinal => 2,
                    Region::SubRpe if detached[column] => 3,
                    _ => 0,
                };
            }
        }
    }

    /// Grey of the regions.
    pub(super) fn paint_layers(&self, slice: &mut Slice) {
        let r = &self.reflectivity;
        let Slice { columns, rows, axial, y, top, .. } = *slice;
        let columns_info: Vec<ColumnLook> =
            (0..columns).map(|column| self.column_look(slice, column)).collect();
        let mut choroid = Choroid::of(self.texture);
        let [mut subretinal, mut below_rpe, mut grain_field, mut patches] =
            std::array::from_fn(|_| self.texture.walk());
        for row in 0..rows {
            let z = (row as f32 + 0.5) * axial;
            for (column, look) in columns_info.iter().enumerate() {
                let at = row * columns + column;
                let index = usize::from(slice.regions[at]);
                let kind = Region::ALL[index];
                if index == 0 {
                    slice.grey[at] = r.grey[0];
                    continue;
                }
                let mut grey = look.grey[index];
                if kind >= Region::Onl && kind != Region::Subretinal {
                    grey -= look.streak;
                }
                let x = slice.x[column];
                let deep = z + top;
                let ilm = slice.surfaces.boundary[0][column];
                match kind {
                    Region::Choroid | Region::Sclera => {
                        let below = z - slice.surfaces.below(Region::Bruch, column);
                        let past_choroid = z - slice.surfaces.below(Region::Choroid, column);
                        grey = choroid.grey(r, [x, y, deep], [below, past_choroid], look.lost);
                    }
                    Region::Subretinal => {
                        grey += 0.02 * subretinal.in_space(x / 0.06, y / 0.1, deep / 0.04);
                    }
                    Region::SubRpe => {
                        let fine = below_rpe.in_space(x / 0.05 + 20.0, y / 0.08, deep / 0.03);
                        let (top_edge, bottom) = slice.surfaces.span(Region::SubRpe, column);
                        let down = (z - top_edge) / (bottom - top_edge).max(0.01);
                        grey += match look.detachment {
                            Some(Detachment::Serous) => 0.02 * fine,
                            Some(Detachment::Fibrovascular) => 0.12 * fine - 0.14 * down,
                            Some(Detachment::Drusenoid) => 0.05 * fine - 0.05 * down,
                            None => 0.04 * fine,
                        };
                    }
                    Region::Rpe | Region::Bruch => grey -= (r.loss_retina + 1.1 * look.disc) * (z - ilm),
                    _ => {
                        let fine = grain_field.in_space(x / 0.035, y / 0.06, deep / 0.018);
                        // Grains stand out bright, gaps do not stand out dark.
                        let grain = fine + 0.8 * (fine * fine.abs()).max(0.0);
                        let patch = patches.in_space(x / 0.16 + 33.0, y / 0.2, deep / 0.05);
                        grey += r.texture * grain + r.patches * patch
                            - (r.loss_retina + 1.1 * look.disc) * (z - ilm);
                        if kind == Region::Onl {
                            // Henle's fibres are the upper half of this region.
                            let (upper, lower) = slice.surfaces.span(Region::Onl, column);
                            let down = (z - upper) / (lower - upper).max(0.005);
                            grey += look.henle * (1.0 - smoothstep(0.3, 0.6, down));
                        }
                    }
                }
                // Borders are graded over about 6 um: cells do not end on a plane.
                let upper = slice.surfaces.boundary[index - 1][column];
                let into = (z - upper) / 0.006;
                if into < 1.0 && index > 1 && kind < Region::SubRpe {
                    grey = lerp(look.grey[index - 1], grey, 0.5 + 0.5 * into.max(0.0));
                }
                slice.grey[at] = grey;
            }
        }
    }

    /// What is the same for all pixels of a column.
    fn column_look(&self, slice: &Slice, column: usize) -> ColumnLook {
        let r = &self.reflectivity;
        let (x, y) = (slice.x[column], slice.y);
        let mut grey = r.grey;
        let atrophy = slice.deposits.atrophy(x, y);
        if atrophy > 0.0 {
            let onl = grey[Region::Onl as usize];
            for region in [Region::Ez, Region::Os, Region::Myoid, Region::Elm] {
                grey[region as usize] = lerp(grey[region as usize], onl + 0.05, atrophy);
            }
            grey[Region::Rpe as usize] -= 0.18 * atrophy;
        }
        // The ellipsoid zone breaks up in patches, mostly where the retina is ill.
        let patch = smoothstep(0.1, 0.5, self.texture.over_plane(x / 0.35 + 200.0, y / 0.5)) * r.ez_loss;
        for region in [Region::Ez, Region::Elm, Region::Os] {
            let index = region as usize;
            grey[index] = lerp(grey[index], grey[Region::Myoid as usize] + 0.05, 0.85 * patch);
        }
        // Bands are beaded, not ruled: photoreceptors and RPE vary over some 30 um.
        let bead = self.texture.over_plane(x / 0.03 + 300.0, y / 0.05);
        grey[Region::Ez as usize] += 0.05 * bead;
        grey[Region::Rpe as usize] += 0.04 * self.texture.over_plane(x / 0.04 + 400.0, y / 0.05);
        let disc = self.shape.disc(x, y);
        if disc > 0.0 {
            for grey in &mut grey[Region::Rnfl as usize..=Region::Bruch as usize] {
                *grey = lerp(*grey, 0.56, disc);
            }
        }
        let surfaces = &slice.surfaces;
        let height = |region| {
            let (top, bottom) = surfaces.span(region, column);
            bottom - top
        };
        let detachment = slice.fluid.detachment_kind(x, y);
        let lifted = height(Region::SubRpe);
        grey[Region::Subretinal as usize] = r.fluid;
        grey[Region::SubRpe as usize] = match detachment {
            Some(Detachment::Serous) => r.fluid + 0.03,
            Some(Detachment::Fibrovascular) => r.solid_detachment,
            Some(Detachment::Drusenoid) => r.solid_detachment + 0.1,
            None => slice.deposits.drusen_grey * r.grey[Region::Rpe as usize],
        };
        // Where nothing parts them RPE and Bruch's membrane are one band.
        if lifted < 0.004 {
            grey[Region::Bruch as usize] = grey[Region::Rpe as usize] - 0.08;
        }
        let (dx, dy) = (x - self.shape.fovea[0], y - self.shape.fovea[1]);
        let away = (dx * dx + dy * dy).sqrt();
        let henle =
            r.henle * dx / (away + 0.1) * smoothstep(0.1, 0.5, away) * (1.0 - smoothstep(1.5, 3.0, away));
        // The RPE swallows light; where it is gone the choroid shines. Solid detachments shadow it.
        let solid = matches!(detachment, Some(Detachment::Fibrovascular | Detachment::Drusenoid));
        let shadow = if solid { 0.5 * lifted.min(0.4) } else { 0.0 };
        let clear = height(Region::Subretinal) + if solid { 0.0 } else { 0.3 * lifted };
        let lost = shadow - 0.16 * atrophy - self.enhancement * (clear * 5.0).min(1.0) + 0.1 * disc;
        // Swollen INL scatters less; the ONL either way.
        let swelling = slice.fluid.swelling(x, y);
        grey[Region::Inl as usize] -= (0.8 * swelling.inl).min(0.06);
        grey[Region::Onl as usize] += (swelling.onl / 0.08).min(1.0) * r.edema_tint;
        // Swollen retina is lit unevenly: upright streaks from its middle down.
        let swollen = ((swelling.inl + swelling.onl) / 0.06).min(1.0);
        let streak = 0.6 * self.texture.over_plane(x / 0.05 + 500.0, y / 0.06)
            + 0.6 * self.texture.over_plane(x / 0.13 + 600.0, y / 0.15);
        let streak = r.streaks * swollen * streak.max(-0.3);
        ColumnLook { grey, henle, lost, disc, streak, detachment }
    }
}
