//! Which spacings are doubted, and what is proposed instead.

// Helpers of tests are tests too; clippy only sees `#[test]` functions.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use oct::{
    Axis, AxisSpacing, Doubt, Geometry, GeometryError, Mistake, OctVolume, Samples, ScanPattern,
    SpacingSource,
};

/// The geometry of a volume of `samples` in which a file states `mm` (0 for nothing).
fn stated(samples: [usize; 3], mm: [f64; 3]) -> Geometry {
    let mut geometry = Geometry { samples: Some(samples), ..Geometry::default() };
    for (axis, mm) in Axis::ALL.into_iter().zip(mm) {
        let source = SpacingSource::FromFile { tag: "ElementSpacing".to_owned() };
        if let Ok(spacing) = AxisSpacing::new(axis, mm, source) {
            geometry.set_spacing(axis, spacing);
        }
    }
    if samples[2] == 1 {
        geometry.pattern = ScanPattern::SingleBScan;
    }
    geometry
}

fn doubt(samples: [usize; 3], mm: [f64; 3]) -> Option<Doubt> {
    stated(samples, mm).doubt()
}

/// Columns, rows, B-scans; mm; whose. Fields as the makers state them.
#[rustfmt::skip]
const DEVICES: &[([usize; 3], [f64; 3], &str)] = &[
    ([512, 1024, 128], [0.01174, 0.00196, 0.04724], "RETOUCH, Cirrus"),
    ([512, 496, 49], [0.0115, 0.00387, 0.120], "RETOUCH, Spectralis"),
    ([512, 885, 128], [0.01172, 0.0026, 0.0469], "RETOUCH, Topcon"),
    ([512, 650, 128], [0.01172, 0.0035, 0.0469], "RETOUCH, Topcon, older"),
    ([768, 496, 11], [0.0118, 0.00387, 0.12], "Duke, Spectralis"),
    ([512, 496, 145], [0.01118, 0.003872, 0.0298], "Bonn, Spectralis"),
    ([768, 496, 1], [0.0118, 0.00387, 0.0], "Spectralis, one line of 30 degrees"),
    ([768, 496, 1], [0.01472, 0.00387, 0.0], "Spectralis, circle"),
    ([768, 496, 1], [0.01789, 0.00387, 0.0], "Spectralis, circle in a myopic eye"),
    ([384, 496, 25], [0.0114, 0.00387, 0.12], "Spectralis, 15 degrees"),
    ([1536, 496, 7], [0.00575, 0.00387, 0.24], "Spectralis, seven lines, high resolution"),
    ([1536, 496, 1], [0.0029, 0.00387, 0.0], "Spectralis, 15 degrees, high resolution"),
    ([1536, 496, 61], [0.0104, 0.00387, 0.2], "Spectralis, 55 degrees"),
    ([512, 496, 193], [0.0058, 0.00387, 0.011], "Spectralis, OCT angiography"),
    ([200, 1024, 200], [0.03, 0.00195, 0.03], "Cirrus, 200 x 200"),
    ([1024, 1024, 5], [0.0088, 0.00195, 0.25], "Cirrus, HD 5 line of 9 mm"),
    ([245, 1024, 245], [0.0122, 0.00195, 0.0122], "Cirrus, AngioPlex of 3 mm"),
    ([1024, 992, 12], [0.0117, 0.0026, 0.75], "Topcon, 12 x 9 mm, wide"),
    ([320, 992, 320], [0.0094, 0.0026, 0.0094], "Topcon Triton, 3 x 3 mm"),
    ([512, 992, 256], [0.0234, 0.0026, 0.0352], "Topcon Triton, 12 x 9 mm"),
    ([1024, 1536, 1024], [0.0146, 0.00195, 0.0088], "PlexElite, 15 x 9 mm"),
    ([500, 3072, 500], [0.024, 0.00195, 0.024], "PlexElite, 12 x 12 mm, 6 mm deep"),
    ([1024, 1200, 128], [0.0225, 0.0044, 0.156], "Xephilio, 23 x 20 mm, 5.3 mm deep"),
    ([1024, 2048, 512], [0.0254, 0.0029, 0.041], "VG200I, 26 x 21 mm, 6 mm deep"),
    ([1000, 1024, 100], [0.0067, 0.0032, 0.067], "Bioptigen, 6.7 mm"),
    ([1000, 512, 100], [0.0067, 0.0045, 0.067], "Bioptigen, half the rows"),
    ([1024, 640, 1], [0.00098, 0.00305, 0.0], "Optovue, a line of 1 mm"),
    ([304, 640, 304], [0.00987, 0.00305, 0.00987], "Optovue, 3 mm"),
    ([668, 640, 101], [0.0105, 0.00305, 0.07], "Optovue, cube of 7 mm"),
    ([128, 124, 8], [0.046875, 0.0154839, 0.12], "a Topcon cube brought to fewer samples"),
    ([64, 64, 49], [0.09375, 0.03, 0.12], "a cube of 64 x 64"),
    ([64, 124, 128], [0.09375, 0.0155, 0.047], "columns brought to half as many as B-scans"),
    ([300, 200, 49], [0.0115, 0.00387, 0.12], "cut B-scans"),
    ([128, 128, 8], [0.005859375, 0.001953125, 0.005859375], "a piece of 0.75 mm of a dense cube"),
    ([50, 40, 10], [0.011819, 0.003872, 0.0314], "eyepy's example"),
    ([2, 3, 4], [3.0, 0.0035, 1.5], "panimg's example of a Topcon"),
    ([3, 2, 4], [0.0117, 0.0039, 0.12], "a few samples"),
    ([512, 496, 0], [0.0115, 0.00387, 0.0], "a raster of unknown distance"),
];

