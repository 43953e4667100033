//! Tools: from an [`Edit`] and what it looks at to the voxels that change.
//!
//! | module | what it does |
//! |---|---|
//! | [`stroke`] | brush and eraser |
//! | [`lasso`] | everything within an outline |
//! | [`flood`] | the dark space around a place |
//! | [`propose`] | the same by probabilities and greys: one click, one outline |
//! | [`component`] | connected fluid in a B-scan or in the volume |
//! | [`push`] | a ball that moves an outline |
//! | [`interpolate`] | shapes between those of two B-scans |

pub mod component;
pub mod flood;
pub mod interpolate;
pub mod lasso;
pub mod propose;
pub mod push;
pub mod stroke;

use std::borrow::Cow;

use crate::drawn::UNTOUCHED;
use crate::edit::{Edit, Extent, Paint, Place};
use crate::error::CorrectError;
use crate::planes::Planes;
use crate::shape::Shape;

/// Voxels of a B-scan that get one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Index of the B-scan.
    pub bscan: u32,
    /// The voxels.
    pub shape: Shape,
    /// A label 0 to 3, or [`UNTOUCHED`].
    pub value: u8,
}

impl Paint {
    /// A label 0 to 3, or [`UNTOUCHED`].
    pub fn value(self) -> u8 {
        match self {
            Self::Background => 0,
            Self::Fluid(class) => class.label(),
            Self::GiveBack => UNTOUCHED,
        }
    }
}

/// What `edit` changes, made in `bscan`; to be made in this order.
///
/// # Errors
/// [`CorrectError`] where it has no place, no end or nothing to work on.
pub fn changes(edit: &Edit, bscan: u32, planes: &dyn Planes) -> Result<Vec<Change>, CorrectError> {
    let grid = planes.grid();
    if bscan >= grid.bscans {
        return Err(CorrectError::NoSuchBScan { bscan });
    }
    let here = |shape: Shape, paint: Paint| vec![Change { bscan, shape, value: paint.value() }];
    Ok(match edit {
        Edit::Stroke { paint, radius, points } => here(stroke::swept(grid, *radius, points), *paint),
        Edit::Lasso { paint, outline } => here(lasso::within(grid, outline), *paint),
        Edit::Fill { class, at } => here(flood::dark_space(planes, bscan, *at)?, Paint::Fluid(*class)),
        Edit::Accept { class, at } => {
            let proposal = propose::propose(planes, bscan, *at, Some(*class))?;
            here(proposal.shape, Paint::Fluid(*class))
        }
        Edit::Component { at, extent, paint } => {
            let shapes = component::component(planes, bscan, *at, *extent)?;
            let value = paint.value();
            shapes.into_iter().map(|(bscan, shape)| Change { bscan, shape, value }).collect()
        }
        Edit::Push { class, radius, points } => {
            let (shape, paint) = push::pushed(planes, bscan, *class, *radius, points)?;
            here(shape, paint)
        }
        Edit::Interpolate { class, from, to } => interpolate::between(planes, *class, *from, *to)?,
        Edit::Clear { extent } => {
            let bscans = match extent {
                Extent::BScan => bscan..bscan + 1,
                Extent::Volume => 0..grid.bscans,
            };
            let all = bscans.filter_map(|bscan| Some((bscan, planes.drawn(bscan)?.shape())));
            all.map(|(bscan, shape)| Change { bscan, shape, value: UNTOUCHED }).collect()
        }
    })
}

/// Index of `at` within a B-scan.
fn index_of(planes: &dyn Planes, at: Place) -> Result<u32, CorrectError> {
    let outside = CorrectError::Outside { column: at.column, row: at.row };
    planes.grid().index(at).ok_or(outside)
}

/// A plane of `bscan`, with a value for each of its samples.
fn whole<'a>(
    planes: &'a dyn Planes,
    bscan: u32,
    plane: impl Fn(&'a dyn Planes) -> Option<Cow<'a, [u8]>>,
) -> Result<Cow<'a, [u8]>, CorrectError> {
    plane(planes)
        .filter(|values| values.len() == planes.grid().pixels() as usize)
        .ok_or(CorrectError::NoSuchBScan { bscan })
}
