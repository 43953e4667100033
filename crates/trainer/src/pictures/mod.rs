//! What is drawn: for a look at a run, at the best and the worst, at every judged pixel.
//!
//! | module | what it holds |
//! |---|---|
//! | `tile` | a B-scan with prediction and truth; sheets of them as PNG |
//! | `validation_sheet` | some validation B-scans at each checkpoint |
//! | `best_and_worst` | held-out B-scans with most and with least Dice |
//! | `error_map` | every judged pixel: found, invented, missed |
//! | `curves` | loss and validation Dice over steps |

mod best_and_worst;
mod curves;
mod error_map;
mod tile;
mod validation_sheet;

pub use best_and_worst::{best_and_worst, scored_tile};
pub use curves::draw_curves;
pub use error_map::write_error_maps;
pub use tile::{Tile, colour, write_sheet};
pub use validation_sheet::validation_sheet;
