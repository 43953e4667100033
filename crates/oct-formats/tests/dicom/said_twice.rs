//! Spacing that an object states twice, in two ways.

use oct::{Axis, Geometry};
use oct_formats::open;

use crate::objects::*;

/// Eight B-scans of 128 x 124 of one object, 0.046875 x 0.0154839 x 0.12 mm, with `more`.
fn scan(more: &[u8]) -> Object {
    let pixels = vec![7; 128 * 124 * 8];
    Object {
        size: [128, 124],
        frames: Some("8"),
        more: [numbers((0x28, 0x30), &[0.015_483_9, 0.046_875]), between(), more.to_vec()].concat(),
        pixels: element((0x7FE0, 0x10), "OB", &pixels),
        ..Object::volume()
    }
}

fn geometry(object: &Object) -> Geometry {
    object.open().unwrap().volume.geometry
}

#[test]
fn other_fields_that_agree_with_the_spacing_say_nothing() {
    assert!(geometry(&scan(&[])).voxel_nl().is_some());
    for more in [
        text((0x28, 0x34), "IS", "33\\100"),
        text((0x28, 0x34), "IS", "0\\0"),
        text((0x28, 0x34), "IS", "nonsense"),
        numbers((0x18, 0x1164), &[0.0155, 0.0469]),
        numbers((0x18, 0x2010), &[0.0, 0.0]),
    ] {
        let geometry = geometry(&scan(&more));
        assert_eq!((geometry.doubt(), geometry.voxel_nl().is_some()), (None, true));
    }
}

#[test]
fn other_fields_that_contradict_the_spacing_put_it_in_doubt() {
    let region = |unit: u16| {
        let delta = |mm: f64| (mm / 10.0).to_le_bytes();
        let units = [short((0x18, 0x6024), unit), short((0x18, 0x6026), unit)].concat();
        let deltas =
            [element((0x18, 0x602C), "FD", &delta(0.09)), element((0x18, 0x602E), "FD", &delta(0.03))];
        sequence((0x18, 0x6011), &[[units, deltas.concat()].concat()])
    };
    for (more, field) in [
        (text((0x28, 0x34), "IS", "1\\1"), "PixelAspectRatio"),
        (text((0x28, 0x34), "IS", "3\\1"), "PixelAspectRatio"),
        (numbers((0x18, 0x1164), &[0.03, 0.09]), "ImagerPixelSpacing"),
        (numbers((0x18, 0x2010), &[0.26, 0.26]), "NominalScannedPixelSpacing"),
        (region(3), "PhysicalDelta"),
    ] {
        let geometry = geometry(&scan(&more));
        let doubt = geometry.doubt().unwrap();
        assert!(doubt.to_string().contains("(PixelSpacing (0028,0030); "), "{doubt}");
        assert!(doubt.to_string().contains(field), "{doubt}");
        assert_eq!(
            (doubt.axes.as_slice(), geometry.voxel_nl()),
            ([Axis::Lateral, Axis::Axial].as_slice(), None)
        );
    }
    assert_eq!(geometry(&scan(&region(4))).doubt(), None, "no length");
    // Where it is the field of the object that makes a picture of usual shape, it is proposed.
    let steps = numbers((0x28, 0x30), &[0.046_875, 0.046_875]);
    let square = Object { more: [steps, between(), text((0x28, 0x34), "IS", "1\\3")].concat(), ..scan(&[]) };
    let proposal = geometry(&square).doubt().unwrap().proposal.unwrap();
    assert_eq!(proposal.spacing[1], (Axis::Axial, 0.015_625));
}

#[test]
fn frames_that_state_another_spacing_than_their_object_are_in_doubt() {
    let measures = |axial: f64, between: f64| {
        let steps = [numbers((0x28, 0x30), &[axial, 0.046_875]), numbers((0x18, 0x88), &[between])].concat();
        sequence((0x5200, 0x9229), &[sequence((0x28, 0x9110), &[steps])])
    };
    assert_eq!(geometry(&scan(&measures(0.015_483_9, 0.12))).doubt(), None);
    for (axial, between, axis) in [(0.03, 0.12, Axis::Axial), (0.015_483_9, 0.24, Axis::BetweenBScans)] {
        assert_eq!(geometry(&scan(&measures(axial, between))).doubt().unwrap().axes, [axis]);
    }
    // Shared by all, and said of each otherwise.
    let own = sequence((0x28, 0x9110), &[numbers((0x28, 0x30), &[0.015_483_9, 0.03])]);
    let of_each = Object { groups: vec![own; 8], ..scan(&measures(0.015_483_9, 0.12)) };
    assert_eq!(geometry(&of_each).doubt().unwrap().axes, [Axis::Lateral]);
}

#[test]
fn courses_over_the_fundus_that_are_twice_as_long_as_the_bscans_put_them_in_doubt() {
    // Columns of 0.02 mm, four of them over 8 pixels of 0.01 mm.
    let courses: Vec<Vec<f32>> = (1..4).map(|row| vec![row as f32, 0.0, row as f32, 8.0]).collect();
    let wide = |lateral: f64| {
        let steps = numbers((0x28, 0x30), &[0.004, lateral]);
        let scan = Object { more: steps, ..on_fundus("LINEAR", &courses) };
        open(vec![scan.named("scan.dcm"), fundus().named("fundus.dcm")]).unwrap().volume.geometry
    };
    assert_eq!(wide(0.0205).contradictions, []);
    assert_eq!(wide(0.01).contradictions.len(), 1);
}
