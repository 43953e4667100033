//! What changed between two visits, where it is known.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod eyes;

use eyes::Scanned;
use fluid::{Boundaries, FoveaSource};
use oct::{
    Axis, AxisSpacing, EnFacePlace, FluidClass, Geometry, LabelMask, Laterality, OctVolume, Samples,
    ScanPattern, SpacingSource,
};
use visits::{
    Caution, Change, ChangeMap, Comparison, EnFaceTransform, Landmark, RegisteredBy, Registration, Visit,
    Which, register_by_hand,
};

const COLUMNS: usize = 121;
const ROWS: usize = 40;
const BSCANS: usize = 61;
/// Nanolitres of a voxel: 0.05 x 0.01 x 0.1 mm.
const VOXEL_NL: f64 = 0.05;

fn geometry(mm: [f64; 3]) -> Geometry {
    let mut geometry = Geometry { laterality: Some(Laterality::Od), ..Geometry::default() };
    for (axis, mm) in Axis::ALL.into_iter().zip(mm) {
        geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
    }
    geometry
}

/// `label` in the first `deep(bscan, column)` rows of each column; a retina of `um`.
fn scanned(label: u8, um: f32, deep: impl Fn(usize, usize) -> usize) -> Scanned {
    let samples = Samples::U8(vec![9; COLUMNS * ROWS * BSCANS]);
    let volume = OctVolume::new(COLUMNS, ROWS, BSCANS, samples, geometry([0.05, 0.01, 0.1])).unwrap();
    let mut mask = LabelMask::unmeasured(COLUMNS, ROWS, BSCANS);
    for bscan in 0..BSCANS {
        let labels = (0..COLUMNS * ROWS)
            .map(|at| if at / COLUMNS < deep(bscan, at % COLUMNS) { label } else { 0 })
            .collect();
        mask.set_bscan(bscan, labels).unwrap();
    }
    let boundaries = Boundaries { ilm_row: vec![2.0; COLUMNS], bm_row: vec![2.0 + um / 10.0; COLUMNS] };
    Scanned::measured(volume, mask, vec![Some(boundaries); BSCANS])
}

/// A blister of fluid three rows high in the middle of the scan.
fn blister(bscan: usize, column: usize) -> usize {
    if bscan.abs_diff(30) <= 3 && column.abs_diff(60) <= 6 { 3 } else { 0 }
}

fn in_place() -> Registration {
    let transform = EnFaceTransform::identity();
    Registration { transform, by: RegisteredBy::ByHand, overlap_mm2: 36.0, confidence: None }
}

/// The second scan lies `lateral_mm` and `slow_mm` farther.
fn moved(before: &Scanned, after: &Scanned, lateral_mm: f64, slow_mm: f64) -> Registration {
    let at = |lateral_mm, slow_mm| EnFacePlace { lateral_mm, slow_mm };
    let landmark = Landmark { before: at(3.0, 3.0), after: at(3.0 - lateral_mm, 3.0 - slow_mm) };
    register_by_hand(&before.visit().scan(None), &after.visit().scan(None), &[landmark]).unwrap()
}

fn compared(before: &Scanned, after: &Scanned) -> Comparison {
    Comparison::of(&before.visit(), &after.visit(), Ok(in_place()))
}

fn near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-6)
}

#[test]
fn fluid_that_is_gone_is_exactly_the_difference_and_absent_is_zero() {
    let before = scanned(2, 250.0, blister);
    let after = scanned(2, 230.0, |_, _| 0);
    let nl = (7 * 13 * 3) as f64 * VOXEL_NL;
    let found = compared(&before, &after);
    let common = found.common.unwrap();
    for srf in [found.whole_nl.srf, common.volume_nl.srf] {
        assert!(near(srf.before, nl) && srf.after == Some(0.0), "{srf:?}");
        assert!(near(srf.difference, -nl) && near(srf.percent, -100.0), "{srf:?}");
    }
    assert_eq!(found.whole_nl.srf, common.volume_nl.srf, "to the last digit");
    let irf = common.volume_nl.irf;
    assert_eq!(irf, Change { before: Some(0.0), after: Some(0.0), difference: Some(0.0), percent: None });
    assert!(near(common.discs[1].change.volume_nl.srf.difference, -nl));
    assert!(near(common.central_subfield_um.difference, -20.0), "{:?}", common.central_subfield_um);
    assert!(near(common.central_subfield_um.percent, -8.0));
    let in_subfields: f64 =
        common.subfields.iter().map(|one| one.change.volume_nl.srf.difference.unwrap()).sum();
    assert!((in_subfields + nl).abs() < 1e-6, "{in_subfields}");
}

