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

/// The least and the largest of the values that are not left out, but for NaN; infinity and its
/// negative where none is. Which of the two zeros it is says nothing.
///
/// # Shapes
/// - `values`, `left_out`: of one length
pub(crate) fn extremes_but(values: &[f32], left_out: &[bool]) -> [f32; 2] {
    let (mut least, mut largest) = (i32::MAX, i32::MIN);
    let mut one_by_one = |values: &[f32], left_out: &[bool]| {
        for (value, left_out) in values.iter().zip(left_out) {
            let [low, high] = key_if(!left_out, *value);
            (least, largest) = (least.min(low), largest.max(high));
        }
    };
    let (mut lows, mut highs) = ([i32::MAX; SIDE_BY_SIDE], [i32::MIN; SIDE_BY_SIDE]);
    let (parts, rest) = values.as_chunks::<SIDE_BY_SIDE>();
    let (parts_left_out, rest_left_out) = left_out.as_chunks::<SIDE_BY_SIDE>();
    for (values, left_out) in parts.iter().zip(parts_left_out) {
        // Of most parts none is left out: then the compiler compares several at once.
        if !left_out.iter().fold(false, |any, left_out| any | left_out) {
            for at in 0..SIDE_BY_SIDE {
                let [low, high] = key_if(true, values[at]);
                (lows[at], highs[at]) = (lows[at].min(low), highs[at].max(high));
            }
        } else if left_out.contains(&false) {
            one_by_one(values, left_out);
        }
    }
    one_by_one(rest, rest_left_out);
    let least = lows.into_iter().fold(least, i32::min);
    let largest = highs.into_iter().fold(largest, i32::max);
    if least > largest { [f32::INFINITY, f32::NEG_INFINITY] } else { [of_key(least), of_key(largest)] }
}

/// The key of a value for the least and for the largest of many; what changes neither, where it does
/// not count.
fn key_if(counts: bool, value: f32) -> [i32; 2] {
    // All bits where it counts.
    let mask = -i32::from(counts & !value.is_nan());
    let key = key(value) & mask;
    [key | (i32::MAX & !mask), key | (i32::MIN & !mask)]
}

/// Values that [`extremes_but`] compares at once.
const SIDE_BY_SIDE: usize = 16;
/// Leading bits of a [`key`] by which values are counted first: sign, exponent and three of
/// the mantissa. The counts fit into a core's nearest cache.
const COUNTED_BITS: u32 = 12;

/// What would stand at `rank` if `values` were sorted; `None` past the end.
///
/// Counting by the leading bits leaves few values to select from: selecting from all the
/// samples of a B-scan takes ten times as long.
pub fn at_ranks<const N: usize>(values: &[f32], ranks: [usize; N]) -> Option<[f32; N]> {
    let group = |value: f32| ((key(value) ^ i32::MIN) as u32 >> (32 - COUNTED_BITS)) as usize;
    let mut counts = [0usize; 1 << COUNTED_BITS];
    for value in values {
        counts[group(*value)] += 1;
    }
    let mut found = [0.0; N];
    let mut groups = [0; N];
    let mut below = [0; N];
    for (at, rank) in ranks.into_iter().enumerate() {
        let mut up_to = 0;
        groups[at] = counts.iter().position(|count| {
            up_to += count;
            up_to > rank
        })?;
        below[at] = up_to - counts[groups[at]];
    }
    // Each is written and the next over it, but where it stays: a branch that depends on
    // speckle is guessed wrong every other time.
    let mut like = groups.map(|of_rank| vec![0.0; counts[of_rank] + 1]);
    let mut kept = [0; N];
    for value in values {
        let group = group(*value);
        for at in 0..N {
            like[at][kept[at]] = *value;
            kept[at] += usize::from(group == groups[at]);
        }
    }
    for (at, like) in like.iter_mut().enumerate() {
        let like = &mut like[..kept[at]];
        found[at] = *like.select_nth_unstable_by(ranks[at] - below[at], f32::total_cmp).1;
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
        let values = [3.0, f32::NAN, 9.0, -2.0, -7.0];
        let left_out = [false, false, true, false, true];
        assert_eq!(extremes_but(&values, &left_out), [-2.0, 3.0]);
        assert_eq!(extremes_but(&[1.0], &[true]), [f32::INFINITY, f32::NEG_INFINITY]);
        let (many, none) = (values.repeat(20), left_out.repeat(20));
        assert_eq!(extremes_but(&many[3..], &none[3..]), [-2.0, 3.0], "through the whole of it");
    }
}
