//! How the pixels of a DICOM image lie (PS3.3 C.7.6.3).

use dicom_dictionary_std::tags;

use super::elements::DataSet;
use crate::Cause;
use crate::error::shortened;

/// Frames of one object, and the longest side: more than any device makes.
const MOST: u64 = 65_535;

/// How the pixels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) frames: usize,
    /// Whether it states how many, be it one.
    pub(super) is_multi_frame: bool,
    pub(super) colour: Colour,
    /// All reds of a frame first, not pixel by pixel.
    pub(super) planar: bool,
    /// 8, 16 or 32.
    pub(super) bits_allocated: u32,
    pub(super) bits_stored: u32,
    pub(super) high_bit: u32,
    pub(super) signed: bool,
    pub(super) float: bool,
}

impl Layout {
    /// 1 or 3.
    pub(super) fn channels(&self) -> usize {
        match self.colour {
            Colour::Grey { .. } => 1,
            Colour::Rgb | Colour::Ybr => 3,
        }
    }

    /// Pixels of one frame. Both sides have 16 bits.
    pub(super) fn pixels(&self) -> usize {
        self.columns.saturating_mul(self.rows)
    }

    /// Bytes of one frame that is not packed.
    pub(super) fn frame_bytes(&self) -> usize {
        self.pixels().saturating_mul(self.channels()).saturating_mul(self.bits_allocated as usize / 8)
    }
}

/// Photometric interpretation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// One grey a pixel; `inverted` where high is dark.
    Grey { inverted: bool },
    /// Red, green, blue.
    Rgb,
    /// Luminance and two colour differences.
    Ybr,
}

impl Layout {
    pub(super) fn read(data_set: &DataSet<'_>) -> Result<Self, Cause> {
        let needed = |tag, field| data_set.whole(tag).ok_or(Cause::MissingField { field });
        let bad = |field, value: u32, why| Cause::BadField { field, value: value.to_string(), why };
        let (rows, columns) = (needed(tags::ROWS, "Rows")?, needed(tags::COLUMNS, "Columns")?);
        let frames = match data_set.text(tags::NUMBER_OF_FRAMES) {
            None => 1,
            Some(text) => text.parse().map_err(|_| Cause::BadField {
                field: "Number of Frames",
                value: shortened(&text),
                why: "is not a number",
            })?,
        };
        let (columns, rows): (u64, u64) = (columns.into(), rows.into());
        if [columns, rows, frames].iter().any(|size| !(1..=MOST).contains(size)) {
            return Err(Cause::ImpossibleSize { columns, rows, bscans: frames });
        }
        let float = data_set.has_float_pixels();
        let allocated = if float { 32 } else { needed(tags::BITS_ALLOCATED, "Bits Allocated")? };
        if ![8, 16, 32].contains(&allocated) {
            let sample_type = format!("{allocated} bits");
            return Err(Cause::sample_type(sample_type));
        }
        let stored = data_set.whole(tags::BITS_STORED).filter(|_| !float).unwrap_or(allocated);
        if !(1..=allocated).contains(&stored) {
            return Err(bad("Bits Stored", stored, "is not between 1 and Bits Allocated"));
        }
        let high_bit = data_set.whole(tags::HIGH_BIT).filter(|_| !float).unwrap_or(stored - 1);
        if !(stored - 1..allocated).contains(&high_bit) {
            return Err(bad("High Bit", high_bit, "does not fit Bits Stored and Bits Allocated"));
        }
        let channels = data_set.whole(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        let photometric = data_set.text(tags::PHOTOMETRIC_INTERPRETATION);
        let colour = match (photometric.as_deref(), channels) {
            (Some("MONOCHROME1"), 1) => Colour::Grey { inverted: true },
            (Some("MONOCHROME2") | None, 1) => Colour::Grey { inverted: false },
            (Some("RGB"), 3) => Colour::Rgb,
            (Some("YBR_FULL" | "YBR_FULL_422" | "YBR_ICT" | "YBR_RCT" | "YBR_PARTIAL_420"), 3) => Colour::Ybr,
            (photometric, _) => {
                return Err(Cause::Unsupported {
                    feature: format!(
                        "the colours {} in {channels} channels",
                        shortened(photometric.unwrap_or("of no stated kind"))
                    ),
                    remedy: "export the scan in greyscale",
                });
            }
        };
        Ok(Self {
            columns: columns as usize,
            rows: rows as usize,
            frames: frames as usize,
            is_multi_frame: data_set.text(tags::NUMBER_OF_FRAMES).is_some(),
            colour,
            planar: data_set.whole(tags::PLANAR_CONFIGURATION) == Some(1),
            bits_allocated: allocated,
            bits_stored: stored,
            high_bit,
            signed: data_set.whole(tags::PIXEL_REPRESENTATION) == Some(1),
            float,
        })
    }
}
