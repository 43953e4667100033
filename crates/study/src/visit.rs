//! A segmented scan as one of two visits of an eye.

use fluid::{Boundaries, Figures, Measurement, ModelReport};
use visits::{EnFacePicture, Visit};

use crate::study::Study;

/// What is compared of a study and made for it; volume and mask are the study's own.
#[derive(Debug, Clone)]
pub struct MeasuredVisit {
    /// Boundaries of the retina, one a B-scan.
    pub boundaries: Vec<Option<Boundaries>>,
    /// What was measured.
    pub measurement: Measurement,
    /// All figures.
    pub figures: Figures,
    /// From the front, for its vessels; `None` where places are not known in mm.
    pub picture: Option<EnFacePicture>,
}

impl Study {
    /// What of it is compared with another visit, as it is now. Reads every voxel once.
    pub fn measured_visit(&self) -> MeasuredVisit {
        let volume = self.volume();
        let boundaries: Vec<_> = (0..volume.bscans()).map(|bscan| self.boundaries(bscan).cloned()).collect();
        MeasuredVisit {
            picture: EnFacePicture::of(volume, self.grey(), &boundaries),
            boundaries,
            measurement: self.measurement(),
            figures: self.figures(),
        }
    }

    /// As it is compared, labelled by `model`; `measured` is its own.
    pub fn visit<'a>(&'a self, measured: &'a MeasuredVisit, model: &'a ModelReport) -> Visit<'a> {
        let volume = self.volume();
        Visit {
            geometry: &volume.geometry,
            mask: self.mask(),
            boundaries: &measured.boundaries,
            measurement: &measured.measurement,
            figures: &measured.figures,
            model,
            vendor: volume.vendor.as_deref(),
            device: volume.acquisition.device.as_deref(),
            acquired: volume.acquisition.acquired.as_deref(),
        }
    }
}
