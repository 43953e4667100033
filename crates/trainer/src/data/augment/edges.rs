//! What is cut off an image, and the bars that are put around it.

use rand::Rng;

use super::Crop;
use super::kinds::Augmentation;

/// What happens at the edges of a crop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edges {
    /// Widths above, below, left and right, as parts of the crop.
    widths: [f32; 4],
    grey: f32,
}

impl Edges {
    /// Draws whether rows are cut off, or bars are put around; mostly neither.
    pub(super) fn draw(kinds: &Augmentation, rng: &mut impl Rng) -> Self {
        let mut edges = Self { widths: [0.0; 4], grey: 0.0 };
        if kinds.border && rng.random_bool(0.15) {
            edges.grey = match rng.random_range(0..5) {
                0 | 1 => 0.0,
                2 | 3 => 1.0,
                _ => rng.random_range(0.0f32..1.0),
            };
            let [rows, columns] = match rng.random_range(0..3) {
                0 => [true, false],
                1 => [false, true],
                _ => [true, true],
            };
            for (width, on) in edges.widths.iter_mut().zip([rows, rows, columns, columns]) {
                if on {
                    *width = rng.random_range(0.01f32..0.12);
                }
            }
        } else if kinds.cropped && rng.random_bool(0.25) {
            edges.widths[0] = rng.random_range(0.0f32..0.18);
            edges.widths[1] = rng.random_range(0.0f32..0.18);
        }
        edges
    }

    /// Covers the edges of `crop`, of `size` rows and columns; nothing is marked under them.
    pub(super) fn apply(self, crop: &mut Crop, [rows, columns]: [usize; 2]) {
        if self.widths == [0.0; 4] {
            return;
        }
        let [above, below, left, right] = self.widths;
        let [above, below] = [above, below].map(|part| (part * rows as f32) as usize);
        let [left, right] = [left, right].map(|part| (part * columns as f32) as usize);
        let pixels = rows * columns;
        for index in 0..pixels {
            let (row, column) = (index / columns, index % columns);
            if (above..rows - below).contains(&row) && (left..columns - right).contains(&column) {
                continue;
            }
            crop.image.iter_mut().skip(index).step_by(pixels).for_each(|value| *value = self.grey);
            crop.bits[index] = 0;
            crop.others.iter_mut().for_each(|bits| bits[index] = 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn under_a_bar_all_is_of_one_grey_and_nothing_is_marked_and_beside_it_nothing_changes() {
        let edges = Edges { widths: [0.25, 0.0, 0.0, 0.5], grey: 1.0 };
        let mut crop = Crop { image: vec![0.5; 32], bits: vec![7; 16], others: vec![vec![7; 16]] };
        edges.apply(&mut crop, [4, 4]);
        for index in 0..16 {
            let covered = index / 4 < 1 || index % 4 > 1;
            let expected = if covered { (1.0, 0) } else { (0.5, 7) };
            assert_eq!((crop.image[index], crop.bits[index]), expected, "{index}");
            assert_eq!((crop.image[16 + index], crop.others[0][index]), expected, "{index}");
        }
    }

    #[test]
    fn most_crops_keep_their_edges_and_all_do_where_the_kinds_are_off() {
        let whole = |kinds: &Augmentation| {
            (0..400u64)
                .filter(|seed| Edges::draw(kinds, &mut ChaCha8Rng::seed_from_u64(*seed)).widths == [0.0; 4])
                .count()
        };
        assert!((200..300).contains(&whole(&Augmentation::all())));
        assert_eq!(whole(&Augmentation::default()), 400);
    }
}
