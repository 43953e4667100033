//! Bytes in JavaScript's memory.

use js_sys::{ArrayBuffer, Uint8Array};

use crate::model::pixels::Bytes;

/// A buffer that stays in JavaScript's memory until it is drawn.
#[derive(Debug)]
pub struct JsBytes(Uint8Array);

impl JsBytes {
    /// The bytes of a buffer that was handed over.
    pub fn of(buffer: &ArrayBuffer) -> Self {
        Self(Uint8Array::new(buffer))
    }

    /// The whole buffer.
    pub fn buffer(&self) -> ArrayBuffer {
        self.0.buffer()
    }
}

impl Bytes for JsBytes {
    fn len(&self) -> usize {
        self.0.length() as usize
    }

    fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn get(&self, index: usize) -> Option<u8> {
        let index = u32::try_from(index).ok().filter(|index| *index < self.0.length())?;
        Some(self.0.get_index(index))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
