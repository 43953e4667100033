//! Fluid and thickness in the ETDRS grid: circles of 1, 3 and 6 mm around the fovea, the two
//! rings in four parts each (ETDRS report 10, Ophthalmology 1991).
//!
//! A column of a B-scan stands for a cell of the retina. Where a border of the grid runs
//! through a cell the fluid of the cell is shared by area, so the nine subfields add up to
//! what lies within 6 mm. What was not scanned is said, never guessed: [`RegionFigures::scanned`].

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::ops::Range;

use oct::{EnFace, EnFacePlace, FluidClass, LabelMask, Side, Sides};
use serde::{Deserialize, Serialize};

use crate::by_class::ByClass;
use crate::thickness::Thickness;

/// Diameters of the circles, mm.
pub const DIAMETERS_MM: [f64; 3] = [1.0, 3.0, 6.0];

/// A cell that a border cuts is shared in steps of this, mm.
const STEP_MM: f64 = 0.005;
/// And in at most so many along a side.
const MOST_STEPS: usize = 400;
/// From here on it is all of a region: borders are followed that finely and no finer.
const WHOLE: f64 = 0.998;
/// Thickness is a mean over at least this part of a region.
const LEAST_PART: f64 = 0.5;

/// Which of the rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ring {
    /// Within 1 mm.
    Central,
    /// From 1 to 3 mm.
    Inner,
    /// From 3 to 6 mm.
    Outer,
}

/// Towards which edge of the scan a part of a ring lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanEdge {
    /// Up, on a map that has the first B-scan at its top.
    #[serde(rename = "first_bscan")]
    FirstBScan,
    /// Right.
    LastColumn,
    /// Down.
    #[serde(rename = "last_bscan")]
    LastBScan,
    /// Left.
    FirstColumn,
}

impl ScanEdge {
    /// All edges, clockwise from the first B-scan.
    pub const ALL: [Self; 4] = [Self::FirstBScan, Self::LastColumn, Self::LastBScan, Self::FirstColumn];

    /// The side of the retina that lies there.
    pub fn side(self, sides: &Sides) -> Option<Side> {
        match self {
            Self::FirstBScan => sides.first_bscan,
            Self::LastColumn => sides.last_column,
            Self::LastBScan => sides.last_bscan,
            Self::FirstColumn => sides.first_column,
        }
    }
}

/// One of the nine subfields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subfield {
    /// Which ring.
    pub ring: Ring,
    /// Towards which edge of the scan; `None` for the central one.
    pub edge: Option<ScanEdge>,
    /// Towards which side of the retina; `None` for the central one and where it is not known.
    pub side: Option<Side>,
}

impl Subfield {
    /// All nine, the central one first, then each ring by [`ScanEdge::ALL`].
    pub fn all(sides: &Sides) -> [Self; 9] {
        let part = |ring, edge: ScanEdge| Self { ring, edge: Some(edge), side: edge.side(sides) };
        let mut all = [Self { ring: Ring::Central, edge: None, side: None }; 9];
        for (index, edge) in ScanEdge::ALL.into_iter().enumerate() {
            all[1 + index] = part(Ring::Inner, edge);
            all[5 + index] = part(Ring::Outer, edge);
        }
        all
    }

    /// `inner nasal`; up, down, left or right, as on a map with the first B-scan at its top,
    /// where the side is not known.
    pub fn name(&self) -> String {
        let ring = match self.ring {
            Ring::Central => return "central".to_owned(),
            Ring::Inner => "inner",
            Ring::Outer => "outer",
        };
        let towards = match (self.side, self.edge) {
            (Some(Side::Superior), _) => "superior",
            (Some(Side::Inferior), _) => "inferior",
            (Some(Side::Nasal), _) => "nasal",
            (Some(Side::Temporal), _) => "temporal",
            (None, Some(ScanEdge::FirstBScan)) => "up",
            (None, Some(ScanEdge::LastBScan)) => "down",
            (None, Some(ScanEdge::FirstColumn)) => "left",
            (None, Some(ScanEdge::LastColumn)) => "right",
            (None, None) => return ring.to_owned(),
        };
        format!("{ring} {towards}")
    }
}

