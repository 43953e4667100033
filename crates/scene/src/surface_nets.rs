//! From distances to a mesh: naive surface nets. Each cube of eight points through which
//! the surface passes has one vertex, amid the places where it crosses the cube's edges;
//! each edge that it crosses is a square between the four cubes around it.

use crate::field::Field;
use crate::mesh::Mesh;
use crate::volume::SceneVolume;

/// A cube without a vertex.
const NONE: u32 = u32::MAX;

/// The surface on which the distances of `field` are 0.
pub fn surface(volume: &SceneVolume, field: &Field) -> Mesh {
    let [width, height, depth] = field.points;
    if field.points.iter().any(|points| *points < 2) || field.distance_mm.len() != width * height * depth {
        return Mesh::default();
    }
    let mut net = Net { volume, field, mesh: Mesh::default() };
    let layer_cubes = width * height;
    let (mut below, mut here) = (vec![NONE; layer_cubes], vec![NONE; layer_cubes]);
    for z in 0..depth - 1 {
        here.fill(NONE);
        for y in 0..height - 1 {
            for x in 0..width - 1 {
                let cube = [x, y, z];
                let Some(vertex) = net.vertex(cube) else { continue };
                here[y * width + x] = vertex;
                net.squares(cube, &here, &below);
            }
        }
        std::mem::swap(&mut below, &mut here);
    }
    net.mesh
}

struct Net<'a> {
    volume: &'a SceneVolume,
    field: &'a Field,
    mesh: Mesh,
}

impl Net<'_> {
    fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        let [width, height, _] = self.field.points;
        (z * height + y) * width + x
    }

    fn distance_mm(&self, point: [usize; 3]) -> f32 {
        self.field.distance_mm[self.index(point)]
    }

    /// Adds the vertex of a cube, where the surface passes through it.
    fn vertex(&mut self, cube: [usize; 3]) -> Option<u32> {
        let [width, height, _] = self.field.points;
        let corner_at = self.index(cube);
        let steps = [1, width, width * height];
        let corner = |number: usize| {
            let offset = (0..3).filter(|axis| number >> axis & 1 == 1).map(|axis| steps[axis]).sum::<usize>();
            self.field.distance_mm[corner_at + offset]
        };
        let first_is_inside = self.field.distance_mm[corner_at] < 0.0;
        let corners: [f32; 8] = std::array::from_fn(corner);
        if corners.iter().all(|mm| (*mm < 0.0) == first_is_inside) {
            return None;
        }
        let (mut sum, mut crossings) = ([0.0_f32; 3], 0.0_f32);
        for axis in 0..3 {
            for from in (0..8_usize).filter(|number| number >> axis & 1 == 0) {
                let (a, b) = (corners[from], corners[from | 1 << axis]);
                if (a < 0.0) == (b < 0.0) {
                    continue;
                }
                crossings += 1.0;
                for (other, sum) in sum.iter_mut().enumerate() {
                    *sum += if other == axis { a / (a - b) } else { (from >> other & 1) as f32 };
                }
            }
        }
        let inner = sum.map(|sum| sum / crossings);
        let at: [f32; 3] = std::array::from_fn(|axis| cube[axis] as f32 + inner[axis]);
        let place: [f32; 3] =
            std::array::from_fn(|axis| self.field.first[axis] + at[axis] * self.field.step[axis]);
        let vertex = (self.mesh.vertices.len() / crate::mesh::VERTEX_NUMBERS) as u32;
        let normal = self.normal(at);
        self.mesh.vertices.extend(self.volume.place_mm(place));
        self.mesh.vertices.extend(normal);
        Some(vertex)
    }

    /// The direction in which the distance grows at a point, in the axes of the picture.
    fn normal(&self, at: [f32; 3]) -> [f32; 3] {
        let step_mm: [f32; 3] = std::array::from_fn(|axis| self.field.step[axis] * self.volume.step_mm[axis]);
        let slope = |axis: usize| {
            let mut points = [at; 2];
            points[0][axis] -= 1.0;
            points[1][axis] += 1.0;
            let [before, after] = points.map(|point| self.between(point));
            (after - before) / step_mm[axis]
        };
        let [x, y, z] = [slope(0), -slope(1), slope(2) * self.volume.depth_sign()];
        let length = (x * x + y * y + z * z).sqrt();
        if length > 1e-9 { [x / length, y / length, z / length] } else { [0.0, 1.0, 0.0] }
    }

    /// The distance between points, eight of them blended.
    fn between(&self, at: [f32; 3]) -> f32 {
        let last: [usize; 3] = std::array::from_fn(|axis| self.field.points[axis] - 1);
        let at: [f32; 3] = std::array::from_fn(|axis| at[axis].clamp(0.0, last[axis] as f32));
        let low: [usize; 3] = std::array::from_fn(|axis| (at[axis] as usize).min(last[axis] - 1));
        let part: [f32; 3] = std::array::from_fn(|axis| at[axis] - low[axis] as f32);
        let mut sum = 0.0;
        for number in 0..8_usize {
            let side: [usize; 3] = std::array::from_fn(|axis| number >> axis & 1);
            let weight: f32 =
                (0..3).map(|axis| if side[axis] == 1 { part[axis] } else { 1.0 - part[axis] }).product();
            sum += weight * self.distance_mm(std::array::from_fn(|axis| low[axis] + side[axis]));
        }
        sum
    }

    /// Adds the squares around those edges of a cube that meet in its first corner and that
    /// the surface crosses: the cubes around them came before.
    fn squares(&mut self, cube: [usize; 3], here: &[u32], below: &[u32]) {
        let width = self.field.points[0];
        let is_inside = self.distance_mm(cube) < 0.0;
        for axis in 0..3 {
            let [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
            let mut other = cube;
            other[axis] += 1;
            if cube[u] == 0 || cube[v] == 0 || (self.distance_mm(other) < 0.0) == is_inside {
                continue;
            }
            let vertex = |back: [usize; 2]| {
                let mut at = cube;
                at[u] -= back[0];
                at[v] -= back[1];
                let layer = if at[2] == cube[2] { here } else { below };
                layer[at[1] * width + at[0]]
            };
            let [a, b, c, d] = [vertex([0, 0]), vertex([1, 0]), vertex([1, 1]), vertex([0, 1])];
            // Rows run against y; B-scans may run against z: each turns what is outside.
            let turned = is_inside != (self.volume.depth_sign() > 0.0);
            let square = if turned { [a, b, c, a, c, d] } else { [a, c, b, a, d, c] };
            self.mesh.triangles.extend(square);
        }
    }
}
