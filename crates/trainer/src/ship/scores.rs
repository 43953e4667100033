//! The figures that the documents name, once, as JSON.
//!
//! `scores.json` holds an object (schema `lacuna.scores/1`):
//!
//! | field | what it holds |
//! |---|---|
//! | `schema` | `lacuna.scores/1` |
//! | `evaluations` | by name, what `trainer evaluate --card` found: an [`Evaluation`] without single volumes |
//! | `stated` | by name, a `value` that no evaluation gives, and its `origin` |
//!
//! A *path* names one figure. `stated/NAME` is a stated value. `NAME/DATASET/LABEL/FIELD`
//! is a field of [`GroupScores`] in the evaluation `NAME`, over all devices of the dataset;
//! `DATASET@DEVICE` is one device, `DATASET@least` and `DATASET@most` the device with the
//! least and the most of it. An element of a list is named by its position: the mean volume
//! found where there is none is `false_positive_nl/0`.
//!
//! `NAME/DATASET/LABEL/graders/SUBJECT/FIELD` is a field of [`GraderScores`], such as
//! `network/0` or `between`; `NAME/DATASET/LABEL/images/FIELD` one of [`ImageScores`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::judge::{ALL_DEVICES, Evaluation, GraderScores, GroupScores, ImageScores};
use crate::run::replace_file;

const SCHEMA: &str = "lacuna.scores/1";
const NOT_SCORED: &str = "the dataset, device, subject or label was not scored";

/// The contents of a `scores.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    schema: String,
    /// Evaluations by name, such as `test`.
    pub evaluations: BTreeMap<String, Evaluation>,
    /// Figures that no evaluation gives, by name.
    #[serde(default)]
    pub stated: BTreeMap<String, Stated>,
}

/// A figure that no evaluation gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The figure.
    pub value: f64,
    /// Where it is from.
    pub origin: String,
}

impl Scores {
    /// No figures yet.
    fn none() -> Self {
        Self { schema: SCHEMA.to_owned(), evaluations: BTreeMap::new(), stated: BTreeMap::new() }
    }

    /// Where the figures of `folder` stand.
    fn file(folder: &Path) -> PathBuf {
        folder.join("scores.json")
    }

    /// The figures of `folder`.
    ///
    /// # Errors
    /// Where its `scores.json` is not there or not of this form.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = Self::file(folder);
        let text = fs::read(&file).with_context(|| {
            format!("cannot read {}, which `trainer evaluate --card` makes", file.display())
        })?;
        let scores: Self =
            serde_json::from_slice(&text).with_context(|| format!("{} is damaged", file.display()))?;
        ensure!(scores.schema == SCHEMA, "{} is of {}, not of {SCHEMA}", file.display(), scores.schema);
        Ok(scores)
    }

    /// Keeps `evaluation`, without its single volumes, as `name` in the figures of
    /// `folder`, beside those that stand there under other names.
    ///
    /// # Errors
    /// Where the file there is of another form or cannot be written.
    pub fn keep(folder: &Path, name: &str, evaluation: &Evaluation) -> Result<()> {
        let file = Self::file(folder);
        let mut scores = if file.exists() { Self::read(folder)? } else { Self::none() };
        let evaluation = Evaluation { volumes: Vec::new(), ..evaluation.clone() };
        scores.evaluations.insert(name.to_owned(), evaluation);
        let mut text = serde_json::to_string_pretty(&scores)?;
        text.push('\n');
        replace_file(&file, text.as_bytes())
    }

    /// The evaluation called `name`.
    ///
    /// # Errors
    /// Where there is none; those that there are are named.
    pub fn evaluation(&self, name: &str) -> Result<&Evaluation> {
        self.evaluations.get(name).with_context(|| {
            let known: Vec<&str> = self.evaluations.keys().map(String::as_str).collect();
            format!("there is no evaluation {name}; there are {}", known.join(", "))
        })
    }

    /// The figure at `path`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn figure(&self, path: &str) -> Result<f64> {
        self.find(path).with_context(|| format!("no figure stands at `{path}`"))
    }

    fn find(&self, path: &str) -> Result<f64> {
        if let Some(name) = path.strip_prefix("stated/") {
            return Ok(self.stated.get(name).context("nothing of this name is stated")?.value);
        }
        let mut parts = path.splitn(4, '/');
        let (Some(name), Some(dataset), Some(label), Some(field)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            bail!("a path is EVALUATION/DATASET/LABEL/FIELD or stated/NAME");
        };
        let evaluation = self.evaluation(name)?;
        if let Some(field) = field.strip_prefix("images/") {
            let is_it = |row: &&ImageScores| (row.dataset.as_str(), row.label.as_str()) == (dataset, label);
            return value(evaluation.images.iter().find(is_it).context(NOT_SCORED)?, field);
        }
        if let Some((subject, field)) = field.strip_prefix("graders/").and_then(|rest| rest.split_once('/')) {
            let is_it = |row: &&GraderScores| {
                (row.dataset.as_str(), row.label.as_str(), row.subject.as_str()) == (dataset, label, subject)
            };
            return value(evaluation.graders.iter().find(is_it).context(NOT_SCORED)?, field);
        }
        let (dataset, device) = dataset.split_once('@').unwrap_or((dataset, ALL_DEVICES));
        let groups: Vec<&GroupScores> = evaluation
            .groups
            .iter()
            .filter(|group| (group.dataset.as_str(), group.label.as_str()) == (dataset, label))
            .collect();
        let single = groups.iter().filter(|group| group.device != ALL_DEVICES);
        match device {
            "least" | "most" => {
                let mut values = single.map(|group| value(group, field)).collect::<Result<Vec<f64>>>()?;
                values.sort_by(f64::total_cmp);
                let chosen = if device == "least" { values.first() } else { values.last() };
                chosen.copied().context("no device has it")
            }
            // A dataset of one device has no group over all of them.
            ALL_DEVICES if groups.len() == 1 => value(groups[0], field),
            device => {
                let group = groups.iter().find(|group| group.device == device);
                value(group.context(NOT_SCORED)?, field)
            }
        }
    }
}

