//! What both scans saw: the cells of one, each in small parts, looked up in the other.

use oct::{EnFace, EnFacePlace, LabelMask};

use crate::transform::EnFaceTransform;

/// A cell is looked up in parts of this side, mm, and in at most so many along a side.
const PART_MM: f64 = 0.02;
const MOST_PARTS: usize = 24;

/// Where one scan was taken, and what of it holds samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned<'a> {
    pub grid: &'a EnFace,
    /// `None` where all of the grid counts as scanned.
    pub mask: Option<&'a LabelMask>,
}

/// The parts of a cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Its B-scan.
    pub bscan: usize,
    /// Its column.
    pub column: usize,
    /// Its middle.
    pub place: EnFacePlace,
    /// The part of the cell that it is.
    pub share: f64,
}

impl<'a> Scanned<'a> {
    /// The cell around `place` that was scanned: B-scan and column.
    pub fn cell(&self, place: EnFacePlace) -> Option<[usize; 2]> {
        let (bscan, column) = self.grid.bscan_and_column(place);
        let (bscan, column) = (bscan.round(), column.round());
        // Not a number is in no range.
        let is_inside = (0.0..self.grid.bscans() as f64).contains(&bscan)
            && (0.0..self.grid.columns() as f64).contains(&column);
        let [bscan, column] = is_inside.then_some([bscan as usize, column as usize])?;
        self.holds(bscan, column).then_some([bscan, column])
    }

    /// Whether `column` of `bscan` was scanned.
    pub fn holds(&self, bscan: usize, column: usize) -> bool {
        self.mask.is_none_or(|mask| mask.is_scanned(bscan, column))
    }

    /// The parts of all cells that were scanned.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<'a> {
        let (this, grid) = (*self, self.grid);
        let counts = [grid.lateral_mm(), grid.slow_mm()]
            .map(|mm| ((mm / PART_MM).ceil() as usize).clamp(1, MOST_PARTS));
        let share = 1.0 / (counts[0] * counts[1]) as f64;
        let within = move |part: usize, count: usize| (part as f64 + 0.5) / count as f64 - 0.5;
        let cells = (0..grid.bscans()).flat_map(move |bscan| (0..grid.columns()).map(move |c| (bscan, c)));
        cells.filter(move |(bscan, column)| this.holds(*bscan, *column)).flat_map(move |(bscan, column)| {
            (0..counts[0] * counts[1]).map(move |part| {
                let along = within(part % counts[0], counts[0]);
                let across = within(part / counts[0], counts[1]);
                let place = grid.place(bscan as f64 + across, column as f64 + along);
                Part { bscan, column, place, share }
            })
        })
    }
}

/// The area that both scans saw, mm².
pub(crate) fn seen_by_both_mm2(
    scans: [(&EnFace, Option<&LabelMask>); 2],
    transform: &EnFaceTransform,
) -> f64 {
    let [before, after] = scans.map(|(grid, mask)| Scanned { grid, mask });
    let both = before.parts().filter(|part| after.cell(transform.apply(part.place)).is_some());
    both.map(|part| part.share).sum::<f64>() * before.grid.cell_mm2()
}
