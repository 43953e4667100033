//! What `evaluate` says of a B-scan is what the page would show and say.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use burn::tensor::Device;
use engine::{DevicePreference, Engine};
use fluid::scores::Overlap;
use futures::executor::block_on;
use mmis_model::LabelSpace;
use mmis_model::weights::WeightsFile;
use oct::{FluidClass, OctVolume};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};
use trainer::data::{Case, Catalogue, IGNORE_BIT, ImageLevel, Planes, Split};
use trainer::judge::{HeldOut, Judge};

const WEIGHTS: &[u8] = include_bytes!("../../../weights/mmis-net.safetensors");
const ENTRY: &str = "[[dataset]]\nname='eyes'\nmodality='OCT'\norgans=['retina']\nlicence='ours'\n\
    reader='image_pairs'\nimages='i'\nmasks='m'\nlabels={'1'='fluid','2'='ped','3'='retina'}\nfactor=0.0";

/// The entry of the eyes, the planes over it, and the shipped weights.
fn judged_eyes() -> (Catalogue, Planes, Judge) {
    judged(ENTRY)
}

/// The entries of `toml`, the planes over them, and the shipped weights.
fn judged(toml: &str) -> (Catalogue, Planes, Judge) {
    let space = LabelSpace::training().unwrap();
    let catalogue = Catalogue::from_toml(toml, &space).unwrap();
    let planes = Planes::over(&space, &catalogue).unwrap();
    let judge = Judge::of_file(&WeightsFile::read(WEIGHTS).unwrap(), &planes, &Device::flex()).unwrap();
    (catalogue, planes, judge)
}

/// Dice that whole numbers may cost beside floats.
const MOST_DICE_LOST: f64 = 0.005;

/// Over all pixels of masks and their truths; 1 where nothing is in any.
fn dice<'a>(masks: impl IntoIterator<Item = (&'a Vec<bool>, &'a Vec<bool>)>) -> f64 {
    let mut overlap = Overlap::default();
    for (mask, truth) in masks {
        overlap.add_masks(mask, truth).unwrap();
    }
    overlap.dice().unwrap_or(1.0)
}

fn case(bits: Vec<u32>, volume: OctVolume) -> Case {
    Case {
        name: "eye".into(),
        subject: "eye".into(),
        device: String::new(),
        split: Split::Test,
        bits,
        others: Vec::new(),
        image_level: ImageLevel::default(),
        voxel_nl: None,
        volume,
    }
}

