//! How much memory opening takes, the bytes of the files included. One test:
//! others beside it would be counted, too.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::path::Path;

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
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let opened = open(files()).unwrap();
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

#[test]
fn opening_the_largest_volumes_takes_at_most_two_and_a_half_times_their_size() {
    // Zeiss' macular cube in RETOUCH's layout, the largest that clinics have.
    let header = "NDims = 3\nDimSize = 512 1024 128\nElementType = MET_UCHAR\nElementDataFile = oct.raw\n";
    let opened = peak_of_opening("MetaImage, 8 bit", || {
        vec![file("oct.mhd", header.into()), file("oct.raw", vec![7; 512 * 1024 * 128])]
    });
    assert_eq!(opened.volume.frames(), 128);
    drop(opened);

    let header = header.replace("MET_UCHAR", "MET_USHORT");
    let opened = peak_of_opening("MetaImage, 16 bit", || {
        vec![file("oct.mhd", header.into()), file("oct.raw", vec![7; 2 * 512 * 1024 * 128])]
    });
    assert_eq!(opened.volume.samples().sample_type(), SampleType::U16);
    drop(opened);

    let mut cube = vec![7; 512 * 1024 * 128];
    cube[..4].copy_from_slice(&[1, 2, 3, 4]);
    drop(peak_of_opening("Zeiss .img", || {
        vec![file("P1_Macular Cube 512x128_1-2-2019_9-5-3_OD_sn1_cube_z.img", cube)]
    }));

    if let Some(folder) = data("bonn_amd_volume/images") {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        drop(peak_of_opening("145 PNGs of a real eye", || {
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            paths.iter().map(|path| file(&name(path), fs::read(path).unwrap())).collect()
        }));
    }
}
