//! One engine for all ways, which segments no B-scan twice; and a stand-in for it
//! where it only matters whether there is a figure.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use fluid::{ModelReport, SegmentedBScan};
use lacuna_cli::args::DeviceArg;
use lacuna_cli::failure::Failure;
use lacuna_cli::inference::{EngineSegmenter, Segmenter};
use oct::BScan;

/// What segments B-scans in this process.
pub enum Segments {
    /// The engine.
    Engine(Box<Remembering>),
    /// [`by_grey`].
    StandIn,
}

impl Segmenter for &Segments {
    fn device(&self) -> String {
        match self {
            Segments::Engine(engine) => engine.engine.device(),
            Segments::StandIn => "a stand-in".to_owned(),
        }
    }

    fn model(&self) -> ModelReport {
        match self {
            Segments::Engine(engine) => engine.engine.model(),
            Segments::StandIn => ModelReport::new("a stand-in", "00"),
        }
    }

    fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure> {
        match self {
            Segments::Engine(engine) => engine.segment(bscan),
            Segments::StandIn => Ok(bscan.has_picture().then(|| by_grey(&bscan.to_f32()))),
        }
    }
}

/// Labels by bands of grey, whatever the scale of the samples.
fn by_grey(samples: &[f32]) -> SegmentedBScan {
    let (least, most) = samples.iter().fold((f32::MAX, f32::MIN), |(a, b), of| (a.min(*of), b.max(*of)));
    let label = |sample: &f32| match (sample - least) / (most - least) {
        0.30..0.36 => 1,
        0.42..0.50 => 2,
        0.56..0.66 => 3,
        _ => 0,
    };
    SegmentedBScan::of_labels(samples.iter().map(label).collect(), [0.5; 3])
}

/// The engine with what it found so far.
pub struct Remembering {
    engine: EngineSegmenter,
    found: Mutex<HashMap<u64, Option<SegmentedBScan>>>,
}

impl Remembering {
    pub fn new() -> Self {
        let engine = EngineSegmenter::start(None, DeviceArg::Cpu).unwrap();
        Self { engine, found: Mutex::default() }
    }

    fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure> {
        // That depends on the B-scan before it, too.
        if !bscan.has_picture() {
            return Ok(None);
        }
        let mut hasher = DefaultHasher::new();
        let geometry = bscan.geometry();
        let mm = [&geometry.lateral, &geometry.axial].map(|spacing| spacing.mm().map(f64::to_bits));
        (bscan.columns(), bscan.rows(), mm, format!("{:?}", bscan.sample_type())).hash(&mut hasher);
        bscan.to_f32().iter().for_each(|sample| sample.to_bits().hash(&mut hasher));
        let key = hasher.finish();
        if let Some(found) = self.found.lock().unwrap().get(&key) {
            return Ok(found.clone());
        }
        let found = self.engine.segment(bscan)?;
        self.found.lock().unwrap().insert(key, found.clone());
        Ok(found)
    }
}
