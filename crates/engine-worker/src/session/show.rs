//! Pictures of a scan.

use engine_protocol::{Event, ScanId};
use oct::OctVolume;

use super::{Answer, RequestError, Session};

impl Session {
    /// A B-scan with its stored boundaries.
    pub(super) fn bscan(&mut self, scan: ScanId, bscan: u32) -> Result<Answer, RequestError> {
        let study = self.asked_for(scan)?;
        let view = study.volume().bscan(bscan as usize).ok_or(RequestError::NoSuchBScan(bscan))?;
        let buffers = vec![study.grey().show(view), boundaries(study.volume(), bscan as usize)];
        Ok(Answer { event: Event::BScan { scan, bscan }, buffers })
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
    let rows = volume.surfaces.iter().flat_map(|surface| {
        (bscan * columns..(bscan + 1) * columns)
            .map(|at| surface.row.get(at).copied().unwrap_or(f32::NAN).to_le_bytes())
    });
    rows.flatten().collect()
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
        assert_eq!(answer.buffers, [vec![0, 9], vec![]]);
        let refused = session.bscan(SCAN, 2).unwrap_err();
        assert_eq!(refused.to_string(), "The volume has no B-scan number 3.");
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
