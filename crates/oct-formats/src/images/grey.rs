//! One grey a pixel, of images that have several channels.

/// Difference between channels that JPEG's colour conversion makes of grey.
pub(super) const JPEG_TOLERANCE: i32 = 2;

/// One grey value a pixel from interleaved `channels` (2 and 4: the last is
/// alpha). `None` where red, green and blue differ by more than `tolerance`.
pub(super) fn grey<T: Copy + Ord + Into<i32>>(
    pixels: &[T],
    channels: usize,
    tolerance: i32,
) -> Option<Vec<T>> {
    pixels
        .chunks_exact(channels)
        .map(|pixel| match *pixel {
            [grey] | [grey, _] => Some(grey),
            [red, green, blue] | [red, green, blue, _] => {
                let (low, high) = (red.min(green), red.max(green));
                let difference: i32 = high.max(blue).into() - low.min(blue).into();
                (difference <= tolerance).then_some(blue.clamp(low, high))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_within_the_tolerance_is_grey_and_beyond_it_colour() {
        assert_eq!(grey(&[9_u8, 10, 11, 5, 5, 5], 3, JPEG_TOLERANCE), Some(vec![10, 5]));
        assert_eq!(grey(&[9_u8, 10, 11], 3, 0), None);
        assert_eq!(grey(&[7_u16, 7, 7, 0], 4, 0), Some(vec![7]));
    }
}
