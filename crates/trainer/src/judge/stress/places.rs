//! Changes of where a pixel lies: image, labels and spacing together.

use oct::resample::Resampler;

use crate::data::shrink_bits;

use super::change::Picture;

/// A change of where a pixel lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// To this many times as many rows and columns, averaging where it shrinks.
    Resampled(f64),
    /// To every n-th row and column.
    Picked(usize),
    /// To the rows and the columns between two fractions of all.
    Cropped([f64; 2], [f64; 2]),
    /// Left becomes right.
    Mirrored,
    /// A border of this grey on all sides, each a tenth as wide as the image.
    Border(f32),
    /// Turned about the middle by this many degrees, counted in pixels as on a screen;
    /// what comes in from outside is black.
    Tilted(f64),
}

/// Where the pixels of a grid come from: row and column of the source are these
/// times (row, column, 1) of the target.
#[derive(Debug, Clone, Copy, PartialEq)]
struct From {
    size: [usize; 2],
    row: [f64; 3],
    column: [f64; 3],
    /// Grey of what lies outside of the source.
    outside: f32,
}

impl Change {
    /// The changed picture.
    pub fn of(self, picture: &Picture) -> Picture {
        let from = self.from(picture.size);
        let greys = match self {
            Self::Resampled(_) => Resampler::new(picture.size, from.size).apply(&picture.greys),
            _ => {
                let at = |row: isize, column: isize| {
                    inside(picture.size, row, column).map_or(from.outside, |index| picture.greys[index])
                };
                from.each(|row, column| {
                    let (top, left) = (row.floor(), column.floor());
                    let (down, across) = ((row - top) as f32, (column - left) as f32);
                    let (top, left) = (top as isize, left as isize);
                    let between = |row: isize| match across {
                        0.0 => at(row, left),
                        _ => at(row, left) * (1.0 - across) + at(row, left + 1) * across,
                    };
                    match down {
                        0.0 => between(top),
                        _ => between(top) * (1.0 - down) + between(top + 1) * down,
                    }
                })
            }
        };
        Picture { size: from.size, greys, ..*picture }
    }

    /// Labels of an image of `size` (rows, columns), a bit each, moved as the image is.
    /// What comes in from outside has none.
    pub fn labels(self, bits: &[u32], size: [usize; 2]) -> Vec<u32> {
        let from = self.from(size);
        match self {
            Self::Resampled(_) => {
                let resampler = Resampler::new(size, from.size);
                shrink_bits(bits, from.size[0] * from.size[1], |plane| resampler.apply(plane))
            }
            _ => from.each(|row, column| {
                inside(size, row.round() as isize, column.round() as isize).map_or(0, |index| bits[index])
            }),
        }
    }

    /// How many times as far apart rows and columns are afterwards, in an image of `size`.
    pub fn spread(self, size: [usize; 2]) -> [f64; 2] {
        match self {
            Self::Resampled(_) => {
                let to = self.from(size).size;
                [size[0] as f64 / to[0] as f64, size[1] as f64 / to[1] as f64]
            }
            Self::Picked(every) => [every as f64; 2],
            Self::Cropped(..) | Self::Mirrored | Self::Border(_) | Self::Tilted(_) => [1.0; 2],
        }
    }

    fn from(self, size: [usize; 2]) -> From {
        let [rows, columns] = size;
        let same = From { size, row: [1.0, 0.0, 0.0], column: [0.0, 1.0, 0.0], outside: 0.0 };
        match self {
            Self::Resampled(factor) => {
                let to = |pixels: usize| ((pixels as f64 * factor).round() as usize).max(1);
                From { size: [to(rows), to(columns)], ..same }
            }
            Self::Picked(every) => {
                let step = every as f64;
                let size = [rows / every, columns / every];
                From { size, row: [step, 0.0, 0.0], column: [0.0, step, 0.0], ..same }
            }
            Self::Cropped(of_rows, of_columns) => {
                let cut = |pixels: usize, part: [f64; 2]| {
                    let [from, to] = part.map(|part| (part * pixels as f64).round() as usize);
                    (from as f64, to.saturating_sub(from).max(1))
                };
                let ((top, high), (left, wide)) = (cut(rows, of_rows), cut(columns, of_columns));
                From { size: [high, wide], row: [1.0, 0.0, top], column: [0.0, 1.0, left], ..same }
            }
            Self::Mirrored => From { column: [0.0, -1.0, columns as f64 - 1.0], ..same },
            Self::Border(outside) => {
                let [above, beside] = [rows / 10, columns / 10];
                From {
                    size: [rows + 2 * above, columns + 2 * beside],
                    row: [1.0, 0.0, -(above as f64)],
                    column: [0.0, 1.0, -(beside as f64)],
                    outside,
                }
            }
            Self::Tilted(degrees) => {
                let (sin, cos) = degrees.to_radians().sin_cos();
                let [down, across] = [(rows as f64 - 1.0) / 2.0, (columns as f64 - 1.0) / 2.0];
                From {
                    row: [cos, sin, down - cos * down - sin * across],
                    column: [-sin, cos, across + sin * down - cos * across],
                    ..same
                }
            }
        }
    }
}

impl From {
    /// What `value` makes of the place in the source of each pixel.
    fn each<T>(&self, value: impl Fn(f64, f64) -> T) -> Vec<T> {
        let [rows, columns] = self.size;
        let place =
            |of: [f64; 3], row: usize, column: usize| of[0] * row as f64 + of[1] * column as f64 + of[2];
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                values.push(value(place(self.row, row, column), place(self.column, row, column)));
            }
        }
        values
    }
}

