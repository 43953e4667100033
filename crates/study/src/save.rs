//! What is saved of a study, as bytes: report and mask, each with its name.
//!
//! The page saves one [`SaveKind`] at a time, named after the scan; the program
//! writes all of them side by side under plain names ([`Study::files`]).

use std::io::{Cursor, Write};

use fluid::{DrawnBy, InputReport, ModelReport, Provenance, Report, SaveKind, SoftwareReport};
use oct::LabelMask;
use oct_formats::dicom::{SegOptions, SegmentedBy, write_segmentation};
use oct_formats::{WriteError, images, metaimage, nifti};
use time::{OffsetDateTime, UtcOffset};
use zip::write::SimpleFileOptions;

use crate::mask_images;
use crate::study::Study;
use crate::training_data;

/// Names of a MetaImage's two files; the header names the other one.
const METAIMAGE_HEADER: &str = "mask.mhd";
const METAIMAGE_SAMPLES: &str = "mask.raw";
/// What the network alone labelled, beside a mask that a person corrected.
const MODEL_HEADER: &str = "model-mask.mhd";
const MODEL_SAMPLES: &str = "model-mask.raw";
const MODEL_NIFTI: &str = "model-mask.nii.gz";

/// What saved files say of their making.
#[derive(Debug, Clone, Copy)]
pub struct SaveOptions<'a> {
    /// The network.
    pub model: &'a ModelReport,
    /// What would compute, for the report of a study in which nothing is measured.
    pub device: &'a str,
    /// Now.
    pub created: OffsetDateTime,
    /// With what names the patient: the file's name, and in DICOM the name, the
    /// number and the date of birth.
    pub identified: bool,
}

/// A file to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// Its MIME type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A file could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot make {file}: {cause}")]
pub struct SaveError {
    /// The file.
    pub file: String,
    /// Why not.
    pub cause: WriteError,
}

/// Name and MIME type of what is saved as `kind`.
fn labelled(kind: SaveKind) -> (&'static str, &'static str) {
    match kind {
        SaveKind::MetaImage => ("mask.zip", "application/zip"),
        SaveKind::Nifti => ("mask.nii.gz", "application/gzip"),
        SaveKind::DicomSeg => ("mask.dcm", "application/dicom"),
        SaveKind::Json => ("report.json", "application/json"),
        SaveKind::Csv => ("report.csv", "text/csv"),
        SaveKind::RegionsCsv => ("regions.csv", "text/csv"),
        SaveKind::BScansCsv => ("bscans.csv", "text/csv"),
        SaveKind::TrainingData => ("training.zip", "application/zip"),
    }
}

impl Study {
    /// The report.
    pub fn report(&self, options: &SaveOptions<'_>) -> Report {
        let device = match self.computed_on() {
            [] => options.device.to_owned(),
            devices => devices.join("; "),
        };
        let volume = self.volume();
        Report::new(
            Provenance {
                software: SoftwareReport {
                    name: "lacuna".to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                },
                model: options.model.clone(),
                device,
                created: rfc3339(options.created),
            },
            InputReport {
                name: options.identified.then(|| self.name().to_owned()),
                volume: self.number(),
                format: self.format().to_owned(),
                columns: volume.columns(),
                rows: volume.rows(),
                bscans: volume.bscans(),
                vendor: volume.vendor.clone(),
                laterality: volume.geometry.laterality,
            },
            &volume.geometry,
            self.measurement(),
            self.figures(),
            self.warnings(options.identified),
        )
    }

    /// What is saved as `kind`, named after the scan: one file, or for a NIfTI mask that a
    /// person corrected a second one with what the network alone labelled.
    ///
    /// # Errors
    /// [`WriteError`] where a mask is wanted and not every B-scan is segmented,
    /// or the format cannot hold it.
    pub fn files_of(&self, kind: SaveKind, options: &SaveOptions<'_>) -> Result<Vec<SavedFile>, WriteError> {
        let (name, mime) = labelled(kind);
        let stem = self.stem(options.identified);
        let mut files =
            vec![SavedFile { name: format!("{stem}-{name}"), mime, bytes: self.content(kind, options)? }];
        if let (SaveKind::Nifti, Some(model)) = (kind, self.model_mask_beside()) {
            let bytes = nifti::write_mask(&model, &self.volume().geometry, self.header())?;
            files.push(SavedFile { name: format!("{stem}-{MODEL_NIFTI}"), mime, bytes });
        }
        Ok(files)
    }

