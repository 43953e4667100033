//! How one scan is stored against another: B-scans may begin at the other end, run the other
//! way, or stand upright.

use oct::{BScanOrder, BScanPlace, Geometry};

use crate::transform::{Turn, UNTURNED};

/// The later scan's B-scans begin at the other end.
const OTHER_END_FIRST: Turn = [[1.0, 0.0], [0.0, -1.0]];

/// The ways in which the axes of `before` may lie in those of `after`. One where both files say
/// where their B-scans lie; where neither does they are taken to be stored alike; where only one
/// does the other's B-scans may begin at either end.
pub(crate) fn turns(before: &Geometry, after: &Geometry) -> Vec<Turn> {
    match (on_fundus(before), on_fundus(after)) {
        (Some(before), Some(after)) => vec![product(transposed(after), before)],
        (None, None) => vec![UNTURNED],
        _ => vec![UNTURNED, OTHER_END_FIRST],
    }
}

/// Where the columns and the B-scans of a scan run to on the fundus image, to the right and down,
/// by whole quarter turns; `None` where its file does not say.
fn on_fundus(geometry: &Geometry) -> Option<Turn> {
    let slow = match geometry.bscan_order()? {
        BScanOrder::SuperiorFirst => [0.0, 1.0],
        BScanOrder::InferiorFirst => [0.0, -1.0],
        BScanOrder::LeftFirst => [1.0, 0.0],
        BScanOrder::RightFirst => [-1.0, 0.0],
    };
    let BScanPlace::Line { start_mm, end_mm } = geometry.places.first()? else { return None };
    let [right, down] = [0, 1].map(|axis| end_mm[axis] - start_mm[axis]);
    let columns = if slow[0] == 0.0 { [sign(right)?, 0.0] } else { [0.0, sign(down)?] };
    Some([[columns[0], slow[0]], [columns[1], slow[1]]])
}

fn sign(step: f64) -> Option<f64> {
    (step.is_finite() && step != 0.0).then(|| step.signum())
}

fn transposed([[a, b], [c, d]]: Turn) -> Turn {
    [[a, c], [b, d]]
}

fn product(one: Turn, other: Turn) -> Turn {
    let cell = |row: usize, column: usize| one[row][0] * other[0][column] + one[row][1] * other[1][column];
    [[cell(0, 0), cell(0, 1)], [cell(1, 0), cell(1, 1)]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(lines: [[[f64; 2]; 2]; 2]) -> Geometry {
        let line = |[start_mm, end_mm]: [[f64; 2]; 2]| BScanPlace::Line { start_mm, end_mm };
        Geometry { places: lines.map(line).to_vec(), ..Geometry::default() }
    }

    #[test]
    fn scans_that_are_stored_otherwise_are_turned_to_each_other() {
        let down = stored([[[0.0, 0.0], [6.0, 0.0]], [[0.0, 5.0], [6.0, 5.0]]]);
        let up = stored([[[0.0, 5.0], [6.0, 5.0]], [[0.0, 0.0], [6.0, 0.0]]]);
        let upright = stored([[[0.0, 0.0], [0.0, 6.0]], [[5.0, 0.0], [5.0, 6.0]]]);
        assert_eq!(turns(&down, &down), [UNTURNED]);
        assert_eq!(turns(&down, &up), [OTHER_END_FIRST]);
        assert_eq!(turns(&upright, &upright), [UNTURNED]);
        // Along an upright B-scan is across one that lies.
        assert_eq!(turns(&upright, &down), [[[0.0, 1.0], [1.0, 0.0]]]);
    }

    #[test]
    fn scans_of_unknown_places_are_stored_alike_or_either_way() {
        let known = stored([[[0.0, 0.0], [6.0, 0.0]], [[0.0, 5.0], [6.0, 5.0]]]);
        assert_eq!(turns(&Geometry::default(), &Geometry::default()), [UNTURNED]);
        assert_eq!(turns(&known, &Geometry::default()).len(), 2);
    }
}
