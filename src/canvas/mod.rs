//! What every canvas of the page is made of.
//!
//! | module | what it holds |
//! |---|---|
//! | [`surface`] | a canvas that follows its element and the screen |
//! | [`image`] | pixels as images, made once and drawn often |
//! | [`drag`] | the one way of dragging |
//! | [`pinch`] | two fingers |
//! | [`wheel`] | how far a wheel is turned |
//! | [`palette`] | the colours that canvases draw with |

pub mod drag;
pub mod image;
pub mod palette;
pub mod pinch;
pub mod surface;
pub mod wheel;
