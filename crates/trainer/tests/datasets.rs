//! Datasets from files: RETOUCH's layout, image and NIfTI pairs, bad input, and
//! the real data where it is there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::path::{Path, PathBuf};

use mmis_model::LabelSpace;
use oct::{LabelMask, OctVolume};
use oct_formats::images::{write_grey_png, write_mask_png};
use oct_formats::{metaimage, nifti};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};
use trainer::data::{Catalogue, Dataset, IGNORE_BIT, Input, Planes, Split, check, held_out, read, table};

const INPUT: Input = Input { multiple: 16, channels: 1 };

fn catalogue(entries: &str) -> (Catalogue, Planes) {
    let space = LabelSpace::training().unwrap();
    let catalogue = Catalogue::from_toml(entries, &space).unwrap();
    let planes = Planes::over(&space, &catalogue).unwrap();
    (catalogue, planes)
}

/// An entry of OCT with `fields`, each on a line of its own.
fn entry(fields: &str) -> String {
    format!(
        "[[dataset]]\nname='made'\nmodality='OCT'\norgans=['retina']\nlicence='ours'\nfactor=1.0\n{fields}"
    )
}

fn opened(fields: &str, data: &Path) -> anyhow::Result<(Dataset, Planes)> {
    let (catalogue, planes) = catalogue(&entry(fields));
    Ok((read(&catalogue.datasets[0], data, &planes, INPUT)?, planes))
}

fn refused(fields: &str, data: &Path) -> String {
    format!("{:#}", opened(fields, data).err().unwrap_or_else(|| panic!("{fields} was accepted")))
}

const PAIRS: &str = "reader='image_pairs'\nimages='images'\nmasks='masks'\nlabels={'1'='fluid'}";

/// A folder with one image of 80 x 64 and a mask with a block of `value`.
fn pair(value: u8) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |part: &str| folder.path().join(part).join("S01_B01.png");
    for part in ["images", "masks"] {
        fs::create_dir(folder.path().join(part)).unwrap();
    }
    let greys: Vec<u8> = (0..80 * 64).map(|n| (n * 37 % 200) as u8).collect();
    fs::write(path("images"), write_grey_png(80, 64, &greys).unwrap()).unwrap();
    let labels: Vec<u8> =
        (0..80 * 64).map(|n| if (20..40).contains(&(n % 80)) { value } else { 0 }).collect();
    fs::write(path("masks"), write_mask_png(80, 64, &labels).unwrap()).unwrap();
    folder
}

#[test]
fn an_image_and_its_mask_become_a_sample_of_the_working_grid() {
    let folder = pair(1);
    let (dataset, planes) = opened(PAIRS, folder.path()).unwrap();
    let sample = &dataset.samples[0];
    assert_eq!((sample.name.as_str(), sample.subject.as_str()), ("S01_B01.png", "S01"));
    let fluid = planes.index("fluid").unwrap();
    let marked = sample.bits.iter().filter(|bits| *bits >> fluid & 1 == 1).count();
    assert!((marked as f64 / sample.bits.len() as f64 - 0.25).abs() < 0.02);
    assert_eq!(dataset.taught, 1 << fluid);
}

