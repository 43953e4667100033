//! Optovue `.OCT` and its text, generated: no public sample is at hand.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod mutations;

use oct::{Axis, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, open};

const RASTER: &str = "[3D Retina Step 1]\r\nXY Scan Length=2\r\nXY Scan Usage=3\r\nXY Scan Size1= 6.00 mm\r\n\
                      XY Scan Interval1= 0.040 mm\r\n[Step 2]\r\nXY Scan Length=2\r\nXY Scan Usage=1\r\n\
                      [General]\r\nOCT Window Height=4\r\nScan Depth=2.0 mm\r\nEye Scanned=OS\r\n";

fn input(path: &str, bytes: Vec<u8>) -> InputFile {
    InputFile { path: path.to_owned(), bytes }
}

fn samples(count: u16) -> Vec<u8> {
    (0..count).flat_map(|sample| f32::from(sample).to_le_bytes()).collect()
}

fn opened(text: &str, count: u16) -> Result<Opened, OpenError> {
    open(vec![input("eye/scan.OCT", samples(count)), input("eye/scan.txt", text.as_bytes().to_vec())])
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

#[test]
fn a_raster_comes_upright_with_the_spacing_of_its_step() {
    let opened = opened(RASTER, 24).unwrap();
    assert_eq!(opened.format, Format::Optovue);
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (2, 4, 3));
    let Samples::F32(values) = volume.samples() else { unreachable!("floats") };
    assert_eq!(values[..9], [3.0, 7.0, 2.0, 6.0, 1.0, 5.0, 0.0, 4.0, 11.0]);
    assert_eq!(mm(volume), [Some(3.0), Some(0.5), Some(0.04)]);
    assert_eq!(volume.geometry.axial.source(), &SpacingSource::FromFile { tag: "Scan Depth".to_owned() });
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
}

#[test]
fn bscans_of_alignment_are_left_out_of_the_raster_with_a_word() {
    let alone = opened(RASTER, 24).unwrap();
    let told = RASTER.replace("[General]", "[General]\r\nFrames Per Data Group=5");
    let (raster, lines) = RASTER.split_once("[Step 2]").unwrap();
    let (lines, general) = lines.split_once("[General]").unwrap();
    let last = format!("[Step 2]{lines}{raster}{general}");
    for (text, count, beside, start) in
        [(RASTER, 32, "1 more", 0.0), (&told, 40, "2 more", 0.0), (&last, 32, "1 more", 8.0)]
    {
        let opened = opened(text, count).unwrap();
        assert_eq!(opened.volume.geometry, alone.volume.geometry);
        let (Samples::F32(values), Samples::F32(same)) = (opened.volume.samples(), alone.volume.samples())
        else {
            unreachable!("floats")
        };
        assert!(values.iter().zip(same).all(|(value, same)| *value == same + start), "{values:?}");
        assert_eq!(values.len(), same.len());
        assert!(opened.warnings[0].contains(beside), "{:?}", opened.warnings);
    }
    assert!(alone.warnings.len() == 1 && alone.warnings[0].contains("never proven"));
}

#[test]
fn protocols_for_flow_or_the_front_of_the_eye_are_shown_and_not_measured() {
    for (step, pattern) in [
        ("[CL - 3D Cornea Step 1]", ScanPattern::NoRetina),
        ("[Angle Step 1]", ScanPattern::NoRetina),
        ("[HD Angio Retina Step 1]", ScanPattern::Angiography),
        ("[3D Disc Step 1]", ScanPattern::Raster),
    ] {
        let geometry = opened(&RASTER.replace("[3D Retina Step 1]", step), 24).unwrap().volume.geometry;
        assert_eq!(geometry.pattern, pattern, "{step}");
    }
}

#[test]
fn several_steps_in_one_file_have_no_volume() {
    let crossed = RASTER.replace("XY Scan Usage=1", "XY Scan Usage=3");
    let both = opened(&crossed, 48).unwrap().volume;
    assert_eq!((both.bscans(), both.geometry.pattern), (6, ScanPattern::Other));
    assert_eq!(both.geometry.voxel_nl(), None);
}

#[test]
fn without_its_text_or_with_another_the_file_is_refused_in_words() {
    let alone = open(vec![input("scan.OCT", samples(24))]).unwrap_err();
    assert_eq!(
        alone.to_string(),
        "scan.OCT needs scan.txt, which was not dropped: drop both files together."
    );
    assert!(matches!(opened(RASTER, 23), Err(OpenError::InFile { cause: Cause::Truncated { .. }, .. })));
    assert!(matches!(opened("a note", 24), Err(OpenError::InFile { cause: Cause::MissingField { .. }, .. })));
    assert!(matches!(
        opened("OCT Window Height=4", 24),
        Err(OpenError::InFile { cause: Cause::Truncated { .. }, .. })
    ));
    let far = opened(&RASTER.replace("6.00 mm", "6000 mm"), 24).unwrap();
    assert!(far.volume.geometry.doubt().is_some());
}

#[test]
fn damaged_copies_never_panic() {
    let text = input("scan.txt", RASTER.as_bytes().to_vec());
    mutations::survives("scan.OCT", &samples(24), &[text]);
    mutations::survives("scan.txt", RASTER.as_bytes(), &[input("scan.OCT", samples(24))]);
}
