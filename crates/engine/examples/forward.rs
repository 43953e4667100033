//! How fast the forward pass is on the processor: one JSON line for `cargo xtask bench`.
//!
//! ```text
//! cargo run --release -p engine --example forward -- --threads 2 --rows 240 --columns 288 --seconds 5
//! {"bscans_per_s":20.1,"ms_median":99.2,"ms_min":97.5,"ms_max":110.3}
//! ```
//!
//! `bscans_per_s` counts all threads together; the others are of one B-scan. `--input`
//! names raw little-endian f32 of that grid, so that the peer is shown the same.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::time::{Duration, Instant};

use engine::{DevicePreference, Engine, PreparedBScan};
use oct::{Framing, WorkingGrid};

fn main() {
    let threads: usize = argument("threads").map_or(1, |text| text.parse().unwrap());
    let rows: usize = argument("rows").map_or(240, |text| text.parse().unwrap());
    let columns: usize = argument("columns").map_or(288, |text| text.parse().unwrap());
    let seconds: f64 = argument("seconds").map_or(5.0, |text| text.parse().unwrap());
    let device = match argument("device").as_deref() {
        None | Some("cpu") => DevicePreference::Cpu,
        Some("gpu") => DevicePreference::Gpu,
        Some("software-gpu") => DevicePreference::SoftwareGpu,
        Some(other) => panic!("--device {other}: cpu, gpu or software-gpu"),
    };
    let weights = argument("weights").unwrap_or_else(|| "weights/mmis-net.safetensors".to_owned());
    let weights = std::fs::read(weights).unwrap();
    let image = match argument("input") {
        Some(file) => floats(&std::fs::read(file).unwrap()),
        None => (0..rows * columns).map(|n| (n as f32 * 0.618_034).fract()).collect(),
    };
    assert_eq!(image.len(), rows * columns, "--input is not of --rows x --columns");
    let framing = Framing::whole([rows, columns], WorkingGrid { rows, columns });
    let bscan = PreparedBScan { framing, image, padding: Vec::new() };

    // B-scans side by side, each on one core.
    let mut ms: Vec<f64> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| run(&weights, device, &bscan, Duration::from_secs_f64(seconds))))
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    ms.sort_by(f64::total_cmp);
    let mean = ms.iter().sum::<f64>() / ms.len() as f64;
    println!(
        r#"{{"bscans_per_s":{:.3},"ms_median":{:.3},"ms_min":{:.3},"ms_max":{:.3}}}"#,
        threads as f64 * 1e3 / mean,
        ms[ms.len() / 2],
        ms[0],
        ms[ms.len() - 1]
    );
}

/// Milliseconds of each B-scan, after a second of warm-up.
fn run(weights: &[u8], device: DevicePreference, bscan: &PreparedBScan, time: Duration) -> Vec<f64> {
    let engine = pollster::block_on(Engine::new(weights, device)).unwrap();
    let once = || {
        let start = Instant::now();
        std::hint::black_box(pollster::block_on(engine.forward(bscan)).unwrap());
        start.elapsed().as_secs_f64() * 1e3
    };
    let until = |time: Duration| {
        let start = Instant::now();
        std::iter::from_fn(|| Some(once())).take_while(|_| start.elapsed() < time).collect::<Vec<f64>>()
    };
    once();
    until(Duration::from_secs(1));
    let measured = until(time);
    if measured.is_empty() { vec![once()] } else { measured }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| *argument != format!("--{name}"));
    arguments.nth(1)
}
