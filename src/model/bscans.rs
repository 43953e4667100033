//! What the page holds of each B-scan: its picture, its mask, its similarity map.
//!
//! Pictures are dropped, farthest first, once they exceed [`PICTURE_BYTES`]; masks
//! are kept as run lengths for as long as the scan is, because they are what a
//! restarted engine is given back. What is drawn from them follows
//! [`BScanStore::pictures_changed`] and [`BScanStore::results_changed`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use engine_protocol::order::outward;
use engine_protocol::{BScanResult, CorrectedBScan};
use oct::RunLengths;

use super::pixels::Pixels;

/// Bytes of B-scan pictures held at most: a volume of 128 x 1024 x 512 fits whole.
pub const PICTURE_BYTES: usize = 256 << 20;

/// B-scans asked for at once. More would queue behind each other in the worker
/// while the person has already scrolled elsewhere.
const REQUESTS_IN_FLIGHT: usize = 3;

/// Pictures around the one in view that are asked for while a run is under way: the others would
/// take the cores that it computes on.
const NEAR_DURING_A_RUN: usize = 9;

/// A measured B-scan.
#[derive(Debug, Clone)]
pub struct MeasuredBScan {
    /// What the engine said of it.
    pub result: BScanResult,
    /// Its mask.
    pub mask: RunLengths,
    /// The boundaries of the retina, a row a column: those of the inner limiting membrane, then
    /// those of Bruch's membrane; NaN where there is none, of no length where nobody knows.
    pub boundaries: Vec<f32>,
}

impl MeasuredBScan {
    /// Whether the network segmented it; else only a person drew in it.
    pub fn is_segmented(&self) -> bool {
        !self.result.device.is_empty()
    }
}

/// What a person drew in a B-scan.
#[derive(Debug, Clone)]
pub struct DrawnBScan {
    /// Which one, how much of it, and whether all of it was looked at.
    pub of: CorrectedBScan,
    /// What they drew, 255 where nothing.
    pub drawn: RunLengths,
    /// The network's own labels; of no length where it has not segmented the B-scan.
    pub model: RunLengths,
}

/// What is shown of a B-scan before anything is measured.
#[derive(Debug, Clone)]
struct Picture {
    greys: Pixels,
    boundaries: Vec<f32>,
    padding: RunLengths,
}

/// Everything held of one volume's B-scans.
#[derive(Debug, Clone, Default)]
pub struct BScanStore {
    pictures: BTreeMap<u32, Picture>,
    measured: BTreeMap<u32, MeasuredBScan>,
    drawn: BTreeMap<u32, DrawnBScan>,
    /// The maps of one B-scan, the finest first.
    similarity: Option<(u32, Vec<Pixels>)>,
    requested: BTreeSet<u32>,
    /// B-scans whose pictures stay however far away they are.
    pinned: Vec<u32>,
    pictures_changed: u64,
    results_changed: u64,
}

impl BScanStore {
    /// Counts changes of the picture in view.
    pub fn pictures_changed(&self) -> u64 {
        self.pictures_changed
    }

    /// Counts changes of masks and similarity maps.
    pub fn results_changed(&self) -> u64 {
        self.results_changed
    }

    /// The grey picture of `bscan`.
    pub fn picture(&self, bscan: u32) -> Option<&Pixels> {
        self.pictures.get(&bscan).map(|picture| &picture.greys)
    }

    /// Rows of the boundaries that the device stored, surface by surface,
    /// column by column; NaN where it found none.
    pub fn boundaries(&self, bscan: u32) -> &[f32] {
        self.pictures.get(&bscan).map_or(&[], |picture| &picture.boundaries)
    }

    /// 1 where `bscan` holds no sample of the eye; of no length where nothing is said of it.
    pub fn padding(&self, bscan: u32) -> Option<&RunLengths> {
        self.pictures.get(&bscan).map(|picture| &picture.padding)
    }

