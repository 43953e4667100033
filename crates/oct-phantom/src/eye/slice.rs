//! One slice of an eye while it is drawn.

use super::Eye;
use crate::anatomy::{Column, Surfaces};
use crate::deposits::Deposits;
use crate::fluid::Fluid;
use crate::random::Stream;

/// One slice while it is painted; rows from the vitreous down, z in mm from the B-scan's top.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    pub columns: usize,
    pub rows: usize,
    pub axial: f32,
    pub lateral: f32,
    pub y: f32,
    /// Depth of the B-scan's top edge in the eye.
    pub top: f32,
    pub x: Vec<f32>,
    pub surfaces: Surfaces,
    pub fluid: Fluid,
    pub deposits: Deposits,
    pub grey: Vec<f32>,
    /// Index in [`Region::ALL`].
    pub regions: Vec<u8>,
    pub labels: Vec<u8>,
}

impl Slice {
    /// B-scan `bscan` of `eye` with its surfaces in place and nothing drawn yet.
    pub fn of(eye: &Eye, bscan: usize, stream: &mut Stream) -> Self {
        let (columns, rows) = (eye.columns(), eye.rows());
        let lateral = eye.grid.mm[0] as f32;
        let axial = eye.grid.mm[1] as f32;
        let [moved_x, moved_y] = eye.moved;
        let y = (bscan as f32 - 0.5 * (eye.grid.bscans as f32 - 1.0)) * eye.grid.mm[2] as f32 + moved_y;
        let x: Vec<f32> =
            (0..columns).map(|c| (c as f32 - 0.5 * (columns as f32 - 1.0)) * lateral + moved_x).collect();
        let fluid = eye.fluid.near(y);
        let deposits = eye.deposits.near(y);
        // Retina 0.28 mm thick on average: its middle lies 0.14 mm above Bruch's membrane.
        let top = eye.shape.bruch(0.0, 0.0) - 0.14 - eye.placement * rows as f32 * axial
            + eye.jitter * stream.normal();
        let at_rest: Vec<Column> = x.iter().map(|&x| eye.shape.column(x, y, &fluid, &deposits)).collect();
        let mut surfaces = Surfaces::lifted(&at_rest, lateral, top);
        eye.hyaloids.iter().for_each(|hyaloid| hyaloid.pull(&mut surfaces, &x, y));
        Self {
            columns,
            rows,
            axial,
            lateral,
            y,
            top,
            x,
            surfaces,
            fluid,
            deposits,
            grey: vec![0.0; columns * rows],
            regions: vec![0; columns * rows],
            labels: vec![0; columns * rows],
        }
    }

    /// The column at `x`, or `None` where it is more than 2 mm outside the B-scan.
    pub fn nearest_column(&self, x: f32) -> Option<usize> {
        let first = *self.x.first()?;
        let last = *self.x.last()?;
        if x < first - 2.0 || x > last + 2.0 {
            return None;
        }
        Some((((x - first) / self.lateral).round().max(0.0) as usize).min(self.columns - 1))
    }
}
