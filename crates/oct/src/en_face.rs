//! The retina seen from the front: where each column of each B-scan lies in mm, and which
//! way is nasal, temporal, superior and inferior.
//!
//! Places are relative to the scan's own axes, from the centre of the first column of the
//! first B-scan: lateral along the B-scans, slow across them. There are places only where
//! B-scans span a raster and both spacings are known and not in doubt.

use serde::{Deserialize, Serialize};

use crate::geometry::placement::{BScanOrder, BScanPlace};
use crate::geometry::vector::dot;
use crate::geometry::{Axis, Geometry, Laterality};

/// A place on the retina in mm from the centre of the first column of the first B-scan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EnFacePlace {
    /// Along the B-scans.
    pub lateral_mm: f64,
    /// Across the B-scans, towards the last one.
    pub slow_mm: f64,
}

impl EnFacePlace {
    /// How far `other` is away, in mm.
    pub fn distance_mm(self, other: Self) -> f64 {
        (other.lateral_mm - self.lateral_mm).hypot(other.slow_mm - self.slow_mm)
    }
}

/// The grid of a raster volume seen from the front.
#[derive(Debug, Clone, PartialEq)]
pub struct EnFace {
    columns: usize,
    bscans: usize,
    lateral_mm: f64,
    slow_mm: f64,
    /// How far each B-scan is shifted along itself against the first, in mm; empty where none is.
    shift_mm: Vec<f64>,
}

impl EnFace {
    /// The en-face grid of the volume that `geometry` belongs to. `None` where its B-scans
    /// span no volume ([`crate::ScanPattern::why_no_volume`]), and where the lateral spacing
    /// or that between B-scans is unknown or in doubt ([`Geometry::trusted_mm`]).
    pub fn of(geometry: &Geometry) -> Option<Self> {
        let [columns, _, bscans] = geometry.samples?;
        if bscans < 2 || columns == 0 || geometry.pattern.why_no_volume().is_some() {
            return None;
        }
        let lateral_mm = geometry.trusted_mm(Axis::Lateral)?;
        let slow_mm = geometry.trusted_mm(Axis::BetweenBScans)?;
        let shift_mm = shifts(&geometry.places)
            .filter(|shifts| shifts.len() == bscans)
            .map(|shifts| shifts.into_iter().map(|part| part * (columns - 1) as f64 * lateral_mm).collect())
            .unwrap_or_default();
        Some(Self { columns, bscans, lateral_mm, slow_mm, shift_mm })
    }

    /// Columns a B-scan.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of B-scans.
    pub fn bscans(&self) -> usize {
        self.bscans
    }

    /// Width of a cell along the B-scans, in mm.
    pub fn lateral_mm(&self) -> f64 {
        self.lateral_mm
    }

    /// Width of a cell across the B-scans, in mm.
    pub fn slow_mm(&self) -> f64 {
        self.slow_mm
    }

    /// The area that one column of one B-scan stands for, in mm².
    pub fn cell_mm2(&self) -> f64 {
        self.lateral_mm * self.slow_mm
    }

    /// Where the first column of `bscan` lies; 0 past the end.
    pub fn start_mm(&self, bscan: usize) -> f64 {
        self.shift_mm.get(bscan).copied().unwrap_or(0.0)
    }

    /// Where `column` of `bscan` lies: whole numbers are centres, and places outside the
    /// scan go on as it does.
    pub fn place(&self, bscan: f64, column: f64) -> EnFacePlace {
        let shift = self.shift_at(bscan);
        EnFacePlace { lateral_mm: column * self.lateral_mm + shift, slow_mm: bscan * self.slow_mm }
    }

    /// B-scan and column of `place`, the reverse of [`Self::place`].
    pub fn bscan_and_column(&self, place: EnFacePlace) -> (f64, f64) {
        let bscan = place.slow_mm / self.slow_mm;
        (bscan, (place.lateral_mm - self.shift_at(bscan)) / self.lateral_mm)
    }

    /// Between two B-scans the shift changes evenly.
    fn shift_at(&self, bscan: f64) -> f64 {
        let Some(last) = self.shift_mm.len().checked_sub(1) else { return 0.0 };
        let within = if bscan.is_nan() { 0.0 } else { bscan.clamp(0.0, last as f64) };
        let (before, part) = (within.floor() as usize, within.fract());
        let after = (before + 1).min(last);
        self.start_mm(before) * (1.0 - part) + self.start_mm(after) * part
    }
}