fn inside([rows, columns]: [usize; 2], row: isize, column: isize) -> Option<usize> {
    let row = usize::try_from(row).ok().filter(|row| *row < rows)?;
    let column = usize::try_from(column).ok().filter(|column| *column < columns)?;
    Some(row * columns + column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::SampleType;

    fn picture(size: [usize; 2]) -> Picture {
        let greys = (0..size[0] * size[1]).map(|n| (n * 7919 % 251) as f32 / 255.0).collect();
        Picture { size, greys, sample_type: SampleType::U8 }
    }

    /// A disc of bit 3, a quarter of the image wide and high.
    fn disc([rows, columns]: [usize; 2]) -> Vec<u32> {
        let part = |n: usize, of: usize| (n as f64 + 0.5) / of as f64 - 0.4;
        let inside = |n: usize| part(n / columns, rows).hypot(part(n % columns, columns)) < 0.25;
        (0..rows * columns).map(|n| u32::from(inside(n)) << 3).collect()
    }

    #[test]
    fn mirrored_twice_is_the_same_and_once_has_its_first_column_last() {
        let (before, size) = (picture([5, 4]), [5, 4]);
        let once = Change::Mirrored.of(&before);
        assert_eq!(once.greys[..4], [3, 2, 1, 0].map(|n| before.greys[n]));
        assert_eq!(Change::Mirrored.of(&once), before);
        let bits = disc(size);
        assert_eq!(Change::Mirrored.labels(&Change::Mirrored.labels(&bits, size), size), bits);
    }

    #[test]
    fn what_is_resampled_keeps_the_area_of_a_label() {
        let size = [120, 200];
        let bits = disc(size);
        let area = |bits: &[u32], spread: [f64; 2]| {
            bits.iter().filter(|bits| **bits == 1 << 3).count() as f64 * spread[0] * spread[1]
        };
        let before = area(&bits, [1.0; 2]);
        for change in [0.5, 0.75, 1.5, 2.0].map(Change::Resampled).into_iter().chain([Change::Picked(2)]) {
            let (moved, spread) = (change.labels(&bits, size), change.spread(size));
            let changed = change.of(&picture(size));
            assert_eq!(moved.len(), changed.size[0] * changed.size[1]);
            assert_eq!(moved.len(), changed.greys.len());
            let after = area(&moved, spread);
            assert!((after / before - 1.0).abs() < 0.01, "{change:?}: {after} of {before}");
        }
    }

    #[test]
    fn every_other_pixel_is_the_pixel_itself() {
        let before = picture([6, 4]);
        let picked = Change::Picked(2).of(&before);
        assert_eq!(picked.size, [3, 2]);
        assert_eq!(picked.greys, [0, 2, 8, 10, 16, 18].map(|n| before.greys[n]));
    }

    #[test]
    fn a_crop_is_cut_out_of_a_border_what_was_put_into_it() {
        let before = picture([20, 40]);
        let bordered = Change::Border(1.0).of(&before);
        assert_eq!((bordered.size, bordered.greys[0], bordered.greys[24 * 48 - 1]), ([24, 48], 1.0, 1.0));
        let again = Change::Cropped([2.0 / 24.0, 22.0 / 24.0], [4.0 / 48.0, 44.0 / 48.0]);
        assert_eq!(again.of(&bordered), before);
        let bits = disc([20, 40]);
        assert_eq!(again.labels(&Change::Border(1.0).labels(&bits, [20, 40]), [24, 48]), bits);
        let middle = Change::Cropped([0.0, 1.0], [0.25, 0.75]).of(&before);
        assert_eq!((middle.size, middle.greys[0]), ([20, 20], before.greys[10]));
    }

    #[test]
    fn a_tilt_lowers_the_right_turns_labels_with_the_image_and_back_again() {
        let size = [101, 151];
        let mut level = Picture { size, greys: vec![0.0; 101 * 151], sample_type: SampleType::U8 };
        level.greys[50 * 151..51 * 151].fill(1.0);
        let line: Vec<u32> = level.greys.iter().map(|grey| *grey as u32).collect();
        let tilted = Change::Tilted(-10.0).of(&level);
        // 60 columns to the right of the middle the line lies 60 tan 10 degrees = 10.6 rows lower.
        let brightest = |column: usize| {
            (0..101).max_by(|a, b| tilted.greys[a * 151 + column].total_cmp(&tilted.greys[b * 151 + column]))
        };
        assert!([Some(60), Some(61)].contains(&brightest(75 + 60)), "{:?}", brightest(135));
        assert_eq!(brightest(75), Some(50));
        let moved = Change::Tilted(-10.0).labels(&line, size);
        let on_line = (0..101 * 151).filter(|n| moved[*n] == 1);
        assert!(on_line.map(|n| tilted.greys[n]).all(|grey| grey >= 0.4));
        let back = Change::Tilted(10.0).labels(&Change::Tilted(-10.0).labels(&disc(size), size), size);
        let differ = back.iter().zip(disc(size)).filter(|(a, b)| **a != *b).count();
        assert!(differ < 120, "{differ} pixels of the edge differ");
        assert_eq!((tilted.greys[0], moved.len()), (0.0, 101 * 151));
    }
}
