//! Fluid painted into a real, fluid-free B-scan.
//!
//! The picture around the fluid stays what the device made of a living eye: its
//! layers are lifted and bent to make room, pixel by pixel and without
//! interpolation, so that speckle keeps its grain. Fluid is filled with greys of
//! the same B-scan's vitreous, and its border is as soft as a point spread. Truth
//! is exact where something was painted, and "none" elsewhere is as true as
//! the source is fluid-free.
//!
//! Heights and widths assume a Spectralis: [`AXIAL_UM`] and [`LATERAL_UM`].
//!
//! | module | what it holds |
//! |---|---|
//! | `fluid_free` | the B-scan that is painted into |
//! | `surfaces` | surfaces of the retina, found in its greys |
//! | `lesions` | which fluid is painted, and how far it lifts the retina |
//! | `compose` | makes room and fills it |

mod compose;
mod fluid_free;
mod lesions;
mod surfaces;

pub use self::fluid_free::FluidFreeBScan;

use self::compose::{Levels, paint};
use self::lesions::{Lifts, cysts, lowest_detachment, mound, swell};
use crate::eye::PhantomBScan;
use crate::random::{Noise, Stream};

/// Distance of rows that sizes are drawn for, µm.
pub const AXIAL_UM: f32 = 3.87;
/// Distance of columns that sizes are drawn for, µm.
pub const LATERAL_UM: f32 = 11.4;

const PURPOSE_PAINTING: u64 = 9;

/// What is painted, and the B-scan that it gives.
#[derive(Debug, Clone)]
pub struct Painting {
    /// The B-scan with its truth, 8-bit.
    pub bscan: PhantomBScan,
}

impl Painting {
    /// Draws fluid by `seed` and paints it; a quarter of all seeds paint none.
    pub fn draw(seed: u64, source: &FluidFreeBScan) -> Self {
        let stream = &mut Stream::new(seed, PURPOSE_PAINTING);
        let present = if stream.chance(0.25) {
            [false; 3]
        } else {
            loop {
                let drawn = [stream.chance(0.55), stream.chance(0.42), stream.chance(0.4)];
                if drawn.contains(&true) {
                    break drawn;
                }
            }
        };
        let shape = Noise::new(stream);
        let mut lifts = Lifts {
            detachment: vec![0.0; source.columns],
            subretinal: vec![0.0; source.columns],
            swelling: vec![0.0; source.columns],
        };
        if present[2] {
            for _ in 0..stream.count(1, 2) {
                let half = stream.log_between(12.0, 130.0);
                let height = half * LATERAL_UM / AXIAL_UM * stream.between(0.1, 0.42);
                mound(&mut lifts.detachment, stream, shape, half, height.clamp(lowest_detachment(), 115.0));
            }
        }
        if present[1] {
            for _ in 0..stream.count(1, 2) {
                let half = stream.log_between(10.0, 150.0);
                let height = half * LATERAL_UM / AXIAL_UM * stream.log_between(0.05, 0.3);
                mound(&mut lifts.subretinal, stream, shape, half, height.clamp(4.0, 66.0));
            }
        }
        let cysts = if present[0] { cysts(stream, source) } else { Vec::new() };
        swell(&mut lifts.swelling, &cysts);
        lifts.keep_in_bscan(source);
        let levels = Levels::draw(stream, source);
        Self { bscan: paint(source, &lifts, &cysts, &levels, shape, stream) }
    }
}

#[cfg(test)]
mod tests {
    use oct::Samples;

    use super::compose::{IRF, PED, SRF};
    use super::*;
    use crate::anatomy::Anatomy;

    /// Vitreous, retina, a bright RPE, choroid; speckle by a hash.
    pub(super) fn fluid_free() -> FluidFreeBScan {
        let (columns, rows) = (256, 300);
        let grey = (0..columns * rows).map(|index| {
            let (row, x) = (index / columns, index % columns);
            let bend = (x as f32 * 0.02).sin() * 6.0;
            let r = row as f32 - bend;
            let level = match r {
                r if r < 120.0 => 0.1,
                r if r < 128.0 => 0.6,
                r if r < 190.0 => 0.4,
                r if r < 197.0 => 0.9,
                _ => 0.3,
            };
            level + 0.05 * (((index * 7919) % 101) as f32 / 101.0 - 0.5)
        });
        FluidFreeBScan::new(grey.collect(), columns, None, vec![false; columns * rows]).unwrap()
    }

    #[test]
    fn every_fluid_lies_where_it_belongs_and_is_darker_than_the_retina() {
        let source = fluid_free();
        let mut seen = [0usize; 4];
        for seed in 0..40 {
            let painted = Painting::draw(seed, &source).bscan;
            let Samples::U8(greys) = &painted.samples else { panic!("8-bit") };
            for (index, label) in painted.labels.iter().enumerate() {
                seen[usize::from(*label)] += 1;
                let expected = match *label {
                    IRF | SRF => Anatomy::Retina,
                    PED => Anatomy::RpeToBruch,
                    _ => continue,
                };
                assert_eq!(painted.anatomy[index], expected as u8);
            }
            let mean = |wanted: u8| {
                let of: Vec<f64> = painted
                    .labels
                    .iter()
                    .zip(greys)
                    .filter(|(l, _)| **l == wanted)
                    .map(|(_, g)| f64::from(*g))
                    .collect();
                (of.len() > 200).then(|| of.iter().sum::<f64>() / of.len() as f64 / 255.0)
            };
            for label in [IRF, SRF] {
                if let Some(grey) = mean(label) {
                    assert!(grey < 0.33, "label {label} of seed {seed} has grey {grey}");
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
    }

    #[test]
    fn where_nothing_is_painted_the_bscan_is_the_source() {
        let source = fluid_free();
        let untouched = (0..80).filter(|seed| {
            let painted = Painting::draw(*seed, &source).bscan;
            let Samples::U8(greys) = &painted.samples else { panic!("8-bit") };
            let same = greys.iter().zip(&source.grey).all(|(a, b)| (f32::from(*a) / 255.0 - b).abs() < 0.003);
            assert_eq!(same, painted.labels.iter().all(|label| *label == 0), "seed {seed}");
            same
        });
        assert!((2..60).contains(&untouched.count()));
    }
}
