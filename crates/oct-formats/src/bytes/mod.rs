//! From the bytes of a file to its parts.

pub(crate) mod content;
pub(crate) mod data_file;
pub(crate) mod declared;
pub(crate) mod fields;
pub(crate) mod unpack;
