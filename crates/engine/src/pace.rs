//! How fast a device is, by the clock on the wall: what a device says of its own time leaves
//! out most of what a person waits for.

use oct::{Framing, WorkingScale};

use crate::pipeline::{Engine, EngineError};
use crate::prepare::PreparedBScan;

/// Rows and columns of the B-scan with which devices are warmed up and compared: about those of
/// a usual working grid.
pub const USUAL_BSCAN: [usize; 2] = [256, 496];
/// A B-scan in so many milliseconds: no processor that we measured is as fast, so that none
/// need be asked.
pub const FAST_MS: f64 = 2.0;
/// B-scans by which a device that computes several at once is measured, so that a slow one
/// keeps nobody waiting.
const AT_MOST: usize = 4;

impl Engine {
    /// Milliseconds of `now_ms` that a B-scan of a usual size takes where many wait. Computes
    /// twice: the first pass, of one B-scan, has its pipelines compiled and its memory made.
    ///
    /// # Errors
    /// [`EngineError::Device`] where the device fails.
    pub async fn pace_ms(&self, now_ms: impl Fn() -> f64) -> Result<f64, EngineError> {
        let bscan = self.usual();
        self.forward_batch(std::slice::from_ref(&bscan)).await?;
        let batch = vec![bscan; self.batch().min(AT_MOST)];
        let start_ms = now_ms();
        self.forward_batch(&batch).await?;
        Ok((now_ms() - start_ms) / batch.len() as f64)
    }

    /// A grey B-scan of the usual size: what a pass costs does not depend on what it shows.
    fn usual(&self) -> PreparedBScan {
        let [rows, columns] = USUAL_BSCAN;
        let scale = WorkingScale { axial_um: None, lateral_um: None };
        let framing = Framing::whole(USUAL_BSCAN, self.working_grid(rows, columns, scale));
        let image = vec![0.5; framing.grid.rows * framing.grid.columns];
        PreparedBScan { framing, image, padding: Vec::new() }
    }
}
