//! What becomes of a picture on its way out of the device: few pixels and greys, and bars around it.

use crate::random::Stream;

/// Few rows, columns and greys, brought back to the full size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resampled {
    /// Rows and columns that are kept, as parts of all.
    kept: [f32; 2],
    /// Whether pixels are picked, or areas averaged.
    picks: bool,
    /// Whether they come back as blocks, or smoothly.
    blocks: bool,
    greys: f32,
}

impl Resampled {
    /// Draws how few.
    pub fn draw(stream: &mut Stream) -> Self {
        Self {
            kept: [stream.between(0.3, 0.9), stream.between(0.3, 0.9)],
            picks: stream.chance(0.5),
            blocks: stream.chance(0.4),
            greys: stream.log_between(24.0, 255.0).round(),
        }
    }

    /// What remains of `grey` (0..=1, row by row).
    pub fn of(self, grey: &[f32], columns: usize) -> Vec<f32> {
        let rows = grey.len() / columns;
        let [few_rows, few_columns] = [(rows, self.kept[0]), (columns, self.kept[1])]
            .map(|(all, kept)| ((all as f32 * kept) as usize).max(2));
        let mut few = Vec::with_capacity(few_rows * few_columns);
        let range = |n: usize, of: usize, all: usize| {
            let first = n * all / of;
            let end = ((n + 1) * all / of).max(first + 1);
            if self.picks { first..first + 1 } else { first..end }
        };
        for row in 0..few_rows {
            for column in 0..few_columns {
                let (mut sum, mut count) = (0.0, 0.0);
                for row in range(row, few_rows, rows) {
                    for column in range(column, few_columns, columns) {
                        sum += grey[row * columns + column];
                        count += 1.0;
                    }
                }
                few.push((sum / count * self.greys).round() / self.greys);
            }
        }
        let place = |n: usize, of: usize, all: usize| {
            let at = ((n as f32 + 0.5) * of as f32 / all as f32 - 0.5).clamp(0.0, (of - 1) as f32);
            let first = if self.blocks { at.round() } else { at.floor() };
            (first as usize, (first as usize + 1).min(of - 1), at - first)
        };
        let mut back = Vec::with_capacity(grey.len());
        for row in 0..rows {
            let (above, below, down) = place(row, few_rows, rows);
            for column in 0..columns {
                let (left, right, across) = place(column, few_columns, columns);
                let at = |row: usize, column: usize| few[row * few_columns + column];
                back.push(if self.blocks {
                    at(above, left)
                } else {
                    let upper = at(above, left) * (1.0 - across) + at(above, right) * across;
                    let lower = at(below, left) * (1.0 - across) + at(below, right) * across;
                    upper * (1.0 - down) + lower * down
                });
            }
        }
        back
    }
}

/// Even bars along the sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letterbox {
    /// Widths above, below, left and right, as parts of the picture.
    bars: [f32; 4],
    /// Their grey, 0..=1.
    pub grey: f32,
}

impl Letterbox {
    /// Draws bars; two sides or more have one.
    pub fn draw(stream: &mut Stream) -> Self {
        let mut bars = [0.0; 4];
        // Above and below, left and right, or around all of it.
        let sides: &[usize] = match stream.count(0, 2) {
            0 => &[0, 1],
            1 => &[2, 3],
            _ => &[0, 1, 2, 3],
        };
        for side in sides {
            bars[*side] = stream.log_between(0.01, 0.18);
        }
        let grey = match stream.count(0, 4) {
            0 | 1 => 0.0,
            2 | 3 => 1.0,
            _ => stream.between(0.05, 0.95),
        };
        Self { bars, grey }
    }

    /// Calls `cover` with the index of every pixel that a bar covers.
    pub fn cover(self, columns: usize, rows: usize, mut cover: impl FnMut(usize)) {
        let [above, below, left, right] = self.bars;
        let [above, below] = [above, below].map(|part| (part * rows as f32) as usize);
        let [left, right] = [left, right].map(|part| (part * columns as f32) as usize);
        for row in 0..rows {
            for column in 0..columns {
                let kept = (above..rows - below).contains(&row) && (left..columns - right).contains(&column);
                if !kept {
                    cover(row * columns + column);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resampled_picture_keeps_its_place_and_its_mean() {
        let (columns, rows) = (120, 90);
        let grey: Vec<f32> =
            (0..columns * rows).map(|n| if (n / columns) < 45 { 0.2 } else { 0.8 }).collect();
        for seed in 0..30 {
            let few = Resampled::draw(&mut Stream::new(seed, 1)).of(&grey, columns);
            let mean = few.iter().sum::<f32>() / few.len() as f32;
            assert_eq!(few.len(), grey.len());
            assert!((mean - 0.5).abs() < 0.04, "seed {seed}: {mean}");
            assert!(few[20 * columns + 60] < 0.3 && few[70 * columns + 60] > 0.7, "seed {seed}");
        }
    }

    #[test]
    fn bars_cover_two_sides_at_least_and_never_the_middle() {
        for seed in 0..30 {
            let letterbox = Letterbox::draw(&mut Stream::new(seed, 1));
            let mut covered = 0;
            letterbox.cover(200, 300, |index| {
                covered += 1;
                let (row, column) = (index / 200, index % 200);
                assert!(!((60..240).contains(&row) && (40..160).contains(&column)));
            });
            assert!(covered > 0, "seed {seed}");
        }
    }
}
