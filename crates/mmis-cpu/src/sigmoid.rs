//! The logistic function, with the same bits on every processor.

use crate::lanes::Lanes;

/// Beyond this either way the function is 0 or 1 to single precision.
const FARTHEST: f32 = 80.0;
/// Adding and taking it off rounds to a whole number: 1.5 * 2^23.
const ROUNDING: f32 = 12_582_912.0;
/// ln 2 in two parts, the first with so few digits that its multiples are exact
/// (Cody and Waite, Software Manual for the Elementary Functions, 1980, chapter 6).
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// e^x = 1 + x + x^2 p(x) for |x| <= ln 2 / 2, of the fifth degree: Moshier's single precision
/// exponential (Cephes, `expf`), error below 2e-7.
const SERIES: [f32; 6] =
    [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5.000_000_3e-1];

/// 1 / (1 + e^-x).
#[inline(always)]
pub(crate) fn sigmoid<L: Lanes>(x: L::Floats) -> L::Floats {
    let x = L::most(L::least(L::subtract(L::splat(0.0), x), L::splat(FARTHEST)), L::splat(-FARTHEST));
    let rounding = L::splat(ROUNDING);
    let exponent =
        L::subtract(L::add(L::multiply(x, L::splat(std::f32::consts::LOG2_E)), rounding), rounding);
    let rest = L::subtract(x, L::multiply(exponent, L::splat(LN_2[0])));
    let rest = L::subtract(rest, L::multiply(exponent, L::splat(LN_2[1])));
    let mut series = L::splat(SERIES[0]);
    for term in &SERIES[1..] {
        series = L::add(L::multiply(series, rest), L::splat(*term));
    }
    let one = L::splat(1.0);
    let power = L::add(L::add(L::multiply(L::multiply(series, rest), rest), rest), one);
    L::divide(one, L::add(one, L::multiply(power, L::power_of_two(exponent))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::Portable;

    #[test]
    fn it_is_the_logistic_function_to_single_precision() {
        for step in -1000..=1000 {
            let x = step as f32 / 10.0;
            let expected = 1.0 / (1.0 + (-f64::from(x)).exp());
            let found = f64::from(sigmoid::<Portable>([x; 8])[0]);
            assert!((found - expected).abs() < 3e-7, "{x}: {found} and {expected}");
        }
    }
}
