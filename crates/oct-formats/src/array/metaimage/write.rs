//! Masks and volumes as MetaImage.

use oct::{Axis, AxisSpacing, Geometry, LabelMask, OctVolume, Samples, ScanPattern};

use crate::WriteError;

/// A mask or volume as two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaImageFiles {
    /// The `.mhd`.
    pub header: Vec<u8>,
    /// The file that it names.
    pub raw: Vec<u8>,
}

/// Encodes a mask as 8-bit labels in the volume's own grid.
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured.
pub fn write_mask(
    mask: &LabelMask,
    geometry: &Geometry,
    raw_file_name: &str,
) -> Result<MetaImageFiles, WriteError> {
    if !mask.is_complete() {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    let raw = (0..mask.bscans()).filter_map(|bscan| mask.bscan(bscan)).flatten().copied().collect();
    let size = [mask.columns(), mask.rows(), mask.bscans()];
    Ok(MetaImageFiles { header: header(size, "MET_UCHAR", geometry, raw_file_name), raw })
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
    let mut geometry = volume.geometry.clone();
    if why_without_spacing(&geometry).is_some() {
        Axis::ALL.into_iter().for_each(|axis| geometry.set_spacing(axis, AxisSpacing::unknown()));
    }
    MetaImageFiles { header: header(size, element, &geometry, raw_file_name), raw }
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

/// Spacing is written only where all of it is known: MetaIO has no word for
/// "unknown", and its readers take 1 mm where the line is missing. A single
/// B-scan has no distance to a next one: it is written with two axes where it
/// lies in their plane, else with the 1 that stands for none there.
fn header(size: [usize; 3], element: &str, geometry: &Geometry, raw_file_name: &str) -> Vec<u8> {
    let list = |values: &[f64]| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let direction = &geometry.direction;
    let steps = Axis::ALL.map(|axis| geometry.spacing(axis).mm());
    let flat = size[2] == 1
        && steps[2].is_none()
        && geometry.origin_mm[2] == 0.0
        && [2, 5, 6, 7].iter().all(|cell| direction[*cell] == 0.0)
        && direction[8] == 1.0;
    let axes = if flat { 2 } else { 3 };
    let by_axis: Vec<f64> =
        (0..axes).flat_map(|axis| (0..axes).map(move |component| direction[component * 3 + axis])).collect();
    let mut known: Vec<f64> = steps[..axes].iter().flatten().copied().collect();
    if let ([Some(_), Some(_), None], 1, 3) = (steps, size[2], axes) {
        known.push(1.0);
    }
    let spacing =
        if known.len() == axes { format!("ElementSpacing = {}\n", list(&known)) } else { String::new() };
    let sizes = size[..axes].iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!(
        "ObjectType = Image\nNDims = {axes}\nBinaryData = True\nBinaryDataByteOrderMSB = False\n\
         CompressedData = False\nTransformMatrix = {}\nOffset = {}\n{spacing}\
         DimSize = {sizes}\nElementType = {element}\nElementDataFile = {raw_file_name}\n",
        list(&by_axis),
        list(&geometry.origin_mm[..axes]),
    )
    .into_bytes()
}