#[test]
fn no_geometry_of_a_device_is_in_doubt() {
    for (samples, mm, whose) in DEVICES {
        assert_eq!(doubt(*samples, *mm).map(|doubt| doubt.to_string()), None, "{whose}");
    }
}

#[test]
fn square_pixels_are_in_doubt_without_a_proposal() {
    let found = doubt([1024, 512, 49], [0.006, 0.006, 0.12]).unwrap();
    assert!(found.to_string().contains("rows lie as far apart as columns"), "{found}");
    assert_eq!(found.axes, [Axis::Lateral, Axis::Axial]);
    assert_eq!(found.proposal, None);
    assert_eq!(doubt([1024, 512, 49], [0.006, 0.0059, 0.12]), None);
}

#[test]
fn another_unit_for_millimetres_is_proposed_to_be_put_right_for_every_device() {
    for (samples, mm, whose) in DEVICES.iter().filter(|(samples, ..)| samples[0] >= 64) {
        for unit in [1e-3, 1e3, 1e-6] {
            let found = doubt(*samples, mm.map(|mm| mm / unit)).unwrap_or_else(|| panic!("{whose}, {unit}"));
            let proposal = found.proposal.unwrap_or_else(|| panic!("{whose}, {unit}"));
            for ((_, proposed), mm) in proposal.spacing.iter().zip(mm) {
                assert!((proposed / mm - 1.0).abs() < 1e-9, "{whose}, {unit}: {proposal:?}");
            }
        }
        // Ten times too much or too little may be another device's; where not, it is asked about.
        let tenth = doubt(*samples, mm.map(|mm| mm / 10.0));
        assert!(tenth.is_some(), "{whose} in centimetres");
    }
}

#[test]
fn exchanged_axes_are_proposed_to_be_exchanged_back() {
    let base = ([128, 124, 8], [0.046875, 0.0154839, 0.12]);
    let whole = DEVICES[..6].iter().map(|(samples, mm, _)| (*samples, *mm)).chain([base]);
    for (samples, mm) in whole {
        for order in [[1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]] {
            let written = order.map(|from| mm[from]);
            let found = doubt(samples, written).unwrap_or_else(|| panic!("{samples:?} {written:?}"));
            let proposal =
                found.proposal.clone().unwrap_or_else(|| panic!("{samples:?} {written:?} {found}"));
            assert_eq!(proposal.mistake, Mistake::Exchanged, "{found}");
            assert_eq!(proposal.spacing.iter().map(|(_, mm)| *mm).collect::<Vec<_>>(), mm, "{found}");
        }
    }
}

