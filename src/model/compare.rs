//! Two visits of an eye beside each other: the scan that is kept, and the one on show.

use engine_protocol::{COMPARED_FIGURES, COMPARED_REGIONS, Compared, EnFaceTransform, Landmark, ScanId};
use oct::{EnFace, EnFacePlace};

use super::pixels::Pixels;
use super::scan::Scan;
use super::scans::Scans;

/// A person marks so many places in each visit at most.
const MOST_MARKS: usize = 2;
/// A B-scan is looked up in the other visit at so many places along it.
const PLACES: u32 = 32;
/// Steps of a cross from one edge of a scan to the other.
const CROSS_STEPS: f64 = 64.0;

/// What is asked of two visits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CompareInput {
    /// Keep the scan on show; where another one is kept, show that and keep this.
    Keep,
    /// Let go of the kept scan.
    LetGo,
    /// Compare both.
    Open,
    /// The other one is the earlier visit.
    Swap,
    /// Go to a B-scan of a visit (0 the earlier, 1 the later); the other one follows.
    GoTo(usize, i64),
    /// Move by so many B-scans in the visit that was moved last; the other one follows.
    GoBy(i64),
    /// A place of a visit from the front is pressed, B-scan and column: it is gone to, and marked
    /// while places are marked.
    Press(usize, [f64; 2]),
    /// The cross of a visit.
    Cross(usize, CrossInput),
    /// Mark the same places in both, or end that.
    ToggleMarking,
    /// Take the last mark back.
    UndoMark,
    /// Take all marks back: the scans are laid on each other by themselves.
    ForgetMarks,
    /// Lay the other visit's picture over each from the front, or take it away.
    ToggleOver,
    /// Save the table.
    Save,
}

/// What keys on a picture from the front do while places are marked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CrossInput {
    /// Move to the right and down, in steps.
    Step([f64; 2]),
    /// Mark the place.
    Set,
}

/// How far the engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// It is to be asked.
    #[default]
    Wanted,
    /// It was asked.
    Asked,
    /// It answered.
    Answered,
}

/// What changed, as the engine told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// All but figures and maps.
    pub compared: Compared,
    /// As [`engine_protocol::Event::Compared`] brings them.
    figures: Vec<f32>,
    /// The table to be saved.
    pub csv: Pixels,
    /// The change of the retina's thickness, and of that of the fluid, µm a cell.
    pub maps: Option<[Vec<f32>; 2]>,
}

impl Found {
    /// Of what came with the event; `None` where that is not what it should be.
    pub fn of(compared: Compared, payload: &[Pixels]) -> Option<Self> {
        let figures = payload.get(1)?.to_floats();
        let cells = compared.map.map(|map| map.columns as usize * map.rows as usize);
        let map = |at: usize| payload.get(at).map(Pixels::to_floats).filter(|map| Some(map.len()) == cells);
        let maps = map(3).zip(map(4)).map(|(thickness, fluid)| [thickness, fluid]);
        (figures.len() == COMPARED_REGIONS * COMPARED_FIGURES).then_some(Self {
            csv: payload.get(2)?.clone(),
            compared,
            figures,
            maps,
        })
    }

    /// Before, after, the difference and percent of a figure (by class, then the thickness) in a
    /// region; `None` where it is not measured.
    pub fn change(&self, region: usize, figure: usize) -> [Option<f64>; 4] {
        let at = region * COMPARED_FIGURES + 4 * figure;
        [0, 1, 2, 3]
            .map(|part| self.figures.get(at + part).filter(|it| it.is_finite()).map(|it| f64::from(*it)))
    }
}

/// Two visits that are compared.
#[derive(Debug, Clone)]
pub struct Compare {
    /// The earlier visit, the later one.
    pub visits: [ScanId; 2],
    /// What came of it; the last one while it is compared anew.
    pub found: Option<Found>,
    /// Why nothing came of the last wish, a sentence of the engine.
    pub why_not: Option<String>,
    /// How far the engine is.
    pub stage: Stage,
    /// The visit that was moved last.
    pub lead: usize,
    /// The other one does not see the B-scan of that one.
    pub is_unseen: bool,
    /// What was marked, in its order: in which visit, B-scan and column.
    pub marks: Vec<(usize, [f64; 2])>,
    /// Whether places are marked.
    pub is_marking: bool,
    /// Where the cross of each visit is, B-scan and column.
    pub crosses: [[f64; 2]; 2],
    /// Whether the other visit's picture lies over each from the front.
    pub is_over: bool,
    /// Counts changes of what is found.
    pub changed: u32,
}

impl Compare {
    /// The kept scan and the one on show, the earlier one first as far as their dates tell; `None`
    /// where they are not two.
    pub fn of(scans: &Scans) -> Option<Self> {
        let (kept, shown) = (scans.beside()?, scans.shown()?);
        let taken = |scan: &Scan| scan.info.acquisition.acquired.clone();
        let is_later = taken(kept).zip(taken(shown)).is_some_and(|(kept, shown)| kept > shown);
        let visits = if is_later { [shown, kept] } else { [kept, shown] };
        Some(Self {
            crosses: visits.map(|scan| [f64::from(scan.info.bscans / 2), f64::from(scan.info.columns / 2)]),
            // What was in view is gone on from.
            lead: usize::from(!is_later),
            visits: visits.map(|scan| scan.id),
            found: None,
            why_not: None,
            stage: Stage::Wanted,
            is_unseen: false,
            marks: Vec::new(),
            is_marking: false,
            is_over: false,
            changed: 0,
        })
    }

    /// Whether it is of the kept scan and the one on show.
    pub fn is_of(&self, scans: &Scans) -> bool {
        let has = |scan: Option<&Scan>| scan.is_some_and(|scan| self.visits.contains(&scan.id));
        has(scans.beside()) && has(scans.shown())
    }

