//! Where the frames of a segmentation lie.

use oct::Geometry;

use super::new_uids::NewUids;
use crate::dicom::source::Source;

/// Dimensions and sizes within which two directions are at right angles.
const RIGHT_ANGLE: f64 = 1e-3;

/// Where the frames lie, as far as it is known for all of them.
pub(super) struct Places {
    /// Of each B-scan, in mm.
    pub(super) positions: Option<Vec<[f64; 3]>>,
    /// Of each B-scan, or one for all: cosines of a row, then of a column.
    pub(super) orientations: Option<Vec<[f64; 6]>>,
    /// Whether the file must say where it lies, since it has no images to point to.
    pub(super) required: bool,
}

impl Places {
    pub(super) fn of(source: Option<&Source>, geometry: &Geometry, frames: usize) -> Self {
        let Some(source) = source else { return Self::of_volume(geometry, frames) };
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
        let (positions, mut orientations): (Option<Vec<_>>, Option<Vec<_>>) =
            known.map_or((None, None), |places| {
                let (positions, orientations) = places.into_iter().unzip();
                (Some(positions), Some(orientations))
            });
        if let Some(all) = &mut orientations {
            let first = all.first().copied();
            if all.iter().all(|orientation| Some(*orientation) == first) {
                all.truncate(1);
            }
        }
        Self { positions, orientations, required: false }
    }

    /// In the volume's own axes.
    fn of_volume(geometry: &Geometry, frames: usize) -> Self {
        let d = &geometry.direction;
        let orientation = [d[0], d[3], d[6], d[1], d[4], d[7]];
        let step = match geometry.between_bscans.mm() {
            // The first B-scan lies at the origin whatever the next one's distance is.
            None if frames == 1 => Some(0.0),
            step => step,
        };
        let known = geometry.origin_mm.iter().chain([&d[2], &d[5], &d[8]]).all(|value| value.is_finite());
        let positions = step.filter(|_| known).map(|step| {
            (0..frames)
                .map(|frame| [0, 1, 2].map(|c| geometry.origin_mm[c] + d[3 * c + 2] * step * frame as f64))
                .collect()
        });
        let orientations = is_right_angled(&orientation).then(|| vec![orientation]);
        Self { positions, orientations, required: true }
    }

    pub(super) fn frame_of_reference(&self, source: Option<&Source>, new_uids: &NewUids) -> Option<String> {
        match source {
            Some(source) => source.frame_of_reference_uid.clone(),
            None => Some(new_uids.frame_of_reference.clone()),
        }
    }
}

/// Two directions of length 1 at right angles, as PS3.3 C.7.6.2.1.1 wants them.
fn is_right_angled(cosines: &[f64; 6]) -> bool {
    let dot = |a: usize, b: usize| (0..3).map(|c| cosines[a + c] * cosines[b + c]).sum::<f64>();
    cosines.iter().all(|cosine| cosine.is_finite())
        && (dot(0, 0) - 1.0).abs() < RIGHT_ANGLE
        && (dot(3, 3) - 1.0).abs() < RIGHT_ANGLE
        && dot(0, 3).abs() < RIGHT_ANGLE
}