    /// Everything that can be saved, as paths within one folder: the masks, for
    /// an image stack a mask image a B-scan, and the report. The report comes
    /// last, so that it stands for a whole set.
    ///
    /// # Errors
    /// [`SaveError`] for the first file that cannot be made.
    pub fn files(&self, options: &SaveOptions<'_>) -> Result<Vec<SavedFile>, SaveError> {
        let failed = |file: &str, cause| SaveError { file: file.to_owned(), cause };
        let meta = self.metaimage().map_err(|cause| failed(METAIMAGE_HEADER, cause))?;
        let plain = |(name, bytes): (&str, Vec<u8>)| SavedFile {
            name: name.to_owned(),
            mime: "application/octet-stream",
            bytes,
        };
        let mut files: Vec<SavedFile> = meta.into_iter().map(plain).collect();
        let of_kind = |kind| -> Result<SavedFile, SaveError> {
            let (name, mime) = labelled(kind);
            let bytes = self.content(kind, options).map_err(|cause| failed(name, cause))?;
            Ok(SavedFile { name: name.to_owned(), mime, bytes })
        };
        files.push(of_kind(SaveKind::Nifti)?);
        if let Some(model) = self.model_mask_beside() {
            let bytes = nifti::write_mask(&model, &self.volume().geometry, self.header())
                .map_err(|cause| failed(MODEL_NIFTI, cause))?;
            files.push(SavedFile { name: MODEL_NIFTI.to_owned(), mime: "application/gzip", bytes });
        }
        files.push(of_kind(SaveKind::DicomSeg)?);
        let mask = self.mask();
        for (bscan, name) in mask_images::names(self, options.identified).into_iter().enumerate() {
            let Some(labels) = mask.bscan(bscan) else { continue };
            let mut labels = labels.to_vec();
            if self.volume().geometry.stored_axes.rows_reversed() {
                // The image is upside down: so is its mask.
                labels = labels.rchunks(mask.columns()).flatten().copied().collect();
            }
            let bytes = images::write_mask_png(mask.columns(), mask.rows(), &labels)
                .map_err(|cause| failed(&name, cause))?;
            files.push(SavedFile { name, mime: "image/png", bytes: images::marked(bytes) });
        }
        files.push(of_kind(SaveKind::RegionsCsv)?);
        files.push(of_kind(SaveKind::BScansCsv)?);
        files.push(of_kind(SaveKind::Csv)?);
        files.push(of_kind(SaveKind::Json)?);
        Ok(files)
    }

    fn content(&self, kind: SaveKind, options: &SaveOptions<'_>) -> Result<Vec<u8>, WriteError> {
        match kind {
            SaveKind::MetaImage => {
                let mut files = self.metaimage()?;
                // Headers before what they name.
                files.chunks_exact_mut(2).for_each(<[_]>::reverse);
                zipped(&files)
            }
            SaveKind::Nifti => nifti::write_mask(self.mask(), &self.volume().geometry, self.header()),
            SaveKind::DicomSeg => self.segmentation(options),
            SaveKind::Json => Ok(self.report(options).to_json().into_bytes()),
            SaveKind::Csv => Ok(self.report(options).to_csv().into_bytes()),
            SaveKind::RegionsCsv => Ok(self.report(options).regions_csv().into_bytes()),
            SaveKind::BScansCsv => Ok(self.report(options).bscans_csv().into_bytes()),
            SaveKind::TrainingData => zipped(&training_data::files(self)?),
        }
    }

    /// Samples and header of the mask as MetaImage, then of what the network alone labelled
    /// where a person corrected that.
    fn metaimage(&self) -> Result<Vec<(&'static str, Vec<u8>)>, WriteError> {
        let write = |mask: &LabelMask, header, samples| {
            let written = metaimage::write_mask(mask, &self.volume().geometry, self.header(), samples)?;
            Ok([(samples, written.raw), (header, written.header)])
        };
        let mut files = write(self.mask(), METAIMAGE_HEADER, METAIMAGE_SAMPLES)?.to_vec();
        if let Some(model) = self.model_mask_beside() {
            files.extend(write(&model, MODEL_HEADER, MODEL_SAMPLES)?);
        }
        Ok(files)
    }

