//! Writes B-scans of phantoms as PNG, plain, as a label mask, and with truth in colour.
//!
//! `cargo run --release -p oct-phantom --example contact_sheet -- OUT [cirrus|spectralis|topcon] [COUNT] [SEED] [random|free|irf|srf|ped|all]`

use std::path::Path;
use std::time::Instant;

use oct::Samples;
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |index: usize, default: &str| args.get(index).cloned().unwrap_or_else(|| default.to_owned());
    let out = arg(0, "phantoms");
    let wanted = arg(1, "spectralis");
    let style = VendorStyle::ALL
        .into_iter()
        .find(|s| s.name().eq_ignore_ascii_case(&wanted))
        .ok_or("no such style")?;
    let count: u64 = arg(2, "12").parse()?;
    let first: u64 = arg(3, "1").parse()?;
    let (irf, srf, ped) = match arg(4, "random").as_str() {
        "irf" => (true, false, false),
        "srf" => (false, true, false),
        "ped" => (false, false, true),
        "all" => (true, true, true),
        _ => (false, false, false),
    };
    let fluid = match arg(4, "random").as_str() {
        "random" => FluidMix::Random,
        "free" => FluidMix::Free,
        _ => FluidMix::Present { irf, srf, ped },
    };
    for folder in ["images", "masks", "truth"] {
        std::fs::create_dir_all(Path::new(&out).join(folder))?;
    }
    let start = Instant::now();
    let mut spent = start.elapsed();
    for seed in first..first + count {
        let begin = Instant::now();
        let eye = Eye::new(&EyeConfig { fluid, ..EyeConfig::new(seed, style) });
        // Mostly near the fovea, as the graded B-scans of the real sets are.
        let bscans = eye.bscans();
        let bscan = bscans / 2 + (seed as usize * 7) % (bscans / 3) - bscans / 6;
        let bscan = eye.bscan(bscan);
        spent += begin.elapsed();
        let grey: Vec<u8> = match &bscan.samples {
            Samples::U8(v) => v.clone(),
            Samples::U16(v) => v.iter().map(|s| (s / 257) as u8).collect(),
            Samples::F32(v) => v.iter().map(|s| *s as u8).collect(),
        };
        let colour: Vec<u8> = grey
            .iter()
            .zip(&bscan.labels)
            .flat_map(|(g, label)| {
                let tint: [u8; 3] = match label {
                    1 => [255, 0, 0],
                    2 => [40, 90, 255],
                    3 => [255, 230, 0],
                    _ => return [*g; 3],
                };
                tint.map(|t| ((u16::from(*g) + u16::from(t)) / 2) as u8)
            })
            .collect();
        let (w, h) = (bscan.columns as u32, bscan.rows as u32);
        let name = format!("{}_{seed:04}.png", style.name());
        image::save_buffer(Path::new(&out).join("images").join(&name), &grey, w, h, image::ColorType::L8)?;
        image::save_buffer(
            Path::new(&out).join("masks").join(&name),
            &bscan.labels,
            w,
            h,
            image::ColorType::L8,
        )?;
        image::save_buffer(Path::new(&out).join("truth").join(&name), &colour, w, h, image::ColorType::Rgb8)?;
    }
    println!(
        "{} bscans of {}: {:.1} ms each",
        count,
        style.name(),
        spent.as_secs_f64() * 1000.0 / count as f64
    );
    Ok(())
}
