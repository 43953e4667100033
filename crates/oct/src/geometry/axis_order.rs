//! In which order an array lists its axes.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Axis;

/// Which axis of an array is which, and whether depth runs from the vitreous on.
///
/// As text it names the axes in the order in which a file lists their sizes:
/// `columns,rows,bscans`, or `rows-reversed` where the vitreous comes last. A
/// single B-scan may leave its third axis out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AxisOrder {
    axes: [Axis; 3],
    rows_reversed: bool,
}

impl AxisOrder {
    /// Columns, rows, B-scans: how samples lie in an [`crate::OctVolume`], the fastest first.
    pub const STANDARD: Self = Self { axes: Axis::ALL, rows_reversed: false };

    /// Every order with the vitreous first.
    pub const ALL: [Self; 6] = {
        use Axis::{Axial, BetweenBScans, Lateral};
        [
            Self { axes: [Lateral, Axial, BetweenBScans], rows_reversed: false },
            Self { axes: [Lateral, BetweenBScans, Axial], rows_reversed: false },
            Self { axes: [Axial, Lateral, BetweenBScans], rows_reversed: false },
            Self { axes: [Axial, BetweenBScans, Lateral], rows_reversed: false },
            Self { axes: [BetweenBScans, Lateral, Axial], rows_reversed: false },
            Self { axes: [BetweenBScans, Axial, Lateral], rows_reversed: false },
        ]
    };

    /// The order of `axes`, vitreous first; `None` where one of them is missing.
    pub fn new(axes: [Axis; 3]) -> Option<Self> {
        let is_whole = Axis::ALL.into_iter().all(|axis| axes.contains(&axis));
        is_whole.then_some(Self { axes, rows_reversed: false })
    }

    /// The axes in their order.
    pub fn axes(self) -> [Axis; 3] {
        self.axes
    }

    /// Whether the vitreous comes last along the rows.
    pub fn rows_reversed(self) -> bool {
        self.rows_reversed
    }

    /// The place of `axis` in the order.
    pub fn place(self, axis: Axis) -> usize {
        self.axes.iter().position(|other| *other == axis).unwrap_or(0)
    }

    /// The same axes listed from the last to the first.
    pub fn listed_backwards(self) -> Self {
        let [first, second, third] = self.axes;
        Self { axes: [third, second, first], ..self }
    }

    /// With columns and rows exchanged: each B-scan lies on its side.
    pub fn turned(self) -> Self {
        let axes = self.axes.map(|axis| match axis {
            Axis::Lateral => Axis::Axial,
            Axis::Axial => Axis::Lateral,
            Axis::BetweenBScans => Axis::BetweenBScans,
        });
        Self { axes, ..self }
    }

    /// With the other end of the rows first.
    pub fn upside_down(self) -> Self {
        Self { rows_reversed: !self.rows_reversed, ..self }
    }

    /// The order with axis `place` as the B-scans, the other two as they follow each other.
    #[must_use]
    pub fn with_bscans_at(self, place: usize) -> Self {
        let mut others = self.axes.into_iter().filter(|axis| *axis != Axis::BetweenBScans);
        let axes = std::array::from_fn(|index| {
            if index == place { Axis::BetweenBScans } else { others.next().unwrap_or(Axis::BetweenBScans) }
        });
        Self { axes, ..self }
    }

    /// Samples of an array in this order, the fastest axis first, with the sides
    /// `stored`, brought to the order of a volume. `None` where they do not fill
    /// it, or the memory does not suffice.
    pub fn to_standard<T: Copy>(self, samples: &[T], stored: [usize; 3]) -> Option<Vec<T>> {
        let steps = steps_of(stored)?;
        let (sizes, steps) = (self.standard(stored), self.standard(steps));
        self.copied(samples, sizes, steps, Axis::Axial.index())
    }

    /// Samples in the order of a volume of the sides `sizes` (columns, rows,
    /// B-scans) brought to this order, the fastest axis first. `None` where they
    /// do not fill it, or the memory does not suffice.
    pub fn from_standard<T: Copy>(self, samples: &[T], sizes: [usize; 3]) -> Option<Vec<T>> {
        let steps = steps_of(sizes)?;
        self.copied(samples, self.stored(sizes), self.stored(steps), self.place(Axis::Axial))
    }

    /// What belongs to each axis of the array, by [`Axis::index`].
    pub fn standard<T: Copy>(self, stored: [T; 3]) -> [T; 3] {
        Axis::ALL.map(|axis| stored[self.place(axis)])
    }

    /// What belongs to each axis by [`Axis::index`], in the order of the array.
    pub fn stored<T: Copy>(self, standard: [T; 3]) -> [T; 3] {
        self.axes.map(|axis| standard[axis.index()])
    }

    /// Samples `steps` apart along each axis of the sides `sizes`; that of the
    /// rows, which is axis `rows`, runs backwards where they are reversed.
    fn copied<T: Copy>(
        self,
        samples: &[T],
        sizes: [usize; 3],
        steps: [usize; 3],
        rows: usize,
    ) -> Option<Vec<T>> {
        let count = sizes.iter().try_fold(1_usize, |count, size| count.checked_mul(*size))?;
        if count != samples.len() || count == 0 {
            return None;
        }
        let at = |axis: usize, index: usize| {
            let is_backwards = self.rows_reversed && axis == rows;
            (if is_backwards { sizes[axis] - 1 - index } else { index }) * steps[axis]
        };
        let mut copied = Vec::new();
        copied.try_reserve_exact(count).ok()?;
        for third in 0..sizes[2] {
            for second in 0..sizes[1] {
                let start = at(2, third) + at(1, second);
                copied.extend((0..sizes[0]).map(|first| samples[start + at(0, first)]));
            }
        }
        Some(copied)
    }
}

