//! What is drawn.

use std::collections::BTreeMap;

use oct::RunLengths;

/// Boundaries of the retina in one B-scan, by column, in rows of its own grid; NaN where
/// there is none, empty where the boundary is not known at all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RetinaRows {
    /// Inner limiting membrane.
    pub ilm_row: Vec<f32>,
    /// Bruch's membrane, or the retinal pigment epithelium where that is what is known.
    pub bm_row: Vec<f32>,
}

/// A letter for each end of the scan: N, T, S or I; `None` where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    /// At the first column.
    pub first_column: Option<char>,
    /// At the last column.
    pub last_column: Option<char>,
    /// At the first B-scan.
    pub first_bscan: Option<char>,
    /// At the last B-scan.
    pub last_bscan: Option<char>,
}

/// The labels of a scan, its boundaries, and how large it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneVolume {
    /// Columns, rows, B-scans; each at least 1.
    pub sizes: [u32; 3],
    /// From column to column, row to row, B-scan to B-scan in mm; each above 0.
    pub step_mm: [f32; 3],
    /// Whether the last B-scan lies at the top of the fundus.
    pub is_upside_down: bool,
    /// What its ends are called.
    pub ends: Ends,
    /// Labels of the B-scans that were looked at, each as many as columns by rows.
    pub masks: BTreeMap<u32, RunLengths>,
    /// Boundaries of the B-scans in which they are known.
    pub retina: BTreeMap<u32, RetinaRows>,
}

impl SceneVolume {
    /// How large the scan is along x, y and z in mm: every sample counts as wide as a step.
    pub fn size_mm(&self) -> [f32; 3] {
        std::array::from_fn(|axis| self.sizes[axis] as f32 * self.step_mm[axis])
    }

    /// The place of (column, row, B-scan), counted in steps from the outer corner of the
    /// first sample: the middle of the first sample is at a half each.
    pub fn place_mm(&self, [column, row, bscan]: [f32; 3]) -> [f32; 3] {
        let [x, y, z] = self.size_mm().map(|mm| mm / 2.0);
        let along = bscan * self.step_mm[2] - z;
        [column * self.step_mm[0] - x, y - row * self.step_mm[1], self.depth_sign() * along]
    }

    /// 1 where B-scans follow each other along z, -1 where against it.
    pub(crate) fn depth_sign(&self) -> f32 {
        if self.is_upside_down { -1.0 } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(is_upside_down: bool) -> SceneVolume {
        SceneVolume {
            sizes: [4, 2, 3],
            step_mm: [0.5, 0.25, 1.0],
            is_upside_down,
            ends: Ends::default(),
            masks: BTreeMap::new(),
            retina: BTreeMap::new(),
        }
    }

    #[test]
    fn places_are_counted_from_the_middle_with_the_vitreous_above() {
        let volume = volume(false);
        assert_eq!(volume.size_mm(), [2.0, 0.5, 3.0]);
        assert_eq!(volume.place_mm([0.0, 0.0, 0.0]), [-1.0, 0.25, -1.5]);
        assert_eq!(volume.place_mm([4.0, 2.0, 3.0]), [1.0, -0.25, 1.5]);
    }

    #[test]
    fn a_scan_that_begins_below_has_its_first_bscan_in_front() {
        assert_eq!(volume(true).place_mm([2.0, 1.0, 0.5]), [0.0, 0.0, 1.0]);
        assert_eq!(volume(false).place_mm([2.0, 1.0, 0.5]), [0.0, 0.0, -1.0]);
    }
}