    /// What was marked in a visit, in its order.
    pub fn marks_in(&self, visit: usize) -> impl Iterator<Item = [f64; 2]> {
        self.marks.iter().filter(move |(of, _)| *of == visit).map(|(_, at)| *at)
    }

    /// The places that are marked in both visits.
    pub fn landmarks(&self, scans: &Scans) -> Vec<Landmark> {
        let grids = self.visits.map(|scan| EnFace::of(&scans.get(scan)?.info.geometry));
        let [Some(before), Some(after)] = grids else { return Vec::new() };
        let place = |grid: &EnFace, [bscan, column]: [f64; 2]| grid.place(bscan, column);
        let pairs = self.marks_in(0).zip(self.marks_in(1));
        pairs
            .map(|(one, other)| Landmark { before: place(&before, one), after: place(&after, other) })
            .collect()
    }

    /// Marks a place; says whether both visits have as many now.
    pub fn mark(&mut self, visit: usize, at: [f64; 2]) -> bool {
        if self.marks_in(visit).count() >= MOST_MARKS {
            return false;
        }
        self.marks.push((visit, at));
        self.marks_in(0).count() == self.marks_in(1).count()
    }

    /// From places of `visit` to those of the other one; `None` where they do not lie on each other.
    pub fn to_other(&self, visit: usize) -> Option<EnFaceTransform> {
        let transform = self.found.as_ref()?.compared.laid?.transform;
        Some(if visit == 0 { transform } else { transform.inverse() })
    }

    /// Moves the cross of a visit within `scan`.
    pub fn step_cross(&mut self, visit: usize, [right, down]: [f64; 2], scan: &Scan) {
        let [bscan, column] = &mut self.crosses[visit];
        let down = if oct::en_face::is_upside_down(&scan.info.geometry) { -down } else { down };
        let step = |at: f64, steps: f64, count: u32| {
            let last = f64::from(count.saturating_sub(1));
            (at + steps * (f64::from(count) / CROSS_STEPS).round().max(1.0)).clamp(0.0, last)
        };
        *column = step(*column, right, scan.info.columns);
        *bscan = step(*bscan, down, scan.info.bscans);
    }
}

/// The B-scan of `to` at the place of `bscan` of `from`: of all of it that `to` sees, in the
/// middle. `None` where `to` sees nothing of it.
pub fn same_place(from: &EnFace, to: &EnFace, transform: &EnFaceTransform, bscan: u32) -> Option<u32> {
    let last_column = from.columns().saturating_sub(1) as f64;
    let seen: Vec<f64> = (0..=PLACES)
        .filter_map(|part| {
            let column = last_column * f64::from(part) / f64::from(PLACES);
            let (bscan, column) = to.bscan_and_column(transform.apply(from.place(f64::from(bscan), column)));
            let is_in = |at: f64, count: usize| at > -0.5 && at < count as f64 - 0.5;
            (is_in(bscan, to.bscans()) && is_in(column, to.columns())).then_some(bscan)
        })
        .collect();
    seen.get(seen.len() / 2).map(|bscan| bscan.round().max(0.0) as u32)
}

/// The rim of a scan, place by place, all the way round.
pub fn rim(grid: &EnFace) -> Vec<EnFacePlace> {
    let (bscans, columns) = (grid.bscans() as f64 - 0.5, grid.columns() as f64 - 0.5);
    let along = |bscan: f64| move |part: usize| (bscan, -0.5 + (columns + 0.5) * part as f64);
    let down = (0..grid.bscans()).map(|bscan| (bscan as f64, columns));
    let up = (0..grid.bscans()).rev().map(|bscan| (bscan as f64, -0.5));
    let top = (0..2).map(along(-0.5));
    let bottom = (0..2).rev().map(along(bscans));
    top.chain(down).chain(bottom).chain(up).map(|(bscan, column)| grid.place(bscan, column)).collect()
}

#[cfg(test)]
mod tests {
    use oct::{Axis, AxisSpacing, Geometry, SpacingSource};

    use super::*;

    /// 25 B-scans of 60 columns, 0.1 mm and 0.2 mm apart.
    fn grid() -> EnFace {
        let mut geometry = Geometry { samples: Some([60, 10, 25]), ..Geometry::default() };
        for (axis, mm) in [(Axis::Lateral, 0.1), (Axis::Axial, 0.004), (Axis::BetweenBScans, 0.2)] {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        EnFace::of(&geometry).unwrap()
    }

    /// The later scan began so much farther.
    fn moved(lateral_mm: f64, slow_mm: f64) -> EnFaceTransform {
        EnFaceTransform::of_parts([[1.0, 0.0], [0.0, 1.0]], [-lateral_mm, -slow_mm])
    }

    #[test]
    fn the_same_place_is_the_nearest_bscan_of_the_other_visit_or_none() {
        let (one, other) = (grid(), grid());
        let there = moved(0.5, 0.65);
        assert_eq!(same_place(&one, &other, &there, 10), Some(7));
        assert_eq!(same_place(&other, &one, &there.inverse(), 7), Some(10));
        assert_eq!(same_place(&one, &other, &there, 2), None);
        assert_eq!(same_place(&one, &other, &moved(7.0, 0.0), 10), None, "nothing along it is seen");
    }

    #[test]
    fn a_rim_goes_all_the_way_round() {
        let rim = rim(&grid());
        let most = |of: fn(&EnFacePlace) -> f64| rim.iter().map(of).fold(f64::MIN, f64::max);
        assert!((most(|at| at.lateral_mm) - 5.95).abs() < 1e-9 && (most(|at| at.slow_mm) - 4.9).abs() < 1e-9);
        assert_eq!(rim.len(), 2 + 25 + 2 + 25);
    }
}