#[test]
fn neighbours_are_the_next_files_of_the_same_subject_and_of_no_other() {
    let folder = pair(1);
    let mask = fs::read(folder.path().join("masks/S01_B01.png")).unwrap();
    let write = |name: &str, stripes: usize| {
        let greys: Vec<u8> =
            (0..80 * 64).map(|n| if n % 80 / 4 % stripes == 0 { 200 } else { 90 } + (n % 7) as u8).collect();
        let image = write_grey_png(80, 64, &greys).unwrap();
        fs::write(folder.path().join("images").join(name), image).unwrap();
        fs::write(folder.path().join("masks").join(name), &mask).unwrap();
    };
    for number in 0..3 {
        write(&format!("S01_B0{number}.png"), number + 2);
        write(&format!("S{number}.png"), number + 2);
    }
    let distinct = |rule: &str, name: &str| {
        let (catalogue, planes) = catalogue(&entry(&format!("{PAIRS}\nsubject='{rule}'")));
        let input = Input { multiple: 16, channels: 3 };
        let dataset = read(&catalogue.datasets[0], folder.path(), &planes, input).unwrap();
        let sample = dataset.samples.iter().find(|sample| sample.name == name).unwrap();
        let [before, itself, after] = &sample.channels[..] else {
            panic!("{} channels", sample.channels.len())
        };
        before != itself && itself != after
    };
    assert!(distinct("prefix", "S01_B01.png"));
    assert!(distinct("one", "S01_B01.png") && distinct("one", "S1.png"));
    assert!(!distinct("prefix", "S1.png"), "each is a subject of its own");
    assert!(!distinct("file", "S01_B01.png") && !distinct("unknown", "S01_B01.png"));
}

#[test]
fn annotated_columns_and_exclusion_masks_leave_pixels_out() {
    let folder = pair(1);
    let exclude = folder.path().join("masks");
    let fields = format!("{PAIRS}\ncolumns=[0,60]\nexclude='{}'", exclude.display());
    let (dataset, _) = opened(&fields, folder.path()).unwrap();
    let left_out = dataset.samples[0].bits.iter().filter(|bits| *bits >> IGNORE_BIT & 1 == 1).count();
    // A quarter is excluded by its mask, another is no annotated column.
    assert!((left_out as f64 / dataset.samples[0].bits.len() as f64 - 0.5).abs() < 0.03);
}

#[test]
fn bad_pairs_are_refused_with_their_file_and_cause() {
    let folder = pair(7);
    let error = refused(PAIRS, folder.path());
    assert!(
        error.contains("S01_B01.png") && error.contains("label value 7") && error.contains("made"),
        "{error}"
    );
    let mask = folder.path().join("masks/S01_B01.png");
    fs::write(&mask, write_mask_png(64, 80, &[0; 80 * 64]).unwrap()).unwrap();
    let error = refused(PAIRS, folder.path());
    assert!(error.contains("64 x 80") && error.contains("80 x 64"), "{error}");
    fs::write(&mask, b"no png").unwrap();
    assert!(refused(PAIRS, folder.path()).contains("masks/S01_B01.png"));
    fs::remove_file(&mask).unwrap();
    assert!(refused(PAIRS, folder.path()).contains("is missing"));
    fs::remove_file(folder.path().join("images/S01_B01.png")).unwrap();
    assert!(refused(PAIRS, folder.path()).contains("there is no .png file"));
    assert!(refused(PAIRS, &PathBuf::from("/no/such/folder")).contains("cannot read the folder"));
}

#[test]
fn all_files_that_cannot_be_used_are_named_at_once_unless_there_are_very_many() {
    let folder = pair(1);
    let copy = |name: &str, mask: &[u8]| {
        let image = folder.path().join("images");
        fs::copy(image.join("S01_B01.png"), image.join(name)).unwrap();
        fs::write(folder.path().join("masks").join(name), mask).unwrap();
    };
    copy("S01_B02.png", b"no png");
    copy("S01_B03.png", &write_mask_png(64, 80, &[0; 80 * 64]).unwrap());
    copy("S01_B04.png", &fs::read(folder.path().join("masks/S01_B01.png")).unwrap());
    let error = refused(PAIRS, folder.path());
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(lines[0].contains("dataset made: 2 files"), "{error}");
    assert!(lines[1].contains("S01_B02.png") && lines[2].contains("S01_B03.png: the mask"), "{error}");
    for number in 5..300 {
        copy(&format!("S01_B{number:03}.png"), b"no png");
    }
    let error = refused(PAIRS, folder.path());
    assert!(error.contains(" or more files cannot be used") && error.lines().count() < 150, "{error}");
}