/// What was measured of a region of the retina.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RegionFigures {
    /// The part of it that the B-scans with a picture cover, less columns that are all padding,
    /// 0..=1.
    pub scanned: f64,
    /// Volume in nanolitres of what lies in the scanned part; `None` where nothing of it is
    /// scanned, a B-scan through it waits to be segmented, a spacing is unknown, or the whole
    /// volume is withheld ([`crate::Coverage::Withheld`]).
    pub volume_nl: ByClass<Option<f64>>,
    /// Mean thickness of the retina from ILM to Bruch's membrane in µm, fluid included;
    /// `None` where it is known in less than half of the region.
    pub thickness_um: Option<f64>,
    /// The part of it in which the thickness is known, 0..=1.
    pub thickness_part: f64,
}

/// A subfield with its figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SubfieldFigures {
    /// Which one.
    #[serde(flatten)]
    pub subfield: Subfield,
    /// What was measured.
    #[serde(flatten)]
    pub figures: RegionFigures,
}

/// All within a circle around the fovea.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DiscFigures {
    /// Its diameter in mm.
    pub diameter_mm: f64,
    /// What was measured.
    #[serde(flatten)]
    pub figures: RegionFigures,
}

/// The ETDRS grid with its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Regions {
    /// In the order of [`Subfield::all`].
    pub subfields: [SubfieldFigures; 9],
    /// By [`DIAMETERS_MM`].
    pub discs: [DiscFigures; 3],
}

impl Regions {
    /// Measures around `fovea`. `voxel_nl` is `None` where there are no volumes, `thickness`
    /// where the axial spacing is not known.
    pub fn measure(
        grid: &EnFace,
        sides: &Sides,
        fovea: EnFacePlace,
        mask: &LabelMask,
        voxel_nl: Option<f64>,
        thickness: Option<Thickness<'_>>,
    ) -> Self {
        let sums = Sums::of(grid, fovea, mask, thickness);
        let all = Subfield::all(sides);
        let subfields = std::array::from_fn(|index| SubfieldFigures {
            subfield: all[index],
            figures: sums[index].figures(subfield_mm2(index), voxel_nl),
        });
        let discs = std::array::from_fn(|index| {
            let sum = sums[..1 + 4 * index].iter().fold(Sums::default(), |all, part| all.plus(part));
            let diameter_mm = DIAMETERS_MM[index];
            DiscFigures { diameter_mm, figures: sum.figures(disc_mm2(diameter_mm), voxel_nl) }
        });
        Self { subfields, discs }
    }

    /// Mean thickness of the retina in the central subfield, µm.
    pub fn central_thickness_um(&self) -> Option<f64> {
        self.subfields[0].figures.thickness_um
    }
}

/// The area of a circle of `diameter_mm`, mm².
pub fn disc_mm2(diameter_mm: f64) -> f64 {
    PI * diameter_mm * diameter_mm / 4.0
}

/// The area of a subfield, by its place in [`Subfield::all`], mm².
pub fn subfield_mm2(index: usize) -> f64 {
    let [small, middle, large] = DIAMETERS_MM.map(disc_mm2);
    match index {
        0 => small,
        1..5 => (middle - small) / 4.0,
        _ => (large - middle) / 4.0,
    }
}

/// What was added up over one region.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    scanned_mm2: f64,
    /// Whether a B-scan through it waits to be segmented.
    waits: bool,
    /// By [`FluidClass::index`]; parts, where a border cuts a cell.
    voxels: [f64; 3],
    /// Thickness times area.
    um_mm2: f64,
    thickness_mm2: f64,
}

