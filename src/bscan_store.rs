//! What the page holds of each B-scan: its picture, its mask, its similarity map.
//!
//! Pictures stay in JavaScript's memory (wasm memory never shrinks) and are
//! dropped, farthest first, once they exceed [`PICTURE_BYTES`]; masks are kept
//! run-length encoded for as long as the volume is, because they are what a
//! restarted engine is given back.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use engine_protocol::BScanResult;
use js_sys::Uint8Array;
use oct::FluidClass;

/// Bytes of B-scan pictures held at most: a volume of 128 x 1024 x 512 fits whole.
pub const PICTURE_BYTES: usize = 256 << 20;

/// B-scans asked for at once. More would queue behind each other in the worker
/// while the person has already scrolled elsewhere.
const REQUESTS_IN_FLIGHT: usize = 3;

/// A label mask of one B-scan as runs of equal labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunLengths(Vec<(u32, u8)>);

impl RunLengths {
    /// Encodes labels.
    pub fn encode(labels: &[u8]) -> Self {
        Self(labels.chunk_by(|a, b| a == b).map(|run| (run.len() as u32, run[0])).collect())
    }

    /// The labels again.
    pub fn decode(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(length, label)| std::iter::repeat_n(*label, *length as usize)).collect()
    }

    /// For each column the class with the most pixels in it, of those `shown`.
    pub fn class_per_column(&self, columns: usize, shown: [bool; 3]) -> Vec<Option<FluidClass>> {
        let mut counts = vec![[0_u32; 3]; columns];
        let mut at = 0;
        for (length, label) in &self.0 {
            if let Some(class) = FluidClass::from_label(*label).filter(|class| shown[class.index()]) {
                for pixel in at..at + *length as usize {
                    counts[pixel % columns][class.index()] += 1;
                }
            }
            at += *length as usize;
        }
        counts
            .into_iter()
            .map(|counts| {
                let most = FluidClass::ALL.into_iter().max_by_key(|class| counts[class.index()])?;
                (counts[most.index()] > 0).then_some(most)
            })
            .collect()
    }
}

/// A measured B-scan.
#[derive(Debug, Clone)]
pub struct MeasuredBScan {
    /// What the engine said of it.
    pub result: BScanResult,
    /// Its mask.
    pub mask: RunLengths,
}

/// What is shown of a B-scan before anything is measured.
#[derive(Debug)]
struct Picture {
    greys: Uint8Array,
    boundaries: Vec<f32>,
}

/// Everything held of one volume's B-scans.
#[derive(Debug, Default)]
pub struct BScanStore {
    pictures: BTreeMap<u32, Picture>,
    measured: BTreeMap<u32, MeasuredBScan>,
    similarity: BTreeMap<u32, Uint8Array>,
    requested: BTreeSet<u32>,
}

impl BScanStore {
    /// The grey picture of `bscan`.
    pub fn picture(&self, bscan: u32) -> Option<&Uint8Array> {
        self.pictures.get(&bscan).map(|picture| &picture.greys)
    }

    /// Rows of the boundaries that the device stored, surface by surface,
    /// column by column; NaN where it found none.
    pub fn boundaries(&self, bscan: u32) -> &[f32] {
        self.pictures.get(&bscan).map_or(&[], |picture| &picture.boundaries)
    }

    /// Keeps a picture; those farthest from `bscan_in_view` make room.
    pub fn keep_picture(&mut self, bscan: u32, greys: Uint8Array, boundaries: Vec<f32>, bscan_in_view: u32) {
        self.requested.remove(&bscan);
        let room = pictures_that_fit(greys.length() as usize);
        self.pictures.insert(bscan, Picture { greys, boundaries });
        while self.pictures.len() > room {
            match farthest(self.pictures.keys().copied(), bscan_in_view) {
                Some(farthest) => self.pictures.remove(&farthest),
                None => break,
            };
        }
    }

    /// The measured B-scan.
    pub fn measured(&self, bscan: u32) -> Option<&MeasuredBScan> {
        self.measured.get(&bscan)
    }

    /// All measured B-scans in order.
    pub fn all_measured(&self) -> impl Iterator<Item = &MeasuredBScan> {
        self.measured.values()
    }

    /// Keeps the mask of one B-scan.
    pub fn keep_measured(&mut self, result: BScanResult, labels: &[u8]) {
        let mask = RunLengths::encode(labels);
        self.measured.insert(result.bscan, MeasuredBScan { result, mask });
    }

