//! Which axis of an array is depth: phantoms and real eyes, stored in every order.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::path::Path;

use oct::{Axis, AxisOrder, OctVolume, Samples};
use oct_formats::orientation::AxesBy;
use oct_formats::{InputFile, OpenOptions, Opened, open, open_with};
use shared_data::data;

/// A volume in its standard order, and its spacing where it is known.
struct Eye {
    name: String,
    /// Columns, rows, B-scans.
    sizes: [usize; 3],
    spacing_mm: Option<[f64; 3]>,
    samples: Vec<u8>,
}

fn every_order() -> Vec<AxisOrder> {
    [
        "columns,rows,bscans",
        "columns,bscans,rows",
        "rows,columns,bscans",
        "rows,bscans,columns",
        "bscans,columns,rows",
        "bscans,rows,columns",
    ]
    .map(|order| order.parse().unwrap())
    .into()
}

impl Eye {
    /// As MetaImage with its axes in `order`.
    fn stored(&self, order: AxisOrder) -> Vec<InputFile> {
        let samples = order.from_standard(&self.samples, self.sizes).unwrap();
        let list = |values: [String; 3]| values.join(" ");
        let sizes = list(order.stored(self.sizes).map(|size| size.to_string()));
        let spacing = self.spacing_mm.map_or_else(String::new, |mm| {
            format!("ElementSpacing = {}\n", list(order.stored(mm).map(|mm| mm.to_string())))
        });
        let header = format!(
            "NDims = 3\nDimSize = {sizes}\n{spacing}ElementType = MET_UCHAR\nElementDataFile = oct.raw\n"
        );
        let file = |path: &str, bytes: Vec<u8>| InputFile { path: path.to_owned(), bytes };
        vec![file("oct.mhd", header.into_bytes()), file("oct.raw", samples)]
    }

    fn is_read_right(&self, opened: &Opened) -> bool {
        let volume = &opened.volume;
        [volume.columns(), volume.rows(), volume.bscans()] == self.sizes
            && volume.samples() == &Samples::U8(self.samples.clone())
    }

    /// Every `step`th column, as of a scan with few of them.
    fn with_columns(&self, columns: usize) -> Self {
        let [all, rows, bscans] = self.sizes;
        let kept: Vec<usize> = (0..columns).map(|column| column * all / columns).collect();
        let samples =
            self.samples.chunks(all).flat_map(|row| kept.iter().map(|column| row[*column])).collect();
        let spacing_mm = self
            .spacing_mm
            .map(|[lateral, axial, between]| [lateral * all as f64 / columns as f64, axial, between]);
        Self {
            name: format!("{}, {columns} columns", self.name),
            sizes: [columns, rows, bscans],
            spacing_mm,
            samples,
        }
    }

    /// With as many columns as B-scans, and no spacing: nothing but the picture tells them apart.
    fn is_a_square(&self) -> bool {
        self.sizes[0] == self.sizes[2] && self.spacing_mm.is_none()
    }

    fn without_spacing(&self) -> Self {
        Self {
            name: format!("{} without spacing", self.name),
            spacing_mm: None,
            samples: self.samples.clone(),
            ..*self
        }
    }

    fn single(&self, bscan: usize) -> Self {
        let [columns, rows, _] = self.sizes;
        let samples = self.samples.chunks(columns * rows).nth(bscan).unwrap().to_vec();
        Self {
            name: format!("{}, B-scan {bscan}", self.name),
            sizes: [columns, rows, 1],
            spacing_mm: None,
            samples,
        }
    }
}

fn of_volume(name: &str, volume: &OctVolume) -> Eye {
    let samples = match volume.samples() {
        Samples::U8(samples) => samples.clone(),
        Samples::U16(samples) => samples.iter().map(|sample| (sample >> 8) as u8).collect(),
        Samples::F32(_) => unreachable!("no eye of these is in floats"),
    };
    let spacing = Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm());
    let spacing_mm = match spacing {
        [Some(lateral), Some(axial), Some(between)] => Some([lateral, axial, between]),
        _ => None,
    };
    Eye {
        name: name.to_owned(),
        sizes: [volume.columns(), volume.rows(), volume.bscans()],
        spacing_mm,
        samples,
    }
}

fn of_images(name: &str, folder: &Path, every: usize) -> Eye {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = paths.iter().step_by(every).map(|path| InputFile {
        path: path.file_name().unwrap().to_string_lossy().into_owned(),
        bytes: fs::read(path).unwrap(),
    });
    of_volume(name, &open(files.collect()).unwrap().volume)
}

/// In every order each eye is read right, or it is asked; never read wrong. The
/// usual order is never asked for, and never given up.
fn never_read_wrong(eye: &Eye) {
    let mut asked = 0;
    for order in every_order() {
        let opened = open(eye.stored(order)).unwrap();
        let read = opened.axes.unwrap();
        let is_asked = opened.axis_question.is_some();
        asked += u32::from(is_asked);
        assert_eq!(is_asked, read.by == AxesBy::Asked);
        assert!(is_asked || eye.is_read_right(&opened), "{} as {order} was read as {}", eye.name, read.order);
        if order == AxisOrder::STANDARD {
            assert!(!is_asked || eye.is_a_square(), "{} is asked for though it is stored as usual", eye.name);
        }
        // Whatever is asked, the right answer is among those offered, and is taken.
        if let Some(question) = &opened.axis_question {
            assert!(
                question.candidates.iter().any(|one| one.axes == order),
                "{}: {}",
                eye.name,
                question.choices()
            );
            let options = OpenOptions { axes: Some(order), ..OpenOptions::default() };
            let answered = open_with(eye.stored(order), options).unwrap();
            assert!(eye.is_read_right(&answered) && answered.axis_question.is_none(), "{}", eye.name);
        }
    }
    println!("{}: asked for {asked} of 6 orders", eye.name);
}

#[test]
fn real_eyes_are_read_right_in_every_order_or_asked_for() {
    let Some(bonn) = data("bonn_amd_volume/images") else { return };
    let mut bonn = of_images("Spectralis, 49 B-scans", &bonn, 3);
    bonn.spacing_mm = Some([0.011182, 0.003872, 0.0894]);
    never_read_wrong(&bonn);
    never_read_wrong(&bonn.without_spacing());
    never_read_wrong(&bonn.with_columns(49).without_spacing());
    never_read_wrong(&bonn.with_columns(128).without_spacing());
    never_read_wrong(&bonn.single(24));
    let duke = of_images("Spectralis, DME", &data("duke_dme_chiu2015/volume_S01").unwrap(), 2);
    never_read_wrong(&duke);
    never_read_wrong(&duke.single(15));
    let hole = of_images("macular hole", &data("macular_hole_volume/images").unwrap(), 1);
    never_read_wrong(&hole);
    never_read_wrong(&hole.with_columns(49));
    never_read_wrong(&hole.single(24));
}
