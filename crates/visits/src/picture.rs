//! The picture of a scan from the front in which vessels are sought.

use fluid::Boundaries;
use oct::projection::en_face;
use oct::{Axis, EnFace, GreyRange, OctVolume};

/// The slab in which vessels throw their shadows: from above Bruch's membrane, where the pigment
/// epithelium is brightest, to below it.
const ABOVE_BM_MM: f64 = 0.08;
const BELOW_BM_MM: f64 = 0.10;

/// Greys of a scan seen from the front with their places in mm: the first B-scan first, a grey a
/// column; 0 where nothing was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct EnFacePicture {
    grid: EnFace,
    greys: Vec<u8>,
}

impl EnFacePicture {
    /// `greys` by B-scan, then column, as [`oct::projection::en_face`] gives them; `None` where
    /// there are more or fewer than the grid has cells.
    pub fn new(grid: EnFace, greys: Vec<u8>) -> Option<Self> {
        let fits = grid.columns().checked_mul(grid.bscans()) == Some(greys.len());
        fits.then_some(Self { grid, greys })
    }

    /// Of `volume` in the range `grey`: the slab around Bruch's membrane where `boundaries`, one
    /// a B-scan, are known anywhere, else the mean of each column. `None` where places are not
    /// known in mm ([`EnFace::of`]).
    pub fn of(volume: &OctVolume, grey: GreyRange, boundaries: &[Option<Boundaries>]) -> Option<Self> {
        let grid = EnFace::of(&volume.geometry)?;
        let axial_mm = volume.geometry.trusted_mm(Axis::Axial).filter(|mm| *mm > 0.0);
        let bm_row = |bscan: usize, column: usize| {
            let row = *boundaries.get(bscan)?.as_ref()?.bm_row.get(column)?;
            row.is_finite().then_some(row)
        };
        let known =
            (0..volume.bscans()).any(|bscan| (0..volume.columns()).any(|c| bm_row(bscan, c).is_some()));
        let last = volume.rows() as f32;
        let greys = en_face(volume, grey, |bscan, column| match axial_mm.filter(|_| known) {
            None => Some([0.0, last]),
            Some(mm) => bm_row(bscan, column)
                .map(|bm| [(bm - (ABOVE_BM_MM / mm) as f32).max(0.0), bm + (BELOW_BM_MM / mm) as f32]),
        });
        Self::new(grid, greys)
    }

    /// Where its columns lie.
    pub fn grid(&self) -> &EnFace {
        &self.grid
    }

    /// The greys, by B-scan and then column; 0 where nothing was seen.
    pub fn greys(&self) -> &[u8] {
        &self.greys
    }
}
