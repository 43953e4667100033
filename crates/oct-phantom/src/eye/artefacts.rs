//! What the device adds: signal lost over whole columns or bands of them, padding of its registration.

use super::slice::Slice;
use crate::anatomy::Region;
use crate::random::{Noise, Stream, smoothstep};

/// Signal lost over whole columns: vignetting, opacities, lashes at the edge.
#[derive(Debug, Clone)]
pub(super) struct Dimming {
    field: Noise,
    depth: f32,
}

impl Dimming {
    pub fn draw(stream: &mut Stream) -> Self {
        Self { field: Noise::new(stream), depth: stream.between(0.0, 0.12) }
    }

    /// Takes it off a slice.
    pub fn dim(&self, slice: &mut Slice) {
        let half = 0.5 * slice.columns as f32 * slice.lateral;
        let edge = (self.depth - 0.06).max(0.0) * 3.0;
        let loss: Vec<f32> = slice
            .x
            .iter()
            .map(|x| {
                let wave = self.field.over_plane(x / 0.9, slice.y / 1.2);
                let grain = self.field.over_plane(x / 0.05 + 7.0, slice.y / 0.05);
                self.depth * wave
                    + 0.3 * self.depth.min(0.06) * grain
                    + edge * smoothstep(0.75, 1.0, x.abs() / half)
            })
            .collect();
        for row in slice.grey.chunks_exact_mut(slice.columns) {
            for (grey, loss) in row.iter_mut().zip(&loss) {
                *grey -= loss;
            }
        }
    }
}

/// Bands of columns whose signal is lost: floaters, lashes, a clouded lens, thick vessels.
#[derive(Debug, Clone)]
pub(super) struct Shadows {
    bands: Vec<Band>,
}

#[derive(Debug, Clone, Copy)]
struct Band {
    at: f32,
    /// mm of x a mm of y.
    slant: f32,
    half: f32,
    /// Width of its edges, as a part of `half`.
    edge: f32,
    depth: f32,
    /// Whether the vitreous above the retina is dimmed, too.
    from_above: bool,
}

impl Shadows {
    pub fn draw(stream: &mut Stream) -> Self {
        let band = |stream: &mut Stream| Band {
            at: stream.between(-3.0, 3.0),
            slant: stream.between(-0.5, 0.5),
            half: stream.log_between(0.03, 0.9),
            edge: stream.between(0.15, 1.0),
            depth: stream.between(0.12, 0.55),
            from_above: stream.chance(0.4),
        };
        Self { bands: (0..stream.count(1, 4)).map(|_| band(stream)).collect() }
    }

    /// Takes them off a slice.
    pub fn dim(&self, slice: &mut Slice) {
        let Slice { columns, rows, axial, y, .. } = *slice;
        for band in &self.bands {
            for column in 0..columns {
                let away = ((slice.x[column] - band.at - band.slant * y) / band.half).abs();
                let lost = band.depth * (1.0 - smoothstep(1.0 - band.edge.min(0.99), 1.0, away));
                if lost <= 0.0 {
                    continue;
                }
                let ilm = slice.surfaces.below(Region::Vitreous, column);
                let first = if band.from_above { 0 } else { ((ilm / axial).max(0.0) as usize).min(rows) };
                for row in first..rows {
                    slice.grey[row * columns + column] -= lost;
                }
            }
        }
    }
}

/// Wedges that registration leaves empty, as parts of the B-scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Padding {
    slope: f32,
    top: f32,
    bottom: f32,
}

impl Padding {
    pub fn draw(stream: &mut Stream) -> Self {
        Self {
            slope: stream.between(-0.09, 0.09),
            top: stream.between(0.0, 0.05),
            bottom: stream.between(0.0, 0.05),
        }
    }

    /// Calls `blank` with the index of every pixel that registration left empty: pure 0, without a label.
    pub fn blank(self, columns: usize, rows: usize, mut blank: impl FnMut(usize)) {
        let Self { slope, top, bottom } = self;
        for column in 0..columns {
            let along = column as f32 / columns as f32 - 0.5;
            let shift = slope * along;
            let first = ((top + shift) * rows as f32).max(0.0) as usize;
            let last = ((bottom - shift) * rows as f32).max(0.0) as usize;
            for row in (0..first.min(rows)).chain(rows.saturating_sub(last)..rows) {
                blank(row * columns + column);
            }
        }
    }
}
