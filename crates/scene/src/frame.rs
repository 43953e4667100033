//! What surrounds the fluid: the box of the scan, a grid of millimetres on its floor, the
//! letters at its ends, the outline of the B-scan in view.

use crate::volume::{Ends, SceneVolume};

/// A straight line of the picture. Each end is a place in mm and a shift in the picture from
/// there, CSS pixels to the right and up: letters keep their size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Place of each end, mm.
    pub ends_mm: [[f32; 3]; 2],
    /// Shift of each end.
    pub shifts_px: [[f32; 2]; 2],
}

impl Segment {
    fn between(a: [f32; 3], b: [f32; 3]) -> Self {
        Self { ends_mm: [a, b], shifts_px: [[0.0; 2]; 2] }
    }
}

/// How far letters stand away from the box, as a part of its length.
const LETTER_GAP: f32 = 0.085;
/// Half of the width and half of the height of a letter, CSS pixels.
const LETTER_HALF_PX: [f32; 2] = [5.0, 7.5];
/// Lines of the grid at most along an axis: more are no grid but a haze.
const MOST_GRID_LINES: f32 = 40.0;

/// The twelve edges of the scan.
pub fn edges(volume: &SceneVolume) -> Vec<Segment> {
    let half = volume.size_mm().map(|mm| mm / 2.0);
    let corner = |number: usize| {
        std::array::from_fn(|axis: usize| if number >> axis & 1 == 1 { half[axis] } else { -half[axis] })
    };
    (0..8_usize)
        .flat_map(|number| (0..3).map(move |axis| (number, number | 1 << axis)))
        .filter(|(from, to)| from != to)
        .map(|(from, to)| Segment::between(corner(from), corner(to)))
        .collect()
}

/// Lines a millimetre apart on the floor, from the middle.
pub fn floor_grid(volume: &SceneVolume) -> Vec<Segment> {
    let [x, y, z] = volume.size_mm().map(|mm| mm / 2.0);
    let lines = |half: f32| {
        let count = if half.floor() * 2.0 > MOST_GRID_LINES { 0.0 } else { half.floor() };
        (-(count as i32)..=count as i32).map(|mm| mm as f32)
    };
    let across = lines(z).map(|at| Segment::between([-x, -y, at], [x, -y, at]));
    let along = lines(x).map(|at| Segment::between([at, -y, -z], [at, -y, z]));
    across.chain(along).collect()
}

/// The outline of a B-scan.
pub fn bscan_outline(volume: &SceneVolume, bscan: u32) -> Vec<Segment> {
    let corners = bscan_corners(volume, bscan);
    (0..4).map(|at| Segment::between(corners[at], corners[(at + 1) % 4])).collect()
}

/// The corners of a B-scan in mm: its first row from left to right, then its last from right
/// to left. One past the end lies at the end.
pub fn bscan_corners(volume: &SceneVolume, bscan: u32) -> [[f32; 3]; 4] {
    let [columns, rows, bscans] = volume.sizes.map(|size| size as f32);
    let along = (bscan as f32).min(bscans - 1.0) + 0.5;
    [[0.0, 0.0], [columns, 0.0], [columns, rows], [0.0, rows]]
        .map(|[column, row]| volume.place_mm([column, row, along]))
}

/// The letters at the ends of the floor.
pub fn letters(volume: &SceneVolume) -> Vec<Segment> {
    let [columns, rows, bscans] = volume.sizes.map(|size| size as f32);
    let gap = LETTER_GAP * volume.size_mm()[0].max(volume.size_mm()[2]);
    let (beside, before) = (gap / volume.step_mm[0], gap / volume.step_mm[2]);
    let Ends { first_column, last_column, first_bscan, last_bscan } = volume.ends;
    let places = [
        (first_column, [-beside, rows, bscans / 2.0]),
        (last_column, [columns + beside, rows, bscans / 2.0]),
        (first_bscan, [columns / 2.0, rows, -before]),
        (last_bscan, [columns / 2.0, rows, bscans + before]),
    ];
    let letter = |(letter, place): (Option<char>, [f32; 3])| {
        let at = volume.place_mm(place);
        let strokes = letter.map(strokes).unwrap_or_default();
        let [wide, tall] = LETTER_HALF_PX;
        let px = |[x, y]: [f32; 2]| [x * wide, y * tall];
        strokes
            .iter()
            .flat_map(|stroke| stroke.windows(2))
            .map(move |ends| Segment { ends_mm: [at; 2], shifts_px: [px(ends[0]), px(ends[1])] })
            .collect::<Vec<_>>()
    };
    places.into_iter().flat_map(letter).collect()
}

/// The strokes of a letter, -1 to 1 to the right and up.
fn strokes(letter: char) -> &'static [&'static [[f32; 2]]] {
    match letter {
        'N' => &[&[[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]],
        'T' => &[&[[-1.0, 1.0], [1.0, 1.0]], &[[0.0, 1.0], [0.0, -1.0]]],
        'I' => &[&[[0.0, 1.0], [0.0, -1.0]]],
        'S' => &[&[
            [0.95, 0.62],
            [0.72, 0.88],
            [0.3, 1.0],
            [-0.3, 1.0],
            [-0.75, 0.85],
            [-0.95, 0.53],
            [-0.82, 0.22],
            [-0.4, 0.06],
            [0.4, -0.08],
            [0.85, -0.25],
            [1.0, -0.55],
            [0.78, -0.86],
            [0.3, -1.0],
            [-0.35, -1.0],
            [-0.8, -0.87],
            [-1.0, -0.6],
        ]],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn volume() -> SceneVolume {
        SceneVolume {
            sizes: [60, 20, 10],
            step_mm: [0.1, 0.1, 0.5],
            is_upside_down: true,
            ends: Ends { first_bscan: Some('I'), last_column: Some('N'), ..Ends::default() },
            masks: BTreeMap::new(),
            retina: BTreeMap::new(),
        }
    }

    #[test]
    fn a_box_has_twelve_edges_and_its_floor_a_line_each_millimetre() {
        assert_eq!(edges(&volume()).len(), 12);
        // 6 by 5 mm: from -3 to 3 and from -2 to 2.
        assert_eq!(floor_grid(&volume()).len(), 7 + 5);
        let vast = SceneVolume { step_mm: [1e6; 3], ..volume() };
        assert!(floor_grid(&vast).len() <= 2);
    }

    #[test]
    fn known_ends_have_their_letters_outside_of_the_box() {
        let letters = letters(&volume());
        assert_eq!(letters.len(), 1 + 3);
        let inferior = letters.iter().find(|stroke| stroke.shifts_px[0][0] == 0.0).unwrap();
        assert!(inferior.ends_mm[0][2] > 2.5, "the first B-scan lies in front where it is the lower");
    }

    #[test]
    fn the_outline_of_a_bscan_lies_where_it_does_even_past_the_end() {
        assert_eq!(bscan_outline(&volume(), 99), bscan_outline(&volume(), 9));
        assert!(bscan_corners(&volume(), 0).iter().all(|corner| (corner[2] - 2.25).abs() < 1e-5));
    }
}