#[test]
fn a_shifted_scan_shows_no_change_in_what_both_see() {
    // Fluid along the left edge of the first scan, which the second no longer sees.
    let strip = |column: usize| if column < 10 { 4 } else { blister(30, column) };
    let before = scanned(1, 250.0, |_, column| strip(column));
    let after = scanned(1, 250.0, |_, column| strip(column + 20));
    let found = Comparison::of(&before.visit(), &after.visit(), Ok(moved(&before, &after, 1.0, 0.0)));
    assert!(found.whole_nl.irf.difference.unwrap() < -100.0, "the whole scans differ");
    let common = found.common.unwrap();
    assert!(near(common.volume_nl.irf.difference, 0.0), "{:?}", common.volume_nl.irf);
    assert!((common.before_mm2 - 6.05 * 6.1).abs() < 1e-6);
    assert!((common.seen_by_both_mm2 - 5.05 * 6.1).abs() < 1e-6, "{}", common.seen_by_both_mm2);
}

#[test]
fn a_region_that_one_scan_hardly_sees_has_no_change() {
    let (before, after) = (scanned(2, 250.0, blister), scanned(2, 250.0, |_, _| 0));
    let found = Comparison::of(&before.visit(), &after.visit(), Ok(moved(&before, &after, 2.2, 0.0)));
    let common = found.common.unwrap();
    let left = common.subfields.iter().find(|one| one.subfield.name() == "outer temporal").unwrap();
    assert!(left.change.seen_by_both < 0.1 && left.change.scanned_before > 0.9, "{left:?}");
    assert!(left.change.scanned_after < 0.1);
    assert_eq!((left.change.volume_nl.srf, left.change.thickness_um), (Change::default(), Change::default()));
    let centre = common.subfields[0].change;
    assert!(centre.seen_by_both > 0.99 && centre.volume_nl.srf.difference.is_some());
}

#[test]
fn what_is_not_measured_has_no_change() {
    let before = scanned(2, 250.0, blister);
    let mut mask = before.mask.clone();
    mask.set_unmeasured(5).unwrap();
    let waits = before.relabelled(mask);
    for (one, other, which) in [(&before, &waits, Which::After), (&waits, &before, Which::Before)] {
        let found = compared(one, other);
        let common = found.common.unwrap();
        for change in [found.whole_nl.srf, common.volume_nl.srf, common.discs[0].change.volume_nl.srf] {
            assert_eq!((change.difference, change.percent), (None, None));
        }
        assert!(common.central_subfield_um.difference.is_some(), "thickness is known");
        assert!(found.cautions.contains(&Caution::NoVolume { which }));
    }
    let mut doubted = scanned(2, 250.0, blister);
    doubted.volume.geometry.between_bscans = AxisSpacing::unknown();
    let doubted = Scanned::measured(doubted.volume.clone(), doubted.mask.clone(), doubted.boundaries.clone());
    let found = compared(&before, &doubted);
    assert_eq!((found.whole_nl.srf.difference, found.common.is_none()), (None, true));
}

#[test]
fn what_makes_two_visits_no_two_of_a_kind_is_said_in_sentences() {
    let before = scanned(2, 250.0, blister);
    let mut after = scanned(2, 250.0, blister);
    after.model.weights_sha256 = "11".to_owned();
    after.measurement.threshold = 0.4;
    after.measurement.corrected_bscans = vec![3];
    after.volume.geometry.laterality = None;
    let tag = SpacingSource::FromFile { tag: "x".to_owned() };
    let axial = AxisSpacing::new(Axis::Axial, 0.01, tag).unwrap();
    after.volume.geometry.set_spacing(Axis::Axial, axial);
    after.figures.spacing = (&after.volume.geometry).into();
    let one = Visit { acquired: Some("2024-05-02T10:00:00"), ..before.visit() };
    let other = Visit { acquired: Some("2024-04-30"), vendor: Some("another"), ..after.visit() };
    let found = Comparison::of(&one, &other, Ok(in_place()));
    assert_eq!(found.days, Some(-2));
    let expected = [
        Caution::OutOfOrder { days: 2 },
        Caution::EyeNotStated { which: Some(Which::After) },
        Caution::OtherDevice { before: "phantom".to_owned(), after: "another".to_owned() },
        Caution::OtherSpacingSource {
            axis: Axis::Axial,
            before: "from_user".to_owned(),
            after: "from_file".to_owned(),
        },
        Caution::OtherWeights { before: "the truth".to_owned(), after: "the truth".to_owned() },
        Caution::OtherThreshold { before: 0.5, after: 0.4 },
        Caution::Corrected { which: Some(Which::After) },
    ];
    for caution in &expected {
        assert!(found.cautions.contains(caution), "{caution:?} of {:?}", found.cautions);
        let sentence = caution.to_string();
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
    }
    let alike = compared(&before, &before);
    assert_eq!(alike.cautions, [], "nothing is to be said of a scan and itself");
    let flat = scanned(2, 250.0, |_, _| 0);
    assert_eq!(compared(&flat, &flat).cautions, [Caution::NoFovea]);
}

