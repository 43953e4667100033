//! The open volume, its mask and its figures.

use engine::preprocess::WorkingGrid;
use engine_protocol::{BScanResult, FundusInfo, VolumeInfo};
use fluid::{Measurement, PresenceAccumulator, measure};
use oct::{
    Axis, AxisSpacing, FluidClass, Geometry, GeometryError, GreyRange, LabelMask, Laterality, MaskError,
    OctVolume, SampleType,
};
use oct_formats::{Opened, Patient, dicom};

/// Endings that say how a volume is stored, the outermost first.
const FILE_ENDINGS: [&str; 25] = [
    ".gz", ".zip", ".nii", ".mhd", ".mha", ".raw", ".png", ".jpg", ".jpeg", ".tiff", ".tif", ".dcm",
    ".dicom", ".vol", ".e2e", ".sdb", ".xml", ".fda", ".fds", ".img", ".oct", ".nrrd", ".nhdr", ".npy",
    ".bmp",
];

/// An open volume and what was measured in it.
#[derive(Debug)]
pub struct Session {
    name: String,
    format: String,
    warnings: Vec<String>,
    nameless_warnings: Vec<String>,
    is_sample: bool,
    choices: Vec<String>,
    chosen: usize,
    /// Who was scanned, for files that the person wants identified.
    pub patient: Option<Patient>,
    /// The DICOM objects that it was read from.
    pub dicom: Option<dicom::Source>,
    /// The volume.
    pub volume: OctVolume,
    /// The range that the screen shows.
    pub grey: GreyRange,
    /// Labels so far.
    pub mask: LabelMask,
    presence: PresenceAccumulator,
    measured_with: MeasuredWith,
    computed_on: Vec<String>,
}

/// The spacing that the network saw the measured B-scans in.
#[derive(Debug, Clone, PartialEq)]
enum MeasuredWith {
    /// Nothing is measured.
    None,
    /// Lateral and axial.
    Spacing([AxisSpacing; 2]),
    /// Another one than now: taken over so from an engine that stopped.
    Another,
}

/// Working grids that differ by less than this show the network the same proportions.
const SAME_GRID: f64 = 0.03;

impl Session {
    /// A volume that a reader opened.
    pub fn of_files(opened: Opened) -> Self {
        Self {
            nameless_warnings: opened.nameless_warnings(),
            format: opened.format.name().to_owned(),
            name: opened.name,
            warnings: opened.warnings,
            choices: opened.choices,
            chosen: opened.chosen,
            patient: opened.patient,
            dicom: opened.dicom,
            is_sample: false,
            ..Self::of_sample(opened.volume)
        }
    }

    /// The generated eye.
    pub fn of_sample(volume: OctVolume) -> Self {
        Self {
            name: "Sample eye".to_owned(),
            format: "generated".to_owned(),
            warnings: Vec::new(),
            nameless_warnings: Vec::new(),
            is_sample: true,
            choices: Vec::new(),
            chosen: 0,
            patient: None,
            dicom: None,
            grey: GreyRange::of(&volume),
            mask: LabelMask::unmeasured(volume.columns(), volume.rows(), volume.bscans()),
            presence: PresenceAccumulator::new(),
            measured_with: MeasuredWith::None,
            computed_on: Vec::new(),
            volume,
        }
    }

    /// What the page shows of it.
    pub fn info(&self) -> VolumeInfo {
        let bits = match self.volume.samples().sample_type() {
            SampleType::U8 => 8,
            SampleType::U16 => 16,
            SampleType::F32 => 32,
        };
        VolumeInfo {
            name: self.name.clone(),
            format: self.format.clone(),
            columns: self.volume.columns() as u32,
            rows: self.volume.rows() as u32,
            bscans: self.volume.bscans() as u32,
            geometry: self.volume.geometry.clone(),
            vendor: self.volume.vendor.clone(),
            acquisition: self.volume.acquisition.clone(),
            fundus: self.volume.fundus.as_ref().map(|image| FundusInfo {
                kind: image.kind(),
                columns: image.columns() as u32,
                rows: image.rows() as u32,
                size_mm: image.size_mm(),
            }),
            surfaces: self.volume.surfaces.iter().map(|surface| surface.name.clone()).collect(),
            choices: self.choices.clone(),
            chosen: self.chosen as u32,
            may_name_a_patient: !self.is_sample,
            bits,
            warnings: self.warnings.clone(),
            is_sample: self.is_sample,
        }
    }

    /// Figures so far.
    pub fn measurement(&self) -> Measurement {
        measure(&self.mask, &self.volume.geometry, &self.presence)
    }

    /// Makes ready for a segmentation. What an earlier one left unfinished stays,
    /// where the network saw it as it would see it now; else all is forgotten.
    pub fn begin_run(&mut self) {
        if self.mask.measured_bscans() == self.volume.bscans() || self.measured_otherwise() {
            self.mask =
                LabelMask::unmeasured(self.volume.columns(), self.volume.rows(), self.volume.bscans());
            self.presence = PresenceAccumulator::new();
            self.computed_on.clear();
        }
        if self.mask.measured_bscans() == 0 {
            self.measured_with = MeasuredWith::Spacing(self.spacing());
        }
    }

