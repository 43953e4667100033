//! What a person drops: folders, zips, litter, several things at once.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use oct::Samples;
use oct_formats::formats::{FORMATS, ProvenOn, Row};
use oct_formats::{Cause, Format, InputFile, OpenError, images, open, open_choice};
use shared_data::data;

fn file(path: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { path: path.to_owned(), bytes: bytes.into() }
}

fn png(value: u8) -> Vec<u8> {
    images::write_mask_png(3, 2, &[value; 6]).unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const HEADER: &[u8] = b"NDims = 2\nDimSize = 2 2\nElementType = MET_UCHAR\nElementDataFile = oct.raw\n";

#[test]
fn an_empty_drop_and_a_drop_of_notes_are_told_apart() {
    assert_eq!(open(vec![]), Err(OpenError::Nothing));
    let notes = open(vec![file("a.txt", "hello"), file("b.csv", "1,2")]).unwrap_err();
    assert!(
        notes.to_string().contains("None of the 2 files") && notes.to_string().contains("a.txt"),
        "{notes}"
    );
    let litter = open(vec![file(".DS_Store", "x")]).unwrap_err().to_string();
    assert!(litter.starts_with(".DS_Store is a file that a system or program keeps for itself"), "{litter}");
    let small = open(vec![file("eye/b1_thumb.png", png(1)), file("eye/.DS_Store", "x")]).unwrap_err();
    assert!(matches!(small, OpenError::OnlyLitter { count: 2, are_small_copies: false, .. }), "{small}");
    let small = open(vec![file("thumbnails/b1.png", png(1)), file("b2_thumb.png", png(1))]).unwrap_err();
    assert_eq!(
        small.to_string(),
        "b2_thumb.png, thumbnails/b1.png are small copies of images and no scan: drop the images themselves."
    );
}

#[test]
fn a_folder_with_litter_and_notes_opens_in_any_order() {
    let mut files = vec![
        file("eye/.DS_Store", "x"),
        file("eye/Thumbs.db", "x"),
        file("eye/notes.txt", "left eye"),
        file("eye/B10.png", png(10)),
        file("eye/B2.png", png(2)),
    ];
    for _ in 0..files.len() {
        files.rotate_left(1);
        let opened = open(files.clone()).unwrap();
        assert_eq!(opened.bscan_names, ["B2.png", "B10.png"]);
        assert_eq!((opened.format, opened.name.as_str()), (Format::ImageStack, "eye"));
    }
}

#[test]
fn a_zip_opens_like_the_folder_in_it() {
    let packed =
        zip(&[("eye/oct.mhd", HEADER), ("eye/oct.raw", &[1, 2, 3, 4]), ("__MACOSX/eye/._oct.mhd", b"x")]);
    let opened = open(vec![file("eye.zip", packed)]).unwrap();
    assert_eq!((opened.volume.columns(), opened.volume.rows(), opened.volume.bscans()), (2, 2, 1));
}

#[test]
fn damaged_zips_are_refused_whatever_byte_is_hit() {
    let whole = zip(&[("oct.mhd", HEADER), ("oct.raw", &[1, 2, 3, 4])]);
    for cut in 4..whole.len() {
        let sentence = open(vec![file("eye.zip", &whole[..cut])]).unwrap_err().to_string();
        assert!(sentence.contains("eye.zip") || sentence.contains("oct"), "{sentence}");
    }
    let mut refused = Vec::new();
    for position in 4..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 0x41;
        // Some bytes carry dates and such: those open, and hold what was packed.
        match open(vec![file("eye.zip", damaged)]) {
            Ok(opened) => assert_eq!(opened.volume.samples(), &Samples::U8(vec![1, 2, 3, 4]), "{position}"),
            Err(error) => refused.push(error.to_string()),
        }
    }
    assert!(refused.len() > whole.len() / 4, "only {} of {} were refused", refused.len(), whole.len());
}

#[test]
fn folders_of_images_are_scans_to_choose_from() {
    let files = || vec![file("a/1.png", png(1)), file("b/1.png", png(2))];
    assert_eq!(open(files()).unwrap().choices, ["a, 1 image", "b, 1 image"]);
    let second = open_choice(files(), 1).unwrap();
    assert_eq!(second.volume.bscan(0).unwrap().to_f32()[0], 2.0);
    assert!(matches!(open_choice(files(), 2), Err(OpenError::NoSuchChoice { count: 2, .. })));
}

