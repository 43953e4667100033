//! How much memory opening takes, the bytes of the files included. One test:
//! others beside it would be counted, too.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use oct::{SampleType, Samples};
use oct_formats::{InputFile, Opened, open};
use peak_alloc::PeakAlloc;
use shared_data::data;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Peak by decoded size.
const MOST: f64 = 2.5;

fn file(path: &str, bytes: Vec<u8>) -> InputFile {
    InputFile { path: path.to_owned(), bytes }
}

fn peak_of_opening(name: &str, files: impl FnOnce() -> Vec<InputFile>) -> Opened {
    let files = files();
    let before = MEMORY.current_usage() - files.iter().map(|file| file.bytes.capacity()).sum::<usize>();
    MEMORY.reset_peak_usage();
    let opened = open(files).unwrap();
    let peak = MEMORY.peak_usage() - before;
    let volume = &opened.volume;
    let bytes = match volume.samples() {
        Samples::U8(samples) => samples.len(),
        Samples::U16(samples) => 2 * samples.len(),
        Samples::F32(samples) => 4 * samples.len(),
    };
    let ratio = peak as f64 / bytes as f64;
    println!(
        "{name}: peak {:.1} MB for {:.1} MB decoded, {ratio:.2}x",
        peak as f64 / 1e6,
        bytes as f64 / 1e6
    );
    assert!(ratio <= MOST, "{name}: {ratio:.2}");
    opened
}

/// 97 B-scans of 768 x 496, the densest raster of a Spectralis in high resolution.
fn heidelberg_vol() -> Vec<u8> {
    let (columns, rows, bscans) = (768_u32, 496_u32, 97_u32);
    let mut bytes = b"HSF-OCT-103\0".to_vec();
    for side in [columns, bscans, rows] {
        bytes.extend(side.to_le_bytes());
    }
    for mm in [0.0115_f64, 0.06, 0.00387] {
        bytes.extend(mm.to_le_bytes());
    }
    bytes.resize(100, 0);
    bytes.extend(256_u32.to_le_bytes());
    bytes.resize(2048 + (256 + 4 * columns * rows) as usize * bscans as usize, 0);
    bytes.shrink_to_fit();
    bytes
}

/// Zeiss' macular cube in words, of samples that pack as badly as a scan's.
fn nrrd_gzip() -> Vec<u8> {
    let mut bytes =
        b"NRRD0004\ntype: uint16\ndimension: 3\nsizes: 512 1024 128\nendian: little\nencoding: gzip\n\n"
            .to_vec();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let mut state = 1_u32;
    let mut row = [0; 1024];
    for _ in 0..1024 * 128 {
        for sample in &mut row {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (state >> 28) as u8;
        }
        packed.write_all(&row).unwrap();
    }
    bytes.extend(packed.finish().unwrap());
    bytes.shrink_to_fit();
    bytes
}

/// 128 B-scans of 512 x 885 words.
fn topcon_fds() -> Vec<u8> {
    let (columns, rows, bscans) = (512_u32, 885_u32, 128_u32);
    let samples = columns * rows * bscans * 2;
    let mut bytes = b"FOCTFDS\x01\0\0\0\xE9\x03\0\0\x0C@IMG_SCAN_03".to_vec();
    bytes.extend((22 + samples).to_le_bytes());
    bytes.push(2);
    for word in [columns, rows, 16, bscans] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.push(0);
    bytes.extend(samples.to_le_bytes());
    bytes.resize(bytes.len() + samples as usize, 0);
    bytes.shrink_to_fit();
    bytes
}

#[test]
fn opening_the_largest_volumes_takes_at_most_two_and_a_half_times_their_size() {
    // Zeiss' macular cube in RETOUCH's layout, the largest that clinics have.
    let header = "NDims = 3\nDimSize = 512 1024 128\nElementType = MET_UCHAR\nElementDataFile = oct.raw\n";
    let opened = peak_of_opening("MetaImage, 8 bit", || {
        vec![file("oct.mhd", header.into()), file("oct.raw", vec![7; 512 * 1024 * 128])]
    });
    assert_eq!(opened.volume.bscans(), 128);
    drop(opened);

    let header = header.replace("MET_UCHAR", "MET_USHORT");
    let opened = peak_of_opening("MetaImage, 16 bit", || {
        vec![file("oct.mhd", header.into()), file("oct.raw", vec![7; 2 * 512 * 1024 * 128])]
    });
    assert_eq!(opened.volume.samples().sample_type(), SampleType::U16);
    drop(opened);

    drop(peak_of_opening("Zeiss .img", || {
        let name = "P1_Macular Cube 512x128_1-2-2019_9-5-3_OD_sn1_cube_z.img";
        vec![file(name, vec![7; 512 * 1024 * 128])]
    }));

    drop(peak_of_opening("NRRD, 16 bit, gzip", || vec![file("eye.nrrd", nrrd_gzip())]));
    drop(peak_of_opening("Heidelberg .vol", || vec![file("eye.vol", heidelberg_vol())]));
    drop(peak_of_opening("Topcon .fds", || vec![file("eye.fds", topcon_fds())]));

    if let Some(folder) = data("bonn_amd_volume/images") {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        drop(peak_of_opening("145 PNGs of a real eye", || {
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            paths.iter().map(|path| file(&name(path), fs::read(path).unwrap())).collect()
        }));
    }
}
