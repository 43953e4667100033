//! The description of a TIFF's first page, in which programs say what the pages are.
//!
//! ImageJ writes lines `key=value` behind `ImageJ=` there (ImageJ's `TiffEncoder.java`),
//! OME-TIFF an XML whose element `Pixels` has all that matters as attributes (OME-XML
//! 2016-06 schema).

use roxmltree::Node;

use super::directory::{Directory, IMAGE_DESCRIPTION};

/// Most elements of a description: of thousands of planes OME lists each.
const MOST_NODES: u32 = 1 << 16;

/// A description that says something.
pub(super) enum Description {
    /// Of ImageJ.
    ImageJ(String),
    /// Of OME.
    Ome(String),
}

impl Description {
    /// That of the first page.
    pub(super) fn of(first: &Directory<'_>) -> Option<Self> {
        Self::parsed(first.text(IMAGE_DESCRIPTION)?)
    }

    pub(super) fn parsed(text: String) -> Option<Self> {
        if text.starts_with("ImageJ=") {
            Some(Self::ImageJ(text))
        } else {
            text.contains("<OME").then_some(Self::Ome(text))
        }
    }
}

/// The value behind `wanted=` in a description of ImageJ.
pub(super) fn imagej_value<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.trim())
}

/// What `read` finds at the element `Pixels` of a description of OME.
pub(super) fn ome_pixels<T>(text: &str, read: impl FnOnce(Node<'_, '_>) -> Option<T>) -> Option<T> {
    let options = roxmltree::ParsingOptions { nodes_limit: MOST_NODES, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).ok()?;
    let pixels = document.descendants().find(|node| node.tag_name().name() == "Pixels")?;
    read(pixels)
}
