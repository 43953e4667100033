//! Pictures of a scan.

use engine_protocol::{Event, ScanId, Slab};
use fluid::Chances;
use oct::projection::{cross_section, en_face};
use oct::{Axis, BScan, OctVolume, RunLengths};

use super::answer::float_bytes;
use super::{Answer, RequestError, Session};

/// What [`Slab::PigmentEpithelium`] shows before Bruch's membrane.
const PIGMENT_EPITHELIUM_MM: f64 = 0.06;
/// The same where the distance of rows is not known.
const PIGMENT_EPITHELIUM_ROWS: f32 = 15.0;

impl Session {
    /// A B-scan with its stored boundaries.
    pub(super) fn bscan(&mut self, scan: ScanId, bscan: u32) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let view = study.volume().bscan(bscan as usize).ok_or(RequestError::NoSuchBScan(bscan))?;
        let padding = view.scanned().is_padding;
        let padding: Vec<u8> = padding.into_iter().map(u8::from).collect();
        // Where nothing is padding there is nothing to say.
        let padding = if padding.contains(&1) { RunLengths::encode(&padding) } else { RunLengths::default() };
        let stored = boundaries(study.volume(), bscan as usize);
        let buffers = vec![study.grey().show(view), stored, padding.to_bytes()];
        Ok(Answer { event: Event::BScan { scan, bscan }, buffers })
    }

    /// The mean of B-scan `bscan` and its neighbours, `bscans` in all.
    pub(super) fn mean(&mut self, scan: ScanId, bscan: u32, bscans: u32) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let (middle, aside) = (bscan as usize, (bscans / 2) as usize);
        let near: Vec<BScan<'_>> = (middle.saturating_sub(aside)..=middle.saturating_add(aside))
            .map_while(|index| study.volume().bscan(index))
            .collect();
        if study.volume().bscan(middle).is_none() {
            return Err(RequestError::NoSuchBScan(bscan));
        }
        let buffers = vec![study.grey().show_mean(&near)];
        Ok(Answer { event: Event::Mean { scan, bscan, bscans }, buffers })
    }

    /// How probable each fluid is in B-scan `bscan`; no buffer where that is not known.
    pub(super) fn chances(&mut self, scan: ScanId, bscan: u32) -> Result<Answer, RequestError> {
        let chances = self.asked_for(scan)?.chances(bscan as usize);
        let buffers = chances.map(Chances::enlarged).into_iter().collect();
        Ok(Answer { event: Event::Chances { scan, bscan }, buffers })
    }

    /// The picture along the slow axis; none where there is no such column.
    pub(super) fn cross_section(&mut self, scan: ScanId, column: u32) -> Option<Answer> {
        let study = self.asked_for(scan).ok()?;
        let picture = cross_section(study.volume(), study.grey(), column as usize)?;
        Some(Answer { event: Event::CrossSection { scan, column }, buffers: vec![picture] })
    }

    /// The en-face picture of `slab`, between the boundaries that the network found, or else
    /// those that the device stored; black where there are none.
    pub(super) fn en_face(&mut self, scan: ScanId, slab: Slab) -> Result<Answer, RequestError> {
        let study = &*self.asked_for(scan)?;
        let volume = study.volume();
        let (columns, last) = (volume.columns(), volume.rows() as f32);
        let stored = |name: &str, bscan: usize, column: usize| {
            let surface = volume.surfaces.iter().find(|surface| surface.name == name)?;
            surface.row.get(bscan * columns + column).copied()
        };
        let boundaries = |bscan: usize, column: usize| match study.boundaries(bscan) {
            Some(found) => Some([*found.ilm_row.get(column)?, *found.bm_row.get(column)?]),
            None => Some([stored("ILM", bscan, column)?, stored("BM", bscan, column)?]),
        };
        let axial_mm = volume.geometry.trusted_mm(Axis::Axial);
        let before_bm = axial_mm.map_or(PIGMENT_EPITHELIUM_ROWS, |mm| (PIGMENT_EPITHELIUM_MM / mm) as f32);
        let picture = en_face(volume, study.grey(), |bscan, column| match slab {
            Slab::Whole => Some([0.0, last]),
            Slab::Retina => boundaries(bscan, column),
            Slab::PigmentEpithelium => boundaries(bscan, column).map(|[_, bm]| [bm - before_bm, bm]),
            Slab::Choroid => boundaries(bscan, column).map(|[_, bm]| [bm, last]),
        });
        Ok(Answer { event: Event::EnFace { scan, slab }, buffers: vec![picture] })
    }

    /// What is truly in a generated eye, where that is known.
    pub(super) fn truth(&mut self, scan: ScanId) -> Option<Answer> {
        let truth = self.asked_for(scan).ok()?.truth()?;
        let labels = |bscan| truth.bscan(bscan).map(RunLengths::encode).unwrap_or_default().to_bytes();
        let buffers = (0..truth.bscans()).map(labels).collect();
        Some(Answer { event: Event::Truth { scan }, buffers })
    }

    /// The fundus image; the page asks only where it was told that there is one.
    pub(super) fn fundus(&mut self, scan: ScanId) -> Option<Answer> {
        let image = self.asked_for(scan).ok()?.volume().fundus.as_ref()?;
        Some(Answer { event: Event::Fundus { scan }, buffers: vec![image.greys().to_vec()] })
    }
}

