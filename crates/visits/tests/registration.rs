//! Eyes that are scanned again elsewhere are laid on each other; different ones are not.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod eyes;

use eyes::{Scanned, middle, turned};
use fluid::{Fovea, FoveaPlace};
use oct::{Axis, AxisSpacing, BScanPlace, EnFace, EnFacePlace, Geometry, Laterality, SpacingSource};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};
use visits::{
    EnFacePicture, Landmark, NotRegistered, RegisteredBy, Scan, Which, register, register_by_hand,
    said_by_vessels,
};

fn eye(seed: u64, fluid: FluidMix) -> Eye {
    Eye::new(&EyeConfig { fluid, ..EyeConfig::new(seed, VendorStyle::Spectralis) })
}

fn scan<'a>(geometry: &'a Geometry, picture: Option<&'a EnFacePicture>) -> Scan<'a> {
    Scan { geometry, mask: None, fovea: None, picture }
}

fn at(lateral_mm: f64, slow_mm: f64) -> EnFacePlace {
    EnFacePlace { lateral_mm, slow_mm }
}

#[test]
fn an_eye_that_is_scanned_again_elsewhere_is_found_by_its_vessels_within_a_twentieth_of_a_mm() {
    let moves = [([0.6, -0.4], 0.0), ([-0.35, 0.2], 4.0)];
    for (seed, (moved, degrees)) in [101, 104].into_iter().zip(moves) {
        let before = Scanned::of(&eye(seed, FluidMix::Random));
        let before_picture = before.picture();
        // Treated, taken with other noise.
        let again = eye(seed, FluidMix::Free).at_visit(1, moved);
        let after = if degrees == 0.0 {
            Scanned::of(&again).picture()
        } else {
            turned(&before_picture, &Scanned::denser(&again, 3).picture(), degrees)
        };
        let geometry = &before.volume.geometry;
        let found = register(&scan(geometry, Some(&before_picture)), &scan(geometry, Some(&after))).unwrap();
        assert_eq!(found.by, RegisteredBy::Vessels);
        let centre = middle(&before_picture);
        let (sin, cos) = f64::to_radians(degrees).sin_cos();
        let truth = at(
            centre.lateral_mm - cos * moved[0] - sin * moved[1],
            centre.slow_mm + sin * moved[0] - cos * moved[1],
        );
        let error = found.transform.apply(centre).distance_mm(truth);
        assert!(error <= 0.05, "{seed}: {error} mm, {found:?}");
        assert!((found.transform.turned_degrees() + degrees).abs() < 1.0, "{found:?}");
        assert!(found.overlap_mm2 > 20.0 && found.overlap_mm2 < 36.0, "{found:?}");
    }
}

#[test]
fn two_different_eyes_are_refused() {
    let one = Scanned::of(&eye(101, FluidMix::Random));
    let other = Scanned::of(&eye(104, FluidMix::Random));
    let pictures = [one.picture(), other.picture()];
    let before = scan(&one.volume.geometry, Some(&pictures[0]));
    let after = scan(&other.volume.geometry, Some(&pictures[1]));
    let refused = register(&before, &after).unwrap_err();
    let NotRegistered::NotSure { confidence: Some(confidence) } = refused else { panic!("{refused:?}") };
    assert!(confidence.ratio() < 1.4, "{confidence:?}");
    assert!(said_by_vessels(&before, &after).unwrap().is_some(), "what they say is told");
}

/// 61 columns 0.1 mm apart on 31 B-scans 0.2 mm apart.
fn geometry() -> Geometry {
    let mut geometry = Geometry { samples: Some([61, 100, 31]), ..Geometry::default() };
    for (axis, mm) in Axis::ALL.into_iter().zip([0.1, 0.004, 0.2]) {
        geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
    }
    geometry
}

fn with_fovea(geometry: &Geometry, bscan: f64, column: f64) -> Scan<'_> {
    let fovea = Some(Fovea::by_hand(FoveaPlace { bscan, column }));
    Scan { geometry, mask: None, fovea, picture: None }
}

#[test]
fn without_vessels_the_fovea_of_both_says_it_unless_one_is_only_the_middle() {
    let geometry = geometry();
    let (before, after) = (with_fovea(&geometry, 15.0, 30.0), with_fovea(&geometry, 17.0, 25.0));
    let found = register(&before, &after).unwrap();
    assert_eq!((found.by, found.confidence), (RegisteredBy::Fovea, None));
    assert!(found.transform.apply(at(0.0, 0.0)).distance_mm(at(-0.5, 0.4)) < 1e-9);
    assert!((found.overlap_mm2 - 5.6 * 5.8).abs() < 0.1, "{found:?}");
    let middle = Scan { fovea: Some(Fovea::middle(31, 61)), ..after };
    assert_eq!(register(&before, &middle), Err(NotRegistered::NotSure { confidence: None }));
}

#[test]
fn where_vessels_are_blurred_away_nothing_is_sure() {
    let geometry = geometry();
    let grid = EnFace::of(&geometry).unwrap();
    let flat = EnFacePicture::new(grid.clone(), vec![90; 61 * 31]).unwrap();
    let black = EnFacePicture::new(grid, vec![0; 61 * 31]).unwrap();
    for picture in [&flat, &black] {
        let scan = scan(&geometry, Some(picture));
        assert!(matches!(register(&scan, &scan), Err(NotRegistered::NotSure { .. })));
    }
}