#[test]
fn figures_that_stand_for_nothing_are_doubted_without_a_proposal() {
    let small = [128, 124, 8];
    for (samples, mm, axes, said) in [
        (small, [0.264_583_333, 0.264_583_333, 1.0], 2, "96 dpi"),
        (small, [0.352_777_8, 0.352_777_8, 0.352_777_8], 2, "72 dpi"),
        (small, [0.084_67, 0.084_67, 0.12], 2, "300 dpi"),
        ([64, 64, 8], [0.2646, 0.2646, 0.12], 2, "96 dpi"),
        ([512, 496, 1], [0.352_777_8, 0.352_777_8, 0.0], 2, "72 dpi"),
        (small, [0.046_875, 0.015_483_9, 1.0], 1, "exactly 1 mm"),
        ([512, 496, 19], [0.0115, 0.003_87, 1.0], 1, "exactly 1 mm"),
        (small, [1.0, 1.0, 1.0], 3, "along every axis"),
        ([3, 4, 2], [1.0, 1.0, 1.0], 3, "along every axis"),
        (small, [0.02, 0.02, 0.02], 3, "along every axis"),
        ([512, 496, 49], [0.0115, 0.003_87, 5.0], 1, "245 mm high"),
        ([512, 496, 5], [0.0115, 0.003_87, 2.5], 1, "2.5 mm apart"),
        ([512, 496, 49], [0.0115, 0.003_87, 0.003_87], 1, "B-scans lie"),
    ] {
        let found = doubt(samples, mm).unwrap_or_else(|| panic!("{samples:?} {mm:?}"));
        assert!(found.proposal.is_none(), "{found}");
        assert!(found.axes.len() >= axes, "{found}: {:?}", found.axes);
        assert!(found.to_string().contains(said), "{found}");
        assert_eq!(
            found.to_string().matches('.').count(),
            found.to_string().trim_end_matches('.').matches('.').count() + 1
        );
    }
}

#[test]
fn one_axis_in_another_unit_is_proposed_alone() {
    let found = doubt([512, 496, 49], [0.0115, 0.00387, 120.0]).unwrap();
    let meant = found.proposal.unwrap().spacing;
    assert!((meant[2].1 - 0.12).abs() < 1e-12 && meant[0].1 == 0.0115, "{meant:?}");
    let found = doubt([512, 496, 49], [11.5, 3.87, 0.12]).unwrap();
    let meant = found.proposal.unwrap().spacing;
    assert!((meant[0].1 - 0.0115).abs() < 1e-12 && meant[2].1 == 0.12, "{meant:?}");
    // The distance is right, so only the picture's proportions are in doubt.
    assert_eq!(found.axes, [Axis::Lateral, Axis::Axial]);
}

fn volume(samples: [usize; 3], mm: [f64; 3]) -> OctVolume {
    let count = samples.iter().product();
    let [columns, rows, bscans] = samples;
    OctVolume::new(columns, rows, bscans, Samples::U8(vec![0; count]), stated(samples, mm)).unwrap()
}

#[test]
fn what_is_in_doubt_has_no_nanolitres_until_it_is_confirmed() {
    let mut found = volume([128, 128, 8], [5.859375, 1.953125, 5.859375]).geometry;
    assert_eq!(found.voxel_nl(), None);
    assert_eq!(Axis::ALL.map(|axis| found.trusted_mm(axis)), [None; 3]);
    assert_eq!(found.lateral.mm(), Some(5.859375), "what the file states stays");
    let refused = found.clone().confirm(&found.doubt().unwrap().stated);
    assert!(matches!(refused, Err(GeometryError::BeyondAnyEye { extent_mm: 750.0, .. })), "{refused:?}");

    found.confirm(&found.doubt().unwrap().proposal.unwrap().spacing).unwrap();
    assert!((found.voxel_nl().unwrap() - 6.705_522_5e-5).abs() < 1e-9);
    let SpacingSource::ConfirmedByUser { tag, stated_mm, was_assumed: false } = found.lateral.source() else {
        panic!("{found:?}");
    };
    assert_eq!((tag.as_str(), *stated_mm), ("ElementSpacing", 5.859375));
    assert_eq!(found.doubt(), None);
}

#[test]
fn what_the_file_states_can_be_confirmed_as_it_is() {
    // Print resolution: 34 mm wide.
    let mut found = volume([128, 124, 8], [25.4 / 96.0, 25.4 / 96.0, 1.0]).geometry;
    let before = Axis::ALL.map(|axis| found.spacing(axis).mm());
    found.confirm(&found.doubt().unwrap().stated).unwrap();
    assert_eq!(Axis::ALL.map(|axis| found.spacing(axis).mm()), before);
    assert!(found.voxel_nl().is_some() && found.doubt().is_none());
}