/// Rows of the stored boundaries in `bscan`, one surface after the other, as
/// little-endian floats.
fn boundaries(volume: &OctVolume, bscan: usize) -> Vec<u8> {
    let columns = volume.columns();
    float_bytes(volume.surfaces.iter().flat_map(|surface| {
        (bscan * columns..(bscan + 1) * columns).map(|at| surface.row.get(at).copied().unwrap_or(f32::NAN))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::session_with;
    use oct::{Geometry, LayerSurface, Samples};

    const SCAN: ScanId = ScanId(1);

    #[test]
    fn a_bscan_comes_in_its_own_greys_and_one_that_is_not_there_is_refused() {
        let mut session = session_with(&[SCAN]);
        let answer = session.bscan(SCAN, 1).unwrap();
        assert_eq!(answer.event, Event::BScan { scan: SCAN, bscan: 1 });
        assert_eq!(answer.buffers, [vec![0, 9], vec![], vec![]]);
        let refused = session.bscan(SCAN, 2).unwrap_err();
        assert_eq!(refused.to_string(), "The volume has no B-scan number 3.");
    }

    #[test]
    fn the_mean_of_neighbours_leaves_out_what_lies_past_the_end() {
        let mut session = session_with(&[SCAN]);
        let picture =
            |session: &mut Session, bscan| session.mean(SCAN, bscan, 3).map(|answer| answer.buffers);
        assert_eq!(picture(&mut session, 1), Ok(vec![vec![0, 9]]), "both B-scans are alike");
        assert_eq!(picture(&mut session, 2), Err(RequestError::NoSuchBScan(2)));
    }

    #[test]
    fn en_face_pictures_lie_between_boundaries_and_are_black_without_any() {
        let mut session = session_with(&[SCAN]);
        let picture = |session: &mut Session, slab| session.en_face(SCAN, slab).unwrap().buffers;
        assert_eq!(picture(&mut session, Slab::Whole), [vec![0, 9, 0, 9]]);
        assert_eq!(picture(&mut session, Slab::Retina), [vec![0; 4]]);
        assert_eq!(session.cross_section(SCAN, 1).unwrap().buffers, [vec![9, 9]]);
        assert_eq!(session.cross_section(SCAN, 2), None);
        assert!(session.chances(SCAN, 0).unwrap().buffers.is_empty(), "nobody knows them");
    }

    #[test]
    fn boundaries_are_those_of_the_bscan_and_nan_where_the_device_found_none() {
        let mut volume = OctVolume::new(2, 1, 2, Samples::U8(vec![0; 4]), Geometry::default()).unwrap();
        volume.surfaces = vec![LayerSurface { name: "ILM".to_owned(), row: vec![1.0, 2.0, 3.0] }];
        let rows: Vec<f32> = boundaries(&volume, 1)
            .chunks_exact(4)
            .map(|row| f32::from_le_bytes([row[0], row[1], row[2], row[3]]))
            .collect();
        assert_eq!(rows[0], 3.0);
        assert!(rows[1].is_nan());
        assert_eq!(rows.len(), 2);
    }
}
