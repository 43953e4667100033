//! Where the frames of a segmentation lie, and how large their pixels are.

use oct::vector::{cross, dot, norm};
use oct::{Geometry, ScanPattern, placement};

use super::new_uids::NewUids;
use crate::dicom::source::Source;

/// Dimensions and sizes within which two directions are at right angles.
const RIGHT_ANGLE: f64 = 1e-3;
/// Stands in an element that must hold a number where there is none to say.
const FILLER_MM: f64 = 1.0;

/// Where the frames lie, as far as it is known for all of them.
pub(super) struct Places {
    /// Of each B-scan, in mm.
    pub(super) positions: Option<Vec<[f64; 3]>>,
    /// Of each B-scan, or one for all: cosines of a row, then of a column.
    pub(super) orientations: Vec<[f64; 6]>,
    pub(super) pixels: Pixels,
    /// What the file states only because it has to, one sentence each.
    pub(super) invented: Vec<&'static str>,
}

/// Sizes of a pixel in mm.
pub(super) struct Pixels {
    /// From row to row, then from column to column.
    pub(super) spacing: [f64; 2],
    /// Nominal thickness of a frame. In a raster what a labelled pixel stands for: the way to
    /// the next B-scan. Elsewhere it stands for no more than the beam saw, whose width is about
    /// that of a column. Programs ask for it (highdicom) or use it in place of a distance.
    pub(super) thickness: f64,
    /// From frame to frame, across them, where they are evenly spaced.
    pub(super) between: Option<f64>,
}

impl Places {
    pub(super) fn of(source: Option<&Source>, geometry: &Geometry, frames: usize) -> Self {
        match source {
            Some(source) => Self::of_images(source, geometry, frames),
            None => Self::of_volume(geometry, frames),
        }
    }

    /// By the images, which the file also points to: a place that they do not state is left out.
    fn of_images(source: &Source, geometry: &Geometry, frames: usize) -> Self {
        // A place without a frame of reference is a place nowhere.
        let known: Option<Vec<_>> = source
            .frames
            .iter()
            .map(|frame| source.frame_of_reference_uid.as_ref().and(frame.position_mm.zip(frame.orientation)))
            .collect();
        let known = known.filter(|places| {
            places.iter().all(|(position, orientation)| {
                position.iter().all(|mm| mm.is_finite()) && is_right_angled(orientation)
            })
        });
        let (positions, mut orientations): (Option<Vec<_>>, Vec<_>) =
            known.map_or((None, Vec::new()), |places| {
                let (positions, orientations) = places.into_iter().unzip();
                (Some(positions), orientations)
            });
        let first = orientations.first().copied();
        if orientations.iter().all(|orientation| Some(*orientation) == first) {
            orientations.truncate(1);
        }
        let mut invented = Vec::new();
        let pixels = Pixels::of(geometry, frames, &mut invented);
        Self { positions, orientations, pixels, invented }
    }

    /// In the volume's own axes. The file points to no image, so it has to say where it lies
    /// (PS3.3 table A.51-2), known or not.
    fn of_volume(geometry: &Geometry, frames: usize) -> Self {
        let mut invented = Vec::new();
        if geometry.header_step_mm[1].is_some() && geometry.axial.mm().is_none() {
            invented.push("The header of the scan states sizes without a unit: they are taken for mm.");
        }
        let pixels = Pixels::of(geometry, frames, &mut invented);
        let depths = depths(geometry, frames).unwrap_or_else(|| {
            invented.push(
                "How far the B-scans lie apart is not known, or no single distance: they are stacked 1 mm apart.",
            );
            (0..frames).map(|frame| frame as f64 * FILLER_MM).collect()
        });
        let origin = geometry.mask_origin();
        let d = &geometry.direction;
        let next = [d[2], d[5], d[8]];
        let place = |depth: f64| [0, 1, 2].map(|c| origin[c] + next[c] * depth);
        let [row, column] = right_angled([d[0], d[3], d[6]], [d[1], d[4], d[7]]);
        Self {
            positions: Some(depths.into_iter().map(place).collect()),
            orientations: vec![[row[0], row[1], row[2], column[0], column[1], column[2]]],
            pixels,
            invented,
        }
    }

