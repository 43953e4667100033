//! The sample eye that the page opens on: generated, nobody's.

use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

/// What it is called.
pub const NAME: &str = "Sample eye";
/// Of the first 140 eyes the one whose middle B-scan shows all three fluids at
/// about the same size.
const SEED: u64 = 60;
/// Enough to scroll through, drawn in about a second.
const BSCANS: usize = 25;

/// The eye. Its truth is not part of the sample: what the page shows is what
/// the network finds.
pub fn eye() -> Eye {
    Eye::new(&EyeConfig {
        bscans: Some(BSCANS),
        fluid: FluidMix::Present { irf: true, srf: true, ped: true },
        ..EyeConfig::new(SEED, VendorStyle::Spectralis)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::FluidClass;

    #[test]
    fn the_bscan_that_is_shown_first_holds_all_three_fluids() {
        let eye = eye();
        let shown = eye.bscan(eye.bscans() / 2);
        for class in FluidClass::ALL {
            let pixels = shown.labels.iter().filter(|label| **label == class.label()).count();
            assert!(pixels > 2000, "{}: {pixels} pixels", class.abbreviation());
        }
    }
}
