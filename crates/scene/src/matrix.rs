//! Matrices of four by four, column by column, as WebGL takes them.

/// Four columns of four.
pub type Matrix = [f32; 16];

/// `a` after `b`.
pub fn product(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|at| {
        let (column, row) = (at / 4, at % 4);
        (0..4).map(|inner| a[inner * 4 + row] * b[column * 4 + inner]).sum()
    })
}

/// Stretches along x, y and z.
pub fn scale([x, y, z]: [f32; 3]) -> Matrix {
    [x, 0.0, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, 0.0, z, 0.0, 0.0, 0.0, 0.0, 1.0]
}

/// Moves by x, y and z.
pub fn shift([x, y, z]: [f32; 3]) -> Matrix {
    [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, x, y, z, 1.0]
}

/// Turns about the upright axis.
pub fn turn_about_y(radians: f32) -> Matrix {
    let (sin, cos) = radians.sin_cos();
    [cos, 0.0, -sin, 0.0, 0.0, 1.0, 0.0, 0.0, sin, 0.0, cos, 0.0, 0.0, 0.0, 0.0, 1.0]
}

/// Turns about the axis that lies across.
pub fn turn_about_x(radians: f32) -> Matrix {
    let (sin, cos) = radians.sin_cos();
    [1.0, 0.0, 0.0, 0.0, 0.0, cos, sin, 0.0, 0.0, -sin, cos, 0.0, 0.0, 0.0, 0.0, 1.0]
}

/// What lies before an eye that looks along -z, so that a height of `2 * half_height` at
/// distance 1 fills the picture, which is `aspect` times as wide as tall.
pub fn perspective(half_height: f32, aspect: f32, near: f32, far: f32) -> Matrix {
    let mut matrix = [0.0; 16];
    matrix[0] = 1.0 / (half_height * aspect);
    matrix[5] = 1.0 / half_height;
    matrix[10] = (far + near) / (near - far);
    matrix[11] = -1.0;
    matrix[14] = 2.0 * far * near / (near - far);
    matrix
}

/// Where a point comes to lie in the picture: -1 to 1 across, up and into it.
pub fn project(matrix: &Matrix, [x, y, z]: [f32; 3]) -> [f32; 3] {
    let row = |row: usize| matrix[row] * x + matrix[4 + row] * y + matrix[8 + row] * z + matrix[12 + row];
    let w = row(3);
    [row(0) / w, row(1) / w, row(2) / w]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_matrix_comes_first() {
        let moved_then_stretched = product(&scale([2.0, 1.0, 1.0]), &shift([1.0, 0.0, 0.0]));
        assert_eq!(project(&moved_then_stretched, [1.0, 5.0, 0.0]), [4.0, 5.0, 0.0]);
    }

    #[test]
    fn what_is_farther_is_smaller() {
        let matrix = perspective(0.5, 2.0, 1.0, 10.0);
        assert_eq!(project(&matrix, [1.0, 0.5, -1.0])[..2], [1.0, 1.0]);
        assert_eq!(project(&matrix, [1.0, 0.5, -2.0])[..2], [0.5, 0.5]);
        let depth = |z| project(&matrix, [0.0, 0.0, z])[2];
        assert!((depth(-1.0) + 1.0).abs() < 1e-5 && (depth(-10.0) - 1.0).abs() < 1e-5);
    }
}
