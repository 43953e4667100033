//! Numbers in as few bytes as they need: seven bits a byte, the least first, the eighth bit set
//! where another byte follows (LEB128, DWARF 5, section 7.6).

/// Writes `value`.
pub(crate) fn write(bytes: &mut Vec<u8>, mut value: u32) {
    while value > 0x7F {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Takes a number from the front of `bytes`; `None` where there is none or it needs more than 32 bits.
pub(crate) fn read(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for shift in (0..32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u32::from(byte & 0x7F);
        if shift == 28 && bits > 15 {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_and_hostile_bytes_are_none() {
        for value in [0, 1, 127, 128, 300, 1 << 28, u32::MAX] {
            let mut bytes = Vec::new();
            write(&mut bytes, value);
            assert_eq!(read(&mut bytes.as_slice()), Some(value));
        }
        for hostile in [&[][..], &[0x80], &[0xFF; 5], &[0xFF; 9], &[0x80, 0x80, 0x80, 0x80, 0x10]] {
            assert_eq!(read(&mut &*hostile), None, "{hostile:?}");
        }
    }
}
