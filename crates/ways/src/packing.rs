//! How files come: their names, folders, zips, and what lies beside them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::File;

/// How the files come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As they are, named one by one.
    Plain,
    /// A folder.
    Folder,
    /// A folder in a folder in a folder.
    Deep,
    /// A folder with what systems and stores leave there.
    Littered,
    /// A folder with a fundus photograph, a report and a letter.
    Accompanied,
    /// A folder in which the results of an earlier run lie.
    WithResults,
    /// A folder with a subfolder of small pictures of the B-scans.
    Thumbnails,
    /// A zip, deflated.
    Zip,
    /// A zip, stored.
    Stored,
    /// A zip of a folder, with entries for folders.
    ZipOfFolder,
    /// A zip as macOS makes it.
    ZipOfMac,
    /// A zip with backslashes in its names, as some programs of Windows make it.
    ZipOfWindows,
    /// A zip that says sizes after the data.
    ZipStreamed,
    /// A zip in a zip.
    ZipInZip,
    /// The first file is cut to three fifths.
    CutFirst,
    /// The last file is cut to three fifths.
    CutLast,
    /// The file in the middle is missing.
    MissingOne,
    /// The last file is missing.
    MissingLast,
    /// The first half of the files are missing.
    MissingHalf,
    /// A folder with a copy of each file, as `scan_1 (1).png`.
    WithCopies,
    /// A folder with each image as PNG and as BMP.
    SavedTwice,
    /// A folder with each file under two numbers, as `1001_scan_1.png` and `1002_scan_1.png`.
    Numbered,
    /// Every file is empty.
    Empty,
    /// A zip that is cut.
    ZipCut,
}

/// Names that scans go by.
pub const BASES: [&str; 8] = [
    "scan",
    "OCT scan (left eye) 2024",
    "scan.v1.2",
    "Zürich_é",
    "Zu\u{308}rich_e\u{301}",
    "SCAN",
    "скан",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
];

impl Packing {
    /// `files` as they come.
    pub fn of(self, mut files: Vec<File>) -> Vec<File> {
        let within = |files: Vec<File>, folder: &str| -> Vec<File> {
            files.into_iter().map(|file| File::new(format!("{folder}/{}", file.path), file.bytes)).collect()
        };
        match self {
            Self::Plain => files,
            Self::Folder | Self::WithResults => within(files, "eye"),
            Self::Deep => within(files, "patient 7/2024-11-03/OD macula"),
            Self::Littered => {
                files.extend(litter(&files));
                within(files, "eye")
            }
            Self::Accompanied => {
                files.extend(companions());
                within(files, "eye")
            }
            Self::Thumbnails => {
                let small =
                    image::GrayImage::from_fn(32, 31, |x, y| image::Luma([((x * 7) ^ (y * 5)) as u8]));
                let mut png = Cursor::new(Vec::new());
                small.write_to(&mut png, image::ImageFormat::Png).unwrap();
                for number in 1..=10 {
                    files.push(File::new(format!("thumbnails/{number:03}.png"), png.get_ref().clone()));
                }
                within(files, "eye")
            }
            Self::Zip => vec![zipped(&files, CompressionMethod::Deflated, "", false)],
            Self::Stored => vec![zipped(&files, CompressionMethod::Stored, "", false)],
            Self::ZipOfFolder => vec![zipped(&files, CompressionMethod::Deflated, "eye 1/", true)],
            Self::ZipOfMac => {
                let litter = files.iter().map(|file| {
                    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
                    File::new(
                        format!("__MACOSX/eye/{folder}/._{name}").replace("//", "/"),
                        *b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ",
                    )
                });
                let mut all: Vec<File> = litter.collect();
                all.push(File::new("eye/.DS_Store", *b"\0\0\0\x01Bud1"));
                all.extend(within(files, "eye"));
                vec![zipped(&all, CompressionMethod::Deflated, "", false)]
            }
            Self::ZipOfWindows => {
                files.iter_mut().for_each(|file| file.path = file.path.replace('/', "\\"));
                vec![zipped(&files, CompressionMethod::Deflated, "eye\\data\\", false)]
            }
            Self::ZipStreamed => vec![streamed(&files)],
            Self::ZipInZip => {
                let inner = zipped(&files, CompressionMethod::Deflated, "", false);
                vec![zipped(&[inner], CompressionMethod::Stored, "", false)]
            }
            Self::CutFirst => cut(files, 0),
            Self::CutLast => {
                let last = files.len() - 1;
                cut(files, last)
            }
            Self::MissingOne => {
                files.remove(files.len() / 2);
                within(files, "eye")
            }
            Self::MissingLast => {
                files.pop();
                within(files, "eye")
            }
            Self::WithCopies => {
                let copies: Vec<File> =
                    files.iter().map(|file| File::new(copied(&file.path), file.bytes.clone())).collect();
                files.extend(copies);
                within(files, "eye")
            }
            Self::SavedTwice => {
                let twins: Vec<File> = files
                    .iter()
                    .map(|file| {
                        let mut bytes = Cursor::new(Vec::new());
                        let picture = image::load_from_memory(&file.bytes).unwrap();
                        picture.write_to(&mut bytes, image::ImageFormat::Bmp).unwrap();
                        File::new(file.path.replace(".png", ".bmp"), bytes.into_inner())
                    })
                    .collect();
                files.extend(twins);
                within(files, "eye")
            }
            Self::Numbered => {
                let under = |number: u32| {
                    files
                        .iter()
                        .map(move |file| File::new(format!("{number}_{}", file.path), file.bytes.clone()))
                };
                let both: Vec<File> = under(1001).chain(under(1002)).collect();
                within(both, "eye")
            }
            Self::MissingHalf => {
                files.drain(..files.len() / 2);
                within(files, "eye")
            }
            Self::Empty => {
                files.iter_mut().for_each(|file| file.bytes.clear());
                files
            }
            Self::ZipCut => cut(vec![zipped(&files, CompressionMethod::Deflated, "", false)], 0),
        }
    }
}

