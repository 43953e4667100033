//! Exact distances to an outline (Felzenszwalb and Huttenlocher, Theory of Computing 8, 2012).

/// Stands for a distance to nothing; sums with its square are exact in 64 bits.
const FAR: f32 = 1e6;

/// For each sample of a picture of `columns` the distance in samples to the outline of what is
/// `inside`: below 0 inside, above 0 outside, 0.5 from the outline for samples that touch it.
pub(crate) fn signed_distances(inside: &[bool], columns: usize) -> Vec<f32> {
    let to = |wanted: bool| squared_distances(inside, columns, wanted);
    let (to_inside, to_outside) = (to(true), to(false));
    to_inside
        .into_iter()
        .zip(to_outside)
        .map(
            |(to_inside, to_outside)| {
                if to_inside == 0.0 { 0.5 - to_outside.sqrt() } else { to_inside.sqrt() - 0.5 }
            },
        )
        .collect()
}

/// Squared distances to the nearest sample that is `wanted`.
fn squared_distances(inside: &[bool], columns: usize, wanted: bool) -> Vec<f32> {
    if columns == 0 {
        return Vec::new();
    }
    let rows = inside.len() / columns;
    let mut plane: Vec<f32> =
        inside.iter().map(|inside| if *inside == wanted { 0.0 } else { FAR * FAR }).collect();
    let mut line = Line::default();
    let mut values = vec![0.0; rows];
    for column in 0..columns {
        values.iter_mut().enumerate().for_each(|(row, value)| *value = plane[row * columns + column]);
        for (row, value) in line.transform(&values).iter().enumerate() {
            plane[row * columns + column] = *value;
        }
    }
    for row in plane.chunks_exact_mut(columns) {
        let values = row.to_vec();
        row.copy_from_slice(line.transform(&values));
    }
    plane
}

/// The lower envelope of parabolas over a line.
#[derive(Default)]
struct Line {
    /// Where the parabolas of the envelope stand, and from where on each is the lowest.
    parabolas: Vec<(usize, f64)>,
    lowest: Vec<f32>,
}

impl Line {
    fn transform(&mut self, values: &[f32]) -> &[f32] {
        self.parabolas.clear();
        self.lowest.clear();
        for (at, value) in values.iter().enumerate() {
            let meets = |other: usize| {
                let (a, b) = (at as f64, other as f64);
                let rise = (f64::from(*value) + a * a) - (f64::from(values[other]) + b * b);
                rise / (2.0 * (a - b))
            };
            let mut from = f64::NEG_INFINITY;
            while let Some((other, other_from)) = self.parabolas.last() {
                from = meets(*other);
                if from > *other_from {
                    break;
                }
                self.parabolas.pop();
                from = f64::NEG_INFINITY;
            }
            self.parabolas.push((at, from));
        }
        let mut current = 0;
        for at in 0..values.len() {
            while self.parabolas.get(current + 1).is_some_and(|(_, from)| *from < at as f64) {
                current += 1;
            }
            let (parabola, _) = self.parabolas[current];
            let distance = at.abs_diff(parabola) as f32;
            self.lowest.push(distance * distance + values[parabola]);
        }
        &self.lowest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_to_the_nearest_sample_on_the_other_side() {
        let (columns, rows) = (13_usize, 11_usize);
        let inside: Vec<bool> = (0..columns * rows)
            .map(|at| {
                let (column, row) = (at % columns, at / columns);
                (3..8).contains(&column) && (2..7).contains(&row) || at == 120
            })
            .collect();
        let found = signed_distances(&inside, columns);
        for at in 0..columns * rows {
            let nearest = (0..columns * rows)
                .filter(|other| inside[*other] != inside[at])
                .map(|other| {
                    let columns_apart = (other % columns).abs_diff(at % columns) as f32;
                    columns_apart.hypot((other / columns).abs_diff(at / columns) as f32)
                })
                .fold(f32::INFINITY, f32::min);
            let expected = if inside[at] { 0.5 - nearest } else { nearest - 0.5 };
            assert!((found[at] - expected).abs() < 1e-4, "{at}: {} for {expected}", found[at]);
        }
        assert!(signed_distances(&[], 0).is_empty());
        assert!(signed_distances(&[false; 4], 2).iter().all(|distance| *distance > 1e5));
    }
}