/// How far each B-scan is shifted along the first one, as a part of its length. `None` where
/// one is not straight.
fn shifts(places: &[BScanPlace]) -> Option<Vec<f64>> {
    let start_and_end = |place: &BScanPlace| match place {
        BScanPlace::Line { start_mm, end_mm } => Some((*start_mm, *end_mm)),
        BScanPlace::Circle { .. } => None,
    };
    let (first, end) = start_and_end(places.first()?)?;
    let along = [end[0] - first[0], end[1] - first[1], 0.0];
    let squared = dot(along, along);
    if squared.is_nan() || squared <= 0.0 {
        return None;
    }
    let part = |place| {
        let (start, _) = start_and_end(place)?;
        let part = dot([start[0] - first[0], start[1] - first[1], 0.0], along) / squared;
        part.is_finite().then_some(part)
    };
    places.iter().map(part).collect()
}

/// A side of the retina.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Towards the nose, where the optic disc lies.
    Nasal,
    /// Towards the temple.
    Temporal,
    /// Towards the brow.
    Superior,
    /// Towards the cheek.
    Inferior,
}

impl Side {
    /// The letter on a map: N, T, S or I.
    pub fn letter(self) -> char {
        match self {
            Self::Nasal => 'N',
            Self::Temporal => 'T',
            Self::Superior => 'S',
            Self::Inferior => 'I',
        }
    }

    /// The other end of the same direction.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Nasal => Self::Temporal,
            Self::Temporal => Self::Nasal,
            Self::Superior => Self::Inferior,
            Self::Inferior => Self::Superior,
        }
    }
}

/// Which side of the retina lies at which end of a scan; `None` where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sides {
    /// At the first column.
    pub first_column: Option<Side>,
    /// At the last column.
    pub last_column: Option<Side>,
    /// At the first B-scan.
    pub first_bscan: Option<Side>,
    /// At the last B-scan.
    pub last_bscan: Option<Side>,
}

impl Sides {
    /// The sides of a scan. Nasal and temporal need the eye ([`Geometry::laterality`]),
    /// superior and inferior the places of the B-scans. Where a file states no places its
    /// B-scans are taken to run from the left to the right of the fundus, as those of every
    /// device's macular raster do.
    pub fn of(geometry: &Geometry) -> Self {
        let nasal_at_right = geometry.laterality.map(|eye| eye == Laterality::Od);
        let left = nasal_at_right.map(|at_right| if at_right { Side::Temporal } else { Side::Nasal });
        let right = left.map(Side::opposite);
        let (top, bottom) = (Some(Side::Superior), Some(Side::Inferior));
        let order = geometry.bscan_order();
        let [first_bscan, along_places] = match order {
            Some(BScanOrder::SuperiorFirst) => [top, left],
            Some(BScanOrder::InferiorFirst) => [bottom, left],
            Some(BScanOrder::LeftFirst) => [left, top],
            Some(BScanOrder::RightFirst) => [right, top],
            None => [None, left],
        };
        // A B-scan that runs leftwards or upwards begins at the other end.
        let first_column = match (order, geometry.places.first()) {
            (Some(order), Some(BScanPlace::Line { start_mm, end_mm })) => {
                let is_upright = matches!(order, BScanOrder::LeftFirst | BScanOrder::RightFirst);
                let axis = usize::from(is_upright);
                let step = end_mm[axis] - start_mm[axis];
                // Along the other axis, or nowhere: its ends are at no side.
                let is_along = step.abs() > (end_mm[1 - axis] - start_mm[1 - axis]).abs();
                along_places.filter(|_| is_along).map(|side| if step > 0.0 { side } else { side.opposite() })
            }
            (None, None) => along_places,
            // Places that tell no order tell no direction either.
            _ => None,
        };
        Self {
            first_column,
            last_column: first_column.map(Side::opposite),
            first_bscan,
            last_bscan: first_bscan.map(Side::opposite),
        }
    }
}

