//! What findings promise: no fluid that is none, and nothing of them where none is asked for.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use oct::Samples;
use oct_phantom::{Anatomy, Eye, EyeConfig, Finding, Findings, FluidMix, PhantomBScan, VendorStyle};

fn bscan(seed: u64, finding: Finding, fluid: FluidMix) -> PhantomBScan {
    let style = VendorStyle::ALL[seed as usize % 3];
    let findings = Findings::default().with(finding);
    let eye = Eye::new(&EyeConfig { findings, fluid, ..EyeConfig::new(seed, style) });
    let fovea = eye.bscan_at_fovea();
    let bscan = eye.bscan(fovea);
    assert_eq!(eye.labels(fovea), bscan.labels, "labels drawn alone are those of the B-scan");
    bscan
}

fn count(bscan: &PhantomBScan, label: u8) -> usize {
    bscan.labels.iter().filter(|of| **of == label).count()
}

#[test]
fn no_finding_is_fluid_in_an_eye_without_fluid_and_each_changes_the_picture() {
    for finding in Finding::ALL {
        let mut changed = 0;
        for seed in 0..6 {
            let with = bscan(seed, finding, FluidMix::Free);
            assert!(with.labels.iter().all(|label| *label == 0), "{finding:?} {seed}");
            let style = VendorStyle::ALL[seed as usize % 3];
            let without = Eye::new(&EyeConfig { fluid: FluidMix::Free, ..EyeConfig::new(seed, style) });
            changed += usize::from(without.bscan(without.bscan_at_fovea()).samples != with.samples);
        }
        assert!(changed >= 4, "{finding:?} changed {changed} of 6 eyes");
    }
}

#[test]
fn an_eye_with_drusen_has_no_ped_however_high_they_stand() {
    let all = FluidMix::Present { irf: true, srf: true, ped: true };
    let (mut fluid, mut lifted) = (0, 0);
    for seed in 0..12 {
        let bscan = bscan(seed, Finding::Drusen, all);
        assert_eq!(count(&bscan, 3), 0, "seed {seed}");
        fluid += count(&bscan, 1) + count(&bscan, 2);
        // RPE to Bruch's membrane, rows a column: thicker where drusen are.
        let thickest = (0..bscan.columns).map(|column| {
            (0..bscan.rows)
                .filter(|row| bscan.anatomy[row * bscan.columns + column] == Anatomy::RpeToBruch as u8)
                .count()
        });
        lifted += usize::from(thickest.max().unwrap() * 3 > 40);
    }
    assert!(fluid > 1000 && lifted >= 4, "{fluid} pixels of other fluid, {lifted} eyes with high drusen");
}

#[test]
fn a_macular_hole_is_vitreous_down_to_the_rpe_with_cysts_at_its_rim() {
    let (mut open, mut cystic) = (0, 0);
    for seed in 0..12 {
        let irf = FluidMix::Present { irf: false, srf: false, ped: false };
        let bscan = bscan(seed, Finding::MacularHole, irf);
        assert_eq!(count(&bscan, 2) + count(&bscan, 3), 0, "seed {seed}");
        // Columns in which nothing of the retina is left between vitreous and RPE.
        let bare = (0..bscan.columns).filter(|column| {
            (0..bscan.rows).all(|row| bscan.anatomy[row * bscan.columns + column] != Anatomy::Retina as u8)
        });
        let bare: Vec<usize> = bare.collect();
        for column in &bare {
            assert!(
                (0..bscan.rows).all(|row| bscan.labels[row * bscan.columns + column] == 0),
                "seed {seed}"
            );
        }
        open += usize::from(bare.len() > 4);
        cystic += usize::from(count(&bscan, 1) > 30);
    }
    assert!(open >= 8 && cystic >= 5, "{open} of 12 are open, {cystic} have cysts");
}

#[test]
fn a_single_frame_is_noisier_than_the_same_eye_of_many() {
    // Steps from sample to sample against the spread of all: noise that no frame averages away.
    let rough = |config: &EyeConfig| {
        let bscan = Eye::new(config).bscan(24);
        let Samples::U16(samples) = &bscan.samples else { panic!("Spectralis is 16-bit") };
        let mean = samples.iter().map(|sample| f64::from(*sample)).sum::<f64>() / samples.len() as f64;
        let spread: f64 = samples.iter().map(|sample| (f64::from(*sample) - mean).abs()).sum();
        samples.windows(2).map(|pair| f64::from(pair[0].abs_diff(pair[1]))).sum::<f64>() / spread
    };
    let ratios: Vec<f64> = (0..8)
        .map(|seed| {
            // Spectralis, whose many frames leave the least.
            let config = EyeConfig { fluid: FluidMix::Free, ..EyeConfig::new(seed, VendorStyle::Spectralis) };
            let findings = Findings::default().with(Finding::SingleFrame);
            rough(&EyeConfig { findings, ..config.clone() }) / rough(&config)
        })
        .collect();
    let mean = ratios.iter().sum::<f64>() / 8.0;
    assert!(mean > 1.4 && ratios.iter().filter(|ratio| **ratio > 1.1).count() >= 6, "{ratios:?}");
}
