//! JPEG 2000 codestreams, as DICOM and Topcon store B-scans.
