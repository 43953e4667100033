//! Generated eyes, nobody's: the sample that the page opens on, and the series by number that
//! teachers share.

use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

/// Of the first 140 eyes the one whose middle B-scan shows all three fluids at
/// about the same size.
const SAMPLE_SEED: u64 = 60;
/// Enough to scroll through, drawn in about a second.
const BSCANS: usize = 25;

/// What an eye is called.
pub fn name(seed: Option<u32>) -> String {
    seed.map_or_else(|| "Sample eye".to_owned(), |seed| format!("Generated eye {seed}"))
}

/// An eye of the series, the same everywhere: which fluids it holds, if any, the seed decides.
/// `None` is the sample, which holds all three.
pub fn eye(seed: Option<u32>) -> Eye {
    let (seed, fluid) = match seed {
        Some(seed) => (u64::from(seed), FluidMix::Random),
        None => (SAMPLE_SEED, FluidMix::Present { irf: true, srf: true, ped: true }),
    };
    let bscans = Some(BSCANS);
    Eye::new(&EyeConfig { bscans, fluid, ..EyeConfig::new(seed, VendorStyle::Spectralis) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::FluidClass;

    #[test]
    fn the_bscan_that_is_shown_first_holds_all_three_fluids() {
        let eye = eye(None);
        let shown = eye.bscan(eye.bscans() / 2);
        for class in FluidClass::ALL {
            let pixels = shown.labels.iter().filter(|label| **label == class.label()).count();
            assert!(pixels > 2000, "{}: {pixels} pixels", class.abbreviation());
        }
    }

    #[test]
    fn eyes_of_the_series_differ_and_some_hold_no_fluid() {
        let fluid = |seed| {
            let labels = eye(Some(seed)).bscan(BSCANS / 2).labels;
            FluidClass::ALL.map(|class| labels.contains(&class.label()))
        };
        let found: Vec<[bool; 3]> = (1..=12).map(fluid).collect();
        assert!(found.contains(&[false; 3]) && found.iter().any(|found| found[0]), "{found:?}");
        assert_eq!((name(Some(7)).as_str(), name(None).as_str()), ("Generated eye 7", "Sample eye"));
    }
}
