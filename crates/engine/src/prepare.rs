//! From a B-scan as the file holds it to the network's input.
//!
//! All of it is \[ours\]. Training and inference call the same functions.

use std::borrow::Cow;

use oct::rank::at_ranks;
use oct::{BScan, Framing, Scanned, WorkingScale};

/// Input of the network at the 1st and 99.5th percentile of the B-scan.
const LOW_PERCENTILE: f64 = 0.01;
const HIGH_PERCENTILE: f64 = 0.995;
/// Working pixels of which at least this part is padding are padding.
const PADDED: f32 = 0.5;
/// Working rows, 125 µm, whose mean goes on below a B-scan that ends too early, and those,
/// 230 µm, over which it falls to 1/e: light fades so beneath the retina.
const LAST_ROWS: usize = 16;
const FADING_ROWS: f32 = 30.0;

/// A B-scan in the working grid.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedBScan {
    /// What it shows.
    pub framing: Framing,
    /// `grid.rows * grid.columns` values, row by row, 0 (black) to 1.
    pub image: Vec<f32>,
    /// What of the B-scan is padding, `rows * columns`, row by row; empty where nothing is.
    /// No fluid lies there.
    pub padding: Vec<bool>,
}

/// The network's input for `bscan`, whose samples have the sizes `scale`.
pub fn prepare(bscan: BScan<'_>, scale: WorkingScale, multiple: usize) -> PreparedBScan {
    prepare_scanned(bscan.scanned(), [bscan.rows(), bscan.columns()], scale, multiple)
}

/// As [`prepare`], where `bscan` holds a picture.
pub fn prepare_picture(bscan: BScan<'_>, scale: WorkingScale, multiple: usize) -> Option<PreparedBScan> {
    let size = [bscan.rows(), bscan.columns()];
    Some(prepare_scanned(bscan.picture()?, size, scale, multiple))
}

fn prepare_scanned(
    scanned: Scanned,
    size: [usize; 2],
    scale: WorkingScale,
    multiple: usize,
) -> PreparedBScan {
    let framing = Framing::of(&scanned.is_padding, size, scale, multiple);
    PreparedBScan::framed(scanned, framing)
}

impl PreparedBScan {
    /// Of a B-scan that is seen as `framing` says.
    pub fn framed(scanned: Scanned, framing: Framing) -> Self {
        let Scanned { samples, is_padding, .. } = scanned;
        let mut image = framing.to_working(&samples, 0.0);
        let padding = if is_padding.contains(&true) { is_padding } else { Vec::new() };
        let working_padding = padding_in(framing, &padding);
        normalise_but(&mut image, &working_padding);
        fade_below(framing, &mut image, &working_padding);
        Self { framing, image, padding }
    }

    /// What of the working grid is padding; empty where nothing is.
    pub fn working_padding(&self) -> Vec<bool> {
        padding_in(self.framing, &self.padding)
    }

