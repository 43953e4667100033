//! A rectangle of a B-scan.

use serde::{Deserialize, Serialize};

/// A rectangle of a B-scan, in its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// First row.
    pub top: usize,
    /// First column.
    pub left: usize,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
}

impl Region {
    /// All of a B-scan of `rows` and `columns`.
    pub fn whole([rows, columns]: [usize; 2]) -> Self {
        Self { top: 0, left: 0, rows, columns }
    }

    /// The smallest that holds every cell that is no padding; all where each is padding.
    ///
    /// # Shapes
    /// - `is_padding`: rows x `columns`, row by row
    pub fn without_padding(is_padding: &[bool], columns: usize) -> Self {
        let rows = is_padding.len().checked_div(columns).unwrap_or(0);
        let of_eye = |row: usize, column: usize| !is_padding[row * columns + column];
        let with_eye = |row: &usize| (0..columns).any(|column| of_eye(*row, column));
        let (Some(top), Some(bottom)) = ((0..rows).find(with_eye), (0..rows).rfind(with_eye)) else {
            return Self::whole([rows, columns]);
        };
        let with_eye = |column: &usize| (top..=bottom).any(|row| of_eye(row, *column));
        let left = (0..columns).find(with_eye).unwrap_or(0);
        let right = (0..columns).rfind(with_eye).unwrap_or(left);
        Self { top, left, rows: bottom + 1 - top, columns: right + 1 - left }
    }

    /// What `image`, whose rows have `columns`, holds here.
    pub fn cut<T: Copy>(&self, image: &[T], columns: usize) -> Vec<T> {
        let mut part = Vec::with_capacity(self.rows * self.columns);
        for line in self.lines(columns) {
            part.extend_from_slice(&image[line]);
        }
        part
    }

    /// Puts `part`, as [`Self::cut`] cuts it, back into `image`.
    pub fn put<T: Copy>(&self, part: &[T], image: &mut [T], columns: usize) {
        for (line, part) in self.lines(columns).zip(part.chunks_exact(self.columns)) {
            image[line].copy_from_slice(part);
        }
    }

    /// Where each of its rows lies in an image of `columns`.
    fn lines(&self, columns: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
        let (left, wide) = (self.left, self.columns);
        (self.top..self.top + self.rows).map(move |row| row * columns + left..row * columns + left + wide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_without_padding_is_cut_out_and_put_back() {
        #[rustfmt::skip]
        let image = [
            0, 0, 0, 0,
            0, 0, 5, 0,
            0, 7, 0, 0,
        ];
        let is_padding = image.map(|sample| sample == 0);
        let region = Region::without_padding(&is_padding, 4);
        assert_eq!(region, Region { top: 1, left: 1, rows: 2, columns: 2 });
        let part = region.cut(&image, 4);
        assert_eq!(part, [0, 5, 7, 0]);
        let mut back = [0; 12];
        region.put(&part, &mut back, 4);
        assert_eq!(back, image);
    }

    #[test]
    fn what_is_all_padding_stays_whole() {
        assert_eq!(Region::without_padding(&[true; 6], 3), Region::whole([2, 3]));
    }
}
