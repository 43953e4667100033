//! Which axis of an array is depth: phantoms and real eyes, stored in every order.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::path::Path;

use oct::{Axis, AxisOrder, LabelMask, OctVolume, Samples};
use oct_formats::orientation::AxesBy;
use oct_formats::{InputFile, OpenOptions, Opened, metaimage, nifti, open, open_with};
use shared_data::data;

/// A volume in its standard order, and its spacing where it is known.
struct Eye {
    name: String,
    /// Columns, rows, B-scans.
    sizes: [usize; 3],
    spacing_mm: Option<[f64; 3]>,
    samples: Vec<u8>,
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
    for order in AxisOrder::ALL {
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
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
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

/// An eye of three layers with speckle: a retina that is brightest at its lower
/// edge, choroid below it, vitreous above.
fn drawn(sizes: [usize; 3]) -> Eye {
    let [columns, rows, bscans] = sizes;
    let mut state = 7_u32;
    let mut speckle = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.6 + 0.8 * f64::from(state >> 8) / f64::from(1 << 24)
    };
    let mut samples = Vec::new();
    for bscan in 0..bscans {
        for row in 0..rows {
            for column in 0..columns {
                let bow = (column as f64 / columns as f64 - 0.5).powi(2)
                    + (bscan as f64 / bscans as f64 - 0.5).powi(2);
                let depth = row as f64 / rows as f64 - 0.3 - 0.2 * bow;
                let grey = match depth {
                    ..0.0 => 14.0,
                    0.0..0.25 => 90.0,
                    0.25..0.31 => 170.0,
                    _ => 60.0 - 60.0 * (depth - 0.31),
                };
                samples.push((grey * speckle()) as u8);
            }
        }
    }
    Eye { name: format!("drawn, {sizes:?}"), sizes, spacing_mm: None, samples }
}

/// The middle of the retina in each column of each B-scan.
fn label_mask(eye: &Eye) -> LabelMask {
    let [columns, rows, bscans] = eye.sizes;
    let mut mask = LabelMask::unmeasured(columns, rows, bscans);
    for (bscan, samples) in eye.samples.chunks(columns * rows).enumerate() {
        mask.set_bscan(bscan, samples.iter().map(|sample| u8::from(*sample > 120) * 2).collect()).unwrap();
    }
    mask
}

#[test]
fn an_eye_of_many_sizes_is_read_right_in_every_order_or_asked_for() {
    for sizes in [[128, 124, 8], [96, 80, 10], [64, 200, 3], [40, 256, 40], [300, 60, 30]] {
        never_read_wrong(&drawn(sizes));
        if sizes[0] == sizes[2] {
            // With one spacing, too, columns and B-scans are the same; the usual order is kept.
            continue;
        }
        let spaced = Eye {
            spacing_mm: Some([6.0 / sizes[0] as f64, 2.0 / sizes[1] as f64, 6.0 / sizes[2] as f64]),
            ..drawn(sizes)
        };
        never_read_wrong(&spaced);
    }
}

#[test]
fn the_order_that_the_picture_tells_is_said() {
    let opened = open(drawn([128, 124, 8]).stored("rows,columns,bscans".parse().unwrap())).unwrap();
    assert_eq!(opened.axes.unwrap().by, AxesBy::Picture);
    assert_eq!(
        opened.warnings,
        [
            "The picture shows that the MetaImage stores its axes as rows,columns,bscans, not as columns,rows,bscans: it was read so."
        ]
    );
}

#[test]
fn a_mask_goes_back_in_the_order_of_its_scan() {
    let mut eye = drawn([128, 124, 8]);
    eye.spacing_mm = Some([0.047, 0.0155, 0.12]);
    let labels: Vec<u8> = eye.samples.iter().map(|sample| u8::from(*sample > 120) * 2).collect();
    for order in AxisOrder::ALL.into_iter().flat_map(|order| [order, order.upside_down()]) {
        let options = OpenOptions { axes: Some(order), ..OpenOptions::default() };
        let opened = open_with(eye.stored(order), options).unwrap();
        assert!(eye.is_read_right(&opened), "{order}");
        let geometry = &opened.volume.geometry;
        let mask = label_mask(&eye);
        let meta = metaimage::write_mask(&mask, geometry, None, "mask.raw").unwrap();
        assert_eq!(meta.raw, order.from_standard(&labels, eye.sizes).unwrap(), "{order}");
        let nifti =
            nifti::read_array(&nifti::write_mask(&mask, geometry, None).unwrap(), "mask.nii.gz").unwrap();
        assert_eq!(nifti.dims, order.stored(eye.sizes), "{order}");
        let values: Vec<u8> = nifti.values.iter().map(|value| *value as u8).collect();
        assert_eq!(values, meta.raw, "{order}");
        // Where it lies is where the scan lies: at the origin, along its own axes.
        let header = String::from_utf8(meta.header).unwrap();
        let stored = order.stored(eye.spacing_mm.unwrap()).map(|mm| mm.to_string()).join(" ");
        assert!(header.contains(&format!("ElementSpacing = {stored}")), "{order}: {header}");
        assert!(header.contains("TransformMatrix = 1 0 0 0 1 0 0 0 1"), "{order}: {header}");
        let origin = header.lines().find_map(|line| line.strip_prefix("Offset = ")).unwrap();
        assert!(origin.split(' ').all(|mm| mm.parse::<f64>().unwrap().abs() < 1e-9), "{order}: {header}");
    }
}

#[test]
fn a_scan_that_is_stored_upside_down_is_asked_for_with_the_upright_one_first() {
    let eye = drawn([128, 124, 8]);
    let order = AxisOrder::STANDARD.upside_down();
    let opened = open(eye.stored(order)).unwrap();
    let question = opened.axis_question.unwrap();
    assert_eq!(question.candidates[0].axes, order);
    assert_eq!(question.candidates[1].axes, AxisOrder::STANDARD);
    let thumbnail = &question.candidates[0].thumbnail;
    let mean = |greys: &[u8]| greys.iter().map(|grey| u32::from(*grey)).sum::<u32>() / greys.len() as u32;
    let (above, below) = thumbnail.greys.split_at(thumbnail.greys.len() / 4);
    assert!(mean(above) < mean(below) && thumbnail.greys.len() == thumbnail.columns * thumbnail.rows);
}

#[test]
fn what_shows_no_layers_is_asked_for_unless_its_spacing_is_that_of_an_eye() {
    // A product alone would repeat itself after some rows.
    let hash = |at: u32| ((at ^ at >> 15).wrapping_mul(0x85EB_CA6B) >> 24) as u8;
    let noise = (0_u32..60 * 50 * 40).map(|at| hash(at.wrapping_mul(2_654_435_761))).collect();
    let mut eye = Eye { name: "noise".to_owned(), sizes: [60, 50, 40], spacing_mm: None, samples: noise };
    let is_asked = |eye: &Eye| open(eye.stored(AxisOrder::STANDARD)).unwrap().axis_question.is_some();
    assert!(is_asked(&eye));
    eye.spacing_mm = Some([1.0; 3]);
    assert!(is_asked(&eye));
    eye.spacing_mm = Some([0.1, 0.01, 0.15]);
    assert!(!is_asked(&eye));
    // A blank volume has no fluid in any order.
    eye.spacing_mm = None;
    eye.samples.fill(9);
    assert!(!is_asked(&eye));
}

#[test]
fn a_picture_against_the_stated_spacing_is_asked_for() {
    // Stored rows first, with a spacing in the usual order: one of them is wrong.
    let eye = drawn([128, 124, 8]);
    let order = "rows,columns,bscans".parse().unwrap();
    let mut files = eye.stored(order);
    files[0].bytes = String::from_utf8(files[0].bytes.clone())
        .unwrap()
        .replace("ElementType", "ElementSpacing = 0.047 0.0155 0.12\nElementType")
        .into_bytes();
    assert!(open(files).unwrap().axis_question.is_some());
}

#[test]
fn an_order_of_two_axes_is_enough_for_a_single_bscan() {
    let eye = drawn([128, 124, 1]);
    for (order, stated) in [
        ("columns,rows,bscans", "columns,rows"),
        ("rows,columns,bscans", "rows,columns"),
        ("bscans,rows,columns", "rows,columns"),
    ] {
        let options = OpenOptions { axes: Some(stated.parse().unwrap()), ..OpenOptions::default() };
        assert!(
            eye.is_read_right(&open_with(eye.stored(order.parse().unwrap()), options).unwrap()),
            "{order}"
        );
    }
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn upright_bscans_of_four_devices_are_not_taken_for_turned_or_upside_down() {
    let mut asked = Vec::new();
    let mut count = 0;
    for folder in [
        "kermany_val",
        "duke_dme_chiu2015/images",
        "octdl_amd_fluid13/images",
        "bioptigen_duke_no_fluid18/single",
    ] {
        let Some(folder) = data(folder) else { return };
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let is_image = path
                    .extension()
                    .is_some_and(|ending| ["png", "jpeg", "jpg", "tif"].iter().any(|known| ending == *known));
                if path.is_dir() && !path.ends_with("masks") {
                    folders.push(path);
                } else if is_image && count < 200 {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    let Ok(opened) =
                        open(vec![InputFile { path: name.clone(), bytes: fs::read(&path).unwrap() }])
                    else {
                        continue;
                    };
                    let eye = of_volume(&name, &opened.volume);
                    let read = open(eye.stored(AxisOrder::STANDARD)).unwrap();
                    let turned = open(eye.stored("rows,columns,bscans".parse().unwrap())).unwrap();
                    assert!(read.axis_question.is_some() || eye.is_read_right(&read), "{name}");
                    assert!(turned.axis_question.is_some() || eye.is_read_right(&turned), "{name}, turned");
                    count += 1;
                    if read.axis_question.is_some() {
                        asked.push(name);
                    }
                }
            }
        }
    }
    println!("{count} single B-scans, asked for {asked:?}");
    assert!(asked.len() * 20 <= count, "{asked:?} of {count}");
}
