//! TIFF, and TIFF of several pages.
//!
//! Directories are walked here and checked against the layout of TIFF 6.0
//! (Adobe, 1992: section 2 directories, section 8 baseline tags, section 14
//! predictor, section 15 tiles) before the `tiff` crate sees them: it trusts
//! the declared sizes more than a file that came by mail deserves.

mod directory;
mod overlay;
mod page;

pub(super) use directory::{directories, first_directory};
pub(super) use page::decode_page;

use crate::Cause;

/// Number of pages of a TIFF, thumbnails aside. At most 4096; a chain of
/// pages that returns to itself is damage.
pub(crate) fn pages(bytes: &[u8]) -> Result<usize, Cause> {
    Ok(directories(bytes)?.len())
}
