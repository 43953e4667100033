//! Distances from the outline of a class within a B-scan.

/// A part of a cell above which it is inside of the outline.
const INSIDE: f32 = 0.5;
/// How far inside a sheet reaches that is thinner than a cell, as a part of one: a layer of
/// fluid one row thick is seen, and as thin as can be drawn.
const THIN: f32 = 0.1;

/// Signed distances in mm, negative inside, of cells of which `covered` says what part is
/// inside; at most `most_mm` either way.
///
/// # Shapes
/// `covered` and the answer hold `width` cells a row; a cell is `step_mm` wide and tall.
pub fn signed_mm(covered: &[f32], width: usize, step_mm: [f32; 2], most_mm: f32) -> Vec<f32> {
    if width == 0 || covered.is_empty() {
        return Vec::new();
    }
    let mut outside = covered.iter().map(|covered| INSIDE - covered).collect::<Vec<f32>>();
    keep_thin(covered, &mut outside, width);
    let mut distance_mm = crossings(&outside, width, step_mm);
    spread(&mut distance_mm, width, step_mm);
    for (distance_mm, outside) in distance_mm.iter_mut().zip(&outside) {
        *distance_mm = distance_mm.min(most_mm).copysign(*outside);
    }
    distance_mm
}

/// Marks cells as inside where a sheet passes that fills none of them by half: those with
/// the most of it from top to bottom, where no neighbour is inside.
fn keep_thin(covered: &[f32], outside: &mut [f32], width: usize) {
    let at = |index: Option<usize>| index.and_then(|index| covered.get(index)).copied().unwrap_or(0.0);
    for index in 0..covered.len() {
        let here = covered[index];
        if here <= 0.0 || here > INSIDE {
            continue;
        }
        let (above, below) = (at(index.checked_sub(width)), at(index.checked_add(width)));
        let beside = at(index.checked_sub(1)).max(at(index.checked_add(1)));
        // Of two rows with as much the upper one is it, else they would be two sheets.
        if above < here && below <= here && beside <= INSIDE {
            outside[index] = -THIN;
        }
    }
}

/// Distances of cells beside the outline from where it crosses between two of them; all
/// others are infinitely far so far.
fn crossings(outside: &[f32], width: usize, [step_x_mm, step_y_mm]: [f32; 2]) -> Vec<f32> {
    let rows = outside.len() / width;
    let crossing = |here: f32, there: f32, step_mm: f32| {
        let crosses = (here < 0.0) != (there < 0.0);
        if crosses { step_mm * here.abs() / (here.abs() + there.abs()).max(1e-6) } else { f32::INFINITY }
    };
    let mut distance_mm = vec![f32::INFINITY; outside.len()];
    for row in 0..rows {
        for column in 0..width {
            let index = row * width + column;
            let here = outside[index];
            let mut across = f32::INFINITY;
            let mut down = f32::INFINITY;
            if column > 0 {
                across = across.min(crossing(here, outside[index - 1], step_x_mm));
            }
            if column + 1 < width {
                across = across.min(crossing(here, outside[index + 1], step_x_mm));
            }
            if row > 0 {
                down = down.min(crossing(here, outside[index - width], step_y_mm));
            }
            if row + 1 < rows {
                down = down.min(crossing(here, outside[index + width], step_y_mm));
            }
            // The outline is a line through both crossings.
            distance_mm[index] = match (across.is_finite(), down.is_finite()) {
                (true, true) => across * down / across.hypot(down).max(1e-9),
                _ => across.min(down),
            };
        }
    }
    distance_mm
}

/// Spreads distances over all cells: a chamfer, forward and back, off by less than a tenth.
fn spread(distance_mm: &mut [f32], width: usize, [step_x_mm, step_y_mm]: [f32; 2]) {
    let diagonal_mm = step_x_mm.hypot(step_y_mm);
    let rows = distance_mm.len() / width;
    for row in 0..rows {
        for column in 0..width {
            let index = row * width + column;
            let mut least = distance_mm[index];
            if column > 0 {
                least = least.min(distance_mm[index - 1] + step_x_mm);
            }
            if row > 0 {
                least = least.min(distance_mm[index - width] + step_y_mm);
                if column > 0 {
                    least = least.min(distance_mm[index - width - 1] + diagonal_mm);
                }
                if column + 1 < width {
                    least = least.min(distance_mm[index - width + 1] + diagonal_mm);
                }
            }
            distance_mm[index] = least;
        }
    }
    for row in (0..rows).rev() {
        for column in (0..width).rev() {
            let index = row * width + column;
            let mut least = distance_mm[index];
            if column + 1 < width {
                least = least.min(distance_mm[index + 1] + step_x_mm);
            }
            if row + 1 < rows {
                least = least.min(distance_mm[index + width] + step_y_mm);
                if column + 1 < width {
                    least = least.min(distance_mm[index + width + 1] + diagonal_mm);
                }
                if column > 0 {
                    least = least.min(distance_mm[index + width - 1] + diagonal_mm);
                }
            }
            distance_mm[index] = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc of `radius` cells in the middle of `size` by `size`.
    fn disc(size: usize, radius: f32) -> Vec<f32> {
        let middle = (size as f32 - 1.0) / 2.0;
        let cell = |index: usize| {
            let [x, y] = [index % size, index / size].map(|at| at as f32 - middle);
            (radius - x.hypot(y) + 0.5).clamp(0.0, 1.0)
        };
        (0..size * size).map(cell).collect()
    }

    #[test]
    fn distances_of_a_disc_are_those_of_a_circle_in_whatever_cells() {
        let (size, radius) = (41, 12.0);
        for step_mm in [1.0, 0.004] {
            let distances = signed_mm(&disc(size, radius), size, [step_mm; 2], 8.0 * step_mm);
            for (index, distance_mm) in distances.iter().enumerate() {
                let [x, y] = [index % size, index / size].map(|at| at as f32 - 20.0);
                let expected = (x.hypot(y) - radius).clamp(-8.0, 8.0);
                assert!((distance_mm / step_mm - expected).abs() < 0.8, "{x} {y}: {distance_mm}");
            }
        }
    }

    #[test]
    fn a_sheet_thinner_than_a_cell_is_inside_once() {
        let covered = [0.0, 0.0, 0.0, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.0, 0.0, 0.0];
        let inside = signed_mm(&covered, 3, [1.0; 2], 9.0).iter().map(|mm| *mm < 0.0).collect::<Vec<bool>>();
        assert_eq!(inside.iter().filter(|inside| **inside).count(), 3);
        assert!(inside[3..6].iter().all(|inside| *inside));
    }

    #[test]
    fn nothing_is_as_far_as_can_be() {
        assert_eq!(signed_mm(&[0.0; 6], 3, [1.0; 2], 5.0), [5.0; 6]);
        assert_eq!(signed_mm(&[], 0, [1.0; 2], 5.0), Vec::<f32>::new());
    }
}
