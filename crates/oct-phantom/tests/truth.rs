//! What a phantom promises: the same eye for a seed, exact truth, RETOUCH's sizes.

use oct::{SampleType, Samples};
use oct_phantom::{Anatomy, Eye, EyeConfig, FluidMix, PhantomBScan, VendorStyle};

const ALL_FLUIDS: FluidMix = FluidMix::Present { irf: true, srf: true, ped: true };

fn eye(seed: u64, style: VendorStyle, bscans: usize, fluid: FluidMix) -> Eye {
    Eye::new(&EyeConfig { bscans: Some(bscans), fluid, ..EyeConfig::new(seed, style) })
}

/// A sample of pure 0: padding, where labels were taken back.
fn is_black(bscan: &PhantomBScan, at: usize) -> bool {
    match &bscan.samples {
        Samples::U8(v) => v[at] == 0,
        Samples::U16(v) => v[at] == 0,
        Samples::F32(v) => v[at] == 0.0,
    }
}

#[test]
fn the_same_seed_gives_the_same_eye_and_another_seed_another() {
    for style in VendorStyle::ALL {
        let a = Eye::new(&EyeConfig::new(11, style)).bscan(20);
        let b = Eye::new(&EyeConfig::new(11, style)).bscan(20);
        let c = Eye::new(&EyeConfig::new(12, style)).bscan(20);
        assert!(a == b, "{style:?}");
        assert!(a.samples != c.samples, "{style:?}");
    }
}

#[test]
fn a_later_visit_shows_the_same_eye_elsewhere_with_other_noise() {
    let first = eye(11, VendorStyle::Spectralis, 9, ALL_FLUIDS);
    let lateral_mm = first.geometry().lateral.mm().unwrap();
    let moved = first.clone().at_visit(0, [10.0 * lateral_mm, 0.0]);
    assert!((first.fovea()[1] - moved.fovea()[1] - 10.0).abs() < 1e-3, "it lies ten columns further left");
    let columns = first.columns();
    let [was, is] = [first.labels(4), moved.labels(4)];
    let (mut fluid, mut differs) = (0, 0);
    for at in (0..was.len()).filter(|at| at % columns < columns - 10) {
        fluid += usize::from(was[at + 10] > 0);
        differs += usize::from(was[at + 10] != is[at]);
    }
    assert!(fluid > 1000 && differs * 50 < fluid, "{differs} of {fluid}");
    let (again, later) = (first.clone().at_visit(0, [0.0; 2]), first.clone().at_visit(1, [0.0; 2]));
    assert!(first.bscan(4) == again.bscan(4) && first.bscan(4).samples != later.bscan(4).samples);
    assert_eq!(later.moved_mm(), [0.0; 2]);
}

#[test]
fn labels_drawn_alone_are_those_of_the_bscan() {
    for (seed, style) in (0..9).zip(VendorStyle::ALL.into_iter().cycle()) {
        let eye = eye(seed, style, 3, ALL_FLUIDS);
        assert_eq!(eye.labels(1), eye.bscan(1).labels, "{style:?} {seed}");
    }
}

#[test]
fn a_bscan_drawn_alone_equals_that_bscan_of_the_volume() {
    let eye = eye(5, VendorStyle::Spectralis, 4, ALL_FLUIDS);
    let (volume, mask) = eye.volume();
    for bscan in [3, 0, 2] {
        let alone = eye.bscan(bscan);
        let Samples::U16(samples) = &alone.samples else { panic!("Spectralis is 16-bit") };
        let stored = volume.bscan(bscan).unwrap().to_f32();
        assert!(samples.iter().zip(&stored).all(|(a, b)| f32::from(*a) == *b));
        assert_eq!(mask.bscan(bscan), Some(&alone.labels[..]));
    }
}

