//! Masks as NIfTI-1.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use oct::{Axis, Geometry, LabelMask};

use super::header::{
    BITPIX, DATA_AT, DATATYPE, DESCRIP, DIM, HEADER, INTENT_CODE, MAGIC, PIXDIM, RAS_TO_LPS, SCL_SLOPE,
    SFORM_CODE, SROW, VOX_OFFSET, XYZT_UNITS, signed,
};
use crate::WriteError;

/// `intent_code` of an image of labels.
const INTENT_LABEL: i16 = 1002;
/// `xyzt_units` of millimetres.
const UNITS_MM: u8 = 2;

/// Encodes a mask as `.nii.gz` of 8-bit labels in the volume's grid.
///
/// Where any spacing is unknown all of `pixdim` is 1 and the unit is "unknown":
/// reading it back gives an unknown spacing. `pixdim` is 32-bit, so a spacing
/// comes back to seven digits.
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured;
/// [`WriteError::TooLarge`] where a side is above 32767.
pub fn write_mask(mask: &LabelMask, geometry: &Geometry) -> Result<Vec<u8>, WriteError> {
    if !mask.is_complete() {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    let header = mask_header(mask, geometry)?;
    let encode = |error: io::Error| WriteError::Encode(error.to_string());
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(&header).map_err(encode)?;
    for labels in (0..mask.bscans()).filter_map(|bscan| mask.bscan(bscan)) {
        gz.write_all(labels).map_err(encode)?;
    }
    gz.finish().map_err(encode)
}

fn mask_header(mask: &LabelMask, geometry: &Geometry) -> Result<[u8; DATA_AT], WriteError> {
    let mut header = [0; DATA_AT];
    let mut put = |at: usize, field: &[u8]| header[at..at + field.len()].copy_from_slice(field);
    put(0, &(HEADER as i32).to_le_bytes());

    let known = Axis::ALL.map(|axis| geometry.spacing(axis).mm());
    // A single B-scan has no distance to a next one and needs none.
    let flat = mask.bscans() == 1 && known[2].is_none();
    let mut dim = [if flat { 2_i16 } else { 3 }, 1, 1, 1, 1, 1, 1, 1];
    for (dim, size) in dim[1..].iter_mut().zip([mask.columns(), mask.rows(), mask.bscans()]) {
        *dim = i16::try_from(size).map_err(|_| WriteError::TooLarge { format: "NIfTI-1", size })?;
    }
    for (index, dim) in dim.iter().enumerate() {
        put(DIM + 2 * index, &dim.to_le_bytes());
    }

    let (steps, unit) = match known {
        [Some(lateral), Some(axial), Some(between)] => ([lateral, axial, between], UNITS_MM),
        [Some(lateral), Some(axial), None] if flat => ([lateral, axial, 1.0], UNITS_MM),
        _ => ([1.0; 3], 0),
    };
    put(PIXDIM, &1.0_f32.to_le_bytes());
    for (axis, step) in steps.iter().enumerate() {
        put(PIXDIM + 4 * (axis + 1), &(*step as f32).to_le_bytes());
    }
    put(XYZT_UNITS, &[unit]);

    put(INTENT_CODE, &INTENT_LABEL.to_le_bytes());
    put(DATATYPE, &2_i16.to_le_bytes());
    put(BITPIX, &8_i16.to_le_bytes());
    put(VOX_OFFSET, &(DATA_AT as f32).to_le_bytes());
    put(SCL_SLOPE, &1.0_f32.to_le_bytes());
    put(DESCRIP, b"Lacuna fluid mask: 1 IRF, 2 SRF, 3 PED");
    // The affine alone; a second statement of it as a quaternion could differ.
    put(SFORM_CODE, &1_i16.to_le_bytes());
    for (row, from_lps) in RAS_TO_LPS.into_iter().enumerate() {
        for (column, step) in steps.iter().enumerate() {
            let cell = signed(geometry.direction[row * 3 + column] * step, from_lps);
            put(SROW + 16 * row + 4 * column, &(cell as f32).to_le_bytes());
        }
        let origin = signed(geometry.origin_mm[row], from_lps);
        put(SROW + 16 * row + 12, &(origin as f32).to_le_bytes());
    }
    put(MAGIC, b"n+1\0");
    Ok(header)
}
