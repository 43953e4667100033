//! Spacing per axis with the origin of every millimetre.

use serde::{Deserialize, Serialize};

use crate::placement::{self, BScanOrder, BScanPlace};

/// The three axes of an OCT volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Along the retina within one B-scan (columns).
    Lateral,
    /// Into the eye (rows).
    Axial,
    /// From one B-scan to the next (the stack).
    BetweenBScans,
}

impl Axis {
    /// All axes, in storage order: column, row, B-scan.
    pub const ALL: [Self; 3] = [Self::Lateral, Self::Axial, Self::BetweenBScans];

    /// The axis in words a clinician reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lateral => "lateral",
            Self::Axial => "axial",
            Self::BetweenBScans => "between B-scans",
        }
    }
}

/// Where a spacing came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SpacingSource {
    /// Read from the file; `tag` names the field, e.g. `ElementSpacing`.
    FromFile {
        /// The header field or tag that was read.
        tag: String,
    },
    /// Typed in by the user.
    FromUser,
    /// Assumed from the vendor's usual protocol.
    VendorDefault {
        /// Why this default was thought to apply.
        why: String,
    },
    /// Not known: nothing in nanolitres may be shown.
    Unknown,
}

/// Spacing along one axis in millimetres, with its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisSpacing {
    mm: Option<f64>,
    source: SpacingSource,
}

impl AxisSpacing {
    /// Largest spacing we believe, in mm. B-scans of one volume are never a
    /// centimetre apart, and a figure above that is a unit mix-up (µm as mm).
    pub const MAX_MM: f64 = 10.0;

    /// A spacing that is not known.
    pub fn unknown() -> Self {
        Self { mm: None, source: SpacingSource::Unknown }
    }

    /// A spacing of `mm` millimetres from `source`.
    ///
    /// # Errors
    /// [`GeometryError::ImpossibleSpacing`] where `mm` is not finite, not
    /// positive or above [`Self::MAX_MM`].
    pub fn new(axis: Axis, mm: f64, source: SpacingSource) -> Result<Self, GeometryError> {
        if mm.is_finite() && mm > 0.0 && mm <= Self::MAX_MM {
            Ok(Self { mm: Some(mm), source })
        } else {
            Err(GeometryError::ImpossibleSpacing { axis, mm })
        }
    }

    /// A spacing of `mm` millimetres that a person typed in.
    ///
    /// # Errors
    /// [`GeometryError::TypedSpacing`] where `mm` is not finite, not positive or
    /// above [`Self::most_typed_mm`].
    pub fn from_user(axis: Axis, mm: f64) -> Result<Self, GeometryError> {
        let at_most_mm = Self::most_typed_mm(axis);
        let spacing = Self::new(axis, mm, SpacingSource::FromUser).ok().filter(|_| mm <= at_most_mm);
        spacing.ok_or(GeometryError::TypedSpacing { axis, mm, at_most_mm })
    }

    /// Largest spacing that is taken from a person, in mm: no OCT is as coarse,
    /// and none is so fine that its figure in µm would lie below.
    pub fn most_typed_mm(axis: Axis) -> f64 {
        match axis {
            Axis::Lateral => 0.5,
            Axis::Axial => 0.05,
            Axis::BetweenBScans => Self::MAX_MM,
        }
    }

    /// Millimetres per sample, or `None` where unknown.
    pub fn mm(&self) -> Option<f64> {
        self.mm
    }

    /// Where the figure came from.
    pub fn source(&self) -> &SpacingSource {
        &self.source
    }

    /// Whether it is only the usual one of the device.
    pub fn is_assumed(&self) -> bool {
        matches!(self.source, SpacingSource::VendorDefault { .. })
    }
}

/// Right or left eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Laterality {
    /// Right eye.
    #[serde(rename = "OD")]
    Od,
    /// Left eye.
    #[serde(rename = "OS")]
    Os,
}