#[test]
fn the_judge_of_the_shipped_weights_finds_the_fluid_and_the_chances_that_the_page_finds() {
    let (catalogue, planes, judge) = judged_eyes();
    let engine = block_on(Engine::new(WEIGHTS, DevicePreference::Cpu)).unwrap();
    let plane = |label: &str| planes.index(label).unwrap();
    let labels = [("irf", &[1u8][..]), ("srf", &[2]), ("ped", &[3]), ("fluid", &[1, 2])];
    let mut found = [false; 4];
    for (seed, style) in (1..).zip(VendorStyle::ALL) {
        let fluid = FluidMix::Present { irf: true, srf: true, ped: true };
        let (volume, truth) =
            Eye::new(&EyeConfig { bscans: Some(1), fluid, ..EyeConfig::new(seed, style) }).volume();
        let truth = truth.bscan(0).unwrap().to_vec();
        let page = block_on(engine.segment_bscan(volume.bscan(0).unwrap())).unwrap();
        let case = case(vec![0; volume.rows() * volume.columns()], volume);
        let verdict = judge.judge(&catalogue.datasets[0], &case).unwrap();
        for ((label, wanted), found) in labels.iter().zip(&mut found) {
            let shown: Vec<bool> = page.labels.iter().map(|label| wanted.contains(label)).collect();
            let judged = verdict.masks[plane(label)].as_ref().unwrap();
            let apart = judged.iter().zip(&shown).filter(|(judged, shown)| judged != shown).count();
            // The page computes in whole numbers, the judge on Burn.
            assert!(apart <= shown.len() / 1000, "{style:?}: {apart} pixels of {label} differ");
            *found |= shown.contains(&true);
            let truth: Vec<bool> = truth.iter().map(|label| wanted.contains(label)).collect();
            let [by_page, by_judge] = [&shown, judged].map(|mask| dice([(mask, &truth)]));
            assert!(by_page >= by_judge - MOST_DICE_LOST, "{style:?} {label}: {by_page} of {by_judge}");
        }
        let chance = |label: &str| verdict.chances[plane(label)].unwrap().value;
        for class in FluidClass::ALL {
            let judged = chance(&class.abbreviation().to_lowercase());
            let apart = (judged - page.evidence[class.index()]).abs();
            assert!(apart < 0.01, "{style:?}: the chance of {} differs by {apart}", class.abbreviation());
        }
        assert_eq!(chance("fluid"), chance("irf").max(chance("srf")));
        assert!(verdict.masks[plane("nucleus")].is_none(), "the shipped file knows the retina alone");
    }
    assert_eq!(found, [true; 4], "what is nowhere compares nothing");
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn whole_numbers_find_real_oedema_as_well_as_floats() {
    let data = shared_data::folder();
    let (catalogue, planes, judge) = judged(include_str!("../datasets.toml"));
    let engine = block_on(Engine::new(WEIGHTS, DevicePreference::Cpu)).unwrap();
    let entry = catalogue.find("duke_dme_chiu2015").unwrap();
    let fluid = planes.index("fluid").unwrap();
    let masks = judge
        .judge_all(&HeldOut { entry, data: &data, split: Split::Validation }, &planes, |case, verdict| {
            let page = block_on(engine.segment_bscan(case.volume.bscan(0).unwrap()))?;
            let truth: Vec<bool> = case.bits.iter().map(|bits| bits >> fluid & 1 == 1).collect();
            let page: Vec<bool> = page.labels.iter().map(|label| [1, 2].contains(label)).collect();
            Ok((page, verdict.masks[fluid].clone().unwrap(), truth))
        })
        .unwrap();
    assert_eq!(masks.len(), 11, "B-scans of subject 08");
    let by_page = dice(masks.iter().map(|(page, _, truth)| (page, truth)));
    let by_judge = dice(masks.iter().map(|(_, judge, truth)| (judge, truth)));
    println!("Dice of whole numbers {by_page:.5}, of floats {by_judge:.5}");
    assert!(by_page > 0.5 && (by_page - by_judge).abs() <= MOST_DICE_LOST, "{by_page} and {by_judge}");
}

#[test]
fn fluid_that_the_annotation_leaves_out_is_no_evidence_of_presence() {
    let (catalogue, planes, judge) = judged_eyes();
    let fluid = FluidMix::Present { irf: false, srf: false, ped: true };
    let eye = EyeConfig { bscans: Some(1), fluid, ..EyeConfig::new(2, VendorStyle::Spectralis) };
    let (volume, mask) = Eye::new(&eye).volume();
    let marked = mask.bscan(0).unwrap();
    let columns = volume.columns();
    // Every column that holds PED, and 40 pixels to its sides.
    let holds = |column: usize| (0..volume.rows()).any(|row| marked[row * columns + column] == 3);
    let left = (0..columns).find(|column| holds(*column)).unwrap().saturating_sub(40);
    let right = (0..columns).rfind(|column| holds(*column)).unwrap() + 40;
    let bits_without = |from: usize, to: usize| -> Vec<u32> {
        let of = |n: usize| if (from..to).contains(&(n % columns)) { 1 << IGNORE_BIT } else { 0 };
        (0..volume.rows() * columns).map(of).collect()
    };
    let ped = planes.index("ped").unwrap();
    let called = |bits: Vec<u32>| {
        let case = case(bits, volume.clone());
        judge.judge(&catalogue.datasets[0], &case).unwrap().chances[ped].unwrap().called
    };
    assert!(called(bits_without(0, 0)), "what is not found cannot be left out");
    assert!(!called(bits_without(left, right)));
}
