//! Whether the numbers of an array are what its header says: their sign, and their bits.
//!
//! What follows holds along the fastest axis, whichever it is, because neighbours in an eye
//! are alike. Measured on B-scans of Duke, Bonn, Kermany, OCTDL, the macular hole and
//! Bioptigen (48 of them, as they are and averaged, blurred, with noise, saturated, as
//! JPEG; phantoms between them):
//!
//! - *Sign.* Where bright samples are stored as negative ones, or negative ones as the
//!   brightest, neighbours jump over half of the range wherever an eye passes its middle.
//!   Of the jumps as they are read and those with the other sign the first are at most 0.59
//!   in true pictures (0.80 in one of 200 x 200 full of letters), and 0.65 to 1.0 in
//!   wrong ones that are bright enough to jump. Jumps from or to the ends of the range are
//!   left out: they are saturation and letters.
//! - *Two samples in one.* Two 8-bit samples read as one of 16 bits: the low byte is as much
//!   like the high one as neighbours are, and as smooth. Of 16-bit pictures the low byte is
//!   noise (correlation with the high one below 0.02), or a copy of it.
//! - *One sample in two.* Half of a number, or another channel, lies between two that belong
//!   together: each sample is less like the next one than like the next but one, by 0.18
//!   and more; in true pictures never (the least difference is 0.00).
//!
//! Bytes in the wrong order leave noise, which holds no picture ([`oct::picture`]) and needs no
//! test here. Not found are signs of pictures that are dark throughout, and sizes that
//! were halved together with bits of which no picture is left.

use oct::{OctVolume, Samples};

use crate::array::orientation::sample_at;

/// Rows that are looked at, and the shortest that tell.
const LOOKED_AT: usize = 512;
const FEWEST: usize = 32;
/// Part of the jumps as they are read from which the sign is wrong, and the fewest of all
/// pairs that tell.
const WRONG_SIGN: f64 = 0.75;
const FEWEST_JUMPS: f64 = 0.001;
/// How much less alike neighbours are than every other sample where one is split.
const SPLIT: f64 = 0.1;
/// How much less alike the bytes of one sample may be than neighbours, and how much rougher
/// the low one than the high.
const LESS_ALIKE: f64 = 0.05;
const ROUGHER: f64 = 0.1;
/// Fewest values of each byte, and the part of samples whose bytes differ by one same
/// figure in what was scaled from 8 to 16 bits.
const FEWEST_VALUES: usize = 48;
const SCALED: f64 = 0.9;

/// What is wrong with the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::array::orientation) enum Misread {
    /// Signed ones as unsigned, or the reverse.
    Sign,
    /// More or fewer bits than they have.
    Bits,
}

impl Misread {
    /// Of the numbers of `volume`, filled as they lie in memory.
    pub(super) fn of(volume: &OctVolume) -> Option<Self> {
        if volume.columns() < FEWEST || volume.rows() * volume.bscans() < FEWEST {
            return None;
        }
        let rows = rows(volume);
        if is_split(&rows) || is_joined(volume, &rows) {
            return Some(Self::Bits);
        }
        has_wrong_sign(volume, &rows).then_some(Self::Sign)
    }
}

/// Rows evenly over the array.
fn rows(volume: &OctVolume) -> Vec<Vec<f32>> {
    let (columns, all) = (volume.columns(), volume.rows() * volume.bscans());
    let count = all.min(LOOKED_AT);
    let row = |at: usize| {
        let start = at * all / count * columns;
        (start..start + columns).map(|index| sample_at(volume, index)).collect()
    };
    (0..count).map(row).collect()
}

/// The least and the largest sample, where all are whole numbers.
fn whole(rows: &[Vec<f32>]) -> Option<(f32, f32)> {
    let all = || rows.iter().flatten().copied();
    let ends = ends(all());
    (all().all(|sample| sample.fract() == 0.0) && ends.1 > ends.0 && ends.1 - ends.0 <= 65_536.0)
        .then_some(ends)
}

fn ends(samples: impl Iterator<Item = f32>) -> (f32, f32) {
    samples.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), one| (least.min(one), most.max(one)))
}

/// Correlation of pairs.
fn correlation(pairs: impl Iterator<Item = (f32, f32)>) -> f64 {
    let [mut n, mut a, mut b, mut aa, mut bb, mut ab] = [0.0_f64; 6];
    for (one, other) in pairs {
        let (one, other) = (f64::from(one), f64::from(other));
        n += 1.0;
        a += one;
        b += other;
        aa += one * one;
        bb += other * other;
        ab += one * other;
    }
    let product = (aa - a * a / n) * (bb - b * b / n);
    if product > 0.0 { (ab - a * b / n) / product.sqrt() } else { 0.0 }
}

/// Samples `apart` from each other along all rows, as `of` has them.
fn pairs(
    rows: &[Vec<f32>],
    apart: usize,
    of: impl Fn(f32) -> f32 + Copy,
) -> impl Iterator<Item = (f32, f32)> {
    rows.iter().flat_map(move |row| row.iter().zip(&row[apart..]).map(move |(a, b)| (of(*a), of(*b))))
}

fn is_split(rows: &[Vec<f32>]) -> bool {
    correlation(pairs(rows, 2, |sample| sample)) - correlation(pairs(rows, 1, |sample| sample)) > SPLIT
}

