//! How thick the retina is in a column, from its boundaries.

use crate::boundaries::Boundaries;

/// No retina is thicker, whatever lies in it: a boundary that says so is none.
const THICKEST_UM: f64 = 2500.0;

/// Thickness in µm between two boundaries, in rows of `axial_um`. `None` where one is missing, and
/// where the two do not lie one below the other or farther apart than any retina is thick.
pub fn thickness_um(ilm_row: f32, bm_row: f32, axial_um: f64) -> Option<f64> {
    let um = (f64::from(bm_row) - f64::from(ilm_row)) * axial_um;
    (um > 0.0 && um <= THICKEST_UM).then_some(um)
}

/// The thickness of the retina, from the inner limiting membrane to Bruch's membrane.
#[derive(Debug, Clone, Copy)]
pub struct Thickness<'a> {
    boundaries: &'a [Option<Boundaries>],
    axial_mm: f64,
}

impl<'a> Thickness<'a> {
    /// From `boundaries`, one a B-scan and `None` where a B-scan has none, in rows of
    /// `axial_mm`.
    pub fn new(boundaries: &'a [Option<Boundaries>], axial_mm: f64) -> Self {
        Self { boundaries, axial_mm }
    }

    /// Thickness in µm, fluid included; `None` as of [`thickness_um`], and where nothing is known.
    pub fn um(&self, bscan: usize, column: usize) -> Option<f64> {
        let Boundaries { ilm_row, bm_row } = self.boundaries.get(bscan)?.as_ref()?;
        thickness_um(*ilm_row.get(column)?, *bm_row.get(column)?, self.axial_um())
    }

    /// Height of a row in µm.
    pub fn axial_um(&self) -> f64 {
        self.axial_mm * 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thickness_is_the_rows_between_the_boundaries_and_unknown_where_one_is_missing() {
        let boundaries = Boundaries {
            ilm_row: vec![10.5, f32::NAN, 30.0, 5.0, f32::NEG_INFINITY],
            bm_row: vec![85.5, 80.0, 20.0],
        };
        let both = [None, Some(boundaries)];
        let thickness = Thickness::new(&both, 0.004);
        let found: Vec<_> = (0..6).map(|column| thickness.um(1, column)).collect();
        assert_eq!(found, [Some(300.0), None, None, None, None, None]);
        assert_eq!((thickness.um(0, 0), thickness.um(2, 0)), (None, None));
    }
}
