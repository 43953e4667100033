//! The documents say what `weights/scores.json` says, and that file is of the shipped weights.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mmis_model::weights::WeightsFile;
use trainer::ship::card::fill;
use trainer::ship::scores::Scores;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> WeightsFile {
    WeightsFile::read(&fs::read(root().join("weights/mmis-net.safetensors")).unwrap()).unwrap()
}

#[test]
fn every_figure_between_marks_is_the_one_in_the_scores() {
    let scores = Scores::read(&root().join("weights")).unwrap();
    for (document, marks) in [("README.md", 8), ("weights/MODEL_CARD.md", 12), ("weights/EVIDENCE.md", 6)] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let filled = fill(&text, &scores, &root().join("weights")).unwrap();
        assert!(filled.replaced >= marks, "{document} holds only {} marks", filled.replaced);
        for (stands, says) in text.lines().zip(filled.text.lines()) {
            assert_eq!(stands, says, "{document}: run `cargo run -p trainer -- card`");
        }
        assert_eq!(text.len(), filled.text.len(), "{document}");
    }
}

#[test]
fn the_scores_are_of_the_shipped_weights_and_agree_with_what_their_file_says() {
    let (file, scores) = (shipped(), Scores::read(&root().join("weights")).unwrap());
    for (name, evaluation) in &scores.evaluations {
        // What is carried over says where from instead.
        assert_eq!(evaluation.sha256.as_ref() == Some(&file.sha256), evaluation.origin.is_none(), "{name}");
    }
    let stated: BTreeMap<String, f64> = serde_json::from_str(&file.metadata.scores).unwrap();
    assert_eq!(stated.len(), 14);
    for (name, dice) in stated {
        let path = format!("{}/pooled_dice_of_all", name.replace(' ', "/"));
        let found = scores.figure(&path).unwrap();
        // What the network is shown has changed since (canvases are cut away): little may follow.
        assert!((found - dice).abs() < 0.01, "{path}: {found}, and {dice} when the file was made");
    }
}