#[test]
fn a_mask_without_an_image_is_a_note() {
    let folder = pair(1);
    let masks = folder.path().join("masks");
    fs::copy(masks.join("S01_B01.png"), masks.join("S01_B02.png")).unwrap();
    let (dataset, planes) = opened(PAIRS, folder.path()).unwrap();
    let findings = check(&[dataset], &[], &planes);
    assert_eq!(findings.errors, Vec::<String>::new());
    assert_eq!(findings.warnings, ["made: 1 of its masks have no image, e.g. S01_B02.png"]);
}

#[test]
fn a_subject_on_both_sides_of_the_split_is_an_error_and_a_declared_one_a_note() {
    let folder = pair(1);
    for part in ["images", "masks"] {
        let of = |name: &str| folder.path().join(part).join(name);
        fs::copy(of("S01_B01.png"), of("S01_B02.png")).unwrap();
    }
    let (dataset, planes) = opened(&format!("{PAIRS}\ntest=['S01_B02']"), folder.path()).unwrap();
    let findings = check(&[dataset], &[], &planes);
    assert!(findings.errors.len() == 1 && findings.errors[0].contains("S01"), "{findings:?}");
    let (dataset, planes) =
        opened(&format!("{PAIRS}\ntest=['S01_B02']\nsubject='one'"), folder.path()).unwrap();
    let findings = check(&[dataset], &[], &planes);
    assert!(findings.errors.is_empty() && findings.warnings[0].contains("declared"), "{findings:?}");
}

#[test]
fn a_file_that_two_datasets_put_on_different_sides_is_an_error() {
    let folder = pair(1);
    let one = "subject='one'";
    let (learnt, planes) = opened(&format!("{PAIRS}\n{one}"), folder.path()).unwrap();
    // The same folder, written in another way.
    let pairs = PAIRS.replace("images='images'", "images='./masks/../images/'");
    let (mut scored, _) = opened(&format!("{pairs}\n{one}\ntest=['S01']"), folder.path()).unwrap();
    scored.entry.name = "other".to_owned();
    let both = check(&[learnt.clone(), scored.clone()], &[], &planes);
    // And where the other is only there to be scored.
    for findings in [both, check(&[learnt], &[scored], &planes)] {
        let error = findings.errors.iter().find(|error| error.contains("S01_B01.png"));
        assert!(error.is_some_and(|error| error.contains("made") && error.contains("other")), "{findings:?}");
    }
}

#[test]
fn a_label_counts_for_the_supersets_that_are_listed_beside_it() {
    let folder = pair(1);
    let fields = "reader='image_pairs'\nimages='images'\nmasks='masks'\nlabels={'1'='irf','2'='fluid'}";
    let (dataset, planes) = opened(fields, folder.path()).unwrap();
    let bits = ["irf", "fluid"].map(|name| 1u32 << planes.index(name).unwrap());
    let marked = dataset.samples[0].bits.iter().filter(|seen| **seen != 0);
    assert!(marked.clone().count() > 0 && marked.clone().all(|seen| *seen == bits[0] | bits[1]));
}

/// [`pair`], whose mask has the colours `quarters` from the left, a quarter each.
fn coloured_pair(quarters: [[u8; 3]; 4]) -> tempfile::TempDir {
    let folder = pair(0);
    let mask = image::RgbImage::from_fn(80, 64, |x, _| image::Rgb(quarters[x as usize / 20]));
    mask.save(folder.path().join("masks/S01_B01.png")).unwrap();
    folder
}

const COLOURED: &str =
    "reader='image_pairs'\nimages='images'\nmasks='masks'\nlabels={'#00ff00'='irf','#FF0000'='srf'}";