#[test]
fn irf_lies_in_the_retina_srf_on_the_rpe_and_ped_between_rpe_and_bruch() {
    let (retina, rpe) = (Anatomy::Retina as u8, Anatomy::RpeToBruch as u8);
    let mut seen = [0_usize; 4];
    for style in VendorStyle::ALL {
        for seed in 0..6 {
            let bscan = eye(seed, style, 9, ALL_FLUIDS).bscan(seed as usize + 1);
            for column in 0..bscan.columns {
                for row in 0..bscan.rows {
                    let at = row * bscan.columns + column;
                    let (label, anatomy) = (bscan.labels[at], bscan.anatomy[at]);
                    seen[usize::from(label)] += 1;
                    let below = |rows: usize| (row + rows < bscan.rows).then(|| at + rows * bscan.columns);
                    match label {
                        0 => {}
                        1 => assert_eq!(anatomy, retina),
                        2 => {
                            assert_eq!(anatomy, retina);
                            // The lowest pixel of subretinal fluid has the RPE within two.
                            if let (Some(next), Some(second)) = (below(1), below(2))
                                && bscan.labels[next] != 2
                                && !is_black(&bscan, next)
                            {
                                assert!(bscan.anatomy[next] == rpe || bscan.anatomy[second] == rpe);
                            }
                        }
                        3 => {
                            assert_eq!(anatomy, rpe);
                            // RPE above, and nothing but Bruch's membrane or choroid below.
                            if row > 0 {
                                assert_eq!(bscan.anatomy[at - bscan.columns], rpe);
                            }
                            if let Some(next) = below(1) {
                                assert!(bscan.anatomy[next] >= rpe);
                            }
                        }
                        other => panic!("label {other}"),
                    }
                }
            }
        }
    }
    assert!(seen.iter().all(|pixels| *pixels > 1000), "{seen:?}");
}

#[test]
fn anatomy_runs_from_vitreous_to_sclera_in_every_column() {
    let bscan = Eye::new(&EyeConfig::new(3, VendorStyle::Topcon)).bscan(64);
    for column in 0..bscan.columns {
        let mut last = 0;
        for row in 0..bscan.rows {
            let now = bscan.anatomy[row * bscan.columns + column];
            assert!(now >= last, "column {column}, row {row}");
            last = now;
        }
    }
}

#[test]
fn fluid_free_eyes_carry_no_label() {
    for seed in 0..4 {
        let bscan = eye(seed, VendorStyle::Spectralis, 49, FluidMix::Free).bscan(24);
        assert!(bscan.labels.iter().all(|label| *label == 0));
    }
}

#[test]
fn an_eye_asked_for_one_fluid_holds_it_and_no_other() {
    for (label, fluid) in [
        (1, FluidMix::Present { irf: true, srf: false, ped: false }),
        (2, FluidMix::Present { irf: false, srf: true, ped: false }),
        (3, FluidMix::Present { irf: false, srf: false, ped: true }),
    ] {
        for seed in 0..3 {
            let eye = eye(seed, VendorStyle::Spectralis, 49, fluid);
            // From the middle outwards: most lesions lie near the fovea.
            let mut order: Vec<usize> = (0..49).collect();
            order.sort_by_key(|bscan| bscan.abs_diff(24));
            let found = order.into_iter().any(|bscan| {
                let labels = eye.bscan(bscan).labels;
                assert!(labels.iter().all(|l| *l == 0 || *l == label));
                labels.contains(&label)
            });
            assert!(found, "label {label}, seed {seed}");
        }
    }
}

#[test]
fn each_style_has_its_sizes_spacings_and_sample_type() {
    for seed in 0..8 {
        for style in VendorStyle::ALL {
            let eye = Eye::new(&EyeConfig::new(seed, style));
            let geometry = eye.geometry();
            let mm = [geometry.lateral.mm(), geometry.axial.mm(), geometry.between_bscans.mm()];
            let size = (eye.columns(), eye.rows(), eye.bscans());
            match style {
                VendorStyle::Cirrus => {
                    assert_eq!((size, eye.sample_type()), ((512, 1024, 128), SampleType::U8));
                    assert_eq!(mm, [Some(0.01174), Some(0.00196), Some(0.047)]);
                }
                VendorStyle::Spectralis => {
                    assert_eq!((size, eye.sample_type()), ((512, 496, 49), SampleType::U16));
                    assert_eq!(mm, [Some(0.0115), Some(0.00387), Some(0.120)]);
                }
                VendorStyle::Topcon => {
                    assert_eq!(eye.sample_type(), SampleType::U8);
                    let axial = if size.1 == 885 { 0.0026 } else { 0.0035 };
                    assert!(size == (512, 885, 128) || size == (512, 650, 128));
                    assert_eq!(mm, [Some(0.01172), Some(axial), Some(0.0469)]);
                }
            }
        }
    }
}

#[test]
fn lesions_range_from_a_few_pixels_to_thousands() {
    let mut pixels: Vec<usize> = Vec::new();
    for seed in 0..12 {
        let bscan = eye(seed, VendorStyle::Spectralis, 49, ALL_FLUIDS).bscan(22);
        for label in 1..=3 {
            pixels.push(bscan.labels.iter().filter(|l| **l == label).count());
        }
    }
    assert!(pixels.iter().any(|n| (1..400).contains(n)) && pixels.iter().any(|n| *n > 3000), "{pixels:?}");
}