#[test]
fn masks_beside_images_are_left_out_with_a_word() {
    let files = vec![file("x/images/1.png", png(1)), file("x/masks/1.png", png(0))];
    let opened = open(files).unwrap();
    assert_eq!(opened.volume.bscans(), 1);
    assert!(opened.warnings[0].contains("masks"));
}

#[test]
fn what_an_earlier_run_saved_beside_the_images_is_not_opened_as_the_scan() {
    let images = || vec![file("eye/B001.png", png(1)), file("eye/B002.png", png(2))];
    let saved =
        [file("eye/mask.nii.gz", "x"), file("eye/mask.mhd", "NDims = 3"), file("eye/B001_mask.png", png(0))];
    let opened = open(images().into_iter().chain(saved).collect()).unwrap();
    assert_eq!((opened.format, opened.volume.bscans()), (Format::ImageStack, 2));
    assert_eq!(
        opened.warnings,
        [
            "eye/mask.mhd, eye/mask.nii.gz were taken for masks and left out, 2 in all.",
            "eye/B001_mask.png was taken for a mask and left out."
        ]
    );
    // However many: one sentence, and no names in what is saved.
    let images = (1..=8).flat_map(|n| [(format!("eye/b{n}.png"), 9), (format!("eye/b{n}_mask.png"), 0)]);
    let opened = open(images.map(|(path, grey)| file(&path, png(grey))).collect()).unwrap();
    assert_eq!(
        opened.warnings,
        ["eye/b1_mask.png, eye/b2_mask.png, eye/b3_mask.png, … were taken for masks and left out, 8 in all."]
    );
    let nameless = opened.nameless_warnings();
    assert_eq!(nameless, ["The files were taken for masks and left out, 8 in all."]);
}

#[test]
fn a_zip_of_nothing_but_directories_is_refused_at_once() {
    let mut bytes = b"PK\x03\x04".to_vec();
    for _ in 0..100_000 {
        bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0");
    }
    let started = std::time::Instant::now();
    assert!(matches!(
        open(vec![file("hang.zip", bytes)]),
        Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })
    ));
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn formats_that_are_not_read_are_called_by_name() {
    for (name, word) in [("a.mat", "MATLAB"), ("a.gif", "an image in another format")] {
        let sentence = open(vec![file(name, "x")]).unwrap_err().to_string();
        assert!(sentence.contains(word) && sentence.contains("export it as"), "{sentence}");
    }
}

#[test]
fn a_text_file_renamed_to_an_image_is_recognised() {
    let sentence = open(vec![file("B001.png", "this is text")]).unwrap_err().to_string();
    assert!(sentence.contains("B001.png") && sentence.contains("though its name says so"), "{sentence}");
    let sentence = open(vec![file("oct.mhd", "this is text")]).unwrap_err().to_string();
    assert!(sentence.contains("oct.mhd"), "{sentence}");
}

#[test]
fn the_support_table_is_true() {
    let rows = include_str!("../../../FORMATS.md").lines().filter_map(|line| line.strip_prefix("| `."));
    let mut endings = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for ending in cells[0].split('`').map(str::trim).filter(|word| !word.is_empty()) {
            let ending = ending.trim_start_matches('.');
            endings.push(ending);
            let content = if ending == "xml" { "<HEDX/>" } else { "no scan" };
            let name = format!("scan.{ending}");
            for name in [name.clone(), name.to_uppercase()] {
                // Not a scan, so that what answers is the reader of this ending.
                let error = open(vec![file(&name, content)]).unwrap_err();
                let unread = matches!(
                    error,
                    OpenError::InFile { cause: Cause::NotReadYet { .. }, .. } | OpenError::NoVolume { .. }
                );
                assert_eq!(unread, cells[2] == "no", "{name}: {error}");
                assert!(!matches!(error, OpenError::NoVolume { .. }), "{name}: {error}");
                assert!(error.to_string().contains(&name), "{name}: {error}");
            }
        }
    }
    endings.sort_unstable();
    // A few belong to two formats.
    endings.dedup();
    assert_eq!(endings.len(), 29, "{endings:?}");
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn what_is_proven_on_real_files_has_one_that_opens_for_each_kind_of_file() {
    let Some(formats) = data("formats") else { return };
    let opened = open_endings(&formats);
    let is_real = |row: &&Row| matches!(row.proven_on, ProvenOn::Files(files) if files.contains("real"));
    let real: Vec<&str> = FORMATS.iter().filter(is_real).flat_map(|row| row.endings).copied().collect();
    for ending in ["dcm", "vol", "e2e", "fda", "fds", "mha", "nii", "tif"] {
        let is_proven = real.contains(&format!(".{ending}").as_str());
        assert!(is_proven && opened.contains(ending), "{ending}: {opened:?}");
    }
}

