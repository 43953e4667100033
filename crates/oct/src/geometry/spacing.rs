//! The axes, and the spacing along one with the origin of its figure.

use serde::{Deserialize, Serialize};

use super::possible;

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

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        match self {
            Self::Lateral => 0,
            Self::Axial => 1,
            Self::BetweenBScans => 2,
        }
    }

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SpacingSource {
    /// Read from the file; `tag` names the field, e.g. `ElementSpacing`.
    FromFile {
        /// The header field or tag that was read.
        tag: String,
    },
    /// Typed in by the user.
    FromUser,
    /// In doubt, and confirmed by the user: what the file states, or what it was
    /// proposed to mean.
    ConfirmedByUser {
        /// The header field or tag that was read, or why a default was assumed.
        tag: String,
        /// What the file states, or what was assumed, mm.
        stated_mm: f64,
        /// Whether it was only assumed.
        was_assumed: bool,
    },
    /// Assumed from the vendor's usual protocol.
    VendorDefault {
        /// Why this default was thought to apply.
        why: String,
    },
    /// Not known: nothing in nanolitres may be shown.
    Unknown,
}

/// Who says how far samples are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy {
    /// The file.
    File,
    /// Nobody: it is the usual one of the device.
    Usage,
    /// A person who typed it in.
    Entry,
    /// A person who confirmed what was in doubt.
    Confirmation,
}

impl SaidBy {
    /// Whether no person vouches for it.
    pub fn is_claim(self) -> bool {
        matches!(self, Self::File | Self::Usage)
    }
}

/// Spacing along one axis in millimetres, with its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisSpacing {
    mm: Option<f64>,
    source: SpacingSource,
}

impl AxisSpacing {
    /// A spacing that is not known.
    pub fn unknown() -> Self {
        Self { mm: None, source: SpacingSource::Unknown }
    }

    /// A spacing of `mm` millimetres from `source`. Whether an eye can have it is
    /// judged with the size of the volume ([`super::Geometry::doubt`]).
    ///
    /// # Errors
    /// [`GeometryError::ImpossibleSpacing`] where `mm` is not finite or not positive.
    pub fn new(axis: Axis, mm: f64, source: SpacingSource) -> Result<Self, GeometryError> {
        if mm.is_finite() && mm > 0.0 {
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

    /// Largest spacing that is taken from a person, in mm: no OCT is so fine that its
    /// figure in µm would lie below. What lies between the coarsest OCT and this is taken
    /// with a warning ([`super::Geometry::unlikely_entry`]).
    pub fn most_typed_mm(axis: Axis) -> f64 {
        possible::most_typed_mm(axis)
    }

    /// This spacing as `mm`, which a person confirmed. What nobody stated, or what
    /// a person typed in, stays as it is.
    pub(super) fn confirmed(&self, mm: f64) -> Self {
        let source = match (&self.source, self.mm) {
            (confirmed @ SpacingSource::ConfirmedByUser { .. }, _) => confirmed.clone(),
            (
                SpacingSource::FromFile { tag } | SpacingSource::VendorDefault { why: tag },
                Some(stated_mm),
            ) => {
                let (tag, was_assumed) = (tag.clone(), self.is_assumed());
                SpacingSource::ConfirmedByUser { tag, stated_mm, was_assumed }
            }
            _ => return self.clone(),
        };
        Self { mm: Some(mm), source }
    }

    /// Millimetres per sample, or `None` where unknown.
    pub fn mm(&self) -> Option<f64> {
        self.mm
    }

    /// Where the figure came from.
    pub fn source(&self) -> &SpacingSource {
        &self.source
    }

    /// Who says so; `None` where it is unknown.
    pub fn said_by(&self) -> Option<SaidBy> {
        Some(match self.source {
            SpacingSource::FromFile { .. } => SaidBy::File,
            SpacingSource::VendorDefault { .. } => SaidBy::Usage,
            SpacingSource::FromUser => SaidBy::Entry,
            SpacingSource::ConfirmedByUser { .. } => SaidBy::Confirmation,
            SpacingSource::Unknown => return None,
        })
    }

    /// Whether it is only the usual one of the device.
    pub fn is_assumed(&self) -> bool {
        self.said_by() == Some(SaidBy::Usage)
    }
}

/// What can be wrong with a geometry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeometryError {
    /// A spacing that is none.
    #[error("the {} spacing of {mm} mm is impossible: it must be above 0", axis.name())]
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
    /// A spacing with which the scan would be larger than any eye.
    #[error("the {} spacing of {mm} mm would make the scan {extent_mm:.1} mm {}, and none of an eye is more than {at_most_mm} mm: check the figure; if it is in µm, divide it by 1000", axis.name(), super::doubt::extent(*axis))]
    BeyondAnyEye {
        /// The axis.
        axis: Axis,
        /// The offending value in mm.
        mm: f64,
        /// Width, depth or height of the scan that follows.
        extent_mm: f64,
        /// The largest that is taken.
        at_most_mm: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_spacings_are_refused_with_their_value() {
        for mm in [0.0, -0.1, f64::NAN, f64::INFINITY] {
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