/// Whether a map that has the columns to the right must have the first B-scan at its bottom, so
/// that it shows the retina as a fundus image does and not its mirror image; turned by a quarter
/// where the B-scans stand upright.
pub fn is_upside_down(geometry: &Geometry) -> bool {
    // On the fundus image, to the right and down.
    let columns = match geometry.places.first() {
        Some(BScanPlace::Line { start_mm, end_mm }) => [0, 1].map(|axis| end_mm[axis] - start_mm[axis]),
        // A B-scan is shown as it is stored, its first column at the left of the fundus.
        _ => [1.0, 0.0],
    };
    geometry.bscan_order().is_some_and(|order| {
        let [right, down] = match order {
            BScanOrder::SuperiorFirst => [0.0, 1.0],
            BScanOrder::InferiorFirst => [0.0, -1.0],
            BScanOrder::LeftFirst => [1.0, 0.0],
            BScanOrder::RightFirst => [-1.0, 0.0],
        };
        columns[0] * down - columns[1] * right < 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{AxisSpacing, ScanPattern, SpacingSource};

    fn known(axis: Axis, mm: f64) -> AxisSpacing {
        AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap()
    }

    /// 601 columns 0.01 mm apart on 31 B-scans 0.2 mm apart.
    fn raster() -> Geometry {
        let mut geometry = Geometry { samples: Some([601, 500, 31]), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([0.01, 0.004, 0.2]) {
            geometry.set_spacing(axis, known(axis, mm));
        }
        geometry
    }

    fn line(start_mm: [f64; 2], end_mm: [f64; 2]) -> BScanPlace {
        BScanPlace::Line { start_mm, end_mm }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn columns_and_bscans_have_places_in_mm() {
        let grid = EnFace::of(&raster()).unwrap();
        let place = grid.place(30.0, 600.0);
        assert!(near(place.lateral_mm, 6.0) && near(place.slow_mm, 6.0), "{place:?}");
        assert!(near(grid.cell_mm2(), 0.002));
        let (bscan, column) = grid.bscan_and_column(grid.place(12.25, 30.5));
        assert!(near(bscan, 12.25) && near(column, 30.5));
        assert!(near(grid.place(0.0, 0.0).distance_mm(grid.place(2.0, 30.0)), 0.5), "0.3 and 0.4 mm");
    }

    #[test]
    fn there_are_no_places_without_two_trusted_spacings_and_a_raster() {
        let mut unknown = raster();
        unknown.between_bscans = AxisSpacing::unknown();
        assert_eq!(EnFace::of(&unknown), None);
        let mut doubted = raster();
        let file = SpacingSource::FromFile { tag: "ElementSpacing".to_owned() };
        doubted.lateral = AxisSpacing::new(Axis::Lateral, 11.0, file).unwrap();
        assert!(doubted.doubt().is_some());
        assert_eq!(EnFace::of(&doubted), None);
        for pattern in [ScanPattern::Radial, ScanPattern::SingleBScan, ScanPattern::Incomplete] {
            assert_eq!(EnFace::of(&Geometry { pattern, ..raster() }), None);
        }
        assert_eq!(EnFace::of(&Geometry { samples: None, ..raster() }), None);
        let mut axial = raster();
        axial.axial = AxisSpacing::unknown();
        assert!(EnFace::of(&axial).is_some(), "depth is not seen from the front");
    }

    #[test]
    fn bscans_that_are_shifted_along_themselves_lie_where_they_were_taken() {
        let mut slanted = raster();
        let start = |n: usize| [1.0 + 0.1 * n as f64, 1.0 + 0.2 * n as f64];
        slanted.places = (0..31).map(|n| line(start(n), [start(n)[0] + 6.0, start(n)[1]])).collect();
        let grid = EnFace::of(&slanted).unwrap();
        assert!(near(grid.place(3.0, 0.0).lateral_mm, 0.3));
        assert!(near(grid.place(2.5, 10.0).lateral_mm, 0.35));
        let (bscan, column) = grid.bscan_and_column(grid.place(2.5, 10.0));
        assert!(near(bscan, 2.5) && near(column, 10.0));
        assert!(grid.place(f64::NAN, 0.0).slow_mm.is_nan());
    }

    #[test]
    fn the_disc_is_at_the_right_of_a_right_eye_and_at_the_left_of_a_left_one() {
        let first = |laterality| Sides::of(&Geometry { laterality, ..raster() }).first_column;
        assert_eq!(first(Some(Laterality::Od)), Some(Side::Temporal));
        assert_eq!(first(Some(Laterality::Os)), Some(Side::Nasal));
        assert_eq!(first(None), None);
    }

    #[test]
    fn places_tell_which_bscan_is_superior_and_which_way_they_run() {
        let sides = |places: Vec<BScanPlace>| {
            let sides = Sides::of(&Geometry { laterality: Some(Laterality::Od), places, ..raster() });
            [sides.first_column, sides.last_column, sides.first_bscan, sides.last_bscan]
                .map(|side| side.map_or('?', Side::letter))
        };
        let (left, right) = ([0.0, 1.0], [6.0, 1.0]);
        let (low_left, low_right) = ([0.0, 5.0], [6.0, 5.0]);
        assert_eq!(sides(vec![line(left, right), line(low_left, low_right)]), ['T', 'N', 'S', 'I']);
        assert_eq!(sides(vec![line(low_left, low_right), line(left, right)]), ['T', 'N', 'I', 'S']);
        assert_eq!(sides(vec![line(right, left), line(low_right, low_left)]), ['N', 'T', 'S', 'I']);
        // Upright B-scans, from the left of the fundus to its right.
        assert_eq!(sides(vec![line(left, low_left), line(right, low_right)]), ['S', 'I', 'T', 'N']);
        assert_eq!(sides(vec![line(low_right, right), line(low_left, left)]), ['I', 'S', 'N', 'T']);
        assert_eq!(sides(vec![line(left, right)]), ['?'; 4]);
        assert_eq!(sides(Vec::new()), ['T', 'N', '?', '?']);
    }
}
