//! Two scans out of one real volume laid on each other: every second of every so many B-scans
//! against those between them, cut at opposite sides and turned, so that both the noise and the
//! place differ and the motion is known. Volumes are compared with each other, too, which must be
//! refused.
//! `cargo run --release -p visits --example real_eyes -- LATERAL,AXIAL,BETWEEN=FOLDER ...`
//! with a folder of PNGs, a B-scan each, and its spacing in mm.
#![allow(clippy::unwrap_used, reason = "a measurement, not a program")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../tests/eyes/mod.rs"]
mod eyes;

use eyes::{middle, turned};
use oct::{Axis, EnFacePlace, Geometry, GreyRange, OctVolume, Samples, SamplesOf};
use visits::registration::{LEAST_RATIO, LEAST_STRENGTH};
use visits::{EnFacePicture, Scan, said_by_vessels};

/// The B-scans `first`, `first + every`, ... without `left` columns at the left and `right` at the
/// right.
fn part(volume: &OctVolume, first: usize, every: usize, left: usize, right: usize) -> OctVolume {
    let columns = volume.columns();
    let mut greys: Vec<f32> = Vec::new();
    let chosen: Vec<usize> = (first..volume.bscans()).step_by(every).collect();
    for bscan in &chosen {
        let all: Vec<f32> = match volume.bscan(*bscan).unwrap().samples() {
            SamplesOf::U8(samples) => samples.iter().map(|v| f32::from(*v)).collect(),
            SamplesOf::U16(samples) => samples.iter().map(|v| f32::from(*v)).collect(),
            SamplesOf::F32(samples) => samples.to_vec(),
        };
        greys.extend(all.chunks(columns).flat_map(|row| &row[left..columns - right]));
    }
    let mut geometry = Geometry::default();
    let between = volume.geometry.between_bscans.mm().unwrap() * every as f64;
    geometry.set_spacing(Axis::Lateral, volume.geometry.lateral.clone());
    geometry.set_spacing(Axis::Axial, volume.geometry.axial.clone());
    geometry.set_typed(&[(Axis::BetweenBScans, between)]).unwrap();
    let samples = Samples::F32(greys);
    OctVolume::new(columns - left - right, volume.rows(), chosen.len(), samples, geometry).unwrap()
}

fn picture(volume: &OctVolume) -> EnFacePicture {
    EnFacePicture::of(volume, GreyRange::of(volume), &[]).unwrap()
}

fn main() {
    let mut volumes = Vec::new();
    for given in std::env::args().skip(1) {
        let (mm, folder) = given.split_once('=').unwrap();
        let mm: Vec<f64> = mm.split(',').map(|part| part.parse().unwrap()).collect();
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        paths.sort();
        let mut greys = Vec::new();
        let (mut columns, mut rows) = (0, 0);
        for path in &paths {
            let picture = image::open(path).unwrap().to_luma8();
            (columns, rows) = (picture.width() as usize, picture.height() as usize);
            greys.extend(picture.into_raw());
        }
        let samples = Samples::U8(greys);
        let mut volume = OctVolume::new(columns, rows, paths.len(), samples, Geometry::default()).unwrap();
        let typed: Vec<_> = Axis::ALL.into_iter().zip(mm).collect();
        volume.geometry.set_typed(&typed).unwrap();
        println!("{folder}: {} x {} x {}", volume.columns(), volume.rows(), volume.bscans());
        volumes.push(volume);
    }
    println!("volume every cut degrees strength ratio error_mm");
    for (index, volume) in volumes.iter().enumerate() {
        for every in [2, 4] {
            for cut in [0, volume.columns() / 16, volume.columns() / 8] {
                for degrees in [0.0, -4.0, 2.5] {
                    let before = picture(&part(volume, 0, every, 0, cut));
                    let after = picture(&part(volume, every / 2, every, cut, 0));
                    let after = if degrees == 0.0 { after.clone() } else { turned(&after, &after, degrees) };
                    let moved = EnFacePlace {
                        lateral_mm: -(cut as f64) * before.grid().lateral_mm(),
                        slow_mm: -0.5 * before.grid().slow_mm(),
                    };
                    let around = middle(&after);
                    let at = middle(&before);
                    let (x, y) = (
                        at.lateral_mm + moved.lateral_mm - around.lateral_mm,
                        at.slow_mm + moved.slow_mm - around.slow_mm,
                    );
                    let (sin, cos) = f64::to_radians(degrees).sin_cos();
                    let truth = EnFacePlace {
                        lateral_mm: around.lateral_mm + cos * x + sin * y,
                        slow_mm: around.slow_mm - sin * x + cos * y,
                    };
                    let shift = format!("{:.2}", moved.lateral_mm);
                    print!("{index} {every} {shift} {degrees} ");
                    report(&before, &after, Some((at, truth)));
                }
            }
        }
    }
    for (one, other) in (0..volumes.len()).flat_map(|a| (0..volumes.len()).map(move |b| (a, b))) {
        if one < other {
            print!("{one} and {other}, different eyes: ");
            report(
                &picture(&part(&volumes[one], 0, 2, 0, 0)),
                &picture(&part(&volumes[other], 0, 1, 0, 0)),
                None,
            );
        }
    }
}

fn report(before: &EnFacePicture, after: &EnFacePicture, truth: Option<(EnFacePlace, EnFacePlace)>) {
    let mut geometry = Geometry { samples: Some([2, 2, 2]), ..Geometry::default() };
    geometry.set_typed(&Axis::ALL.map(|axis| (axis, 0.01))).unwrap();
    let scan = |picture| Scan { geometry: &geometry, mask: None, fovea: None, picture: Some(picture) };
    match said_by_vessels(&scan(before), &scan(after)).unwrap() {
        None => println!("nothing"),
        Some((transform, confidence)) => {
            let sure = confidence.strength >= LEAST_STRENGTH && confidence.ratio() >= LEAST_RATIO;
            let error = truth.map(|(at, truth)| transform.apply(at).distance_mm(truth));
            println!("{:.3} {:.2} sure={sure} {error:.3?}", confidence.strength, confidence.ratio());
        }
    }
}