#[test]
fn masks_in_colours_are_read_and_a_colour_that_is_not_listed_is_named() {
    let folder = coloured_pair([[0; 3], [0, 255, 0], [255, 0, 0], [0; 3]]);
    let (dataset, planes) = opened(COLOURED, folder.path()).unwrap();
    let sample = &dataset.samples[0];
    let of = |label: &str, from: usize, to: usize| {
        let plane = planes.index(label).unwrap();
        let row = &sample.bits[..sample.columns];
        let marked = row.iter().enumerate().filter(|(_, bits)| *bits >> plane & 1 == 1);
        let columns: Vec<usize> = marked.map(|(column, _)| column * 80 / sample.columns).collect();
        assert!(columns.len() > 3, "{label} is hardly there");
        assert!(columns.iter().all(|column| (from..to).contains(column)), "{label}: {columns:?}");
    };
    of("irf", 19, 41);
    of("srf", 39, 61);
    let folder = coloured_pair([[0; 3], [0, 255, 0], [0, 250, 0], [0; 3]]);
    let error = refused(COLOURED, folder.path());
    assert!(error.contains("S01_B01.png") && error.contains("the colour #00fa00"), "{error}");
    let (dataset, planes) = opened(&format!("{COLOURED}\nunlisted='none'"), folder.path()).unwrap();
    let marked = |label: &str| {
        let plane = planes.index(label).unwrap();
        let bits = &dataset.samples[0].bits;
        bits.iter().filter(|bits| *bits >> plane & 1 == 1).count() as f64 / bits.len() as f64
    };
    assert!((marked("irf") - 0.25).abs() < 0.02, "the unlisted colour beside it counts for none");
    assert_eq!(marked("srf"), 0.0);
}

#[test]
fn colours_beside_numbers_or_for_volumes_are_refused() {
    let refusal = |fields: &str| {
        let space = LabelSpace::training().unwrap();
        format!("{:#}", Catalogue::from_toml(&entry(fields), &space).unwrap_err())
    };
    let pairs = "reader='image_pairs'\nimages='i'\nmasks='m'\n";
    for labels in ["{'1'='irf','#ff0000'='srf'}", "{'#ff00'='srf'}", "{'#ff00zz'='srf'}"] {
        let error = refusal(&format!("{pairs}labels={labels}"));
        assert!(error.contains("is not a colour like #ff0000"), "{error}");
    }
    let error = refusal(&format!("{pairs}labels={{'#ff0000'='srf','#FF0000'='irf'}}"));
    assert!(error.contains("there twice"), "{error}");
    let error = refusal("reader='retouch'\nimages='i'\nlabels={'#ff0000'='srf'}");
    assert!(error.contains("colours in `labels` are not for the reader Retouch"), "{error}");
}

#[test]
fn a_label_that_never_occurs_and_a_dataset_without_training_samples_are_found() {
    let folder = pair(0);
    let (dataset, planes) = opened(&format!("{PAIRS}\ntest=['S01']"), folder.path()).unwrap();
    let findings = check(std::slice::from_ref(&dataset), &[], &planes);
    assert!(findings.errors[0].contains("no training sample"), "{findings:?}");
    assert!(findings.warnings[0].contains("fluid"), "{findings:?}");
    assert!(table(&[dataset], &planes).contains("| made | OCT | ours | 0 | 0 | 1 |"));
}

/// A generated volume in RETOUCH's layout, below `root`.
fn retouch(root: &Path, device: &str, style: VendorStyle, seed: u64) -> (OctVolume, LabelMask) {
    let fluid = FluidMix::Present { irf: true, srf: true, ped: true };
    let (volume, mask) =
        Eye::new(&EyeConfig { bscans: Some(4), fluid, ..EyeConfig::new(seed, style) }).volume();
    let folder = root.join(device).join(format!("TRAIN{seed:03}"));
    fs::create_dir_all(&folder).unwrap();
    let scan = metaimage::write_volume(&volume, "oct.raw");
    fs::write(folder.join("oct.mhd"), scan.header).unwrap();
    fs::write(folder.join("oct.raw"), scan.raw).unwrap();
    let reference = metaimage::write_mask(&mask, &volume.geometry, None, "reference.raw").unwrap();
    fs::write(folder.join("reference.mhd"), reference.header).unwrap();
    fs::write(folder.join("reference.raw"), reference.raw).unwrap();
    (volume, mask)
}