    pub(super) fn frame_of_reference(&self, source: Option<&Source>, new_uids: &NewUids) -> Option<String> {
        match source {
            Some(source) => source.frame_of_reference_uid.clone(),
            None => Some(new_uids.frame_of_reference.clone()),
        }
    }
}

impl Pixels {
    fn of(geometry: &Geometry, frames: usize, invented: &mut Vec<&'static str>) -> Self {
        let [lateral, axial, _] = geometry.stated_step();
        let spacing = axial.zip(lateral).map(|(axial, lateral)| [axial, lateral]).unwrap_or_else(|| {
            invented.push("The size of a pixel is not known: 1 mm stands for it.");
            [FILLER_MM; 2]
        });
        let d = &geometry.direction;
        let across = cross([d[0], d[3], d[6]], [d[1], d[4], d[7]]);
        let slant = dot(across, [d[2], d[5], d[8]]).abs();
        let between = even_step(geometry, frames).map(|step| step * slant).filter(|mm| *mm > 0.0);
        Self { spacing, thickness: between.unwrap_or(spacing[1]), between }
    }
}

/// From one B-scan to the next, where there is one distance.
fn even_step(geometry: &Geometry, frames: usize) -> Option<f64> {
    let is_even =
        matches!(geometry.pattern, ScanPattern::Raster | ScanPattern::NotStated | ScanPattern::Angiography);
    geometry.stated_step()[2].filter(|_| is_even && frames > 1)
}

/// How far each B-scan lies from the first.
fn depths(geometry: &Geometry, frames: usize) -> Option<Vec<f64>> {
    if frames == 1 {
        return Some(vec![0.0]);
    }
    let even = even_step(geometry, frames).map(|step| (0..frames).map(|frame| frame as f64 * step).collect());
    let placed = || {
        let is_uneven = geometry.pattern == ScanPattern::UnevenRaster;
        is_uneven.then(|| placement::offsets_mm(&geometry.places)).flatten()
    };
    even.or_else(placed).filter(|depths: &Vec<f64>| depths.len() == frames)
}

/// Two directions of length 1 at right angles, as PS3.3 C.7.6.2.1.1 wants them.
fn is_right_angled(cosines: &[f64; 6]) -> bool {
    let dot = |a: usize, b: usize| (0..3).map(|c| cosines[a + c] * cosines[b + c]).sum::<f64>();
    cosines.iter().all(|cosine| cosine.is_finite())
        && (dot(0, 0) - 1.0).abs() < RIGHT_ANGLE
        && (dot(3, 3) - 1.0).abs() < RIGHT_ANGLE
        && dot(0, 3).abs() < RIGHT_ANGLE
}

/// The directions nearest to `row` and `column` that DICOM can state; those of the axes where
/// these span no plane.
fn right_angled(row: [f64; 3], column: [f64; 3]) -> [[f64; 3]; 2] {
    let unit = |a: [f64; 3]| norm(a).is_normal().then(|| a.map(|c| c / norm(a)));
    let turned = unit(row).and_then(|row| {
        let along = dot(column, row);
        let column = unit([0, 1, 2].map(|c| column[c] - row[c] * along))?;
        let cosines = [row[0], row[1], row[2], column[0], column[1], column[2]];
        is_right_angled(&cosines).then_some([row, column])
    });
    turned.unwrap_or([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_that_dicom_cannot_state_becomes_the_nearest() {
        let [row, column] = right_angled([1.0, 0.0, 0.0], [0.6, 0.8, 0.0]);
        assert_eq!((row, column), ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]));
        assert_eq!(right_angled([0.0, 0.0, -1.0], [1.0, 0.0, 0.0]), [[0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]);
        for none in [[0.0; 3], [f64::NAN; 3]] {
            assert_eq!(right_angled(none, [1.0, 0.0, 0.0]), [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
        }
        assert_eq!(right_angled([1.0, 0.0, 0.0], [1.0, 0.0, 0.0])[1], [0.0, 1.0, 0.0]);
    }
}
