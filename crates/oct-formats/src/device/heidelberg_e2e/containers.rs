//! The containers in the file, by its directories or by searching.

use std::collections::{BTreeMap, BTreeSet};

use crate::bytes::fields::ByteFields;

const FILE_HEADER: usize = 36;
const DIRECTORY_HEADER: usize = 52;
const ENTRY: usize = 44;
const CONTAINER_HEADER: usize = 60;
const CONTAINER: &[u8] = b"MDbData\0";

/// Patient, study, series.
pub(super) type SeriesKey = (i32, i32, i32);

/// A part of the file.
#[derive(Clone, Copy)]
pub(super) struct Container<'a> {
    pub(super) series: SeriesKey,
    /// -1 where it belongs to the whole series.
    pub(super) slice: i32,
    pub(super) kind: u32,
    /// As much of it as the file holds.
    pub(super) data: ByteFields<'a>,
}

/// The containers that the chain of directories names, from the newest
/// directory to the oldest; `None` where the chain is broken.
pub(super) fn listed(fields: ByteFields<'_>) -> Option<Vec<Container<'_>>> {
    let offset = |at: usize| fields.u32(at).ok().map(|offset| offset as usize);
    let mut containers = BTreeMap::new();
    let mut directory = offset(FILE_HEADER + 40)?;
    let mut seen = BTreeSet::new();
    while directory != 0 {
        let letters = fields.slice(directory, DIRECTORY_HEADER).ok()?;
        if !letters.starts_with(b"MDb") || !seen.insert(directory) {
            return None;
        }
        let entries = offset(directory.checked_add(36)?)?;
        for index in 0..entries {
            let at = directory.checked_add(DIRECTORY_HEADER + index.checked_mul(ENTRY)?)?;
            fields.slice(at, ENTRY).ok()?;
            let start = offset(at + 4)?;
            if start != 0
                && let Some(container) = container(fields, start)
            {
                containers.entry(start).or_insert(container);
            }
        }
        directory = offset(directory + 44)?;
    }
    Some(containers.into_values().collect())
}

/// All containers that can be found by their first letters.
pub(super) fn searched(fields: ByteFields<'_>) -> Vec<Container<'_>> {
    let mut containers = Vec::new();
    let mut at = 0;
    while let Some(rest) = fields.bytes().get(at..)
        && let Some(found) = rest.windows(CONTAINER.len()).position(|window| window == CONTAINER)
    {
        at += found;
        let Some(container) = container(fields, at) else { break };
        // A container that was cut off says nothing of where the next one is.
        let size = fields.u32(at + 24).map_or(0, |size| size as usize);
        let skip = if size == container.data.len() { size } else { 0 };
        containers.push(container);
        at += CONTAINER_HEADER + skip;
    }
    containers
}

fn container(fields: ByteFields<'_>, start: usize) -> Option<Container<'_>> {
    let header = fields.part(start, CONTAINER_HEADER).ok()?;
    if !header.bytes().starts_with(CONTAINER) {
        return None;
    }
    let at = start + CONTAINER_HEADER;
    let size = (header.u32(24).ok()? as usize).min(fields.len() - at);
    Some(Container {
        series: (header.i32(32).ok()?, header.i32(36).ok()?, header.i32(40).ok()?),
        slice: header.i32(44).ok()?,
        kind: header.u32(52).ok()?,
        data: fields.part(at, size).ok()?,
    })
}
