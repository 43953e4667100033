//! What is opened: the volume, where it came from, its names, its spacing.

use std::sync::OnceLock;

use fluid::label::THRESHOLD;
use fluid::{Agreement, ByClass, FoveaPlace};
#[cfg(doc)]
use oct::Geometry;
use oct::{
    Axis, GeometryError, GreyRange, LabelMask, Laterality, OctVolume, SampleType, WorkingGrid, WorkingScale,
};
use oct_formats::formats::stem;
use oct_formats::orientation::AxisQuestion;
use oct_formats::{KeptHeader, Opened, Patient, dicom};

use crate::corrections::Drawing;
use crate::run::Results;

/// An opened scan and what was measured in it.
#[derive(Debug)]
pub struct Study {
    origin: Origin,
    volume: OctVolume,
    grey: GreyRange,
    /// What is truly there, where the eye was generated with it.
    truth: Option<LabelMask>,
    /// Where a person put the fovea.
    pub(crate) fovea: Option<FoveaPlace>,
    pub(crate) results: Results,
    /// What a person drew over the network's labels.
    pub(crate) drawing: Drawing,
    /// Made when it is asked for: it reads a B-scan.
    pub(crate) digest: OnceLock<[u8; 32]>,
}

/// What the volume was opened from.
#[derive(Debug)]
struct Origin {
    name: String,
    format: &'static str,
    is_generated: bool,
    image_names: Vec<String>,
    warnings: Vec<String>,
    nameless_warnings: Vec<String>,
    choices: Vec<String>,
    chosen: usize,
    patient: Option<Patient>,
    dicom: Option<dicom::Source>,
    header: Option<KeptHeader>,
    axis_question: Option<AxisQuestion>,
}

impl Study {
    /// A volume that a reader opened.
    pub fn of_files(opened: Opened) -> Self {
        let origin = Origin {
            nameless_warnings: opened.nameless_warnings(),
            name: opened.name,
            format: opened.format.name(),
            is_generated: false,
            image_names: opened.bscan_names,
            warnings: opened.warnings,
            choices: opened.choices,
            chosen: opened.chosen,
            patient: opened.patient,
            dicom: opened.dicom,
            header: opened.header,
            axis_question: opened.axis_question,
        };
        Self::new(origin, opened.volume)
    }

    /// A volume that no device took and that shows nobody, called `name`.
    pub fn generated(name: impl Into<String>, volume: OctVolume) -> Self {
        let origin = Origin {
            name: name.into(),
            format: "generated",
            is_generated: true,
            image_names: Vec::new(),
            warnings: Vec::new(),
            nameless_warnings: Vec::new(),
            choices: Vec::new(),
            chosen: 0,
            patient: None,
            dicom: None,
            header: None,
            axis_question: None,
        };
        Self::new(origin, volume)
    }

    fn new(origin: Origin, volume: OctVolume) -> Self {
        let (grey, results) = (GreyRange::of(&volume), Results::of_none(&volume));
        let drawing = Drawing::none(&volume);
        Self { origin, volume, grey, truth: None, fovea: None, results, drawing, digest: OnceLock::new() }
    }

    /// The same with what is truly there, of a generated eye.
    #[must_use]
    pub fn with_truth(self, truth: LabelMask) -> Self {
        Self { truth: Some(truth), ..self }
    }

    /// What is truly there, where that is known.
    pub fn truth(&self) -> Option<&LabelMask> {
        self.truth.as_ref()
    }

    /// How what was measured so far agrees with the truth, where that is known.
    pub fn agreement(&self) -> Option<ByClass<Agreement>> {
        let voxel_nl = self.volume.geometry.voxel_nl();
        self.truth.as_ref().map(|truth| Agreement::of(self.mask(), truth, voxel_nl))
    }

    /// The volume.
    pub fn volume(&self) -> &OctVolume {
        &self.volume
    }

