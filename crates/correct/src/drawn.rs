//! What a person drew in one B-scan.

use std::ops::Range;

use oct::{FluidClass, RunLengths};

use crate::delta::{Delta, DeltaWriter};
use crate::shape::Shape;

/// What a voxel is called that nobody drew: the network's label is in force there.
pub const UNTOUCHED: u8 = 255;

/// Neighbouring samples with one value: a label 0 to 3 or [`UNTOUCHED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Index of the first one, row by row.
    pub start: u32,
    /// Index after the last one.
    pub end: u32,
    /// The value.
    pub value: u8,
}

/// The voxels of one B-scan that a person drew, as runs of equal labels; ascending, apart from
/// each other or of different labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn(Vec<Span>);

impl Drawn {
    /// Its runs, of which none is [`UNTOUCHED`].
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// From runs that are checked: ascending, without overlap, not empty, within `pixels`, labels
    /// 0 to 3. `None` where they are not so.
    pub fn of_spans(spans: impl IntoIterator<Item = Span>, pixels: u32) -> Option<Self> {
        let mut drawn = Self::default();
        let mut last = 0;
        for span in spans {
            if span.start < last || span.end <= span.start || span.end > pixels || span.value > 3 {
                return None;
            }
            last = span.end;
            push_joined(&mut drawn.0, span);
        }
        Some(drawn)
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Voxels that are drawn.
    pub fn voxels(&self) -> u64 {
        self.0.iter().map(|span| u64::from(span.end - span.start)).sum()
    }

    /// Voxels that are drawn as `class`.
    pub fn class_voxels(&self, class: FluidClass) -> u64 {
        let of_class = self.0.iter().filter(|span| span.value == class.label());
        of_class.map(|span| u64::from(span.end - span.start)).sum()
    }

    /// All that is drawn.
    pub fn shape(&self) -> Shape {
        Shape::of_ranges(self.0.iter().map(|span| span.start..span.end).collect())
    }

    /// Whether the sample `index` is drawn.
    pub fn holds(&self, index: u32) -> bool {
        let after = self.0.partition_point(|span| span.start <= index);
        after > 0 && index < self.0[after - 1].end
    }

    /// Puts what is drawn over `labels`, row by row; what lies past their end is left out.
    pub fn over(&self, labels: &mut [u8]) {
        for span in &self.0 {
            let end = (span.end as usize).min(labels.len());
            if let Some(labels) = labels.get_mut(span.start as usize..end) {
                labels.fill(span.value);
            }
        }
    }

    /// As runs over a whole B-scan of `pixels`, [`UNTOUCHED`] where nothing is drawn.
    pub fn run_lengths(&self, pixels: u32) -> RunLengths {
        let (mut runs, mut at) = (Vec::with_capacity(2 * self.0.len() + 1), 0);
        for span in &self.0 {
            if span.start > at {
                runs.push((span.start - at, UNTOUCHED));
            }
            runs.push((span.end - span.start, span.value));
            at = span.end;
        }
        if pixels > at {
            runs.push((pixels - at, UNTOUCHED));
        }
        RunLengths::of_runs(runs)
    }

    /// What [`Self::run_lengths`] gave; `None` where a label is above 3 or they do not make up `pixels`.
    pub fn of_run_lengths(runs: &RunLengths, pixels: u32) -> Option<Self> {
        let mut spans = Vec::new();
        let mut at = 0_u32;
        for (length, value) in runs.runs() {
            let end = at.checked_add(*length)?;
            if *value != UNTOUCHED && end > at {
                spans.push(Span { start: at, end, value: *value });
            }
            at = end;
        }
        if at != pixels {
            return None;
        }
        Self::of_spans(spans, pixels)
    }

    /// Gives `value` to all of `shape`, and says what that changed.
    pub fn put(&mut self, shape: &Shape, value: u8) -> Delta {
        let spans = shape.ranges().iter().map(|range| Span { start: range.start, end: range.end, value });
        self.put_spans(spans)
    }

    /// Gives ascending `spans` their values, and says what that changed.
    pub(crate) fn put_spans(&mut self, spans: impl IntoIterator<Item = Span>) -> Delta {
        let mut delta = DeltaWriter::default();
        let mut new: Vec<Span> = Vec::with_capacity(self.0.len() + 8);
        let mut old = self.0.iter().copied().peekable();
        for put in spans {
            // What ends before it stays.
            while let Some(span) = old.next_if(|span| span.end <= put.start) {
                push_joined(&mut new, span);
            }
            let mut at = put.start;
            while let Some(span) = old.peek_mut().filter(|span| span.start < put.end) {
                let overlap: Range<u32> = span.start.max(put.start)..span.end.min(put.end);
                if span.start < put.start {
                    push_joined(&mut new, Span { end: put.start, ..*span });
                }
                delta.change(at..overlap.start, UNTOUCHED, put.value);
                delta.change(overlap.clone(), span.value, put.value);
                at = overlap.end;
                if span.end > put.end {
                    // The rest may lie under the next one.
                    span.start = put.end;
                    break;
                }
                old.next();
            }
            delta.change(at..put.end, UNTOUCHED, put.value);
            if put.value != UNTOUCHED {
                push_joined(&mut new, put);
            }
        }
        old.for_each(|span| push_joined(&mut new, span));
        new.shrink_to_fit();
        self.0 = new;
        delta.end()
    }
}

/// Adds `span`, to the last one where it goes on with that.
fn push_joined(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut().filter(|last| last.end == span.start && last.value == span.value) {
        Some(last) => last.end = span.end,
        None => spans.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::Direction;

    fn shape(ranges: &[Range<u32>]) -> Shape {
        Shape::of_ranges(ranges.to_vec())
    }

    fn plane(drawn: &Drawn) -> Vec<u8> {
        drawn.run_lengths(12).decode()
    }

    const N: u8 = UNTOUCHED;

    #[test]
    fn what_is_drawn_lies_over_labels_and_leaves_the_rest() {
        let mut drawn = Drawn::default();
        drawn.put(&shape(&[2..5]), 3);
        drawn.put(&shape(&[4..7]), 0);
        let mut labels = [1; 12];
        drawn.over(&mut labels);
        assert_eq!(labels, [1, 1, 3, 3, 0, 0, 0, 1, 1, 1, 1, 1]);
        assert_eq!((drawn.voxels(), drawn.class_voxels(FluidClass::Ped)), (5, 2));
        let mut shorter = [1; 5];
        drawn.over(&mut shorter);
        assert_eq!(shorter, [1, 1, 3, 3, 0]);
    }

    #[test]
    fn a_change_says_only_what_changed_and_is_undone_and_redone() {
        let mut drawn = Drawn::default();
        drawn.put(&shape(&[0..2, 6..9]), 1);
        let before = plane(&drawn);
        let delta = drawn.put(&shape(&[1..4, 5..8, 8..11]), 2);
        let after = plane(&drawn);
        assert_eq!(after, [1, 2, 2, 2, N, 2, 2, 2, 2, 2, 2, N]);
        delta.apply(&mut drawn, Direction::Back);
        assert_eq!(plane(&drawn), before);
        delta.apply(&mut drawn, Direction::Forth);
        assert_eq!(plane(&drawn), after);
        assert!(drawn.put(&shape(&[1..3]), 2).is_empty(), "nothing changed");
        let delta = drawn.put(&shape(&[2..3]), UNTOUCHED);
        assert_eq!(plane(&drawn)[..4], [1, 2, N, 2]);
        delta.apply(&mut drawn, Direction::Back);
        assert_eq!(plane(&drawn), after);
    }

    #[test]
    fn drawing_is_the_same_as_on_a_plane() {
        let mut state = 1_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let (mut drawn, mut expected) = (Drawn::default(), vec![N; 200]);
        let mut deltas = Vec::new();
        for _ in 0..300 {
            let ranges = (0..1 + random(4))
                .map(|_| {
                    let start = random(200);
                    start..(start + random(20)).min(200)
                })
                .collect();
            let shape = Shape::of_ranges(ranges);
            let value = [0, 1, 2, 3, N][random(5) as usize];
            deltas.push((expected.clone(), drawn.put(&shape, value)));
            shape.ranges().iter().flat_map(Clone::clone).for_each(|at| expected[at as usize] = value);
            assert_eq!(drawn.run_lengths(200).decode(), expected);
            assert!(drawn.spans().windows(2).all(|pair| {
                pair[0].end < pair[1].start
                    || (pair[0].end == pair[1].start && pair[0].value != pair[1].value)
            }));
            assert_eq!(Drawn::of_run_lengths(&drawn.run_lengths(200), 200).as_ref(), Some(&drawn));
        }
        for (before, delta) in deltas.into_iter().rev() {
            delta.apply(&mut drawn, Direction::Back);
            assert_eq!(drawn.run_lengths(200).decode(), before);
        }
        assert!(drawn.is_empty());
    }

    #[test]
    fn runs_that_do_not_fit_are_refused() {
        let of_runs = |runs: &[(u32, u8)]| Drawn::of_run_lengths(&RunLengths::of_runs(runs.to_vec()), 4);
        assert!(of_runs(&[(1, N), (2, 3), (1, N)]).is_some());
        assert!(of_runs(&[(1, N), (2, 4), (1, N)]).is_none());
        assert!(of_runs(&[(1, N), (2, 3)]).is_none());
        assert!(of_runs(&[(u32::MAX, N), (u32::MAX, 3)]).is_none());
        let span = |start, end| Span { start, end, value: 1 };
        assert!(Drawn::of_spans([span(2, 3), span(0, 1)], 4).is_none());
        assert!(Drawn::of_spans([span(2, 2)], 4).is_none());
    }
}
