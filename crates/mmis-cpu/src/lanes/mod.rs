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
