//! The open scans, within a budget of memory.

use engine_protocol::ScanId;
use study::Study;

/// Bytes that open scans may take together. A wasm memory holds 4 GiB, and the
/// files of the next scan, its volume and the network need most of it.
const MOST_BYTES: u64 = 1 << 30;

/// Open scans. The one that was used last stays whatever it takes; for the
/// others there is a budget.
#[derive(Debug)]
pub struct Scans {
    budget_bytes: u64,
    /// In the order of their last use.
    open: Vec<(ScanId, Study)>,
}

impl Default for Scans {
    fn default() -> Self {
        Self { budget_bytes: MOST_BYTES, open: Vec::new() }
    }
}

impl Scans {
    /// An open scan, without counting that as a use of it.
    pub fn get(&self, id: ScanId) -> Option<&Study> {
        self.open.iter().find(|(open, _)| *open == id).map(|(_, study)| study)
    }

    /// An open scan to be changed, without counting that as a use of it.
    pub fn get_mut(&mut self, id: ScanId) -> Option<&mut Study> {
        self.open.iter_mut().find(|(open, _)| *open == id).map(|(_, study)| study)
    }

    /// An open scan that somebody asks for.
    pub fn used(&mut self, id: ScanId) -> Option<&mut Study> {
        let study = self.take(id)?;
        self.open.push((id, study));
        self.open.last_mut().map(|(_, study)| study)
    }

    /// The scans of which anything is segmented.
    pub fn segmented(&self) -> impl Iterator<Item = ScanId> {
        self.open.iter().filter(|(_, study)| study.segmented_bscans() > 0).map(|(open, _)| *open)
    }

    /// Keeps a scan, as the one that was used last.
    pub fn insert(&mut self, id: ScanId, study: Study) {
        self.take(id);
        self.open.push((id, study));
    }

    /// Lets go of a scan.
    pub fn take(&mut self, id: ScanId) -> Option<Study> {
        let position = self.open.iter().position(|(open, _)| *open == id)?;
        Some(self.open.remove(position).1)
    }

    /// Makes room for `bytes` more: lets go of scans, those that were used
    /// longest ago first, but neither of the last one used nor of any that `is_needed`.
    pub fn make_room(&mut self, bytes: u64, is_needed: impl Fn(ScanId) -> bool) -> Vec<ScanId> {
        let mut taken: u64 = self.open.iter().map(|(_, study)| study.bytes()).sum();
        let mut let_go = Vec::new();
        let mut position = 0;
        while taken.saturating_add(bytes) > self.budget_bytes && position + 1 < self.open.len() {
            if is_needed(self.open[position].0) {
                position += 1;
                continue;
            }
            let (id, study) = self.open.remove(position);
            taken -= study.bytes();
            let_go.push(id);
        }
        let_go
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::example;

    /// Scans 0, 1, 2 of one size, used in that order, of which two fit.
    fn scans() -> Scans {
        let mut scans = Scans { budget_bytes: 2 * example().bytes(), ..Scans::default() };
        for id in 0..3 {
            scans.insert(ScanId(id), example());
        }
        scans
    }

    fn open(scans: &Scans) -> Vec<u32> {
        scans.open.iter().map(|(id, _)| id.0).collect()
    }

    #[test]
    fn the_scan_that_was_used_longest_ago_makes_room() {
        let mut scans = scans();
        scans.used(ScanId(0)).unwrap();
        assert_eq!(scans.make_room(0, |_| false), [ScanId(1)]);
        assert_eq!(open(&scans), [2, 0]);
        assert!(scans.make_room(0, |_| false).is_empty(), "the others fit");
    }

    #[test]
    fn a_scan_that_is_looked_up_for_work_is_not_used_by_that() {
        let mut scans = scans();
        scans.get_mut(ScanId(0)).unwrap();
        assert_eq!(scans.make_room(0, |_| false), [ScanId(0)]);
    }

    #[test]
    fn neither_a_scan_that_is_needed_nor_the_last_one_used_makes_room() {
        let mut scans = scans();
        assert_eq!(scans.make_room(u64::MAX, |id| id == ScanId(0)), [ScanId(1)]);
        assert_eq!(open(&scans), [0, 2]);
    }

    #[test]
    fn a_scan_that_is_opened_again_is_held_once() {
        let mut scans = scans();
        scans.insert(ScanId(0), example());
        assert_eq!(open(&scans), [1, 2, 0]);
    }
}
