//! What happens to images on their way, and what it does to the figures.
//!
//! A scan is exported, photographed, brightened, cropped and saved as JPEG before it
//! comes here. Each such thing is a row of [`STRESSES`]: a change of the image, and of
//! its truth where it moves pixels. A changed B-scan is a B-scan like any other: samples of
//! 8 or 16 bits, prepared and labelled by the engine.
//!
//! A row is compared with what is found in the unchanged B-scan, *moved as the image is*:
//! a crop is compared within the crop, a tilted B-scan with the tilted mask.
//!
//! | module | what it holds |
//! |---|---|
//! | `table` | the stresses |
//! | `change` | a stress upon a case: its samples, truth and spacing |
//! | `greys` | changes of greys in their place |
//! | `places` | changes of where a pixel lies |
//! | `strain` | a network over stressed cases |
//! | `outcome` | the figures of a row, and whether it meets the bars |

mod change;
mod greys;
mod outcome;
mod places;
mod strain;
mod table;

pub use change::Change;
pub use outcome::{MOST_FALSE_NL, MOST_MOVED_DICE, StressRow, StressTable};
pub use strain::{Strain, strained};
pub use table::{STRESSES, Stress};
