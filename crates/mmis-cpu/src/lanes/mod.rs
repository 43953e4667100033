//! Eight numbers at once, by what a processor has for it.
//!
//! Each implementation gives the same bits: whole numbers are exact, and of floats only
//! single operations that IEEE 754 rounds in one way are used, never a fused one.

use crate::map::Memory;
use crate::network::{Network, Output};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(any(test, not(all(target_family = "wasm", target_feature = "simd128"))))]
mod portable;
#[cfg(all(target_family = "wasm", target_feature = "simd128"))]
mod simd128;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
#[cfg(any(test, not(all(target_family = "wasm", target_feature = "simd128"))))]
pub(crate) use portable::Portable;
#[cfg(all(target_family = "wasm", target_feature = "simd128"))]
pub(crate) use simd128::Simd128;

/// Two neighbouring channels of a pixel.
pub(crate) type Pair = [i16; 2];

/// Channels that are computed side by side.
pub(crate) const LANES: usize = 8;

/// Weights of a pair of channels for eight outputs, output by output.
pub(crate) type PairWeights = [i16; 2 * LANES];

/// Operations on eight numbers. Whole numbers wrap around where they overflow.
pub(crate) trait Lanes: Copy {
    /// Eight of 32 bits.
    type Ints: Copy;
    /// Eight of 16 bits.
    type Shorts: Copy;
    /// Eight floats.
    type Floats: Copy;
    /// Whether the sums of twelve times eight fit the registers, else of six.
    const WIDE: bool;

    fn no_ints() -> Self::Ints;
    /// `sums` and, for each output, both channels of `pixel` times its weights.
    fn add_products(sums: Self::Ints, weights: &PairWeights, pixel: &Pair) -> Self::Ints;
    fn add_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints;
    fn subtract_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints;
    /// Of multiples of four, of either sign.
    fn quarter(ints: Self::Ints) -> Self::Ints;
    fn to_floats(ints: Self::Ints) -> Self::Floats;

    fn no_shorts() -> Self::Shorts;
    fn load_shorts(pairs: &[Pair; LANES / 2]) -> Self::Shorts;
    fn store_shorts(values: Self::Shorts, to: &mut [Pair; LANES / 2]);
    fn add_shorts(a: Self::Shorts, b: Self::Shorts) -> Self::Shorts;
    fn subtract_shorts(a: Self::Shorts, b: Self::Shorts) -> Self::Shorts;

    fn splat(value: f32) -> Self::Floats;
    fn load(values: &[f32; LANES]) -> Self::Floats;
    fn store(values: Self::Floats, to: &mut [f32; LANES]);
    fn load_pairs(pairs: &[Pair; LANES / 2]) -> Self::Floats;
    /// Rounds to the nearest whole number, which must fit 16 bits.
    fn store_pairs(values: Self::Floats, to: &mut [Pair; LANES / 2]);

    fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn subtract(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn multiply(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn divide(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn least(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn most(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// 2 to the power of whole numbers from -126 to 127.
    fn power_of_two(exponents: Self::Floats) -> Self::Floats;

    /// The sum of all eight, in one order on every processor.
    #[inline(always)]
    fn sum(values: Self::Floats) -> f32 {
        let mut of = [0.0; LANES];
        Self::store(values, &mut of);
        ((of[0] + of[4]) + (of[2] + of[6])) + ((of[1] + of[5]) + (of[3] + of[7]))
    }
}

/// The forward pass by the best that this processor has.
pub(crate) fn forward(network: &Network, image: &[f32], size: [usize; 2], memory: &mut Memory) -> Output {
    #[cfg(target_arch = "x86_64")]
    if Avx2::is_here() {
        return avx2::forward(network, image, size, memory);
    }
    #[cfg(all(target_family = "wasm", target_feature = "simd128"))]
    return network.forward_by::<Simd128>(image, size, memory);
    #[cfg(not(all(target_family = "wasm", target_feature = "simd128")))]
    network.forward_by::<Portable>(image, size, memory)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use mmis_model::MmisNetConfig;

    use super::*;

    /// A network of fixed weights that uses every kernel: maps of even and of odd size, odd
    /// numbers of blocks of channels, columns that no tile divides.
    fn network() -> Network {
        let config = MmisNetConfig {
            widths: vec![8, 24, 40],
            encoder_blocks: vec![2, 1, 2],
            auxiliary: false,
            ..MmisNetConfig::tiny(3)
        };
        let mut state = 0x2545_F491u32;
        let mut next = || {
            // Marsaglia's 32-bit xorshift (J. Stat. Softw. 8(14), 2003).
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let parameters: BTreeMap<_, _> = config
            .parameters()
            .into_iter()
            .map(|(name, shape)| {
                let values = (0..shape.iter().product()).map(|_| next()).collect();
                (name, (shape, values))
            })
            .collect();
        Network::new(&config, &parameters).expect("a network of its own configuration")
    }

    /// FNV-1a over the bits of all that a pass gives.
    fn hash(output: &Output) -> u64 {
        let all = output.probabilities.iter().chain(output.similarities.iter().flatten());
        all.fold(0xcbf2_9ce4_8422_2325, |hash, value| {
            (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
        })
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        let network = network();
        let image: Vec<f32> = (0..20 * 36).map(|at| (at * 193 % 255) as f32 / 255.0).collect();
        let reference = network.forward_by::<Portable>(&image, [20, 36], &mut Memory::default());
        assert!(reference.probabilities.iter().any(|p| (0.1..0.9).contains(p)));
        let best = forward(&network, &image, [20, 36], &mut Memory::default());
        assert_eq!(best, reference);
        // The same on machines that this test never meets together.
        assert_eq!(hash(&reference), 0x0a95_8489_1f29_a235);
    }
}
