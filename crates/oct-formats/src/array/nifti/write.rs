//! Masks as NIfTI-1.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use oct::{Geometry, LabelMask};

use super::header::{
    BITPIX, DATA_AT, DATATYPE, DESCRIP, DIM, HEADER, INTENT_CODE, INTENT_LABEL, MAGIC, PIXDIM, QFORM_CODE,
    QOFFSET, QUATERN, SCL_SLOPE, SFORM_CODE, SROW, VOX_OFFSET, XYZT_UNITS,
};
use super::place::{RAS_TO_LPS, SCANNER, StatedPlace, quaternion, signed};
use crate::array::stored_order::as_stored;
use crate::{KeptHeader, WriteError};

/// `xyzt_units` of millimetres.
const UNITS_MM: u8 = 2;

/// Encodes a mask as `.nii.gz` of 8-bit labels in the volume's grid.
///
/// The mask of a NIfTI file says where it lies in the words of that file (`kept`), so it
/// lies on the scan in programs that read these words differently. Any other goes by
/// `geometry`: an affine, and the quaternion nearest to it for programs that take no shear.
/// There, where any step is unknown, all of `pixdim` is 1 and the unit is "unknown":
/// reading it back gives an unknown spacing. `pixdim` is 32-bit, so a step comes back to
/// seven digits.
///
/// The array has the order of axes of the scan's own ([`Geometry::stored_axes`]).
///
/// # Errors
/// [`WriteError::Unmeasured`] unless every B-scan is measured;
/// [`WriteError::TooLarge`] where a side is above 32767.
pub fn write_mask(
    mask: &LabelMask,
    geometry: &Geometry,
    kept: Option<&KeptHeader>,
) -> Result<Vec<u8>, WriteError> {
    if !mask.is_complete() {
        return Err(WriteError::Unmeasured { measured: mask.measured_bscans(), bscans: mask.bscans() });
    }
    let (mask, geometry) = as_stored(mask, geometry)?;
    let (mask, geometry) = (mask.as_ref(), geometry.as_ref());
    let header = match kept {
        Some(KeptHeader::Nifti(place)) => mask_header(mask, place)?,
        _ => mask_header(mask, &place_of(geometry, mask.bscans()))?,
    };
    let encode = |error: io::Error| WriteError::Encode(error.to_string());
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(&header).map_err(encode)?;
    for labels in (0..mask.bscans()).filter_map(|bscan| mask.bscan(bscan)) {
        gz.write_all(labels).map_err(encode)?;
    }
    gz.finish().map_err(encode)
}

fn mask_header(mask: &LabelMask, place: &StatedPlace) -> Result<[u8; DATA_AT], WriteError> {
    let mut header = [0; DATA_AT];
    let mut put = |at: usize, field: &[u8]| header[at..at + field.len()].copy_from_slice(field);
    put(0, &(HEADER as i32).to_le_bytes());

    let mut dim = [place.axes, 1, 1, 1, 1, 1, 1, 1];
    for (dim, size) in dim[1..].iter_mut().zip([mask.columns(), mask.rows(), mask.bscans()]) {
        *dim = i16::try_from(size).map_err(|_| WriteError::TooLarge { format: "NIfTI-1", size })?;
    }
    for (index, dim) in dim.iter().enumerate() {
        put(DIM + 2 * index, &dim.to_le_bytes());
    }
    put(INTENT_CODE, &INTENT_LABEL.to_le_bytes());
    put(DATATYPE, &2_i16.to_le_bytes());
    put(BITPIX, &8_i16.to_le_bytes());
    put(VOX_OFFSET, &(DATA_AT as f32).to_le_bytes());
    put(SCL_SLOPE, &1.0_f32.to_le_bytes());
    put(DESCRIP, b"Lacuna fluid mask: 1 IRF, 2 SRF, 3 PED; research, teaching; no medical device");

    let mut put_floats = |at: usize, floats: &[f32]| {
        floats.iter().enumerate().for_each(|(index, float)| put(at + 4 * index, &float.to_le_bytes()));
    };
    put_floats(PIXDIM, &place.pixdim);
    put_floats(QUATERN, &place.quaternion);
    put_floats(QOFFSET, &place.offset);
    put_floats(SROW, place.rows.as_flattened());
    put(XYZT_UNITS, &[place.xyzt_units]);
    put(QFORM_CODE, &place.qform_code.to_le_bytes());
    put(SFORM_CODE, &place.sform_code.to_le_bytes());
    put(MAGIC, b"n+1\0");
    Ok(header)
}

/// The fields that place a mask of `geometry`.
fn place_of(geometry: &Geometry, bscans: usize) -> StatedPlace {
    let steps = geometry.mask_step(bscans);
    let axes = if geometry.is_flat(bscans, steps) { 2 } else { 3 };
    let (steps, xyzt_units) = match steps {
        [Some(lateral), Some(axial), Some(between)] => ([lateral, axial, between], UNITS_MM),
        // A single B-scan has no distance to a next one and needs none.
        [Some(lateral), Some(axial), None] if bscans == 1 => ([lateral, axial, 1.0], UNITS_MM),
        _ => ([1.0; 3], 0),
    };
    let origin = geometry.mask_origin();
    let cell =
        |row: usize, axis: usize| signed(geometry.direction[row * 3 + axis] * steps[axis], RAS_TO_LPS[row]);
    let offset = [0, 1, 2].map(|row| signed(origin[row], RAS_TO_LPS[row]) as f32);
    let columns = [0, 1, 2].map(|axis| [0, 1, 2].map(|row| cell(row, axis)));
    let (turned, handed) = quaternion(&columns);
    let mut pixdim = [1.0; 8];
    for (into, step) in pixdim.iter_mut().zip([handed].iter().chain(&steps)) {
        *into = *step as f32;
    }
    StatedPlace {
        axes,
        pixdim,
        xyzt_units,
        qform_code: SCANNER,
        sform_code: SCANNER,
        quaternion: turned.map(|part| part as f32),
        offset,
        rows: [0, 1, 2].map(|row| {
            let [x, y, z] = [0, 1, 2].map(|axis| cell(row, axis) as f32);
            [x, y, z, offset[row]]
        }),
    }
}
