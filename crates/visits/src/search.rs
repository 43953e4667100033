//! The search for the motion under which the vessels of two scans lie on each other.
//!
//! First all shifts in steps of a coarse cell, each under a few turns; then the places of the
//! strongest agreement are followed on finer maps to a part of a cell. How much better the best
//! one is than the best elsewhere says how sure it is.

use oct::EnFacePlace;
use serde::{Deserialize, Serialize};

use crate::picture::EnFacePicture;
use crate::transform::{EnFaceTransform, Turn};
use crate::vessels::VesselMap;

/// Cells of the first search, mm, and of the second.
const COARSE_MM: f64 = 0.08;
const FINE_MM: f64 = 0.04;
/// A scan has at most so many of them along a side: larger ones are searched in larger cells.
const MOST_COARSE: f64 = 130.0;
/// How far the middles of two scans of one size may lie apart, mm.
const FARTHEST_MM: f64 = 2.0;
/// Turns that are tried, degrees: what lies between is found by following.
const MOST_TURNED: f64 = 7.5;
const TURN_STEP: f64 = 1.5;
/// Of the smaller scan this part must be seen by both.
const LEAST_PART: f64 = 0.35;
/// And at least so much, mm².
const LEAST_MM2: f64 = 3.0;
/// Two places are two where they lie so far apart, mm.
const APART_MM: f64 = 0.3;
/// So many places are followed, each at most so many steps.
const FOLLOWED: usize = 8;
const MOST_STEPS: usize = 100;

/// How well the vessels of two scans lie on each other. The strength is the correlation of their
/// darkness, -1..=1, less where little is seen by both: times the root of that as a part of the
/// smaller scan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// Strength where they are laid on each other.
    pub strength: f64,
    /// The greatest strength anywhere else, more than 0.3 mm away.
    pub runner_up: f64,
}

impl Confidence {
    /// How often the greatest strength is that of the runner-up; infinite where nothing else
    /// agrees at all.
    pub fn ratio(&self) -> f64 {
        if self.runner_up > 0.0 { self.strength / self.runner_up } else { f64::INFINITY }
    }
}

/// What the search found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub transform: EnFaceTransform,
    pub confidence: Confidence,
}

/// A motion under test.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    turn: Turn,
    radians: f64,
    /// Where the middle of the earlier scan lies in the later one.
    middle_mm: [f64; 2],
    strength: f64,
}

/// The motion under which the vessels of `before` lie on those of `after` best; `None` where they
/// cannot be laid on each other at all, or nothing is seen.
pub(crate) fn search(before: &EnFacePicture, after: &EnFacePicture, turns: &[Turn]) -> Option<Found> {
    let longest_mm = [before, after]
        .map(|picture| {
            let grid = picture.grid();
            (grid.lateral_mm() * grid.columns() as f64).max(grid.slow_mm() * grid.bscans() as f64)
        })
        .into_iter()
        .fold(0.0, f64::max);
    let coarse_mm = COARSE_MM.max(longest_mm / MOST_COARSE);
    let coarse = [before, after].map(|picture| VesselMap::of(picture, coarse_mm));
    let starts = strongest(&coarse[0], &coarse[1], turns);
    if starts.is_empty() {
        return None;
    }
    let fine = [before, after].map(|picture| VesselMap::of(picture, FINE_MM * coarse_mm / COARSE_MM));
    let mut followed: Vec<Candidate> =
        starts.into_iter().map(|start| follow(start, &fine[0], &fine[1])).collect();
    followed.sort_by(|one, other| other.strength.total_cmp(&one.strength));
    let best = *followed.first()?;
    let elsewhere = followed.iter().find(|other| away_mm(&best, other) > APART_MM || best.turn != other.turn);
    let strength = best.strength;
    let runner_up = elsewhere.map_or(0.0, |other| other.strength);
    (strength > 0.0).then_some(Found {
        transform: motion(&best, &fine[0]),
        confidence: Confidence { strength, runner_up },
    })
}

fn away_mm(one: &Candidate, other: &Candidate) -> f64 {
    (one.middle_mm[0] - other.middle_mm[0]).hypot(one.middle_mm[1] - other.middle_mm[1])
}

fn motion(candidate: &Candidate, before: &VesselMap) -> EnFaceTransform {
    let place = |[lateral_mm, slow_mm]: [f64; 2]| EnFacePlace { lateral_mm, slow_mm };
    EnFaceTransform::new(
        candidate.turn,
        candidate.radians,
        place(before.middle_mm()),
        place(candidate.middle_mm),
    )
}

