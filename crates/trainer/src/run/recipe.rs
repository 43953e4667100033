//! A recipe: all that a run is made of, in a file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use mmis_model::{FusionKind, MmisNetConfig};
use serde::Deserialize;

use crate::data::{FindingChances, Graders};

use super::config::RunConfig;

/// Size of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Size {
    #[default]
    Browser,
    Full,
}

/// A recipe as its file states it. What it leaves out is as [`RunConfig::standard`] has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    #[serde(default)]
    size: Size,
    fusion: Option<FusionKind>,
    auxiliary: Option<bool>,
    from: Option<PathBuf>,
    steps: Option<u64>,
    batch_size: Option<usize>,
    crop: Option<[usize; 2]>,
    learning_rate: Option<f64>,
    every: Option<u64>,
    #[serde(default)]
    without: Vec<String>,
    /// Augmentation that is switched off.
    #[serde(default)]
    no: Vec<String>,
    #[serde(default)]
    graders: Graders,
    #[serde(default)]
    variants: BTreeMap<String, usize>,
    #[serde(default)]
    factors: BTreeMap<String, f64>,
    #[serde(default)]
    findings: FindingChances,
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// Where the text is not of this form.
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).context("this is no recipe")
    }

    /// The run that it describes, over `labels`.
    ///
    /// # Errors
    /// Where such a run cannot be trained.
    pub fn config(&self, seed: u64, labels: Vec<String>) -> Result<RunConfig> {
        let usual = RunConfig::standard(seed, labels);
        let network = match self.size {
            Size::Browser => MmisNetConfig::browser(usual.labels.len()),
            Size::Full => MmisNetConfig::full(usual.labels.len()),
        };
        let mut config = RunConfig {
            network: MmisNetConfig {
                fusion: self.fusion.unwrap_or(network.fusion),
                auxiliary: self.auxiliary.unwrap_or(network.auxiliary),
                ..network
            },
            from: self.from.clone(),
            steps: self.steps.unwrap_or(usual.steps),
            batch_size: self.batch_size.unwrap_or(usual.batch_size),
            crop: self.crop.unwrap_or(usual.crop),
            learning_rate: self.learning_rate.unwrap_or(usual.learning_rate),
            every: self.every.unwrap_or(usual.every),
            without: self.without.clone(),
            graders: self.graders,
            variants: self.variants.clone(),
            factors: self.factors.clone(),
            findings: self.findings,
            ..usual
        };
        for kind in &self.no {
            ensure!(config.augmentation.switch_off(kind), "there is no augmentation {kind}");
        }
        config.check()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Catalogue, Split};
    use mmis_model::LabelSpace;

    fn labels() -> Vec<String> {
        LabelSpace::training().unwrap().names().map(str::to_owned).collect()
    }

    #[test]
    fn the_recipe_for_real_eyes_is_one_and_names_datasets_that_there_are() {
        let recipe = Recipe::from_toml(include_str!("../../real-eyes.toml")).unwrap();
        let config = recipe.config(1, labels()).unwrap();
        assert_eq!((config.steps, config.batch_size, config.every), (3000, 8, 250));
        assert!(config.graders.looks_at_others() && config.findings != FindingChances::default());
        let space = LabelSpace::training().unwrap();
        let catalogue = Catalogue::from_toml(include_str!("../../datasets.toml"), &space).unwrap();
        for name in config.factors.keys().chain(config.variants.keys()).chain(&config.without) {
            catalogue.find(name).unwrap();
        }
        for name in ["kermany_val", "bioptigen_no_fluid", "bonn_no_fluid", "duke_dme_chiu2015", "phantom"] {
            assert!(config.learns_from(&config.adapted(catalogue.find(name).unwrap().clone())), "{name}");
        }
        let octdl = config.adapted(catalogue.find("octdl_amd_fluid13").unwrap().clone());
        assert!(!config.learns_from(&octdl), "OCTDL is for testing");
    }

    #[test]
    fn what_a_recipe_leaves_out_is_as_usual_and_what_it_misspells_is_refused() {
        let config = Recipe::from_toml("steps = 12").unwrap().config(3, labels()).unwrap();
        assert_eq!(config, RunConfig { steps: 12, ..RunConfig::standard(3, labels()) });
        for (text, cause) in
            [("stps = 12", "stps"), ("no = ['colour']", "colour"), ("findings = { disc = 1.5 }", "Disc")]
        {
            let config = Recipe::from_toml(text).and_then(|recipe| recipe.config(1, labels()));
            let error = format!("{:#}", config.unwrap_err());
            assert!(error.contains(cause), "{text}: {error}");
        }
    }

    #[test]
    fn phantoms_of_a_recipe_show_more_only_where_they_are_learnt_from() {
        use crate::data::{Planes, held_out};
        let recipe =
            Recipe::from_toml("findings = { shadows = 1.0, drusen = 1.0 }\n[variants]\nphantom = 3").unwrap();
        let config = recipe.config(1, labels()).unwrap();
        let space = LabelSpace::training().unwrap();
        let text = "[[dataset]]\nname='phantom'\nmodality='OCT'\norgans=[]\nlicence=''\nreader='phantom'\nlabels={'1'='irf','2'='srf','3'='ped'}\nvariants=2\nfactor=1.0";
        let entry = Catalogue::from_toml(text, &space).unwrap().datasets.swap_remove(0);
        let planes = Planes::of(&space, &[]).unwrap();
        let images = |entry: &crate::data::DatasetEntry, split, every| -> Vec<Vec<f32>> {
            let data = std::path::Path::new("");
            held_out(entry, data, &planes, split, every, false, |cases| {
                Ok(cases.iter().filter_map(|case| Some(case.volume.bscan(0)?.to_f32().to_vec())).collect())
            })
            .unwrap()
        };
        let adapted = config.adapted(entry.clone());
        let (with, without) = (images(&adapted, Split::Train, 1), images(&entry, Split::Train, 1));
        assert_eq!((with.len(), without.len()), (3, 2));
        assert!(with.iter().zip(&without).any(|(with, without)| with != without));
        assert_eq!(images(&adapted, Split::Validation, 24), images(&entry, Split::Validation, 24));
    }
}