#[test]
fn two_zips_with_the_same_names_inside_are_two_volumes_not_one() {
    let left = zip(&[("1.png", &png(1)), ("2.png", &png(1))]);
    let right = zip(&[("1.png", &png(2)), ("2.png", &png(2))]);
    let both = open(vec![file("os.zip", left.clone()), file("od.zip", right)]).unwrap();
    assert_eq!(both.choices, ["OD, 2 images", "OS, 2 images"]);
    let opened = open(vec![file("os.zip", left)]).unwrap();
    assert_eq!((opened.name.as_str(), opened.volume.bscans()), ("os.zip", 2));
}

#[test]
fn header_and_data_may_be_zipped_one_by_one() {
    let header = zip(&[("oct.mhd", HEADER)]);
    let raw = zip(&[("OCT.RAW", &[1, 2, 3, 4])]);
    let opened = open(vec![file("b.zip", raw.clone()), file("a.zip", header)]).unwrap();
    assert_eq!(opened.name, "oct.mhd");
    // Which of two is meant is not guessed.
    let files = vec![file("oct.mhd", HEADER), file("a.zip", raw.clone()), file("b.zip", raw)];
    assert!(matches!(open(files), Err(OpenError::InFile { cause: Cause::MissingDataFile { .. }, .. })));
}

#[test]
fn a_zip_with_a_password_is_told_apart_from_a_damaged_one() {
    let mut locked = zip(&[("oct.mhd", HEADER)]);
    let directory = locked.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    // Bit 0 of the general purpose flags, here and there (APPNOTE 4.4.4).
    locked[6] |= 1;
    locked[directory + 8] |= 1;
    assert_eq!(
        open(vec![file("eye.zip", locked)]),
        Err(OpenError::InFile { file: "eye.zip".to_owned(), cause: Cause::Encrypted })
    );
    for bytes in [&b""[..], b"this is text", b"PK", b"PK\x03\x04"] {
        let refused = open(vec![file("eye.zip", bytes)]);
        assert!(
            matches!(
                &refused,
                Err(OpenError::InFile { file, cause: Cause::Malformed { .. } | Cause::NotWhatItSays { .. } })
                    if file == "eye.zip"
            ),
            "{refused:?}"
        );
    }
}

#[test]
fn an_empty_zip_and_one_of_notes_say_what_was_in_it() {
    let sentence = open(vec![file("eye.zip", zip(&[]))]).unwrap_err().to_string();
    assert!(
        sentence.starts_with("The file dropped is not an OCT volume") && sentence.contains("eye.zip"),
        "{sentence}"
    );
    let sentence = open(vec![file("eye.zip", zip(&[("a/notes.txt", b"left")]))]).unwrap_err().to_string();
    assert!(sentence.contains("eye.zip/a/notes.txt"), "{sentence}");
}

#[test]
fn paths_that_climb_or_start_with_a_dot_are_no_hidden_files() {
    let files = vec![file("./eye/oct.mhd", HEADER), file("./eye/oct.raw", [1, 2, 3, 4])];
    assert_eq!(open(files).unwrap().name, "oct.mhd");
    let climbing = zip(&[("../../oct.mhd", HEADER), ("..\\..\\oct.raw", &[1, 2, 3, 4])]);
    assert_eq!(open(vec![file("eye.zip", climbing)]).unwrap().name, "oct.mhd");
}

