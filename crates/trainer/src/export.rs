//! From a checkpoint to the int8 weight file.
