//! Where the samples of a volume lie in the eye: spacing with the origin of
//! every millimetre, orientation, laterality, and where each B-scan was taken.
//!
//! | module | what it holds |
//! |---|---|
//! | [`spacing`] | the axes, and the spacing along one with its source |
//! | [`axis_order`] | which axis of an array is which |
//! | [`pattern`] | how the B-scans lie, and why some patterns have no volume |
//! | [`placement`] | where each B-scan lies, and the pattern and order that follow |
//! | [`laterality`] | which eye |
//! | [`vector`] | vectors of three coordinates |

pub mod axis_order;
pub mod laterality;
pub mod pattern;
pub mod placement;
pub mod spacing;
pub mod vector;

use serde::{Deserialize, Serialize};

pub use axis_order::{AxisOrder, NoAxisOrder};
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
    /// In which order and direction the source's array has the axes, the fastest
    /// first; a mask goes back in it.
    pub stored_axes: AxisOrder,
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
            stored_axes: AxisOrder::STANDARD,
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

    /// The same geometry of an array whose axes, taken so far for columns, rows
    /// and B-scans, are those of `order` in truth. `rows` is how many rows there
    /// are then: reversed ones begin at the other end.
    #[must_use]
    pub fn reordered(self, order: AxisOrder, rows: usize) -> Self {
        let [lateral, axial, between_bscans] =
            order.standard([&self.lateral, &self.axial, &self.between_bscans]).map(Clone::clone);
        let mut geometry = Self { lateral, axial, between_bscans, stored_axes: order, ..self };
        let columns = [0, 1, 2].map(|axis| [0, 1, 2].map(|row| self.direction[row * 3 + axis]));
        for (axis, cosines) in order.standard(columns).into_iter().enumerate() {
            for (row, cosine) in cosines.into_iter().enumerate() {
                geometry.direction[row * 3 + axis] = cosine;
            }
        }
        geometry.with_rows_turned(rows)
    }

    /// The geometry of the array as its source has it, for a mask that goes back
    /// in that order: what stands for columns, rows and B-scans in it are the
    /// axes of [`Self::stored_axes`].
    #[must_use]
    pub fn as_stored(&self, rows: usize) -> Self {
        let order = self.stored_axes;
        let turned = self.clone().with_rows_turned(rows);
        let [lateral, axial, between_bscans] = order.axes().map(|axis| turned.spacing(axis).clone());
        let mut geometry =
            Self { lateral, axial, between_bscans, stored_axes: AxisOrder::STANDARD, ..turned.clone() };
        for (place, axis) in order.axes().into_iter().enumerate() {
            for row in 0..3 {
                geometry.direction[row * 3 + place] = turned.direction[row * 3 + axis.index()];
            }
        }
        geometry
    }

    /// With the other end of the rows as their beginning, where they are reversed.
    fn with_rows_turned(mut self, rows: usize) -> Self {
        if self.stored_axes.rows_reversed() {
            // Where no step is known writers lay samples 1 mm apart.
            let depth_mm = rows.saturating_sub(1) as f64 * self.axial.mm().unwrap_or(1.0);
            for row in 0..3 {
                let cosine = &mut self.direction[row * 3 + 1];
                self.origin_mm[row] += *cosine * depth_mm;
                *cosine = -*cosine + 0.0;
            }
        }
        self
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
    fn a_geometry_goes_to_another_order_and_back() {
        let mut stored = Geometry { origin_mm: [1.0, -2.0, 3.0], ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([0.004, 0.12, 0.0117]) {
            stored.set_spacing(axis, known(axis, mm));
        }
        let order: AxisOrder = "rows-reversed,bscans,columns".parse().unwrap();
        let read = stored.clone().reordered(order, 101);
        assert_eq!((read.lateral.mm(), read.axial.mm()), (Some(0.0117), Some(0.004)));
        assert_eq!(read.between_bscans.mm(), Some(0.12));
        // The rows lie along the first coordinate, and begin at its other end.
        assert_eq!((read.direction[1], read.direction[5], read.direction[6]), (-1.0, 1.0, 1.0));
        assert!((read.origin_mm[0] - 1.4).abs() < 1e-12, "{:?}", read.origin_mm);
        let back = read.as_stored(101);
        assert!((back.origin_mm[0] - 1.0).abs() < 1e-12, "{:?}", back.origin_mm);
        assert_eq!(Geometry { origin_mm: stored.origin_mm, ..back }, stored);
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
}