impl Sums {
    /// Adds up over the nine subfields.
    fn of(
        grid: &EnFace,
        fovea: EnFacePlace,
        mask: &LabelMask,
        thickness: Option<Thickness<'_>>,
    ) -> [Self; 9] {
        let mut sums = [Self::default(); 9];
        let radius = DIAMETERS_MM[2] / 2.0;
        let rows = overlapping(fovea.slow_mm, radius, 0.0, grid.slow_mm(), grid.bscans());
        for bscan in rows {
            let counts = mask.column_counts(bscan);
            let waits = counts.is_none() && !mask.lacks_picture(bscan);
            let start = grid.start_mm(bscan);
            let columns = overlapping(fovea.lateral_mm, radius, start, grid.lateral_mm(), grid.columns());
            for column in columns {
                let place = grid.place(bscan as f64, column as f64);
                let from_fovea = [place.lateral_mm - fovea.lateral_mm, place.slow_mm - fovea.slow_mm];
                let um = thickness.and_then(|thickness| thickness.um(bscan, column));
                let is_scanned = mask.is_scanned(bscan, column);
                let mut add = |region: usize, part: f64| {
                    let sum = &mut sums[region];
                    sum.waits |= waits;
                    let Some(counts) = counts.filter(|_| is_scanned) else { return };
                    let mm2 = part * grid.cell_mm2();
                    sum.scanned_mm2 += mm2;
                    for (class, voxels) in FluidClass::ALL.into_iter().zip(&mut sum.voxels) {
                        let found = counts.voxels(class).get(column).copied().unwrap_or(0);
                        *voxels += part * f64::from(found);
                    }
                    if let Some(um) = um {
                        sum.um_mm2 += um * mm2;
                        sum.thickness_mm2 += mm2;
                    }
                };
                match share(from_fovea, [grid.lateral_mm(), grid.slow_mm()]) {
                    Share::Outside => {}
                    Share::Whole(region) => add(region, 1.0),
                    Share::Parts(parts) => {
                        let parts = parts.into_iter().enumerate().filter(|(_, part)| *part > 0.0);
                        parts.for_each(|(region, part)| add(region, part));
                    }
                }
            }
        }
        sums
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            scanned_mm2: self.scanned_mm2 + other.scanned_mm2,
            waits: self.waits || other.waits,
            voxels: [0, 1, 2].map(|class| self.voxels[class] + other.voxels[class]),
            um_mm2: self.um_mm2 + other.um_mm2,
            thickness_mm2: self.thickness_mm2 + other.thickness_mm2,
        }
    }

    fn figures(&self, area_mm2: f64, voxel_nl: Option<f64>) -> RegionFigures {
        let part = |mm2: f64| if mm2 >= WHOLE * area_mm2 { 1.0 } else { mm2 / area_mm2 };
        let is_measured = !self.waits && self.scanned_mm2 > 0.0;
        let (scanned, thickness_part) = (part(self.scanned_mm2), part(self.thickness_mm2));
        let thickness_um =
            (is_measured && thickness_part >= LEAST_PART).then(|| self.um_mm2 / self.thickness_mm2);
        let voxel_nl = voxel_nl.filter(|_| is_measured);
        let volume_nl = ByClass::of(|class| voxel_nl.map(|nl| self.voxels[class.index()] * nl));
        RegionFigures { scanned, volume_nl, thickness_um, thickness_part }
    }
}

/// Which of `count` cells of `step` mm, the first one around `start`, reach within `radius` of
/// `centre`.
fn overlapping(centre: f64, radius: f64, start: f64, step: f64, count: usize) -> Range<usize> {
    // What is below 0 or no number becomes 0.
    let first = ((centre - radius - start) / step - 0.5).floor() as usize;
    let after = ((centre + radius - start) / step + 0.5).ceil().max(-1.0) + 1.0;
    first.min(count)..(after as usize).min(count)
}

/// In which regions a cell lies.
enum Share {
    Outside,
    Whole(usize),
    Parts([f64; 9]),
}

/// How a cell of `size` mm around `centre`, both lateral and slow and from the fovea, is shared.
fn share(centre: [f64; 2], size: [f64; 2]) -> Share {
    let away = centre[0].hypot(centre[1]);
    let reach = size[0].hypot(size[1]) / 2.0;
    let [small, _, large] = DIAMETERS_MM.map(|diameter| diameter / 2.0);
    if away > large + reach {
        return Share::Outside;
    }
    let on_circle = DIAMETERS_MM.iter().any(|diameter| (away - diameter / 2.0).abs() <= reach);
    let on_diagonal = away > small && (centre[0].abs() - centre[1].abs()).abs() * FRAC_1_SQRT_2 <= reach;
    if !on_circle && !on_diagonal {
        return region(centre).map_or(Share::Outside, Share::Whole);
    }
    let steps = size.map(|mm| ((mm / STEP_MM).ceil() as usize).clamp(1, MOST_STEPS));
    let mut found = [0_u32; 9];
    for across in 0..steps[1] {
        for along in 0..steps[0] {
            let at = |axis: usize, step: usize| {
                centre[axis] + size[axis] * ((step as f64 + 0.5) / steps[axis] as f64 - 0.5)
            };
            if let Some(region) = region([at(0, along), at(1, across)]) {
                found[region] += 1;
            }
        }
    }
    let all = (steps[0] * steps[1]) as f64;
    Share::Parts(found.map(|count| f64::from(count) / all))
}

