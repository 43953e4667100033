//! What segments B-scans. The only place that knows the engine.

use std::path::Path;
use std::time::Instant;

use engine::pace::FAST_MS;
use engine::{DeviceKind, DevicePreference, Engine, EngineError};
use fluid::{ModelReport, SegmentedBScan};
use oct::{BScan, WorkingScale};

use crate::args::DeviceArg;
use crate::failure::Failure;
use crate::operating_points;

/// What segments B-scans: the engine, or a stand-in for tests.
pub trait Segmenter: Sync {
    /// What it runs on, in words.
    fn device(&self) -> String;
    /// The model.
    fn model(&self) -> ModelReport;
    /// B-scans that it segments side by side.
    fn seats(&self) -> usize {
        1
    }
    /// Segments one B-scan; `None` where it holds no picture.
    ///
    /// # Errors
    /// [`Failure::Engine`] where it cannot.
    fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure>;
}

/// The engine: on a processor, a B-scan for each of its cores at a time.
pub struct EngineSegmenter(Engine);

impl EngineSegmenter {
    /// Starts the engine with the weights in a file, or with those that come
    /// with the program. Runs the engine's self-test.
    ///
    /// # Errors
    /// [`Failure`] where the weights cannot be read or no device passes.
    pub fn start(weights: Option<&Path>, device: DeviceArg) -> Result<Self, Failure> {
        let preference = match device {
            DeviceArg::Auto => DevicePreference::Auto,
            DeviceArg::Gpu => DevicePreference::Gpu,
            DeviceArg::Cpu => DevicePreference::Cpu,
        };
        let from_file = weights
            .map(|path| std::fs::read(path).map_err(|source| Failure::Read { path: path.to_owned(), source }))
            .transpose()?;
        let weights = from_file.as_deref().unwrap_or(engine::BUNDLED_WEIGHTS);
        pollster::block_on(fastest(weights, preference)).map(Self).map_err(|error| failed(&error))
    }
}

/// The engine that `preference` asks for; where it asks for none, the faster one, by the clock.
async fn fastest(weights: &[u8], preference: DevicePreference) -> Result<Engine, EngineError> {
    let wanted = Engine::new(weights, preference).await?;
    if preference != DevicePreference::Auto || wanted.device().kind == DeviceKind::Cpu {
        return Ok(wanted);
    }
    let start = Instant::now();
    let now_ms = || start.elapsed().as_secs_f64() * 1e3;
    // A GPU that fails has lost.
    let gpu_ms = wanted.pace_ms(now_ms).await.unwrap_or(f64::INFINITY);
    if gpu_ms <= FAST_MS {
        return Ok(wanted);
    }
    let processor = Engine::new(weights, DevicePreference::Cpu).await?;
    let cpu_ms = processor.pace_ms(now_ms).await? / cores() as f64;
    Ok(if cpu_ms < gpu_ms { processor } else { wanted })
}

/// B-scans that the processor computes side by side.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Segmenter for EngineSegmenter {
    fn device(&self) -> String {
        self.0.device().to_string()
    }

    fn model(&self) -> ModelReport {
        let model = self.0.model();
        let points = operating_points::of(&model.sha256, |class| model.presence_thresholds[class.index()]);
        ModelReport::new(model.name.clone(), model.sha256.clone()).with_operating_points(points)
    }

    fn seats(&self) -> usize {
        match self.0.device().kind {
            DeviceKind::Cpu => cores(),
            DeviceKind::Gpu => 1,
        }
    }

    fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure> {
        let engine = &self.0;
        let Some(prepared) = engine.prepare_picture(bscan, WorkingScale::of(bscan.geometry())) else {
            return Ok(None);
        };
        pollster::block_on(engine.segment_prepared(&prepared)).map(Some).map_err(|error| failed(&error))
    }
}

fn failed(error: &EngineError) -> Failure {
    Failure::Engine(error.to_string())
}
