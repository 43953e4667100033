//! What of a B-scan the network sees, and in which grid. All of it is \[ours\].

use serde::{Deserialize, Serialize};

use crate::resample::Resampler;
use crate::{Region, WorkingGrid, WorkingScale};

/// Padding of less than this share of the rows, or of the columns, is no canvas around a
/// B-scan but what registration moved in: at most 9 % of them in the eyes that the network
/// learnt from, where it was black.
const CANVAS: f64 = 0.125;

/// What of a B-scan the network sees, and in which grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framing {
    /// Rows of the B-scan itself.
    pub rows: usize,
    /// Columns of the B-scan itself.
    pub columns: usize,
    /// What the network sees of it: letterboxes and other padding around it are cut away.
    pub seen: Region,
    /// Rows that it is shown below, in which the picture fades.
    pub rows_below: usize,
    /// Size of the working grid, into which both are brought.
    pub grid: WorkingGrid,
}

impl Framing {
    /// All of a B-scan of `rows` and `columns`.
    pub fn whole([rows, columns]: [usize; 2], grid: WorkingGrid) -> Self {
        Self { rows, columns, seen: Region::whole([rows, columns]), rows_below: 0, grid }
    }

    /// The network is shown the part of a B-scan that is no padding, and more below where it
    /// is less deep than what the network learnt from. A phantom of 236 nl measured 442 nl on
    /// a canvas of twice its size, and 192 nl cut by a seventh above and below; so 236 and
    /// 246 nl.
    pub fn of(
        is_padding: &[bool],
        [rows, columns]: [usize; 2],
        scale: WorkingScale,
        multiple: usize,
    ) -> Self {
        let eye = Region::without_padding(is_padding, columns);
        let mut seen = Region::whole([rows, columns]);
        if is_canvas(eye.rows, rows) {
            (seen.top, seen.rows) = (eye.top, eye.rows);
        }
        if is_canvas(eye.columns, columns) {
            (seen.left, seen.columns) = (eye.left, eye.columns);
        }
        let rows_below = scale.rows_to_a_usual_depth(seen.rows);
        let grid = WorkingGrid::choose(seen.rows + rows_below, seen.columns, scale, multiple);
        Self { rows, columns, seen, rows_below, grid }
    }

    /// Brings `image`, of the B-scan's own grid, to the working grid, with `below` in the
    /// rows below it.
    pub fn to_working(&self, image: &[f32], below: f32) -> Vec<f32> {
        let mut shown = self.seen.cut(image, self.columns);
        shown.resize(self.shown_rows() * self.seen.columns, below);
        Resampler::new([self.shown_rows(), self.seen.columns], [self.grid.rows, self.grid.columns])
            .apply(&shown)
    }

    /// Brings `map`, of `grid`, to the B-scan's own grid: 0 where the network saw nothing.
    pub fn to_bscan(&self, map: &[f32], grid: WorkingGrid) -> Vec<f32> {
        let shown = self.shown_from(grid).apply(map);
        let mut all = vec![0.0; self.rows * self.columns];
        self.seen.put(&shown[..self.seen.rows * self.seen.columns], &mut all, self.columns);
        all
    }

    /// From `grid` to what the network is shown, rows below included.
    pub fn shown_from(&self, grid: WorkingGrid) -> Resampler {
        Resampler::new([grid.rows, grid.columns], [self.shown_rows(), self.seen.columns])
    }

    /// Rows that it is shown, those below included.
    pub fn shown_rows(&self) -> usize {
        self.seen.rows + self.rows_below
    }
}

/// Whether what surrounds `eye` of `all` rows, or columns, is a canvas.
fn is_canvas(eye: usize, all: usize) -> bool {
    (all - eye) as f64 >= CANVAS * all as f64
}
