//! Figures of generated eyes against their exact truth, walked voxel by voxel.

// Helpers of tests are tests too; clippy only sees `#[test]` functions.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::time::Instant;

use fluid::{Boundaries, Figures, FoveaPlace, FoveaSource, PresenceAccumulator};
use oct::{Axis, FluidClass, Geometry, LabelMask};
use oct_phantom::{Anatomy, Eye, EyeConfig, FluidMix, VendorStyle};

struct Truth {
    mask: LabelMask,
    geometry: Geometry,
    boundaries: Vec<Option<Boundaries>>,
    /// B-scan and column.
    fovea: [f64; 2],
}

fn eye(seed: u64, fluid: FluidMix) -> Truth {
    let eye = Eye::new(&EyeConfig { fluid, ..EyeConfig::new(seed, VendorStyle::Spectralis) });
    let mut geometry = eye.geometry();
    let mut mask = LabelMask::unmeasured(eye.columns(), eye.rows(), eye.bscans());
    geometry.samples = Some([eye.columns(), eye.rows(), eye.bscans()]);
    let mut boundaries = Vec::new();
    for index in 0..eye.bscans() {
        let bscan = eye.bscan(index);
        boundaries.push(Some(boundaries_of(&bscan.anatomy, bscan.columns)));
        mask.set_bscan(index, bscan.labels).unwrap();
    }
    Truth { mask, geometry, boundaries, fovea: eye.fovea() }
}

/// The top of the first and of the last row of the retina and what lies below up to Bruch's
/// membrane.
fn boundaries_of(anatomy: &[u8], columns: usize) -> Boundaries {
    let rows = anatomy.len() / columns;
    let first = |column: usize, is: &dyn Fn(u8) -> bool| {
        let row = (0..rows).find(|row| is(anatomy[row * columns + column]));
        row.map_or(f32::NAN, |row| row as f32)
    };
    Boundaries {
        ilm_row: (0..columns).map(|column| first(column, &|at| at != Anatomy::Vitreous as u8)).collect(),
        bm_row: (0..columns).map(|column| first(column, &|at| at == Anatomy::ChoroidSclera as u8)).collect(),
    }
}

fn mm(geometry: &Geometry, axis: Axis) -> f64 {
    geometry.spacing(axis).mm().unwrap()
}

impl Truth {
    fn figures(&self, placed: Option<FoveaPlace>) -> Figures {
        Figures::measure(&self.mask, &self.geometry, &PresenceAccumulator::new(), &self.boundaries, placed)
    }

    fn at_fovea(&self) -> Figures {
        let [bscan, column] = self.fovea;
        self.figures(Some(FoveaPlace { bscan, column }))
    }

    /// Who says where the fovea is, and how far off it is in µm.
    fn guess(&self) -> (FoveaSource, f64) {
        let found = self.figures(None).fovea.unwrap();
        let slow = (found.bscan - self.fovea[0]) * mm(&self.geometry, Axis::BetweenBScans);
        let lateral = (found.column - self.fovea[1]) * mm(&self.geometry, Axis::Lateral);
        (found.source, (slow.hypot(lateral) * 1000.0).round())
    }

    /// Distance of a column's centre from the fovea, mm.
    fn away_mm(&self, bscan: usize, column: usize) -> f64 {
        let slow = (bscan as f64 - self.fovea[0]) * mm(&self.geometry, Axis::BetweenBScans);
        slow.hypot((column as f64 - self.fovea[1]) * mm(&self.geometry, Axis::Lateral))
    }

    /// Voxels of `class` in columns whose centre lies within `radius_mm`, and the least distance.
    fn voxels(&self, class: FluidClass, radius_mm: f64) -> (f64, f64) {
        let (mut count, mut nearest_mm) = (0.0, f64::INFINITY);
        for bscan in 0..self.mask.bscans() {
            for (at, label) in self.mask.bscan(bscan).unwrap().iter().enumerate() {
                let away_mm = self.away_mm(bscan, at % self.mask.columns());
                if *label == class.label() {
                    count += if away_mm < radius_mm { 1.0 } else { 0.0 };
                    nearest_mm = nearest_mm.min(away_mm);
                }
            }
        }
        (count, nearest_mm)
    }
}

