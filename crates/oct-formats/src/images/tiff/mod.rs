//! TIFF, and TIFF of several pages.
//!
//! Directories are walked here and checked against the layout of TIFF 6.0
//! (Adobe, 1992: section 2 directories, section 8 baseline tags, section 14
//! predictor, section 15 tiles) before the `tiff` crate sees them: it trusts
//! the declared sizes more than a file that came by mail deserves.

mod description;
mod directory;
mod hyperstack;
mod overlay;
mod page;
mod spacing;

pub(super) use directory::{directories, first_directory};
pub(super) use hyperstack::Hyperstack;
pub(super) use page::{decode_behind, decode_page};
pub(super) use spacing::take_spacing;

use crate::Cause;

/// Number of images in a TIFF: its pages, thumbnails aside, or what the only one
/// says lies behind it. At most 4096; a chain of pages that returns to itself is damage.
pub(crate) fn images(bytes: &[u8]) -> Result<usize, Cause> {
    let pages = directories(bytes)?;
    let promised = pages.first().filter(|_| pages.len() == 1).and_then(Hyperstack::of);
    Ok(promised.map_or(pages.len(), |stack| stack.images()))
}

/// Columns and rows of a page.
pub(super) fn size(page: &directory::Directory<'_>) -> Option<[usize; 2]> {
    let side = |tag| page.value(tag).map(|side| side as usize);
    Some([side(directory::IMAGE_WIDTH)?, side(directory::IMAGE_LENGTH)?])
}
