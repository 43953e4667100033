//! The tool that a person holds over the B-scan, and what it does there.

use engine_protocol::{Edit, Extent, Paint, Place, Point, Radius};
use oct::{Axis, FluidClass, Geometry};

/// What a press on the B-scan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A press on a dark pocket outlines it.
    Pocket,
    /// Draws fluid.
    Brush,
    /// Draws no fluid.
    Eraser,
    /// Fills a bounded dark space.
    Fill,
    /// Fills an outline.
    Lasso,
    /// Pushes an outline.
    Push,
    /// Gives connected fluid another class.
    Reclassify,
    /// Takes connected fluid away.
    Remove,
    /// Gives back to the network what a person drew.
    GiveBack,
}

impl Tool {
    /// All, in the order of the bar.
    pub const ALL: [Self; 9] = [
        Self::Pocket,
        Self::Brush,
        Self::Eraser,
        Self::Fill,
        Self::Lasso,
        Self::Push,
        Self::Reclassify,
        Self::Remove,
        Self::GiveBack,
    ];

    /// Its name in ids.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Pocket => "pocket",
            Self::Brush => "brush",
            Self::Eraser => "eraser",
            Self::Fill => "fill",
            Self::Lasso => "lasso",
            Self::Push => "push",
            Self::Reclassify => "reclassify",
            Self::Remove => "remove",
            Self::GiveBack => "give-back",
        }
    }

    /// Whether it has a size and leaves its mark along a path.
    pub fn has_size(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser | Self::Push | Self::GiveBack)
    }

    /// Whether it puts down a class.
    pub fn has_class(self) -> bool {
        !matches!(self, Self::Eraser | Self::Remove | Self::GiveBack)
    }
}

/// What a person holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hand {
    /// The tool; without one a press looks around.
    pub tool: Option<Tool>,
    /// The class that it puts down.
    pub class: FluidClass,
    /// Its radius along the retina, columns.
    pub radius: f32,
    /// Connected fluid is taken through the volume, not the B-scan alone.
    pub through_volume: bool,
}

/// The smallest and the largest radius, columns.
pub const RADII: [f32; 2] = [1.0, 64.0];
/// A step of the radius.
const STEP: f32 = 1.3;

impl Default for Hand {
    fn default() -> Self {
        Self { tool: None, class: FluidClass::Irf, radius: 6.0, through_volume: false }
    }
}

/// What happens to the hand, and by it.
#[derive(Debug, Clone, PartialEq)]
pub enum HandInput {
    /// Take a tool, or lay it down where it is held.
    Take(Tool),
    /// Put this class down.
    Class(FluidClass),
    /// The next larger radius, or the next smaller one.
    Resize {
        /// Larger.
        larger: bool,
    },
    /// Take connected fluid through the volume, or the B-scan alone.
    ThroughVolume(bool),
    /// The tool went along places of the B-scan in view, columns and rows.
    Used(Vec<[f64; 2]>),
    /// The keyboard moves the cursor by so many radii to the right and down.
    Step([f64; 2]),
    /// The keyboard uses the tool where the cursor is.
    UseHere,
    /// Fill between the B-scan in view and the nearest other one that a person drew in.
    Interpolate,
    /// The B-scan in view was looked at and is right, or not any more.
    Review,
    /// Take the last interaction back.
    Undo,
    /// Do it again.
    Redo,
}

impl Hand {
    /// Radius in samples: a disc in mm where both spacings are known.
    pub fn radius_on(&self, geometry: &Geometry) -> Radius {
        let mm = |axis| geometry.trusted_mm(axis);
        let columns_in_rows =
            mm(Axis::Lateral).zip(mm(Axis::Axial)).map_or(1.0, |(lateral, axial)| lateral / axial);
        Radius { columns: self.radius, rows: (f64::from(self.radius) * columns_in_rows).max(0.5) as f32 }
    }

    /// Takes the next size.
    pub fn resize(&mut self, larger: bool) {
        let factor = if larger { STEP } else { 1.0 / STEP };
        self.radius = (self.radius * factor).clamp(RADII[0], RADII[1]);
    }

