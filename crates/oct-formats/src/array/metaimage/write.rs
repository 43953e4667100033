//! Masks and volumes as MetaImage.

use oct::{Axis, Geometry, LabelMask, OctVolume, RESEARCH_USE_NOTICE, Samples, ScanPattern};

use crate::array::stored_order::as_stored;
use crate::{KeptHeader, WriteError};

/// A mask or volume as two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaImageFiles {
    /// The `.mhd`.
    pub header: Vec<u8>,
    /// The file that it names.
    pub raw: Vec<u8>,
}

/// Encodes a mask as 8-bit labels in the volume's own grid. The mask of a MetaImage says
/// where it lies in the words of that file (`kept`), any other by `geometry`.
///
/// The array has the order of axes of the scan's own ([`Geometry::stored_axes`]).
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured.
pub fn write_mask(
    mask: &LabelMask,
    geometry: &Geometry,
    kept: Option<&KeptHeader>,
    raw_file_name: &str,
) -> Result<MetaImageFiles, WriteError> {
    if !mask.is_complete() {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    let (mask, geometry) = as_stored(mask, geometry)?;
    let (mask, geometry) = (mask.as_ref(), geometry.as_ref());
    let raw = (0..mask.bscans()).filter_map(|bscan| mask.bscan(bscan)).flatten().copied().collect();
    let size = [mask.columns(), mask.rows(), mask.bscans()];
    let (axes, place) = match kept {
        Some(KeptHeader::MetaImage(place)) => (place.axes, place.lines()),
        _ => place(size[2], geometry, geometry.mask_step(size[2]), geometry.mask_origin()),
    };
    Ok(MetaImageFiles { header: header(size, "MET_UCHAR", axes, &place, raw_file_name), raw })
}

/// Encodes a volume with its samples as they are; without spacing where
/// [`why_without_spacing`] tells why.
pub fn write_volume(volume: &OctVolume, raw_file_name: &str) -> MetaImageFiles {
    let (element, raw) = match volume.samples() {
        Samples::U8(samples) => ("MET_UCHAR", samples.clone()),
        Samples::U16(samples) => ("MET_USHORT", samples.iter().flat_map(|s| s.to_le_bytes()).collect()),
        Samples::F32(samples) => ("MET_FLOAT", samples.iter().flat_map(|s| s.to_le_bytes()).collect()),
    };
    let size = [volume.columns(), volume.rows(), volume.bscans()];
    let geometry = &volume.geometry;
    let steps = match why_without_spacing(geometry) {
        Some(_) => [None; 3],
        None => Axis::ALL.map(|axis| geometry.spacing(axis).mm()),
    };
    let (axes, place) = place(size[2], geometry, steps, geometry.origin_mm);
    MetaImageFiles { header: header(size, element, axes, &place, raw_file_name), raw }
}

/// Why a volume of `geometry` is written without its spacing: MetaIO has no word
/// for a scan that must not be measured, nor for a spacing that is only assumed,
/// and who reads it back would measure the one by the other.
pub fn why_without_spacing(geometry: &Geometry) -> Option<&'static str> {
    match geometry.pattern {
        // Its two spacings measure an area.
        ScanPattern::SingleBScan => None,
        pattern => pattern.why_no_volume(),
    }
    .or_else(|| {
        let assumed = Axis::ALL.into_iter().any(|axis| geometry.spacing(axis).is_assumed());
        assumed.then_some("The spacing is only assumed, and MetaImage cannot say so.")
    })
}

/// The number of axes, and the lines that place the samples in them.
///
/// Spacing is written only where all of it is known: MetaIO has no word for
/// "unknown", and its readers take 1 mm where the line is missing. A single
/// B-scan has no distance to a next one: it is written with two axes where it
/// lies in their plane, else with the 1 that stands for none there.
fn place(bscans: usize, geometry: &Geometry, steps: [Option<f64>; 3], origin: [f64; 3]) -> (usize, String) {
    let list = |values: &[f64]| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let direction = &geometry.direction;
    let axes = if geometry.is_flat(bscans, steps) { 2 } else { 3 };
    let by_axis: Vec<f64> =
        (0..axes).flat_map(|axis| (0..axes).map(move |component| direction[component * 3 + axis])).collect();
    let mut known: Vec<f64> = steps[..axes].iter().flatten().copied().collect();
    if let ([Some(_), Some(_), None], 1, 3) = (steps, bscans, axes) {
        known.push(1.0);
    }
    let spacing =
        if known.len() == axes { format!("ElementSpacing = {}\n", list(&known)) } else { String::new() };
    let lines =
        format!("TransformMatrix = {}\nOffset = {}\n{spacing}", list(&by_axis), list(&origin[..axes]));
    (axes, lines)
}

fn header(size: [usize; 3], element: &str, axes: usize, place: &str, raw_file_name: &str) -> Vec<u8> {
    let sizes: Vec<String> =
        size.iter().chain(std::iter::repeat(&1)).take(axes).map(ToString::to_string).collect();
    format!(
        "ObjectType = Image\nNDims = {axes}\nComment = {RESEARCH_USE_NOTICE}\nBinaryData = True\nBinaryDataByteOrderMSB = False\n\
         CompressedData = False\n{place}DimSize = {}\nElementType = {element}\n\
         ElementDataFile = {raw_file_name}\n",
        sizes.join(" "),
    )
    .into_bytes()
}
