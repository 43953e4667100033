//! Surfaces of the retina in a real B-scan, found in its greys.

/// Thinnest retina that is painted into, rows.
pub(super) const THINNEST_RETINA: f32 = 25.0;

/// Mean over `2 across + 1` columns and `2 down + 1` rows.
pub(super) fn smoothed(grey: &[f32], columns: usize, across: usize, down: usize) -> Vec<f32> {
    let rows = grey.len() / columns;
    let mut wide = vec![0.0; grey.len()];
    for (row, out) in grey.chunks_exact(columns).zip(wide.chunks_exact_mut(columns)) {
        for (x, out) in out.iter_mut().enumerate() {
            let part = &row[x.saturating_sub(across)..(x + across + 1).min(columns)];
            *out = part.iter().sum::<f32>() / part.len() as f32;
        }
    }
    let mut smooth = vec![0.0; grey.len()];
    for row in 0..rows {
        let part = row.saturating_sub(down)..(row + down + 1).min(rows);
        let weight = 1.0 / part.len() as f32;
        for from in part {
            for x in 0..columns {
                smooth[row * columns + x] += wide[from * columns + x] * weight;
            }
        }
    }
    smooth
}

fn column(image: &[f32], columns: usize, x: usize) -> impl Iterator<Item = f32> + '_ {
    image.iter().skip(x).step_by(columns).copied()
}

/// First row from above that is clearly brighter than vitreous, and stays so.
pub(super) fn inner_surface(smooth: &[f32], columns: usize) -> Vec<Option<f32>> {
    let mut sorted = smooth.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let part = |fraction: f32| sorted[(fraction * (sorted.len() - 1) as f32) as usize];
    let threshold = part(0.3) + 0.3 * (part(0.98) - part(0.3));
    let found = |x: usize| {
        let values: Vec<f32> = column(smooth, columns, x).collect();
        let bright = |window: &[f32]| window.iter().all(|value| *value > threshold);
        values.windows(5).position(bright).map(|row| row as f32)
    };
    (0..columns).map(found).collect()
}

/// The brightest band at least a thin retina below the inner surface.
pub(super) fn brightest_band(smooth: &[f32], columns: usize, ilm: &[f32]) -> Vec<Option<f32>> {
    let found = |x: usize| {
        let below = (ilm[x] + THINNEST_RETINA) as usize;
        let values = column(smooth, columns, x).enumerate().skip(below);
        values.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row as f32)
    };
    (0..columns).map(found).collect()
}

/// Upper and lower edge of what is marked in each column.
pub(super) fn marked(layers: &[bool], columns: usize) -> Option<(Vec<f32>, Vec<f32>)> {
    let edges = |x: usize| {
        let mut rows = layers.iter().skip(x).step_by(columns).enumerate().filter(|(_, inside)| **inside);
        let first = rows.next()?.0;
        Some((first, rows.next_back().map_or(first, |(row, _)| row)))
    };
    let edges: Vec<Option<(usize, usize)>> = (0..columns).map(edges).collect();
    let upper = steady(edges.iter().map(|edge| edge.map(|(upper, _)| upper as f32)).collect(), 1)?;
    let lower = steady(edges.iter().map(|edge| edge.map(|(_, lower)| lower as f32 + 1.0)).collect(), 1)?;
    Some((upper, lower))
}

/// A running median of `2 reach + 1` columns over what was found, carried on
/// where nothing was; `None` where less than half was found.
pub(super) fn steady(found: Vec<Option<f32>>, reach: usize) -> Option<Vec<f32>> {
    if found.iter().flatten().count() * 2 < found.len() {
        return None;
    }
    let median = |x: usize, reach: usize| {
        let part = &found[x.saturating_sub(reach)..(x + reach + 1).min(found.len())];
        let mut values: Vec<f32> = part.iter().flatten().copied().collect();
        values.sort_unstable_by(f32::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let wide = |x: usize| {
        let mut reach = reach;
        loop {
            if let Some(row) = median(x, reach) {
                return row;
            }
            // Half of all columns hold a row, so this ends.
            reach *= 2;
        }
    };
    Some((0..found.len()).map(wide).collect())
}
