//! What a person drew in a scan, B-scan by B-scan.

use std::collections::{BTreeMap, BTreeSet};

use crate::delta::Direction;
use crate::drawn::Drawn;
use crate::grid::Grid;
use crate::history::Entry;
use crate::tools::Change;

/// All that a person drew in a scan, and which B-scans they looked at. Labels in force are the
/// person's where they drew, else the network's ([`Drawn::over`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Corrections {
    grid: Grid,
    /// Without B-scans in which nothing is drawn.
    drawn: BTreeMap<u32, Drawn>,
    reviewed: BTreeSet<u32>,
}

impl Corrections {
    /// None in a scan of this size.
    pub fn none(grid: Grid) -> Self {
        Self { grid, ..Self::default() }
    }

    /// Size of the scan.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Whether nothing is drawn and nothing was looked at.
    pub fn is_empty(&self) -> bool {
        self.drawn.is_empty() && self.reviewed.is_empty()
    }

    /// What is drawn in `bscan`; `None` where nothing is.
    pub fn drawn(&self, bscan: u32) -> Option<&Drawn> {
        self.drawn.get(&bscan)
    }

    /// The B-scans in which anything is drawn, ascending.
    pub fn drawn_bscans(&self) -> impl Iterator<Item = u32> {
        self.drawn.keys().copied()
    }

    /// Whether a person says of all of `bscan` that it is right.
    pub fn is_reviewed(&self, bscan: u32) -> bool {
        self.reviewed.contains(&bscan)
    }

    /// The B-scans of which they say so, ascending.
    pub fn reviewed_bscans(&self) -> impl Iterator<Item = u32> {
        self.reviewed.iter().copied()
    }

    /// The B-scans in which anything is drawn or that were looked at, ascending.
    pub fn bscans(&self) -> Vec<u32> {
        self.drawn.keys().chain(&self.reviewed).copied().collect::<BTreeSet<u32>>().into_iter().collect()
    }

    /// Makes `changes`, one after the other; those of B-scans that are not there are left out.
    pub fn apply(&mut self, changes: &[Change]) -> Entry {
        let mut entry = Entry::default();
        for change in changes.iter().filter(|change| change.bscan < self.grid.bscans) {
            let drawn = self.drawn.entry(change.bscan).or_default();
            let delta = drawn.put(&change.shape, change.value);
            if drawn.is_empty() {
                self.drawn.remove(&change.bscan);
            }
            if !delta.is_empty() {
                entry.drawn.push((change.bscan, delta));
            }
        }
        entry
    }

    /// Says of `bscan` whether a person looked at all of it.
    pub fn review(&mut self, bscan: u32, reviewed: bool) -> Entry {
        let mut entry = Entry::default();
        if bscan < self.grid.bscans && self.is_reviewed(bscan) != reviewed {
            self.set_reviewed(bscan, reviewed);
            entry.reviewed.push((bscan, reviewed));
        }
        entry
    }

    /// Puts what was kept of `bscan` in place of what is there; past the end, nowhere.
    pub fn adopt(&mut self, bscan: u32, drawn: Drawn, reviewed: bool) {
        let fits = drawn.spans().last().is_none_or(|span| span.end <= self.grid.pixels());
        if bscan < self.grid.bscans && fits {
            self.set_drawn(bscan, drawn);
            self.set_reviewed(bscan, reviewed);
        }
    }

    pub(crate) fn set_drawn(&mut self, bscan: u32, drawn: Drawn) {
        if drawn.is_empty() {
            self.drawn.remove(&bscan);
        } else {
            self.drawn.insert(bscan, drawn);
        }
    }

    pub(crate) fn set_reviewed(&mut self, bscan: u32, reviewed: bool) {
        if reviewed {
            self.reviewed.insert(bscan);
        } else {
            self.reviewed.remove(&bscan);
        }
    }

    /// Makes an interaction again, or takes it back.
    pub(crate) fn go(&mut self, entry: &Entry, direction: Direction) {
        let go = |(bscan, delta): &(u32, crate::delta::Delta)| {
            let drawn = self.drawn.entry(*bscan).or_default();
            delta.apply(drawn, direction);
            if drawn.is_empty() {
                self.drawn.remove(bscan);
            }
        };
        match direction {
            Direction::Forth => entry.drawn.iter().for_each(go),
            Direction::Back => entry.drawn.iter().rev().for_each(go),
        }
        for (bscan, reviewed) in &entry.reviewed {
            self.set_reviewed(*bscan, *reviewed == (direction == Direction::Forth));
        }
    }
}
