//! Where a NIfTI header says that its samples lie.
//!
//! It may say so twice: by the *sform*, the rows of an affine, and by the *qform*, a
//! quaternion with offsets and `pixdim`; each has a code, 0 for "not stated". The two
//! need not agree, and programs choose differently: nibabel takes the sform first, ITK
//! (so SimpleITK and 3D Slicer) has a rule of its own. A NIfTI mask therefore gets
//! all of it as it was. What is written in other formats follows ITK, which opens
//! these beside the scan.

use oct::vector::{cross, dot, norm};

use super::header::{Fields, PIXDIM, QFORM_CODE, QOFFSET, QUATERN, SFORM_CODE, SROW, XYZT_UNITS};

/// Codes of an affine into the scanner's axes (`NIFTI_XFORM_SCANNER_ANAT`).
pub(super) const SCANNER: i16 = 1;
/// Products of directions up to which ITK takes a matrix for one without shear.
const NO_SHEAR: f64 = 1e-4;

/// The fields of a header that place its samples, as they stand in it.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedPlace {
    /// `dim[0]`; axes after the third have one sample.
    pub(super) axes: i16,
    pub(super) pixdim: [f32; 8],
    pub(super) xyzt_units: u8,
    pub(super) qform_code: i16,
    pub(super) sform_code: i16,
    /// `quatern_b`, `_c`, `_d`.
    pub(super) quaternion: [f32; 3],
    /// `qoffset_x`, `_y`, `_z`.
    pub(super) offset: [f32; 3],
    /// `srow_x`, `_y`, `_z`.
    pub(super) rows: [[f32; 4]; 3],
}

/// A grid as ITK shows it: in the file's unit, in left, posterior, superior axes.
pub(super) struct Shown {
    pub(super) origin: [f64; 3],
    /// As [`oct::Geometry::direction`].
    pub(super) direction: [f64; 9],
    pub(super) steps: [f64; 3],
}

/// Columns of the linear part, and the origin.
type Affine = ([[f64; 3]; 3], [f64; 3]);

impl StatedPlace {
    pub(super) fn read(fields: &Fields<'_>) -> Self {
        let float = |at: usize, index: usize| fields.float(at + 4 * index);
        Self {
            axes: fields.int(super::header::DIM),
            pixdim: std::array::from_fn(|index| float(PIXDIM, index)),
            xyzt_units: fields.bytes[XYZT_UNITS],
            qform_code: fields.int(QFORM_CODE),
            sform_code: fields.int(SFORM_CODE),
            quaternion: std::array::from_fn(|index| float(QUATERN, index)),
            offset: std::array::from_fn(|index| float(QOFFSET, index)),
            rows: std::array::from_fn(|row| std::array::from_fn(|cell| float(SROW, 4 * row + cell))),
        }
    }

    fn pixdim(&self) -> [f64; 3] {
        std::array::from_fn(|axis| f64::from(self.pixdim[axis + 1]))
    }

    fn sform(&self) -> Option<Affine> {
        let columns = std::array::from_fn(|column| self.rows.map(|row| f64::from(row[column])));
        usable((columns, self.rows.map(|row| f64::from(row[3])))).filter(|_| self.sform_code > 0)
    }

    /// "Method 2" of the specification.
    fn qform(&self) -> Option<Affine> {
        let [b, c, d] = self.quaternion.map(f64::from);
        // Rounding may take the sum a little above 1.
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let turned = [
            [a * a + b * b - c * c - d * d, 2.0 * (b * c + a * d), 2.0 * (b * d - a * c)],
            [2.0 * (b * c - a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d + a * b)],
            [2.0 * (b * d + a * c), 2.0 * (c * d - a * b), a * a + d * d - b * b - c * c],
        ];
        let [x, y, z] = self.pixdim();
        let steps = [x, y, if self.pixdim[0] < 0.0 { -z } else { z }];
        let columns = std::array::from_fn(|axis| turned[axis].map(|cosine| cosine * steps[axis]));
        usable((columns, self.offset.map(f64::from))).filter(|_| self.qform_code > 0)
    }

