//! Maps of two visits on one grid: thickness of the retina and of its fluid.

use fluid::ByClass;
use oct::en_face::is_upside_down;
use oct::{Axis, EnFacePlace, FluidClass};

use crate::registration::Registration;
use crate::seen::Scanned;
use crate::visit::Visit;

/// Side of a cell, mm; larger where a scan would have more than [`MOST_CELLS`] of them.
const CELL_MM: f64 = 0.06;
const MOST_CELLS: f64 = 400.0;
/// A cell is the mean of so many places along a side.
const PLACES: usize = 3;
/// Here the colour of a change is full, µm.
pub const FULL_CHANGE_UM: f32 = 200.0;
/// Where a change is not known.
pub const UNKNOWN_COLOUR: [u8; 3] = [60, 63, 70];
/// No change.
pub const SAME_COLOUR: [u8; 3] = [236, 236, 236];
/// Less, at [`FULL_CHANGE_UM`]: blue.
pub const LESS_COLOUR: [u8; 3] = [33, 102, 172];
/// More, at [`FULL_CHANGE_UM`]: red. Who does not tell red from green tells it from blue.
pub const MORE_COLOUR: [u8; 3] = [178, 24, 43];

/// The colour of a change of so many µm; NaN is not known.
pub fn change_colour(um: f32) -> [u8; 3] {
    if um.is_nan() {
        return UNKNOWN_COLOUR;
    }
    let full = if um < 0.0 { LESS_COLOUR } else { MORE_COLOUR };
    let part = (um.abs() / FULL_CHANGE_UM).min(1.0);
    let mix = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * part).round() as u8;
    [0, 1, 2].map(|channel| mix(SAME_COLOUR[channel], full[channel]))
}

/// What was measured at each place of the first scan, at both visits, in square cells: the first
/// B-scan first, then along it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeMap {
    /// Side of a cell, mm.
    pub cell_mm: f64,
    /// Cells along the B-scans of the first scan.
    pub columns: usize,
    /// Cells across them.
    pub rows: usize,
    /// The middle of the first cell, in the first scan.
    pub first: EnFacePlace,
    /// Whether the first row belongs at the bottom, so that the map shows the retina as a fundus
    /// image does ([`oct::en_face::is_upside_down`]).
    pub is_upside_down: bool,
    /// Thickness of the retina, ILM to Bruch's membrane, µm.
    pub thickness_um: BothMaps,
    /// Thickness of the fluid of each class, µm.
    pub fluid_um: ByClass<BothMaps>,
}

/// A map of each visit; NaN where it is not measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BothMaps {
    /// At the first visit.
    pub before: Vec<f32>,
    /// At the second, where the registration puts the same place.
    pub after: Vec<f32>,
}

impl BothMaps {
    /// The second less the first; NaN where one is not measured.
    pub fn difference(&self) -> Vec<f32> {
        self.before.iter().zip(&self.after).map(|(before, after)| after - before).collect()
    }
}

impl ChangeMap {
    /// The maps of `before` and of `after`, laid on each other by `registration`; `None` where a
    /// mask is not of its scan.
    pub fn of(before: &Visit<'_>, after: &Visit<'_>, registration: &Registration) -> Option<Self> {
        let grids = [before.grid()?, after.grid()?];
        let grid = &grids[0];
        let starts = (0..grid.bscans()).map(|bscan| grid.start_mm(bscan));
        let (least, most) = starts.fold((0.0_f64, 0.0_f64), |(a, b), mm| (a.min(mm), b.max(mm)));
        let width_mm = grid.lateral_mm() * grid.columns() as f64 + most - least;
        let height_mm = grid.slow_mm() * grid.bscans() as f64;
        let cell_mm = CELL_MM.max(width_mm.max(height_mm) / MOST_CELLS);
        let [columns, rows] = [width_mm, height_mm].map(|mm| (mm / cell_mm).ceil().max(1.0) as usize);
        let first = EnFacePlace {
            lateral_mm: least + (cell_mm - grid.lateral_mm()) / 2.0,
            slow_mm: (cell_mm - grid.slow_mm()) / 2.0,
        };
        let visits = [before, after];
        let scanned = [0, 1].map(|index| Scanned { grid: &grids[index], mask: Some(visits[index].mask) });
        let thickness = visits.map(|visit| visit.thickness());
        let axial_um = visits.map(|visit| visit.geometry.trusted_mm(Axis::Axial).map(|mm| mm * 1000.0));
        // By visit: thickness of the retina, then of the classes.
        let mut maps = [(); 2].map(|()| [(); 4].map(|()| Vec::with_capacity(columns * rows)));
        for cell in 0..columns * rows {
            let mut means = [[Mean::default(); 4]; 2];
            for place in 0..PLACES * PLACES {
                let within = |part: usize| ((part as f64 + 0.5) / PLACES as f64 - 0.5) * cell_mm;
                let at = EnFacePlace {
                    lateral_mm: first.lateral_mm + (cell % columns) as f64 * cell_mm + within(place % PLACES),
                    slow_mm: first.slow_mm + (cell / columns) as f64 * cell_mm + within(place / PLACES),
                };
                for (index, at) in [at, registration.transform.apply(at)].into_iter().enumerate() {
                    let Some([bscan, column]) = scanned[index].cell(at) else { continue };
                    let um = thickness[index].and_then(|thickness| thickness.um(bscan, column));
                    means[index][0].add(um);
                    let counts = visits[index].mask.column_counts(bscan);
                    for class in FluidClass::ALL {
                        let voxels =
                            counts.map(|counts| counts.voxels(class).get(column).copied().unwrap_or(0));
                        let um = voxels.zip(axial_um[index]).map(|(voxels, um)| f64::from(voxels) * um);
                        means[index][1 + class.index()].add(um);
                    }
                }
            }
            for (maps, means) in maps.iter_mut().zip(means) {
                maps.iter_mut().zip(means).for_each(|(map, mean)| map.push(mean.value()));
            }
        }
        let [mut before_maps, mut after_maps] = maps;
        let mut both = |index: usize| BothMaps {
            before: std::mem::take(&mut before_maps[index]),
            after: std::mem::take(&mut after_maps[index]),
        };
        Some(Self {
            cell_mm,
            columns,
            rows,
            first,
            is_upside_down: is_upside_down(before.geometry),
            thickness_um: both(0),
            fluid_um: ByClass::of(|class| both(1 + class.index())),
        })
    }

    /// Thickness of the fluid of all classes together, µm.
    pub fn all_fluid_um(&self) -> BothMaps {
        let [irf, srf, ped] = [&self.fluid_um.irf, &self.fluid_um.srf, &self.fluid_um.ped];
        let sum = |of: fn(&BothMaps) -> &[f32]| -> Vec<f32> {
            of(irf).iter().zip(of(srf)).zip(of(ped)).map(|((irf, srf), ped)| irf + srf + ped).collect()
        };
        BothMaps { before: sum(|maps| &maps.before), after: sum(|maps| &maps.after) }
    }
}

/// A mean of what is known, where that is at least half.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    known: usize,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.known += 1;
        }
    }

    fn value(self) -> f32 {
        if 2 * self.known >= PLACES * PLACES { (self.sum / self.known as f64) as f32 } else { f32::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_blue_more_is_red_and_what_is_not_known_is_neither() {
        let [red, _, blue] = change_colour(-500.0);
        assert!(blue > 2 * red);
        let [red, _, blue] = change_colour(200.0);
        assert!(red > 2 * blue);
        assert_eq!((change_colour(0.0), change_colour(f32::NAN)), (SAME_COLOUR, UNKNOWN_COLOUR));
    }
}