#[test]
fn volumes_thickness_and_distance_are_those_of_the_voxels() {
    let truth = eye(11, FluidMix::Present { irf: true, srf: true, ped: true });
    let figures = truth.at_fovea();
    let voxel_nl = truth.geometry.voxel_nl().unwrap();
    let regions = figures.regions.as_ref().unwrap();
    for class in FluidClass::ALL {
        for (disc, radius_mm) in regions.discs.iter().zip([0.5, 1.5, 3.0]) {
            let (voxels, _) = truth.voxels(class, radius_mm);
            let nl = disc.figures.volume_nl.get(class).unwrap();
            // Whole columns against parts of cells: a B-scan at the border counts or does not.
            let tolerance = 0.06 * voxels * voxel_nl + 1.0;
            assert!((nl - voxels * voxel_nl).abs() < tolerance, "{class:?} {radius_mm}: {nl} {voxels}");
        }
        let (all, nearest_mm) = truth.voxels(class, f64::INFINITY);
        let extents = figures.extents.get(class);
        let mm2 = mm(&truth.geometry, Axis::Lateral) * mm(&truth.geometry, Axis::Axial);
        let areas: f64 = extents.area_mm2.iter().flatten().sum();
        assert!((areas - all * mm2).abs() < 1e-6, "{class:?}");
        if all > 0.0 {
            assert!((extents.fovea_distance_um.unwrap() - nearest_mm * 1000.0).abs() < 1e-6);
            assert!(extents.height_um.unwrap() > 0.0 && extents.width_um.unwrap() > 0.0);
        }
    }
    let (mut sum, mut count) = (0.0, 0.0);
    for (bscan, boundaries) in truth.boundaries.iter().enumerate() {
        let Boundaries { ilm_row, bm_row } = boundaries.as_ref().unwrap();
        for column in (0..truth.mask.columns()).filter(|column| truth.away_mm(bscan, *column) < 0.5) {
            sum += f64::from(bm_row[column] - ilm_row[column]);
            count += 1.0;
        }
    }
    let um = sum / count * mm(&truth.geometry, Axis::Axial) * 1000.0;
    let found = figures.central_subfield_thickness_um.unwrap();
    assert!((found - um).abs() < 3.0, "{found} {um}");
}

#[test]
fn the_fovea_of_a_healthy_eye_is_guessed_within_a_fifth_of_a_millimetre() {
    let guesses: Vec<_> = (0..4).map(|seed| eye(seed, FluidMix::Free).guess()).collect();
    assert!(guesses.iter().all(|(source, um)| *source == FoveaSource::Guessed && *um < 200.0), "{guesses:?}");
}

/// `cargo test -p fluid --release --test phantom -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, for a machine that does nothing else"]
fn time_of_the_figures_of_128_bscans_of_512_x_1024() {
    let (columns, rows, bscans) = (512, 1024, 128);
    let mut geometry = Geometry { samples: Some([columns, rows, bscans]), ..Geometry::default() };
    for (axis, mm) in Axis::ALL.into_iter().zip([6.0 / 512.0, 0.00195, 6.0 / 128.0]) {
        geometry.set_spacing(axis, oct::AxisSpacing::from_user(axis, mm).unwrap());
    }
    let mut mask = LabelMask::unmeasured(columns, rows, bscans);
    let start = Instant::now();
    for bscan in 0..bscans {
        let label = |at: usize| {
            let (row, column) = (at / columns, at % columns);
            let is_fluid = (300..450).contains(&row) && (column / 40 + bscan / 8) % 2 == 0;
            if is_fluid { 1 + (row / 50 % 3) as u8 } else { 0 }
        };
        mask.set_bscan(bscan, (0..columns * rows).map(label).collect()).unwrap();
    }
    println!("taken in after {:.1} ms a B-scan", start.elapsed().as_secs_f64() * 1e3 / bscans as f64);
    let boundaries = Boundaries { ilm_row: vec![250.0; columns], bm_row: vec![500.0; columns] };
    let boundaries = vec![Some(boundaries); bscans];
    let start = Instant::now();
    for _ in 0..10 {
        let found = Figures::measure(&mask, &geometry, &PresenceAccumulator::new(), &boundaries, None);
        assert!(found.regions.is_some());
    }
    println!("figures {:.1} ms", start.elapsed().as_secs_f64() * 1e2);
}

/// As above.
#[test]
#[ignore = "a measurement: minutes without optimisation"]
fn how_far_off_the_guessed_fovea_is() {
    for (name, mix) in [("free", FluidMix::Free), ("random", FluidMix::Random)] {
        let guesses: Vec<_> = (100..130).map(|seed| eye(seed, mix).guess()).collect();
        let of = |wanted| {
            let mut um: Vec<f64> =
                guesses.iter().filter(|(source, _)| *source == wanted).map(|(_, um)| *um).collect();
            um.sort_unstable_by(f64::total_cmp);
            um
        };
        println!("{name}: guessed, µm off {:?}", of(FoveaSource::Guessed));
        println!("{name}: middle, µm off {:?}", of(FoveaSource::Middle));
    }
}
