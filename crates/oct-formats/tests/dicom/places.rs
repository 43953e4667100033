//! Where B-scans lie.

use oct::{Axis, BScanOrder, BScanPlace, FundusKind, ScanPattern};
use oct_formats::{Cause, OpenError, open};

use crate::objects::*;

#[test]
fn a_series_of_single_images_is_sorted_by_its_numbers() {
    let place = |number: u8| {
        let position = numbers((0x20, 0x32), &[0.0, 0.0, f64::from(number) * 0.1]);
        [position, numbers((0x20, 0x37), &FRONTAL)].concat()
    };
    let files: Vec<_> = [3, 11, 1, 2, 4, 5, 6, 7, 8, 9, 10]
        .map(|number| Object::single(number).with(place(number)).named(&format!("eye/{}.dcm", 40 - number)))
        .to_vec();
    let opened = open(files).unwrap();
    assert_eq!(opened.name, "eye");
    assert_eq!((opened.warnings.as_slice(), opened.volume.bscans()), (&[][..], 11));
    let firsts: Vec<u16> = words(opened.volume.samples()).iter().step_by(8).copied().collect();
    assert_eq!(firsts, (1..12).map(|number| 10 * number).collect::<Vec<_>>());
    assert!((opened.volume.geometry.between_bscans.mm().unwrap() - 0.1).abs() < 1e-9);
    assert_eq!(opened.volume.geometry.bscan_order(), Some(BScanOrder::InferiorFirst));
    let source = opened.dicom.unwrap();
    assert_eq!(
        (source.frames[1].sop_instance_uid.as_str(), source.frames[1].frame_number),
        ("1.2.3.2", None)
    );

    let gap = [1, 2, 4].map(|number| Object::single(number).named(&format!("{number}.dcm"))).to_vec();
    let opened = open(gap).unwrap();
    assert!(opened.warnings[0].contains("a B-scan may be missing"), "{:?}", opened.warnings);
    let alike = [1, 1].map(|number| Object::single(number).named("x.dcm"));
    let [one, mut other] = alike;
    other.path = "y.dcm".to_owned();
    let opened = open(vec![one, other]).unwrap();
    assert_eq!(opened.volume.bscans(), 1);
    assert_eq!(opened.warnings, ["y.dcm is a copy of another image and was left out."]);
}

#[test]
fn only_positions_and_stated_spacing_tell_how_far_bscans_are_apart() {
    let at =
        |heights: [f64; 3]| Object::volume().placed(&heights.map(|height| ([0.0, 0.0, height], FRONTAL)));
    let thick = numbers((0x18, 0x50), &[0.5]);
    let between = numbers((0x18, 0x88), &[0.25]);
    for (object, pattern, mm) in [
        (at([0.0, 0.1, 0.2]), ScanPattern::Raster, Some(0.1)),
        (at([0.0, 0.1, 0.3]).with(between.clone()), ScanPattern::UnevenRaster, None),
        (at([0.1, 0.1, 0.1]).with(between.clone()), ScanPattern::Repeated, None),
        // Zeros fill a field that had to be written.
        (at([0.0; 3]).with(between.clone()), ScanPattern::NotStated, Some(0.25)),
        (Object::volume().with(between.clone()), ScanPattern::NotStated, Some(0.25)),
        (Object::volume().with(thick.clone()), ScanPattern::NotStated, None),
    ] {
        let geometry = object.open().unwrap().volume.geometry;
        assert_eq!(geometry.pattern, pattern);
        assert_eq!(geometry.between_bscans.mm().map(|mm| (mm * 1e6).round() / 1e6), mm);
    }
    // Shifted down their columns, planes are no farther apart; tilted against each other, they are no raster.
    let shifted = [0.0, 0.1, 0.2].map(|step| ([0.0, step, step], FRONTAL));
    let geometry = Object::volume().placed(&shifted).open().unwrap().volume.geometry;
    assert_eq!(geometry.pattern, ScanPattern::Raster);
    assert!((geometry.between_bscans.mm().unwrap() - 0.1).abs() < 1e-9, "{:?}", geometry.between_bscans);
    let fan = [0.0_f64, 5.0, 10.0].map(|angle| {
        let (sine, cosine) = angle.to_radians().sin_cos();
        ([0.0, 0.0, 0.01 * angle], [1.0, 0.0, 0.0, 0.0, cosine, sine])
    });
    let geometry = Object::volume().placed(&fan).open().unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.voxel_nl()), (ScanPattern::Other, None));
    let opened = at([0.0, 0.1, 0.2]).with(between).open().unwrap();
    assert!(opened.warnings[0].contains("0.25 mm between B-scans"), "{:?}", opened.warnings);

    let geometry = Object { more: thick, ..Object::volume() }.open().unwrap().volume.geometry;
    assert_eq!(geometry.unknown_axes(), Axis::ALL);
    let impossible = Object { more: numbers((0x28, 0x30), &[0.004, 0.0]), ..Object::volume() };
    let opened = impossible.open().unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), [Axis::Lateral, Axis::BetweenBScans]);
    assert!(opened.warnings[0].contains("0 as the lateral spacing"), "{:?}", opened.warnings);
    // A distance below 0 is no direction: the standard allows it in nuclear medicine alone.
    for wrong in [0.0, -0.12] {
        let more = numbers((0x18, 0x88), &[wrong]);
        let opened = Object { more, ..Object::volume() }.open().unwrap();
        assert_eq!(opened.volume.geometry.between_bscans.mm(), None);
        assert!(opened.warnings[0].contains("between B-scans spacing"), "{:?}", opened.warnings);
    }
    let unreadable = Object { more: text((0x28, 0x30), "DS", "0.004\\wide"), ..Object::volume() };
    assert!(matches!(
        unreadable.open(),
        Err(OpenError::InFile { cause: Cause::BadField { field: "Pixel Spacing", .. }, .. })
    ));
}