    /// Lengths of the columns of the sform, with its field. The qform has those of `pixdim`.
    pub(super) fn affine_steps(&self) -> Option<(&'static str, [f64; 3])> {
        self.sform().map(|(columns, _)| ("srow_x, srow_y, srow_z", columns.map(norm)))
    }

    /// The grid as ITK 5.4 shows it, found by trying (`tests/masks`): the sform counts where it
    /// is without shear and alone, or of the scanner's code, else the qform; with neither the
    /// grid stands at the origin. The steps are those of `pixdim` whatever the affine's are.
    /// Files that ITK refuses go by the sform.
    pub(super) fn shown(&self) -> Shown {
        let (sform, qform) = (self.sform(), self.qform());
        let is_straight = sform.as_ref().is_some_and(|(columns, _)| is_without_shear(columns));
        let by_sform = is_straight && (qform.is_none() || self.sform_code == SCANNER);
        let mut shown = Shown {
            origin: [0.0; 3],
            direction: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
            steps: self.pixdim(),
        };
        let chosen = if by_sform { sform } else { qform.or(sform) };
        let Some((columns, origin)) = chosen else { return shown };
        if !is_without_shear(&columns) {
            shown.steps = columns.map(norm);
        }
        for (row, to_lps) in RAS_TO_LPS.into_iter().enumerate() {
            shown.origin[row] = signed(origin[row], to_lps);
            for (axis, column) in columns.iter().enumerate() {
                shown.direction[row * 3 + axis] = signed(column[row] / norm(*column), to_lps);
            }
        }
        let [_, _, right, _, _, down, lateral, axial, next] = &mut shown.direction;
        // An image of two axes lies in their plane.
        if self.axes == 2 && (*lateral, *axial) == (0.0, 0.0) {
            (*right, *down, *next, shown.origin[2]) = (0.0, 0.0, 1.0, 0.0);
        }
        shown
    }
}

/// Affines with an axis of no length, or numbers that are none, place nothing.
fn usable((columns, origin): Affine) -> Option<Affine> {
    let has_lengths = columns.iter().all(|column| norm(*column).is_normal());
    (has_lengths && origin.iter().all(|coordinate| coordinate.is_finite())).then_some((columns, origin))
}

fn is_without_shear(columns: &[[f64; 3]; 3]) -> bool {
    let cosine = |a: [f64; 3], b: [f64; 3]| dot(a, b) / (norm(a) * norm(b));
    [(0, 1), (0, 2), (1, 2)].iter().all(|(a, b)| cosine(columns[*a], columns[*b]).abs() < NO_SHEAR)
}

/// Quaternion (b, c, d) and `qfac` of the rotation nearest to `columns` (right, anterior,
/// superior): the first column keeps its direction, the second its plane with the first.
/// After Shepperd, "Quaternion from rotation matrix", J. Guidance and Control 1 (1978).
pub(super) fn quaternion(columns: &[[f64; 3]; 3]) -> ([f64; 3], f64) {
    let unit = |a: [f64; 3]| a.map(|c| c / norm(a));
    let x = unit(columns[0]);
    let along = dot(columns[1], x);
    let y = unit(std::array::from_fn(|c| columns[1][c] - x[c] * along));
    let z = cross(x, y);
    let handed = if dot(z, columns[2]) < 0.0 { -1.0 } else { 1.0 };
    // Four times the squares of a, b, c and d.
    let squares = [
        1.0 + x[0] + y[1] + z[2],
        1.0 + x[0] - y[1] - z[2],
        1.0 - x[0] + y[1] - z[2],
        1.0 - x[0] - y[1] + z[2],
    ];
    let largest = (0..4).max_by(|a, b| squares[*a].total_cmp(&squares[*b])).unwrap_or(0);
    let twice = squares[largest].max(0.0).sqrt();
    let [a, b, c, d] = match largest {
        0 => [twice * twice, y[2] - z[1], z[0] - x[2], x[1] - y[0]],
        1 => [y[2] - z[1], twice * twice, x[1] + y[0], z[0] + x[2]],
        2 => [z[0] - x[2], x[1] + y[0], twice * twice, y[2] + z[1]],
        _ => [x[1] - y[0], z[0] + x[2], y[2] + z[1], twice * twice],
    }
    .map(|product| product / (2.0 * twice));
    // The header has no place for a, which is taken to be positive.
    let sign = if a < 0.0 { -1.0 } else { 1.0 };
    ([b, c, d].map(|part| signed(part, sign)), handed)
}

