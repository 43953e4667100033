//! From a B-scan as the file holds it to the network's input.
//!
//! All of it is \[ours\]. Training and inference call the same functions.

use oct::{BScan, Geometry, SampleType};

use crate::resample::Resampler;

/// Distance between working rows, µm: half of a Spectralis row, four of a Cirrus row.
pub const WORKING_AXIAL_UM: f64 = 7.8;
/// Distance between working columns, µm.
pub const WORKING_LATERAL_UM: f64 = 20.0;
/// Depth taken for a B-scan whose axial spacing is not known, µm: the devices
/// of RETOUCH image 1.9 to 2.3 mm. Used to choose the working grid only, never
/// for a volume.
const ASSUMED_DEPTH_UM: f64 = 2000.0;
/// Column distance taken where it is not known, µm; RETOUCH's three devices have
/// 10.9 to 12.0. For the working grid only, never for a volume.
const ASSUMED_LATERAL_UM: f64 = 11.6;
/// Rows and columns of the working grid lie within these bounds.
const WORKING_ROWS: [usize; 2] = [128, 512];
const WORKING_COLUMNS: [usize; 2] = [64, 1024];
/// Input of the network at the 1st and 99.5th percentile of the B-scan.
const LOW_PERCENTILE: f64 = 0.01;
const HIGH_PERCENTILE: f64 = 0.995;

/// Size of the network's input for a B-scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingGrid {
    /// Rows, a multiple of `multiple`.
    pub rows: usize,
    /// Columns, a multiple of `multiple`.
    pub columns: usize,
}

impl WorkingGrid {
    /// The grid for B-scans of `rows` x `columns`, as close to
    /// [`WORKING_AXIAL_UM`] x [`WORKING_LATERAL_UM`] as `multiple` allows.
    pub fn choose(rows: usize, columns: usize, geometry: &Geometry, multiple: usize) -> Self {
        let depth_um = geometry.axial.mm().map_or(ASSUMED_DEPTH_UM, |mm| mm * 1000.0 * rows as f64);
        let lateral_um = geometry.lateral.mm().map_or(ASSUMED_LATERAL_UM, |mm| mm * 1000.0);
        Self {
            rows: rounded(depth_um / WORKING_AXIAL_UM, multiple, WORKING_ROWS),
            columns: rounded(lateral_um * columns as f64 / WORKING_LATERAL_UM, multiple, WORKING_COLUMNS),
        }
    }
}

fn rounded(samples: f64, multiple: usize, [low, high]: [usize; 2]) -> usize {
    let steps = (samples / multiple as f64).round().clamp(1.0, high as f64) as usize;
    (steps * multiple).clamp(low.next_multiple_of(multiple), high / multiple * multiple)
}

/// The network's input for `bscan`: `grid.rows * grid.columns` values, row by
/// row, 0 (black) to 1.
pub fn prepare(bscan: BScan<'_>, grid: WorkingGrid) -> Vec<f32> {
    let mut samples = bscan.to_f32();
    let saturated = match bscan.sample_type() {
        SampleType::U8 => Some(255.0),
        SampleType::U16 => Some(65535.0),
        SampleType::F32 => None,
    };
    if let Some(white) = saturated {
        blacken_padding(&mut samples, bscan.columns(), white);
    }
    let from = [bscan.rows(), bscan.columns()];
    let mut image = Resampler::new(from, [grid.rows, grid.columns]).apply(&samples);
    normalise(&mut image);
    image
}

