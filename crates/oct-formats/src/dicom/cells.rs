//! Samples of one frame before their bits get a meaning.

use std::borrow::Cow;

use super::layout::Layout;

/// Samples of one frame as they were stored, little-endian.
pub(super) struct Cells<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// 1 where the decoder has made grey of colours.
    pub(super) channels: usize,
}

impl Cells<'static> {
    /// Samples of 8 bits, in as many bytes as the layout wants.
    pub(super) fn bytes(bytes: Vec<u8>, channels: usize, layout: &Layout) -> Self {
        if layout.bits_allocated == 8 {
            return Self { bytes: Cow::Owned(bytes), channels };
        }
        Self::words(bytes.into_iter().map(u16::from), channels, layout)
    }

    /// Samples of up to 16 bits, in as many bytes as the layout wants.
    pub(super) fn words(words: impl Iterator<Item = u16>, channels: usize, layout: &Layout) -> Self {
        let width = (layout.bits_allocated as usize / 8).min(4);
        let bytes = words.flat_map(|word| u32::from(word).to_le_bytes().into_iter().take(width)).collect();
        Self { bytes: Cow::Owned(bytes), channels }
    }
}
