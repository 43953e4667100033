//! A seed means the same eye for ever: weights are trained on these B-scans, and
//! scores of two versions compare only where both saw the same ones.
//!
//! Checksums hold for Linux on x86-64, where training and CI run: exponentials
//! and sines come from the platform and may differ in their last bit elsewhere.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use oct::Samples;
use oct_phantom::painting::{FluidFreeBScan, Painting};
use oct_phantom::{Eye, EyeConfig, FluidMix, PhantomBScan, VendorStyle};

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
fn checksum(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Of samples, labels and anatomy.
fn checksums(bscan: &PhantomBScan) -> [u64; 3] {
    let samples = match &bscan.samples {
        Samples::U8(values) => checksum(values.iter().copied()),
        Samples::U16(values) => checksum(values.iter().flat_map(|value| value.to_le_bytes())),
        Samples::F32(values) => checksum(values.iter().flat_map(|value| value.to_le_bytes())),
    };
    [samples, checksum(bscan.labels.iter().copied()), checksum(bscan.anatomy.iter().copied())]
}

/// Samples, labels and anatomy of the middle B-scan of seed 60.
const PINNED: [(VendorStyle, [u64; 3]); 3] = [
    (VendorStyle::Cirrus, [0xa430_c99e_19e0_cff5, 0x9251_2029_b91a_bf9e, 0x7923_2609_cf1a_4274]),
    (VendorStyle::Spectralis, [0x6ef6_05b8_359e_db8b, 0x31ff_3e11_6a6a_ade4, 0x5682_74a2_d686_e6e2]),
    (VendorStyle::Topcon, [0x0c39_1708_61e8_0978, 0x7bec_dbb2_b834_3033, 0xa855_febc_d897_582a]),
];

/// Of twelve paintings.
const PINNED_PAINTINGS: u64 = 0x44d1_199b_6d88_3b57;

fn eye(style: VendorStyle) -> Eye {
    let fluid = FluidMix::Present { irf: true, srf: true, ped: true };
    Eye::new(&EyeConfig { fluid, ..EyeConfig::new(60, style) })
}

#[test]
fn a_seed_gives_the_same_bscan_and_truth_as_in_every_version_before() {
    let found = VendorStyle::ALL.map(|style| {
        let eye = eye(style);
        let bscan = eye.bscan(eye.bscans() / 2);
        let marked = bscan.labels.iter().filter(|label| **label != 0).count();
        assert!(marked > 500, "{style:?}: too little fluid to tell anything");
        (style, checksums(&bscan))
    });
    assert_eq!(found, PINNED);
}

#[test]
fn a_seed_paints_the_same_fluid_as_in_every_version_before() {
    let style = VendorStyle::Spectralis;
    let free = Eye::new(&EyeConfig { fluid: FluidMix::Free, ..EyeConfig::new(7, style) }).bscan(24);
    let Samples::U16(samples) = &free.samples else { panic!("Spectralis is 16-bit") };
    let greys: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 65535.0).collect();
    let padding = samples.iter().map(|sample| *sample == 0).collect();
    let source = FluidFreeBScan::new(greys, free.columns, None, padding).unwrap();
    let mut seen = [false; 4];
    let mut all = Vec::new();
    for seed in 0..12 {
        let painted = Painting::draw(seed, &source).bscan;
        painted.labels.iter().for_each(|label| seen[usize::from(*label)] = true);
        all.extend(checksums(&painted));
    }
    assert_eq!(seen, [true; 4], "every fluid is painted by some seed");
    assert_eq!(checksum(all.into_iter().flat_map(u64::to_le_bytes)), PINNED_PAINTINGS);
}
