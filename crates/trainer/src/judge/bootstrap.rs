//! Bootstrap intervals by subject (Efron's percentile interval).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

const RESAMPLES: usize = 2000;

/// Fewest units that get an interval. Of fewer, the least and the most of them
/// are its ends, and n units without an effect all lie on one side of 0 with a
/// chance of 2^(1-n): 25 % for three, 6 % for five.
const FEWEST: usize = 6;

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// The 95 % interval of `statistic` over `units` drawn with replacement; always
/// the same for the same units. `None` for fewer than six units: what would be
/// called 95 % holds much less. Resamples without a value are left out.
pub fn interval<T>(units: &[T], statistic: impl Fn(&[&T]) -> Option<f64>) -> Option<Interval> {
    if units.len() < FEWEST {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(units.len() as u64);
    let mut values: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| {
            let drawn: Vec<&T> = units.iter().map(|_| &units[rng.random_range(0..units.len())]).collect();
            statistic(&drawn)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |part: f64| values.get(((values.len().max(1) - 1) as f64 * part).round() as usize).copied();
    Some(Interval { low: at(0.025)?, high: at(0.975)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[&f64]) -> Option<f64> {
        Some(values.iter().copied().sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_the_central_limit_theorem() {
        let values: Vec<f64> = (0..400).map(|n| (n as f64 * 0.618_034).fract()).collect();
        let found = interval(&values, mean).unwrap();
        // Uniform on 0..1: 1.96 * sqrt(1 / 12 / 400) = 0.0283 on either side of 0.5.
        assert!((found.low - 0.4717).abs() < 0.004 && (found.high - 0.5283).abs() < 0.004, "{found:?}");
    }

    #[test]
    fn few_subjects_have_no_interval_and_equal_subjects_have_no_width() {
        assert_eq!(interval(&[0.7], mean), None);
        assert_eq!(interval(&[0.1, 0.2, 0.3, 0.4, 0.5], mean), None);
        let found = interval(&[0.5; 6], mean).unwrap();
        assert_eq!((found.low, found.high), (0.5, 0.5));
    }

    #[test]
    fn the_interval_of_the_fewest_subjects_lies_within_the_least_and_the_most_of_them() {
        let found = interval(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], mean).unwrap();
        assert!(1.0 < found.low && found.low < 3.5 && 3.5 < found.high && found.high < 6.0, "{found:?}");
    }
}
