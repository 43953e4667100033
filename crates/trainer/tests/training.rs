//! Runs: exact resume, determinism, and what goes wrong on the way.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod small_data;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor, TensorData};
use engine::self_test;
use mmis_model::weights::{Arrays, PresenceCalibration, WeightsFile};
use mmis_model::{LabelSpace, MmisNetConfig};
use mmis_net::load;
use small_data::{ENTRIES, datasets};
use trainer::data::{Augmentation, TrainingData};
use trainer::learn::device::devices;
use trainer::learn::train;
use trainer::run::{Code, MOST_BYTES, Pack, RunConfig, RunFolder, weights_of};
use trainer::ship::quantize::Shipped;

fn config(steps: u64) -> RunConfig {
    let labels: Vec<String> = LabelSpace::training().unwrap().names().map(str::to_owned).collect();
    // What is cut off or saturated is no small part of a crop of 16 x 16.
    let mut augmentation = Augmentation::all();
    for kind in ["gain", "picked_columns", "cropped", "border"] {
        assert!(augmentation.switch_off(kind));
    }
    RunConfig {
        network: MmisNetConfig::tiny(labels.len()),
        augmentation,
        steps,
        batch_size: 2,
        crop: [16, 16],
        every: 50,
        ..RunConfig::standard(7, labels)
    }
}

fn run(path: &Path, config: &RunConfig, until: Option<u64>) -> anyhow::Result<u64> {
    let (datasets, planes) = datasets();
    let data = TrainingData { entries: ENTRIES, datasets: &datasets, planes: &planes };
    train(&RunFolder::new(path), config, data, &devices(1)?, until)
}

fn average(path: &Path) -> Arrays {
    RunFolder::new(path).snapshot().unwrap().unwrap().average
}

#[test]
fn after_200_steps_the_weights_are_the_same_whether_interrupted_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    assert_eq!(run(&whole, &config(200), None).unwrap(), 200);
    for until in [50, 117, 200] {
        assert_eq!(run(&parts, &config(200), Some(until)).unwrap(), until);
    }
    assert_eq!(average(&whole), average(&parts));
    // And it learnt something: the loss fell.
    let losses: Vec<f64> =
        RunFolder::new(&whole).metrics().iter().filter_map(|line| line["loss"].as_f64()).collect();
    assert!(losses.len() == 4 && losses[3] < 0.8 * losses[0], "{losses:?}");
}

#[test]
fn a_packed_run_trains_elsewhere_and_goes_on_at_home_as_if_it_had_never_left() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (datasets, planes) = datasets();
    fs::write(place("program"), b"a program").unwrap();
    let pack = Pack::new(&place("pack"));
    let files = pack.write(&config(100), ENTRIES, &datasets, &place("program")).unwrap();
    assert!(files.iter().map(|(_, bytes)| bytes).sum::<u64>() < MOST_BYTES);
    let again = pack.write(&config(100), ENTRIES, &datasets, &place("program")).unwrap_err();
    assert!(again.to_string().contains("not empty"), "{again}");
    let home = RunFolder::new(&place("home"));
    assert!(pack.take_back(&home).unwrap_err().to_string().contains("no run"));

    let packed: Vec<_> =
        datasets.iter().map(|dataset| pack.dataset(&dataset.entry, &planes).unwrap().unwrap()).collect();
    let data = TrainingData { entries: ENTRIES, datasets: &packed, planes: &planes };
    let elsewhere = RunFolder::new(&place("pack/run"));
    train(&elsewhere, &pack.config().unwrap(), data, &devices(1).unwrap(), Some(50)).unwrap();

    assert_eq!(pack.take_back(&home).unwrap(), 50);
    assert_eq!(run(home.path(), &config(100), None).unwrap(), 100);
    assert_eq!(run(&place("whole"), &config(100), None).unwrap(), 100);
    assert_eq!(average(home.path()), average(&place("whole")));
    // What is further on is not put back.
    let error = pack.take_back(&home).unwrap_err().to_string();
    assert!(error.contains("further on"), "{error}");
}

#[test]
fn another_seed_gives_other_weights() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    run(&one, &config(10), None).unwrap();
    run(&two, &RunConfig { seed: 8, ..config(10) }, None).unwrap();
    assert_ne!(average(&one), average(&two));
}

