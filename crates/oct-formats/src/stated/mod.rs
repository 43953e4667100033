//! What headers state, and what can be taken from it.

pub(crate) mod places;
pub(crate) mod samples;
pub(crate) mod spacing;
pub(crate) mod time;
pub(crate) mod unit;