#[test]
fn a_scan_named_oct_is_taken_before_others_in_its_folder_and_nowhere_else() {
    let other = String::from_utf8(HEADER.to_vec()).unwrap();
    let files = |folder: &str| {
        vec![
            file(&format!("{folder}thickness.mhd"), other.clone()),
            file("eye/oct.raw", [1, 2, 3, 4]),
            file("eye/oct.mhd", HEADER),
            file("eye/reference.mhd", other.clone()),
        ]
    };
    let opened = open(files("eye/")).unwrap();
    assert_eq!(opened.name, "oct.mhd");
    assert_eq!(opened.warnings.len(), 2, "{:?}", opened.warnings);
    assert_eq!(open(files("fellow/")).unwrap().choices, ["eye/oct.mhd", "fellow/thickness.mhd"]);
}

#[test]
fn a_mask_alone_opens_with_a_word() {
    let files = vec![file("reference.mhd", HEADER), file("oct.raw", [1, 2, 3, 4])];
    assert!(open(files).unwrap().warnings[0].contains("named like a mask"));
}

#[test]
fn other_scans_beside_the_chosen_one_are_named_not_dropped_in_silence() {
    let files = vec![
        file("oct.mhd", HEADER),
        file("oct.raw", [1, 2, 3, 4]),
        file("preview.png", png(1)),
        file("fellow.mat", "MATLAB 5.0"),
        file("notes.txt", "left"),
    ];
    let opened = open(files).unwrap();
    assert_eq!(opened.warnings.len(), 1);
    assert!(opened.warnings[0].contains("without fellow.mat, preview.png:"), "{:?}", opened.warnings);
    let opened = open(vec![file("1.png", png(1)), file("fellow.mat", "MATLAB 5.0")]).unwrap();
    assert!(opened.warnings[0].contains("without fellow.mat:"), "{:?}", opened.warnings);
}

#[test]
fn the_order_of_the_drop_changes_neither_the_volume_nor_the_error() {
    let good = vec![
        file("eye/oct.mhd", HEADER),
        file("eye/oct.raw", [1, 2, 3, 4]),
        file("eye/reference.mhd", HEADER),
        file("eye/scan.png", png(1)),
    ];
    let several = vec![file("c.nii", "x"), file("a.mhd", HEADER), file("b.mhd", HEADER)];
    let unread = vec![file("b.vol", "x"), file("a.dcm", "x"), file("c.fda", "x")];
    let odd = vec![file("1.png", png(1)), file("2.png", "text"), file("3.png", "GIF89a")];
    for mut files in [good, several, unread, odd] {
        let first = open(files.clone());
        for _ in 0..files.len() {
            files.rotate_left(1);
            assert_eq!(open(files.clone()), first);
            files.swap(0, 1);
            assert_eq!(open(files.clone()), first);
        }
    }
}

#[test]
fn a_file_dropped_twice_counts_once_and_two_of_one_name_are_not_mixed() {
    let mut files = vec![file("1.png", png(1)), file("2.png", png(2)), file("1.png", png(1))];
    assert_eq!(open(files.clone()).unwrap().volume.bscans(), 2);
    files.push(file("1.png", png(3)));
    let sentence = open(files).unwrap_err().to_string();
    assert!(sentence.contains("1.png, 1.png"), "{sentence}");
}

#[test]
fn a_nifti_file_is_known_by_its_content_and_hdr_files_of_others_are_not_taken_for_one() {
    let mut mask = oct::LabelMask::unmeasured(2, 2, 1);
    mask.set_bscan(0, vec![0, 1, 2, 3]).unwrap();
    let nifti = oct_formats::nifti::write_mask(&mask, &oct::Geometry::default(), None).unwrap();
    assert_eq!(open(vec![file("scan.gz", nifti)]).unwrap().format, Format::Nifti);
    let files = vec![file("1.png", png(1)), file("scene.hdr", "ENVI")];
    assert_eq!(open(files).unwrap().format, Format::ImageStack);
}

