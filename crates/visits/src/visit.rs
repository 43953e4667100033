//! One visit, as it is compared: a scan with what was measured in it.

use fluid::{Boundaries, Figures, Measurement, ModelReport, Thickness};
use oct::{Axis, EnFace, Geometry, LabelMask};

use crate::picture::EnFacePicture;
use crate::registration::Scan;

/// A scan of an eye with what was measured in it.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// Spacing, eye, places of the B-scans.
    pub geometry: &'a Geometry,
    /// Labels in force.
    pub mask: &'a LabelMask,
    /// Boundaries of the retina, one a B-scan; fewer or `None` where they are not known.
    pub boundaries: &'a [Option<Boundaries>],
    /// What was measured.
    pub measurement: &'a Measurement,
    /// All figures.
    pub figures: &'a Figures,
    /// The network that labelled it.
    pub model: &'a ModelReport,
    /// Device maker, where it is known.
    pub vendor: Option<&'a str>,
    /// Model of the device, where it is known.
    pub device: Option<&'a str>,
    /// When it was taken ([`oct::Acquisition::acquired`]).
    pub acquired: Option<&'a str>,
}

impl<'a> Visit<'a> {
    /// What of it says where it lies; `picture` is its own from the front, for vessels.
    pub fn scan(&self, picture: Option<&'a EnFacePicture>) -> Scan<'a> {
        Scan::segmented(self.geometry, self.mask, self.figures, picture)
    }

    /// Where its columns lie; `None` where that is not known or the mask is of another scan.
    pub(crate) fn grid(&self) -> Option<EnFace> {
        let fits =
            |grid: &EnFace| grid.columns() == self.mask.columns() && grid.bscans() == self.mask.bscans();
        EnFace::of(self.geometry).filter(fits)
    }

    /// Volume of a voxel, where the whole scan has volumes: neither waits, nor is withheld or in
    /// doubt.
    pub(crate) fn voxel_nl(&self) -> Option<f64> {
        let has_volume = self.measurement.classes.iter().all(|class| class.volume_nl.is_some());
        self.measurement.voxel_nl.filter(|_| has_volume)
    }

    pub(crate) fn thickness(&self) -> Option<Thickness<'a>> {
        let axial_mm = self.geometry.trusted_mm(Axis::Axial)?;
        Some(Thickness::new(self.boundaries, axial_mm))
    }
}
