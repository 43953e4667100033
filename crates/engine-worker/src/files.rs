//! What is saved, as bytes.

use std::io::{Cursor, Write};

use engine_protocol::{DeviceReport, ExportKind, ModelInfo};
use fluid::{InputReport, ModelReport, Report, SoftwareReport};
use oct_formats::dicom::{SegOptions, scan_digest, write_segmentation};
use oct_formats::{WriteError, metaimage, nifti};
use zip::write::SimpleFileOptions;

use crate::session::Session;

/// A file to save.
#[derive(Debug)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// Its MIME type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The file of `kind` for `session`, made at `created` (RFC 3339); `identified`
/// with what names the patient.
///
/// # Errors
/// [`WriteError`] where a mask is wanted and not every B-scan is segmented, or
/// a format cannot hold it.
pub fn file(
    session: &Session,
    kind: ExportKind,
    identified: bool,
    device: &DeviceReport,
    model: &ModelInfo,
    created: &str,
) -> Result<SavedFile, WriteError> {
    let report =
        || Report { created: Some(created.to_owned()), ..report(session, identified, device, model) };
    let stem = session.stem(identified);
    let geometry = &session.volume.geometry;
    Ok(match kind {
        ExportKind::MetaImage => {
            let files = metaimage::write_mask(&session.mask, geometry, "mask.raw")?;
            let bytes = zipped(&[("mask.mhd", &files.header), ("mask.raw", &files.raw)])
                .map_err(|error| WriteError::Encode(error.to_string()))?;
            SavedFile { name: format!("{stem}-mask.zip"), mime: "application/zip", bytes }
        }
        ExportKind::Nifti => SavedFile {
            name: format!("{stem}-mask.nii.gz"),
            mime: "application/gzip",
            bytes: nifti::write_mask(&session.mask, geometry)?,
        },
        ExportKind::DicomSeg => {
            let options = SegOptions {
                created,
                software_version: env!("CARGO_PKG_VERSION"),
                algorithm_name: &model.name,
                algorithm_version: &model.sha256,
                identify: session.patient.as_ref().filter(|_| identified),
                scan: scan_digest(&session.volume),
            };
            let bytes = write_segmentation(&session.mask, geometry, session.dicom.as_ref(), &options)?;
            SavedFile { name: format!("{stem}-mask.dcm"), mime: "application/dicom", bytes }
        }
        ExportKind::Json => SavedFile {
            name: format!("{stem}-report.json"),
            mime: "application/json",
            bytes: report().to_json().into_bytes(),
        },
        ExportKind::Csv => SavedFile {
            name: format!("{stem}-report.csv"),
            mime: "text/csv",
            bytes: report().to_csv().into_bytes(),
        },
    })
}

fn report(session: &Session, identified: bool, device: &DeviceReport, model: &ModelInfo) -> Report {
    let info = session.info();
    let device = match session.computed_on() {
        // What would compute, where nothing is measured.
        [] => device.to_string(),
        devices => devices.join("; "),
    };
    Report::new(
        SoftwareReport { name: "lacuna".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        ModelReport::new(model.name.clone(), model.sha256.clone()),
        device,
        InputReport {
            name: identified.then(|| session.name().to_owned()),
            volume: session.number(),
            format: info.format,
            columns: session.volume.columns(),
            rows: session.volume.rows(),
            bscans: session.volume.bscans(),
            vendor: info.vendor,
            laterality: info.geometry.laterality,
        },
        &info.geometry,
        session.measurement(),
        session.warnings(identified),
    )
}

fn zipped(files: &[(&str, &[u8])]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
