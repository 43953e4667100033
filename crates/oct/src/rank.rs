//! Floats by their rank, in the order of [`f32::total_cmp`].
//!
//! That order is one of integers in disguise, and integers are compared four or eight at a
//! time where floats, for what is no number among them, are not.

/// An integer that stands to others as `value` to other floats in [`f32::total_cmp`].
pub(crate) fn key(value: f32) -> i32 {
    turned_below_zero(value.to_bits() as i32)
}

/// The float of a [`key`], to the bit.
pub(crate) fn of_key(key: i32) -> f32 {
    f32::from_bits(turned_below_zero(key) as u32)
}

/// Negative floats are larger in their bits the less they are. Twice is as before.
fn turned_below_zero(bits: i32) -> i32 {
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

/// The least and the largest of the values that count, but for NaN; infinity and its
/// negative where none does. Which of the two zeros it is says nothing.
pub(crate) fn extremes(values: impl Iterator<Item = (f32, bool)>) -> [f32; 2] {
    let (least, largest) = values.fold((i32::MAX, i32::MIN), |(least, largest), (value, counts)| {
        let counts = counts & !value.is_nan();
        let key = key(value);
        (least.min(if counts { key } else { i32::MAX }), largest.max(if counts { key } else { i32::MIN }))
    });
    if least > largest { [f32::INFINITY, f32::NEG_INFINITY] } else { [of_key(least), of_key(largest)] }
}

/// Leading bits of a [`key`] by which values are counted first: sign, exponent and three of
/// the mantissa. The counts fit into a core's nearest cache.
const COUNTED_BITS: u32 = 12;

/// What would stand at `rank` if `values` were sorted; `None` past the end.
///
/// Counting by the leading bits leaves few values to select from: selecting from all the
/// samples of a B-scan takes ten times as long.
pub fn at_ranks<const N: usize>(values: &[f32], ranks: [usize; N]) -> Option<[f32; N]> {
    let group = |value: f32| ((key(value) >> (32 - COUNTED_BITS)) + (1 << (COUNTED_BITS - 1))) as usize;
    let mut counts = vec![0usize; 1 << COUNTED_BITS];
    for value in values {
        counts[group(*value)] += 1;
    }
    let mut found = [0.0; N];
    for (found, rank) in found.iter_mut().zip(ranks) {
        let mut up_to = 0;
        let of_rank = counts.iter().position(|count| {
            up_to += count;
            up_to > rank
        })?;
        let below = up_to - counts[of_rank];
        // Each is written and the next over it, but where it stays: a branch that depends on
        // speckle is guessed wrong every other time.
        let (mut like, mut count) = (vec![0.0; counts[of_rank] + 1], 0);
        for value in values {
            like[count] = *value;
            count += usize::from(group(*value) == of_rank);
        }
        like.truncate(count);
        *found = *like.select_nth_unstable_by(rank - below, f32::total_cmp).1;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<f32> {
        let special = [0.0, -0.0, f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -1e-40];
        let usual = (0..500u32).map(|n| n.wrapping_mul(2_654_435_761) as f32 / 1e9 - 2.0);
        special.into_iter().chain(usual).collect()
    }

    #[test]
    fn keys_compare_as_floats_do_and_are_undone() {
        for one in values() {
            assert_eq!(of_key(key(one)).to_bits(), one.to_bits());
            for other in values() {
                assert_eq!(key(one).cmp(&key(other)), one.total_cmp(&other), "{one} {other}");
            }
        }
    }

    #[test]
    fn values_at_ranks_are_those_of_the_sorted_values() {
        let mut sorted = values();
        sorted.sort_by(f32::total_cmp);
        for rank in 0..sorted.len() {
            let found = at_ranks(&values(), [rank, sorted.len() - 1 - rank]).unwrap();
            let expected = [sorted[rank], sorted[sorted.len() - 1 - rank]];
            assert_eq!(found.map(f32::to_bits), expected.map(f32::to_bits));
        }
        assert_eq!(at_ranks(&[1.0], [1]), None);
        assert_eq!(at_ranks(&[], [0]), None);
    }

    #[test]
    fn extremes_are_of_what_counts_and_a_number() {
        let values = [(3.0, true), (f32::NAN, true), (9.0, false), (-2.0, true), (-7.0, false)];
        assert_eq!(extremes(values.into_iter()), [-2.0, 3.0]);
        assert_eq!(extremes([(1.0, false)].into_iter()), [f32::INFINITY, f32::NEG_INFINITY]);
    }
}
