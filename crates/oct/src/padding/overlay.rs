//! Letters, scale bars and arrows that a program burned into the picture.
//!
//! They are white, and brighter than all that the eye gave: greys lead up to the brightest
//! tissue, and none lead up to letters. Where the image as a whole was brightened until
//! tissue saturates there is no such gap, and nothing is taken for letters. Their white is
//! the eye's brightest sample to the percentiles of preparation: on generated eyes it moved
//! the Dice of SRF by 0.2.

/// Greys between black and white.
const STEPS: usize = 256;
/// So many of them stand empty below letters: a tenth.
const GAP: usize = 26;
/// At least so many greys are in use below: an image of few greys has gaps everywhere.
const GREYS: usize = 48;
/// Letters cover at most this share of the picture.
const MOST: f32 = 0.05;

/// Marks the samples above an empty stretch of greys.
///
/// # Shapes
/// - `samples`, `is_padding`: as many as each other, in any order
pub fn mark(samples: &[f32], is_padding: &mut [bool]) {
    let of_eye = || samples.iter().zip(is_padding.iter()).filter(|(_, padding)| !**padding).map(|(s, _)| *s);
    let black = of_eye().fold(f32::INFINITY, f32::min);
    let white = of_eye().fold(f32::NEG_INFINITY, f32::max);
    if black >= white {
        return;
    }
    let grey = |sample: f32| ((sample - black) / (white - black) * (STEPS - 1) as f32).round() as usize;
    let mut counts = [0usize; STEPS];
    of_eye().for_each(|sample| counts[grey(sample).min(STEPS - 1)] += 1);
    let in_use = |grey: &usize| counts[*grey] > 0;
    let Some(brightest) = (0..STEPS - GAP).rfind(in_use) else { return };
    let gap_is_empty = (brightest + 1..=brightest + GAP).all(|grey| counts[grey] == 0);
    let above: usize = counts[brightest + 1..].iter().sum();
    let few = above as f32 <= MOST * counts.iter().sum::<usize>() as f32;
    if !gap_is_empty || !few || (0..=brightest).filter(in_use).count() < GREYS {
        return;
    }
    for (sample, padding) in samples.iter().zip(is_padding) {
        *padding |= *sample > black && grey(*sample) > brightest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speckle of 10 to 189 with `letters` of 255.
    fn picture(letters: usize) -> Vec<f32> {
        let speckle = |n: usize| (10 + n * 7919 % 180) as f32;
        (0..4000).map(|n| if n < letters { 255.0 } else { speckle(n) }).collect()
    }

    fn marked(samples: &[f32]) -> usize {
        let mut is_padding = vec![false; samples.len()];
        mark(samples, &mut is_padding);
        is_padding.into_iter().filter(|padding| *padding).count()
    }

    #[test]
    fn letters_brighter_than_all_tissue_are_no_tissue_at_any_bit_depth() {
        assert_eq!(marked(&picture(40)), 40);
        assert_eq!(marked(&picture(40).iter().map(|sample| sample * 257.0).collect::<Vec<_>>()), 40);
    }

    #[test]
    fn tissue_that_saturates_is_tissue_and_so_is_half_of_the_picture() {
        let brightened: Vec<f32> = picture(40).iter().map(|sample| (sample * 1.5).min(255.0)).collect();
        assert_eq!(marked(&brightened), 0);
        assert_eq!(marked(&picture(2000)), 0);
    }

    #[test]
    fn an_image_of_few_greys_has_no_gap_that_says_anything() {
        let few: Vec<f32> = picture(40).iter().map(|sample| (sample / 40.0).round() * 40.0).collect();
        assert_eq!((marked(&few), marked(&[9.0; 50])), (0, 0));
    }
}
