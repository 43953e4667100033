//! What is asked where nothing tells which axis is depth.

use oct::{Axis, AxisOrder, OctVolume};

use super::{Listing, sample_at, sizes};

/// Samples of a thumbnail along either side at most.
const MOST_SAMPLES: usize = 160;

/// Which order an array has: one of these, or one of them turned or upside down.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisQuestion {
    /// The orders that come into question, the most likely first.
    pub candidates: Vec<AxisCandidate>,
    /// What is odd about the picture, where its axes are known.
    pub because: Option<&'static str>,
}

/// An order that an array may have.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisCandidate {
    /// The axes as the container lists them.
    pub axes: AxisOrder,
    /// What the volume is then: "8 B-scans of 128 x 124, 0.0469 x 0.0155 x 0.12 mm".
    pub volume: String,
    /// The B-scan in the middle of it.
    pub thumbnail: Thumbnail,
}

/// A small grey picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels per row.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
    /// Greys, row by row.
    pub greys: Vec<u8>,
}

impl AxisQuestion {
    /// The question whether `volume`, in the order of its memory, has its axes as
    /// one of `orders`, the fastest axis first.
    pub(super) fn new(volume: &OctVolume, listing: Listing, orders: &[AxisOrder]) -> Self {
        let candidate = |order: &AxisOrder| AxisCandidate {
            axes: listing.turned(*order),
            volume: described(volume, *order),
            thumbnail: Thumbnail::of(volume, *order),
        };
        Self { candidates: orders.iter().map(candidate).collect(), because: None }
    }

    /// The orders to choose from, in words: "rows,columns,bscans (8 B-scans of 128 x 124)".
    pub fn choices(&self) -> String {
        let choices = self.candidates.iter().map(|one| format!("{} ({})", one.axes, one.volume));
        choices.collect::<Vec<_>>().join(", ")
    }
}

fn described(volume: &OctVolume, order: AxisOrder) -> String {
    let [columns, rows, bscans] = order.standard(sizes(volume));
    let spacing = order.standard(Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm()));
    let count = if bscans == 1 { "1 B-scan".to_owned() } else { format!("{bscans} B-scans") };
    let mm: Vec<String> = spacing
        .iter()
        .take(if bscans == 1 { 2 } else { 3 })
        .map(|mm| mm.map_or_else(|| "?".to_owned(), |mm| ((mm * 1e5).round() / 1e5).to_string()))
        .collect();
    let spacing =
        if spacing.iter().any(Option::is_some) { format!(", {} mm", mm.join(" x ")) } else { String::new() };
    format!("{count} of {columns} x {rows}{spacing}")
}

impl Thumbnail {
    /// The B-scan in the middle of `volume` read in `order`, the fastest axis first.
    fn of(volume: &OctVolume, order: AxisOrder) -> Self {
        let sizes = sizes(volume);
        let steps = order.standard([1, sizes[0], sizes[0] * sizes[1]]);
        let [columns, rows, bscans] = order.standard(sizes);
        let start = bscans / 2 * steps[2];
        let (shown_columns, shown_rows) = (columns.min(MOST_SAMPLES), rows.min(MOST_SAMPLES));
        let mut values = Vec::with_capacity(shown_columns * shown_rows);
        for row in 0..shown_rows {
            let row = row * rows / shown_rows;
            let row = if order.rows_reversed() { rows - 1 - row } else { row };
            for column in 0..shown_columns {
                let index = start + row * steps[1] + column * columns / shown_columns * steps[0];
                values.push(sample_at(volume, index));
            }
        }
        let mut sorted = values.clone();
        sorted.sort_by(f32::total_cmp);
        let (dark, bright) = (sorted[sorted.len() / 100], sorted[sorted.len() - 1 - sorted.len() / 200]);
        let range = if bright > dark { bright - dark } else { 1.0 };
        let grey = |value: f32| ((value - dark) / range * 255.0).clamp(0.0, 255.0) as u8;
        Self { columns: shown_columns, rows: shown_rows, greys: values.into_iter().map(grey).collect() }
    }
}
