//! Where a place of one scan lies in the other.

use oct::EnFacePlace;
use serde::{Deserialize, Serialize};

/// How axes of one scan lie in those of another: the rows of a matrix without scale, here of
/// whole quarter turns and mirror images.
pub(crate) type Turn = [[f64; 2]; 2];

/// Nothing is turned.
pub(crate) const UNTURNED: Turn = [[1.0, 0.0], [0.0, 1.0]];

/// A rigid motion of the retina as seen from the front, from the places of the earlier scan to
/// those of the later one, both in mm: turned, mirrored where one scan is stored the other way
/// round, and shifted. Nothing is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EnFaceTransform {
    matrix: [[f64; 2]; 2],
    shift_mm: [f64; 2],
}

impl EnFaceTransform {
    /// Both scans lie in the same place.
    pub fn identity() -> Self {
        Self { matrix: UNTURNED, shift_mm: [0.0; 2] }
    }

    /// Turned by `turn` and then by `radians`, so that `from` comes to lie on `to`.
    pub(crate) fn new(turn: Turn, radians: f64, from: EnFacePlace, to: EnFacePlace) -> Self {
        let (sin, cos) = radians.sin_cos();
        let row = |a: f64, b: f64| [0, 1].map(|axis| a * turn[0][axis] + b * turn[1][axis]);
        let unshifted = Self { matrix: [row(cos, -sin), row(sin, cos)], shift_mm: [0.0; 2] };
        let lies = unshifted.apply(from);
        Self { shift_mm: [to.lateral_mm - lies.lateral_mm, to.slow_mm - lies.slow_mm], ..unshifted }
    }

    /// Of the rows of its matrix, lateral and slow, and of its shift in mm ([`Self::parts`]).
    pub fn of_parts(matrix: [[f64; 2]; 2], shift_mm: [f64; 2]) -> Self {
        Self { matrix, shift_mm }
    }

    /// The rows of its matrix, lateral and slow, and its shift in mm.
    pub fn parts(&self) -> ([[f64; 2]; 2], [f64; 2]) {
        (self.matrix, self.shift_mm)
    }

    /// Where `place` of the earlier scan lies in the later one.
    pub fn apply(&self, place: EnFacePlace) -> EnFacePlace {
        let along = |axis: usize| {
            let [lateral, slow] = self.matrix[axis];
            lateral * place.lateral_mm + slow * place.slow_mm + self.shift_mm[axis]
        };
        EnFacePlace { lateral_mm: along(0), slow_mm: along(1) }
    }

    /// From the later scan to the earlier one.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let [[a, b], [c, d]] = self.matrix;
        let matrix = [[a, c], [b, d]];
        let [lateral, slow] = self.shift_mm;
        Self { matrix, shift_mm: [-(a * lateral + c * slow), -(b * lateral + d * slow)] }
    }

    /// By how many degrees the later scan sees the retina turned, from lateral to slow; without
    /// the mirror image and the quarter turns of scans that are stored otherwise, so that it is
    /// between -45 and 45.
    pub fn turned_degrees(&self) -> f64 {
        let [[a, _], [c, _]] = self.matrix;
        let degrees = c.atan2(a).to_degrees();
        degrees - 90.0 * (degrees / 90.0).round()
    }

    /// Whether one scan is stored as the mirror image of the other.
    pub fn is_mirrored(&self) -> bool {
        let [[a, b], [c, d]] = self.matrix;
        a * d - b * c < 0.0
    }

    /// How far `other` puts `place` from where this puts it, in mm.
    pub fn distance_mm(&self, other: &Self, place: EnFacePlace) -> f64 {
        self.apply(place).distance_mm(other.apply(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lateral_mm: f64, slow_mm: f64) -> EnFacePlace {
        EnFacePlace { lateral_mm, slow_mm }
    }

    #[test]
    fn a_place_goes_there_and_back() {
        for turn in [UNTURNED, [[1.0, 0.0], [0.0, -1.0]], [[0.0, 1.0], [1.0, 0.0]]] {
            let there = EnFaceTransform::new(turn, 0.07, at(1.0, 2.0), at(3.0, 2.5));
            assert!(there.apply(at(1.0, 2.0)).distance_mm(at(3.0, 2.5)) < 1e-12);
            let back = there.inverse().apply(there.apply(at(0.3, -4.0)));
            assert!(back.distance_mm(at(0.3, -4.0)) < 1e-12, "{back:?}");
        }
    }

    #[test]
    fn the_turn_is_told_without_how_a_scan_is_stored() {
        let turned = |turn, degrees: f64| {
            let transform = EnFaceTransform::new(turn, degrees.to_radians(), at(0.0, 0.0), at(0.0, 0.0));
            (transform.turned_degrees(), transform.is_mirrored())
        };
        for (turn, mirrored) in
            [(UNTURNED, false), ([[-1.0, 0.0], [0.0, 1.0]], true), ([[0.0, -1.0], [1.0, 0.0]], false)]
        {
            let (degrees, is_mirrored) = turned(turn, 5.0);
            assert!((degrees - 5.0).abs() < 1e-9 && is_mirrored == mirrored, "{degrees} {is_mirrored}");
        }
    }
}
