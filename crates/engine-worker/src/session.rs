//! The open volume, its mask and its figures.

use engine_protocol::{FrameResult, VolumeInfo};
use fluid::{Measurement, PresenceAccumulator, measure};
use oct::{
    Axis, AxisSpacing, FluidClass, GeometryError, GreyRange, LabelMask, MaskError, OctVolume, SampleType,
    SpacingSource,
};
use oct_formats::Opened;

/// Endings that say how a volume is stored, the outermost first.
const FILE_ENDINGS: [&str; 11] =
    [".gz", ".zip", ".nii", ".mhd", ".mha", ".raw", ".png", ".jpg", ".jpeg", ".tiff", ".tif"];

/// An open volume and what was measured in it.
#[derive(Debug)]
pub struct Session {
    name: String,
    format: String,
    warnings: Vec<String>,
    is_sample: bool,
    /// The volume.
    pub volume: OctVolume,
    /// The range that the screen shows.
    pub grey: GreyRange,
    /// Labels so far.
    pub mask: LabelMask,
    presence: PresenceAccumulator,
}

impl Session {
    /// A volume that a reader opened.
    pub fn of_files(opened: Opened) -> Self {
        Self::new(opened.name, opened.format.name().to_owned(), opened.volume, opened.warnings, false)
    }

    /// The generated eye.
    pub fn of_sample(volume: OctVolume) -> Self {
        Self::new("Sample eye".to_owned(), "generated".to_owned(), volume, Vec::new(), true)
    }

    fn new(name: String, format: String, volume: OctVolume, warnings: Vec<String>, is_sample: bool) -> Self {
        let mask = LabelMask::unmeasured(volume.columns(), volume.rows(), volume.frames());
        let grey = GreyRange::of(&volume);
        Self { name, format, warnings, is_sample, volume, grey, mask, presence: PresenceAccumulator::new() }
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
            frames: self.volume.frames() as u32,
            geometry: self.volume.geometry.clone(),
            vendor: self.volume.vendor.clone(),
            bits,
            warnings: self.warnings.clone(),
            is_sample: self.is_sample,
        }
    }

    /// Figures so far.
    pub fn measurement(&self) -> Measurement {
        measure(&self.mask, &self.volume.geometry, &self.presence)
    }

    /// Forgets what was measured: a new segmentation begins.
    pub fn forget_results(&mut self) {
        self.mask = LabelMask::unmeasured(self.volume.columns(), self.volume.rows(), self.volume.frames());
        self.presence = PresenceAccumulator::new();
    }

    /// Takes in the result of one B-scan.
    ///
    /// # Errors
    /// [`MaskError`] where it does not fit the volume.
    pub fn take_in(&mut self, result: &FrameResult, labels: Vec<u8>) -> Result<(), MaskError> {
        let frame = result.frame as usize;
        self.mask.set_frame(frame, labels)?;
        for class in FluidClass::ALL {
            self.presence.add_evidence(frame, class, result.evidence_for(class));
        }
        Ok(())
    }

    /// Sets spacing in mm that the user gave; all of it or nothing.
    ///
    /// # Errors
    /// [`GeometryError`] where a value is impossible.
    pub fn set_spacing(&mut self, spacing: &[(Axis, f64)]) -> Result<(), GeometryError> {
        let checked: Vec<(Axis, AxisSpacing)> = spacing
            .iter()
            .map(|(axis, mm)| Ok((*axis, AxisSpacing::new(*axis, *mm, SpacingSource::FromUser)?)))
            .collect::<Result<_, GeometryError>>()?;
        for (axis, spacing) in checked {
            self.volume.geometry.set_spacing(axis, spacing);
        }
        Ok(())
    }

    /// Name without folder and endings, for the names of saved files.
    pub fn stem(&self) -> String {
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

    #[test]
    fn no_nanolitres_before_every_spacing_and_every_bscan_is_known() {
        let mut session = session();
        let result = |frame| FrameResult { frame, evidence: [0.9, 0.0, 0.0] };
        session.take_in(&result(0), vec![1, 0]).unwrap();
        session.take_in(&result(1), vec![0, 0]).unwrap();
        assert_eq!(session.measurement().class(FluidClass::Irf).volume_nl, None);
        let spacing = Axis::ALL.map(|axis| (axis, 0.1));
        session.set_spacing(&spacing).unwrap();
        let volume_nl = session.measurement().class(FluidClass::Irf).volume_nl.unwrap();
        assert!((volume_nl - 1.0).abs() < 1e-9);
        assert_eq!(session.measurement().class(FluidClass::Ped).volume_nl, Some(0.0));
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
        assert_eq!(session().stem(), "sample-eye");
        let mut session = session();
        session.name = "left/oct.nii.gz".into();
        assert_eq!(session.stem(), "oct");
        session.name = "2024.11.03 Left.mhd".into();
        assert_eq!(session.stem(), "2024.11.03-left");
    }
}