#[test]
fn an_axis_typed_in_is_believed_and_the_others_are_judged_anew() {
    let mut filler = volume([512, 496, 19], [0.0115, 0.00387, 1.0]).geometry;
    assert_eq!(filler.doubt().unwrap().axes, [Axis::BetweenBScans]);
    assert_eq!(filler.trusted_mm(Axis::Axial), Some(0.00387), "the picture's own is not in doubt");
    filler.set_typed(&[(Axis::BetweenBScans, 0.24)]).unwrap();
    assert!(filler.voxel_nl().is_some());
    // A distance of 1 mm that somebody typed in is no filler.
    filler.set_typed(&[(Axis::BetweenBScans, 1.0)]).unwrap();
    assert!(filler.voxel_nl().is_some());

    let mut micrometres = volume([512, 496, 49], [11.5, 3.87, 1.0]).geometry;
    assert!(micrometres.doubt().unwrap().proposal.is_none());
    micrometres.set_typed(&[(Axis::BetweenBScans, 0.12)]).unwrap();
    assert_eq!(micrometres.voxel_nl(), None);
    assert_eq!(micrometres.doubt().unwrap().proposal.unwrap().spacing.len(), 2);
}

#[test]
fn what_would_be_larger_than_any_eye_is_refused_with_its_extent() {
    let mut geometry = volume([512, 496, 49], [0.0115, 0.00387, 0.12]).geometry;
    let before = geometry.clone();
    for (axis, mm, extent) in [
        (Axis::Lateral, 0.1, "51.2 mm wide"),
        (Axis::Axial, 0.04, "19.8 mm deep"),
        (Axis::BetweenBScans, 1.0, "49.0 mm high"),
        (Axis::Axial, 3.9, "1934.4 mm deep"),
    ] {
        let refused = geometry.set_typed(&[(Axis::Lateral, 0.012), (axis, mm)]).unwrap_err();
        assert!(refused.to_string().contains(extent), "{refused}");
        assert_eq!(geometry, before);
    }
}

#[test]
fn a_single_bscan_is_judged_by_its_own_two_axes() {
    let mut line = volume([512, 496, 1], [0.0115, 0.00387, 1.0]).geometry;
    assert_eq!(line.doubt(), None);
    line.set_spacing(
        Axis::Axial,
        AxisSpacing::new(Axis::Axial, 3.87, SpacingSource::FromFile { tag: "ScaleZ".to_owned() }).unwrap(),
    );
    assert_eq!(line.doubt().unwrap().axes, [Axis::Axial]);
}

#[test]
fn a_doubt_says_who_says_what_cannot_be() {
    let mut geometry = stated([512, 496, 49], [0.0115, 0.00387, 1.0]);
    assert!(geometry.doubt().unwrap().to_string().starts_with("The file says that B-scans lie exactly 1 mm"));
    let usual = SpacingSource::VendorDefault { why: "what the device stores".to_owned() };
    geometry
        .set_spacing(Axis::BetweenBScans, AxisSpacing::new(Axis::BetweenBScans, 2.0, usual.clone()).unwrap());
    let said = geometry.doubt().unwrap().to_string();
    assert!(said.starts_with("By what is usual for the device, the scan is 98 mm high"), "{said}");
    // A file's rows against columns that somebody typed in.
    let mut mixed = stated([512, 496, 49], [0.0115, 0.009, 0.12]);
    mixed.set_typed(&[(Axis::Lateral, 0.0039)]).unwrap();
    let said = mixed.doubt().unwrap().to_string();
    assert!(said.starts_with("By what was entered and what the file says, rows lie 0.009 mm"), "{said}");
}

#[test]
fn an_impossible_spacing_that_persons_vouch_for_is_measured_with_and_never_without_a_word() {
    let mut geometry = stated([512, 496, 49], [0.0115, 0.00387, 0.12]);
    assert_eq!(geometry.unlikely_entry(), None, "what a file states is doubted or believed");
    geometry.set_typed(&[(Axis::Lateral, 0.06)]).unwrap();
    assert!(geometry.voxel_nl().is_some() && geometry.doubt().is_none());
    let said = geometry.unlikely_entry().unwrap().to_string();
    assert!(said.starts_with("By what was entered, the scan is 30.7 mm wide"), "{said}");
    assert!(
        said.ends_with(
            "no OCT of a retina is more than 27 mm wide: check it, since it is used as it stands."
        )
    );
    geometry.set_typed(&[(Axis::Lateral, 0.0115)]).unwrap();
    assert_eq!(geometry.unlikely_entry(), None);

    // Square pixels, confirmed as the file states them; a filler that is confirmed is a figure.
    let mut square = stated([1024, 512, 49], [0.006, 0.006, 1.0]);
    square.set_typed(&[(Axis::BetweenBScans, 0.12)]).unwrap();
    square.confirm(&square.doubt().unwrap().stated).unwrap();
    let said = square.unlikely_entry().unwrap().to_string();
    assert!(said.starts_with("By what was confirmed, rows lie as far apart as columns"), "{said}");
    let mut filler = stated([512, 496, 19], [0.0115, 0.00387, 1.0]);
    filler.confirm(&filler.doubt().unwrap().stated).unwrap();
    assert_eq!(filler.unlikely_entry(), None);
}

