//! A figure before and after.

use serde::{Deserialize, Serialize};

/// A figure of two visits. Absent is 0, what is not measured is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Change {
    /// At the first visit.
    pub before: Option<f64>,
    /// At the second.
    pub after: Option<f64>,
    /// The second less the first; `None` where one of them is not measured.
    pub difference: Option<f64>,
    /// The difference in percent of the first; `None` where that is 0, too.
    pub percent: Option<f64>,
}

impl Change {
    /// From `before` to `after`; what is no number is not measured.
    pub fn of(before: Option<f64>, after: Option<f64>) -> Self {
        let [before, after] = [before, after].map(|figure| figure.filter(|figure| figure.is_finite()));
        let difference = before.zip(after).map(|(before, after)| after - before);
        let of = before.filter(|before| *before > 0.0);
        let percent = difference.zip(of).map(|(difference, before)| 100.0 * difference / before);
        Self { before, after, difference, percent: percent.filter(|percent| percent.is_finite()) }
    }

    /// Nothing is measured.
    pub fn unmeasured() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_the_second_less_the_first_and_a_part_of_the_first() {
        let shrunk = Change::of(Some(80.0), Some(20.0));
        assert_eq!((shrunk.difference, shrunk.percent), (Some(-60.0), Some(-75.0)));
        let gone = Change::of(Some(8.0), Some(0.0));
        assert_eq!((gone.difference, gone.percent), (Some(-8.0), Some(-100.0)));
    }

    #[test]
    fn there_is_no_percent_of_nothing_and_no_change_of_what_is_not_measured() {
        let new = Change::of(Some(0.0), Some(8.0));
        assert_eq!((new.difference, new.percent), (Some(8.0), None));
        let still_none = Change::of(Some(0.0), Some(0.0));
        assert_eq!((still_none.difference, still_none.percent), (Some(0.0), None));
        for half in
            [Change::of(None, Some(1.0)), Change::of(Some(1.0), None), Change::of(Some(f64::NAN), Some(1.0))]
        {
            assert_eq!((half.difference, half.percent), (None, None));
        }
    }
}
