//! What the network says of one B-scan.

/// One B-scan, segmented.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentedBScan {
    /// `rows * columns` labels in the B-scan's own grid: 0 background, 1 IRF, 2 SRF, 3 PED.
    pub labels: Vec<u8>,
    /// Calibrated evidence for each fluid, 0..=1, by [`oct::FluidClass::index`].
    pub evidence: [f32; 3],
}
