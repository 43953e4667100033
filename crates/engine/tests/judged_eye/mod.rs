//! The eye on which the shipped weights are judged, on every target alike.

use engine::Engine;
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};

/// FNV-1a over the bits of what the shipped weights answer to the self-test, on every
/// processor: browsers and programs give the same masks. New weights have another.
const ANSWER: u64 = 0xdefc_2685_2f13_f4b1;

/// Asserts that this processor gives the bits that every other does.
pub async fn answers_to_the_bit(engine: &Engine) {
    let answer = engine.self_test_answer().await.unwrap();
    let hash = answer.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, value| {
        (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(hash, ANSWER, "{hash:#x}");
}

/// Asserts that most of the fluid in a generated eye of `style` is found.
pub async fn finds_most_fluid(engine: &Engine, style: VendorStyle) {
    let fluid = FluidMix::Present { irf: true, srf: true, ped: true };
    let (volume, truth) =
        Eye::new(&EyeConfig { bscans: Some(3), fluid, ..EyeConfig::new(60, style) }).volume();
    let (mut hit, mut wanted) = (0, 0);
    for bscan in 0..volume.bscans() {
        let segmented = engine.segment_bscan(volume.bscan(bscan).unwrap()).await.unwrap();
        assert_eq!(segmented.labels.len(), volume.rows() * volume.columns());
        let truth = truth.bscan(bscan).unwrap();
        wanted += truth.iter().filter(|label| **label != 0).count();
        hit += truth.iter().zip(&segmented.labels).filter(|(t, s)| **t != 0 && **s != 0).count();
    }
    assert!(wanted > 500, "{style:?}: the phantom holds only {wanted} fluid pixels");
    assert!(hit * 2 > wanted, "{style:?}: {hit} of {wanted} fluid pixels found");
}
