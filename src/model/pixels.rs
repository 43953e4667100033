//! Bytes that may lie outside of our memory: that of wasm never shrinks, so the
//! page keeps pictures in JavaScript's.

use std::rc::Rc;

/// A buffer of bytes, wherever it lies.
pub trait Bytes: std::fmt::Debug {
    /// Number of bytes.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy in our memory.
    fn to_vec(&self) -> Vec<u8>;

    /// One of them, or `None` past the end.
    fn get(&self, index: usize) -> Option<u8>;

    /// The buffer itself, for who knows what it is.
    fn as_any(&self) -> &dyn std::any::Any;
}

impl Bytes for Vec<u8> {
    fn len(&self) -> usize {
        self.len()
    }

    fn to_vec(&self) -> Vec<u8> {
        self.clone()
    }

    fn get(&self, index: usize) -> Option<u8> {
        self.as_slice().get(index).copied()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// A shared buffer of bytes; a copy of it is another handle to the same bytes.
#[derive(Debug, Clone)]
pub struct Pixels(Rc<dyn Bytes>);

impl PartialEq for Pixels {
    /// Whether both are the same buffer.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Pixels {
    /// Takes a buffer.
    pub fn new(bytes: impl Bytes + 'static) -> Self {
        Self(Rc::new(bytes))
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy in our memory.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// One byte, or `None` past the end.
    pub fn get(&self, index: usize) -> Option<u8> {
        self.0.get(index)
    }

    /// The buffer as the `T` that was taken, if it is one.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.0.as_any().downcast_ref()
    }

    /// The bytes as 32-bit little-endian floats.
    pub fn to_floats(&self) -> Vec<f32> {
        self.to_vec().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_read_as_the_worker_writes_them() {
        let bytes: Vec<u8> = [1.5_f32, f32::NAN, -3.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let floats = Pixels::new(bytes).to_floats();
        assert_eq!((floats[0], floats[2], floats.len()), (1.5, -3.0, 3));
        assert!(floats[1].is_nan());
    }
}