/// The smallest overlap, in mm².
fn least_mm2(before: &VesselMap, after: &VesselMap) -> f64 {
    (LEAST_PART * before.seen_mm2().min(after.seen_mm2())).max(LEAST_MM2)
}

/// The places with the greatest strength, the strongest first, none nearer than [`APART_MM`] to
/// another.
fn strongest(before: &VesselMap, after: &VesselMap, turns: &[Turn]) -> Vec<Candidate> {
    let cell = after.cell_mm;
    let middle = after.middle_mm();
    let (small, large) = (before.size_mm(), after.size_mm());
    // A small scan may lie anywhere in a large one.
    let room = (0..2).map(|axis| (small[axis] - large[axis]).abs() / 2.0).fold(0.0, f64::max);
    let reach = ((FARTHEST_MM + room.min(2.0 * FARTHEST_MM)) / cell).ceil() as i64;
    let side = (2 * reach + 1) as usize;
    let smaller_mm2 = before.seen_mm2().min(after.seen_mm2());
    let least = (least_mm2(before, after) / (cell * cell)) as f32;
    let smaller = (smaller_mm2 / (cell * cell)).max(1.0);
    let mut best: Vec<Option<Candidate>> = vec![None; side * side];
    let after_squared: Vec<f32> = after.dark.iter().map(|dark| dark * dark).collect();
    let steps = (MOST_TURNED / TURN_STEP) as i64;
    for turn in turns {
        for step in -steps..=steps {
            let radians = (step as f64 * TURN_STEP).to_radians();
            let turned = Turned::of(before, *turn, radians);
            for (index, slot) in best.iter_mut().enumerate() {
                let shift = [index % side, index / side].map(|at| at as i64 - reach);
                // The middle of the later scan need not lie in the middle of a cell.
                let at = [0, 1]
                    .map(|axis| ((middle[axis] - after.first_mm[axis]) / cell).round() as i64 + shift[axis]);
                let Some((correlation, overlap)) = turned.correlation(after, &after_squared, at, least)
                else {
                    continue;
                };
                let strength = f64::from(correlation) * (f64::from(overlap) / smaller).min(1.0).sqrt();
                if slot.is_none_or(|known| strength > known.strength) {
                    let middle_mm = [0, 1].map(|axis| after.first_mm[axis] + at[axis] as f64 * cell);
                    *slot = Some(Candidate { turn: *turn, radians, middle_mm, strength });
                }
            }
        }
    }
    let mut all: Vec<Candidate> = best.into_iter().flatten().filter(|found| found.strength > 0.0).collect();
    all.sort_by(|one, other| other.strength.total_cmp(&one.strength));
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in all {
        if chosen.len() == FOLLOWED {
            break;
        }
        if chosen.iter().all(|other| away_mm(&candidate, other) > APART_MM) {
            chosen.push(candidate);
        }
    }
    chosen
}

/// A map turned about its middle, in cells that stand square to the later scan.
struct Turned {
    /// Cells to either side of the middle one, along and across.
    reach: [i64; 2],
    dark: Vec<f32>,
    squared: Vec<f32>,
    seen: Vec<f32>,
}

impl Turned {
    fn of(map: &VesselMap, turn: Turn, radians: f64) -> Self {
        let origin = EnFacePlace { lateral_mm: 0.0, slow_mm: 0.0 };
        let [lateral, slow] = map.middle_mm();
        let back = EnFaceTransform::new(turn, radians, origin, origin).inverse();
        let half = map.size_mm().map(|mm| mm / 2.0);
        // The box around the turned scan.
        let corner = half[0].hypot(half[1]);
        let corners = [[half[0], half[1]], [half[0], -half[1]]].map(|[lateral_mm, slow_mm]| {
            let corner = EnFaceTransform::new(turn, radians, origin, origin)
                .apply(EnFacePlace { lateral_mm, slow_mm });
            [corner.lateral_mm.abs(), corner.slow_mm.abs()]
        });
        let reach = [0, 1].map(|axis| {
            let mm = corners[0][axis].max(corners[1][axis]).min(corner);
            (mm / map.cell_mm).ceil() as i64
        });
        let mut turned = Self { reach, dark: Vec::new(), squared: Vec::new(), seen: Vec::new() };
        for row in -reach[1]..=reach[1] {
            for column in -reach[0]..=reach[0] {
                let place = back.apply(EnFacePlace {
                    lateral_mm: column as f64 * map.cell_mm,
                    slow_mm: row as f64 * map.cell_mm,
                });
                let dark = map.at(lateral + place.lateral_mm, slow + place.slow_mm);
                turned.dark.push(dark.unwrap_or(0.0));
                turned.squared.push(dark.map_or(0.0, |dark| dark * dark));
                turned.seen.push(f32::from(u8::from(dark.is_some())));
            }
        }
        turned
    }