    /// Number of B-scans of which boundaries are held.
    pub fn boundaries_held(&self) -> usize {
        self.pictures.values().filter(|picture| !picture.boundaries.is_empty()).count()
    }

    /// Keeps a picture; those farthest from `bscan_in_view` make room.
    pub fn keep_picture(
        &mut self,
        bscan: u32,
        greys: Pixels,
        boundaries: Vec<f32>,
        padding: RunLengths,
        bscan_in_view: u32,
    ) {
        self.requested.remove(&bscan);
        let room = pictures_that_fit(greys.len()) + self.pinned.len();
        self.pictures.insert(bscan, Picture { greys, boundaries, padding });
        if bscan == bscan_in_view || self.pinned.contains(&bscan) {
            self.pictures_changed += 1;
        }
        while self.pictures.len() > room {
            let may_go = self.pictures.keys().copied().filter(|held| !self.pinned.contains(held));
            match farthest(may_go, bscan_in_view) {
                Some(farthest) => self.pictures.remove(&farthest),
                None => break,
            };
        }
    }

    /// Holds the pictures of these B-scans, however far from the one in view; says whether
    /// they are others than before.
    pub fn pin(&mut self, bscans: Vec<u32>) -> bool {
        let are_others = self.pinned != bscans;
        self.pinned = bscans;
        are_others
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
    pub fn keep_measured(&mut self, result: BScanResult, mask: RunLengths, boundaries: Vec<f32>) {
        self.measured.insert(result.bscan, MeasuredBScan { result, mask, boundaries });
        self.results_changed += 1;
    }

    /// Takes other masks for B-scans that were labelled anew.
    pub fn relabel(&mut self, masks: impl Iterator<Item = (u32, RunLengths)>) {
        for (bscan, mask) in masks {
            if let Some(measured) = self.measured.get_mut(&bscan) {
                measured.mask = mask;
            }
        }
        self.results_changed += 1;
    }

    /// What a person drew in `bscan`.
    pub fn drawn(&self, bscan: u32) -> Option<&DrawnBScan> {
        self.drawn.get(&bscan)
    }

    /// All B-scans that a person drew in or looked at, in order.
    pub fn all_drawn(&self) -> impl Iterator<Item = &DrawnBScan> {
        self.drawn.values()
    }

    /// The B-scan that a person drew in which is nearest to `bscan` with at least one between.
    pub fn nearest_drawn(&self, bscan: u32) -> Option<u32> {
        let drawn = self.drawn.values().filter(|drawn| drawn.of.drawn_voxels > 0).map(|drawn| drawn.of.bscan);
        drawn.filter(|other| other.abs_diff(bscan) > 1).min_by_key(|other| other.abs_diff(bscan))
    }

    /// Keeps what a person drew, with the labels that are in force with it.
    pub fn keep_drawn(&mut self, drawn: DrawnBScan, in_force: RunLengths) {
        let bscan = drawn.of.bscan;
        let is_drawn = drawn.of.drawn_voxels > 0 || drawn.of.reviewed;
        // What was drawn where nothing is segmented yet is shown all the same.
        let result = BScanResult {
            bscan,
            evidence: [0.0; 3],
            device: String::new(),
            has_picture: true,
            doubtful_voxels: None,
        };
        let measured = self.measured.entry(bscan).or_insert_with(|| MeasuredBScan {
            result,
            mask: RunLengths::default(),
            boundaries: Vec::new(),
        });
        measured.mask = in_force;
        if is_drawn {
            self.drawn.insert(bscan, drawn);
        } else {
            self.drawn.remove(&bscan);
            if !measured.is_segmented() {
                self.measured.remove(&bscan);
            }
        }
        self.results_changed += 1;
    }

    /// What the network segmented, each with its own labels: what a restarted engine is given.
    pub fn all_segmented(&self) -> impl Iterator<Item = (&MeasuredBScan, &RunLengths)> {
        let of = |measured| Some((measured, self.network_labels_of(measured)?));
        self.measured.values().filter_map(of)
    }

    /// The network's own labels of `bscan`; `None` where it has not segmented it.
    pub fn network_labels(&self, bscan: u32) -> Option<&RunLengths> {
        self.network_labels_of(self.measured(bscan)?)
    }

    fn network_labels_of<'a>(&'a self, measured: &'a MeasuredBScan) -> Option<&'a RunLengths> {
        let drawn = self.drawn(measured.result.bscan).filter(|drawn| !drawn.model.is_empty());
        measured.is_segmented().then(|| drawn.map_or(&measured.mask, |drawn| &drawn.model))
    }

    /// Forgets every mask and similarity map, before a new run.
    pub fn forget_results(&mut self) {
        self.measured.clear();
        self.similarity = None;
        self.results_changed += 1;
    }

    /// The similarity maps of `bscan`, the finest first; none where they are not held.
    pub fn similarity(&self, bscan: u32) -> &[Pixels] {
        self.similarity.as_ref().filter(|(of, _)| *of == bscan).map_or(&[], |(_, maps)| maps)
    }

    /// Keeps the similarity maps of the B-scan in view, and no others.
    pub fn keep_similarity(&mut self, bscan: u32, maps: Vec<Pixels>) {
        self.similarity = Some((bscan, maps));
        self.results_changed += 1;
    }

    /// Forgets what was asked for and not answered: a new worker knows nothing of it.
    pub fn forget_requests(&mut self) {
        self.requested.clear();
    }

    /// The next pictures to ask for, of a run none but those nearest to the one in view; they count
    /// as asked for from now on.
    pub fn next_requests(
        &mut self,
        in_view: u32,
        bscans: u32,
        picture_bytes: usize,
        is_running: bool,
    ) -> Vec<u32> {
        let most = if is_running { NEAR_DURING_A_RUN } else { usize::MAX };
        let around = outward(in_view, bscans).take(pictures_that_fit(picture_bytes).min(most));
        let around = around.filter(|bscan| !self.pinned.contains(bscan));
        let wanted: Vec<u32> = (self.pinned.iter().copied())
            .chain(around)
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_pinned_picture_is_asked_for_first_and_stays_however_far_it_is() {
        let mut store = BScanStore::default();
        assert!(store.pin(vec![90, 1]) && !store.pin(vec![90, 1]));
        let picture_bytes = PICTURE_BYTES / 2;
        assert_eq!(store.next_requests(0, 100, picture_bytes, false), [90, 1, 0]);
        let keep = |store: &mut BScanStore, bscan| {
            let greys = Pixels::new(vec![0_u8; picture_bytes]);
            store.keep_picture(bscan, greys, Vec::new(), RunLengths::default(), 0);
        };
        [90, 1, 0, 2, 3].into_iter().for_each(|bscan| keep(&mut store, bscan));
        let held = [90, 1, 0, 2, 3].map(|bscan| store.picture(bscan).is_some());
        assert_eq!(held, [true, true, true, true, false]);
        assert_eq!(store.pictures_changed(), 3);
    }

    #[test]
    fn the_bscan_in_view_is_asked_for_even_while_others_are_on_their_way() {
        let mut store = BScanStore::default();
        assert_eq!(store.next_requests(0, 100, 1, false), [0, 1, 2]);
        assert_eq!(store.next_requests(0, 100, 1, false), Vec::<u32>::new());
        assert_eq!(store.next_requests(50, 100, 1, false), [50]);
    }

    #[test]
    fn during_a_run_only_what_is_near_is_asked_for() {
        let all = |is_running| {
            let mut store = BScanStore::default();
            let mut asked = Vec::new();
            while let Some(bscan) = store.next_requests(50, 100, 1, is_running).first().copied() {
                asked.push(bscan);
                store.forget_requests();
                store.keep_picture(bscan, Pixels::new(vec![0]), Vec::new(), RunLengths::default(), 50);
            }
            asked
        };
        assert_eq!(all(true), [50, 51, 49, 52, 48, 53, 47, 54, 46]);
        assert_eq!(all(false).len(), 100);
    }
}
