//! What an interaction changed in one B-scan, in few bytes.

use std::ops::Range;

use crate::drawn::{Drawn, Span, UNTOUCHED};
use crate::varint;

/// Half a byte for [`UNTOUCHED`].
const UNTOUCHED_HALF: u8 = 15;

/// Which way a change is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// As it was made.
    Forth,
    /// Taken back.
    Back,
}

/// Runs of samples whose value changed from one to another. A run is the gap to the end of the
/// last one and its length, both as [`varint`], and a byte of both values: 3 to 5 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delta(Box<[u8]>);

impl Delta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.0.len()
    }

    /// Makes the change in `drawn`, or takes it back.
    pub fn apply(&self, drawn: &mut Drawn, direction: Direction) {
        drawn.put_spans(Spans { bytes: &self.0, at: 0, direction });
    }
}

/// The runs of a change with the values that they get.
struct Spans<'a> {
    bytes: &'a [u8],
    at: u32,
    direction: Direction,
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let gap = varint::read(&mut self.bytes)?;
        let length = varint::read(&mut self.bytes)?;
        let (values, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        let half = match self.direction {
            Direction::Forth => values & 15,
            Direction::Back => values >> 4,
        };
        let start = self.at.saturating_add(gap);
        self.at = start.saturating_add(length);
        let value = if half == UNTOUCHED_HALF { UNTOUCHED } else { half };
        Some(Span { start, end: self.at, value })
    }
}

/// Collects a [`Delta`] from ascending changes.
#[derive(Debug, Default)]
pub(crate) struct DeltaWriter {
    bytes: Vec<u8>,
    /// Where the last run that was written ends.
    written: u32,
    /// The run that may go on.
    open: Option<(Range<u32>, u8)>,
}

impl DeltaWriter {
    /// `samples` changed from one value to another; where those are the same, they did not.
    pub(crate) fn change(&mut self, samples: Range<u32>, before: u8, after: u8) {
        if samples.start >= samples.end || before == after {
            return;
        }
        let half = |value: u8| if value == UNTOUCHED { UNTOUCHED_HALF } else { value & 15 };
        let values = half(before) << 4 | half(after);
        match self.open.as_mut().filter(|(open, known)| open.end == samples.start && *known == values) {
            Some((open, _)) => open.end = samples.end,
            None => {
                self.write_open();
                self.open = Some((samples, values));
            }
        }
    }

    fn write_open(&mut self) {
        if let Some((samples, values)) = self.open.take() {
            varint::write(&mut self.bytes, samples.start - self.written);
            varint::write(&mut self.bytes, samples.end - samples.start);
            self.bytes.push(values);
            self.written = samples.end;
        }
    }

    pub(crate) fn end(mut self) -> Delta {
        self.write_open();
        Delta(self.bytes.into_boxed_slice())
    }
}
