//! Where the retina begins and ends in a B-scan.

use oct::Framing;
use serde::{Deserialize, Serialize};

/// A pixel is tissue where a probability reaches this.
const TISSUE: f32 = 0.5;
/// Working rows, 31 µm, that a dark layer may interrupt the retina by.
const GAP_ROWS: usize = 4;
/// Working rows, 62 µm, of which less is no retina.
const THINNEST_ROWS: usize = 8;
/// Working columns to either side, 60 µm, whose median a boundary takes.
const NEAR_COLUMNS: usize = 3;

/// The boundaries of the retina in one B-scan, by column, in rows of its own grid:
/// 0 is the top of the first row, halves lie within one; NaN where there is none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Boundaries {
    /// Inner limiting membrane.
    pub ilm_row: Vec<f32>,
    /// Bruch's membrane.
    pub bm_row: Vec<f32>,
}

/// Equal where both have the same rows, and none in the same columns.
impl PartialEq for Boundaries {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &[f32], other: &[f32]| {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one == other || one.is_nan() && other.is_nan())
        };
        same(&self.ilm_row, &other.ilm_row) && same(&self.bm_row, &other.bm_row)
    }
}

impl Boundaries {
    /// From probabilities of the working grid, 0..=1: those of the retina above the pigment
    /// epithelium, of what lies between that and Bruch's membrane, and of the three fluids. \[ours\]
    pub fn find(retina: &[f32], rpe_to_bm: &[f32], fluids: [&[f32]; 3], framing: Framing) -> Self {
        let (rows, columns) = (framing.grid.rows, framing.grid.columns);
        let most = |one: &[f32], other: &[f32]| -> Vec<f32> {
            one.iter().zip(other).map(|(one, other)| one.max(*other)).collect()
        };
        // A detachment lies between pigment epithelium and Bruch's membrane, too.
        let below = most(rpe_to_bm, fluids[2]);
        let tissue = most(&most(retina, &below), &most(fluids[0], fluids[1]));
        let [mut ilm, mut bm] = [vec![f32::NAN; columns], vec![f32::NAN; columns]];
        for (column, run) in longest_runs(&tissue, columns).into_iter().enumerate() {
            let Some([first, last]) = run else { continue };
            let of = |map: &[f32], row: usize| map[row * columns + column];
            ilm[column] = crossing(|row| of(&tissue, row), first, first.checked_sub(1), rows);
            if let Some(last) = (first..=last).rev().find(|row| of(&below, *row) >= TISSUE) {
                let next = (last + 1 < rows).then_some(last + 1);
                bm[column] = crossing(|row| of(&below, row), last, next, rows);
            }
        }
        let own = |boundary: Vec<f32>| to_own_grid(&smoothed(&boundary), framing);
        Self { ilm_row: own(ilm), bm_row: own(bm) }
    }
}

/// First and last row of the longest stretch of tissue in each of `columns`, of two equal ones
/// the lower; row by row, as the map lies in memory.
fn longest_runs(tissue: &[f32], columns: usize) -> Vec<Option<[usize; 2]>> {
    type Run = Option<[usize; 2]>;
    let rows_of = |run: &Run| run.map_or(0, |[first, last]| last + 1 - first);
    let longer = |one: Run, later: Run| if rows_of(&later) >= rows_of(&one) { later } else { one };
    let mut runs: Vec<(Run, Run)> = vec![(None, None); columns];
    for (row, line) in tissue.chunks_exact(columns.max(1)).enumerate() {
        for (p, (longest, current)) in line.iter().zip(&mut runs) {
            if *p >= TISSUE {
                match current {
                    Some([_, last]) if row - *last <= GAP_ROWS => *last = row,
                    _ => *longest = longer(*longest, current.replace([row, row])),
                }
            }
        }
    }
    let longest = runs.into_iter().map(|(longest, current)| longer(longest, current));
    longest.map(|run| run.filter(|[first, last]| last - first + 1 >= THINNEST_ROWS)).collect()
}