    /// What the network alone labelled, where a person drew over it and it labelled all.
    fn model_mask_beside(&self) -> Option<LabelMask> {
        let is_drawn = self.corrections().drawn_bscans().next().is_some();
        (is_drawn && self.segmented_bscans() == self.volume().bscans()).then(|| self.model_mask())
    }

    fn segmentation(&self, options: &SaveOptions<'_>) -> Result<Vec<u8>, WriteError> {
        let seg = SegOptions {
            created: &rfc3339(options.created),
            software_version: env!("CARGO_PKG_VERSION"),
            algorithm_name: &options.model.name,
            algorithm_version: &options.model.weights_sha256,
            identify: self.patient(options.identified),
            scan: self.digest(),
            made_by: self.measurement().classes.map(|of_class| match of_class.corrected {
                None => SegmentedBy::Algorithm,
                Some(corrected) => match corrected.drawn_by {
                    DrawnBy::Model => SegmentedBy::Algorithm,
                    DrawnBy::Both => SegmentedBy::Both,
                    DrawnBy::Person => SegmentedBy::Person,
                },
            }),
        };
        write_segmentation(self.mask(), &self.volume().geometry, self.dicom(), &seg)
    }
}

/// `2026-11-23T13:21:00Z`: UTC to the second.
fn rfc3339(time: OffsetDateTime) -> String {
    let utc = time.to_offset(UtcOffset::UTC);
    let (hour, minute, second) = utc.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", utc.date())
}

