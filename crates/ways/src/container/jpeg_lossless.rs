//! Lossless JPEG of one component, predictor 1 (ITU-T T.81, annex H).

/// `samples` of up to `bits` bits.
pub fn encode(samples: &[u16], columns: usize, rows: usize, bits: u8) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    // SOF3.
    bytes.extend([0xFF, 0xC3, 0, 11, bits]);
    bytes.extend((rows as u16).to_be_bytes());
    bytes.extend((columns as u16).to_be_bytes());
    bytes.extend([1, 1, 0x11, 0]);
    // One code of five bits for each of the 17 categories.
    bytes.extend([0xFF, 0xC4, 0, 19 + 17, 0]);
    bytes.extend((1..=16).map(|length| if length == 5 { 17_u8 } else { 0 }));
    bytes.extend(0..17_u8);
    bytes.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0, 0]);
    let (mut held, mut count) = (0_u64, 0);
    let mut put = |bytes: &mut Vec<u8>, value: u64, length: u32| {
        held = held << length | value;
        count += length;
        while count >= 8 {
            count -= 8;
            let byte = (held >> count) as u8;
            bytes.push(byte);
            if byte == 0xFF {
                bytes.push(0);
            }
        }
        held &= (1 << count) - 1;
    };
    for row in 0..rows {
        for column in 0..columns {
            let at = row * columns + column;
            let predicted = match (row, column) {
                (0, 0) => 1 << (bits - 1),
                (_, 0) => i32::from(samples[at - columns]),
                _ => i32::from(samples[at - 1]),
            };
            let mut difference = i32::from(samples[at]) - predicted;
            // Differences are modulo 2^16.
            if difference > 32768 {
                difference -= 65536;
            } else if difference < -32767 {
                difference += 65536;
            }
            let category = 32 - difference.unsigned_abs().leading_zeros();
            put(&mut bytes, u64::from(category), 5);
            if (1..16).contains(&category) {
                let value = if difference < 0 { difference + (1 << category) - 1 } else { difference };
                put(&mut bytes, value as u64, category);
            }
        }
    }
    // Ones to the end of the byte.
    put(&mut bytes, 0x7F, 7);
    bytes.extend([0xFF, 0xD9]);
    bytes
}