#[test]
fn an_error_is_one_sentence_that_a_person_can_act_on() {
    let mut dicom = vec![0; 128];
    dicom.extend(b"DICM");
    for files in [
        vec![],
        vec![file("a.txt", "x")],
        vec![file("a.zip", "x")],
        vec![file("a.dcm", dicom)],
        vec![file("a.png", "x")],
        vec![file("a.mhd", "x")],
        vec![file("a.nii", "x")],
        vec![file("a.mhd", HEADER)],
        vec![file("a.mhd", HEADER), file("b.mhd", HEADER)],
        vec![file("a.mhd", HEADER), file("oct.raw", "x")],
    ] {
        let sentence = open(files).unwrap_err().to_string();
        assert!(sentence.ends_with('.') && sentence.contains(": ") && !sentence.contains('\n'), "{sentence}");
        assert!(!sentence.trim_end_matches('.').contains(". "), "more than one sentence: {sentence}");
    }
    let sentence = open(vec![file("oct.mhd", "this is text")]).unwrap_err().to_string();
    assert!(sentence.contains("not a MetaImage header") && sentence.contains("it is text"), "{sentence}");
}

#[test]
fn a_zip_of_too_many_files_is_refused_before_any_is_unpacked() {
    let names: Vec<String> = (0..20_001).map(|n| format!("{n}.png")).collect();
    let packed = zip(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>());
    let refused = open(vec![file("many.zip", packed)]);
    assert!(matches!(refused, Err(OpenError::InFile { cause: Cause::TooLarge { .. }, .. })), "{refused:?}");
}

#[test]
fn an_empty_zip_is_named() {
    let empty = open(vec![file("empty.zip", zip(&[]))]).unwrap_err().to_string();
    assert!(empty.contains("empty.zip"), "{empty}");
}

#[test]
fn a_text_copy_of_a_header_is_no_second_volume() {
    let raw = || file("oct.raw", [1, 2, 3, 4]);
    let opened = open(vec![file("oct.txt", HEADER), file("oct.mhd", HEADER), raw()]).unwrap();
    assert_eq!(opened.name, "oct.mhd");
    // Alone it is the header: browsers like to add .txt on saving.
    assert_eq!(open(vec![file("oct.mhd.txt", HEADER), raw()]).unwrap().volume, opened.volume);
}

#[test]
fn names_of_many_files_are_cut_to_three() {
    let notes: Vec<InputFile> = (0..50).map(|n| file(&format!("note{n:02}.txt"), "x")).collect();
    let refused = open(notes).unwrap_err();
    let OpenError::NoVolume { count, names } = &refused else { panic!("{refused}") };
    assert_eq!((*count, names.as_str()), (50, "note00.txt, note01.txt, note02.txt, …"));
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn every_public_device_file_opens_or_is_refused_in_words() {
    let Some(formats) = data("formats") else { return };
    assert!(!open_endings(&formats).is_empty(), "the folder of public device files is empty");
}

/// Opens every file below `folder` alone. The endings, in lower case, of those that are volumes.
fn open_endings(folder: &std::path::Path) -> BTreeSet<String> {
    let mut opened = BTreeSet::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            opened.extend(open_endings(&path));
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match open(vec![file(&name, std::fs::read(&path).unwrap())]) {
            Ok(_) => {
                opened.insert(name.rsplit('.').next().unwrap_or_default().to_lowercase());
            }
            Err(error) => assert!(error.to_string().contains(&name), "{name}: {error}"),
        }
    }
    opened
}

fn packed(method: zip::CompressionMethod, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method))
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_packing_that_is_not_unpacked_is_named_with_what_to_do() {
    let whole = packed(zip::CompressionMethod::Stored, &[("oct.mhd", HEADER), ("oct.raw", &[1, 2, 3, 4])]);
    for (number, name) in
        [(12_u16, "bzip2"), (14, "LZMA"), (93, "Zstandard"), (95, "xz"), (98, "PPMd"), (77, "unknown")]
    {
        let mut bytes = whole.clone();
        // The packing of a file stands in its own header and in the directory.
        for at in 0..bytes.len() - 4 {
            let field = match &bytes[at..at + 4] {
                b"PK\x03\x04" => at + 8,
                b"PK\x01\x02" => at + 10,
                _ => continue,
            };
            bytes[field..field + 2].copy_from_slice(&number.to_le_bytes());
        }
        let sentence = open(vec![file("eye.zip", bytes)]).unwrap_err().to_string();
        assert!(sentence.contains(name) && sentence.contains("pack it again"), "{sentence}");
    }
}

