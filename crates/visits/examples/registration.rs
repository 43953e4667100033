//! How often, and how well, generated eyes that are scanned again elsewhere are laid on each
//! other, and whether two different ones are refused:
//! `cargo run --release -p visits --example registration -- 24`.
#![allow(clippy::unwrap_used, reason = "a measurement, not a program")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../tests/eyes/mod.rs"]
mod eyes;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use eyes::{Scanned, middle, turned};
use oct::EnFacePlace;
use oct_phantom::random::Stream;
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};
use visits::registration::{LEAST_RATIO, LEAST_STRENGTH};
use visits::{EnFacePicture, Scan, said_by_vessels};

struct Pair {
    style: VendorStyle,
    seed: u64,
    same: bool,
    moved: [f64; 2],
    degrees: f64,
    found: Option<(f64, f64, [f64; 2])>,
}

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(8);
    let whole = std::env::args().nth(2).is_some();
    let next = AtomicU64::new(0);
    let pairs = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= seeds * 3 {
                        break;
                    }
                    let found = measure(VendorStyle::ALL[index as usize % 3], 100 + index / 3, whole);
                    pairs.lock().unwrap().extend(found);
                }
            });
        }
    });
    let mut pairs = pairs.into_inner().unwrap();
    pairs.sort_by_key(|pair| (!pair.same, pair.style.name(), pair.seed));
    println!("style seed same moved_mm degrees strength ratio error_mm worst_mm");
    for pair in &pairs {
        let Pair { style, seed, same, moved, degrees, found } = pair;
        print!("{} {seed} {same} {:.2},{:.2} {degrees:.1} ", style.name(), moved[0], moved[1]);
        match found {
            Some((strength, ratio, [error, worst])) => {
                println!("{strength:.3} {ratio:.2} {error:.3} {worst:.3}");
            }
            None => println!("none"),
        }
    }
    for style in VendorStyle::ALL {
        for same in [true, false] {
            let of: Vec<&Pair> = pairs.iter().filter(|p| p.style == style && p.same == same).collect();
            let sure: Vec<[f64; 2]> = of
                .iter()
                .filter_map(|pair| pair.found)
                .filter(|(strength, ratio, _)| *strength >= LEAST_STRENGTH && *ratio >= LEAST_RATIO)
                .map(|(.., errors)| errors)
                .collect();
            let within = sure.iter().filter(|[error, _]| *error <= 0.05).count();
            let mut errors: Vec<f64> = sure.iter().map(|[error, _]| *error).collect();
            errors.sort_by(f64::total_cmp);
            let worst = sure.iter().map(|[_, worst]| *worst).fold(0.0, f64::max);
            println!(
                "{} same={same}: {} pairs, {} sure, {within} within 0.05 mm, middle error {:?}, most {:?}, at 2 mm most {worst:.3}",
                style.name(),
                of.len(),
                sure.len(),
                errors.get(errors.len() / 2),
                errors.last()
            );
        }
    }
}

/// The eye with itself, elsewhere, and with another.
fn measure(style: VendorStyle, seed: u64, whole: bool) -> Vec<Pair> {
    let mut stream = Stream::new(seed, 77);
    let (reach, angle) = (f64::from(stream.unit()), f64::from(stream.between(-3.2, 3.2)));
    let moved = [reach * angle.cos(), reach * angle.sin()];
    let degrees = f64::from(stream.between(-5.0, 5.0));
    let fluid = |free| if free { FluidMix::Free } else { FluidMix::Random };
    let eye = |seed, fluid| Eye::new(&EyeConfig { fluid, ..EyeConfig::new(seed, style) });
    let picture = |scanned: &mut Scanned| {
        if whole {
            scanned.boundaries.clear();
        }
        scanned.picture()
    };
    let times = if style == VendorStyle::Spectralis { 3 } else { 1 };
    let mut before = Scanned::of(&eye(seed, FluidMix::Random));
    let before_picture = picture(&mut before);
    // Treated in every second eye.
    let again = |seed: u64| -> EnFacePicture {
        let eye = eye(seed, fluid(seed.is_multiple_of(2))).at_visit(1, moved);
        let mut dense = Scanned::denser(&eye, times);
        turned(&before_picture, &picture(&mut dense), degrees)
    };
    let geometry = &before.volume.geometry;
    [seed, seed + 1000]
        .into_iter()
        .map(|other| {
            let after = again(other);
            let scan = |picture| Scan { geometry, mask: None, fovea: None, picture: Some(picture) };
            let start = std::time::Instant::now();
            let found = said_by_vessels(&scan(&before_picture), &scan(&after)).unwrap();
            eprintln!("{} {seed} {:.2} s", style.name(), start.elapsed().as_secs_f64());
            let centre = middle(&before_picture);
            let (sin, cos) = degrees.to_radians().sin_cos();
            let truth = |x: f64, y: f64| {
                let (x, y) = (x - moved[0], y - moved[1]);
                EnFacePlace {
                    lateral_mm: centre.lateral_mm + cos * x + sin * y,
                    slow_mm: centre.slow_mm - sin * x + cos * y,
                }
            };
            let found = found.map(|(transform, confidence)| {
                let error = |x: f64, y: f64| {
                    let place =
                        EnFacePlace { lateral_mm: centre.lateral_mm + x, slow_mm: centre.slow_mm + y };
                    transform.apply(place).distance_mm(truth(x, y))
                };
                let far = [[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0], [0.0, -2.0]];
                let worst = far.into_iter().map(|[x, y]| error(x, y)).fold(0.0, f64::max);
                (confidence.strength, confidence.ratio(), [error(0.0, 0.0), worst])
            });
            Pair { style, seed, same: other == seed, moved, degrees, found }
        })
        .collect()
}
