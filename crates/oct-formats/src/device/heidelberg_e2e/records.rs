//! What single containers hold.

use super::containers::Container;
use crate::bytes::fields::ByteFields;
use crate::stated::places::Line;
use crate::stated::time::of_filetime;
use crate::{Cause, Patient};

/// `width` and `height` of an image, and its kind, stand before its samples.
pub(super) const IMAGE_HEADER: usize = 20;
/// No Spectralis makes a longer side.
const LONGEST_SIDE: u32 = 16_384;
/// Texts of one container at most; real ones hold three.
const MOST_TEXTS: usize = 8;

/// Types of containers.
pub(super) const PATIENT: u32 = 9;
pub(super) const LATERALITY: u32 = 11;
pub(super) const DEVICE: u32 = 9001;
/// What was examined, `Retina` (eyepy, `e2e_format.py`).
pub(super) const STRUCTURE: u32 = 9005;
pub(super) const SCAN_PATTERN: u32 = 9006;
pub(super) const OCT_MODALITY: u32 = 9008;
pub(super) const BSCAN_META: u32 = 10_004;
pub(super) const EXAM_TIME: u32 = 10_005;
pub(super) const SURFACE: u32 = 10_019;
pub(super) const IMAGE: u32 = 0x4000_0000;
/// Kinds of images.
pub(super) const SLO_BYTES: u32 = 0x0201_0201;
const BSCAN_FLOATS: u32 = 0x0220_0201;
/// `scan_pattern` of a B-scan.
pub(super) const CIRCLE: u32 = 2;
pub(super) const RADIAL: u32 = 5;

/// Where and how a B-scan was taken.
pub(super) struct BScanMeta {
    /// First and last column in degrees from the centre of the SLO.
    pub(super) ends_degrees: Line,
    pub(super) centre_degrees: [f64; 2],
    pub(super) axial_mm: f64,
    /// Columns from start to end.
    pub(super) columns: u32,
    pub(super) bscans: u32,
    pub(super) scan_pattern: u32,
    pub(super) acquired: Option<String>,
    pub(super) quality: Option<f32>,
}

/// Samples of a B-scan in the file.
#[derive(Clone, Copy)]
pub(super) struct BScan<'a> {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) samples: &'a [u8],
}

impl BScanMeta {
    pub(super) fn read(data: ByteFields<'_>) -> Result<Self, Cause> {
        let float = |at| data.f32(at).map(f64::from);
        let quality = data.f32(156).ok().filter(|quality| (0.0..1000.0).contains(quality));
        Ok(Self {
            ends_degrees: ([float(12)?, float(16)?], [float(20)?, float(24)?]),
            axial_mm: float(36)?,
            columns: data.u32(60)?,
            bscans: data.u32(64)?,
            scan_pattern: data.u32(72)?,
            centre_degrees: [float(76)?, float(80)?],
            acquired: of_filetime(data.u64(88)?),
            quality,
        })
    }
}

/// The B-scan in a container, where it is one and all of it is there.
pub(super) fn bscan<'a>(container: &Container<'a>) -> Option<BScan<'a>> {
    let (kind, columns, rows) = (container.kind == IMAGE).then(|| image(container.data))??;
    let samples = container.data.slice(IMAGE_HEADER, columns * rows * 2).ok()?;
    (kind == BSCAN_FLOATS && container.slice >= 0).then_some(BScan { columns, rows, samples })
}

/// Kind, columns and rows of an image. The height stands before the width.
pub(super) fn image(data: ByteFields<'_>) -> Option<(u32, usize, usize)> {
    let (kind, rows, columns) = (data.u32(4).ok()?, data.u32(12).ok()?, data.u32(16).ok()?);
    let sides = 1..=LONGEST_SIDE;
    (sides.contains(&rows) && sides.contains(&columns)).then_some((kind, columns as usize, rows as usize))
}

/// Number of a boundary, and its rows at the container's end.
pub(super) fn surface(data: ByteFields<'_>) -> Option<(u32, &[u8])> {
    let (number, columns) = (data.u32(4).ok()?, data.u32(12).ok()?);
    if !(1..=LONGEST_SIDE).contains(&columns) {
        return None;
    }
    let bytes = columns as usize * size_of::<f32>();
    let start = data.len().checked_sub(bytes).filter(|start| *start >= 16)?;
    Some((number, data.slice(start, bytes).ok()?))
}

/// Texts of a container that holds several of one length, UTF-16.
pub(super) fn strings(data: ByteFields<'_>) -> Vec<String> {
    let (Ok(count), Ok(length)) = (data.u32(0), data.u32(4)) else { return Vec::new() };
    let texts = data.bytes().get(8..).unwrap_or_default().chunks((length as usize).max(2));
    let text = |bytes: &[u8]| {
        let (units, _) = bytes.as_chunks();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
        let text: String = char::decode_utf16(units).map_while(Result::ok).take(128).collect();
        text.trim().to_owned()
    };
    texts.take((count as usize).min(MOST_TEXTS)).map(text).filter(|text| !text.is_empty()).collect()
}

/// Who was scanned. Readers disagree on what the date of birth means, so it is
/// left out.
pub(super) fn patient(container: &Container<'_>) -> Option<Patient> {
    let data = container.data;
    let [first, last, sex, id] = [data.text(0, 31), data.text(31, 66), data.text(101, 1), data.text(102, 25)]
        .map(Result::unwrap_or_default);
    let name = (!first.is_empty() || !last.is_empty()).then(|| format!("{last}^{first}"));
    let patient = Patient {
        name,
        id: Some(id).filter(|id| !id.is_empty()),
        birth_date: None,
        sex: Some(sex).filter(|sex| ["F", "M", "O"].contains(&sex.as_str())),
    };
    (patient != Patient::default()).then_some(patient)
}