#[test]
fn a_process_killed_between_two_renames_goes_on_from_the_older_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(100), Some(100)).unwrap();
    let whole = average(&path);
    // Killed after `checkpoint` became `checkpoint.old`, while a new one was half written.
    fs::remove_dir_all(path.join("checkpoint")).unwrap();
    fs::create_dir(path.join("checkpoint.new")).unwrap();
    fs::write(path.join("checkpoint.new/average.safetensors"), b"half").unwrap();
    let mut metrics = fs::read(path.join("metrics.jsonl")).unwrap();
    // Half a line, and not even text.
    metrics.extend(b"{\"step\": 9\xff");
    fs::write(path.join("metrics.jsonl"), metrics).unwrap();
    assert_eq!(RunFolder::new(&path).snapshot().unwrap().unwrap().step, 50);
    assert_eq!(run(&path, &config(100), None).unwrap(), 100);
    assert_eq!(average(&path), whole);
    assert!(RunFolder::new(&path).metrics().iter().filter(|line| line["step"] == 100).count() == 2);
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_with_its_batch_and_the_checkpoint_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(100), Some(50)).unwrap();
    let before = average(&path);
    RunFolder::new(&path).set_learning_rate(1e38).unwrap();
    let config = RunFolder::new(&path).config().unwrap();
    let error = format!("{:#}", run(&path, &config, None).unwrap_err());
    assert!(error.contains("bad-batches"), "{error}");
    assert!(error.contains("--learning-rate"), "{error}");
    assert_eq!(average(&path), before);
    // The weights were gone after step 51, which the loss of step 52 tells.
    for step in [51, 52] {
        let file =
            |ending: &str| fs::read(path.join(format!("bad-batches/step-{step:06}.{ending}"))).unwrap();
        let about: serde_json::Value = serde_json::from_slice(&file("json")).unwrap();
        assert_eq!((about["step"].as_u64(), about["samples"].as_array().unwrap().len()), (Some(step), 2));
        assert_eq!(file("f32").len(), 2 * 16 * 16 * 4);
    }
    RunFolder::new(&path).set_learning_rate(1e-3).unwrap();
    let config = RunFolder::new(&path).config().unwrap();
    assert_eq!(run(&path, &config, None).unwrap(), 100);
}

#[test]
fn a_folder_of_another_run_other_data_or_other_entries_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(10), None).unwrap();
    let before = average(&path);
    let error = run(&path, &config(20), None).unwrap_err().to_string();
    assert!(error.contains("another configuration"), "{error}");
    let (mut datasets, _) = datasets();
    let folder = RunFolder::new(&path);
    let error = folder.begin(&config(10), "", &datasets).unwrap_err().to_string();
    assert!(error.contains("datasets.toml"), "{error}");
    datasets.pop();
    let error = folder.begin(&config(10), ENTRIES, &datasets).unwrap_err().to_string();
    assert!(error.contains("unions"), "{error}");
    assert_eq!(average(&path), before);
}

#[test]
fn a_checkpoint_of_another_architecture_or_a_damaged_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(10), None).unwrap();
    let other = RunConfig {
        network: MmisNetConfig { widths: vec![4, 8, 12], ..config(10).network },
        from: Some(path.clone()),
        ..config(10)
    };
    let error = format!("{:#}", run(&folder.path().join("other"), &other, None).unwrap_err());
    assert!(error.contains("another network") && error.contains("run"), "{error}");
    let files = ["average.safetensors", "network.bpk", "optimizer.bpk", "contents.json"];
    for name in files {
        let file = path.join("checkpoint").join(name);
        let whole = fs::read(&file).unwrap();
        let mut bytes = whole.clone();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&file, bytes).unwrap();
        let error = format!("{:#}", RunFolder::new(&path).snapshot().unwrap_err());
        assert!(error.contains("damaged") && error.contains("checkpoint"), "{name}: {error}");
        assert!(!error.contains("the one before it"), "{name}: {error}");
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(RunFolder::new(&path).snapshot().unwrap().unwrap().step, 10);
    fs::remove_file(path.join("checkpoint/optimizer.bpk")).unwrap();
    fs::create_dir(path.join("checkpoint.old")).unwrap();
    let error = format!("{:#}", RunFolder::new(&path).snapshot().unwrap_err());
    assert!(error.contains("the one before it") && error.contains("checkpoint.old"), "{error}");
}

#[test]
fn a_run_over_other_labels_than_the_label_space_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut swapped = config(10);
    swapped.labels.swap(0, 1);
    let error = run(&folder.path().join("run"), &swapped, None).unwrap_err().to_string();
    assert!(error.contains("over the labels srf, irf") && error.contains("now: irf, srf"), "{error}");
    assert!(!folder.path().join("run").exists());
}

#[test]
fn a_run_that_could_not_go_on_is_refused_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    for broken in [
        RunConfig { every: 0, ..config(10) },
        RunConfig { batch_size: 0, ..config(10) },
        RunConfig { crop: [0, 32], ..config(10) },
        RunConfig { crop: [33, 32], ..config(10) },
    ] {
        let error = format!("{:#}", run(&folder.path().join("run"), &broken, None).unwrap_err());
        assert!(error.contains("crops"), "{error}");
    }
    assert!(!folder.path().join("run").exists(), "nothing is written for it");
}

