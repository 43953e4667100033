//! What every target does: open the bytes as a file, and hold the reader to its
//! memory. libFuzzer itself catches panics, and inputs that take five seconds.

use oct_formats::{InputFile, images, open_choice};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Beyond this a reader may take [`MOST_RATIO`] times the file.
const FREE_BYTES: usize = 64 << 20;
const MOST_RATIO: usize = 4;

/// Opens `data` as the file `path`.
///
/// # Panics
/// Where the reader takes more memory than it may: that is the finding.
pub fn open(path: &str, data: &[u8]) {
    open_all(data.len(), vec![InputFile { path: path.to_owned(), bytes: data.to_vec() }]);
}

/// Opens `data` as the XML of an export, with images that it may name.
///
/// # Panics
/// As [`open`].
pub fn open_export(data: &[u8]) {
    let png = images::write_mask_png(8, 4, &[7; 32]).unwrap_or_default();
    let names = ["B1.tif", "B2.tif", "B3.tif", "NIR1.tif"];
    let mut files: Vec<InputFile> =
        names.map(|name| InputFile { path: name.to_owned(), bytes: png.clone() }).into();
    files.push(InputFile { path: "eye.xml".to_owned(), bytes: data.to_vec() });
    open_all(data.len(), files);
}

/// Opens a file whose name is the text before the first zero byte of `data`.
///
/// # Panics
/// As [`open`].
pub fn open_named(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let name = format!("{}.img", String::from_utf8_lossy(&data[..end]));
    open(&name, data.get(end + 1..).unwrap_or_default());
}

/// Opens an Optovue `.OCT` beside its text: what stands before the first zero
/// byte of `data`.
///
/// # Panics
/// As [`open`].
pub fn open_with_text(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let scan = data.get(end + 1..).unwrap_or_default().to_vec();
    let file = |path: &str, bytes: Vec<u8>| InputFile { path: path.to_owned(), bytes };
    open_all(data.len(), vec![file("eye.txt", data[..end].to_vec()), file("eye.OCT", scan)]);
}

fn open_all(size: usize, files: Vec<InputFile>) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    // A choice reaches what a plain `open` passes by; without choices 0 is the volume itself.
    let opened = open_choice(files, 0);
    let peak = MEMORY.peak_usage().saturating_sub(before);
    assert!(peak <= MOST_RATIO * size + FREE_BYTES, "{peak} bytes for a file of {size}: {opened:?}");
}
