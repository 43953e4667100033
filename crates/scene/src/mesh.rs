//! Triangles.

use oct::FluidClass;

use crate::extent::Extent;
use crate::field::Field;
use crate::surface_nets::surface;
use crate::volume::SceneVolume;

/// Numbers of a vertex in [`Mesh::vertices`]: a place in mm and a normal of length 1.
pub const VERTEX_NUMBERS: usize = 6;

/// A surface of triangles.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mesh {
    /// [`VERTEX_NUMBERS`] for each vertex.
    pub vertices: Vec<f32>,
    /// Three vertices for each triangle, seen against the clock from outside.
    pub triangles: Vec<u32>,
}

impl Mesh {
    /// How many triangles there are.
    pub fn triangle_count(&self) -> usize {
        self.triangles.len() / 3
    }

    /// The place of a vertex; (0, 0, 0) where there is none.
    pub fn place_mm(&self, vertex: u32) -> [f32; 3] {
        let at = vertex as usize * VERTEX_NUMBERS;
        self.vertices.get(at..at + 3).map_or([0.0; 3], |place| [place[0], place[1], place[2]])
    }

    /// Its least and greatest places along each axis; `None` where it is empty.
    pub fn bounds_mm(&self) -> Option<[[f32; 3]; 2]> {
        let mut places =
            self.vertices.chunks_exact(VERTEX_NUMBERS).map(|vertex| [vertex[0], vertex[1], vertex[2]]);
        let first = places.next()?;
        Some(places.fold([first; 2], |[least, most], place| {
            [
                std::array::from_fn(|axis: usize| least[axis].min(place[axis])),
                std::array::from_fn(|axis: usize| most[axis].max(place[axis])),
            ]
        }))
    }

    /// Volume inside of it in mm3 (1 mm3 is 1000 nl), where it is closed.
    pub fn volume_mm3(&self) -> f64 {
        self.triangles
            .chunks_exact(3)
            .map(|corners| {
                let [a, b, c] = [0, 1, 2].map(|corner| self.place_mm(corners[corner]).map(f64::from));
                (a[0] * (b[1] * c[2] - b[2] * c[1])
                    + a[1] * (b[2] * c[0] - b[0] * c[2])
                    + a[2] * (b[0] * c[1] - b[1] * c[0]))
                    / 6.0
            })
            .sum()
    }
}

/// A surface around each class, by [`FluidClass::index`]; empty where there is none of it.
pub fn fluid_mesh(volume: &SceneVolume) -> [Mesh; 3] {
    let extents = Extent::of_classes(volume);
    FluidClass::ALL.map(|class| match extents[class.index()] {
        Some(extent) => surface(volume, &Field::of_class(volume, class, extent)),
        None => Mesh::default(),
    })
}
