//! What stored bits mean (PS3.3 C.7.6.3 and C.11.1, PS3.5 section 8).

use std::borrow::Cow;

use oct::{Samples, StatedPadding};

use super::cells::Cells;
use super::facts::Facts;
use super::layout::{Colour, Layout};

/// Difference from grey that a change of colour space makes.
const TOLERANCE: u32 = 1;

/// What the stored bits of a frame mean.
#[derive(Clone, Copy)]
pub(super) struct Meaning {
    /// Unused bits below.
    shift: u32,
    mask: u32,
    /// The highest bit is the sign.
    signed: bool,
    inverted: bool,
    float: bool,
    /// Slope and intercept, where they change anything.
    rescale: Option<[f64; 2]>,
    /// Colours are taken, too.
    is_fundus: bool,
}

impl Meaning {
    pub(super) fn of(facts: &Facts, frame: usize) -> Self {
        let layout = &facts.layout;
        Self {
            shift: layout.high_bit + 1 - layout.bits_stored,
            mask: u32::MAX >> (32 - layout.bits_stored),
            signed: layout.signed,
            inverted: layout.colour == Colour::Grey { inverted: true },
            float: layout.float,
            rescale: facts.frame(frame).rescale.filter(|rescale| *rescale != [1.0, 0.0]),
            is_fundus: false,
        }
    }

    /// Of an image of the fundus: as stored, colours become greys.
    pub(super) fn of_fundus(facts: &Facts) -> Self {
        Self { rescale: None, is_fundus: true, ..Self::of(facts, 0) }
    }

    /// The bits that count; inverted where high is dark. That of a signed
    /// sample turns all of its bits, sign and all, and so does that of an unsigned one.
    fn bits(&self, cell: u32) -> u32 {
        let bits = cell >> self.shift & self.mask;
        if self.inverted { !bits & self.mask } else { bits }
    }

    fn value(&self, cell: u32) -> f32 {
        let value = if self.float {
            f64::from(f32::from_bits(cell))
        } else {
            let bits = i64::from(self.bits(cell));
            let sign = (i64::from(self.mask) + 1) / 2;
            // At most 32 bits, which a double holds.
            (if self.signed && bits >= sign { bits - 2 * sign } else { bits }) as f64
        };
        self.rescale.map_or(value, |[slope, intercept]| value * slope + intercept) as f32
    }

    /// The padding that is stated as stored values, in the units of samples.
    pub(super) fn padding(&self, stated: [u32; 2]) -> StatedPadding {
        // Stated as a value is, not where its bits lie in a cell.
        let at_the_bottom = Self { shift: 0, ..*self };
        let [one, other] = stated.map(|value| at_the_bottom.value(value));
        StatedPadding::new(one, other)
    }

    /// Appends one frame. `None` for colours.
    pub(super) fn append(&self, cells: &Cells<'_>, layout: &Layout, samples: &mut Samples) -> Option<()> {
        let pixels = layout.pixels();
        let width = layout.bits_allocated as usize / 8;
        let cell = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |cell, byte| cell << 8 | u32::from(*byte));
        if cells.channels == 1 {
            let bytes = cells.bytes.get(..pixels.checked_mul(width)?)?;
            let is_plain = self.shift == 0 && self.mask == 0xFF && !self.inverted;
            match samples {
                Samples::U8(samples) if width == 1 && is_plain => samples.extend_from_slice(bytes),
                Samples::U8(samples) => {
                    samples.extend(bytes.chunks_exact(width).map(|bytes| self.bits(cell(bytes)) as u8));
                }
                Samples::U16(samples) => {
                    samples.extend(bytes.chunks_exact(width).map(|bytes| self.bits(cell(bytes)) as u16));
                }
                Samples::F32(samples) => {
                    samples.extend(bytes.chunks_exact(width).map(|bytes| self.value(cell(bytes))));
                }
            }
            return Some(());
        }
        for pixel in 0..pixels {
            let channel = |channel: usize| {
                let index = if layout.planar && self.planes_are_apart(cells) {
                    channel * pixels + pixel
                } else {
                    pixel * cells.channels + channel
                };
                cells.bytes.get(index * width..(index + 1) * width).map(cell)
            };
            let grey = self.grey([channel(0)?, channel(1)?, channel(2)?], layout)?;
            match samples {
                Samples::U8(samples) => samples.push(self.bits(grey) as u8),
                Samples::U16(samples) => samples.push(self.bits(grey) as u16),
                Samples::F32(samples) => samples.push(self.value(grey)),
            }
        }
        Some(())
    }

    /// Only what is stored as it is can have planes; decoders put pixels together.
    fn planes_are_apart(&self, cells: &Cells<'_>) -> bool {
        matches!(cells.bytes, Cow::Borrowed(_))
    }

    /// The grey of a pixel; `None` for a colour where greys are wanted.
    fn grey(&self, [a, b, c]: [u32; 3], layout: &Layout) -> Option<u32> {
        let half = (1_u32 << (layout.bits_stored - 1)) << self.shift;
        let is_grey = match layout.colour {
            Colour::Ybr => b.abs_diff(half) <= TOLERANCE && c.abs_diff(half) <= TOLERANCE,
            _ => a == b && b == c,
        };
        match layout.colour {
            Colour::Ybr if is_grey || self.is_fundus => Some(a),
            _ if is_grey => Some(a),
            // Weights of ITU-R BT.601.
            _ if self.is_fundus => {
                let [a, b, c] = [a, b, c].map(u64::from);
                u32::try_from((299 * a + 587 * b + 114 * c) / 1000).ok()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_bits_get_their_sign_and_their_place() {
        let plain = Meaning {
            shift: 0,
            mask: 0xFFF,
            signed: false,
            inverted: false,
            float: false,
            rescale: None,
            is_fundus: false,
        };
        assert_eq!(plain.bits(0xF123), 0x123);
        assert_eq!(Meaning { shift: 4, ..plain }.bits(0x1234), 0x123);
        assert_eq!(Meaning { inverted: true, ..plain }.bits(0), 0xFFF);
        assert_eq!(Meaning { signed: true, ..plain }.value(0xFFF), -1.0);
        assert_eq!(Meaning { signed: true, inverted: true, ..plain }.value(5), -6.0);
        assert_eq!(Meaning { rescale: Some([2.0, -1.0]), ..plain }.value(3), 5.0);
        let padding = Meaning { signed: true, shift: 4, rescale: Some([0.5, 10.0]), ..plain };
        assert_eq!(padding.padding([0xF830 & 0xFFF, 0]), StatedPadding::new(-990.0, 10.0));
        let wide = Meaning { mask: u32::MAX, signed: true, ..plain };
        assert_eq!(wide.value(u32::MAX), -1.0);
        assert_eq!(Meaning { signed: false, ..wide }.value(u32::MAX), 4_294_967_295.0);
    }
}
