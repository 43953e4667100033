//! The ways that are tried on the page, too.

use crate::way::Way;

/// Names of ways, the reference first. Each that is segmented takes seconds there.
pub const BROWSER: [&str; 15] = [
    "metaimage",
    "nifti axes [1, 0, 2]",
    "nifti / micrometres as mm",
    "metaimage / 1 between B-scans",
    "metaimage / 96 dots to the inch, but told",
    "tiff of ImageJ in one directory",
    "tiff ImageJTwoChannels",
    "images Decomposed",
    "images / zipped by macOS",
    "images / both eyes",
    "dicom / the first two B-scans black",
    "dicom series named Natural, shuffled",
    "dicom parts without part 2",
    "vol of flow",
    "nrrd / first file cut",
];

/// The ways of [`BROWSER`] in its order.
///
/// # Panics
/// Where the table has no way of such a name.
pub fn in_browser() -> Vec<Way> {
    let ways = super::ways();
    let named = |name: &&str| ways.iter().find(|way| way.name == **name).unwrap_or_else(|| panic!("{name}"));
    BROWSER.iter().map(named).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_that_the_page_is_tried_with_are_in_the_table() {
        assert_eq!(in_browser().len(), BROWSER.len());
    }
}
