//! What the network says of one B-scan.

/// Labels and evidence of one B-scan.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentedBScan {
    /// `rows * columns` labels in the B-scan's own grid, row by row: 0 background,
    /// 1 IRF, 2 SRF, 3 PED ([`oct::FluidClass::label`]).
    pub labels: Vec<u8>,
    /// Calibrated evidence for each fluid, 0..=1, by [`oct::FluidClass::index`];
    /// [`crate::presence`] says what it is.
    pub evidence: [f32; 3],
}