    /// Says of results that are taken over whether they were measured with
    /// another spacing than now.
    pub fn adopt_results(&mut self, otherwise: bool) {
        self.measured_with =
            if otherwise { MeasuredWith::Another } else { MeasuredWith::Spacing(self.spacing()) };
    }

    /// Whether what is measured, or being measured, was shown to the network in
    /// other proportions than the spacing says now.
    pub fn measured_otherwise(&self) -> bool {
        let [lateral, axial] = match &self.measured_with {
            MeasuredWith::None => return false,
            MeasuredWith::Another => return true,
            MeasuredWith::Spacing(spacing) => spacing.clone(),
        };
        let then = Geometry { lateral, axial, ..Geometry::default() };
        let grid = |geometry| WorkingGrid::choose(self.volume.rows(), self.volume.columns(), geometry, 1);
        let (then, now) = (grid(&then), grid(&self.volume.geometry));
        let differs = |a: usize, b: usize| a.abs_diff(b) as f64 > SAME_GRID * a.max(b) as f64;
        differs(then.rows, now.rows) || differs(then.columns, now.columns)
    }

    fn spacing(&self) -> [AxisSpacing; 2] {
        [self.volume.geometry.lateral.clone(), self.volume.geometry.axial.clone()]
    }

    /// Takes in the result of one B-scan.
    ///
    /// # Errors
    /// [`MaskError`] where it does not fit the volume.
    pub fn take_in(&mut self, result: &BScanResult, labels: Vec<u8>) -> Result<(), MaskError> {
        let bscan = result.bscan as usize;
        self.mask.set_bscan(bscan, labels)?;
        for class in FluidClass::ALL {
            self.presence.add_evidence(bscan, class, result.evidence_for(class));
        }
        if !self.computed_on.contains(&result.device) {
            self.computed_on.push(result.device.clone());
        }
        Ok(())
    }

    /// The devices that computed what is measured, the first one first.
    pub fn computed_on(&self) -> &[String] {
        &self.computed_on
    }

    /// Sets spacing in mm that the user gave; all of it or nothing.
    ///
    /// # Errors
    /// [`GeometryError`] where a value is impossible.
    pub fn set_spacing(&mut self, spacing: &[(Axis, f64)]) -> Result<(), GeometryError> {
        let checked: Vec<(Axis, AxisSpacing)> = spacing
            .iter()
            .map(|(axis, mm)| Ok((*axis, AxisSpacing::from_user(*axis, *mm)?)))
            .collect::<Result<_, GeometryError>>()?;
        for (axis, spacing) in checked {
            self.volume.geometry.set_spacing(axis, spacing);
        }
        Ok(())
    }

    /// Rows of the stored boundaries in `bscan`, one surface after the other,
    /// as little-endian floats.
    pub fn surfaces_of(&self, bscan: usize) -> Vec<u8> {
        let columns = self.volume.columns();
        let rows = self.volume.surfaces.iter().flat_map(|surface| {
            (bscan * columns..(bscan + 1) * columns)
                .map(|at| surface.row.get(at).copied().unwrap_or(f32::NAN).to_le_bytes())
        });
        rows.flatten().collect()
    }

    /// Name for reports, where the person wants it in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of several volumes this is, from 1; `None` where there is one.
    pub fn number(&self) -> Option<usize> {
        (!self.choices.is_empty()).then_some(self.chosen + 1)
    }

    /// What reading the file had to say, with or without names of files, and
    /// where the figures do not go with what was segmented.
    pub fn warnings(&self, identified: bool) -> Vec<String> {
        let mut warnings = if identified { self.warnings.clone() } else { self.nameless_warnings.clone() };
        if self.measured_otherwise() {
            warnings.push(
                "The B-scans were segmented with another spacing than the volumes are computed with: segment them again."
                    .to_owned(),
            );
        }
        warnings
    }