    /// The range of samples that the screen shows.
    pub fn grey(&self) -> GreyRange {
        self.grey
    }

    /// Labels in force so far: a person's where they drew, else the network's.
    pub fn mask(&self) -> &LabelMask {
        &self.results.mask
    }

    /// What it is called: the name of the file or folder, which may be a patient's.
    pub fn name(&self) -> &str {
        &self.origin.name
    }

    /// Name of the format it was read from.
    pub fn format(&self) -> &'static str {
        self.origin.format
    }

    /// Whether it was generated, and so may be named everywhere.
    pub fn is_generated(&self) -> bool {
        self.origin.is_generated
    }

    /// All volumes that the files hold, where there are several; else empty.
    pub fn choices(&self) -> &[String] {
        &self.origin.choices
    }

    /// Which of [`Self::choices`] this is.
    pub fn chosen(&self) -> usize {
        self.origin.chosen
    }

    /// Which of several volumes this is, from 1; `None` where there is one.
    pub fn number(&self) -> Option<usize> {
        (!self.origin.choices.is_empty()).then_some(self.origin.chosen + 1)
    }

    /// Which axis is depth, where nothing tells: such a scan is shown and not
    /// segmented before a person says so.
    pub fn axis_question(&self) -> Option<&AxisQuestion> {
        self.origin.axis_question.as_ref()
    }

    /// File name of each B-scan of an image stack; empty otherwise.
    pub fn image_names(&self) -> &[String] {
        &self.origin.image_names
    }

    /// Who was scanned; `None` unless `identified`.
    pub fn patient(&self, identified: bool) -> Option<&Patient> {
        self.origin.patient.as_ref().filter(|_| identified)
    }

    /// The DICOM objects that it was read from.
    pub fn dicom(&self) -> Option<&dicom::Source> {
        self.origin.dicom.as_ref()
    }

    /// What the header of its file says of where the samples lie.
    pub fn header(&self) -> Option<&KeptHeader> {
        self.origin.header.as_ref()
    }

    /// What reading the files had to say, with or without the names of files,
    /// and where the figures do not go with what was segmented.
    pub fn warnings(&self, identified: bool) -> Vec<String> {
        let origin = &self.origin;
        let mut warnings = if identified { &origin.warnings } else { &origin.nameless_warnings }.clone();
        if self.measured_otherwise() {
            warnings.push(
                "The B-scans were segmented with another spacing than the volumes are computed with: segment them again."
                    .to_owned(),
            );
        }
        if self.threshold() != THRESHOLD {
            warnings.push(format!(
                "Fluid is what reaches a probability of {}, as a person chose; the network's figures hold for {THRESHOLD}.",
                self.threshold()
            ));
        }
        warnings
    }

    /// Sets spacing in mm that a person gave; all of it or nothing.
    ///
    /// # Errors
    /// [`GeometryError`] where a value is impossible.
    pub fn set_spacing(&mut self, spacing: &[(Axis, f64)]) -> Result<(), GeometryError> {
        self.volume.geometry.set_typed(spacing)
    }

    /// Confirms a spacing in mm that was in doubt ([`Geometry::doubt`]), as the file
    /// states it or as it was proposed; all of it or nothing.
    ///
    /// # Errors
    /// [`GeometryError`] where no eye can have it.
    pub fn confirm_spacing(&mut self, spacing: &[(Axis, f64)]) -> Result<(), GeometryError> {
        self.volume.geometry.confirm(spacing)
    }

    /// Confirms what the file states, where that is in doubt.
    ///
    /// # Errors
    /// As [`Self::confirm_spacing`].
    pub fn confirm_stated_spacing(&mut self) -> Result<(), GeometryError> {
        let doubt = self.volume.geometry.doubt();
        doubt.map_or(Ok(()), |doubt| self.confirm_spacing(&doubt.stated))
    }

    /// Puts the fovea where a person says it is, or gives it back to the guess with `None`.
    /// What is no place, with numbers that are not finite, is `None`.
    pub fn set_fovea(&mut self, place: Option<FoveaPlace>) {
        self.fovea = place.filter(FoveaPlace::is_finite);
    }

    /// Start of the names of saved files: after the volume where they may name
    /// a patient, else after what every eye has.
    pub fn stem(&self, identified: bool) -> String {
        if !identified && !self.origin.is_generated {
            let eye = match self.volume.geometry.laterality {
                Some(Laterality::Od) => "-od",
                Some(Laterality::Os) => "-os",
                None => "",
            };
            return format!("oct{eye}");
        }
        let name = self.name().rsplit('/').next().unwrap_or(self.name());
        stem(&name.replace(' ', "-").to_lowercase()).to_owned()
    }

    /// Bytes that it takes in memory once every B-scan is measured, nearly all
    /// of them samples and labels.
    pub fn bytes(&self) -> u64 {
        let volume = &self.volume;
        let samples = volume.samples().len() as u64;
        let of_sample = match volume.samples().sample_type() {
            SampleType::U8 => 1,
            SampleType::U16 => 2,
            SampleType::F32 => 4,
        };
        let surfaces: usize = volume.surfaces.iter().map(|surface| surface.row.len() * 4).sum();
        let fundus = volume.fundus.as_ref().map_or(0, |image| image.greys().len());
        let grid =
            WorkingGrid::choose(volume.rows(), volume.columns(), WorkingScale::of(&volume.geometry), 1);
        let chances = 3 * grid.rows * grid.columns * volume.bscans();
        // A label a sample, beside the sample.
        let truth = if self.truth.is_some() { samples } else { 0 };
        samples * (of_sample + 1) + truth + (surfaces + fundus + chances) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{Geometry, Samples};
    use oct_formats::InputFile;

    fn generated() -> Study {
        let volume = OctVolume::new(2, 1, 2, Samples::U8(vec![0, 9, 0, 9]), Geometry::default()).unwrap();
        Study::generated("Sample eye", volume)
    }

    /// A NIfTI file of a mask is a volume of eight bits like any other.
    fn of_file(path: &str) -> Study {
        let mut mask = LabelMask::unmeasured(2, 1, 2);
        for bscan in 0..2 {
            mask.set_bscan(bscan, vec![0, 3]).unwrap();
        }
        let bytes = oct_formats::nifti::write_mask(&mask, &Geometry::default(), None).unwrap();
        Study::of_files(oct_formats::open(vec![InputFile { path: path.to_owned(), bytes }]).unwrap())
    }

    #[test]
    fn one_impossible_spacing_changes_none() {
        let mut study = generated();
        let spacing = [(Axis::Axial, 0.004), (Axis::Lateral, -1.0)];
        assert!(study.set_spacing(&spacing).is_err());
        assert_eq!(study.volume().geometry.unknown_axes(), Axis::ALL);
    }

    #[test]
    fn saved_files_are_named_after_the_volume() {
        assert_eq!(generated().stem(false), "sample-eye");
        assert_eq!(of_file("left/oct.nii.gz").stem(true), "oct");
        assert_eq!(of_file("2024.11.03 Left.nii").stem(true), "2024.11.03-left");
    }

    #[test]
    fn saved_files_name_nobody_unless_asked_to() {
        let mut study = of_file("Doe_John_1950.nii.gz");
        assert_eq!(study.stem(false), "oct");
        study.volume.geometry.laterality = Some(Laterality::Os);
        assert_eq!(study.stem(false), "oct-os");
        assert_eq!(study.stem(true), "doe_john_1950");
    }

    #[test]
    fn labels_count_for_memory_before_they_are_there() {
        let chances = 2 * 3 * 256 * 64;
        assert_eq!(generated().bytes(), 8 + chances, "four samples of a byte, labels, probabilities");
    }
}
