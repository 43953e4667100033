//! A mask in the order of the array that it belongs to.

use std::borrow::Cow;

use oct::{AxisOrder, Geometry, LabelMask, MaskError};

use crate::WriteError;

/// `mask` and `geometry` as the source of the scan has its axes: what stands for
/// columns, rows and B-scans in them are the axes of its array, the fastest
/// first. So a mask has the shape of its scan, and its voxels lie on the same indices.
///
/// # Errors
/// [`WriteError::Encode`] where the memory does not suffice.
pub(crate) fn as_stored<'a>(
    mask: &'a LabelMask,
    geometry: &'a Geometry,
) -> Result<(Cow<'a, LabelMask>, Cow<'a, Geometry>), WriteError> {
    let order = geometry.stored_axes;
    if order == AxisOrder::STANDARD {
        return Ok((Cow::Borrowed(mask), Cow::Borrowed(geometry)));
    }
    let failed = |error: MaskError| WriteError::Encode(error.to_string());
    let sizes = [mask.columns(), mask.rows(), mask.bscans()];
    let labels: Vec<u8> =
        (0..mask.bscans()).filter_map(|bscan| mask.bscan(bscan)).flatten().copied().collect();
    let labels = order.from_standard(&labels, sizes);
    let labels = labels.ok_or_else(|| WriteError::Encode("there is not enough memory".to_owned()))?;
    let [columns, rows, bscans] = order.stored(sizes);
    let mut stored = LabelMask::unmeasured(columns, rows, bscans);
    for (bscan, labels) in labels.chunks(columns * rows).enumerate() {
        stored.set_bscan(bscan, labels.to_vec()).map_err(failed)?;
    }
    Ok((Cow::Owned(stored), Cow::Owned(geometry.as_stored(mask.rows()))))
}
