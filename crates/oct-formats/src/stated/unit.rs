//! Units of length, by the names that programs write.

/// mm of one `name`; `None` for what is no length of an eye: inches, pixels.
pub(crate) fn in_mm(name: &str) -> Option<f64> {
    Some(match name.trim().to_lowercase().as_str() {
        "mm" | "millimeter" | "millimeters" | "millimetre" | "millimetres" => 1.0,
        // The sign for micro is two letters of Unicode, an escape in ImageJ, or lost.
        "um" | "\u{b5}m" | "\u{3bc}m" | "\\u00b5m" | "\u{fffd}m" => 0.001,
        "micron" | "microns" | "micrometer" | "micrometers" | "micrometre" | "micrometres" => 0.001,
        "nm" | "nanometer" | "nanometers" | "nanometre" | "nanometres" => 1e-6,
        "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => 10.0,
        "m" | "meter" | "meters" | "metre" | "metres" => 1000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn micrometres_have_many_names_and_inches_and_pixels_are_no_unit() {
        for name in ["\u{b5}m", "\u{3bc}m", "\\u00B5m", "micron", "um", "Micrometer"] {
            assert_eq!(in_mm(name), Some(0.001), "{name}");
        }
        for name in ["inch", "in", "pixel", "pixels", "", "reference frame"] {
            assert_eq!(in_mm(name), None, "{name}");
        }
    }
}
