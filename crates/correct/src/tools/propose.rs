//! A click on a dark pocket: its outline from probabilities and greys.

use oct::FluidClass;

use super::flood::{rise, smoothed_greys};
use super::index_of;
use crate::edit::Place;
use crate::error::CorrectError;
use crate::grid::Grid;
use crate::planes::Planes;
use crate::shape::Shape;

/// Half the side of the square in which probabilities tell the class.
const AROUND: u32 = 8;
/// A probability that tells something by itself, of 255.
const TELLING: u8 = 26;

/// What would be fluid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The class.
    pub class: FluidClass,
    /// Its samples.
    pub shape: Shape,
}

/// The pocket of fluid around `at`, of `class`, or of the class that is likeliest there; where
/// the network says nothing of any, of IRF. What is probable looks darker by half of that: where
/// the network has no idea, greys alone decide.
/// Where greys have no outline, what has half the probability of the place is taken.
///
/// # Errors
/// [`CorrectError`] as [`super::flood::dark_space`] gives it.
pub fn propose(
    planes: &dyn Planes,
    bscan: u32,
    at: Place,
    class: Option<FluidClass>,
) -> Result<Proposal, CorrectError> {
    let grid = planes.grid();
    let seed = index_of(planes, at)?;
    let mut plane = smoothed_greys(planes, bscan)?;
    let pixels = plane.len();
    let chances = planes.chances(bscan).filter(|chances| chances.len() == 3 * pixels);
    let map = |class: FluidClass| {
        chances.as_ref().map(|chances| &chances[class.index() * pixels..(class.index() + 1) * pixels])
    };
    let class = class.unwrap_or_else(|| {
        let near = FluidClass::ALL.map(|class| map(class).map_or(0, |map| sum_around(grid, map, at)));
        // The first of equal ones.
        let likeliest = FluidClass::ALL.into_iter().rev().max_by_key(|class| near[class.index()]);
        likeliest.unwrap_or(FluidClass::Irf)
    });
    let map = map(class);
    if let Some(map) = map {
        for (grey, chance) in plane.iter_mut().zip(map) {
            *grey = grey.saturating_sub(chance / 2);
        }
    }
    let found = rise(grid, &plane, seed);
    let shape = match (found, map) {
        (Ok(shape), _) => shape,
        (Err(error), Some(map)) => probable(grid, map, seed).ok_or(error)?,
        (Err(error), None) => return Err(error),
    };
    Ok(Proposal { class, shape })
}

/// What is connected with `seed` and half as probable, where that says anything.
fn probable(grid: Grid, map: &[u8], seed: u32) -> Option<Shape> {
    let least = map.get(seed as usize).copied().filter(|chance| *chance >= TELLING)? / 2;
    let probable = Shape::of_samples(map.iter().map(|chance| *chance >= least));
    super::component::parts(grid, &probable).into_iter().find(|part| part.holds(seed))
}

fn sum_around(grid: Grid, map: &[u8], at: Place) -> u32 {
    let mut sum = 0;
    for row in at.row.saturating_sub(AROUND)..(at.row + AROUND + 1).min(grid.rows) {
        for column in at.column.saturating_sub(AROUND)..(at.column + AROUND + 1).min(grid.columns) {
            sum += map.get((row * grid.columns + column) as usize).copied().map_or(0, u32::from);
        }
    }
    sum
}
