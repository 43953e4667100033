//! How long each tool takes in a volume of 128 B-scans of 512 x 1024:
//! `cargo run --release -p correct --example pace`.

use std::borrow::Cow;
use std::time::Instant;

use correct::{Corrections, Drawn, Edit, Extent, Grid, History, Paint, Place, Planes, Point, Radius};
use oct::FluidClass;

const GRID: Grid = Grid { columns: 512, rows: 1024, bscans: 128 };

/// A bright field with a dark pocket and, around it, fluid in half of the B-scans.
struct Scan {
    greys: Vec<u8>,
    fluid: Vec<u8>,
    none: Vec<u8>,
    chances: Vec<u8>,
    corrections: Corrections,
}

impl Scan {
    fn new() -> Self {
        let pixels = GRID.pixels() as usize;
        let distance = |at: usize| {
            let (column, row) = ((at % 512) as f32 - 250.0, (at / 512) as f32 - 500.0);
            (column / 60.0).hypot(row / 90.0)
        };
        let noise = |at: usize| (at as u32).wrapping_mul(2_654_435_761) >> 27;
        let grey = |at: usize| if distance(at) < 1.0 { 20 } else { 110 } + noise(at) as u8;
        let fluid: Vec<u8> = (0..pixels).map(|at| u8::from(distance(at) < 1.2) * 2).collect();
        let mut chances = vec![0; 3 * pixels];
        for at in 0..pixels {
            chances[pixels + at] = (200.0 - 100.0 * distance(at)).max(0.0) as u8;
        }
        Self {
            greys: (0..pixels).map(grey).collect(),
            fluid,
            none: vec![0; pixels],
            chances,
            corrections: Corrections::none(GRID),
        }
    }
}

impl Planes for Scan {
    fn grid(&self) -> Grid {
        GRID
    }

    fn labels(&self, bscan: u32) -> Option<Cow<'_, [u8]>> {
        let model = if bscan < 64 { &self.fluid } else { &self.none };
        Some(match self.corrections.drawn(bscan) {
            None => model.into(),
            Some(drawn) => {
                let mut labels = model.clone();
                drawn.over(&mut labels);
                labels.into()
            }
        })
    }

    fn greys(&self, _bscan: u32) -> Option<Cow<'_, [u8]>> {
        Some((&self.greys).into())
    }

    fn chances(&self, _bscan: u32) -> Option<Cow<'_, [u8]>> {
        Some((&self.chances).into())
    }

    fn drawn(&self, bscan: u32) -> Option<&Drawn> {
        self.corrections.drawn(bscan)
    }
}

fn main() {
    let mut scan = Scan::new();
    let mut history = History::default();
    let srf = FluidClass::Srf;
    let radius = Radius { columns: 12.0, rows: 20.0 };
    let around = |step: f32| Point { column: 250.0 + 80.0 * step.cos(), row: 500.0 + 120.0 * step.sin() };
    let points: Vec<Point> = (0..120).map(|step| around(step as f32 / 20.0)).collect();
    let at = Place { column: 250, row: 500 };
    let edits = [
        ("stroke of 120 points", Edit::Stroke { paint: Paint::Fluid(srf), radius, points: points.clone() }),
        ("eraser of 120 points", Edit::Stroke { paint: Paint::Background, radius, points: points.clone() }),
        ("lasso of 120 points", Edit::Lasso { paint: Paint::Fluid(srf), outline: points.clone() }),
        ("push of 120 points", Edit::Push { class: srf, radius, points }),
        ("fill", Edit::Fill { class: srf, at }),
        ("accept", Edit::Accept { class: srf, at }),
        ("component in the B-scan", Edit::Component { at, extent: Extent::BScan, paint: Paint::Background }),
        (
            "component in 64 B-scans",
            Edit::Component {
                at: Place { column: 250, row: 405 },
                extent: Extent::Volume,
                paint: Paint::Fluid(FluidClass::Ped),
            },
        ),
        ("interpolation over 20 B-scans", Edit::Interpolate { class: FluidClass::Ped, from: 0, to: 21 }),
        ("clear all", Edit::Clear { extent: Extent::Volume }),
    ];
    for (name, edit) in edits {
        let start = Instant::now();
        let changes = correct::changes(&edit, 10, &scan);
        let found_ms = start.elapsed().as_secs_f64() * 1000.0;
        let said = match changes {
            Ok(changes) => {
                let entry = scan.corrections.apply(&changes);
                let said = format!("{} B-scans", entry.bscans().len());
                history.push(entry);
                said
            }
            Err(error) => error.to_string(),
        };
        let made_ms = start.elapsed().as_secs_f64() * 1000.0 - found_ms;
        println!("{name:<32} {found_ms:>7.2} ms, drawn in {made_ms:>6.2} ms: {said}");
    }
    println!("history: {} bytes", history.heap_bytes());
}
