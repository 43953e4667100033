//! One engine for all ways, which segments no B-scan twice.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use fluid::{ModelReport, SegmentedBScan};
use lacuna_cli::args::DeviceArg;
use lacuna_cli::failure::Failure;
use lacuna_cli::inference::{EngineSegmenter, Segmenter};
use oct::BScan;

/// The engine with what it found so far.
pub struct Remembering {
    engine: EngineSegmenter,
    found: HashMap<u64, SegmentedBScan>,
}

impl Remembering {
    pub fn new() -> Self {
        let engine = EngineSegmenter::start(None, DeviceArg::Cpu).unwrap();
        Self { engine, found: HashMap::new() }
    }
}

impl Segmenter for &mut Remembering {
    fn device(&self) -> String {
        self.engine.device()
    }

    fn model(&self) -> ModelReport {
        self.engine.model()
    }

    fn segment(&mut self, bscan: BScan<'_>) -> Result<SegmentedBScan, Failure> {
        let mut hasher = DefaultHasher::new();
        let geometry = bscan.geometry();
        let mm = [&geometry.lateral, &geometry.axial].map(|spacing| spacing.mm().map(f64::to_bits));
        (bscan.columns(), bscan.rows(), mm, format!("{:?}", bscan.sample_type())).hash(&mut hasher);
        bscan.to_f32().iter().for_each(|sample| sample.to_bits().hash(&mut hasher));
        let key = hasher.finish();
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        let found = self.engine.segment(bscan)?;
        self.found.insert(key, found.clone());
        Ok(found)
    }
}