fn is_joined(volume: &OctVolume, rows: &[Vec<f32>]) -> bool {
    if matches!(volume.samples(), Samples::U8(_)) || whole(rows).is_none() {
        return false;
    }
    let bytes = |sample: f32| (sample as i32 as u16).to_le_bytes();
    let low = |sample: f32| f32::from(bytes(sample)[0]);
    let high = |sample: f32| f32::from(bytes(sample)[1]);
    let all = || rows.iter().flatten().copied();
    let mut occur = [[false; 256]; 2];
    let mut differences = [0_usize; 256];
    all().for_each(|sample| {
        let [low, high] = bytes(sample);
        occur[0][usize::from(low)] = true;
        occur[1][usize::from(high)] = true;
        differences[usize::from(low.wrapping_sub(high))] += 1;
    });
    let fewest = occur.map(|occurs| occurs.into_iter().filter(|occurs| *occurs).count()).into_iter().min();
    if fewest < Some(FEWEST_VALUES) {
        return false;
    }
    let most = differences.into_iter().max().unwrap_or(0);
    let smooth = correlation(pairs(rows, 1, high));
    (most as f64) < SCALED * all().count() as f64
        && smooth >= 4.0 * LESS_ALIKE
        && correlation(all().map(|sample| (low(sample), high(sample)))) >= smooth - LESS_ALIKE
        && correlation(pairs(rows, 1, low)) >= smooth - ROUGHER
}

fn has_wrong_sign(volume: &OctVolume, rows: &[Vec<f32>]) -> bool {
    let Some((least, most)) = whole(rows) else { return false };
    // The range of the numbers: that of the least number of bits that holds them.
    let bits = |size: f32| (size as u32).next_power_of_two().max(128);
    let range =
        if least < 0.0 { 2 * bits(-least).max(bits(most + 1.0)) } else { bits(most + 1.0).max(256) } as f32;
    if least < 0.0 && !matches!(volume.samples(), Samples::F32(_)) || range > 65_536.0 {
        return false;
    }
    let otherwise = |sample: f32| match least < 0.0 {
        true if sample < 0.0 => sample + range,
        false if sample >= range / 2.0 => sample - range,
        _ => sample,
    };
    let jumps = |of: &dyn Fn(f32) -> f32| {
        let ends = ends(rows.iter().flatten().map(|sample| of(*sample)));
        let is_end = |sample: f32| sample == ends.0 || sample == ends.1;
        let jumps =
            pairs(rows, 1, of).filter(|(a, b)| (a - b).abs() > range / 2.0 && !is_end(*a) && !is_end(*b));
        jumps.count() as f64
    };
    let (read, other) = (jumps(&|sample| sample), jumps(&otherwise));
    let all = pairs(rows, 1, |sample| sample).count() as f64;
    read >= FEWEST_JUMPS * all && read >= WRONG_SIGN * (read + other)
}

#[cfg(test)]
mod tests {
    use oct::Geometry;

    use super::super::drawn::{SIZES, greys};
    use super::*;

    /// Of `samples` in as many rows and B-scans as the picture has.
    fn found(samples: Samples) -> Option<Misread> {
        let [_, rows, bscans] = SIZES;
        let columns = samples.len() / (rows * bscans);
        Misread::of(&OctVolume::new(columns, rows, bscans, samples, Geometry::default()).unwrap())
    }

    fn in_16_bits(of: impl Fn(u16) -> u16) -> Samples {
        Samples::U16(greys().into_iter().map(|grey| of(u16::from(grey))).collect())
    }

    fn signed(of: impl Fn(f32) -> f32) -> Samples {
        Samples::F32(greys().into_iter().map(|grey| of(f32::from(grey))).collect())
    }

    #[test]
    fn true_numbers_of_every_type_are_believed() {
        assert_eq!(found(Samples::U8(greys())), None);
        for factor in [1, 16, 20, 200, 257] {
            assert_eq!(found(in_16_bits(|grey| grey * factor)), None, "times {factor}");
        }
        assert_eq!(found(in_16_bits(|grey| (grey * 257).saturating_add(7))), None);
        assert_eq!(found(signed(|grey| grey * 8.0 - 1024.0)), None);
        assert_eq!(found(signed(|grey| grey * 257.0 - 32_768.0)), None);
        assert_eq!(found(signed(|grey| grey - 128.0)), None);
        assert_eq!(found(signed(|grey| grey / 255.0)), None);
        // Saturated, and with letters.
        assert_eq!(
            found(Samples::U8(greys().into_iter().map(|grey| grey.saturating_mul(3)).collect())),
            None
        );
        assert_eq!(found(Samples::U8(vec![9; 96 * 80 * 6])), None);
    }

    #[test]
    fn a_sign_that_is_not_there_or_was_passed_over_is_found() {
        let sign = Some(Misread::Sign);
        assert_eq!(found(signed(|grey| if grey >= 128.0 { grey - 256.0 } else { grey })), sign);
        assert_eq!(
            found(signed(|grey| if grey >= 128.0 { grey * 257.0 - 65_536.0 } else { grey * 257.0 })),
            sign
        );
        assert_eq!(found(Samples::U8(greys().into_iter().map(|grey| grey ^ 128).collect())), sign);
        assert_eq!(found(in_16_bits(|grey| (grey * 8).wrapping_sub(700))), sign);
        // Twelve bits with a sign, in sixteen.
        assert_eq!(found(in_16_bits(|grey| (grey * 12).wrapping_sub(1200) & 0x0FFF)), sign);
    }

    #[test]
    fn numbers_of_twice_or_half_as_many_bits_are_found() {
        let joined = greys().chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!(found(Samples::U16(joined)), Some(Misread::Bits));
        let noisy = |(at, grey): (usize, u8)| (u16::from(grey) << 8 | (at * at % 251) as u16).to_le_bytes();
        let split = greys().into_iter().enumerate().flat_map(noisy).collect();
        assert_eq!(found(Samples::U8(split)), Some(Misread::Bits));
    }
}
