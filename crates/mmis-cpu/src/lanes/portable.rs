//! Without instructions of a processor's own: the reference of the others.

use super::{LANES, Lanes, Pair, PairWeights};

/// Arrays.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

fn each(a: [f32; LANES], b: [f32; LANES], of: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    std::array::from_fn(|lane| of(a[lane], b[lane]))
}

impl Lanes for Portable {
    type Ints = [i32; LANES];
    type Shorts = [i16; LANES];
    type Floats = [f32; LANES];
    const WIDE: bool = false;

    #[inline(always)]
    fn no_ints() -> Self::Ints {
        [0; LANES]
    }

    #[inline(always)]
    fn add_products(sums: Self::Ints, weights: &PairWeights, pixel: &Pair) -> Self::Ints {
        let [one, other] = pixel.map(i32::from);
        std::array::from_fn(|lane| {
            let [for_one, for_other] = [weights[2 * lane], weights[2 * lane + 1]].map(i32::from);
            // Two products of 16 bits fit 32.
            sums[lane].wrapping_add(one * for_one + other * for_other)
        })
    }

    #[inline(always)]
    fn add_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints {
        std::array::from_fn(|lane| a[lane].wrapping_add(b[lane]))
    }

    #[inline(always)]
    fn subtract_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints {
        std::array::from_fn(|lane| a[lane].wrapping_sub(b[lane]))
    }

    #[inline(always)]
    fn quarter(ints: Self::Ints) -> Self::Ints {
        ints.map(|int| int >> 2)
    }

    #[inline(always)]
    fn no_shorts() -> Self::Shorts {
        [0; LANES]
    }

    #[inline(always)]
    fn load_shorts(pairs: &[Pair; LANES / 2]) -> Self::Shorts {
        std::array::from_fn(|lane| pairs[lane / 2][lane % 2])
    }

    #[inline(always)]
    fn store_shorts(values: Self::Shorts, to: &mut [Pair; LANES / 2]) {
        for (lane, value) in values.into_iter().enumerate() {
            to[lane / 2][lane % 2] = value;
        }
    }

    #[inline(always)]
    fn add_shorts(a: Self::Shorts, b: Self::Shorts) -> Self::Shorts {
        std::array::from_fn(|lane| a[lane].wrapping_add(b[lane]))
    }

    #[inline(always)]
    fn subtract_shorts(a: Self::Shorts, b: Self::Shorts) -> Self::Shorts {
        std::array::from_fn(|lane| a[lane].wrapping_sub(b[lane]))
    }

    #[inline(always)]
    fn to_floats(ints: Self::Ints) -> Self::Floats {
        ints.map(|int| int as f32)
    }

    #[inline(always)]
    fn splat(value: f32) -> Self::Floats {
        [value; LANES]
    }

    #[inline(always)]
    fn load(values: &[f32; LANES]) -> Self::Floats {
        *values
    }

    #[inline(always)]
    fn store(values: Self::Floats, to: &mut [f32; LANES]) {
        *to = values;
    }

    #[inline(always)]
    fn load_pairs(pairs: &[Pair; LANES / 2]) -> Self::Floats {
        std::array::from_fn(|lane| f32::from(pairs[lane / 2][lane % 2]))
    }

    #[inline(always)]
    fn store_pairs(values: Self::Floats, to: &mut [Pair; LANES / 2]) {
        for (lane, value) in values.into_iter().enumerate() {
            to[lane / 2][lane % 2] = value.round_ties_even() as i16;
        }
    }

    #[inline(always)]
    fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn subtract(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn multiply(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn divide(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(a, b, |a, b| a / b)
    }

    #[inline(always)]
    fn least(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(a, b, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn most(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn power_of_two(exponents: Self::Floats) -> Self::Floats {
        exponents.map(|exponent| f32::from_bits((((exponent as i32) + 127) as u32) << 23))
    }
}
