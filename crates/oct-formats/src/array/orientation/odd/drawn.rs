//! A picture with layers, vessels that throw shadows, and speckle, for tests.

/// Columns, rows and B-scans of it.
pub(super) const SIZES: [usize; 3] = [96, 80, 6];

/// A number of 0 to 1 for each `seed`.
fn random(seed: usize) -> f64 {
    let mut state = (seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state ^= state >> 29;
    state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (state >> 40) as f64 / f64::from(1 << 24)
}

/// Its greys, column-fastest.
pub(super) fn greys() -> Vec<u8> {
    let [columns, rows, bscans] = SIZES;
    let mut greys = Vec::new();
    for (bscan, row) in (0..bscans).flat_map(|bscan| (0..rows).map(move |row| (bscan, row))) {
        for column in 0..columns {
            let depth = row as f64 + 6.0 * (column as f64 / 30.0).sin();
            let layer =
                [15.0, 20.0, 150.0, 110.0, 210.0, 80.0, 50.0, 35.0][(depth / 11.0).clamp(0.0, 7.0) as usize];
            // Vessels are some columns wide.
            let shadow = 0.65 + 0.35 * random(7_000_000 + column / 3 + 1000 * bscan);
            let at = (bscan * rows + row) * columns + column;
            let speckle = 0.8 + 0.2 * (random(at) + random(at + 1));
            greys.push((layer * shadow * speckle).min(255.0) as u8);
        }
    }
    greys
}