/// Where a probability passes [`TISSUE`] between `inside` and its neighbour `outside`, in rows
/// from the top of the first one; at the edge of a picture of `rows` that edge.
fn crossing(at: impl Fn(usize) -> f32, inside: usize, outside: Option<usize>, rows: usize) -> f32 {
    let Some(outside) = outside else { return if inside == 0 { 0.0 } else { rows as f32 } };
    let (high, low) = (at(inside), at(outside));
    let part = if high > low { ((high - TISSUE) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    inside as f32 + 0.5 + part * (outside as f32 - inside as f32)
}

/// The median about each column, of those where the boundary is known.
fn smoothed(boundary: &[f32]) -> Vec<f32> {
    (0..boundary.len())
        .map(|column| {
            let near = column.saturating_sub(NEAR_COLUMNS)..(column + NEAR_COLUMNS + 1).min(boundary.len());
            let mut known: Vec<f32> = boundary[near].iter().copied().filter(|row| row.is_finite()).collect();
            // A boundary that few columns have is none.
            if known.len() <= NEAR_COLUMNS {
                return f32::NAN;
            }
            known.sort_by(f32::total_cmp);
            known[known.len() / 2]
        })
        .collect()
}

/// A boundary of the working grid in rows of the B-scan, by its columns.
fn to_own_grid(boundary: &[f32], framing: Framing) -> Vec<f32> {
    let mut own = vec![f32::NAN; framing.columns];
    let rows = framing.shown_rows() as f32 / framing.grid.rows as f32;
    let columns = framing.grid.columns as f32 / framing.seen.columns as f32;
    let seen = &mut own[framing.seen.left..framing.seen.left + framing.seen.columns];
    for (column, row) in seen.iter_mut().enumerate() {
        let at = ((column as f32 + 0.5) * columns - 0.5).clamp(0.0, (boundary.len() - 1) as f32);
        let (left, part) = (at as usize, at.fract());
        let (one, next) = (boundary[left], boundary[(left + 1).min(boundary.len() - 1)]);
        let between = if part == 0.0 { one } else { one + (next - one) * part };
        let of_seen = between * rows;
        // What was shown below is none of the B-scan.
        if of_seen <= framing.seen.rows as f32 {
            *row = framing.seen.top as f32 + of_seen;
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use oct::{Region, WorkingGrid};

    use super::*;

    const ROWS: usize = 40;
    const COLUMNS: usize = 12;

    /// Retina in rows 10 to 24, pigment epithelium in 25 and 26.
    fn eye(framing: Framing) -> Boundaries {
        let map = |rows: std::ops::Range<usize>| -> Vec<f32> {
            (0..ROWS * COLUMNS).map(|at| f32::from(u8::from(rows.contains(&(at / COLUMNS))))).collect()
        };
        let none = vec![0.0; ROWS * COLUMNS];
        Boundaries::find(&map(10..25), &map(25..27), [&none, &none, &none], framing)
    }

    const GRID: WorkingGrid = WorkingGrid { rows: ROWS, columns: COLUMNS };

    #[test]
    fn the_retina_ends_between_the_rows_where_its_labels_do() {
        let found = eye(Framing::whole([ROWS, COLUMNS], GRID));
        assert_eq!(found.ilm_row, vec![10.0; COLUMNS]);
        assert_eq!(found.bm_row, vec![27.0; COLUMNS]);
    }

    #[test]
    fn boundaries_come_in_rows_and_columns_of_the_bscan() {
        let seen = Region { top: 5, left: 2, rows: 2 * ROWS, columns: 2 * COLUMNS };
        let framing = Framing { rows: 100, columns: 30, seen, rows_below: 0, grid: GRID };
        let found = eye(framing);
        assert_eq!(found.ilm_row[2], 25.0);
        assert_eq!(found.bm_row[25], 59.0);
        assert!(found.ilm_row[1].is_nan() && found.ilm_row[26].is_nan() && found.ilm_row.len() == 30);
    }

    #[test]
    fn no_boundary_is_made_up_where_there_is_no_retina() {
        let none = vec![0.0; ROWS * COLUMNS];
        let found =
            Boundaries::find(&none, &none, [&none, &none, &none], Framing::whole([ROWS, COLUMNS], GRID));
        assert!(found.ilm_row.iter().chain(&found.bm_row).all(|row| row.is_nan()));
    }
}
