//! Symmetric int8 per output channel.

/// An array quantised per output channel (its first axis).
#[derive(Debug, Clone, PartialEq)]
pub struct Quantized {
    /// Values -127..=127, in the order of the array.
    pub values: Vec<i8>,
    /// One factor an output channel: value = int8 * scale.
    pub scales: Vec<f32>,
}

/// Quantises `values`, whose first axis has `channels_out` entries.
///
/// The scale of a channel is its largest magnitude / 127, so that the largest
/// weight is exact and no value saturates. A channel of zeros gets scale 0.
pub fn quantize(values: &[f32], channels_out: usize) -> Quantized {
    let per_channel = values.len() / channels_out.max(1);
    let mut quantized = Quantized { values: Vec::with_capacity(values.len()), scales: Vec::new() };
    for channel in values.chunks_exact(per_channel.max(1)) {
        let largest = channel.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        let scale = largest / 127.0;
        quantized.scales.push(scale);
        quantized.values.extend(
            channel.iter().map(|value| {
                if scale > 0.0 { (value / scale).round().clamp(-127.0, 127.0) as i8 } else { 0 }
            }),
        );
    }
    quantized
}

/// The f32 values of a quantised array.
pub fn dequantize(values: &[i8], scales: &[f32]) -> Vec<f32> {
    let per_channel = values.len() / scales.len().max(1);
    values
        .chunks_exact(per_channel.max(1))
        .zip(scales)
        .flat_map(|(channel, scale)| channel.iter().map(move |value| f32::from(*value) * scale))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_at_most_half_a_step_of_its_own_channel() {
        let values: Vec<f32> =
            (0..64).map(|n| ((n * 37 % 64) as f32 - 30.0) * if n < 32 { 1.0 } else { 0.001 }).collect();
        let quantized = quantize(&values, 2);
        let restored = dequantize(&quantized.values, &quantized.scales);
        for (index, (value, restored)) in values.iter().zip(&restored).enumerate() {
            let step = quantized.scales[index / 32];
            assert!((value - restored).abs() <= step * 0.5001, "{value} became {restored}");
        }
    }

    #[test]
    fn a_channel_of_zeros_stays_zero() {
        let quantized = quantize(&[0.0; 8], 2);
        assert_eq!(dequantize(&quantized.values, &quantized.scales), vec![0.0; 8]);
    }
}
