//! What of a scan is drawn in space: the masks that the page holds, the boundaries of the
//! retina, its size and the letters at its ends.

use oct::en_face::is_upside_down;
use oct::{Axis, Geometry, Side, Sides};
use scene::{Ends, RetinaRows, SceneVolume};

use super::scan::Scan;

/// How wide, deep and long a scan is taken for where its spacing is not known, mm: the
/// picture then shows which fluid lies where, and no lengths.
const USUAL_MM: [f64; 3] = [6.0, 2.0, 6.0];
/// Names under which devices store Bruch's membrane, or what lies on it, the best first.
const BM_NAMES: [&str; 2] = ["BM", "RPE"];

/// What the drawn volume depends on: another one is another picture.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneKey {
    scan: engine_protocol::ScanId,
    results_changed: u64,
    boundaries_held: usize,
    step_mm: [Option<f64>; 3],
}

impl SceneKey {
    /// That of a scan.
    pub fn of(scan: &Scan) -> Self {
        Self {
            scan: scan.id,
            results_changed: scan.bscans.results_changed(),
            boundaries_held: scan.bscans.boundaries_held(),
            step_mm: step_mm(scan),
        }
    }
}

/// Whether every length of the picture is that of the eye.
pub fn is_to_scale(scan: &Scan) -> bool {
    step_mm(scan).iter().all(Option::is_some)
}

fn step_mm(scan: &Scan) -> [Option<f64>; 3] {
    [Axis::Lateral, Axis::Axial, Axis::BetweenBScans].map(|axis| scan.info.geometry.trusted_mm(axis))
}

/// Why a scan is not drawn in space, one sentence; `None` where it is.
pub fn why_no_scene(scan: &Scan) -> Option<&'static str> {
    scan.info.geometry.pattern.why_no_volume()
}

/// How wide, deep and long a scan is, mm; usual lengths where they are not known.
pub fn size_mm(scan: &Scan) -> [f32; 3] {
    let known_mm = step_mm(scan);
    let sizes = [scan.info.columns, scan.info.rows, scan.info.bscans];
    std::array::from_fn(|axis| known_mm[axis].map_or(USUAL_MM[axis], |mm| mm * f64::from(sizes[axis])) as f32)
}

/// What is drawn of a scan.
pub fn scene_volume(scan: &Scan) -> SceneVolume {
    let sizes = [scan.info.columns, scan.info.rows, scan.info.bscans];
    let known_mm = step_mm(scan);
    SceneVolume {
        sizes,
        step_mm: std::array::from_fn(|axis| {
            known_mm[axis].unwrap_or(USUAL_MM[axis] / f64::from(sizes[axis].max(1))) as f32
        }),
        is_upside_down: is_upside_down(&scan.info.geometry),
        ends: ends(&scan.info.geometry),
        masks: scan.bscans.all_measured().map(|one| (one.result.bscan, one.mask.clone())).collect(),
        retina: (0..scan.info.bscans).filter_map(|bscan| Some((bscan, retina_rows(scan, bscan)?))).collect(),
    }
}

/// The boundaries of the retina in a B-scan, as the network found them, or else as the device
/// stored them.
fn retina_rows(scan: &Scan, bscan: u32) -> Option<RetinaRows> {
    if let Some(measured) = scan.bscans.measured(bscan).filter(|measured| !measured.boundaries.is_empty()) {
        let (ilm, bm) = measured.boundaries.split_at(measured.boundaries.len() / 2);
        return Some(RetinaRows { ilm_row: ilm.to_vec(), bm_row: bm.to_vec() });
    }
    let rows = scan.bscans.boundaries(bscan);
    let columns = scan.info.columns as usize;
    let stored = |names: &[&str]| {
        let found = names.iter().find_map(|name| scan.info.surfaces.iter().position(|known| known == name));
        found.and_then(|at| rows.get(at * columns..(at + 1) * columns)).unwrap_or_default().to_vec()
    };
    let retina = RetinaRows { ilm_row: stored(&["ILM"]), bm_row: stored(&BM_NAMES) };
    (retina != RetinaRows::default()).then_some(retina)
}

/// The letters at the ends of a scan.
fn ends(geometry: &Geometry) -> Ends {
    let sides = Sides::of(geometry);
    let letter = |side: Option<Side>| side.map(Side::letter);
    Ends {
        first_column: letter(sides.first_column),
        last_column: letter(sides.last_column),
        first_bscan: letter(sides.first_bscan),
        last_bscan: letter(sides.last_bscan),
    }
}

#[cfg(test)]
mod tests {
    use oct::Laterality;
    use oct::geometry::BScanPlace;

    use super::*;

    fn geometry(laterality: Option<Laterality>, lines: [[[f64; 2]; 2]; 2]) -> Geometry {
        let places = lines.map(|[start_mm, end_mm]| BScanPlace::Line { start_mm, end_mm });
        Geometry { laterality, places: places.to_vec(), ..Geometry::default() }
    }

    fn letters(geometry: &Geometry) -> (String, bool) {
        let Ends { first_column, last_column, first_bscan, last_bscan } = ends(geometry);
        let letters = [first_column, last_column, first_bscan, last_bscan];
        (letters.map(|letter| letter.unwrap_or('-')).iter().collect(), is_upside_down(geometry))
    }

    #[test]
    fn the_nasal_side_of_a_right_eye_is_at_the_right_of_its_fundus() {
        let downward = [[[0.0, 0.0], [6.0, 0.0]], [[0.0, 6.0], [6.0, 6.0]]];
        let upward = [downward[1], downward[0]];
        assert_eq!(letters(&geometry(Some(Laterality::Od), downward)), ("TNSI".to_owned(), false));
        assert_eq!(letters(&geometry(Some(Laterality::Os), upward)), ("NTIS".to_owned(), true));
        assert_eq!(letters(&geometry(None, downward)), ("--SI".to_owned(), false));
    }

    #[test]
    fn an_eye_is_never_drawn_as_its_mirror_image_where_bscans_stand_upright() {
        // Columns upward, B-scans from left to right: turned by a quarter, not mirrored.
        let upright = [[[0.0, 6.0], [0.0, 0.0]], [[6.0, 6.0], [6.0, 0.0]]];
        assert_eq!(letters(&geometry(Some(Laterality::Od), upright)), ("ISTN".to_owned(), false));
        let from_the_right = [upright[1], upright[0]];
        assert_eq!(letters(&geometry(Some(Laterality::Od), from_the_right)), ("ISNT".to_owned(), true));
    }

    #[test]
    fn without_places_only_the_sides_of_a_known_eye_have_letters() {
        let of = |laterality| letters(&Geometry { laterality, ..Geometry::default() });
        assert_eq!(of(Some(Laterality::Os)), ("NT--".to_owned(), false));
        assert_eq!(of(None), ("----".to_owned(), false));
    }
}
