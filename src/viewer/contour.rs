//! Outlines of a label mask as closed loops.
//!
//! The boundary between a class and the rest runs along pixel edges. We follow
//! those edges with the class on the right-hand side and join their *midpoints*,
//! which is marching squares at one half: staircases become slopes, nothing
//! moves by more than half a pixel, and a single pixel stays visible as a diamond.

use std::collections::HashSet;

/// A closed loop in pixel coordinates; (0, 0) is the upper left corner of the first pixel.
pub type Loop = Vec<(f32, f32)>;

/// Steps along pixel edges, clockwise: right, down, left, up.
const STEPS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// The outlines of `label` in `labels` (`columns` a row). Outer boundaries run
/// clockwise, holes counter-clockwise, so that both fill rules agree.
pub fn outlines(labels: &[u8], columns: usize, label: u8) -> Vec<Loop> {
    if columns == 0 {
        return Vec::new();
    }
    let rows = labels.len() / columns;
    let inside = |x: i32, y: i32| {
        x >= 0
            && y >= 0
            && (x as usize) < columns
            && (y as usize) < rows
            && labels[y as usize * columns + x as usize] == label
    };
    // The pixel to the right of an edge that leaves corner (x, y) in each direction.
    let is_edge = |x: i32, y: i32, direction: usize| {
        let (right, left) = match direction {
            0 => ((x, y), (x, y - 1)),
            1 => ((x - 1, y), (x, y)),
            2 => ((x - 1, y - 1), (x - 1, y)),
            _ => ((x, y - 1), (x - 1, y - 1)),
        };
        inside(right.0, right.1) && !inside(left.0, left.1)
    };

    // Every loop has an edge that runs right: the top of some pixel.
    let mut open: HashSet<(i32, i32)> = HashSet::new();
    let mut starts = Vec::new();
    for (index, _) in labels.iter().enumerate().filter(|(_, found)| **found == label) {
        let (x, y) = ((index % columns) as i32, (index / columns) as i32);
        if is_edge(x, y, 0) {
            open.insert((x, y));
            starts.push((x, y));
        }
    }

    let mut loops = Vec::new();
    for start in starts {
        if !open.remove(&start) {
            continue;
        }
        let (mut corner, mut direction) = (start, 0);
        let mut points: Loop = Vec::new();
        loop {
            let (dx, dy) = STEPS[direction];
            push_unless_straight(
                &mut points,
                (corner.0 as f32 + dx as f32 / 2.0, corner.1 as f32 + dy as f32 / 2.0),
            );
            corner = (corner.0 + dx, corner.1 + dy);
            // Right first: pixels that touch at a corner only stay apart.
            let turns = [(direction + 1) % 4, direction, (direction + 3) % 4];
            let Some(next) = turns.into_iter().find(|turn| is_edge(corner.0, corner.1, *turn)) else { break };
            direction = next;
            if direction == 0 {
                if corner == start {
                    break;
                }
                open.remove(&corner);
            }
        }
        loops.push(points);
    }
    loops
}

fn push_unless_straight(points: &mut Loop, point: (f32, f32)) {
    if let [.., (ax, ay), (bx, by)] = points.as_slice() {
        let cross = (bx - ax) * (point.1 - by) - (by - ay) * (point.0 - bx);
        if cross == 0.0 {
            points.pop();
        }
    }
    points.push(point);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the signed area, positive where the loop runs clockwise on the screen.
    fn area(points: &Loop) -> f32 {
        let next = points.iter().cycle().skip(1);
        points.iter().zip(next).map(|((ax, ay), (bx, by))| ax * by - bx * ay).sum::<f32>() / 2.0
    }

    #[test]
    fn a_single_pixel_is_a_diamond() {
        let loops = outlines(&[0, 0, 0, 0, 2, 0, 0, 0, 0], 3, 2);
        assert_eq!(loops, vec![vec![(1.5, 1.0), (2.0, 1.5), (1.5, 2.0), (1.0, 1.5)]]);
    }

    #[test]
    fn a_hole_runs_the_other_way_round() {
        let labels = [1, 1, 1, 1, 0, 1, 1, 1, 1];
        let loops = outlines(&labels, 3, 1);
        assert_eq!(loops.len(), 2);
        assert!(area(&loops[0]) > 8.0, "{:?}", loops[0]);
        assert!(area(&loops[1]) < 0.0, "{:?}", loops[1]);
    }

    #[test]
    fn pixels_that_touch_at_a_corner_stay_apart() {
        let loops = outlines(&[3, 0, 0, 3], 2, 3);
        assert_eq!(loops.len(), 2);
        assert!(loops.iter().all(|points| points.len() == 4));
    }

    #[test]
    fn straight_runs_need_no_points_between() {
        let loops = outlines(&[1; 40], 20, 1);
        assert_eq!(loops.len(), 1);
        assert!(loops[0].len() <= 9, "{:?}", loops[0]);
        assert!((area(&loops[0]) - 39.5).abs() < 0.01, "{}", area(&loops[0]));
    }

    #[test]
    fn an_absent_class_has_no_outline() {
        assert!(outlines(&[0, 1, 2, 0], 2, 3).is_empty());
        assert!(outlines(&[], 0, 3).is_empty());
    }
}