/// Registration fills what it moved in with white wedges that touch the border
/// (the Duke set is full of them). They are no tissue: pixels of the largest
/// value that hang together with the border become 0.
///
/// # Shapes
/// - `samples`: rows x `columns`, row by row
pub fn blacken_padding(samples: &mut [f32], columns: usize, white: f32) {
    let rows = samples.len() / columns.max(1);
    let mut open: Vec<usize> = (0..rows * columns)
        .filter(|index| {
            let (row, column) = (index / columns, index % columns);
            row == 0 || column == 0 || row + 1 == rows || column + 1 == columns
        })
        .filter(|index| samples[*index] >= white)
        .collect();
    for index in &open {
        samples[*index] = 0.0;
    }
    while let Some(index) = open.pop() {
        let (row, column) = (index / columns, index % columns);
        let neighbours = [
            (row > 0).then(|| index - columns),
            (row + 1 < rows).then(|| index + columns),
            (column > 0).then(|| index - 1),
            (column + 1 < columns).then(|| index + 1),
        ];
        for neighbour in neighbours.into_iter().flatten() {
            if samples[neighbour] >= white {
                samples[neighbour] = 0.0;
                open.push(neighbour);
            }
        }
    }
}

/// Maps the 1st percentile to 0 and the 99.5th to 1, and clamps.
pub fn normalise(image: &mut [f32]) {
    let mut sorted = image.to_vec();
    let low = percentile(&mut sorted, LOW_PERCENTILE);
    let high = percentile(&mut sorted, HIGH_PERCENTILE);
    let range = if high > low { high - low } else { 1.0 };
    for value in image {
        *value = ((*value - low) / range).clamp(0.0, 1.0);
    }
}

fn percentile(values: &mut [f32], fraction: f64) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let index = ((values.len() - 1) as f64 * fraction).round() as usize;
    *values.select_nth_unstable_by(index, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{Axis, AxisSpacing, SpacingSource};

    fn geometry(lateral_mm: f64, axial_mm: f64) -> Geometry {
        let known = |axis, mm| AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap();
        Geometry {
            lateral: known(Axis::Lateral, lateral_mm),
            axial: known(Axis::Axial, axial_mm),
            ..Geometry::default()
        }
    }

    #[test]
    fn the_three_vendors_of_retouch_share_one_working_size() {
        let cirrus = WorkingGrid::choose(1024, 512, &geometry(0.01174, 0.00196), 16);
        let spectralis = WorkingGrid::choose(496, 512, &geometry(0.0115, 0.00387), 16);
        let topcon = WorkingGrid::choose(885, 512, &geometry(0.01172, 0.0026), 16);
        assert_eq!(cirrus, WorkingGrid { rows: 256, columns: 304 });
        assert_eq!(spectralis, WorkingGrid { rows: 240, columns: 288 });
        assert_eq!(topcon, WorkingGrid { rows: 288, columns: 304 });
    }

    #[test]
    fn a_bscan_without_spacing_gets_a_usual_grid_and_hostile_sizes_stay_bounded() {
        let unknown = WorkingGrid::choose(496, 768, &Geometry::default(), 16);
        assert_eq!(unknown, WorkingGrid { rows: 256, columns: 448 });
        let huge = WorkingGrid::choose(60_000, 60_000, &geometry(10.0, 10.0), 16);
        assert_eq!(huge, WorkingGrid { rows: 512, columns: 1024 });
        let small = WorkingGrid::choose(1, 1, &geometry(1e-9, 1e-9), 16);
        assert_eq!(small, WorkingGrid { rows: 128, columns: 64 });
    }

    #[test]
    fn white_wedges_at_the_border_turn_black_and_bright_tissue_does_not() {
        let mut samples = vec![100.0; 25];
        samples[0] = 255.0;
        samples[1] = 255.0;
        samples[6] = 255.0;
        samples[18] = 255.0;
        blacken_padding(&mut samples, 5, 255.0);
        assert_eq!((samples[0], samples[1], samples[6]), (0.0, 0.0, 0.0));
        assert_eq!(samples[18], 255.0);
    }

    #[test]
    fn a_flat_image_becomes_black_not_nan() {
        let mut flat = vec![7.0; 12];
        normalise(&mut flat);
        assert_eq!(flat, vec![0.0; 12]);
    }
}
