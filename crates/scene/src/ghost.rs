//! Boundaries of the retina as surfaces through which the fluid is seen.

use crate::mesh::Mesh;
use crate::volume::{RetinaRows, SceneVolume};

/// Points of a surface at most along columns and along B-scans.
const MOST_POINTS: usize = 128;
/// How often the rows are smoothed: a boundary found B-scan by B-scan has ripples that no
/// retina has.
const SMOOTHINGS: usize = 2;

/// A boundary of the retina.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Inner limiting membrane: towards the vitreous.
    Ilm,
    /// Bruch's membrane: towards the choroid.
    Bm,
}

impl Layer {
    fn rows(self, retina: &RetinaRows) -> &[f32] {
        match self {
            Self::Ilm => &retina.ilm_row,
            Self::Bm => &retina.bm_row,
        }
    }
}

/// The surface of `layer`: open where it is not known, empty where it never is.
pub fn ghost(volume: &SceneVolume, layer: Layer) -> Mesh {
    let Some(mut sheet) = Sheet::of(volume, layer) else { return Mesh::default() };
    for _ in 0..SMOOTHINGS {
        sheet.smooth();
    }
    sheet.mesh(volume)
}

/// Rows at points that lie evenly; NaN where none is known.
struct Sheet {
    across: usize,
    /// Columns from point to point.
    columns: usize,
    /// B-scans with any row, in order.
    bscans: Vec<u32>,
    rows: Vec<f32>,
}

impl Sheet {
    fn of(volume: &SceneVolume, layer: Layer) -> Option<Self> {
        let columns = (volume.sizes[0] as usize).div_ceil(MOST_POINTS);
        let across = (volume.sizes[0] as usize).div_ceil(columns);
        let known =
            volume.retina.iter().filter(|(_, retina)| layer.rows(retina).iter().any(|row| row.is_finite()));
        let known: Vec<_> = known.collect();
        let every = known.len().div_ceil(MOST_POINTS).max(1);
        let (mut bscans, mut rows) = (Vec::new(), Vec::new());
        for (bscan, retina) in known.into_iter().step_by(every) {
            bscans.push(*bscan);
            let means = layer.rows(retina).chunks(columns).map(mean);
            rows.extend(means.chain(std::iter::repeat(f32::NAN)).take(across));
        }
        (bscans.len() > 1 && across > 1).then_some(Self { across, columns, bscans, rows })
    }

    fn row(&self, across: usize, along: usize) -> f32 {
        self.rows.get(along * self.across + across).copied().unwrap_or(f32::NAN)
    }

    /// Blends each row with those beside it, as far as they are known.
    fn smooth(&mut self) {
        let along = self.bscans.len();
        let smoothed = (0..self.rows.len()).map(|index| {
            let (x, z) = (index % self.across, index / self.across);
            let here = self.rows[index];
            if here.is_nan() {
                return here;
            }
            let mut around = vec![here; 2];
            for (dx, dz) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                if let (Some(x), Some(z)) = (x.checked_add_signed(dx), z.checked_add_signed(dz))
                    && x < self.across
                    && z < along
                {
                    around.push(self.row(x, z));
                }
            }
            mean(&around)
        });
        self.rows = smoothed.collect();
    }

    fn place_mm(&self, volume: &SceneVolume, across: usize, along: usize) -> [f32; 3] {
        let column = ((across as f32 + 0.5) * self.columns as f32).min(volume.sizes[0] as f32);
        let bscan = self.bscans.get(along).copied().unwrap_or(0) as f32 + 0.5;
        volume.place_mm([column, self.row(across, along), bscan])
    }

    fn mesh(&self, volume: &SceneVolume) -> Mesh {
        let mut mesh = Mesh::default();
        let along = self.bscans.len();
        let mut vertex = vec![u32::MAX; self.rows.len()];
        let mut count = 0;
        for z in 0..along {
            for x in 0..self.across {
                let place = self.place_mm(volume, x, z);
                if !place[1].is_finite() {
                    continue;
                }
                vertex[z * self.across + x] = count;
                count += 1;
                mesh.vertices.extend(place);
                mesh.vertices.extend(self.normal(volume, x, z));
            }
        }
        // B-scans that lie farther apart than any two that follow each other leave a gap.
        let widest = self.bscans.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(1) * 2;
        for z in 1..along {
            if self.bscans[z] - self.bscans[z - 1] > widest {
                continue;
            }
            for x in 1..self.across {
                let at = |back: usize, down: usize| vertex[(z - down) * self.across + x - back];
                let corners = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
                if corners.contains(&u32::MAX) {
                    continue;
                }
                let [a, b, c, d] = corners;
                let faces_up = volume.depth_sign() > 0.0;
                mesh.triangles.extend(if faces_up { [a, c, b, a, d, c] } else { [a, b, c, a, c, d] });
            }
        }
        mesh
    }

    /// The direction that is up on the surface, from its neighbours.
    fn normal(&self, volume: &SceneVolume, x: usize, z: usize) -> [f32; 3] {
        let slope = |a: [f32; 3], b: [f32; 3], axis: usize| {
            let slope = (b[1] - a[1]) / (b[axis] - a[axis]);
            if slope.is_finite() { slope } else { 0.0 }
        };
        let place = |x: usize, z: usize| self.place_mm(volume, x, z);
        let across = slope(place(x.saturating_sub(1), z), place((x + 1).min(self.across - 1), z), 0);
        let along = slope(place(x, z.saturating_sub(1)), place(x, (z + 1).min(self.bscans.len() - 1)), 2);
        let length = (across * across + along * along + 1.0).sqrt();
        [-across / length, 1.0 / length, -along / length]
    }
}

