//! Arrays that do not say which axis is depth, in the program and as phantoms.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use oct::{AxisOrder, Samples};
use oct_formats::{InputFile, OpenOptions, metaimage, open, open_with};
use oct_phantom::{Eye, EyeConfig, VendorStyle};
use serde_json::Value;

fn lacuna(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lacuna")).args(args).output().unwrap()
}

/// Noise from an index.
fn noise(at: u32) -> u8 {
    let mixed = at.wrapping_mul(2_654_435_761);
    ((mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) >> 24) as u8
}

/// 40 x 40 x 40 bytes of no layers, as NumPy saves them.
fn without_layers(folder: &Path) -> String {
    let mut bytes =
        b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (40, 40, 40), }".to_vec();
    bytes.resize(127, b' ');
    bytes.push(b'\n');
    bytes.extend((0_u32..64_000).map(noise));
    let path = folder.join("eye.npy");
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn nothing_is_measured_while_it_is_not_sure_which_axis_is_depth() {
    let root = tempfile::tempdir().unwrap();
    let (path, out) = (without_layers(root.path()), root.path().join("out"));
    let refused = lacuna(&["segment", &path, "--json", "--out", out.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    let error: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(error["error"]["kind"], "axes");
    let sentence = error["error"]["message"].as_str().unwrap();
    assert!(
        sentence.contains("--axes") && sentence.contains("bscans,rows,columns (40 B-scans of 40 x 40)"),
        "{sentence}"
    );
    assert!(!out.join("report.json").exists());

    let told: Value = serde_json::from_slice(&lacuna(&["info", &path, "--json"]).stdout).unwrap();
    assert_eq!(told["axes"]["by"], "asked");
    assert_eq!(told["axes"]["candidates"].as_array().unwrap().len(), 3);
    let stated = lacuna(&["info", &path, "--json", "--axes", "rows,columns,bscans"]);
    let told: Value = serde_json::from_slice(&stated.stdout).unwrap();
    assert_eq!(
        (&told["axes"]["by"], &told["axes"]["order"]),
        (&"user".into(), &"rows,columns,bscans".into())
    );
    assert_eq!(lacuna(&["info", &path, "--axes", "depth,rows"]).status.code(), Some(2));
}

#[test]
fn phantoms_of_every_style_are_read_right_in_every_order_or_asked_for() {
    for style in [VendorStyle::Cirrus, VendorStyle::Spectralis, VendorStyle::Topcon] {
        let mut config = EyeConfig::new(11, style);
        config.bscans = Some(6);
        let (volume, _) = Eye::new(&config).volume();
        let sizes = [volume.columns(), volume.rows(), volume.bscans()];
        let mut asked = 0;
        for order in AxisOrder::ALL {
            for is_spaced in [true, false] {
                let spacing_mm = oct::Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm().unwrap());
                let list = |values: [String; 3]| values.join(" ");
                let spacing =
                    format!("ElementSpacing = {}\n", list(order.stored(spacing_mm).map(|mm| mm.to_string())));
                let (element, raw) = match volume.samples() {
                    Samples::U8(samples) => ("MET_UCHAR", order.from_standard(samples, sizes).unwrap()),
                    Samples::U16(samples) => {
                        let stored = order.from_standard(samples, sizes).unwrap();
                        ("MET_USHORT", stored.into_iter().flat_map(u16::to_le_bytes).collect())
                    }
                    Samples::F32(_) => unreachable!("no phantom is in floats"),
                };
                let header = format!(
                    "NDims = 3\nDimSize = {}\n{}ElementType = {element}\nElementDataFile = oct.raw\n",
                    list(order.stored(sizes).map(|size| size.to_string())),
                    if is_spaced { spacing.as_str() } else { "" },
                );
                let file = |path: &str, bytes: Vec<u8>| InputFile { path: path.to_owned(), bytes };
                let files =
                    || vec![file("oct.mhd", header.clone().into_bytes()), file("oct.raw", raw.clone())];
                let opened = open(files()).unwrap();
                asked += u32::from(opened.axis_question.is_some());
                let is_right = opened.volume.samples() == volume.samples();
                assert!(opened.axis_question.is_some() || is_right, "{style:?} as {order}, {is_spaced}");
                assert!(order != AxisOrder::STANDARD || opened.axis_question.is_none(), "{style:?}");
                let options = OpenOptions { axes: Some(order), ..OpenOptions::default() };
                assert!(open_with(files(), options).unwrap().volume.samples() == volume.samples(), "{order}");
            }
        }
        println!("{style:?}: asked for {asked} of 12");
        // As the program writes it, nothing is asked.
        let written = metaimage::write_volume(&volume, "oct.raw");
        let file = |path: &str, bytes: Vec<u8>| InputFile { path: path.to_owned(), bytes };
        assert!(
            open(vec![file("oct.mhd", written.header), file("oct.raw", written.raw)])
                .unwrap()
                .axis_question
                .is_none()
        );
    }
}