#[test]
fn a_place_that_cannot_be_written_is_named_before_training_begins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = format!("{:#}", run(&file.join("run"), &config(10), None).unwrap_err());
    assert!(error.contains("cannot write the run folder"), "{error}");
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_one_before_it_to_go_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(100), Some(50)).unwrap();
    let (before, averages) = (average(&path), path.join("averages"));
    let aside = folder.path().join("aside");
    // As a full disk would, a file in the folder's place refuses what is written.
    fs::rename(&averages, &aside).unwrap();
    fs::write(&averages, b"").unwrap();
    let error = format!("{:#}", run(&path, &config(100), None).unwrap_err());
    assert!(error.contains("the checkpoint of step 100 could not be written"), "{error}");
    assert!(error.contains("the one before is kept"), "{error}");
    assert_eq!(average(&path), before);
    fs::remove_file(&averages).unwrap();
    fs::rename(&aside, &averages).unwrap();
    assert_eq!(run(&path, &config(100), None).unwrap(), 100);
}

#[test]
fn training_on_rounded_weights_learns_and_starts_from_another_run() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    run(&first, &config(50), None).unwrap();
    let tuned = RunConfig { quantization_aware: true, from: Some(first.clone()), ..config(50) };
    run(&second, &tuned, None).unwrap();
    let loss = |path: &Path| RunFolder::new(path).metrics().last().unwrap()["loss"].as_f64().unwrap();
    assert!(loss(&second) < loss(&first), "{} is not below {}", loss(&second), loss(&first));
    let plain = folder.path().join("plain");
    run(&plain, &RunConfig { quantization_aware: false, ..tuned }, None).unwrap();
    assert_ne!(average(&second), average(&first), "it learnt nothing");
    assert_ne!(average(&second), average(&plain), "it never saw rounded weights");
}

#[test]
fn runs_are_averaged_weight_by_weight_and_training_goes_on_from_their_mean() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let runs = ["one", "two"].map(place);
    for (path, seed) in runs.iter().zip([3, 4]) {
        run(path, &RunConfig { seed, ..config(10) }, None).unwrap();
    }
    let mean = place("mean.safetensors");
    fs::write(&mean, trainer::learn::average::average(&runs).unwrap()).unwrap();
    let weights = [&runs[0], &runs[1], &mean].map(|path| weights_of(path).unwrap());
    assert!(weights.iter().all(|of| (&of.network, &of.labels) == (&weights[0].network, &weights[0].labels)));
    let [one, two, both] = weights.map(|of| of.parameters);
    assert_ne!(one, two);
    for (name, (shape, values)) in &both {
        assert_eq!(*shape, one[name].0);
        for ((value, a), b) in values.iter().zip(&one[name].1).zip(&two[name].1) {
            assert!((value - 0.5 * (a + b)).abs() < 1e-6, "{name}: {value} of {a} and {b}");
        }
    }
    assert_eq!(run(&place("on"), &RunConfig { from: Some(mean), ..config(10) }, None).unwrap(), 10);
    let other =
        RunConfig { network: MmisNetConfig { widths: vec![4, 8, 12], ..config(10).network }, ..config(10) };
    run(&place("other"), &other, None).unwrap();
    let error = trainer::learn::average::average(&[runs[0].clone(), place("other")]).unwrap_err().to_string();
    assert!(error.contains("different networks") && error.contains("other"), "{error}");
    let error = trainer::learn::average::average(&runs[..1]).unwrap_err().to_string();
    assert!(error.contains("two runs or more"), "{error}");
}

#[test]
fn files_of_the_retina_alone_have_a_mean_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Path::new("../../weights/mmis-net.safetensors").to_path_buf();
    let mean = folder.path().join("mean.safetensors");
    fs::write(&mean, trainer::learn::average::average(&[shipped.clone(), shipped.clone()]).unwrap()).unwrap();
    assert_eq!(weights_of(&mean).unwrap(), weights_of(&shipped).unwrap());
}

#[test]
fn a_run_shows_its_curves_and_some_validation_bscans() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(50), None).unwrap();
    let curves = fs::read_to_string(path.join("curves.svg")).unwrap();
    assert!(curves.contains("<svg") && curves.contains("squares/irf"));
    assert!(path.join("overlays/step-000050.png").is_file());
    let line = &RunFolder::new(&path).metrics()[0];
    assert!(line["data_wait"].as_f64().unwrap() < 0.5, "the loader keeps ahead: {line}");
}

