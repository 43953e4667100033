//! Where a region along the border ends, and the straight line through its ends.

/// One column's part of a region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) column: usize,
    /// Where it begins, in steps from the border.
    pub(super) start: usize,
    /// The first step that is no part.
    pub(super) end: usize,
}

/// Depth over column.
pub(super) struct Line {
    pub(super) slope: f32,
    start: f32,
}

impl Line {
    /// Through most ends of `stretch`: by least squares, those far from it left out.
    pub(super) fn through(stretch: &[Part]) -> Self {
        let mut line = Self::by_least_squares(stretch.iter());
        for _ in 0..6 {
            let mut offs: Vec<f32> = stretch.iter().map(|part| line.off(part)).collect();
            let middle = offs.len() / 2;
            let near = (2.0 * *offs.select_nth_unstable_by(middle, f32::total_cmp).1).max(1.0);
            line = Self::by_least_squares(stretch.iter().filter(|part| line.off(part) <= near));
        }
        line
    }

    fn by_least_squares<'a>(parts: impl Iterator<Item = &'a Part>) -> Self {
        let (mut count, mut sum_x, mut sum_y, mut sum_xx, mut sum_xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for part in parts {
            let (x, y) = (part.column as f64, part.end as f64);
            count += 1.0;
            sum_x += x;
            sum_y += y;
            sum_xx += x * x;
            sum_xy += x * y;
        }
        let spread = count * sum_xx - sum_x * sum_x;
        let slope = if spread > 0.0 { (count * sum_xy - sum_x * sum_y) / spread } else { 0.0 };
        let start = if count > 0.0 { (sum_y - slope * sum_x) / count } else { 0.0 };
        Self { slope: slope as f32, start: start as f32 }
    }

    fn at(&self, column: usize) -> f32 {
        self.slope * column as f32 + self.start
    }

    fn off(&self, part: &Part) -> f32 {
        (part.end as f32 - self.at(part.column)).abs()
    }

    /// The step past the line and the sample that an end may be off.
    pub(super) fn past(&self, column: usize) -> usize {
        (self.at(column) + 1.5).max(0.0) as usize
    }

    /// The share of ends within one sample of it.
    pub(super) fn share_on(&self, stretch: &[Part]) -> f32 {
        stretch.iter().filter(|part| self.off(part) <= 1.0).count() as f32 / stretch.len() as f32
    }

    /// Most columns side by side whose ends are not.
    pub(super) fn longest_off(&self, stretch: &[Part]) -> usize {
        let runs = stretch.chunk_by(|one, next| (self.off(one) <= 1.0) == (self.off(next) <= 1.0));
        runs.filter(|run| self.off(&run[0]) > 1.0).map(<[Part]>::len).max().unwrap_or(0)
    }
}