fn zipped<N: AsRef<str>>(files: &[(N, Vec<u8>)]) -> Result<Vec<u8>, WriteError> {
    let zip = || -> zip::result::ZipResult<Vec<u8>> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(name.as_ref(), SimpleFileOptions::default())?;
            archive.write_all(bytes)?;
        }
        Ok(archive.finish()?.into_inner())
    };
    zip().map_err(|error| WriteError::Encode(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use correct::{Edit, Paint, Point, Radius};
    use fluid::SegmentedBScan;
    use oct::{FluidClass, Geometry, OctVolume, Samples};
    use oct_formats::InputFile;

    fn model() -> ModelReport {
        ModelReport::new("tiny", "ab12")
    }

    fn options(model: &ModelReport, identified: bool) -> SaveOptions<'_> {
        let created = OffsetDateTime::from_unix_timestamp(1_735_689_599).unwrap();
        SaveOptions { model, device: "a threshold", created, identified }
    }

    fn measured(mut study: Study) -> Study {
        study.begin_run();
        for bscan in 0..study.volume().bscans() {
            let segmented = SegmentedBScan::of_labels(vec![0, 3], [0.0, 0.0, 0.9]);
            study.take_in(bscan, segmented, "CPU").unwrap();
        }
        study
    }

    fn generated() -> Study {
        let volume = OctVolume::new(2, 1, 2, Samples::U8(vec![0, 9, 0, 9]), Geometry::default()).unwrap();
        Study::generated("Sample eye", volume)
    }

    fn image_stack() -> Study {
        let image = |name: &str| InputFile {
            path: format!("Doe_John/{name}"),
            bytes: images::write_mask_png(2, 1, &[7, 9]).unwrap(),
        };
        let opened = oct_formats::open(vec![image("Doe_1.png"), image("Doe_2.png")]).unwrap();
        Study::of_files(opened)
    }

    fn names(study: &Study, identified: bool) -> Vec<String> {
        let files = study.files(&options(&model(), identified)).unwrap();
        files.into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn the_dicom_segmentation_is_always_among_the_files() {
        let files = measured(generated()).files(&options(&model(), false)).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let tables = ["regions.csv", "bscans.csv", "report.csv", "report.json"];
        assert_eq!(names[..4], ["mask.raw", "mask.mhd", "mask.nii.gz", "mask.dcm"]);
        assert_eq!(names[4..], tables);
        assert_eq!(files[3].bytes.get(128..132), Some(&b"DICM"[..]));
    }

    #[test]
    fn an_image_stack_gets_mask_images_that_name_nobody_unless_asked_to() {
        let study = measured(image_stack());
        let masks = |identified| names(&study, identified)[4..6].to_vec();
        assert_eq!(masks(false), ["masks/bscan_0001.png", "masks/bscan_0002.png"]);
        assert_eq!(masks(true), ["masks/Doe_1.png", "masks/Doe_2.png"]);
        assert_eq!(names(&study, true).len(), 10);
    }

    #[test]
    fn every_kind_is_one_file_named_after_the_scan() {
        let (mut study, model) = (measured(generated()), model());
        study.review(0, true).unwrap();
        let named = SaveKind::ALL.map(|kind| {
            let [file] = study.files_of(kind, &options(&model, false)).unwrap().try_into().unwrap();
            file.name
        });
        assert_eq!(
            named,
            [
                "sample-eye-mask.zip",
                "sample-eye-mask.nii.gz",
                "sample-eye-mask.dcm",
                "sample-eye-report.json",
                "sample-eye-report.csv",
                "sample-eye-regions.csv",
                "sample-eye-bscans.csv",
                "sample-eye-training.zip"
            ]
        );
    }

    #[test]
    fn a_mask_in_which_a_bscan_is_missing_is_not_saved_but_its_report_is() {
        let (study, model) = (generated(), model());
        for kind in SaveKind::ALL {
            let saved = study.files_of(kind, &options(&model, false));
            assert_eq!(saved.is_err(), kind.is_mask() || kind == SaveKind::TrainingData, "{kind:?}");
        }
        let refused = study.files(&options(&model, false)).unwrap_err();
        assert_eq!(refused.cause, WriteError::Unmeasured { measured: 0, bscans: 2 });
        assert!(refused.to_string().starts_with("cannot make mask.mhd: Only 0 of 2"), "{refused}");
    }

    #[test]
    fn a_report_names_the_devices_that_computed_else_the_one_that_would() {
        let model = model();
        assert_eq!(generated().report(&options(&model, false)).device, "a threshold");
        let mut study = measured(generated());
        let again = SegmentedBScan::of_labels(vec![0, 0], [0.0; 3]);
        study.take_in(1, again, "GPU: one").unwrap();
        assert_eq!(study.report(&options(&model, false)).device, "CPU; GPU: one");
    }

    #[test]
    fn a_report_names_the_file_only_where_asked_to() {
        let (study, model) = (measured(image_stack()), model());
        assert_eq!(study.report(&options(&model, false)).input.name, None);
        assert_eq!(study.report(&options(&model, true)).input.name.as_deref(), Some("Doe_John"));
        for file in study.files(&options(&model, false)).unwrap() {
            assert!(!String::from_utf8_lossy(&file.bytes).contains("Doe"), "{}", file.name);
        }
    }

    #[test]
    fn figures_that_do_not_go_with_the_mask_come_with_a_warning() {
        let (mut study, model) = (measured(generated()), model());
        assert!(
            !study.report(&options(&model, false)).warnings.iter().any(|w| w.contains("segment them again"))
        );
        study.adopt_results(true, 0.5);
        assert!(study.report(&options(&model, false)).warnings[0].contains("segment them again"));
    }

    /// All of the first sample is a person's SRF.
    fn corrected(mut study: Study) -> Study {
        let radius = Radius { columns: 0.0, rows: 0.0 };
        let points = vec![Point { column: 0.5, row: 0.5 }];
        let edit = Edit::Stroke { paint: Paint::Fluid(FluidClass::Srf), radius, points };
        study.correct(1, &edit).unwrap();
        study
    }

    fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        (0..archive.len())
            .map(|index| {
                let mut file = archive.by_index(index).unwrap();
                let mut content = Vec::new();
                std::io::copy(&mut file, &mut content).unwrap();
                (file.name().to_owned(), content)
            })
            .collect()
    }

    #[test]
    fn a_corrected_mask_is_saved_beside_what_the_network_alone_labelled() {
        let (study, model) = (corrected(measured(generated())), model());
        let saved = |kind| study.files_of(kind, &options(&model, false)).unwrap();
        let [zip] = saved(SaveKind::MetaImage).try_into().unwrap();
        let files = unzipped(&zip.bytes);
        let named: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, ["mask.mhd", "mask.raw", "model-mask.mhd", "model-mask.raw"]);
        assert_eq!((&files[1].1, &files[3].1), (&vec![0, 3, 2, 3], &vec![0, 3, 0, 3]));
        let nifti: Vec<String> = saved(SaveKind::Nifti).into_iter().map(|file| file.name).collect();
        assert_eq!(nifti, ["sample-eye-mask.nii.gz", "sample-eye-model-mask.nii.gz"]);
        let all = names(&study, false);
        assert!(all.contains(&"model-mask.raw".to_owned()) && all.contains(&"model-mask.nii.gz".to_owned()));
        assert!(!names(&measured(generated()), false).iter().any(|name| name.starts_with("model")));
    }

    #[test]
    fn a_report_says_what_a_person_drew_and_what_the_network_alone_measured() {
        let mut study = corrected(measured(generated()));
        let mm = [(oct::Axis::Lateral, 0.01), (oct::Axis::Axial, 0.004), (oct::Axis::BetweenBScans, 0.125)];
        study.set_spacing(&mm).unwrap();
        let report = study.report(&options(&model(), false));
        let srf = report.measurement.class(FluidClass::Srf);
        let of_srf = srf.corrected.unwrap();
        assert_eq!((of_srf.drawn_by, of_srf.drawn_voxels, of_srf.model_nl), (DrawnBy::Person, 1, Some(0.0)));
        assert!((of_srf.difference_nl.unwrap() - srf.volume_nl.unwrap()).abs() < 1e-12);
        let ped = report.measurement.class(FluidClass::Ped).corrected.unwrap();
        assert_eq!((ped.drawn_by, ped.difference_nl), (DrawnBy::Model, Some(0.0)));
        assert!(report.warnings.iter().any(|said| said.contains("corrected labels in one B-scan")));
        let csv = report.to_csv();
        let srf_row = csv.lines().find(|line| line.contains(",SRF,")).unwrap();
        assert!(srf_row.ends_with(",person,1,0,0.005,1,0"), "{srf_row}");
        let bscans = report.bscans_csv();
        let ends: Vec<bool> = bscans.lines().skip(1).map(|line| line.ends_with(",true,false")).collect();
        assert_eq!(ends, [false, true]);
    }

    #[test]
    fn a_dicom_segmentation_says_which_segments_a_person_changed() {
        let study = corrected(measured(generated()));
        let bytes = study.content(SaveKind::DicomSeg, &options(&model(), false)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!((text.matches("AUTOMATIC").count(), text.matches("MANUAL").count()), (2, 1));
    }

    #[test]
    fn training_data_holds_the_scan_the_labels_in_force_and_what_was_looked_at_and_names_nobody() {
        let mut study = corrected(image_stack());
        let refused = image_stack().files_of(SaveKind::TrainingData, &options(&model(), true));
        assert_eq!(refused, Err(WriteError::NothingLookedAt));
        study.review(0, true).unwrap();
        let [zip] =
            study.files_of(SaveKind::TrainingData, &options(&model(), true)).unwrap().try_into().unwrap();
        let files = unzipped(&zip.bytes);
        let (folder, _) = files[0].0.split_once('/').unwrap();
        let inside: Vec<&str> =
            files.iter().map(|(name, _)| name.strip_prefix(&format!("{folder}/")).unwrap()).collect();
        assert_eq!(inside, ["oct.raw", "oct.mhd", "reference.raw", "reference.mhd", "looked_at.json"]);
        assert_eq!((files[0].1.as_slice(), files[2].1.as_slice()), (&[7, 9, 7, 9][..], &[0, 0, 2, 0][..]));
        let said = String::from_utf8_lossy(&files[4].1).into_owned();
        assert!(said.contains("\"bscans\": [0, 1]") && said.contains("\"corrected\": [1]"), "{said}");
        for (name, content) in &files {
            assert!(!name.contains("Doe") && !String::from_utf8_lossy(content).contains("Doe"), "{name}");
        }
    }

    #[test]
    fn known_instants_are_written_as_known() {
        let written = |seconds| rfc3339(OffsetDateTime::from_unix_timestamp(seconds).unwrap());
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        // From `date -u -d @N +%FT%TZ`.
        assert_eq!(written(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(written(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(written(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(written(4_107_542_400), "2100-03-01T00:00:00Z");
    }
}
