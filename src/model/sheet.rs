//! What is opened over the page to be read.

/// A dialog over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The keys, what the fluids are, what the network learnt from and where it fails.
    Help,
    /// The report of the scan on show, to be printed.
    Report,
    /// Two visits beside each other.
    Compare,
}