const RETOUCH: &str = "reader='retouch'\nimages='RETOUCH'\nlabels={'1'='irf','2'='srf','3'='ped'}";

#[test]
fn a_generated_volume_in_the_layout_of_retouch_is_read_with_device_spacing_and_labels() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("RETOUCH");
    let (volume, mask) = retouch(&root, "RETOUCH-TrainingSet-Cirrus", VendorStyle::Cirrus, 1);
    retouch(&root, "RETOUCH-TrainingSet-Topcon", VendorStyle::Topcon, 2);
    let entry = format!(
        "[[dataset]]\nname='retouch'\nmodality='OCT'\norgans=['retina']\nlicence=''\nfactor=1.0\n{RETOUCH}\n"
    );
    let (catalogue, planes) = catalogue(&entry);
    let cases = held_out(&catalogue.datasets[0], folder.path(), &planes, Split::Train, 1, true, Ok).unwrap();
    assert_eq!(cases.len(), 8);
    assert_eq!((cases[0].device.as_str(), cases[4].device.as_str()), ("Cirrus", "Topcon"));
    assert_eq!((cases[0].subject.as_str(), cases[1].volume.bscans()), ("TRAIN001", 3));
    let [read, written] = [cases[0].voxel_nl, volume.geometry.voxel_nl()].map(Option::unwrap);
    assert!((read / written - 1.0).abs() < 1e-6, "{read} nl a voxel, written as {written}");
    for (bscan, case) in cases.iter().enumerate().take(4) {
        let labels = mask.bscan(bscan).unwrap();
        for (bits, label) in case.bits.iter().zip(labels) {
            assert_eq!(*bits, if *label == 0 { 0 } else { 1 << (label - 1) });
        }
        let own = case.volume.bscan(case.annotated()).unwrap().to_f32();
        assert_eq!(own, volume.bscan(bscan).unwrap().to_f32(), "the annotated B-scan is the middle one");
    }
}

#[test]
fn bscans_of_a_corrected_scan_that_nobody_looked_at_teach_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("RETOUCH");
    retouch(&root, "corrected", VendorStyle::Spectralis, 1);
    let list = root.join("corrected/TRAIN001/looked_at.json");
    let entry = format!(
        "[[dataset]]\nname='corrected'\nmodality='OCT'\norgans=['retina']\nlicence=''\nfactor=1.0\n{RETOUCH}\n"
    );
    let (catalogue, planes) = catalogue(&entry);
    let read = || held_out(&catalogue.datasets[0], folder.path(), &planes, Split::Train, 1, true, Ok);
    let names = || -> Vec<String> { read().unwrap().into_iter().map(|case| case.name).collect() };
    let said = |bscans: &str| {
        format!(
            "{{\"schema\": \"lacuna.looked_at/1\", \"bscans\": {bscans}, \"corrected\": [3], \"reviewed\": []}}"
        )
    };
    fs::write(&list, said("[3, 1]")).unwrap();
    assert_eq!(names(), ["TRAIN001#1", "TRAIN001#3"]);
    assert_eq!(read().unwrap()[0].volume.bscans(), 3, "its neighbours are seen, and not learnt from");
    fs::write(&list, said("[]")).unwrap();
    assert!(names().is_empty());
    for (text, cause) in [
        (said("[4]"), "names B-scan 4, and the volume has 4"),
        (said("[0]").replace("/1", "/2"), "of schema lacuna.looked_at/2"),
        ("[]".to_owned(), "is not valid"),
    ] {
        fs::write(&list, text).unwrap();
        let error = format!("{:#}", read().unwrap_err());
        assert!(error.contains(cause), "{error}");
    }
}

