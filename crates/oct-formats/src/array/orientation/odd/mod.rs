//! What is odd about a picture, in whatever format it came.
//!
//! Programs that export and convert turn pictures over, invert their greys, exchange sizes
//! or write another type of number than they say, and no header tells. Fluid is dark above
//! a bright layer: in such a picture nothing that is found is true, so a person is asked
//! before anything is measured.

#[cfg(test)]
mod drawn;
mod misread;
mod torn;

use oct::{Axis, AxisOrder, OctVolume};

use self::misread::Misread;
use super::picture::{Picture, brighter_behind, skewness};

/// How much darker it must be behind the retina than before it for a scan to be
/// taken for upside down, in parts of the range of brightness. Upright eyes have
/// 0.03 and more, brighter behind.
const DARKER_BEHIND: f64 = -0.05;
/// Rows that it takes to tell.
const FEWEST_ROWS: usize = 48;
/// Least part of the variance along depth: 0.93 and more in eyes.
const LAYERED: f64 = 0.6;
/// Skewness below which the greys are taken for inverted. Real B-scans of six datasets have
/// 0.15 (a hole, cropped to the retina) to 2.1, their negatives as much below 0.
const INVERTED: f64 = -0.1;

/// What is odd about a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// The rows of the array have another length than the header says.
    Torn,
    /// Its numbers have another sign, or other bits.
    Misread(Misread),
    /// The rows begin behind the retina.
    UpsideDown,
    /// Bright is dark.
    Negative,
}

impl Odd {
    /// What is odd about the numbers of `volume`, which a reader filled as they lie in
    /// memory; whether rows are torn is only asked where no decoder knows their length.
    pub(super) fn of_numbers(volume: &OctVolume, has_stated_rows: bool) -> Option<Self> {
        // Two in one or one in two also change the length of a row.
        let misread = Misread::of(volume).map(Self::Misread);
        misread.or_else(|| (has_stated_rows && torn::is_torn(volume)).then_some(Self::Torn))
    }

    /// What is odd about how `volume` lies and how bright it is if its depth lies along the axis that `order`,
    /// the fastest axis first, has for it.
    pub(super) fn of(volume: &OctVolume, order: AxisOrder) -> Option<Self> {
        let rows = order.place(Axis::Axial);
        let sizes = super::sizes(volume);
        let is_picture = sizes[rows] >= FEWEST_ROWS && sizes[order.place(Axis::Lateral)] >= FEWEST_ROWS;
        if !is_picture || Picture::of(volume)?.layering[rows] < LAYERED {
            return None;
        }
        if skewness(volume)? <= INVERTED {
            return Some(Self::Negative);
        }
        (brighter_behind(volume, rows)? <= DARKER_BEHIND).then_some(Self::UpsideDown)
    }

    /// The orders to choose from, the most likely first.
    pub(super) fn candidates(self, order: AxisOrder) -> Vec<AxisOrder> {
        match self {
            Self::UpsideDown => vec![order.upside_down(), order],
            Self::Negative | Self::Torn | Self::Misread(_) => vec![order],
        }
    }

    /// What it is, as a clause.
    pub(super) fn because(self) -> &'static str {
        match self {
            Self::UpsideDown => "the picture seems to be upside down",
            Self::Torn => {
                "the rows of the picture do not lie under each other, as if columns and rows were exchanged or \
                 rows were longer or shorter than the header says (correct the sizes there, or confirm the \
                 axes where it is right as it is)"
            }
            Self::Misread(Misread::Sign) => {
                "bright seems to be stored as dark, as if signed numbers were called unsigned or the reverse \
                 (correct the type of the samples in the header, or confirm the axes where it is right as it is)"
            }
            Self::Misread(Misread::Bits) => {
                "the samples seem to have more or fewer bits or channels than the header says (correct the \
                 type of the samples there, or confirm the axes where it is right as it is)"
            }
            Self::Negative => {
                "the picture seems to be a negative, bright where an OCT is dark, in which fluid cannot be \
                 found (export it with a dark vitreous, or confirm the axes where it is right as it is)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;
    use crate::array::orientation::settle_upright;
    use oct::{Geometry, Samples};

    /// Dark, the bright retina, and half as bright behind it; with speckle.
    fn eye() -> Vec<u8> {
        let depth = |row: usize| [20, 20, 20, 20, 170, 200, 60, 50, 40, 30][row / 10];
        let speckle = |at: usize| ((at as u32).wrapping_mul(2_654_435_761) >> 28) as u8;
        (0..64 * 100 * 6).map(|at| depth(at / 64 % 100) + speckle(at)).collect()
    }

    fn asked(samples: Vec<u8>, stated: Option<AxisOrder>) -> Option<Vec<AxisOrder>> {
        let volume = OctVolume::new(64, 100, 6, Samples::U8(samples), Geometry::default()).unwrap();
        let question = settle_upright(volume, Format::Dicom, stated).unwrap().question?;
        Some(question.candidates.iter().map(|candidate| candidate.axes).collect())
    }

    #[test]
    fn an_upright_eye_is_not_asked_about() {
        assert_eq!(asked(eye(), None), None);
    }

    #[test]
    fn an_eye_upside_down_is_asked_about_until_somebody_says_how_it_lies() {
        let turned: Vec<u8> =
            eye().chunks(64 * 100).flat_map(|bscan| bscan.rchunks(64)).flatten().copied().collect();
        let order = AxisOrder::STANDARD;
        assert_eq!(asked(turned.clone(), None), Some(vec![order.upside_down(), order]));
        assert_eq!(asked(turned.clone(), Some(order)), None);
        assert_eq!(asked(turned, Some(order.upside_down())), None);
    }

    #[test]
    fn a_negative_is_asked_about_until_somebody_says_that_it_is_none() {
        let negative: Vec<u8> = eye().into_iter().map(|grey| 255 - grey).collect();
        assert_eq!(asked(negative.clone(), None), Some(vec![AxisOrder::STANDARD]));
        assert_eq!(asked(negative, Some(AxisOrder::STANDARD)), None);
    }
}
