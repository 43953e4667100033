//! What training batches are made of.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod small_data;

use small_data::datasets;
use trainer::data::{Augmentation, BatchSampler, Dataset, Graders, Planes};

const CROP: [usize; 2] = [32, 32];

fn sampler(datasets: &[Dataset], planes: &Planes, seed: u64) -> BatchSampler {
    BatchSampler::new(datasets, planes, Augmentation::all(), Graders::First, seed, 4, CROP).unwrap()
}

/// Part of the crops of 500 batches that comes from the first dataset.
fn share_of_first(datasets: &[Dataset], planes: &Planes) -> f64 {
    let sampler = sampler(datasets, planes, 3);
    let names: Vec<String> = (0..500).flat_map(|step| sampler.draw(step).names).collect();
    let first = names.iter().filter(|name| name.starts_with(&datasets[0].entry.name)).count();
    first as f64 / names.len() as f64
}

#[test]
fn datasets_are_drawn_by_the_root_of_their_size_times_their_factor() {
    let (mut datasets, planes) = datasets();
    // Six training samples each: 2000 crops spread by 1.1 % around a half.
    assert!((share_of_first(&datasets, &planes) - 0.5).abs() < 0.05);
    datasets[1].entry.factor = 3.0;
    assert!((share_of_first(&datasets, &planes) - 0.25).abs() < 0.04);
    // 24 samples against 6: twice as often, not four times.
    datasets[1].entry.factor = 1.0;
    let training: Vec<_> = datasets[0].samples.iter().take(6).cloned().collect();
    datasets[0].samples = training.iter().cycle().take(24).cloned().collect();
    assert!((share_of_first(&datasets, &planes) - 2.0 / 3.0).abs() < 0.05);
    datasets[0].entry.factor = 0.0;
    assert_eq!(share_of_first(&datasets, &planes), 0.0);
}

#[test]
fn held_out_samples_are_never_drawn() {
    let (datasets, planes) = datasets();
    let sampler = sampler(&datasets, &planes, 5);
    let names: std::collections::BTreeSet<String> =
        (0..200).flat_map(|step| sampler.draw(step).names).collect();
    let learnt: Vec<String> = (0..6).flat_map(|n| [format!("squares{n}"), format!("unions{n}")]).collect();
    assert_eq!(names.len(), 12);
    assert!(names.iter().all(|name| learnt.contains(name)), "{names:?}");
}

#[test]
fn the_crops_of_a_batch_are_all_oct_or_all_something_else() {
    let (mut datasets, planes) = datasets();
    datasets[1].entry.zoom = Some(1.0);
    let sampler = sampler(&datasets, &planes, 5);
    let mut kinds = [0, 0];
    for step in 0..100 {
        let batch = sampler.draw(step);
        let oct = batch.names.iter().filter(|name| name.starts_with("squares")).count();
        assert!(oct == 0 || oct == 4, "{:?}", batch.names);
        kinds[usize::from(oct == 4)] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 25), "{kinds:?}");
}

#[test]
fn a_batch_is_the_same_for_the_same_seed_and_step_and_says_what_each_crop_teaches() {
    let (datasets, planes) = datasets();
    let [one, again, other] = [7, 7, 8].map(|seed| sampler(&datasets, &planes, seed).draw(40));
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert_ne!(one, sampler(&datasets, &planes, 7).draw(41));
    assert_eq!((one.images.len(), one.bits.len()), (4 * 32 * 32, 4 * 32 * 32));
    for (name, taught) in one.names.iter().zip(&one.taught) {
        let dataset = datasets.iter().find(|dataset| name.starts_with(&dataset.entry.name)).unwrap();
        assert_eq!(*taught, dataset.taught);
    }
    let parts = one.split(2);
    let joined: Vec<f32> = parts.iter().flat_map(|part| part.images.clone()).collect();
    assert_eq!((parts[0].names.len(), joined), (2, one.images));
}

#[test]
fn nothing_to_learn_from_is_an_error() {
    let (mut datasets, planes) = datasets();
    datasets.iter_mut().for_each(|dataset| dataset.entry.factor = 0.0);
    let sampler = BatchSampler::new(&datasets, &planes, Augmentation::all(), Graders::First, 1, 4, CROP);
    let error = sampler.unwrap_err().to_string();
    assert!(error.contains("no dataset has a training sample"), "{error}");
}
