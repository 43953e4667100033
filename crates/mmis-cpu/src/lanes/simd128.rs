//! WebAssembly with SIMD: every browser with WebGPU, and all since 2023.
#![allow(unsafe_code, reason = "loads and stores of arrays of fixed size")]

use std::arch::wasm32::*;

use super::{LANES, Lanes, Pair, PairWeights};

/// Two registers of 128 bits.
#[derive(Clone, Copy)]
pub(crate) struct Simd128;

type Two = [v128; 2];

impl Lanes for Simd128 {
    type Ints = Two;
    type Shorts = v128;
    type Floats = Two;
    const WIDE: bool = false;

    #[inline(always)]
    fn no_ints() -> Two {
        [i32x4_splat(0); 2]
    }

    #[inline(always)]
    fn add_products(sums: Two, weights: &PairWeights, pixel: &Pair) -> Two {
        let pixel = unsafe { v128_load32_splat(pixel.as_ptr().cast()) };
        let weights = unsafe {
            let start = weights.as_ptr().cast::<v128>();
            [v128_load(start), v128_load(start.add(1))]
        };
        [
            i32x4_add(sums[0], i32x4_dot_i16x8(weights[0], pixel)),
            i32x4_add(sums[1], i32x4_dot_i16x8(weights[1], pixel)),
        ]
    }

    #[inline(always)]
    fn add_ints(a: Two, b: Two) -> Two {
        [i32x4_add(a[0], b[0]), i32x4_add(a[1], b[1])]
    }

    #[inline(always)]
    fn subtract_ints(a: Two, b: Two) -> Two {
        [i32x4_sub(a[0], b[0]), i32x4_sub(a[1], b[1])]
    }

    #[inline(always)]
    fn quarter(ints: Two) -> Two {
        [i32x4_shr(ints[0], 2), i32x4_shr(ints[1], 2)]
    }

    #[inline(always)]
    fn no_shorts() -> v128 {
        i16x8_splat(0)
    }

    #[inline(always)]
    fn load_shorts(pairs: &[Pair; LANES / 2]) -> v128 {
        unsafe { v128_load(pairs.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store_shorts(values: v128, to: &mut [Pair; LANES / 2]) {
        unsafe { v128_store(to.as_mut_ptr().cast(), values) }
    }

    #[inline(always)]
    fn add_shorts(a: v128, b: v128) -> v128 {
        i16x8_add(a, b)
    }

    #[inline(always)]
    fn subtract_shorts(a: v128, b: v128) -> v128 {
        i16x8_sub(a, b)
    }

    #[inline(always)]
    fn to_floats(ints: Two) -> Two {
        [f32x4_convert_i32x4(ints[0]), f32x4_convert_i32x4(ints[1])]
    }

    #[inline(always)]
    fn splat(value: f32) -> Two {
        [f32x4_splat(value); 2]
    }

    #[inline(always)]
    fn load(values: &[f32; LANES]) -> Two {
        unsafe {
            let start = values.as_ptr().cast::<v128>();
            [v128_load(start), v128_load(start.add(1))]
        }
    }

    #[inline(always)]
    fn store(values: Two, to: &mut [f32; LANES]) {
        unsafe {
            let start = to.as_mut_ptr().cast::<v128>();
            v128_store(start, values[0]);
            v128_store(start.add(1), values[1]);
        }
    }

    #[inline(always)]
    fn load_pairs(pairs: &[Pair; LANES / 2]) -> Two {
        let all = unsafe { v128_load(pairs.as_ptr().cast()) };
        Self::to_floats([i32x4_extend_low_i16x8(all), i32x4_extend_high_i16x8(all)])
    }

    #[inline(always)]
    fn store_pairs(values: Two, to: &mut [Pair; LANES / 2]) {
        let low = i32x4_trunc_sat_f32x4(f32x4_nearest(values[0]));
        let high = i32x4_trunc_sat_f32x4(f32x4_nearest(values[1]));
        unsafe { v128_store(to.as_mut_ptr().cast(), i16x8_narrow_i32x4(low, high)) }
    }

    #[inline(always)]
    fn add(a: Two, b: Two) -> Two {
        [f32x4_add(a[0], b[0]), f32x4_add(a[1], b[1])]
    }

    #[inline(always)]
    fn subtract(a: Two, b: Two) -> Two {
        [f32x4_sub(a[0], b[0]), f32x4_sub(a[1], b[1])]
    }

    #[inline(always)]
    fn multiply(a: Two, b: Two) -> Two {
        [f32x4_mul(a[0], b[0]), f32x4_mul(a[1], b[1])]
    }

    #[inline(always)]
    fn divide(a: Two, b: Two) -> Two {
        [f32x4_div(a[0], b[0]), f32x4_div(a[1], b[1])]
    }

    #[inline(always)]
    fn least(a: Two, b: Two) -> Two {
        // b < a ? b : a, one instruction where `min` with its rules for NaN is several.
        [f32x4_pmin(a[0], b[0]), f32x4_pmin(a[1], b[1])]
    }

    #[inline(always)]
    fn most(a: Two, b: Two) -> Two {
        [f32x4_pmax(a[0], b[0]), f32x4_pmax(a[1], b[1])]
    }

    #[inline(always)]
    fn power_of_two(exponents: Two) -> Two {
        let biased = |exponents| i32x4_add(i32x4_trunc_sat_f32x4(exponents), i32x4_splat(127));
        [i32x4_shl(biased(exponents[0]), 23), i32x4_shl(biased(exponents[1]), 23)]
    }
}
