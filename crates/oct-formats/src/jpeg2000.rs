//! JPEG 2000 codestreams, as DICOM and Topcon store B-scans.

/// TEMPORARY
pub(crate) fn decode_grey(
    _codestream: &[u8],
    path: &str,
) -> Result<crate::images::GreyImage, crate::OpenError> {
    Err(crate::OpenError::Unsupported {
        file: path.to_owned(),
        feature: "JPEG 2000 compression".to_owned(),
        remedy: "x",
    })
}
