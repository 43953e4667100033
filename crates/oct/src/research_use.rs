//! What everything that leaves Lacuna says of its use.

/// In a sentence or two, for reports, headers and comments.
pub const RESEARCH_USE_NOTICE: &str = "For research and teaching only. Not a medical device: not for diagnosis, treatment or any clinical decision.";
