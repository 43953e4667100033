//! The B-scans that stand for a scan in its report.

use fluid::FoveaSource;
use oct::FluidClass;

use super::scan::Scan;

/// A B-scan, and why it stands for the scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBScan {
    /// Its index.
    pub bscan: u32,
    /// It goes through the fovea (`Some(true)`), or through the middle of a scan in which no fovea
    /// was found.
    pub is_foveal: Option<bool>,
    /// Classes of which it holds the most.
    pub most_of: Vec<FluidClass>,
}

/// The B-scan through the fovea, then for each class that was found the one with the most of it.
pub fn key_bscans(scan: &Scan) -> Vec<KeyBScan> {
    let last = scan.info.bscans.saturating_sub(1);
    let fovea = scan.figures.as_ref().and_then(|figures| figures.fovea);
    let middle = fovea.map_or(scan.info.bscans / 2, |fovea| fovea.bscan.round() as u32).min(last);
    let is_found = fovea.is_some_and(|fovea| fovea.source != FoveaSource::Middle);
    let mut keys = vec![KeyBScan { bscan: middle, is_foveal: Some(is_found), most_of: Vec::new() }];
    for class in FluidClass::ALL {
        let found = scan.measurement.iter().flat_map(|found| &found.class(class).voxels_per_bscan);
        let voxels = found.enumerate().map(|(bscan, voxels)| (voxels.unwrap_or(0), bscan as u32));
        // Of equals the first.
        let most =
            voxels.filter(|(voxels, _)| *voxels > 0).max_by_key(|(voxels, bscan)| (*voxels, last - *bscan));
        let Some((_, bscan)) = most else { continue };
        match keys.iter_mut().find(|key| key.bscan == bscan) {
            Some(key) => key.most_of.push(class),
            None => keys.push(KeyBScan { bscan, is_foveal: None, most_of: vec![class] }),
        }
    }
    keys
}
