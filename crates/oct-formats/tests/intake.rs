//! What a person drops: folders, zips, litter, several things at once.

use std::io::{Cursor, Write};

use oct_formats::{Format, InputFile, OpenError, images, open};

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
    assert!(notes.to_string().contains("None of the 2 files") && notes.to_string().contains("a.txt"), "{notes}");
    assert_eq!(open(vec![file(".DS_Store", "x")]), Err(OpenError::Nothing));
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
        assert_eq!(opened.frame_names, ["B2.png", "B10.png"]);
        assert_eq!((opened.format, opened.name.as_str()), (Format::ImageStack, "eye"));
    }
}

#[test]
fn a_zip_opens_like_the_folder_in_it() {
    let packed = zip(&[("eye/oct.mhd", HEADER), ("eye/oct.raw", &[1, 2, 3, 4]), ("__MACOSX/eye/._oct.mhd", b"x")]);
    let opened = open(vec![file("eye.zip", packed)]).unwrap();
    assert_eq!((opened.volume.columns(), opened.volume.rows(), opened.volume.frames()), (2, 2, 1));
}

#[test]
fn damaged_zips_are_refused_whatever_byte_is_hit() {
    let whole = zip(&[("oct.mhd", HEADER), ("oct.raw", &[1, 2, 3, 4])]);
    for cut in 4..whole.len() {
        let sentence = open(vec![file("eye.zip", &whole[..cut])]).unwrap_err().to_string();
        assert!(sentence.contains("eye.zip") || sentence.contains("oct"), "{sentence}");
    }
    for position in 4..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 0x41;
        // Some bytes carry dates and such: those may open. None may panic.
        let _ = open(vec![file("eye.zip", damaged)]);
    }
}

#[test]
fn several_volumes_at_once_are_named() {
    let files = vec![file("a/1.png", png(1)), file("b/1.png", png(1))];
    let sentence = open(files).unwrap_err().to_string();
    assert!(sentence.contains("2 volumes") && sentence.contains('a') && sentence.contains('b'), "{sentence}");
}

#[test]
fn masks_beside_images_are_left_out_with_a_word() {
    let files = vec![file("x/images/1.png", png(1)), file("x/masks/1.png", png(0))];
    let opened = open(files).unwrap();
    assert_eq!(opened.volume.frames(), 1);
    assert!(opened.warnings[0].contains("masks"));
}

#[test]
fn formats_that_are_not_read_yet_are_called_by_name() {
    let mut dicom = vec![0; 128];
    dicom.extend(b"DICM");
    for (file, word) in [
        (file("scan", dicom), "DICOM"),
        (file("a.vol", "HSF-OCT-103"), "Heidelberg"),
        (file("a.E2E", "CMDb"), "Heidelberg"),
        (file("a.fda", "FOCTFDA"), "Topcon"),
        (file("a.img", [0; 9]), "Zeiss"),
        (file("a.OCT", [0; 9]), "Optovue"),
    ] {
        let sentence = open(vec![file]).unwrap_err().to_string();
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