impl Default for AxisOrder {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// The word for an axis in an order.
fn word(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "columns",
        Axis::Axial => "rows",
        Axis::BetweenBScans => "bscans",
    }
}

/// Added to the word for the rows where they are reversed.
const REVERSED: &str = "-reversed";

impl Display for AxisOrder {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        for (place, axis) in self.axes.into_iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let reversed = if axis == Axis::Axial && self.rows_reversed { REVERSED } else { "" };
            write!(formatter, "{comma}{}{reversed}", word(axis))?;
        }
        Ok(())
    }
}

/// A text that is no order of axes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no order of axes: name each of columns, rows (or rows-reversed) and bscans once, \
     as in columns,rows,bscans"
)]
pub struct NoAxisOrder {
    /// The text.
    pub text: String,
}

impl FromStr for AxisOrder {
    type Err = NoAxisOrder;

    fn from_str(text: &str) -> Result<Self, NoAxisOrder> {
        let no_order = || NoAxisOrder { text: text.chars().take(60).collect() };
        let mut axes = Vec::new();
        let mut rows_reversed = false;
        for part in text.split(',').map(|part| part.trim().to_ascii_lowercase()) {
            let plain = part.strip_suffix(REVERSED).unwrap_or(&part);
            let axis = Axis::ALL.into_iter().find(|axis| word(*axis) == plain).ok_or_else(no_order)?;
            let is_reversed = plain.len() < part.len();
            if axes.contains(&axis) || (is_reversed && axis != Axis::Axial) {
                return Err(no_order());
            }
            rows_reversed |= is_reversed;
            axes.push(axis);
        }
        if axes.len() == 2 && !axes.contains(&Axis::BetweenBScans) {
            axes.push(Axis::BetweenBScans);
        }
        let axes = <[Axis; 3]>::try_from(axes).map_err(|_| no_order())?;
        Ok(Self { axes, rows_reversed })
    }
}

/// How far samples lie apart along each axis of an array of the sides `sizes`.
fn steps_of([first, second, _]: [usize; 3]) -> Option<[usize; 3]> {
    Some([1, first, first.checked_mul(second)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_order() -> Vec<AxisOrder> {
        let [lateral, axial, between] = Axis::ALL;
        let orders = [
            [lateral, axial, between],
            [lateral, between, axial],
            [axial, lateral, between],
            [axial, between, lateral],
            [between, lateral, axial],
            [between, axial, lateral],
        ];
        let orders = orders.into_iter().filter_map(AxisOrder::new);
        orders.flat_map(|order| [order, order.upside_down()]).collect()
    }

    #[test]
    fn samples_go_to_an_order_and_back() {
        let (sizes, samples) = ([3, 4, 2], (0..24).collect::<Vec<u8>>());
        for order in every_order() {
            let stored = order.from_standard(&samples, sizes).unwrap();
            assert_eq!(order.to_standard(&stored, order.stored(sizes)).unwrap(), samples, "{order}");
            assert_eq!(stored == samples, order == AxisOrder::STANDARD, "{order}");
        }
    }

    #[test]
    fn a_sample_lies_where_its_order_says() {
        // Columns, rows, B-scans of 3 x 4 x 2: sample (2, 1, 1) is 2 + 3 + 12.
        let samples: Vec<u8> = (0..24).collect();
        let order: AxisOrder = "rows-reversed,columns,bscans".parse().unwrap();
        let stored = order.from_standard(&samples, [3, 4, 2]).unwrap();
        assert_eq!(stored[(4 - 1 - 1) + 4 * 2 + 12], 17);
    }

    #[test]
    fn samples_that_do_not_fill_the_sides_have_no_order() {
        assert_eq!(AxisOrder::STANDARD.to_standard(&[1, 2, 3], [2, 2, 1]), None);
        assert_eq!(AxisOrder::STANDARD.to_standard(&[1, 2, 3], [usize::MAX, 2, usize::MAX]), None);
        assert_eq!(AxisOrder::STANDARD.from_standard::<u8>(&[], [0, 2, 2]), None);
    }

    #[test]
    fn an_order_is_written_as_it_is_read() {
        for order in every_order() {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        assert_eq!("Rows, Columns".parse(), Ok(AxisOrder::STANDARD.turned()));
        assert_eq!(AxisOrder::STANDARD.listed_backwards().to_string(), "bscans,rows,columns");
        assert_eq!(AxisOrder::STANDARD.with_bscans_at(0).to_string(), "bscans,columns,rows");
    }

    #[test]
    fn what_is_no_order_is_refused_with_the_words_that_make_one() {
        for text in
            ["", "x,y,z", "columns,rows,rows", "columns-reversed,rows,bscans", "columns,bscans", "rows"]
        {
            let refused = text.parse::<AxisOrder>().unwrap_err().to_string();
            assert!(refused.contains("columns,rows,bscans"), "{refused}");
        }
    }
}