    /// Correlation with `after` where the middle lies on its cell `at`, and the cells that both
    /// saw; `None` where those are fewer than `least` or nothing varies.
    fn correlation(
        &self,
        after: &VesselMap,
        after_squared: &[f32],
        at: [i64; 2],
        least: f32,
    ) -> Option<(f32, f32)> {
        let width = 2 * self.reach[0] + 1;
        let first = [0, 1].map(|axis| at[axis] - self.reach[axis]);
        // Columns of this map that lie within the other.
        let from = (-first[0]).clamp(0, width);
        let to = (after.columns as i64 - first[0]).clamp(from, width);
        let (from, to) = (from as usize, to as usize);
        let [mut product, mut own, mut other, mut both] = [0.0_f32; 4];
        for (row, own_row) in (0..=2 * self.reach[1]).enumerate() {
            let lies = first[1] + own_row;
            if lies < 0 || lies >= after.rows as i64 || from == to {
                continue;
            }
            let mine = row * width as usize + from..row * width as usize + to;
            let theirs = lies as usize * after.columns + (first[0] + from as i64) as usize;
            let theirs = theirs..theirs + (to - from);
            product += dot(&self.dark[mine.clone()], &after.dark[theirs.clone()]);
            own += dot(&self.squared[mine.clone()], &after.seen[theirs.clone()]);
            other += dot(&self.seen[mine.clone()], &after_squared[theirs.clone()]);
            both += dot(&self.seen[mine], &after.seen[theirs]);
        }
        let spread = (own * other).sqrt();
        (both >= least && spread > 0.0).then(|| (product / spread, both))
    }
}

/// The sum of the products; eight sums side by side, so that the processor's lanes are used.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (ones, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest: f32 = ones.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in ones.zip(others) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Goes uphill from `start` until steps are a hundredth of what they began with.
fn follow(start: Candidate, before: &VesselMap, after: &VesselMap) -> Candidate {
    let smaller_mm2 = before.seen_mm2().min(after.seen_mm2());
    let least = least_mm2(before, after);
    let score = |candidate: &Candidate| strength(candidate, before, after, smaller_mm2, least);
    let mut best = start;
    best.strength = score(&best);
    let (mut step_mm, mut step_turn) = (before.cell_mm, TURN_STEP.to_radians() / 2.0);
    for _ in 0..MOST_STEPS {
        if step_mm < before.cell_mm / 40.0 {
            break;
        }
        let mut moved = false;
        for (lateral, slow, turned) in [
            (step_mm, 0.0, 0.0),
            (-step_mm, 0.0, 0.0),
            (0.0, step_mm, 0.0),
            (0.0, -step_mm, 0.0),
            (0.0, 0.0, step_turn),
            (0.0, 0.0, -step_turn),
        ] {
            let [at_lateral, at_slow] = best.middle_mm;
            let mut next = Candidate {
                middle_mm: [at_lateral + lateral, at_slow + slow],
                radians: best.radians + turned,
                ..best
            };
            next.strength = score(&next);
            if next.strength > best.strength {
                (best, moved) = (next, true);
            }
        }
        if !moved {
            step_mm /= 2.0;
            step_turn /= 2.0;
        }
    }
    best
}

/// [`Confidence::strength`] of a motion; 0 where too little is seen by both.
fn strength(
    candidate: &Candidate,
    before: &VesselMap,
    after: &VesselMap,
    smaller_mm2: f64,
    least_mm2: f64,
) -> f64 {
    let motion = motion(candidate, before);
    let [mut product, mut own, mut other, mut both] = [0.0_f64; 4];
    for row in 0..before.rows {
        for column in 0..before.columns {
            let cell = row * before.columns + column;
            if before.seen[cell] == 0.0 {
                continue;
            }
            let place = motion.apply(EnFacePlace {
                lateral_mm: before.first_mm[0] + column as f64 * before.cell_mm,
                slow_mm: before.first_mm[1] + row as f64 * before.cell_mm,
            });
            let Some(dark) = after.at(place.lateral_mm, place.slow_mm) else { continue };
            let (a, b) = (f64::from(before.dark[cell]), f64::from(dark));
            product += a * b;
            own += a * a;
            other += b * b;
            both += 1.0;
        }
    }
    let mm2 = both * before.cell_mm * before.cell_mm;
    let spread = (own * other).sqrt();
    if mm2 < least_mm2 || spread <= 0.0 {
        return 0.0;
    }
    product / spread * (mm2 / smaller_mm2).min(1.0).sqrt()
}