#[test]
fn the_shipped_file_keeps_the_retina_alone_and_carries_its_own_int8_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(50), None).unwrap();
    let device = Device::flex();
    let shipped = Shipped::of(&RunFolder::new(&path), None, "tiny 1.0.0").unwrap();
    let calibration = PresenceCalibration { temperature: 2.0, bias: -0.5, threshold: 0.3 };
    let presence = BTreeMap::from([("irf".to_owned(), calibration)]);
    let bytes = shipped.file(presence.clone(), "what it reached".to_owned(), &device).unwrap();
    let file = WeightsFile::read(&bytes).unwrap();
    assert_eq!(file.metadata.label_space, LabelSpace::training().unwrap().of_organ("retina"));
    assert_eq!(file.metadata.presence, presence);
    assert_eq!(
        (file.metadata.name.as_str(), file.metadata.scores.as_str()),
        ("tiny 1.0.0", "what it reached")
    );
    assert_eq!(file.metadata.float_parent_sha256.len(), 64);
    let answer = |file: &WeightsFile| {
        let shape = [1, 1, self_test::SIZE, self_test::SIZE];
        let input = Tensor::<4>::from_data(TensorData::new(self_test::input(), shape), &device);
        let probabilities = sigmoid(load(file, &device).unwrap().forward(input)).into_data();
        self_test::answer(&probabilities.iter::<f32>().collect::<Vec<_>>())
    };
    assert_eq!(file.self_test_answer, answer(&file));
    assert_ne!(file.self_test_answer, answer(&shipped.float), "the answer must be the rounded network's");
}

#[test]
fn weights_are_chosen_among_those_of_all_checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(100), None).unwrap();
    let earlier = path.join("averages/step-000050.safetensors");
    let newest = path.join("averages/step-000100.safetensors");
    assert_eq!(weights_of(&newest).unwrap(), weights_of(&path).unwrap());
    assert_ne!(weights_of(&earlier).unwrap(), weights_of(&path).unwrap());
    let run_folder = RunFolder::new(&path);
    let shipped = |weights: Option<&Path>| Shipped::of(&run_folder, weights, "tiny 1.0.0").unwrap();
    assert_eq!(shipped(None).float.parameters, shipped(Some(&newest)).float.parameters);
    let chosen = shipped(Some(&earlier)).float;
    assert_ne!(chosen.parameters, shipped(None).float.parameters);
    assert!(chosen.metadata.training.contains("step-000050.safetensors"), "{}", chosen.metadata.training);
    let other = folder.path().join("other");
    let wider = MmisNetConfig { widths: vec![4, 8, 12], ..config(10).network };
    run(&other, &RunConfig { network: wider, ..config(10) }, None).unwrap();
    let error = Shipped::of(&run_folder, Some(&other), "tiny 1.0.0").err().unwrap().to_string();
    assert!(error.contains("not of the network"), "{error}");
}

#[test]
fn a_run_and_its_weight_file_say_which_commits_trained_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    run(&path, &config(20), Some(10)).unwrap();
    let run_folder = RunFolder::new(&path);
    let this = run_folder.code().unwrap();
    assert_eq!((this.len(), this[0].from_step), (1, 0));
    // From a repository it is a commit; from an archive of the sources none is known.
    assert!(this[0].commit.as_ref().is_none_or(|commit| commit.len() >= 40), "{this:?}");
    // Another program had the first ten steps.
    let other = vec![Code { from_step: 0, commit: Some("an older one".to_owned()) }];
    fs::write(path.join("code.json"), serde_json::to_string(&other).unwrap()).unwrap();
    run(&path, &config(20), None).unwrap();
    let both = [other, vec![Code { from_step: 10, ..this[0].clone() }]].concat();
    assert_eq!(run_folder.code().unwrap(), both);
    let shipped = Shipped::of(&run_folder, None, "tiny 1.0.0").unwrap().int8;
    let training: serde_json::Value = serde_json::from_str(&shipped.metadata.training).unwrap();
    assert_eq!(training["code"], serde_json::to_value(both).unwrap());
    fs::write(path.join("code.json"), b"[").unwrap();
    let error = format!("{:#}", run(&path, &config(20), None).unwrap_err());
    assert!(error.contains("code.json is damaged"), "{error}");
}

#[test]
fn no_weight_file_says_where_on_a_machine_its_runs_stood() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    run(&first, &config(10), None).unwrap();
    run(&second, &RunConfig { from: Some(first), ..config(10) }, None).unwrap();
    let made = Shipped::of(&RunFolder::new(&second), None, "tiny 1.0.0").unwrap();
    let shipped =
        fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/mmis-net.safetensors")).unwrap();
    for (file, from) in [(made.int8, "first"), (WeightsFile::read(&shipped).unwrap(), "cont")] {
        let training: serde_json::Value = serde_json::from_str(&file.metadata.training).unwrap();
        assert_eq!(training["run"]["from"], from);
    }
}