#[test]
fn a_right_and_a_left_eye_and_scans_without_places_are_refused_with_a_sentence() {
    let eye = |laterality| Geometry { laterality: Some(laterality), ..geometry() };
    let (right, left) = (eye(Laterality::Od), eye(Laterality::Os));
    let refused = register(&with_fovea(&right, 15.0, 30.0), &with_fovea(&left, 15.0, 30.0)).unwrap_err();
    assert_eq!(refused, NotRegistered::OtherEye { before: Laterality::Od, after: Laterality::Os });
    assert!(refused.to_string().contains("of OD and the second of OS"), "{refused}");
    let unknown = Geometry { between_bscans: AxisSpacing::unknown(), ..geometry() };
    let refused = register(&with_fovea(&right, 15.0, 30.0), &with_fovea(&unknown, 15.0, 30.0)).unwrap_err();
    assert_eq!(refused, NotRegistered::NoPlaces { which: Which::After });
}

#[test]
fn landmarks_shift_and_two_of_them_turn() {
    let geometry = geometry();
    let scan = scan(&geometry, None);
    let by_hand = |landmarks: &[Landmark]| register_by_hand(&scan, &scan, landmarks);
    let one = Landmark { before: at(1.0, 2.0), after: at(1.5, 2.5) };
    let found = by_hand(&[one]).unwrap();
    assert_eq!(found.by, RegisteredBy::ByHand);
    assert!(found.transform.apply(at(0.0, 0.0)).distance_mm(at(0.5, 0.5)) < 1e-9);
    // A little more than two mm in the second scan: shared by both ends.
    let other = Landmark { before: at(3.0, 2.0), after: at(3.6, 2.71) };
    let found = by_hand(&[one, other]).unwrap();
    let degrees = found.transform.turned_degrees();
    assert!((degrees - (0.21_f64 / 2.1).atan().to_degrees()).abs() < 1e-6, "{degrees}");
    for one in [one, other] {
        assert!(found.transform.apply(one.before).distance_mm(one.after) < 0.06);
    }
    let far = Landmark { before: at(3.0, 2.0), after: at(5.0, 2.5) };
    assert!(matches!(by_hand(&[one, far]), Err(NotRegistered::LandmarksDisagree { .. })));
    assert!(matches!(by_hand(&[one, one]), Err(NotRegistered::LandmarksTooNear { .. })));
    let nowhere = Landmark { before: at(f64::NAN, 0.0), after: at(0.0, 0.0) };
    for odd in [&[][..], &[nowhere], &[one, other, one]] {
        assert_eq!(by_hand(odd), Err(NotRegistered::NoLandmarks));
    }
    let apart = Landmark { before: at(0.0, 0.0), after: at(50.0, 50.0) };
    assert_eq!(by_hand(&[apart]), Err(NotRegistered::Apart));
}

#[test]
fn scans_that_begin_at_the_other_end_are_turned_round() {
    let stored = |from_above: bool| {
        let line = |bscan: usize| {
            let down = 0.2 * if from_above { bscan } else { 30 - bscan } as f64;
            BScanPlace::Line { start_mm: [0.0, down], end_mm: [6.0, down] }
        };
        Geometry { places: (0..31).map(line).collect(), ..geometry() }
    };
    let (down, up) = (stored(true), stored(false));
    let found = register(&with_fovea(&down, 10.0, 30.0), &with_fovea(&up, 20.0, 30.0)).unwrap();
    assert!(found.transform.is_mirrored());
    assert!(found.transform.apply(at(1.0, 0.0)).distance_mm(at(1.0, 6.0)) < 1e-9, "{found:?}");
}

#[test]
fn odd_sizes_and_places_are_refused_or_laid_and_never_panic() {
    let sized = |samples: [usize; 3], mm: [f64; 3]| {
        let mut geometry = Geometry { samples: Some(samples), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip(mm) {
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap());
        }
        geometry
    };
    let odd = [
        sized([1, 1, 2], [0.1, 0.004, 0.2]),
        sized([2, 1, 2], [1e-9, 0.004, 1e-9]),
        sized([4000, 1, 2], [0.01, 0.004, 0.2]),
        sized([2, 1, 400], [0.1, 0.004, 0.2]),
        sized([usize::MAX, 1, usize::MAX], [1e-6, 0.004, 1e-6]),
        sized([65_535, 1, 65_535], [1e-4, 0.004, 1e-4]),
        Geometry::default(),
    ];
    let usual = geometry();
    for odd in &odd {
        let grid = EnFace::of(odd).filter(|grid| grid.columns().saturating_mul(grid.bscans()) < 100_000);
        let picture = grid.and_then(|grid| {
            let cells = grid.columns() * grid.bscans();
            EnFacePicture::new(grid, (0..cells).map(|cell| (cell * 37 % 251) as u8).collect())
        });
        for fovea in [0.0, -1e300, 1e300, f64::NAN, f64::INFINITY] {
            let place = FoveaPlace { bscan: fovea, column: fovea };
            let odd = Scan {
                geometry: odd,
                mask: None,
                fovea: Some(Fovea::by_hand(place)),
                picture: picture.as_ref(),
            };
            let usual = with_fovea(&usual, 15.0, 30.0);
            let _ = (register(&odd, &usual), register(&usual, &odd), register(&odd, &odd));
        }
    }
    assert_eq!(EnFacePicture::new(EnFace::of(&usual).unwrap(), vec![0; 3]), None);
}
