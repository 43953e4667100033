//! Bars with the time left, for what takes long.

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `length` things, named by `what`.
///
/// # Errors
/// Never in practice: where the bar's form is not understood.
pub fn bar(length: u64, what: String) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg:30} {bar:30} {pos}/{len}, {eta} left")?;
    Ok(ProgressBar::new(length).with_style(style).with_message(what))
}
