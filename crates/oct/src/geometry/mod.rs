//! Where the samples of a volume lie in the eye: spacing with the origin of
//! every millimetre, orientation, laterality, and where each B-scan was taken.
//!
//! | module | what it holds |
//! |---|---|
//! | [`spacing`] | the axes, and the spacing along one with its source |
//! | [`pattern`] | how the B-scans lie, and why some patterns have no volume |
//! | [`placement`] | where each B-scan lies, and the pattern and order that follow |
//! | [`laterality`] | which eye |
//! | [`vector`] | vectors of three coordinates |

pub mod laterality;
pub mod pattern;
pub mod placement;
pub mod spacing;
pub mod vector;

use serde::{Deserialize, Serialize};

pub use laterality::Laterality;
pub use pattern::ScanPattern;
pub use placement::{Arrangement, BScanOrder, BScanPlace};
pub use spacing::{Axis, AxisSpacing, GeometryError, SpacingSource};

/// Geometry of a volume: spacing per axis, orientation, laterality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    /// Spacing along columns.
    pub lateral: AxisSpacing,
    /// Spacing along rows.
    pub axial: AxisSpacing,
    /// Spacing along B-scans.
    pub between_bscans: AxisSpacing,
    /// Position of the first sample in mm, file's own frame; written back with masks.
    pub origin_mm: [f64; 3],
    /// Row-major 3x3 direction cosines (a column of the matrix per axis), written back with masks.
    /// Both in the patient's left, posterior, superior axes, as MetaImage and DICOM have them.
    pub direction: [f64; 9],
    /// How the B-scans lie.
    pub pattern: ScanPattern,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// Where each B-scan lies; empty where the file does not say.
    pub places: Vec<BScanPlace>,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            lateral: AxisSpacing::unknown(),
            axial: AxisSpacing::unknown(),
            between_bscans: AxisSpacing::unknown(),
            origin_mm: [0.0; 3],
            direction: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
            pattern: ScanPattern::default(),
            laterality: None,
            places: Vec::new(),
        }
    }
}

impl Geometry {
    /// Spacing along `axis`.
    pub fn spacing(&self, axis: Axis) -> &AxisSpacing {
        match axis {
            Axis::Lateral => &self.lateral,
            Axis::Axial => &self.axial,
            Axis::BetweenBScans => &self.between_bscans,
        }
    }

    /// Replaces the spacing along `axis`.
    pub fn set_spacing(&mut self, axis: Axis, spacing: AxisSpacing) {
        match axis {
            Axis::Lateral => self.lateral = spacing,
            Axis::Axial => self.axial = spacing,
            Axis::BetweenBScans => self.between_bscans = spacing,
        }
    }

    /// Axes whose spacing is not known, in storage order.
    pub fn unknown_axes(&self) -> Vec<Axis> {
        Axis::ALL.into_iter().filter(|axis| self.spacing(*axis).mm().is_none()).collect()
    }

    /// Volume of one voxel in nanolitres (1 mm³ = 1000 nl), or `None` while
    /// any spacing is unknown and where the pattern has no volume
    /// ([`ScanPattern::why_no_volume`]).
    pub fn voxel_nl(&self) -> Option<f64> {
        if self.pattern.why_no_volume().is_some() {
            return None;
        }
        Some(self.lateral.mm()? * self.axial.mm()? * self.between_bscans.mm()? * 1000.0)
    }

    /// From which side of the fundus the B-scans are stored, where the file says so.
    pub fn bscan_order(&self) -> Option<BScanOrder> {
        placement::order(&self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(axis: Axis, mm: f64) -> AxisSpacing {
        AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap()
    }

    #[test]
    fn voxel_volume_is_unknown_while_any_axis_is() {
        let mut geometry = Geometry::default();
        geometry.set_spacing(Axis::Lateral, known(Axis::Lateral, 0.01));
        geometry.set_spacing(Axis::Axial, known(Axis::Axial, 0.004));
        assert_eq!(geometry.voxel_nl(), None);
        assert_eq!(geometry.unknown_axes(), vec![Axis::BetweenBScans]);
        geometry.set_spacing(Axis::BetweenBScans, known(Axis::BetweenBScans, 0.12));
        let voxel_nl = geometry.voxel_nl().unwrap();
        assert!((voxel_nl - 0.0048).abs() < 1e-12, "{voxel_nl}");
    }

    #[test]
    fn patterns_without_a_volume_have_none_whatever_the_spacing() {
        let mut geometry = Geometry::default();
        for axis in Axis::ALL {
            geometry.set_spacing(axis, known(axis, 0.1));
        }
        for (pattern, measurable) in [
            (ScanPattern::Raster, true),
            (ScanPattern::NotStated, true),
            (ScanPattern::UnevenRaster, false),
            (ScanPattern::SingleBScan, false),
            (ScanPattern::Repeated, false),
            (ScanPattern::Radial, false),
            (ScanPattern::Circle, false),
            (ScanPattern::Other, false),
            (ScanPattern::Angiography, false),
            (ScanPattern::Incomplete, false),
        ] {
            geometry.pattern = pattern;
            assert_eq!(geometry.voxel_nl().is_some(), measurable, "{}", pattern.name());
            assert_eq!(pattern.why_no_volume().is_none(), measurable);
        }
    }
}
