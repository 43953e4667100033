//! oct-formats
