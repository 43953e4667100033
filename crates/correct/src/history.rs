//! Undo and redo, an entry an interaction.

use std::collections::BTreeSet;

use crate::corrections::Corrections;
use crate::delta::{Delta, Direction};

/// What one interaction changed, in whichever B-scans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// In the order in which it happened; a B-scan may be there more than once.
    pub(crate) drawn: Vec<(u32, Delta)>,
    /// B-scans that were looked at from then on, or no more.
    pub(crate) reviewed: Vec<(u32, bool)>,
}

impl Entry {
    /// One interaction that changed this and then `other`.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.drawn.extend(other.drawn);
        self.reviewed.extend(other.reviewed);
        self
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.drawn.is_empty() && self.reviewed.is_empty()
    }

    /// The B-scans in which something changed, each once, ascending.
    pub fn bscans(&self) -> Vec<u32> {
        let drawn = self.drawn.iter().map(|(bscan, _)| *bscan);
        let reviewed = self.reviewed.iter().map(|(bscan, _)| *bscan);
        drawn.chain(reviewed).collect::<BTreeSet<u32>>().into_iter().collect()
    }

    fn heap_bytes(&self) -> usize {
        let drawn: usize = self.drawn.iter().map(|(_, delta)| delta.heap_bytes()).sum();
        drawn
            + self.drawn.capacity() * size_of::<(u32, Delta)>()
            + self.reviewed.capacity() * size_of::<(u32, bool)>()
    }
}

/// All interactions with a scan, as many as there were.
#[derive(Debug, Clone, Default)]
pub struct History {
    entries: Vec<Entry>,
    /// Those that are in force.
    done: usize,
}

impl History {
    /// Keeps an interaction that was made; what was taken back before it cannot be redone any
    /// more. One that changed nothing is none.
    pub fn push(&mut self, entry: Entry) {
        if entry.is_empty() {
            return;
        }
        self.entries.truncate(self.done);
        self.entries.push(entry);
        self.done = self.entries.len();
    }

    /// Whether anything can be undone.
    pub fn can_undo(&self) -> bool {
        self.done > 0
    }

    /// Whether anything can be redone.
    pub fn can_redo(&self) -> bool {
        self.done < self.entries.len()
    }

    /// Takes the last interaction back and says in which B-scans that changed something; none
    /// where there is nothing to undo.
    pub fn undo(&mut self, corrections: &mut Corrections) -> Vec<u32> {
        let Some(entry) = self.done.checked_sub(1).and_then(|last| self.entries.get(last)) else {
            return Vec::new();
        };
        self.done -= 1;
        corrections.go(entry, Direction::Back);
        entry.bscans()
    }

    /// Makes the interaction again that was taken back last; as [`Self::undo`].
    pub fn redo(&mut self, corrections: &mut Corrections) -> Vec<u32> {
        let Some(entry) = self.entries.get(self.done) else { return Vec::new() };
        self.done += 1;
        corrections.go(entry, Direction::Forth);
        entry.bscans()
    }

    /// Bytes that it takes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let entries: usize = self.entries.iter().map(Entry::heap_bytes).sum();
        entries + self.entries.capacity() * size_of::<Entry>()
    }
}