    /// Start of the names of saved files: after the volume where they may name
    /// a patient, else after what every eye has.
    pub fn stem(&self, identified: bool) -> String {
        if !identified && !self.is_sample {
            let eye = match self.volume.geometry.laterality {
                Some(Laterality::Od) => "-od",
                Some(Laterality::Os) => "-os",
                None => "",
            };
            return format!("oct{eye}");
        }
        let name = self.name.rsplit('/').next().unwrap_or(&self.name).replace(' ', "-").to_lowercase();
        let mut stem = name.as_str();
        // From the outside in: `.nii.gz` goes, the dots of `2024.11.03-left` stay.
        for ending in FILE_ENDINGS {
            stem = stem.strip_suffix(ending).filter(|stem| !stem.is_empty()).unwrap_or(stem);
        }
        stem.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{Geometry, Samples};

    fn session() -> Session {
        let volume = OctVolume::new(2, 1, 2, Samples::U8(vec![0, 9, 0, 9]), Geometry::default()).unwrap();
        Session::of_sample(volume)
    }

    /// B-scans large enough for a spacing to change their working grid.
    fn raster(bscans: usize) -> Session {
        let samples = Samples::U8(vec![0; bscans * 512 * 496]);
        Session::of_sample(OctVolume::new(512, 496, bscans, samples, Geometry::default()).unwrap())
    }

    fn on(device: &str, bscan: u32) -> BScanResult {
        BScanResult { bscan, evidence: [0.9, 0.0, 0.0], device: device.to_owned() }
    }

    #[test]
    fn no_nanolitres_before_every_spacing_and_every_bscan_is_known() {
        let mut session = session();
        session.take_in(&on("CPU", 0), vec![1, 0]).unwrap();
        session.take_in(&on("CPU", 1), vec![0, 0]).unwrap();
        assert_eq!(session.measurement().class(FluidClass::Irf).volume_nl, None);
        let spacing = [(Axis::Lateral, 0.1), (Axis::Axial, 0.01), (Axis::BetweenBScans, 1.0)];
        session.set_spacing(&spacing).unwrap();
        let volume_nl = session.measurement().class(FluidClass::Irf).volume_nl.unwrap();
        assert!((volume_nl - 1.0).abs() < 1e-9);
        assert_eq!(session.measurement().class(FluidClass::Ped).volume_nl, Some(0.0));
    }

    #[test]
    fn results_are_measured_otherwise_only_where_the_network_would_see_other_proportions() {
        let mut session = raster(1);
        let otherwise_with = |session: &mut Session, axis, mm| {
            session.set_spacing(&[(axis, mm)]).unwrap();
            session.measured_otherwise()
        };
        assert!(!otherwise_with(&mut session, Axis::Axial, 0.0039), "nothing is measured");
        // From the start of a run, before its first B-scan is there.
        session.begin_run();
        assert!(!otherwise_with(&mut session, Axis::BetweenBScans, 0.12), "it shows no B-scan otherwise");
        assert!(otherwise_with(&mut session, Axis::Axial, 0.0026));
        assert!(!otherwise_with(&mut session, Axis::Axial, 0.003_91), "as near as it was");
        session.adopt_results(false);
        assert!(otherwise_with(&mut session, Axis::Lateral, 0.006));
        session.adopt_results(false);
        assert!(!session.measured_otherwise());
        session.adopt_results(true);
        assert!(session.measured_otherwise());
    }

    #[test]
    fn a_run_that_was_stopped_goes_on_and_a_whole_one_begins_anew() {
        let mut session = session();
        session.begin_run();
        session.take_in(&on("GPU", 1), vec![1, 0]).unwrap();
        session.begin_run();
        assert_eq!(session.mask.bscan(1), Some(&[1, 0][..]));
        session.take_in(&on("CPU", 0), vec![0, 0]).unwrap();
        assert_eq!(session.computed_on(), ["GPU", "CPU"]);
        session.begin_run();
        assert_eq!(session.mask.measured_bscans(), 0);
        assert!(session.computed_on().is_empty());
        assert_eq!(session.measurement().class(FluidClass::Irf).presence_score, None);
    }

    #[test]
    fn a_run_that_was_stopped_does_not_go_on_in_other_proportions() {
        let mut session = raster(2);
        session.begin_run();
        session.take_in(&on("CPU", 1), vec![0; 512 * 496]).unwrap();
        session.set_spacing(&[(Axis::BetweenBScans, 0.12)]).unwrap();
        session.begin_run();
        assert_eq!(session.mask.measured_bscans(), 1);
        session.set_spacing(&[(Axis::Axial, 0.0026)]).unwrap();
        session.begin_run();
        assert_eq!(session.mask.measured_bscans(), 0);
        assert!(!session.measured_otherwise(), "it is measured with the spacing that is in force");
    }

    #[test]
    fn one_impossible_spacing_changes_none() {
        let mut session = session();
        let spacing = [(Axis::Axial, 0.004), (Axis::Lateral, -1.0)];
        assert!(session.set_spacing(&spacing).is_err());
        assert_eq!(session.volume.geometry, Geometry::default());
    }

    #[test]
    fn saved_files_are_named_after_the_volume() {
        assert_eq!(session().stem(false), "sample-eye");
        let mut session = session();
        session.is_sample = false;
        session.name = "left/oct.nii.gz".into();
        assert_eq!(session.stem(true), "oct");
        session.name = "2024.11.03 Left.mhd".into();
        assert_eq!(session.stem(true), "2024.11.03-left");
    }

    #[test]
    fn saved_files_name_nobody_unless_asked_to() {
        let mut session = session();
        session.is_sample = false;
        session.name = "Doe_John_1950.mhd".into();
        session.volume.geometry.laterality = Some(Laterality::Os);
        assert_eq!(session.stem(false), "oct-os");
    }
}
