//! Similarity maps as the page is given them.

use engine::{Engine, EngineError, PreparedBScan};

/// Similarity maps of one B-scan.
#[derive(Debug)]
pub struct SimilarityMaps {
    /// Name of each map, finest first.
    pub names: Vec<String>,
    /// `rows * columns` bytes a map, 0 where detail was kept, 255 where semantics were trusted.
    pub maps: Vec<Vec<u8>>,
}

impl SimilarityMaps {
    /// Computes them with `engine`.
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