    /// Forgets every mask and similarity map, before a new run.
    pub fn forget_results(&mut self) {
        self.measured.clear();
        self.similarity.clear();
    }

    /// The finest similarity map of `bscan`.
    pub fn similarity(&self, bscan: u32) -> Option<&Uint8Array> {
        self.similarity.get(&bscan)
    }

    /// Keeps the similarity map of the B-scan in view, and no other.
    pub fn keep_similarity(&mut self, bscan: u32, map: Uint8Array) {
        self.similarity.clear();
        self.similarity.insert(bscan, map);
    }

    /// Forgets what was asked for and not answered: a new worker knows nothing of it.
    pub fn forget_requests(&mut self) {
        self.requested.clear();
    }

    /// The next pictures to ask for; they count as asked for from now on.
    pub fn next_requests(&mut self, in_view: u32, bscans: u32, picture_bytes: usize) -> Vec<u32> {
        let wanted: Vec<u32> = outward(in_view, bscans)
            .take(pictures_that_fit(picture_bytes))
            .filter(|bscan| !self.pictures.contains_key(bscan) && !self.requested.contains(bscan))
            // The B-scan in view never waits for the others.
            .filter(|bscan| *bscan == in_view || self.requested.len() < REQUESTS_IN_FLIGHT)
            .take(REQUESTS_IN_FLIGHT.saturating_sub(self.requested.len()).max(1))
            .collect();
        self.requested.extend(&wanted);
        wanted
    }
}

/// Of two that are equally far the one before: [`outward`] asks for the one
/// after first, and what is dropped must not be what is asked for next.
fn farthest(held: impl Iterator<Item = u32>, from: u32) -> Option<u32> {
    held.max_by_key(|held| (held.abs_diff(from), Reverse(*held)))
}

fn pictures_that_fit(picture_bytes: usize) -> usize {
    (PICTURE_BYTES / picture_bytes.max(1)).max(1)
}

/// All B-scans from `start` outward: itself, then its neighbours on either side.
pub fn outward(start: u32, bscans: u32) -> impl Iterator<Item = u32> {
    (0..bscans)
        .flat_map(move |distance| {
            let after = start.checked_add(distance);
            let before = start.checked_sub(distance).filter(|_| distance > 0);
            [after, before].into_iter().flatten()
        })
        .filter(move |bscan| *bscan < bscans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_survives_its_run_lengths() {
        let labels = [0, 0, 0, 1, 1, 3, 0, 2, 2, 2];
        let runs = RunLengths::encode(&labels);
        assert_eq!(runs.0.len(), 5);
        assert_eq!(runs.decode(), labels);
        assert_eq!(RunLengths::encode(&[]).decode(), Vec::<u8>::new());
    }

    #[test]
    fn each_column_shows_its_most_frequent_class_of_those_shown() {
        let runs = RunLengths::encode(&[0, 1, 3, 0, 2, 3, 0, 2, 0]);
        let (srf, ped) = (Some(FluidClass::Srf), Some(FluidClass::Ped));
        assert_eq!(runs.class_per_column(3, [true; 3]), [None, srf, ped]);
        assert_eq!(runs.class_per_column(3, [true, false, true]), [None, Some(FluidClass::Irf), ped]);
    }

    #[test]
    fn outward_visits_every_bscan_once_nearest_first() {
        assert_eq!(outward(2, 6).collect::<Vec<_>>(), [2, 3, 1, 4, 0, 5]);
        assert_eq!(outward(0, 3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(outward(0, 0).count(), 0);
    }

    #[test]
    fn what_makes_room_is_not_what_is_asked_for_next() {
        for fit in [4_usize, 5] {
            let wanted: Vec<u32> = outward(10, 100).take(fit).collect();
            // After a step from 9 to 10 one more than fits is held.
            let held = outward(9, 100).take(fit).chain(wanted.clone()).collect::<BTreeSet<u32>>();
            let dropped = farthest(held.into_iter(), 10).unwrap();
            assert!(!wanted.contains(&dropped), "{dropped} of {wanted:?} for {fit}");
        }
    }

    #[test]
    fn the_bscan_in_view_is_asked_for_even_while_others_are_on_their_way() {
        let mut store = BScanStore::default();
        assert_eq!(store.next_requests(0, 100, 1), [0, 1, 2]);
        assert_eq!(store.next_requests(0, 100, 1), Vec::<u32>::new());
        assert_eq!(store.next_requests(50, 100, 1), [50]);
    }
}