#[test]
fn figures_in_micrometres_are_refused_for_every_device() {
    for (_, mm, whose) in DEVICES.iter().filter(|(samples, ..)| samples[0] >= 64) {
        for (axis, mm) in Axis::ALL.into_iter().zip(mm).filter(|(_, mm)| **mm > 0.0) {
            assert!(AxisSpacing::from_user(axis, mm * 1000.0).is_err(), "{whose}, {axis:?}");
            assert!(AxisSpacing::from_user(axis, *mm).is_ok(), "{whose}, {axis:?}");
        }
    }
}

#[test]
fn a_length_that_the_file_states_twice_is_in_doubt_until_somebody_decides() {
    let sound = || stated([512, 496, 49], [0.0115, 0.00387, 0.12]);
    let mut agreeing = sound();
    // Rounded, and 511 steps for 512 columns.
    agreeing.contradict("StartX, EndX", [[Some(5.89 / 511.0), None, None]]);
    agreeing.contradict("Distance", [[None, None, Some(0.0)]]);
    agreeing.contradict("Distance", [[None, None, Some(f64::NAN)]]);
    assert_eq!(agreeing.doubt(), None);

    let mut doubled = sound();
    doubled.contradict("StartX, EndX", [[Some(0.023), Some(0.00387), None]]);
    let found = doubled.doubt().unwrap();
    assert_eq!(
        found.to_string(),
        "The file says that columns lie 0.0115 mm apart by one of its fields, but 0.023 mm by another \
         (ElementSpacing; StartX, EndX); it may be 0.023 x 0.00387 x 0.12 mm that is meant."
    );
    assert_eq!((found.axes.as_slice(), doubled.voxel_nl()), ([Axis::Lateral].as_slice(), None));
    assert_eq!(doubled.trusted_mm(Axis::Lateral), None);
    // Whoever confirms or types one of the two has decided.
    let (mut confirmed, mut typed) = (doubled.clone(), doubled.clone());
    confirmed.confirm(&found.stated).unwrap();
    typed.set_typed(&[(Axis::Lateral, 0.023)]).unwrap();
    for decided in [&confirmed, &typed] {
        assert_eq!(decided.doubt(), None);
        assert!(decided.voxel_nl().is_some());
    }
    typed = doubled;
    typed.set_typed(&[(Axis::Axial, 0.00387)]).unwrap();
    assert!(typed.doubt().is_some(), "another axis says nothing of this one");
}

#[test]
fn a_ratio_that_contradicts_is_read_by_the_axis_that_makes_it_usual() {
    let ratio = |mm: [f64; 3], axial_by_lateral: f64| {
        let mut geometry = stated([128, 124, 8], mm);
        let readings =
            [[Some(mm[1] / axial_by_lateral), None, None], [None, Some(mm[0] * axial_by_lateral), None]];
        geometry.contradict("PixelAspectRatio", readings);
        geometry
    };
    assert_eq!(ratio([0.046875, 0.0154839, 0.12], 0.33).doubt(), None);
    let found = ratio([0.046875, 0.046875, 0.12], 1.0 / 3.0).doubt().unwrap();
    let proposed = found.proposal.unwrap();
    assert_eq!(proposed.mistake, Mistake::OtherField);
    assert_eq!(proposed.spacing[..2], [(Axis::Lateral, 0.046875), (Axis::Axial, 0.015625)]);
    assert_eq!(found.axes, [Axis::Lateral, Axis::Axial]);
    // Square pixels of neither side are usual.
    let square = ratio([0.046875, 0.0154839, 0.12], 1.0).doubt().unwrap();
    assert!(square.proposal.is_none() && square.to_string().contains("contradicts that"), "{square}");
}

#[test]
fn a_contradiction_stays_with_its_axis_in_another_order_of_axes() {
    let mut geometry = stated([128, 8, 124], [0.046875, 0.12, 0.0154839]);
    geometry.contradict("ElementSize", [[None, None, Some(0.03)]]);
    let order: oct::AxisOrder = "columns,bscans,rows".parse().unwrap();
    let read = Geometry { samples: Some([128, 124, 8]), ..geometry.reordered(order, 124) };
    assert_eq!(read.doubt().unwrap().axes, [Axis::Axial]);
}
