//! WebAssembly with SIMD: every browser with WebGPU, and all since 2023.
#![allow(unsafe_code, reason = "loads and stores of arrays of fixed size")]

use std::arch::wasm32::*;

use super::{LANES, Lanes, Pair, PairWeights};

/// Two registers of 128 bits.
#[derive(Clone, Copy)]
pub(crate) struct Simd128;

type Two = [v128; 2];

#[inline(always)]
fn each(a: Two, b: Two, of: impl Fn(v128, v128) -> v128) -> Two {
    [of(a[0], b[0]), of(a[1], b[1])]
}

impl Lanes for Simd128 {
    type Ints = Two;
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
    fn to_floats(ints: Two) -> Two {
        ints.map(f32x4_convert_i32x4)
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
        [i32x4_extend_low_i16x8(all), i32x4_extend_high_i16x8(all)].map(f32x4_convert_i32x4)
    }

    #[inline(always)]
    fn store_pairs(values: Two, to: &mut [Pair; LANES / 2]) {
        let [low, high] = values.map(|values| i32x4_trunc_sat_f32x4(f32x4_nearest(values)));
        unsafe { v128_store(to.as_mut_ptr().cast(), i16x8_narrow_i32x4(low, high)) }
    }

    #[inline(always)]
    fn add(a: Two, b: Two) -> Two {
        each(a, b, f32x4_add)
    }

    #[inline(always)]
    fn subtract(a: Two, b: Two) -> Two {
        each(a, b, f32x4_sub)
    }

    #[inline(always)]
    fn multiply(a: Two, b: Two) -> Two {
        each(a, b, f32x4_mul)
    }

    #[inline(always)]
    fn divide(a: Two, b: Two) -> Two {
        each(a, b, f32x4_div)
    }

    #[inline(always)]
    fn least(a: Two, b: Two) -> Two {
        // b < a ? b : a, one instruction where `min` with its rules for NaN is several.
        each(a, b, |a, b| f32x4_pmin(a, b))
    }

    #[inline(always)]
    fn most(a: Two, b: Two) -> Two {
        each(a, b, |a, b| f32x4_pmax(a, b))
    }

    #[inline(always)]
    fn power_of_two(exponents: Two) -> Two {
        exponents.map(|exponents| {
            let biased = i32x4_add(i32x4_trunc_sat_f32x4(exponents), i32x4_splat(127));
            i32x4_shl(biased, 23)
        })
    }
}