#[test]
fn a_fovea_that_a_person_placed_goes_before_one_that_was_guessed() {
    let (mut before, mut after) = (scanned(2, 250.0, blister), scanned(2, 250.0, blister));
    before.figures.fovea.as_mut().unwrap().source = FoveaSource::Guessed;
    let placed = after.figures.fovea.as_mut().unwrap();
    (placed.source, placed.column) = (FoveaSource::ByHand, 80.0);
    let centre = compared(&before, &after).common.unwrap().centre;
    assert_eq!((centre.fovea_of, centre.source), (Some(Which::After), FoveaSource::ByHand));
    assert!((centre.before.lateral_mm - 4.0).abs() < 1e-9, "{centre:?}");
    let found = compared(&before, &after);
    let disagree = |one: &Caution| matches!(one, Caution::FoveasDisagree { mm } if (mm - 1.0).abs() < 1e-9);
    assert!(found.cautions.iter().any(disagree), "{:?}", found.cautions);
}

#[test]
fn maps_hold_both_visits_where_they_are_seen() {
    let (before, after) = (scanned(2, 250.0, blister), scanned(2, 230.0, |_, _| 0));
    let map = ChangeMap::of(&before.visit(), &after.visit(), &moved(&before, &after, 1.0, 0.0)).unwrap();
    assert_eq!(map.columns, (6.05_f64 / map.cell_mm).ceil() as usize);
    let cell = |lateral_mm: f64, slow_mm: f64| {
        let along = ((lateral_mm - map.first.lateral_mm) / map.cell_mm).round() as usize;
        ((slow_mm - map.first.slow_mm) / map.cell_mm).round() as usize * map.columns + along
    };
    let fluid = map.all_fluid_um();
    let at = cell(3.0, 3.0);
    assert!((fluid.before[at] - 30.0).abs() < 1e-3 && (fluid.difference()[at] + 30.0).abs() < 1e-3);
    assert!((map.thickness_um.difference()[at] + 20.0).abs() < 1e-3);
    let gone = cell(0.4, 3.0);
    assert!(map.thickness_um.before[gone] > 249.0 && map.thickness_um.after[gone].is_nan());
    assert!(map.thickness_um.difference()[gone].is_nan());
    assert_eq!(map.fluid_um.get(FluidClass::Irf).before[at], 0.0);
}

#[test]
fn the_table_says_what_each_figure_is_of_and_carries_the_notice() {
    let (before, after) = (scanned(2, 250.0, blister), scanned(2, 230.0, |_, _| 0));
    let csv = compared(&before, &after).to_csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 4 + 3 + 9 * 4 + 3 * 4);
    assert!(lines[1..].iter().all(|line| line.contains("Not a medical device")));
    assert!(lines[2].starts_with("whole_scans,,SRF,nl,13.6"), "{}", lines[2]);
    assert!(lines.iter().any(|line| line.starts_with("seen_by_both,central,thickness,um,2")));
}

#[test]
fn a_comparison_survives_json() {
    let (before, after) = (scanned(2, 250.0, blister), scanned(2, 230.0, |_, _| 0));
    for found in [
        compared(&before, &after),
        Comparison::of(
            &before.visit(),
            &after.visit(),
            Err(visits::NotRegistered::NotSure { confidence: None }),
        ),
    ] {
        let json = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Comparison>(&json).unwrap(), found);
    }
}

#[test]
fn scans_that_are_no_volume_and_masks_of_other_scans_have_whole_figures_only() {
    let (before, mut after) = (scanned(2, 250.0, blister), scanned(2, 250.0, blister));
    after.volume.geometry.pattern = ScanPattern::Radial;
    assert_eq!(compared(&before, &after).common, None);
    let mut small = scanned(2, 250.0, blister);
    small.mask = LabelMask::unmeasured(3, 2, 1);
    assert_eq!(compared(&before, &small).common, None);
    assert!(ChangeMap::of(&small.visit(), &before.visit(), &in_place()).is_none());
}
