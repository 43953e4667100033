//! metaimage
