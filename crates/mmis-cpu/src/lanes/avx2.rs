//! x86-64 with AVX2: Intel since 2013, AMD since 2015.
#![allow(unsafe_code, reason = "the processor's own instructions, on arrays of fixed size")]

use std::arch::x86_64::*;

use super::{LANES, Lanes, Pair, PairWeights};
use crate::map::Memory;
use crate::network::{Network, Output};

/// Registers of 256 bits. Its functions are only called within functions that were entered
/// after [`Avx2::is_here`].
#[derive(Clone, Copy)]
pub(crate) struct Avx2;

impl Avx2 {
    /// Whether this processor has them.
    pub(crate) fn is_here() -> bool {
        std::arch::is_x86_feature_detected!("avx2")
    }
}

impl Lanes for Avx2 {
    type Ints = __m256i;
    type Shorts = __m128i;
    type Floats = __m256;
    const WIDE: bool = true;

    #[inline(always)]
    fn no_ints() -> __m256i {
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    fn add_products(sums: __m256i, weights: &PairWeights, pixel: &Pair) -> __m256i {
        unsafe {
            let weights = _mm256_loadu_si256(weights.as_ptr().cast());
            let pixel = _mm256_set1_epi32(pixel.as_ptr().cast::<i32>().read_unaligned());
            _mm256_add_epi32(sums, _mm256_madd_epi16(weights, pixel))
        }
    }

    #[inline(always)]
    fn add_ints(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(a, b) }
    }

    #[inline(always)]
    fn subtract_ints(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_sub_epi32(a, b) }
    }

    #[inline(always)]
    fn quarter(ints: __m256i) -> __m256i {
        unsafe { _mm256_srai_epi32::<2>(ints) }
    }

    #[inline(always)]
    fn no_shorts() -> __m128i {
        unsafe { _mm_setzero_si128() }
    }

    #[inline(always)]
    fn load_shorts(pairs: &[Pair; LANES / 2]) -> __m128i {
        unsafe { _mm_loadu_si128(pairs.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store_shorts(values: __m128i, to: &mut [Pair; LANES / 2]) {
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), values) }
    }

    #[inline(always)]
    fn add_shorts(a: __m128i, b: __m128i) -> __m128i {
        unsafe { _mm_add_epi16(a, b) }
    }

    #[inline(always)]
    fn subtract_shorts(a: __m128i, b: __m128i) -> __m128i {
        unsafe { _mm_sub_epi16(a, b) }
    }

    #[inline(always)]
    fn to_floats(ints: __m256i) -> __m256 {
        unsafe { _mm256_cvtepi32_ps(ints) }
    }

    #[inline(always)]
    fn splat(value: f32) -> __m256 {
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn load(values: &[f32; LANES]) -> __m256 {
        unsafe { _mm256_loadu_ps(values.as_ptr()) }
    }

    #[inline(always)]
    fn store(values: __m256, to: &mut [f32; LANES]) {
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), values) }
    }

    #[inline(always)]
    fn load_pairs(pairs: &[Pair; LANES / 2]) -> __m256 {
        unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128(pairs.as_ptr().cast()))) }
    }

    #[inline(always)]
    fn store_pairs(values: __m256, to: &mut [Pair; LANES / 2]) {
        unsafe {
            let ints = _mm256_cvtps_epi32(values);
            let [low, high] = [_mm256_castsi256_si128(ints), _mm256_extracti128_si256::<1>(ints)];
            _mm_storeu_si128(to.as_mut_ptr().cast(), _mm_packs_epi32(low, high));
        }
    }

    #[inline(always)]
    fn add(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    fn subtract(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    fn multiply(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    fn divide(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_div_ps(a, b) }
    }

    #[inline(always)]
    fn least(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_min_ps(a, b) }
    }

    #[inline(always)]
    fn most(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    fn power_of_two(exponents: __m256) -> __m256 {
        unsafe {
            let biased = _mm256_add_epi32(_mm256_cvtps_epi32(exponents), _mm256_set1_epi32(127));
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(biased))
        }
    }
}

/// The forward pass where [`Avx2::is_here`].
pub(crate) fn forward(network: &Network, image: &[f32], size: [usize; 2], memory: &mut Memory) -> Output {
    #[target_feature(enable = "avx2")]
    fn entered(network: &Network, image: &[f32], size: [usize; 2], memory: &mut Memory) -> Output {
        network.forward_by::<Avx2>(image, size, memory)
    }
    // The caller asked the processor.
    unsafe { entered(network, image, size, memory) }
}
