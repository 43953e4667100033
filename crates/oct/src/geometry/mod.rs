//! Where the samples of a volume lie in the eye: spacing with the origin of
//! every millimetre, orientation, laterality, and where each B-scan was taken.
//!
//! | module | what it holds |
//! |---|---|
//! | [`spacing`] | the axes, and the spacing along one with its source |
//! | [`possible`] | whether an eye can have that spacing |
//! | [`doubt`] | why it can not, in words, and what is meant instead |
//! | [`contradiction`] | what a file states twice, in two ways |
//! | [`axis_order`] | which axis of an array is which |
//! | [`pattern`] | how the B-scans lie, and why some patterns have no volume |
//! | [`placement`] | where each B-scan lies, and the pattern and order that follow |
//! | [`laterality`] | which eye |
//! | [`vector`] | vectors of three coordinates |

pub mod axis_order;
pub mod contradiction;
pub mod doubt;
pub mod laterality;
pub mod pattern;
pub mod placement;
pub mod possible;
pub mod spacing;
pub mod vector;

use serde::{Deserialize, Serialize};

use possible::{BEYOND_ANY_DEPTH_MM, BEYOND_ANY_EYE_MM, Stated};

pub use axis_order::{AxisOrder, NoAxisOrder};
pub use contradiction::Contradiction;
pub use doubt::{Doubt, Mistake, Proposal, UnlikelyEntry};
pub use laterality::Laterality;
pub use pattern::ScanPattern;
pub use placement::{Arrangement, BScanOrder, BScanPlace};
pub use possible::Implausible;
pub use spacing::{Axis, AxisSpacing, GeometryError, SaidBy, SpacingSource};

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
    /// The step along each axis in mm by which the file's header places its samples for other
    /// programs, filler or not; `None` where it states none. Nothing is measured with it: it is
    /// written back with masks, which lie on the scan whatever spacing a person corrected.
    pub header_step_mm: [Option<f64>; 3],
    /// One of the header's units in mm where other programs pass it over and take its figures
    /// for mm, else 1: masks are written in it.
    pub header_unit_mm: f64,
    /// In which order and direction the source's array has the axes, the fastest
    /// first; a mask goes back in it.
    pub stored_axes: AxisOrder,
    /// How the B-scans lie.
    pub pattern: ScanPattern,
    /// Which eye, where the file says so.
    pub laterality: Option<Laterality>,
    /// Where each B-scan lies; empty where the file does not say.
    pub places: Vec<BScanPlace>,
    /// Columns, rows and B-scans of the volume, by which its extents are judged. `None`
    /// where the geometry belongs to no volume yet: nothing is in doubt then.
    pub samples: Option<[usize; 3]>,
    /// What the file states otherwise in other fields ([`Self::contradict`]).
    pub contradictions: Vec<Contradiction>,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            lateral: AxisSpacing::unknown(),
            axial: AxisSpacing::unknown(),
            between_bscans: AxisSpacing::unknown(),
            origin_mm: [0.0; 3],
            direction: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
            header_step_mm: [None; 3],
            header_unit_mm: 1.0,
            stored_axes: AxisOrder::STANDARD,
            pattern: ScanPattern::default(),
            laterality: None,
            places: Vec::new(),
            samples: None,
            contradictions: Vec::new(),
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

    /// Sets the steps that the file's header states for its first axes, in its own unit; what
    /// is no step is not stated, and what is below 0 counts without its sign, as in ITK.
    pub fn set_header_steps(&mut self, steps: &[f64]) {
        for (step_mm, step) in self.header_step_mm.iter_mut().zip(steps) {
            let is_step = step.is_finite() && *step != 0.0;
            *step_mm = is_step.then_some(step.abs() * self.header_unit_mm);
        }
    }

    /// The step along each axis by which other programs lay out the scan: that of the file's
    /// header, else the spacing; `None` where neither is known.
    pub fn stated_step(&self) -> [Option<f64>; 3] {
        Axis::ALL.map(|axis| {
            let [lateral, axial, between] = self.header_step_mm;
            let in_header = match axis {
                Axis::Lateral => lateral,
                Axis::Axial => axial,
                Axis::BetweenBScans => between,
            };
            in_header.or(self.spacing(axis).mm()).map(|mm| mm / self.header_unit_mm)
        })
    }

    /// The step along each axis by which a mask of `bscans` B-scans is laid out: as
    /// [`Self::stated_step`], but 1 where a header that states another axis states none.
    pub fn mask_step(&self, bscans: usize) -> [Option<f64>; 3] {
        let [lateral, axial, between] = self.stated_step();
        let filler = self.header_step_mm.iter().any(Option::is_some).then_some(1.0);
        [lateral.or(filler), axial.or(filler), between.or(filler.filter(|_| bscans > 1))]
    }

    /// The position of the first sample of a mask, as other programs place that of the scan.
    pub fn mask_origin(&self) -> [f64; 3] {
        self.origin_mm.map(|mm| mm / self.header_unit_mm)
    }

    /// Whether `bscans` B-scans laid out by `steps` have two axes: one B-scan in the plane of
    /// the first two, with no step to a next one.
    pub fn is_flat(&self, bscans: usize, steps: [Option<f64>; 3]) -> bool {
        bscans == 1
            && steps[2].is_none()
            && self.origin_mm[2] == 0.0
            && [2, 5, 6, 7].iter().all(|cell| self.direction[*cell] == 0.0)
            && self.direction[8] == 1.0
    }

    /// The same geometry of an array whose axes, taken so far for columns, rows
    /// and B-scans, are those of `order` in truth. `rows` is how many rows there
    /// are then: reversed ones begin at the other end.
    #[must_use]
    pub fn reordered(self, order: AxisOrder, rows: usize) -> Self {
        let [lateral, axial, between_bscans] =
            order.standard([&self.lateral, &self.axial, &self.between_bscans]).map(Clone::clone);
        let header_step_mm = order.standard(self.header_step_mm);
        let contradictions =
            self.contradictions.iter().map(|one| one.reordered(|mm| order.standard(mm))).collect();
        let mut geometry = Self {
            lateral,
            axial,
            between_bscans,
            header_step_mm,
            contradictions,
            stored_axes: order,
            ..self
        };
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
        let mut geometry = Self {
            lateral,
            axial,
            between_bscans,
            header_step_mm: order.axes().map(|axis| turned.header_step_mm[axis.index()]),
            contradictions: turned
                .contradictions
                .iter()
                .map(|c| c.reordered(|mm| order.stored(mm)))
                .collect(),
            stored_axes: AxisOrder::STANDARD,
            ..turned.clone()
        };
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
            let step_mm = self.header_step_mm[Axis::Axial.index()].or(self.axial.mm()).unwrap_or(1.0);
            let depth_mm = rows.saturating_sub(1) as f64 * step_mm;
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

    /// Notes that some B-scans are missing: what could have been measured no longer can.
    pub fn lack_bscans(&mut self) {
        if self.pattern.why_no_volume().is_none() {
            self.pattern = ScanPattern::Incomplete;
        }
    }

    /// What is to be doubted in the spacing that the file states, if anything. It follows from
    /// the spacing and what contradicts it, so it is there or gone as soon as that changes.
    pub fn doubt(&self) -> Option<Doubt> {
        let stated = self.stated()?;
        let contradicted = self.contradictions.iter().find_map(|one| one.doubt(&stated));
        contradicted.or_else(|| Doubt::of(&stated))
    }

    /// What no eye has in the spacing that a person entered or confirmed: it is measured
    /// with, since a person said so, and never without a word.
    pub fn unlikely_entry(&self) -> Option<UnlikelyEntry> {
        UnlikelyEntry::of(&self.stated()?)
    }

    /// What is judged; `None` where the geometry belongs to no volume yet.
    fn stated(&self) -> Option<Stated> {
        let has_volume = self.pattern.why_no_volume().is_none();
        let mm = |axis: Axis| self.spacing(axis).mm().filter(|_| has_volume || axis != Axis::BetweenBScans);
        let said_by = Axis::ALL.map(|axis| self.spacing(axis).said_by());
        Some(Stated { samples: self.samples?, mm: Axis::ALL.map(mm), said_by })
    }

    /// Notes that field `other` of the file says otherwise of the spacing than what was
    /// taken, if it does by more than a few percent: it is in doubt then. `readings` are
    /// what follows from that field in mm by axis, several where it leaves open which axis
    /// is wrong.
    pub fn contradict(&mut self, other: &str, readings: impl IntoIterator<Item = [Option<f64>; 3]>) {
        let spacing = [&self.lateral, &self.axial, &self.between_bscans];
        self.contradictions.extend(Contradiction::of(spacing, other, readings));
    }

    /// Spacing along `axis` in mm, `None` where it is unknown or in doubt: what
    /// proportions and scales are made of.
    pub fn trusted_mm(&self, axis: Axis) -> Option<f64> {
        let is_doubted = self.doubt().is_some_and(|doubt| doubt.axes.contains(&axis));
        self.spacing(axis).mm().filter(|_| !is_doubted)
    }

    /// Sets spacing in mm that a person typed in; all of it or nothing.
    ///
    /// # Errors
    /// [`GeometryError::TypedSpacing`] and [`GeometryError::BeyondAnyEye`].
    pub fn set_typed(&mut self, spacing: &[(Axis, f64)]) -> Result<(), GeometryError> {
        let mut typed = Vec::new();
        for (axis, mm) in spacing {
            let depth = (*axis == Axis::Axial).then_some(BEYOND_ANY_DEPTH_MM);
            self.check_extent(*axis, *mm, depth.unwrap_or(BEYOND_ANY_EYE_MM))?;
            typed.push((*axis, AxisSpacing::from_user(*axis, *mm)?));
        }
        typed.into_iter().for_each(|(axis, spacing)| self.set_spacing(axis, spacing));
        Ok(())
    }

    /// Confirms `spacing` in mm, what the file states ([`Doubt::stated`]) or what it
    /// probably means ([`Doubt::proposal`]); all of it or nothing.
    ///
    /// # Errors
    /// [`GeometryError::BeyondAnyEye`] where no eye is so large, whoever says so, and
    /// [`GeometryError::ImpossibleSpacing`].
    pub fn confirm(&mut self, spacing: &[(Axis, f64)]) -> Result<(), GeometryError> {
        for (axis, mm) in spacing {
            AxisSpacing::new(*axis, *mm, SpacingSource::FromUser)?;
            self.check_extent(*axis, *mm, BEYOND_ANY_EYE_MM)?;
        }
        for (axis, mm) in spacing {
            let confirmed = self.spacing(*axis).confirmed(*mm);
            self.set_spacing(*axis, confirmed);
        }
        Ok(())
    }

    fn check_extent(&self, axis: Axis, mm: f64, at_most_mm: f64) -> Result<(), GeometryError> {
        let extent_mm = self.samples.map_or(0.0, |samples| possible::extent_mm(samples, axis, mm));
        if extent_mm > at_most_mm {
            return Err(GeometryError::BeyondAnyEye { axis, mm, extent_mm, at_most_mm });
        }
        Ok(())
    }

    /// Volume of one voxel in nanolitres (1 mm³ = 1000 nl), or `None` while
    /// any spacing is unknown or in doubt ([`Self::doubt`]), and where the pattern has
    /// no volume ([`ScanPattern::why_no_volume`]).
    pub fn voxel_nl(&self) -> Option<f64> {
        if self.pattern.why_no_volume().is_some() || self.doubt().is_some() {
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
            (ScanPattern::NoScan, false),
            (ScanPattern::NoRetina, false),
            (ScanPattern::Labels, false),
            (ScanPattern::Incomplete, false),
        ] {
            geometry.pattern = pattern;
            assert_eq!(geometry.voxel_nl().is_some(), measurable, "{}", pattern.name());
            assert_eq!(pattern.why_no_volume().is_none(), measurable);
        }
    }
}
