//! How far a person is shown around the page.

/// What the steps of the tour point at, as selectors of the document, in their order.
pub const STEPS: [&str; 5] = [".open-buttons", ".stage", ".button-segment", ".measures", ".help-button"];