/// How the B-scans lie on the retina.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ScanPattern {
    /// Parallel, evenly spaced B-scans.
    Raster,
    /// Parallel B-scans at distances that differ.
    UnevenRaster,
    /// One B-scan alone.
    #[serde(rename = "single_bscan")]
    SingleBScan,
    /// The same place again and again.
    Repeated,
    /// B-scans through one centre.
    Radial,
    /// B-scans around a centre.
    Circle,
    /// Crossed or otherwise neither parallel nor radial.
    Other,
    /// Flow, not structure: OCT angiography.
    Angiography,
    /// The file does not say. A stack is treated as a raster.
    #[default]
    NotStated,
}

impl ScanPattern {
    /// In words a clinician reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raster => "parallel B-scans",
            Self::UnevenRaster => "parallel B-scans at uneven distances",
            Self::SingleBScan => "a single B-scan",
            Self::Repeated => "one place scanned repeatedly",
            Self::Radial => "radial B-scans",
            Self::Circle => "a circle scan",
            Self::Other => "B-scans that are not parallel",
            Self::Angiography => "OCT angiography",
            Self::NotStated => "not stated",
        }
    }

    /// Why no volume can be measured in scans of this pattern, one sentence;
    /// `None` where one can.
    pub fn why_no_volume(self) -> Option<&'static str> {
        Some(match self {
            Self::Raster | Self::NotStated => return None,
            Self::UnevenRaster => {
                "The B-scans lie at uneven distances, so a count of voxels says nothing about a volume."
            }
            Self::SingleBScan => "A single B-scan shows an area, not a volume.",
            Self::Repeated => "All B-scans show the same place, so they span no volume.",
            Self::Radial => {
                "Radial B-scans lie close together in the centre and far apart outside, so a count of voxels says nothing about a volume."
            }
            Self::Circle => "A circle scan surrounds a volume and does not fill it.",
            Self::Other => "The B-scans are not parallel, so a count of voxels says nothing about a volume.",
            Self::Angiography => "OCT angiography shows flow, in which fluid cannot be measured.",
        })
    }
}

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

/// What can be wrong with a geometry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeometryError {
    /// A spacing that no OCT device has.
    #[error("the {} spacing of {mm} mm is impossible: it must be above 0 and at most {} mm", axis.name(), AxisSpacing::MAX_MM)]
    ImpossibleSpacing {
        /// The axis.
        axis: Axis,
        /// The offending value in mm.
        mm: f64,
    },
    /// A spacing typed in that no OCT device has, such as one in µm.
    #[error("the {} spacing of {mm} mm is not that of an OCT: it must be above 0 and at most {at_most_mm} mm; if it is in µm, divide it by 1000", axis.name())]
    TypedSpacing {
        /// The axis.
        axis: Axis,
        /// The offending value in mm.
        mm: f64,
        /// The largest that is taken.
        at_most_mm: f64,
    },
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
        ] {
            geometry.pattern = pattern;
            assert_eq!(geometry.voxel_nl().is_some(), measurable, "{}", pattern.name());
            assert_eq!(pattern.why_no_volume().is_none(), measurable);
        }
    }

    #[test]
    fn impossible_spacings_are_refused_with_their_value() {
        for mm in [0.0, -0.1, f64::NAN, f64::INFINITY, 11.7] {
            let refused = AxisSpacing::new(Axis::Axial, mm, SpacingSource::FromUser);
            assert!(matches!(refused, Err(GeometryError::ImpossibleSpacing { axis: Axis::Axial, .. })));
        }
    }

    #[test]
    fn micrometres_typed_in_as_millimetres_are_refused_on_every_axis() {
        for (axis, mm) in [(Axis::Lateral, 0.0117), (Axis::Axial, 0.0019), (Axis::BetweenBScans, 0.03)] {
            assert_eq!(AxisSpacing::from_user(axis, mm).unwrap().mm(), Some(mm));
            let refused = AxisSpacing::from_user(axis, mm * 1000.0);
            assert!(matches!(refused, Err(GeometryError::TypedSpacing { .. })), "{axis:?}: {refused:?}");
        }
    }
}
