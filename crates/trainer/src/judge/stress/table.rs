//! The stresses: one row each.

use super::change::Change::{self, AsItIs, Greys, Places};
use super::greys::Change::{Bits8, Bits12In16, Bits16, Blur, Gain, Gamma, Jpeg, Noise, Speckle, Text};
use super::places::Change::{Border, Cropped, Mirrored, Picked, Resampled, Tilted};

/// One thing that happens to an image on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stress {
    /// What it is called in tables.
    pub name: &'static str,
    /// What it does.
    pub change: Change,
    /// Why no network can see through it, where none can: it is then held to no bar.
    pub destroys: Option<&'static str>,
}

/// All stresses; the first is none.
pub const STRESSES: &[Stress] = &[
    held_to_the_bars("as it is", AsItIs),
    held_to_the_bars("gain 0.6", Greys(Gain(0.6))),
    held_to_the_bars("gain 0.8", Greys(Gain(0.8))),
    held_to_the_bars("gain 1.2", Greys(Gain(1.2))),
    held_to_the_bars("gain 1.5", Greys(Gain(1.5))),
    held_to_the_bars("gain 1.8", Greys(Gain(1.8))),
    held_to_the_bars("gamma 0.6", Greys(Gamma(0.6))),
    held_to_the_bars("gamma 0.8", Greys(Gamma(0.8))),
    held_to_the_bars("gamma 1.25", Greys(Gamma(1.25))),
    held_to_the_bars("gamma 1.6", Greys(Gamma(1.6))),
    held_to_the_bars("8 bits", Greys(Bits8)),
    held_to_the_bars("16 bits", Greys(Bits16)),
    held_to_the_bars("12 of 16 bits", Greys(Bits12In16)),
    held_to_the_bars("JPEG quality 50", Greys(Jpeg(50))),
    held_to_the_bars("JPEG quality 75", Greys(Jpeg(75))),
    held_to_the_bars("JPEG quality 95", Greys(Jpeg(95))),
    held_to_the_bars("blur, sigma 0.7 pixels", Greys(Blur(0.7))),
    held_to_the_bars("blur, sigma 1.5 pixels", Greys(Blur(1.5))),
    held_to_the_bars("noise, sigma 5 of 255", Greys(Noise(5.0 / 255.0))),
    held_to_the_bars("noise, sigma 15 of 255", Greys(Noise(15.0 / 255.0))),
    held_to_the_bars("speckle, sigma 20 % of the grey", Greys(Speckle(0.2))),
    held_to_the_bars("burned-in text and scale bar", Greys(Text)),
    held_to_the_bars("resampled by 0.5", Places(Resampled(0.5))),
    held_to_the_bars("resampled by 0.5, every other pixel", Places(Picked(2))),
    held_to_the_bars("resampled by 0.75", Places(Resampled(0.75))),
    held_to_the_bars("resampled by 1.5", Places(Resampled(1.5))),
    held_to_the_bars("resampled by 2", Places(Resampled(2.0))),
    held_to_the_bars(
        "cropped to the middle three quarters of columns",
        Places(Cropped([0.0, 1.0], [0.125, 0.875])),
    ),
    held_to_the_bars("cropped by a tenth above and below", Places(Cropped([0.1, 0.9], [0.0, 1.0]))),
    held_to_the_bars("mirrored left to right", Places(Mirrored)),
    held_to_the_bars("black border of a tenth", Places(Border(0.0))),
    held_to_the_bars("white border of a tenth", Places(Border(1.0))),
    held_to_the_bars("tilted by 10 degrees", Places(Tilted(10.0))),
    held_to_the_bars("tilted by -10 degrees", Places(Tilted(-10.0))),
];

const fn held_to_the_bars(name: &'static str, change: Change) -> Stress {
    Stress { name, change, destroys: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_what_happens_to_images_has_its_rows_and_every_row_a_name_of_its_own() {
        let kinds = [
            "gain 0.6",
            "gain 1.8",
            "gamma 0.6",
            "gamma 1.6",
            "8 bits",
            "16 bits",
            "JPEG quality 50",
            "JPEG quality 95",
            "blur",
            "noise",
            "resampled by 0.5",
            "resampled by 2",
            "cropped",
            "mirrored",
            "black border",
            "burned-in text",
            "tilted by 10 degrees",
        ];
        for kind in kinds {
            assert!(STRESSES.iter().any(|stress| stress.name.starts_with(kind)), "no row for {kind}");
        }
        for (position, stress) in STRESSES.iter().enumerate() {
            assert!(STRESSES[..position].iter().all(|other| other.name != stress.name), "{}", stress.name);
        }
    }
}
