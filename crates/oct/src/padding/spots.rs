//! Spots: marked cells of a picture that hang together, corners included.

/// Rows and columns that a spot covers, both included, and its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) cells: usize,
}

impl Spot {
    pub(super) fn height(&self) -> usize {
        self.bottom - self.top + 1
    }

    pub(super) fn width(&self) -> usize {
        self.right - self.left + 1
    }

    fn and(self, other: Self) -> Self {
        Self {
            top: self.top.min(other.top),
            bottom: self.bottom.max(other.bottom),
            left: self.left.min(other.left),
            right: self.right.max(other.right),
            cells: self.cells + other.cells,
        }
    }
}

/// Marked cells side by side in one row.
struct Run {
    start: usize,
    /// The first column that is none of it.
    end: usize,
    /// The spot it was put to.
    spot: usize,
}

/// All spots of a picture.
///
/// Runs of a row join the spots of the runs above that they touch: that takes as long as
/// there are runs, of which a retina has few, not cells, of which it has many.
pub(super) fn spots(is_marked: &[bool], columns: usize) -> Vec<Spot> {
    let mut found = Found::default();
    let (mut above, mut runs): (Vec<Run>, Vec<Run>) = Default::default();
    for (row, line) in is_marked.chunks_exact(columns).enumerate() {
        std::mem::swap(&mut above, &mut runs);
        runs.clear();
        let (mut at, mut over) = (0, 0);
        while let Some(gap) = first(&line[at..], true) {
            let start = at + gap;
            let end = first(&line[start..], false).map_or(columns, |long| start + long);
            let cells = end - start;
            let mut spot = found.add(Spot { top: row, bottom: row, left: start, right: end - 1, cells });
            while above.get(over).is_some_and(|run| run.end < start) {
                over += 1;
            }
            for run in above[over..].iter().take_while(|run| run.start <= end) {
                spot = found.join(run.spot, spot);
            }
            runs.push(Run { start, end, spot });
            at = end;
        }
    }
    found.whole()
}

/// Where the first cell is that is `wanted`; looked for in several cells at once.
fn first(cells: &[bool], wanted: bool) -> Option<usize> {
    const AT_ONCE: usize = 16;
    let holds = |cells: &[bool; AT_ONCE]| cells.iter().fold(false, |any, cell| any | (*cell == wanted));
    let (parts, _) = cells.as_chunks::<AT_ONCE>();
    let passed = parts.iter().take_while(|part| !holds(part)).count() * AT_ONCE;
    cells[passed..].iter().position(|cell| *cell == wanted).map(|at| passed + at)
}

/// Spots as far as they are known, and which of them turned out to be parts of others.
#[derive(Default)]
struct Found {
    spots: Vec<Spot>,
    /// The spot that each is part of: itself, where it is whole.
    part_of: Vec<usize>,
}

impl Found {
    fn add(&mut self, spot: Spot) -> usize {
        self.part_of.push(self.spots.len());
        self.spots.push(spot);
        self.spots.len() - 1
    }

    fn whole_of(&mut self, mut spot: usize) -> usize {
        while self.part_of[spot] != spot {
            // The way is halved for whoever comes next.
            self.part_of[spot] = self.part_of[self.part_of[spot]];
            spot = self.part_of[spot];
        }
        spot
    }

    /// Makes one spot of two.
    fn join(&mut self, one: usize, other: usize) -> usize {
        let (one, other) = (self.whole_of(one), self.whole_of(other));
        if one != other {
            self.spots[one] = self.spots[one].and(self.spots[other]);
            self.part_of[other] = one;
        }
        one
    }

    fn whole(self) -> Vec<Spot> {
        let parts = self.part_of.into_iter().enumerate();
        parts.filter(|(spot, whole)| spot == whole).map(|(spot, _)| self.spots[spot]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_touch_by_a_side_or_a_corner_are_one_spot() {
        let picture = [
            "#.#....#", //
            "#.#...#.", //
            "#.#.....", //
            ".#..##..", //
            "........", //
        ];
        let is_marked: Vec<bool> =
            picture.iter().flat_map(|line| line.bytes().map(|cell| cell == b'#')).collect();
        let mut found = spots(&is_marked, 8);
        found.sort_by_key(|spot| spot.left);
        let expected = [
            Spot { top: 0, bottom: 3, left: 0, right: 2, cells: 7 },
            Spot { top: 3, bottom: 3, left: 4, right: 5, cells: 2 },
            Spot { top: 0, bottom: 1, left: 6, right: 7, cells: 2 },
        ];
        assert_eq!(found, expected);
        assert_eq!(spots(&[true; 12], 4), [Spot { top: 0, bottom: 2, left: 0, right: 3, cells: 12 }]);
        assert_eq!(spots(&[false; 12], 4), []);
    }
}