    /// Takes the `channels` of `probabilities` (labels x grid rows x grid columns) off the
    /// padding. What is no number stays, so that it is still found.
    pub fn clear_probabilities(&self, probabilities: &mut [f32], channels: [usize; 3]) {
        let pixels = self.framing.grid.rows * self.framing.grid.columns;
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

/// Lets `image`, of the working grid, fade below what the network sees of the B-scan.
fn fade_below(framing: Framing, image: &mut [f32], padding: &[bool]) {
    if framing.rows_below == 0 {
        return;
    }
    let columns = framing.grid.columns;
    let end = (framing.grid.rows * framing.seen.rows).div_ceil(framing.shown_rows());
    let last = end.saturating_sub(LAST_ROWS) * columns..end * columns;
    let of_eye: Vec<f32> = last.filter(|index| !padding[*index]).map(|index| image[index]).collect();
    let mean = of_eye.iter().sum::<f32>() / of_eye.len().max(1) as f32;
    for (row, line) in image[end * columns..].chunks_exact_mut(columns).enumerate() {
        line.fill(mean * (-(row as f32 + 0.5) / FADING_ROWS).exp());
    }
}

fn padding_in(framing: Framing, padding: &[bool]) -> Vec<bool> {
    let cells: Vec<f32> = match padding {
        [] if framing.rows_below == 0 => return Vec::new(),
        [] => vec![0.0; framing.rows * framing.columns],
        padding => padding.iter().map(|padding| f32::from(u8::from(*padding))).collect(),
    };
    framing.to_working(&cells, 1.0).into_iter().map(|part| part >= PADDED).collect()
}

/// Maps the 1st percentile to 0 and the 99.5th to 1, and clamps.
pub fn normalise(image: &mut [f32]) {
    normalise_but(image, &[]);
}

/// As [`normalise`], of what is no padding. Padding becomes black, as the network learnt it:
/// the picture mirrored into it made 87 nl SRF and 47 nl PED of 162 nl SRF.
fn normalise_but(image: &mut [f32], padding: &[bool]) {
    let of_eye = match padding {
        [] => Cow::Borrowed(&*image),
        padding => image.iter().zip(padding).filter(|(_, padding)| !**padding).map(|(v, _)| *v).collect(),
    };
    let last = of_eye.len().saturating_sub(1) as f64;
    let ranks = [LOW_PERCENTILE, HIGH_PERCENTILE].map(|fraction| (last * fraction).round() as usize);
    let [low, high] = at_ranks(&of_eye, ranks).unwrap_or_default();
    let range = if high > low { high - low } else { 1.0 };
    for value in image.iter_mut() {
        *value = ((*value - low) / range).clamp(0.0, 1.0);
    }
    for (value, _) in image.iter_mut().zip(padding).filter(|(_, padding)| **padding) {
        *value = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use oct::{Geometry, OctVolume, Region, Samples, StatedPadding, WorkingGrid};

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

    const UNKNOWN: WorkingScale = WorkingScale { axial_um: None, lateral_um: None };

    #[test]
    fn padding_within_a_bscan_is_black_and_changes_nothing_of_the_rest() {
        let grid = WorkingGrid { rows: 64, columns: 64 };
        let [plain, padded] = [false, true].map(|padded| {
            let scanned = eye(padded).bscan(0).unwrap().scanned();
            PreparedBScan::framed(scanned, Framing::whole([64, 64], grid))
        });
        assert!(plain.padding.is_empty());
        assert_eq!(padded.padding.iter().filter(|padding| **padding).count(), 20 * 64);
        assert!(padded.image[..20 * 64].iter().all(|value| *value == 0.0));
        for (one, other) in plain.image[20 * 64..].iter().zip(&padded.image[20 * 64..]) {
            assert!((one - other).abs() < 0.02, "{one} and {other}");
        }
    }

    /// `eye` with a black canvas of 40 rows above, 8 below, 30 columns to the left and 20 to
    /// the right.
    fn on_a_canvas(eye: &OctVolume) -> OctVolume {
        let greys = eye.bscan(0).unwrap().to_f32();
        let at = |row: usize, column: usize| match (row.checked_sub(40), column.checked_sub(30)) {
            (Some(row), Some(column)) if row < 64 && column < 64 => greys[row * 64 + column] as u16,
            _ => 0,
        };
        let samples = (0..112 * 114).map(|index| at(index / 114, index % 114)).collect();
        OctVolume::new(114, 112, 1, Samples::U16(samples), Geometry::default()).unwrap()
    }

    #[test]
    fn the_network_sees_an_eye_on_a_canvas_as_it_sees_the_eye() {
        let eye = eye(false);
        let alone = prepare(eye.bscan(0).unwrap(), UNKNOWN, 16);
        let canvas = prepare(on_a_canvas(&eye).bscan(0).unwrap(), UNKNOWN, 16);
        assert_eq!(canvas.framing.seen, Region { top: 40, left: 30, rows: 64, columns: 64 });
        assert!(canvas.image == alone.image);
        let map = vec![1.0; alone.image.len()];
        let back = canvas.framing.to_bscan(&map, canvas.framing.grid);
        assert_eq!(back.iter().filter(|value| **value > 0.0).count(), 64 * 64);
        let is_seen = |row: usize, column: usize| back[row * 114 + column] > 0.9;
        assert!(!is_seen(39, 60) && is_seen(40, 30) && is_seen(103, 93));
    }

    #[test]
    fn a_cut_eye_fades_to_a_usual_depth_and_is_found_where_it_lies() {
        let scale = WorkingScale { axial_um: Some(20.0), lateral_um: Some(20.0) };
        let cut = prepare(eye(false).bscan(0).unwrap(), scale, 16);
        assert_eq!((cut.framing.rows_below, cut.framing.grid.rows), (31, 240));
        let pixels = cut.framing.grid.columns;
        let added = cut.working_padding();
        assert!(!added[150 * pixels] && added[170 * pixels], "64 of 95 rows");
        let means = |row: usize| cut.image[row * pixels..][..pixels].iter().sum::<f32>() / pixels as f32;
        assert!(means(159) > means(170) && means(170) > means(230) && means(230) > 0.0);
        assert!(means(230) < 0.15 * means(159));
        let eye: Vec<f32> = added.iter().map(|added| f32::from(u8::from(!*added))).collect();
        let back = cut.framing.to_bscan(&eye, cut.framing.grid);
        assert_eq!(back.len(), 64 * 64);
        assert!(back[..62 * 64].iter().all(|value| *value > 0.9));
    }

    #[test]
    fn the_same_greys_in_8_and_16_bits_and_floats_are_the_same_input_however_bright() {
        let greys = |gain: f32| -> Vec<f32> {
            let volume = eye(false);
            volume.bscan(0).unwrap().to_f32().iter().map(|grey| (grey * gain).min(255.0).floor()).collect()
        };
        for gain in [0.5, 1.0, 1.3, 2.0] {
            let greys = greys(gain);
            let of = |samples| {
                let volume = OctVolume::new(64, 64, 1, samples, Geometry::default()).unwrap();
                prepare(volume.bscan(0).unwrap(), UNKNOWN, 16)
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