#[test]
fn retouch_volumes_whose_reference_does_not_fit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("RETOUCH");
    retouch(&root, "Cirrus", VendorStyle::Cirrus, 1);
    let (spectralis, mask) = retouch(&root, "Spectralis", VendorStyle::Spectralis, 2);
    let other = metaimage::write_mask(&mask, &spectralis.geometry, None, "reference.raw").unwrap();
    fs::write(root.join("Cirrus/TRAIN001/reference.mhd"), other.header).unwrap();
    fs::write(root.join("Cirrus/TRAIN001/reference.raw"), other.raw).unwrap();
    let error = refused(RETOUCH, folder.path());
    assert!(error.contains("TRAIN001") && error.contains("reference"), "{error}");
    fs::remove_file(root.join("Cirrus/TRAIN001/reference.raw")).unwrap();
    assert!(refused(RETOUCH, folder.path()).contains("reference.raw"));
}

#[test]
fn nifti_volumes_are_read_slice_by_slice_and_label_sizes_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    for part in ["images", "labels"] {
        fs::create_dir(folder.path().join(part)).unwrap();
    }
    let (volume, mask) =
        Eye::new(&EyeConfig { bscans: Some(5), ..EyeConfig::new(3, VendorStyle::Spectralis) }).volume();
    let bytes = nifti::write_mask(&mask, &volume.geometry, None).unwrap();
    fs::write(folder.path().join("images/eye_1.nii.gz"), &bytes).unwrap();
    fs::write(folder.path().join("labels/eye_1.nii.gz"), &bytes).unwrap();
    let fields = "reader='nifti_pairs'\nimages='images'\nmasks='labels'\nzoom=0.25\nslices=2\nlabels={'1-3'='nucleus'}";
    let (dataset, _) = opened(fields, folder.path()).unwrap();
    assert_eq!(dataset.samples.len(), 2);
    let short =
        Eye::new(&EyeConfig { bscans: Some(4), ..EyeConfig::new(3, VendorStyle::Spectralis) }).volume();
    let bytes = nifti::write_mask(&short.1, &short.0.geometry, None).unwrap();
    fs::write(folder.path().join("labels/eye_1.nii.gz"), bytes).unwrap();
    assert!(refused(fields, folder.path()).contains("its labels are"));
}

