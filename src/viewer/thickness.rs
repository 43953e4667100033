//! How thick the retina, or a fluid, is at every place: a map of columns by B-scans.

use fluid::thickness::thickness_um;
use oct::{Axis, FluidClass};

use crate::model::{Front, Scan};

/// The scale of a map, µm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The lower end.
    pub least_um: f32,
    /// The upper end.
    pub most_um: f32,
}

/// Thickness of the retina on the scale of reading centres: a fovea has 200 to 270 µm.
const RETINA: Scale = Scale { least_um: 150.0, most_um: 500.0 };
/// The shortest scale of a fluid, so that single pixels do not shine.
const LEAST_OF_FLUID_UM: f32 = 100.0;

/// What a map shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Thickness {
    /// µm by B-scan, then column; NaN where it is not known.
    pub um: Vec<f32>,
    /// The scale of its colours.
    pub scale: Scale,
}

impl Thickness {
    /// The thickness that `front` asks for; `None` where it asks for none, or the axial spacing
    /// is not known, or nothing is measured.
    pub fn of(scan: &Scan, front: Front) -> Option<Self> {
        let axial_um = scan.info.geometry.trusted_mm(Axis::Axial)? * 1000.0;
        let um = match front {
            Front::Thickness(class) => of_fluid(scan, class, axial_um),
            Front::Retina => of_retina(scan, axial_um),
            Front::Classes | Front::Picture => return None,
        };
        if um.iter().all(|um| um.is_nan()) {
            return None;
        }
        let most_um = um.iter().copied().filter(|um| um.is_finite()).fold(0.0, f32::max);
        let scale = match front {
            Front::Retina => RETINA,
            _ => Scale { least_um: 0.0, most_um: rounded_up(most_um.max(LEAST_OF_FLUID_UM)) },
        };
        Some(Self { um, scale })
    }

    /// The colour of each place: clear where nothing is known, or where there is none of a fluid.
    pub fn rgba(&self, colour: impl Fn(u8) -> [u8; 4]) -> Vec<u8> {
        let Scale { least_um, most_um } = self.scale;
        let of = |um: &f32| {
            if !um.is_finite() || *um <= 0.0 {
                return [0; 4];
            }
            let [r, g, b, _] = colour(((um - least_um) / (most_um - least_um) * 255.0) as u8);
            [r, g, b, 225]
        };
        self.um.iter().flat_map(of).collect()
    }
}

/// Up to a round figure.
fn rounded_up(um: f32) -> f32 {
    (um / 50.0).ceil() * 50.0
}

fn of_fluid(scan: &Scan, class: FluidClass, axial_um: f64) -> Vec<f32> {
    by_bscan(scan, |bscan, row| {
        let Some(measured) = scan.bscans.measured(bscan).filter(|it| it.result.has_picture) else { return };
        let rows = measured.mask.rows_per_column(row.len(), class.label());
        row.iter_mut().zip(rows).for_each(|(um, rows)| *um = (f64::from(rows) * axial_um) as f32);
    })
}

fn of_retina(scan: &Scan, axial_um: f64) -> Vec<f32> {
    by_bscan(scan, |bscan, row| {
        let Some(measured) = scan.bscans.measured(bscan) else { return };
        let (ilm, bm) = measured.boundaries.split_at(measured.boundaries.len() / 2);
        for (um, (ilm, bm)) in row.iter_mut().zip(ilm.iter().zip(bm)) {
            *um = thickness_um(*ilm, *bm, axial_um).map_or(f32::NAN, |um| um as f32);
        }
    })
}

/// A value for each column of each B-scan; NaN where `fill` puts none.
fn by_bscan(scan: &Scan, fill: impl Fn(u32, &mut [f32])) -> Vec<f32> {
    let columns = scan.info.columns as usize;
    let mut values = vec![f32::NAN; columns * scan.info.bscans as usize];
    for (bscan, row) in values.chunks_exact_mut(columns.max(1)).enumerate() {
        fill(bscan as u32, row);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_and_what_is_not_there_is_clear() {
        let scale = Scale { least_um: 0.0, most_um: 100.0 };
        let map = Thickness { um: vec![f32::NAN, 0.0, 50.0, 400.0], scale };
        let rgba = map.rgba(|value| [value, 0, 0, 255]);
        assert_eq!(rgba[..8], [0; 8]);
        assert_eq!((rgba[8], rgba[11], rgba[12]), (127, 225, 255));
        assert_eq!((rounded_up(100.0), rounded_up(101.0)), (100.0, 150.0));
    }
}