#[test]
fn radial_bscans_are_no_raster() {
    let places: Vec<_> = [0.0_f64, 60.0, 120.0]
        .map(|angle| {
            let (sine, cosine) = angle.to_radians().sin_cos();
            // 3 steps of 0.01 mm from end to end.
            let half = 0.015;
            ([-half * cosine, 0.0, -half * sine], [cosine, 0.0, sine, 0.0, 1.0, 0.0])
        })
        .to_vec();
    let geometry = Object::volume().placed(&places).open().unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::Radial, None));
    assert_eq!(geometry.places.len(), 3);
    assert_eq!(geometry.voxel_nl(), None);
}

#[test]
fn bscans_are_placed_on_the_fundus_image_that_they_name() {
    let lines: Vec<Vec<f32>> = [1.0, 3.0, 5.0].map(|row| vec![row, 2.0, row, 6.0]).to_vec();
    let scan = on_fundus("LINEAR", &lines).named("scan.dcm");
    let opened = open(vec![fundus().named("fundus.dcm"), scan.clone()]).unwrap();
    assert_eq!((opened.choices.len(), opened.volume.bscans()), (0, 3));
    let reference = opened.volume.fundus.unwrap();
    assert_eq!((reference.kind(), reference.columns(), reference.rows()), (FundusKind::Slo, 8, 6));
    assert_eq!(reference.greys(), (0..48).collect::<Vec<u8>>());
    assert!(
        reference.size_mm().unwrap().iter().zip([0.08, 0.12]).all(|(is, wanted)| (is - wanted).abs() < 1e-9)
    );
    let geometry = opened.volume.geometry;
    assert_eq!(
        (geometry.pattern, geometry.bscan_order()),
        (ScanPattern::Raster, Some(BScanOrder::SuperiorFirst))
    );
    // Two rows of 0.02 mm.
    assert!((geometry.between_bscans.mm().unwrap() - 0.04).abs() < 1e-6);
    let BScanPlace::Line { start_mm, end_mm } = geometry.places[0] else { panic!() };
    for (is, wanted) in [(start_mm, [0.02, 0.02]), (end_mm, [0.06, 0.02])] {
        assert!(is.iter().zip(wanted).all(|(is, wanted)| (is - wanted).abs() < 1e-6), "{is:?}");
    }
    // Without the image its pixels have no size.
    let geometry = open(vec![scan]).unwrap().volume.geometry;
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::Raster, None));
    assert!(geometry.places.is_empty());

    let circle: Vec<f32> = (0..24_u8)
        .map(|step| (f32::from(step) * 15.0).to_radians())
        .flat_map(|angle| [3.0 + angle.sin(), 4.0 + 2.0 * angle.cos()])
        .collect();
    let scan = Object { frames: Some("1"), ..on_fundus("NONLINEAR", &[circle]) }.named("scan.dcm");
    let geometry = open(vec![fundus().named("fundus.dcm"), scan]).unwrap().volume.geometry;
    let [BScanPlace::Circle { centre_mm, start_mm }] = geometry.places[..] else { panic!() };
    for (is, wanted) in [(centre_mm, [0.04, 0.06]), (start_mm, [0.06, 0.06])] {
        assert!(is.iter().zip(wanted).all(|(is, wanted)| (is - wanted).abs() < 1e-6), "{is:?}");
    }
}
