//! Samples to screen greys.

use crate::volume::{BScan, OctVolume, SampleType};

/// B-scans that are looked at for the range of a volume.
const PROBED: usize = 5;
/// Samples at or below this fraction are black, at or above the other one white.
const BLACK: f64 = 0.005;
const WHITE: f64 = 0.998;

/// The range of samples that the screen shows, one for a whole volume, so that
/// brightness does not jump from B-scan to B-scan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GreyRange {
    black: f32,
    white: f32,
}

impl GreyRange {
    /// 8-bit volumes are shown as they are; others between robust percentiles.
    pub fn of(volume: &OctVolume) -> Self {
        if volume.samples().sample_type() == SampleType::U8 {
            return Self { black: 0.0, white: 255.0 };
        }
        let step = volume.bscans().div_ceil(PROBED).max(1);
        let mut probed: Vec<f32> = (0..volume.bscans())
            .step_by(step)
            .filter_map(|bscan| volume.bscan(bscan))
            // Every seventh sample is plenty for two percentiles.
            .flat_map(|bscan| bscan.to_f32().into_iter().step_by(7).collect::<Vec<_>>())
            .collect();
        let mut at = |fraction: f64| {
            let index = ((probed.len().saturating_sub(1)) as f64 * fraction).round() as usize;
            if probed.is_empty() { 0.0 } else { *probed.select_nth_unstable_by(index, f32::total_cmp).1 }
        };
        let (black, white) = (at(BLACK), at(WHITE));
        Self { black, white: if white > black { white } else { black + 1.0 } }
    }

    /// Greys of `bscan`, `rows * columns` bytes.
    pub fn show(self, bscan: BScan<'_>) -> Vec<u8> {
        self.greys(&bscan.to_f32())
    }

    /// Greys of one column of `bscan`, from the vitreous on.
    pub fn show_column(self, bscan: BScan<'_>, column: usize) -> Vec<u8> {
        self.greys(&bscan.column(column))
    }

    /// Greys of the means of several B-scans, sample by sample, of those that are no padding there;
    /// black where all are. None where there are no B-scans.
    pub fn show_mean(self, bscans: &[BScan<'_>]) -> Vec<u8> {
        let mut sums: Vec<(f32, f32)> = Vec::new();
        for bscan in bscans {
            let scanned = bscan.scanned();
            sums.resize(scanned.samples.len(), (0.0, 0.0));
            for (at, (sample, is_padding)) in scanned.samples.iter().zip(&scanned.is_padding).enumerate() {
                if !is_padding {
                    sums[at].0 += sample;
                    sums[at].1 += 1.0;
                }
            }
        }
        let mean = |(sum, count)| if count > 0.0 { sum / count } else { self.black };
        self.greys(&sums.into_iter().map(mean).collect::<Vec<f32>>())
    }

    fn greys(self, samples: &[f32]) -> Vec<u8> {
        let scale = 255.0 / (self.white - self.black);
        // Rounded by what `as` cuts off; through `i32`, which the compiler makes several of at once.
        let grey = |sample: &f32| ((sample - self.black) * scale + 0.5).clamp(0.0, 255.0) as i32 as u8;
        samples.iter().map(grey).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Geometry, Samples};

    #[test]
    fn eight_bit_volumes_are_shown_as_they_are() {
        let volume = OctVolume::new(2, 2, 1, Samples::U8(vec![0, 7, 200, 255]), Geometry::default()).unwrap();
        assert_eq!(GreyRange::of(&volume).show(volume.bscan(0).unwrap()), [0, 7, 200, 255]);
    }

    #[test]
    fn a_mean_leaves_padding_out() {
        let greys = |padded: bool| {
            (0..64 * 64).map(move |at| if padded && at < 64 * 20 { 4095 } else { 40 + at * 7919 % 31 })
        };
        let samples = Samples::U16(greys(true).chain(greys(false)).map(|grey| grey as u16).collect());
        let mut volume = OctVolume::new(64, 64, 2, samples, Geometry::default()).unwrap();
        volume.stated_padding = Some(crate::StatedPadding::new(4095.0, 4095.0));
        let range = GreyRange { black: 0.0, white: 255.0 };
        let both = [volume.bscan(0).unwrap(), volume.bscan(1).unwrap()];
        let mean = range.show_mean(&both);
        assert_eq!(mean, range.show(both[1]), "where one is padding the other one counts alone");
        assert!(range.show_mean(&both[..1])[..64 * 20].iter().all(|grey| *grey == 0));
        assert!(range.show_mean(&[]).is_empty());
    }

    #[test]
    fn wider_samples_fill_the_screen_range_and_a_flat_volume_does_not_fail() {
        let samples = Samples::U16((0..10_000).map(|n| n * 6).collect());
        let volume = OctVolume::new(100, 100, 1, samples, Geometry::default()).unwrap();
        let greys = GreyRange::of(&volume).show(volume.bscan(0).unwrap());
        assert_eq!((greys[0], greys[9_999]), (0, 255));
        assert!((120..136).contains(&greys[5_000]), "{}", greys[5_000]);
        let flat = OctVolume::new(2, 2, 1, Samples::F32(vec![f32::NAN; 4]), Geometry::default()).unwrap();
        assert_eq!(GreyRange::of(&flat).show(flat.bscan(0).unwrap()), [0; 4]);
    }
}
