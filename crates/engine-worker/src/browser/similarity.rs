//! The similarity maps of the B-scan in view.

use engine::{Engine, EngineError, PreparedBScan};
use engine_protocol::{Event, FailedStep, JobId};

use super::lane::LaneError;
use super::link::{tell, tell_failure};
use super::primary::{Missing, Primary, Ready};

/// Similarity maps as the page is given them.
pub struct ShownMaps {
    /// Name of each map, finest first.
    pub names: Vec<String>,
    /// `rows * columns` bytes a map, 0 where detail was kept, 255 where semantics were trusted.
    pub maps: Vec<Vec<u8>>,
}

impl ShownMaps {
    /// Computes them here.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn of(engine: &Engine, bscan: &PreparedBScan) -> Result<Self, EngineError> {
        let bytes = |values: Vec<f32>| values.iter().map(|s| (s * 255.0).round() as u8).collect();
        let maps = engine.similarity_maps(bscan).await?;
        let (names, maps) = maps.into_iter().map(|map| (map.name, bytes(map.values))).unzip();
        Ok(Self { names, maps })
    }
}

/// Why there are no maps.
#[derive(Debug)]
enum SimilarityError {
    Engine(EngineError),
    Lane(LaneError),
}

impl std::fmt::Display for SimilarityError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cause: &dyn std::fmt::Display = match self {
            Self::Engine(error) => error,
            Self::Lane(error) => error,
        };
        write!(formatter, "The similarity map could not be computed: {cause}.")
    }
}

impl std::error::Error for SimilarityError {}

impl Primary {
    /// Computes and tells the maps of one B-scan.
    pub async fn show_similarity(&self, volume: JobId, bscan: u32) {
        let Some(ready) = self.ready.borrow().clone() else {
            return tell_failure(None, FailedStep::Show, &Missing::Engine);
        };
        // A copy of one B-scan: the session must not stay borrowed while the device works.
        let alone = self.session.borrow().as_ref().and_then(|session| {
            let bscan = session.volume.bscan(bscan as usize)?;
            Some(ready.engine.prepare(bscan))
        });
        let Some(prepared) = alone else {
            return tell_failure(None, FailedStep::Show, &Missing::BScan(bscan));
        };
        match compute(&ready, &prepared).await {
            Ok(_) if self.volume.get() != Some(volume) => {}
            Ok(shown) => tell(&Event::Similarity { bscan, names: shown.names }, shown.maps),
            Err(error) => tell_failure(None, FailedStep::Show, &error),
        }
    }
}

/// On the lane with the least to do, so that this worker goes on answering.
async fn compute(ready: &Ready, prepared: &PreparedBScan) -> Result<ShownMaps, SimilarityError> {
    match ready.lanes.iter().min_by_key(|lane| lane.tasks_waiting()) {
        Some(lane) => lane.similarity(prepared).await.map_err(SimilarityError::Lane),
        None => ShownMaps::of(&ready.engine, prepared).await.map_err(SimilarityError::Engine),
    }
}
