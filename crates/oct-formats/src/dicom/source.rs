//! What a segmentation has to say of the images it belongs to.

/// The DICOM objects behind a volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Study Instance UID (0020,000D).
    pub study_instance_uid: String,
    /// Series Instance UID (0020,000E).
    pub series_instance_uid: String,
    /// Frame of Reference UID (0020,0052); a segmentation has one only where its source has.
    pub frame_of_reference_uid: Option<String>,
    /// Study Date (0008,0020), `YYYYMMDD`, where stated.
    pub study_date: Option<String>,
    /// The lossy compression that any of its images went through.
    pub lossy: Option<LossyCompression>,
    /// One entry for each B-scan of the volume.
    pub frames: Vec<SourceFrame>,
}

/// What is stated of a lossy compression. It stays with everything that is derived
/// from the image (DICOM PS3.3 C.7.6.1.1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossyCompression {
    /// Lossy Image Compression Ratio (0028,2112).
    pub ratio: Option<String>,
    /// Lossy Image Compression Method (0028,2114).
    pub method: Option<String>,
}

/// The image of one B-scan.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFrame {
    /// SOP Class UID (0008,0016).
    pub sop_class_uid: String,
    /// SOP Instance UID (0008,0018).
    pub sop_instance_uid: String,
    /// Number of the frame in its object, from 1; `None` in objects that count none.
    pub frame_number: Option<u32>,
    /// Image Position (Patient) (0020,0032) in mm, where stated.
    pub position_mm: Option<[f64; 3]>,
    /// Image Orientation (Patient) (0020,0037): cosines of a row, then of a column.
    pub orientation: Option<[f64; 6]>,
}