fn value(row: &impl Serialize, field: &str) -> Result<f64> {
    let fields = serde_json::to_value(row)?;
    let value = fields.pointer(&format!("/{field}")).context("scores have no such field")?;
    value.as_f64().context("it was not measured")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{ImageScore, VolumeScore, by_label, summarise};
    use fluid::scores::Overlap;

    fn volume(device: &str, tp: u64) -> VolumeScore {
        VolumeScore {
            dataset: "phantom".into(),
            device: device.into(),
            subject: device.into(),
            label: "irf".into(),
            bscans: 1,
            overlap: Overlap { tp, fp: 1, fn_: 1 },
            voxel_nl: None,
            chance: 0.5,
            called: true,
            bscan_dice: BTreeMap::new(),
        }
    }

    fn evaluation() -> Evaluation {
        let volumes = vec![volume("Cirrus", 9), volume("Topcon", 1)];
        Evaluation {
            weights: "w".into(),
            sha256: None,
            split: "test".into(),
            all_columns: false,
            origin: None,
            groups: summarise(&volumes),
            graders: Vec::new(),
            images: Vec::new(),
            volumes,
        }
    }

    #[test]
    fn a_figure_is_found_by_its_path_over_all_devices_of_one_and_at_the_ends() {
        let folder = tempfile::tempdir().unwrap();
        Scores::keep(folder.path(), "test", &evaluation()).unwrap();
        let scores = Scores::read(folder.path()).unwrap();
        let figure = |path: &str| scores.figure(path).unwrap();
        // Dice 18/20, 2/4 and 20/24.
        assert_eq!(figure("test/phantom@Cirrus/irf/pooled_dice"), 0.9);
        assert_eq!(figure("test/phantom@least/irf/pooled_dice"), 0.5);
        assert_eq!(figure("test/phantom@most/irf/pooled_dice"), 0.9);
        assert!((figure("test/phantom/irf/pooled_dice") - 20.0 / 24.0).abs() < 1e-12);
        assert_eq!(figure("test/phantom/irf/bscans"), 2.0);
    }

    #[test]
    fn a_figure_of_several_graders_and_one_of_whole_images_are_found_by_their_paths() {
        let graders = GraderScores {
            dataset: "duke".into(),
            subject: "08".into(),
            label: "fluid".into(),
            bscans: 11,
            network: vec![Some(0.6), None],
            between: Some(0.55),
            at_or_above: None,
        };
        let image = ImageScore {
            name: "DME-1".into(),
            subject: "1".into(),
            label: "irf".into(),
            present: true,
            chance: 0.9,
            called: true,
            pixels: 70,
        };
        let images = by_label("kermany", [image]);
        let folder = tempfile::tempdir().unwrap();
        let evaluation = Evaluation { graders: vec![graders], images, ..evaluation() };
        Scores::keep(folder.path(), "both", &evaluation).unwrap();
        let scores = Scores::read(folder.path()).unwrap();
        assert_eq!(scores.figure("both/duke/fluid/graders/08/network/0").unwrap(), 0.6);
        assert_eq!(scores.figure("both/duke/fluid/graders/08/between").unwrap(), 0.55);
        assert_eq!(scores.figure("both/kermany/irf/images/sensitivity").unwrap(), 1.0);
        for (path, cause) in [
            ("both/duke/fluid/graders/08/network/1", "not measured"),
            ("both/duke/fluid/graders/10/between", "was not scored"),
            ("both/kermany/srf/images/sensitivity", "was not scored"),
            ("both/kermany/irf/images/auc", "not measured"),
        ] {
            let error = format!("{:#}", scores.figure(path).unwrap_err());
            assert!(error.contains(path) && error.contains(cause), "{error}");
        }
    }

    #[test]
    fn a_path_without_a_figure_is_named_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        Scores::keep(folder.path(), "test", &evaluation()).unwrap();
        let scores = Scores::read(folder.path()).unwrap();
        for (path, cause) in [
            ("validation/phantom/irf/pooled_dice", "there are test"),
            ("test/phantom@Zeiss/irf/pooled_dice", "was not scored"),
            ("test/phantom/irf/beauty", "no such field"),
            ("test/phantom/irf/avd_mm3", "not measured"),
            ("stated/unet", "stated"),
            ("test", "EVALUATION/DATASET"),
        ] {
            let error = format!("{:#}", scores.figure(path).unwrap_err());
            assert!(error.contains(path) && error.contains(cause), "{error}");
        }
    }

    #[test]
    fn an_evaluation_is_kept_beside_the_others_without_its_volumes() {
        let folder = tempfile::tempdir().unwrap();
        Scores::keep(folder.path(), "test", &evaluation()).unwrap();
        Scores::keep(folder.path(), "validation", &evaluation()).unwrap();
        let scores = Scores::read(folder.path()).unwrap();
        let without = Evaluation { volumes: Vec::new(), ..evaluation() };
        assert_eq!(scores.evaluations.keys().collect::<Vec<_>>(), ["test", "validation"]);
        assert_eq!(scores.evaluation("test").unwrap(), &without);
        fs::write(folder.path().join("scores.json"), "{\"schema\":\"x\",\"evaluations\":{}}").unwrap();
        let error = Scores::keep(folder.path(), "test", &without).unwrap_err().to_string();
        assert!(error.contains("is of x"), "{error}");
    }
}