/// The smallest NIfTI-1 file of floats, 4 x 3 x 2, with the given voxel size in mm.
fn float_nifti(spacing_mm: [f32; 3], values: [f32; 24]) -> Vec<u8> {
    let mut bytes = vec![0u8; 352];
    bytes[0..4].copy_from_slice(&348i32.to_le_bytes());
    for (position, size) in [3i16, 4, 3, 2, 1, 1, 1, 1].into_iter().enumerate() {
        bytes[40 + 2 * position..42 + 2 * position].copy_from_slice(&size.to_le_bytes());
    }
    bytes[70..72].copy_from_slice(&16i16.to_le_bytes());
    bytes[72..74].copy_from_slice(&32i16.to_le_bytes());
    for (position, mm) in [1.0, spacing_mm[0], spacing_mm[1], spacing_mm[2]].into_iter().enumerate() {
        bytes[76 + 4 * position..80 + 4 * position].copy_from_slice(&mm.to_le_bytes());
    }
    bytes[108..112].copy_from_slice(&352f32.to_le_bytes());
    bytes[112..116].copy_from_slice(&1f32.to_le_bytes());
    bytes[123] = 2;
    bytes[344..348].copy_from_slice(b"n+1\0");
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[test]
fn a_single_slice_in_nifti_has_no_distance_to_a_next_one_whatever_fills_the_field() {
    let folder = tempfile::tempdir().unwrap();
    let fields = "reader='nifti_pairs'\nimages='.'\npairs=[['eye.nii','labels.nii']]\ntest=['eye']\ndevice='Cirrus'\nlabels={'1'='irf'}";
    let (catalogue, planes) = catalogue(&entry(fields));
    for filler in [0.0, 1.0] {
        for (name, value) in [("eye.nii", 7.0), ("labels.nii", 1.0)] {
            let mut bytes = float_nifti([0.012, 0.004, filler], [value; 24]);
            bytes[46..48].copy_from_slice(&1i16.to_le_bytes());
            bytes.truncate(352 + 12 * 4);
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let cases =
            held_out(&catalogue.datasets[0], folder.path(), &planes, Split::Test, 1, false, Ok).unwrap();
        assert_eq!((cases.len(), cases[0].voxel_nl), (1, None), "filler {filler}");
        let geometry = &cases[0].volume.geometry;
        assert!((geometry.axial.mm().unwrap() - 0.004).abs() < 1e-6);
        assert_eq!(geometry.between_bscans.mm(), None);
    }
}

#[test]
fn an_oct_volume_in_nifti_has_the_spacing_of_its_file_and_labels_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, values: [f32; 24]| {
        fs::write(folder.path().join(name), float_nifti([0.012, 0.004, 0.1], values)).unwrap();
    };
    write("eye.nii", std::array::from_fn(|n| n as f32));
    write("labels.nii", [1.0; 24]);
    let fields = "reader='nifti_pairs'\nimages='.'\npairs=[['eye.nii','labels.nii']]\ntest=['eye']\ndevice='Cirrus'\nlabels={'1'='irf'}";
    let (catalogue, planes) = catalogue(&entry(fields));
    let cases = || held_out(&catalogue.datasets[0], folder.path(), &planes, Split::Test, 1, false, Ok);
    let case = &cases().unwrap()[0];
    // 12 x 4 x 100 um.
    assert!((case.voxel_nl.unwrap() - 0.0048).abs() < 1e-6, "{:?}", case.voxel_nl);
    assert_eq!(case.device, "Cirrus");
    // Without a unit the spacing is not known, and no volume is made of it.
    let mut without_unit = float_nifti([1.0; 3], [0.0; 24]);
    without_unit[123] = 0;
    fs::write(folder.path().join("eye.nii"), without_unit).unwrap();
    assert_eq!(cases().unwrap()[0].voxel_nl, None);
    for wrong in [-1.0, 0.4, f32::NAN] {
        let mut labels = [1.0; 24];
        labels[5] = wrong;
        write("labels.nii", labels);
        let error = format!("{:#}", cases().err().unwrap());
        assert!(error.contains("label value") && error.contains("eye.nii"), "{wrong}: {error}");
    }
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn fluid_is_painted_into_a_real_bscan_and_the_real_splits_hold() {
    let data = shared_data::folder();
    let shipped = include_str!("../datasets.toml").replace("variants = 8", "variants = 1");
    let (catalogue, planes) = catalogue(&shipped);
    let all = |name: &str| read(catalogue.find(name).unwrap(), &data, &planes, INPUT).unwrap();
    let (duke, painted, octdl) = (all("duke_dme_chiu2015"), all("painted_bonn"), all("octdl_amd_fluid13"));
    let count =
        |dataset: &Dataset, split| dataset.samples.iter().filter(|sample| sample.split == split).count();
    assert_eq!([Split::Train, Split::Validation, Split::Test].map(|split| count(&duke, split)), [66, 11, 11]);
    assert_eq!((count(&octdl, Split::Train), count(&octdl, Split::Test)), (0, 13));
    assert_eq!(painted.samples.len(), 65);
    for label in ["irf", "srf", "ped", "rpe_bm"] {
        let plane = planes.index(label).unwrap();
        let seen = painted.samples.iter().any(|sample| sample.bits.iter().any(|bits| bits >> plane & 1 == 1));
        assert!(seen, "no {label} was painted");
    }
    assert!(check(&[duke, painted, octdl], &[], &planes).errors.is_empty());
}