/// The name of a copy of `path`.
fn copied(path: &str) -> String {
    match path.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem} (1).{ending}"),
        None => format!("{path} (1)"),
    }
}

fn cut(mut files: Vec<File>, which: usize) -> Vec<File> {
    let length = files[which].bytes.len() * 3 / 5;
    files[which].bytes.truncate(length);
    files
}

/// What Synology, Windows, macOS, Dropbox and QNAP leave in a folder.
fn litter(files: &[File]) -> Vec<File> {
    let one = &files[0];
    let (folder, name) = match one.path.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), one.path.as_str()),
    };
    let mut litter = vec![
        File::new(".DS_Store", *b"\0\0\0\x01Bud1"),
        File::new("Thumbs.db", *b"\xD0\xCF\x11\xE0"),
        File::new("desktop.ini", *b"[.ShellClassInfo]\r\n"),
        File::new(".dropbox", *b"{}"),
        File::new(format!("{folder}._{name}"), *b"\0\x05\x16\x07"),
        File::new(format!("{folder}@eaDir/{name}@SynoEAStream"), *b"\0"),
        File::new("$RECYCLE.BIN/$I123456.png", *b"\x02\0\0\0"),
    ];
    let mut picture = Cursor::new(Vec::new());
    image::GrayImage::new(16, 12).write_to(&mut picture, image::ImageFormat::Jpeg).unwrap();
    let picture = picture.into_inner();
    for path in ["SYNOPHOTO_THUMB_XL.jpg", "SYNOPHOTO_THUMB_SM.jpg"] {
        litter.push(File::new(format!("{folder}@eaDir/{name}/{path}"), picture.clone()));
    }
    litter.push(File::new(format!("@Recycle/{name}"), one.bytes.clone()));
    litter.push(File::new(format!(".Trash-1000/files/{name}"), one.bytes.clone()));
    litter
}

/// What a hospital's export has beside a scan.
fn companions() -> Vec<File> {
    let photograph = image::RgbImage::from_fn(90, 80, |x, y| image::Rgb([180, (x * 2) as u8, (y / 2) as u8]));
    let mut jpeg = Cursor::new(Vec::new());
    photograph.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    vec![
        File::new("fundus.jpg", jpeg.into_inner()),
        File::new("report.pdf", *b"%PDF-1.4\n%%EOF\n"),
        File::new("letter.txt", *b"Dear colleague,\nplease find the scan beside.\n"),
        File::new("measurements.csv", *b"eye,cst\nOD,312\n"),
    ]
}

fn zipped(files: &[File], method: CompressionMethod, folder: &str, with_folders: bool) -> File {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    if with_folders {
        archive.add_directory(folder, options).unwrap();
    }
    for file in files {
        archive.start_file(format!("{folder}{}", file.path), options).unwrap();
        archive.write_all(&file.bytes).unwrap();
    }
    File::new("export.zip", archive.finish().unwrap().into_inner())
}

/// As written to a pipe: sizes and checksums follow the data.
fn streamed(files: &[File]) -> File {
    let mut archive = ZipWriter::new_stream(Vec::new());
    for file in files {
        archive.start_file(file.path.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(&file.bytes).unwrap();
    }
    File::new("export.zip", archive.finish().unwrap().into_inner())
}
