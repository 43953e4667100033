//! A set of samples of one B-scan.

use std::ops::Range;

/// Samples of one B-scan by index, row by row: ranges in ascending order that neither touch nor
/// overlap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape(Vec<Range<u32>>);

impl Shape {
    /// From ranges in any order, which may overlap.
    pub fn of_ranges(mut ranges: Vec<Range<u32>>) -> Self {
        ranges.retain(|range| range.start < range.end);
        ranges.sort_unstable_by_key(|range| range.start);
        let mut joined: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut().filter(|last| last.end >= range.start) {
                Some(last) => last.end = last.end.max(range.end),
                None => joined.push(range),
            }
        }
        Self(joined)
    }

    /// The samples of a B-scan that are `in_it`.
    pub fn of_samples(in_it: impl IntoIterator<Item = bool>) -> Self {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for (index, in_it) in (0_u32..).zip(in_it) {
            if in_it {
                match ranges.last_mut().filter(|last| last.end == index) {
                    Some(last) => last.end += 1,
                    None => ranges.push(index..index + 1),
                }
            }
        }
        Self(ranges)
    }

    /// Its ranges, ascending.
    pub fn ranges(&self) -> &[Range<u32>] {
        &self.0
    }

    /// Number of samples.
    pub fn samples(&self) -> u64 {
        self.0.iter().map(|range| u64::from(range.end - range.start)).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds the sample `index`.
    pub fn holds(&self, index: u32) -> bool {
        let after = self.0.partition_point(|range| range.start <= index);
        after > 0 && index < self.0[after - 1].end
    }

    /// Its samples that are `wanted`.
    #[must_use]
    pub fn filtered(&self, wanted: impl Fn(u32) -> bool) -> Self {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for index in self.0.iter().flat_map(Clone::clone).filter(|index| wanted(*index)) {
            match ranges.last_mut().filter(|last| last.end == index) {
                Some(last) => last.end += 1,
                None => ranges.push(index..index + 1),
            }
        }
        Self(ranges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_in_any_order_become_one_ascending_set() {
        let shape = Shape::of_ranges(vec![7..9, 1..3, 2..4, 9..10, 5..5]);
        assert_eq!(shape.ranges(), [1..4, 7..10]);
        assert_eq!((shape.samples(), shape.is_empty()), (6, false));
        assert_eq!(
            [0, 1, 3, 4, 9, 10].map(|index| shape.holds(index)),
            [false, true, true, false, true, false]
        );
        assert_eq!(shape.filtered(|index| index != 8).ranges(), [1..4, 7..8, 9..10]);
        assert_eq!(Shape::of_samples([false, true, true, false, true]).ranges(), [1..3, 4..5]);
    }
}
