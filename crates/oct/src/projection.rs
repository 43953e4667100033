//! Pictures across B-scans: en face, and along the slow axis.

use crate::{GreyRange, OctVolume};

/// The rows of a column that a projection takes the mean of, from the first to behind the last,
/// in rows of the B-scan; `None` where there are none.
pub type Rows = Option<[f32; 2]>;

/// The en-face picture: for each B-scan, then each column, the mean grey of `rows`, 0 to 255.
/// Where there are no rows it is black.
///
/// `rows` is asked with B-scan and column.
pub fn en_face(volume: &OctVolume, grey: GreyRange, rows: impl Fn(usize, usize) -> Rows) -> Vec<u8> {
    let (columns, last) = (volume.columns(), volume.rows());
    let mut picture = Vec::with_capacity(columns * volume.bscans());
    for index in 0..volume.bscans() {
        let Some(bscan) = volume.bscan(index) else { continue };
        let greys = grey.show(bscan);
        let wanted: Vec<[usize; 2]> = (0..columns)
            .map(|column| match rows(index, column) {
                Some([from, to]) if from < to => {
                    let row = |row: f32| (row.round().max(0.0) as usize).min(last);
                    [row(from), row(to).max(row(from) + 1).min(last)]
                }
                _ => [0, 0],
            })
            .collect();
        let mut sums = vec![0_u32; columns];
        for (row, line) in greys.chunks_exact(columns.max(1)).enumerate() {
            for ((sum, grey), [from, to]) in sums.iter_mut().zip(line).zip(&wanted) {
                *sum += if (*from..*to).contains(&row) { u32::from(*grey) } else { 0 };
            }
        }
        let mean = |(sum, [from, to]): (u32, [usize; 2])| (sum / to.saturating_sub(from).max(1) as u32) as u8;
        picture.extend(sums.into_iter().zip(wanted).map(mean));
    }
    picture
}

/// The picture along the slow axis at `column`: `rows` lines of a grey a B-scan; `None` where
/// there is no such column.
pub fn cross_section(volume: &OctVolume, grey: GreyRange, column: usize) -> Option<Vec<u8>> {
    if column >= volume.columns() {
        return None;
    }
    let (rows, bscans) = (volume.rows(), volume.bscans());
    let mut picture = vec![0; rows * bscans];
    for index in 0..bscans {
        let greys = grey.show_column(volume.bscan(index)?, column);
        for (row, grey) in greys.into_iter().enumerate() {
            picture[row * bscans + index] = grey;
        }
    }
    Some(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Geometry, Samples};

    /// Two B-scans of two columns and three rows.
    fn volume() -> OctVolume {
        let samples = Samples::U8(vec![0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121]);
        OctVolume::new(2, 3, 2, samples, Geometry::default()).unwrap()
    }

    #[test]
    fn a_projection_is_the_mean_of_its_rows_and_black_where_there_are_none() {
        let volume = volume();
        let grey = GreyRange::of(&volume);
        assert_eq!(en_face(&volume, grey, |_, _| Some([0.0, 3.0])), [10, 11, 110, 111]);
        let of_second = |bscan, _| (bscan == 1).then_some([1.6, 9.0]);
        assert_eq!(en_face(&volume, grey, of_second), [0, 0, 120, 121]);
        assert_eq!(en_face(&volume, grey, |_, _| Some([f32::NAN, f32::NAN])), [0; 4]);
    }

    #[test]
    fn a_cross_section_holds_a_column_of_every_bscan() {
        let volume = volume();
        let grey = GreyRange::of(&volume);
        assert_eq!(cross_section(&volume, grey, 1).unwrap(), [1, 101, 11, 111, 21, 121]);
        assert_eq!(cross_section(&volume, grey, 2), None);
    }
}