/// The mean of those that are known; NaN where none is.
fn mean(rows: &[f32]) -> f32 {
    let known = rows.iter().filter(|row| row.is_finite());
    known.clone().sum::<f32>() / known.count() as f32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::volume::Ends;

    fn volume(rows: &dyn Fn(u32, usize) -> f32) -> SceneVolume {
        let retina = |bscan| {
            let ilm_row = (0..300).map(|column| rows(bscan, column)).collect();
            (bscan, RetinaRows { ilm_row, bm_row: Vec::new() })
        };
        SceneVolume {
            sizes: [300, 100, 10],
            step_mm: [0.02, 0.004, 0.1],
            is_upside_down: false,
            ends: Ends::default(),
            masks: BTreeMap::new(),
            retina: (0..10).map(retina).collect(),
        }
    }

    #[test]
    fn a_level_boundary_is_a_level_surface_that_looks_up() {
        let mesh = ghost(&volume(&|_, _| 25.0), Layer::Ilm);
        let expected_mm = 0.2 - 25.0 * 0.004;
        for vertex in mesh.vertices.chunks_exact(6) {
            assert!((vertex[1] - expected_mm).abs() < 1e-5);
            assert_eq!(vertex[3..], [0.0, 1.0, 0.0]);
        }
        let corners = [0, 1, 2].map(|corner| mesh.place_mm(mesh.triangles[corner]));
        let [a, b] = [1, 2].map(|to| [0, 2].map(|axis| corners[to][axis] - corners[0][axis]));
        assert!(a[1] * b[0] - a[0] * b[1] > 0.0, "seen against the clock from above");
    }

    #[test]
    fn where_a_boundary_is_not_known_the_surface_is_open() {
        let whole = ghost(&volume(&|_, _| 25.0), Layer::Ilm);
        let open = ghost(&volume(&|_, column| if column < 150 { 25.0 } else { f32::NAN }), Layer::Ilm);
        assert!(open.triangle_count() > 0 && open.triangle_count() * 10 < whole.triangle_count() * 6);
        assert!(open.vertices.iter().all(|number| number.is_finite()));
        assert_eq!(ghost(&volume(&|_, _| f32::NAN), Layer::Ilm), Mesh::default());
        assert_eq!(ghost(&volume(&|_, _| 25.0), Layer::Bm), Mesh::default());
    }

    #[test]
    fn bscans_that_are_not_known_leave_a_gap() {
        let some = volume(&|bscan, _| if (3..7).contains(&bscan) { f32::NAN } else { 25.0 });
        let whole = ghost(&volume(&|_, _| 25.0), Layer::Ilm);
        assert_eq!(ghost(&some, Layer::Ilm).triangle_count() * 9, whole.triangle_count() * 4);
    }
}
