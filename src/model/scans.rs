//! Open scans, the one on show, the one that is kept beside it, and those on their way.

use std::collections::BTreeMap;

use engine_protocol::{SaveKind, ScanId};

use super::scan::Scan;
use super::source::Source;
use crate::words::Locale;

/// A scan that is being opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The number it will have.
    pub id: ScanId,
    /// Where it comes from.
    pub source: Source,
    /// It is open on the page already and read again by a new engine: what was measured stays.
    pub reopens: bool,
}

/// Open scans and those on their way.
#[derive(Debug, Clone, Default)]
pub struct Scans {
    open: BTreeMap<ScanId, Scan>,
    shown: Option<ScanId>,
    kept: Option<ScanId>,
    openings: Vec<Opening>,
    /// Opened as soon as the engine hears.
    pub awaits_engine: Option<Source>,
    last: u32,
}

impl Scans {
    /// The scan on show.
    pub fn shown(&self) -> Option<&Scan> {
        self.open.get(&self.shown?)
    }

    /// The scan on show, to be changed.
    pub fn shown_mut(&mut self) -> Option<&mut Scan> {
        self.open.get_mut(&self.shown?)
    }

    /// An open scan.
    pub fn get(&self, id: ScanId) -> Option<&Scan> {
        self.open.get(&id)
    }

    /// An open scan, to be changed.
    pub fn get_mut(&mut self, id: ScanId) -> Option<&mut Scan> {
        self.open.get_mut(&id)
    }

    /// All open scans, to be changed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Scan> {
        self.open.values_mut()
    }

    /// The scan that is kept to be compared with, which may be the one on show.
    pub fn kept(&self) -> Option<&Scan> {
        self.open.get(&self.kept?)
    }

    /// The scan that is kept while another one is on show.
    pub fn beside(&self) -> Option<&Scan> {
        self.kept().filter(|kept| Some(kept.id) != self.shown)
    }

    /// Keeps the scan on show; gives the number of the one kept before, which is closed.
    pub fn keep_shown(&mut self) -> Option<ScanId> {
        let closed = self.let_go_of_kept();
        self.kept = self.shown;
        closed
    }

    /// Shows the kept scan, and keeps the one on show.
    pub fn swap_kept(&mut self) {
        if self.beside().is_some() {
            std::mem::swap(&mut self.shown, &mut self.kept);
        }
    }

    /// Keeps none any more; gives the number of the one that is closed by that.
    pub fn let_go_of_kept(&mut self) -> Option<ScanId> {
        let closed = self.kept.take().filter(|kept| Some(*kept) != self.shown)?;
        self.open.remove(&closed).map(|scan| scan.id)
    }

    /// Shows `scan` in place of the one on show, which is closed unless it is kept; gives the
    /// number of the one that is closed.
    pub fn replace_shown(&mut self, scan: Scan) -> Option<ScanId> {
        let closed = self.shown.replace(scan.id);
        let closed = closed.filter(|closed| *closed != scan.id && Some(*closed) != self.kept);
        if let Some(closed) = closed {
            self.open.remove(&closed);
        }
        self.replace(scan);
        closed
    }

    /// Puts `scan` in the place of the open one of its number, wherever that is.
    pub fn replace(&mut self, scan: Scan) {
        self.open.insert(scan.id, scan);
    }

    /// A number that no scan has had.
    pub fn new_id(&mut self) -> ScanId {
        self.last += 1;
        ScanId(self.last)
    }

    /// Notes that a scan is being opened.
    pub fn begin_opening(&mut self, opening: Opening) {
        self.openings.push(opening);
    }

    /// Ends the opening of a scan, however it came out.
    pub fn end_opening(&mut self, id: ScanId) -> Option<Opening> {
        let position = self.openings.iter().position(|opening| opening.id == id)?;
        Some(self.openings.remove(position))
    }

    /// The scans that are being opened, the oldest first.
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// Where the newest of the scans that are being opened comes from.
    pub fn opening(&self) -> Option<&Source> {
        let newest = self.openings.last().map(|opening| &opening.source);
        self.awaits_engine.as_ref().or(newest)
    }

    /// Name of what is being opened, the newest one.
    pub fn opening_name(&self, locale: Locale) -> Option<String> {
        self.opening().map(|source| source.name(locale))
    }

    /// The newest scan that a person asked for and that is not open yet.
    pub fn newest_asked_for(&self) -> Option<Source> {
        let asked_for = self.openings.iter().rev().find(|opening| !opening.reopens);
        self.awaits_engine.clone().or_else(|| asked_for.map(|opening| opening.source.clone()))
    }

    /// Where everything open or on its way comes from.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let open = self.open.values().map(|scan| &scan.source);
        open.chain(self.openings.iter().map(|opening| &opening.source)).chain(&self.awaits_engine)
    }

    /// Files that the engine was asked for and has not made yet, with the names of their scans.
    pub fn files_awaited(&self) -> Vec<(SaveKind, String)> {
        let awaited = self.open.values().flat_map(|scan| scan.exporting.iter().map(move |kind| (scan, kind)));
        awaited.map(|(scan, kind)| (*kind, scan.info.name.clone())).collect()
    }

    /// The engine died or was replaced: nothing is on its way any more.
    pub fn lose_engine(&mut self) {
        self.openings.clear();
        self.awaits_engine = None;
        for scan in self.all_mut() {
            scan.lose_engine();
        }
    }
}