#[test]
fn a_zip_in_a_zip_opens() {
    let inner = zip(&[("oct.mhd", HEADER), ("oct.raw", &[1, 2, 3, 4])]);
    let opened = open(vec![file("all.zip", zip(&[("eye.zip", &inner)]))]).unwrap();
    assert_eq!(opened.volume.samples(), &Samples::U8(vec![1, 2, 3, 4]));
}

#[test]
fn two_volumes_in_one_drop_are_to_choose_from() {
    let files = || {
        let two = zip(&[
            ("od/oct.mhd", HEADER),
            ("od/oct.raw", &[1, 2, 3, 4]),
            ("os/oct.mhd", HEADER),
            ("os/oct.raw", &[5, 6, 7, 8]),
        ]);
        vec![file("eyes.zip", two)]
    };
    let opened = open(files()).unwrap();
    assert_eq!(opened.choices, ["eyes.zip/od/oct.mhd", "eyes.zip/os/oct.mhd"]);
    assert_eq!((opened.chosen, opened.volume.samples()), (0, &Samples::U8(vec![1, 2, 3, 4])));
    let other = open_choice(files(), 1).unwrap();
    assert_eq!((other.chosen, other.volume.samples()), (1, &Samples::U8(vec![5, 6, 7, 8])));
    assert!(matches!(open_choice(files(), 2), Err(OpenError::NoSuchChoice { count: 2, .. })));
}

#[test]
fn downloads_and_other_archives_are_named_with_what_to_do() {
    for (name, bytes, words) in [
        ("oct.mhd.part", HEADER, "unfinished download"),
        ("eye.7z", b"7z\xBC\xAF\x27\x1C\0\x04".as_slice(), "unpack it first"),
        ("eye.z01", b"x", "one part of a split zip"),
    ] {
        let alone = open(vec![file(name, bytes)]).unwrap_err().to_string();
        assert!(alone.starts_with(name) && alone.contains(words), "{alone}");
        let beside = open(vec![file("b.png", png(1)), file(name, bytes)]).unwrap();
        assert!(beside.warnings.iter().any(|warning| warning.contains(words)), "{:?}", beside.warnings);
    }
}

#[test]
fn what_lacuna_saved_is_left_out_whatever_it_is_called_now() {
    let saved = images::marked(png(0));
    let files = vec![
        file("eye/b1.png", png(1)),
        file("eye/b2.png", png(2)),
        file("eye/b3 (1).png", saved.clone()),
        file("eye/unnamed", seg()),
    ];
    let opened = open(files).unwrap();
    assert_eq!(opened.bscan_names, ["b1.png", "b2.png"]);
    let said = |words: &str| opened.warnings.iter().any(|warning| warning.contains(words));
    assert!(said("b3 (1).png was left out") && said("unnamed was left out"), "{:?}", opened.warnings);
    let alone = open(vec![file("b3.png", saved)]).unwrap();
    assert!(alone.warnings[0].contains("not a scan"), "{:?}", alone.warnings);
}

/// The start of a DICOM segmentation.
fn seg() -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM\x02\0\0\0UL\x04\0\x26\0\0\0\x02\0\x02\0UI\x1c\x001.2.840.10008.5.1.4.1.1.66.4\0");
    bytes
}

#[test]
fn a_header_in_any_encoding_finds_its_data_file() {
    let header = |name: &[u8]| [&HEADER[..HEADER.len() - 8], name, b"\n"].concat();
    for (named, there) in [
        (&b"Gr\xF6\xDFe.raw"[..], "Größe.raw"),
        ("Müller.raw".as_bytes(), "Mu\u{308}ller.raw"),
        (b"left%20eye.raw", "left eye.raw"),
        (b".\\oct.raw", "oct.raw"),
    ] {
        let files = vec![file("eye/oct.mhd", header(named)), file(&format!("eye/{there}"), [1, 2, 3, 4])];
        let opened = open(files).unwrap();
        assert_eq!(opened.volume.samples(), &Samples::U8(vec![1, 2, 3, 4]), "{there}");
    }
}
