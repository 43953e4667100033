//! The table: lists of rows, and what is composed of them.
//!
//! To add a way, add a row to one of the lists; all that it can be combined with
//! is tried with it. What composes lies in [`compose`], which also says what is
//! right for a composition: the worst of its parts.

mod browser;
mod containers;
mod happenings;

use std::collections::BTreeSet;

use crate::container::Container;
use crate::packing::{BASES, Packing};
use crate::picture::Picture;
use crate::spacing::Says;
use crate::way::{Expected, Scans, Way};

pub use browser::{BROWSER, in_browser};
pub use containers::{basic, containers};
pub use happenings::{packings, pictures, sayings, together};

/// A row: a part of a way, and what is right where nothing else is amiss.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// What it is called.
    pub name: String,
    /// The part.
    pub part: T,
    /// What is right.
    pub expected: Expected,
}

/// A row that keeps the truth.
pub(crate) fn keeps<T>(name: impl Into<String>, part: T) -> Row<T> {
    Row { name: name.into(), part, expected: Expected::Same }
}

/// A row for which something else is right.
pub(crate) fn right<T>(name: impl Into<String>, part: T, expected: Expected) -> Row<T> {
    Row { name: name.into(), part, expected }
}

/// The parts of a way, each a row.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The format.
    pub container: &'a Row<Container>,
    /// What happened to the pictures.
    pub picture: Option<&'a Row<Picture>>,
    /// What the file says of its spacing.
    pub says: Option<&'a Row<Says>>,
    /// Whether the person gives the spacing that the file lacks or states wrongly.
    pub told: bool,
    /// How the files come.
    pub packing: Option<&'a Row<Packing>>,
    /// What the scan is called.
    pub base: Option<&'static str>,
}

/// The way that `parts` make, or `None` where they do not go together.
pub fn compose(parts: Parts<'_>) -> Option<Way> {
    let Parts { container, picture, says, told, packing, base } = parts;
    let mut way = Way::new(container.name.clone(), container.part);
    // Who types the spacing decides between what the file states twice.
    let is_decided = told && says.is_some() && container.part.contradicts_itself();
    way.expected = if is_decided { Expected::SameOrAsked } else { container.expected };
    if let Some(row) = picture {
        if !happenings::can_happen(row.part, container.part) {
            return None;
        }
        way.picture = row.part;
        way.name += &format!(" / {}", row.name);
        way.expected = way.expected.max(happenings::expected(row, container.part));
    }
    if let Some(row) = says {
        if !container.part.states_spacing() {
            return None;
        }
        way.says = row.part;
        way.name += &format!(" / {}", row.name);
        let expected = match (told, container.part) {
            (false, _) => row.expected,
            // The person is right; but places that contradict may still be refused.
            (true, Container::Dicom(_) | Container::Vol | Container::Xml(..)) => Expected::SameOrAsked,
            (true, _) => Expected::Same,
        };
        if told {
            way.told = true;
            way.name += ", but told";
        }
        way.expected = way.expected.max(expected);
    }
    if let Some(base) = base {
        way.base = base;
        way.name += &format!(" / called {base}");
    }
    if let Some(row) = packing {
        way.packing = row.part;
        way.name += &format!(" / {}", row.name);
        way.expected = way.expected.max(row.expected);
        if !happenings::can_come(row.part, &way) {
            return None;
        }
    }
    Some(way)
}

/// All ways of the table, each once.
pub fn ways() -> Vec<Way> {
    let containers = containers();
    let basic = basic(&containers);
    let (pictures, sayings, packings) = (pictures(), sayings(), packings());
    let mut ways = Vec::new();
    let plain =
        |container| Parts { container, picture: None, says: None, told: false, packing: None, base: None };
    for container in &containers {
        ways.extend(compose(plain(container)));
    }
    for container in basic.iter().copied() {
        for picture in &pictures {
            ways.extend(compose(Parts { picture: Some(picture), ..plain(container) }));
        }
        for says in &sayings {
            for told in [false, true] {
                ways.extend(compose(Parts { says: Some(says), told, ..plain(container) }));
            }
        }
        for packing in &packings {
            ways.extend(compose(Parts { packing: Some(packing), ..plain(container) }));
        }
        for base in BASES {
            ways.extend(compose(Parts { base: Some(base), ..plain(container) }));
        }
    }
    for row in together(&containers) {
        let mut way = Way::new(row.name, row.part.1);
        way.scans = row.part.0;
        way.expected = row.expected;
        if way.scans != Scans::One && !matches!(way.container, Container::Dicom(_) | Container::E2e) {
            way.packing = Packing::Folder;
        }
        ways.push(way);
    }
    let mut names = BTreeSet::new();
    ways.retain(|way| names.insert(way.name.clone()));
    ways
}
