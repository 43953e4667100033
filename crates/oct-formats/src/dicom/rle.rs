//! Run lengths: DICOM PS3.5 annex G.

use super::layout::Layout;

/// Length of the header: a count and 15 offsets.
const HEADER: usize = 64;
/// Bytes that two can become.
const MOST_RATIO: usize = 64;

/// Unpacks one frame to little-endian samples, pixel by pixel. `None` where
/// the segments do not fill the frame.
pub(super) fn decode(packed: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    let (numbers, _) = packed.get(..HEADER)?.as_chunks();
    let numbers: Vec<usize> = numbers.iter().map(|number| u32::from_le_bytes(*number) as usize).collect();
    let (count, offsets) = numbers.split_first()?;
    let offsets = offsets.get(..*count)?;
    let width = layout.bits_allocated as usize / 8;
    if offsets.len() != layout.channels() * width || layout.frame_bytes() / MOST_RATIO > packed.len() {
        return None;
    }
    let mut unpacked = Vec::new();
    unpacked.try_reserve_exact(layout.frame_bytes()).ok()?;
    unpacked.resize(layout.frame_bytes(), 0);
    for (segment, start) in offsets.iter().enumerate() {
        let end = offsets.get(segment + 1).copied().unwrap_or(packed.len());
        // A plane of bytes: of one channel, the highest byte first.
        let first = (segment / width) * width + (width - 1 - segment % width);
        let stride = layout.channels() * width;
        let plane = unpacked.get_mut(first..)?.iter_mut().step_by(stride);
        unpack(packed.get(*start..end)?, plane)?;
    }
    Some(unpacked)
}

/// PackBits; `None` where `packed` ends before the plane is full.
fn unpack<'a>(packed: &[u8], mut plane: impl ExactSizeIterator<Item = &'a mut u8>) -> Option<()> {
    let mut packed = packed.iter();
    while plane.len() > 0 {
        match *packed.next()? {
            count @ 0..=127 => {
                // The bytes first: a pixel that is asked for before one that is missing counts as filled.
                for (byte, into) in packed.by_ref().take(usize::from(count) + 1).zip(plane.by_ref()) {
                    *into = *byte;
                }
            }
            128 => {}
            count @ 129.. => {
                let byte = *packed.next()?;
                plane.by_ref().take(257 - usize::from(count)).for_each(|into| *into = byte);
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packed: &[u8], length: usize) -> Option<Vec<u8>> {
        let mut plane = vec![0; length];
        unpack(packed, plane.iter_mut())?;
        Some(plane)
    }

    #[test]
    fn runs_and_literals_fill_the_plane_and_no_more() {
        // The example of Apple's Technical Note TN1023, where PackBits comes from.
        let packed =
            [0xFE, 0xAA, 0x02, 0x80, 0x00, 0x2A, 0xFD, 0xAA, 0x03, 0x80, 0x00, 0x2A, 0x22, 0xF7, 0xAA];
        let mut expected =
            vec![0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0x22];
        expected.extend([0xAA; 10]);
        assert_eq!(unpacked(&packed, 24), Some(expected.clone()));
        assert_eq!(unpacked(&packed, 20), Some(expected[..20].to_vec()));
        assert_eq!(unpacked(&packed, 25), None);
        assert_eq!(unpacked(&[0x80, 0x80, 0x00], 1), None);
    }
}
