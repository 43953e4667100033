//! The mask as bits.

use oct::{FluidClass, LabelMask};

use super::FORMAT;
use crate::WriteError;

/// All frames, segment by segment, a bit a pixel: the first pixel is the lowest
/// bit, frames follow each other without a gap, an even number of bytes
/// (PS3.5 8.1.1 and annex D).
pub(super) fn packed(mask: &LabelMask) -> Result<Vec<u8>, WriteError> {
    let too_large = WriteError::TooLarge { format: FORMAT, size: mask.bscans() };
    let frames = mask.bscans().checked_mul(FluidClass::ALL.len());
    let bits = frames
        .and_then(|frames| frames.checked_mul(mask.columns()))
        .and_then(|bits| bits.checked_mul(mask.rows()));
    // The length of an element has 32 bits, all of them set means "not known";
    // the number of frames is a signed number of 32 bits.
    let fits = |bits: &usize| *bits as u64 / 8 < u64::from(u32::MAX) - 2;
    let (Some(_), Some(bits)) = (frames.filter(|count| i32::try_from(*count).is_ok()), bits.filter(fits))
    else {
        return Err(too_large);
    };
    let mut pixels = Vec::new();
    pixels.try_reserve_exact(bits.div_ceil(16) * 2).map_err(|_| too_large)?;
    let (mut byte, mut filled) = (0_u8, 0);
    for class in FluidClass::ALL {
        for label in (0..mask.bscans()).filter_map(|frame| mask.bscan(frame)).flatten() {
            byte |= u8::from(*label == class.label()) << filled;
            filled += 1;
            if filled == 8 {
                pixels.push(byte);
                (byte, filled) = (0, 0);
            }
        }
    }
    if filled > 0 {
        pixels.push(byte);
    }
    if pixels.len() % 2 == 1 {
        pixels.push(0);
    }
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pixel_is_the_lowest_bit_and_frames_follow_without_a_gap() {
        let mut mask = LabelMask::unmeasured(3, 1, 2);
        mask.set_bscan(0, vec![1, 0, 3]).unwrap();
        mask.set_bscan(1, vec![2, 1, 3]).unwrap();
        // IRF 100 010, SRF 000 100, PED 001 001, from the right in each byte; filled to an even number.
        assert_eq!(packed(&mask), Ok(vec![0b0001_0001, 0b0100_0010, 0b10, 0]));
    }
}