/// Signs between NIfTI's axes (right, anterior, superior) and those of
/// [`oct::Geometry`] (left, posterior, superior), either way.
pub(super) const RAS_TO_LPS: [f64; 3] = [-1.0, -1.0, 1.0];

/// `value * sign`, and never a negative zero.
pub(super) fn signed(value: f64, sign: f64) -> f64 {
    value * sign + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated() -> StatedPlace {
        StatedPlace {
            axes: 3,
            pixdim: [1.0, 2.0, 3.0, 4.0, 1.0, 1.0, 1.0, 1.0],
            xyzt_units: 2,
            qform_code: 1,
            sform_code: 2,
            quaternion: [0.0, 0.0, 1.0],
            offset: [1.0, 2.0, 3.0],
            rows: [[2.0, 0.0, 0.0, 10.0], [0.0, 3.0, 0.0, 20.0], [0.0, 0.0, 4.0, 30.0]],
        }
    }

    #[test]
    fn of_two_forms_that_disagree_the_one_counts_that_itk_takes() {
        let sheared = [[2.0, 0.0, 1.0, 10.0], [0.0, 3.0, 0.0, 20.0], [0.0, 0.0, 4.0, 30.0]];
        let (by_sform, by_qform, by_none) = ([-10.0, -20.0, 30.0], [-1.0, -2.0, 3.0], [0.0; 3]);
        // What SimpleITK 2.5.7 says of such files.
        for (qform_code, sform_code, rows, origin) in [
            (0, 0, stated().rows, by_none),
            (0, 2, stated().rows, by_sform),
            (1, 0, stated().rows, by_qform),
            (1, 2, stated().rows, by_qform),
            (1, 1, stated().rows, by_sform),
            (2, 1, stated().rows, by_sform),
            (1, 1, sheared, by_qform),
        ] {
            let shown = StatedPlace { qform_code, sform_code, rows, ..stated() }.shown();
            assert_eq!(shown.origin, origin, "codes {qform_code} and {sform_code}");
            assert_eq!(shown.steps, [2.0, 3.0, 4.0]);
        }
    }

    #[test]
    fn a_rotation_comes_back_from_its_quaternion() {
        for (quaternion_of, pixdim_0) in [
            ([0.0, 0.0, 0.0], 1.0),
            ([1.0, 0.0, 0.0], 1.0),
            ([0.0, 1.0, 0.0], -1.0),
            ([0.0, 0.0, 1.0], -1.0),
            ([0.5, 0.5, 0.5], 1.0),
            ([-0.3, 0.2, 0.7], -1.0),
        ] {
            let place = StatedPlace {
                quaternion: quaternion_of,
                pixdim: [pixdim_0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
                ..stated()
            };
            let (columns, _) = place.qform().unwrap();
            let (found, handed) = quaternion(&columns);
            let again = StatedPlace {
                quaternion: found.map(|part| part as f32),
                pixdim: [handed as f32, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
                ..stated()
            };
            let (again, _) = again.qform().unwrap();
            for (a, b) in columns.iter().flatten().zip(again.iter().flatten()) {
                assert!((a - b).abs() < 1e-6, "{quaternion_of:?}: {columns:?} {again:?}");
            }
        }
    }
}