/// The subfield of a point, lateral and slow in mm from the fovea, by its place in
/// [`Subfield::all`]; `None` beyond 6 mm.
pub fn region([lateral, slow]: [f64; 2]) -> Option<usize> {
    let squared = lateral * lateral + slow * slow;
    let [small, middle, large] = DIAMETERS_MM.map(|diameter| diameter * diameter / 4.0);
    let edge = match (lateral.abs() > slow.abs(), lateral > 0.0, slow > 0.0) {
        (false, _, false) => 0,
        (true, true, _) => 1,
        (false, _, true) => 2,
        (true, false, _) => 3,
    };
    match squared {
        squared if squared < small => Some(0),
        squared if squared < middle => Some(1 + edge),
        squared if squared < large => Some(5 + edge),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::Boundaries;
    use oct::{Axis, AxisSpacing, BScanPlace, Geometry, Laterality, SpacingSource};

    /// 8.02 x 8.1 mm: 401 columns 0.02 mm apart, 81 B-scans 0.1 mm apart, five rows of 0.004 mm.
    const SAMPLES: [usize; 3] = [401, 5, 81];
    const MM: [f64; 3] = [0.02, 0.004, 0.1];

    fn geometry() -> Geometry {
        let mut geometry = Geometry { samples: Some(SAMPLES), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip(MM) {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        geometry
    }

    /// One voxel deep fluid of `label` wherever `has_fluid(lateral_mm, slow_mm)`.
    fn mask(label: u8, has_fluid: impl Fn(f64, f64) -> bool) -> LabelMask {
        let [columns, rows, bscans] = SAMPLES;
        let mut mask = LabelMask::unmeasured(columns, rows, bscans);
        for bscan in 0..bscans {
            let mut labels = vec![0; columns * rows];
            for (column, cell) in labels[columns..2 * columns].iter_mut().enumerate() {
                *cell = if has_fluid(column as f64 * MM[0], bscan as f64 * MM[2]) { label } else { 0 };
            }
            mask.set_bscan(bscan, labels).unwrap();
        }
        mask
    }

    fn measured(mask: &LabelMask, fovea: (f64, f64), geometry: &Geometry) -> Regions {
        let grid = EnFace::of(geometry).unwrap();
        let fovea = EnFacePlace { lateral_mm: fovea.0, slow_mm: fovea.1 };
        Regions::measure(&grid, &Sides::of(geometry), fovea, mask, geometry.voxel_nl(), None)
    }

    const MIDDLE: (f64, f64) = (4.0, 4.0);

    fn irf(figures: &RegionFigures) -> f64 {
        figures.volume_nl.irf.unwrap()
    }

    /// Within a part in a hundred.
    fn about(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 0.01 * expected
    }

    #[test]
    fn a_sheet_of_fluid_fills_each_subfield_by_its_area() {
        let regions = measured(&mask(1, |_, _| true), MIDDLE, &geometry());
        // 4 µm deep: area in mm² times 4 nl. Circles of 0.785, 7.069 and 28.27 mm².
        for (index, part) in regions.subfields.iter().enumerate() {
            let mm2 = [PI / 4.0, PI / 2.0, PI * 6.75 / 4.0][index.div_ceil(4)];
            assert!(about(irf(&part.figures), 4.0 * mm2), "{part:?}");
            assert_eq!(part.figures.scanned, 1.0);
            assert_eq!(part.figures.volume_nl.srf, Some(0.0), "absent is 0");
        }
        for (disc, mm2) in regions.discs.iter().zip([PI / 4.0, PI * 2.25, PI * 9.0]) {
            assert!((irf(&disc.figures) - 4.0 * mm2).abs() < 0.002 * 4.0 * mm2, "{disc:?}");
        }
    }

    #[test]
    fn the_nine_subfields_add_up_to_the_circles() {
        let regions = measured(&mask(1, |x, y| (x * 7.0 + y * 3.0).sin() > 0.3), (3.71, 4.23), &geometry());
        let sum =
            |count: usize| regions.subfields[..count].iter().map(|part| irf(&part.figures)).sum::<f64>();
        for (disc, count) in regions.discs.iter().zip([1, 5, 9]) {
            assert!((irf(&disc.figures) - sum(count)).abs() < 1e-9);
        }
    }

    #[test]
    fn a_disc_of_fluid_at_the_fovea_is_central_and_nowhere_else() {
        let disc = mask(1, |x, y| (x - 4.0).hypot(y - 4.0) < 0.3);
        let cells =
            (0..81).map(|bscan| disc.column_counts(bscan).unwrap().total(FluidClass::Irf)).sum::<u64>();
        let regions = measured(&disc, MIDDLE, &geometry());
        let nl = cells as f64 * geometry().voxel_nl().unwrap();
        assert!((irf(&regions.subfields[0].figures) - nl).abs() < 1e-9);
        // Whole cells for a disc of 0.28 mm², 4 µm deep.
        assert!((nl / (PI * 0.09 * 4.0) - 1.0).abs() < 0.1, "{nl}");
        assert!(regions.subfields[1..].iter().all(|part| irf(&part.figures) == 0.0));
    }

    #[test]
    fn fluid_lies_towards_the_edge_of_the_scan_where_it_is() {
        let at = |x: f64, y: f64| {
            let spot = mask(1, |lateral, slow| (lateral - x).hypot(slow - y) < 0.15);
            let regions = measured(&spot, MIDDLE, &geometry());
            let with: Vec<String> = regions
                .subfields
                .iter()
                .filter(|part| irf(&part.figures) > 0.0)
                .map(|part| part.subfield.name())
                .collect();
            with.join(", ")
        };
        assert_eq!(at(4.0, 3.0), "inner up");
        assert_eq!(at(5.0, 4.0), "inner right");
        assert_eq!(at(4.0, 6.0), "outer down");
        assert_eq!(at(2.0, 4.0), "outer left");
        assert_eq!(at(0.5, 0.5), "");
    }

    #[test]
    fn a_left_eye_has_nasal_where_a_right_one_has_temporal() {
        let spot = mask(1, |lateral, slow| (lateral - 5.0).hypot(slow - 4.0) < 0.2);
        let side = |laterality| {
            let geometry = Geometry { laterality: Some(laterality), ..geometry() };
            let regions = measured(&spot, MIDDLE, &geometry);
            regions.subfields.iter().find(|part| irf(&part.figures) > 0.0).unwrap().subfield.name()
        };
        assert_eq!(side(Laterality::Od), "inner nasal");
        assert_eq!(side(Laterality::Os), "inner temporal");
    }

    #[test]
    fn the_first_bscan_is_superior_or_inferior_as_the_places_say() {
        let spot = mask(1, |lateral, slow| (lateral - 4.0).hypot(slow - 2.0) < 0.2);
        let side = |downwards: f64| {
            let line = |bscan: usize| {
                let y = 10.0 + downwards * bscan as f64 * MM[2];
                BScanPlace::Line { start_mm: [1.0, y], end_mm: [9.0, y] }
            };
            let geometry = Geometry { places: (0..81).map(line).collect(), ..geometry() };
            let regions = measured(&spot, MIDDLE, &geometry);
            regions.subfields.iter().find(|part| irf(&part.figures) > 0.0).unwrap().subfield.name()
        };
        assert_eq!(side(1.0), "outer superior");
        assert_eq!(side(-1.0), "outer inferior");
    }

    #[test]
    fn of_an_eye_half_outside_of_the_scan_half_is_scanned() {
        // The fovea on the outer edge of the first column.
        let regions = measured(&mask(1, |_, _| true), (-MM[0] / 2.0, 4.0), &geometry());
        let scanned: Vec<f64> = regions.subfields.iter().map(|part| part.figures.scanned).collect();
        for (found, expected) in scanned.iter().zip([0.5, 0.5, 1.0, 0.5, 0.0, 0.5, 1.0, 0.5, 0.0]) {
            assert!((found - expected).abs() < 0.005, "{scanned:?}");
        }
        let left = regions.subfields[4].figures;
        assert_eq!((left.scanned, left.volume_nl.irf, left.thickness_um), (0.0, None, None));
        assert!((regions.discs[2].figures.scanned - 0.5).abs() < 0.002);
        assert!(about(irf(&regions.discs[2].figures), 4.0 * 28.274_334 / 2.0));
        let nowhere = measured(&mask(1, |_, _| true), (1e12, f64::NAN), &geometry());
        assert!(nowhere.discs.iter().all(|disc| disc.figures.scanned == 0.0));
    }

    #[test]
    fn columns_of_padding_were_not_scanned() {
        let mut padded = mask(1, |_, _| true);
        // What lies left of the fovea: half of the cell on it, too.
        for bscan in 0..SAMPLES[2] {
            padded.set_unscanned(bscan, (0..SAMPLES[0]).map(|column| column < 200).collect()).unwrap();
        }
        let regions = measured(&padded, MIDDLE, &geometry());
        let scanned: Vec<f64> = regions.subfields.iter().map(|part| part.figures.scanned).collect();
        for (found, expected) in scanned.iter().zip([0.5, 0.5, 1.0, 0.5, 0.0, 0.5, 1.0, 0.5, 0.0]) {
            assert!((found - expected).abs() < 0.02, "{scanned:?}");
        }
        assert!(about(irf(&regions.subfields[2].figures), 4.0 * PI / 2.0));
        assert_eq!(regions.subfields[4].figures.volume_nl.irf, None, "nothing of it was scanned");
    }

    #[test]
    fn what_a_waiting_bscan_runs_through_has_no_volume_and_the_rest_has() {
        let full = mask(1, |_, _| true);
        let [columns, rows, bscans] = SAMPLES;
        let mut waiting = LabelMask::unmeasured(columns, rows, bscans);
        for bscan in (0..bscans).filter(|bscan| *bscan != 20) {
            waiting.set_bscan(bscan, full.bscan(bscan).unwrap().to_vec()).unwrap();
        }
        // 2 mm above the fovea.
        let regions = measured(&waiting, MIDDLE, &geometry());
        let has_volume: Vec<bool> =
            regions.subfields.iter().map(|part| part.figures.volume_nl.irf.is_some()).collect();
        assert_eq!(has_volume, [true, true, true, true, true, false, false, true, false]);
        assert_eq!(regions.discs.map(|disc| disc.figures.volume_nl.irf.is_some()), [true, true, false]);
        // Held no picture: less was scanned, and what was counts.
        waiting.set_without_picture(20).unwrap();
        let regions = measured(&waiting, MIDDLE, &geometry());
        let up = regions.subfields[5].figures;
        assert!(up.scanned > 0.9 && up.scanned < 0.97, "{up:?}");
        assert!(about(irf(&up), 4.0 * PI * 6.75 / 4.0 * up.scanned));
    }

    #[test]
    fn thickness_is_a_mean_by_area_and_needs_half_of_a_subfield() {
        let [columns, _, bscans] = SAMPLES;
        // 300 µm, 240 µm right of the fovea.
        let bm = |column: usize| if column > 200 { 160.0 } else { 175.0 };
        let one = Boundaries { ilm_row: vec![100.0; columns], bm_row: (0..columns).map(bm).collect() };
        let mut boundaries = vec![Some(one); bscans];
        let (grid, fovea) =
            (EnFace::of(&geometry()).unwrap(), EnFacePlace { lateral_mm: 4.01, slow_mm: 4.0 });
        let mask = mask(0, |_, _| false);
        let with = |boundaries: &[Option<Boundaries>]| {
            let thickness = Some(Thickness::new(boundaries, MM[1]));
            Regions::measure(&grid, &Sides::default(), fovea, &mask, None, thickness)
        };
        let regions = with(&boundaries);
        assert!((regions.central_thickness_um().unwrap() - 270.0).abs() < 0.1, "{regions:?}");
        assert!((regions.subfields[2].figures.thickness_um.unwrap() - 240.0).abs() < 1e-9);
        assert_eq!(regions.subfields[4].figures.thickness_part, 1.0);
        assert_eq!(regions.subfields[0].figures.volume_nl.irf, None, "no voxel volume");
        boundaries[..41].fill(None);
        let regions = with(&boundaries);
        assert_eq!(regions.subfields[1].figures.thickness_um, None);
        assert_eq!(regions.subfields[1].figures.thickness_part, 0.0);
        assert!(regions.subfields[3].figures.thickness_um.is_some());
        assert_eq!(regions.central_thickness_um(), None, "40 of 100 parts");
    }

    #[test]
    fn regions_survive_json_with_names_that_say_what_they_are() {
        let regions = measured(&mask(1, |_, _| true), MIDDLE, &geometry());
        let json = serde_json::to_string(&regions).unwrap();
        assert_eq!(serde_json::from_str::<Regions>(&json).unwrap(), regions);
        assert!(json.contains(r#""ring":"inner","edge":"first_bscan","side":null,"scanned":1.0"#), "{json}");
    }
}