    /// What the tool does along `path`, columns and rows of a B-scan of `columns` and `rows`;
    /// `None` where it does nothing there. [`Tool::Pocket`] asks first and is no edit.
    pub fn edit(&self, path: &[[f64; 2]], [columns, rows]: [u32; 2], geometry: &Geometry) -> Option<Edit> {
        let points =
            || path.iter().map(|[column, row]| Point { column: *column as f32, row: *row as f32 }).collect();
        let at = || place(*path.last()?, [columns, rows]);
        let fluid = Paint::Fluid(self.class);
        let radius = self.radius_on(geometry);
        let extent = if self.through_volume { Extent::Volume } else { Extent::BScan };
        match self.tool? {
            _ if path.is_empty() => None,
            Tool::Pocket => None,
            Tool::Brush => Some(Edit::Stroke { paint: fluid, radius, points: points() }),
            Tool::Eraser => Some(Edit::Stroke { paint: Paint::Background, radius, points: points() }),
            Tool::GiveBack => Some(Edit::Stroke { paint: Paint::GiveBack, radius, points: points() }),
            Tool::Push => Some(Edit::Push { class: self.class, radius, points: points() }),
            Tool::Lasso => (path.len() > 2).then(|| Edit::Lasso { paint: fluid, outline: points() }),
            Tool::Fill => Some(Edit::Fill { class: self.class, at: at()? }),
            Tool::Reclassify => Some(Edit::Component { at: at()?, extent, paint: fluid }),
            Tool::Remove => Some(Edit::Component { at: at()?, extent, paint: Paint::Background }),
        }
    }
}

/// The sample at a column and a row; `None` outside of the B-scan.
pub fn place([column, row]: [f64; 2], [columns, rows]: [u32; 2]) -> Option<Place> {
    let within = |at: f64, size: u32| (at >= 0.0 && at < f64::from(size)).then_some(at as u32);
    Some(Place { column: within(column, columns)?, row: within(row, rows)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{AxisSpacing, SpacingSource};

    #[test]
    fn a_disc_in_millimetres_is_an_ellipse_in_samples() {
        let mut geometry = Geometry::default();
        let hand = Hand::default();
        assert_eq!(hand.radius_on(&geometry), Radius { columns: 6.0, rows: 6.0 });
        for (axis, mm) in [(Axis::Lateral, 0.012), (Axis::Axial, 0.004)] {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        let Radius { columns, rows } = hand.radius_on(&geometry);
        assert!(columns == 6.0 && (rows - 18.0).abs() < 1e-3);
    }

    #[test]
    fn tools_become_edits_and_what_lies_outside_does_nothing() {
        let geometry = Geometry::default();
        let with = |tool, path: &[[f64; 2]]| {
            Hand { tool: Some(tool), class: FluidClass::Srf, ..Hand::default() }.edit(
                path,
                [10, 10],
                &geometry,
            )
        };
        assert!(matches!(
            with(Tool::Eraser, &[[1.0, 2.0]]),
            Some(Edit::Stroke { paint: Paint::Background, .. })
        ));
        assert_eq!(
            with(Tool::Fill, &[[1.5, 2.5]]),
            Some(Edit::Fill { class: FluidClass::Srf, at: Place { column: 1, row: 2 } })
        );
        assert_eq!(with(Tool::Remove, &[[10.0, 2.0]]), None);
        assert_eq!(with(Tool::Lasso, &[[1.0, 1.0], [2.0, 2.0]]), None, "no area");
        assert_eq!(with(Tool::Brush, &[]), None);
        assert_eq!(Hand::default().edit(&[[1.0, 1.0]], [10, 10], &geometry), None);
    }

    #[test]
    fn sizes_stay_within_their_bounds() {
        let mut hand = Hand::default();
        (0..99).for_each(|_| hand.resize(true));
        assert_eq!(hand.radius, RADII[1]);
        (0..99).for_each(|_| hand.resize(false));
        assert_eq!(hand.radius, RADII[0]);
    }
}
