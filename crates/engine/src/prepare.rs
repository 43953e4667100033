//! From a B-scan as the file holds it to the network's input.
//!
//! All of it is \[ours\]. Training and inference call the same functions.

use oct::{BScan, Scanned, WorkingGrid};

use crate::resample::Resampler;

/// Input of the network at the 1st and 99.5th percentile of the B-scan.
const LOW_PERCENTILE: f64 = 0.01;
const HIGH_PERCENTILE: f64 = 0.995;

/// A B-scan in the working grid.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedBScan {
    /// Rows of the B-scan itself.
    pub rows: usize,
    /// Columns of the B-scan itself.
    pub columns: usize,
    /// Size of the working grid.
    pub grid: WorkingGrid,
    /// `grid.rows * grid.columns` values, row by row, 0 (black) to 1.
    pub image: Vec<f32>,
    /// What of the B-scan is padding, `rows * columns`, row by row; empty where nothing is.
    /// No fluid lies there.
    pub padding: Vec<bool>,
}

/// Working pixels of which at least this part is padding are padding.
const PADDED: f32 = 0.5;

/// The network's input for `bscan`.
pub fn prepare(bscan: BScan<'_>, grid: WorkingGrid) -> PreparedBScan {
    prepare_scanned(bscan.scanned(), [bscan.rows(), bscan.columns()], grid)
}

/// As [`prepare`], where `bscan` holds a picture.
pub fn prepare_picture(bscan: BScan<'_>, grid: WorkingGrid) -> Option<PreparedBScan> {
    Some(prepare_scanned(bscan.picture()?, [bscan.rows(), bscan.columns()], grid))
}

fn prepare_scanned(scanned: Scanned, [rows, columns]: [usize; 2], grid: WorkingGrid) -> PreparedBScan {
    let Scanned { samples, is_padding } = scanned;
    let resampler = Resampler::new([rows, columns], [grid.rows, grid.columns]);
    let mut image = resampler.apply(&samples);
    let padding = if is_padding.contains(&true) { is_padding } else { Vec::new() };
    let prepared_padding = padding_in(&resampler, &padding);
    normalise_but(&mut image, &prepared_padding);
    PreparedBScan { rows, columns, grid, image, padding }
}

impl PreparedBScan {
    /// What of the working grid is padding; empty where nothing is.
    pub fn working_padding(&self) -> Vec<bool> {
        let resampler = Resampler::new([self.rows, self.columns], [self.grid.rows, self.grid.columns]);
        padding_in(&resampler, &self.padding)
    }

    /// Takes the `channels` of `probabilities` (labels x grid rows x grid columns) off the
    /// padding. What is no number stays, so that it is still found.
    pub fn clear_probabilities(&self, probabilities: &mut [f32], channels: [usize; 3]) {
        let pixels = self.grid.rows * self.grid.columns;
        for (index, _) in self.working_padding().iter().enumerate().filter(|(_, padding)| **padding) {
            for channel in channels {
                let probability = &mut probabilities[channel * pixels + index];
                *probability = if probability.is_finite() { 0.0 } else { *probability };
            }
        }
    }

    /// Takes `labels` of the B-scan's own grid off the padding.
    pub fn clear_labels(&self, labels: &mut [u8]) {
        for (label, _) in labels.iter_mut().zip(&self.padding).filter(|(_, padding)| **padding) {
            *label = 0;
        }
    }
}

fn padding_in(resampler: &Resampler, padding: &[bool]) -> Vec<bool> {
    if padding.is_empty() {
        return Vec::new();
    }
    let cells: Vec<f32> = padding.iter().map(|padding| f32::from(u8::from(*padding))).collect();
    resampler.apply(&cells).into_iter().map(|part| part >= PADDED).collect()
}

/// Maps the 1st percentile to 0 and the 99.5th to 1, and clamps.
pub fn normalise(image: &mut [f32]) {
    normalise_but(image, &[]);
}

/// As [`normalise`], of what is no padding. Padding becomes black, as the network learnt it:
/// the picture mirrored into it made 87 nl SRF and 47 nl PED of 162 nl SRF.
fn normalise_but(image: &mut [f32], padding: &[bool]) {
    let is_padding = |index: usize| padding.get(index).is_some_and(|padding| *padding);
    let of_eye = image.iter().enumerate().filter(|(index, _)| !is_padding(*index));
    let mut sorted: Vec<f32> = of_eye.map(|(_, value)| *value).collect();
    let low = percentile(&mut sorted, LOW_PERCENTILE);
    let high = percentile(&mut sorted, HIGH_PERCENTILE);
    let range = if high > low { high - low } else { 1.0 };
    for (index, value) in image.iter_mut().enumerate() {
        *value = if is_padding(index) { 0.0 } else { ((*value - low) / range).clamp(0.0, 1.0) };
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
    use oct::{Geometry, OctVolume, Samples, StatedPadding};

    use super::*;

    fn eye(padded: bool) -> OctVolume {
        let samples = (0..64 * 64).map(|index| {
            let (row, column) = (index / 64, index % 64);
            let noise = (index * 7919 % 31) as u16;
            match row {
                row if padded && row < 20 => 4095,
                row if row < 30 => 40 + noise,
                row if row < 40 => 200 + noise + column as u16,
                _ => 90 + noise,
            }
        });
        let mut volume =
            OctVolume::new(64, 64, 1, Samples::U16(samples.collect()), Geometry::default()).unwrap();
        volume.stated_padding = padded.then(|| StatedPadding::new(4095.0, 4095.0));
        volume
    }

    #[test]
    fn stated_padding_is_black_and_changes_nothing_of_the_rest() {
        let grid = WorkingGrid { rows: 64, columns: 64 };
        let [plain, padded] = [false, true].map(|padded| prepare(eye(padded).bscan(0).unwrap(), grid));
        assert!(plain.padding.is_empty());
        assert_eq!(padded.padding.iter().filter(|padding| **padding).count(), 20 * 64);
        assert!(padded.image[..20 * 64].iter().all(|value| *value == 0.0));
        for (one, other) in plain.image[20 * 64..].iter().zip(&padded.image[20 * 64..]) {
            assert!((one - other).abs() < 0.02, "{one} and {other}");
        }
    }

    #[test]
    fn the_same_greys_in_8_and_16_bits_and_floats_are_the_same_input_however_bright() {
        let grid = WorkingGrid { rows: 48, columns: 48 };
        let greys = |gain: f32| -> Vec<f32> {
            let volume = eye(false);
            volume.bscan(0).unwrap().to_f32().iter().map(|grey| (grey * gain).min(255.0).floor()).collect()
        };
        for gain in [0.5, 1.0, 1.3, 2.0] {
            let greys = greys(gain);
            let of = |samples| {
                let volume = OctVolume::new(64, 64, 1, samples, Geometry::default()).unwrap();
                prepare(volume.bscan(0).unwrap(), grid)
            };
            let bytes = of(Samples::U8(greys.iter().map(|grey| *grey as u8).collect()));
            assert!(bytes.padding.is_empty(), "no layer is padding at gain {gain}");
            assert_eq!(bytes, of(Samples::U16(greys.iter().map(|grey| *grey as u16).collect())));
            assert_eq!(bytes, of(Samples::F32(greys)));
        }
    }

    #[test]
    fn a_flat_image_becomes_black_not_nan() {
        let mut flat = vec![7.0; 12];
        normalise(&mut flat);
        assert_eq!(flat, vec![0.0; 12]);
    }
}
