//! `trainer evaluate`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use mmis_model::weights::WeightsFile;
use trainer::data::{DatasetEntry, Planes, Split};
use trainer::judge::stress::StressTable;
use trainer::judge::{
    Evaluation, GraderScores, HeldOut, ImageScores, Judge, VolumeScore, by_label, coverage_table,
    grader_overlaps, grader_scores, grader_table, image_scores, image_table, markdown, merged, score,
    summarise,
};
use trainer::learn::device;
use trainer::pictures::{Tile, best_and_worst, scored_tile, write_error_maps, write_sheet};
use trainer::run::{RunFolder, replace_file};
use trainer::ship::card::write_part;
use trainer::ship::scores::Scores;

use super::{Entries, Sources, intervals, is_there, note_learnt, stress};

/// `trainer evaluate --help`.
#[derive(Args)]
pub struct Arguments {
    /// Weight file (retina only), or run folder (all labels, float).
    #[arg(long, default_value = "weights/mmis-net.safetensors")]
    weights: PathBuf,
    /// Which part of the data: `test` is for the end, choices are made with `validation`.
    #[arg(long, value_enum, default_value = "test")]
    split: Part,
    /// Score outside of the annotated columns, too.
    #[arg(long)]
    all_columns: bool,
    /// Only these datasets, e.g. duke_dme_chiu2015,phantom.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Write all figures, down to single volumes and B-scans, as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Score what happens to images on their way instead (gain, JPEG, crops ...), on a few
    /// B-scans of each OCT dataset: eyes for validation, and eyes without fluid. Of the
    /// stresses all, or those whose names begin with one of these words.
    #[arg(long, value_name = "WORD", value_delimiter = ',', num_args = 0.., conflicts_with_all = ["split", "all_columns", "part", "picture", "error_maps"])]
    stress: Option<Vec<String>>,
    /// Count instead how often the true volume lies between that at a low and that at a high
    /// threshold, for pairs of thresholds.
    #[arg(long, conflicts_with_all = ["stress", "all_columns", "part", "picture", "error_maps"])]
    intervals: bool,
    /// Keep the figures of the table for the model card in `scores.json` of this folder
    /// (`stress.md` and `stress.json` with `--stress`, `intervals.md` and `.json` with `--intervals`).
    #[arg(long)]
    card: Option<PathBuf>,
    /// Name of the evaluation there, where it is not the split's (`test`; `test_all_columns`).
    #[arg(long, requires = "card")]
    part: Option<String>,
    /// Draw the five best and five worst B-scans of real fluid as PNG.
    #[arg(long)]
    picture: Option<PathBuf>,
    /// Draw every judged B-scan below this folder, by dataset and label: found
    /// green, invented red, missed blue, grey where the annotation does not count.
    #[arg(long)]
    error_maps: Option<PathBuf>,
}

/// A tile, and the Dice that it is sorted by.
type Drawn = (f64, Tile);

/// What was found in the held-out parts of one dataset, or of several.
#[derive(Default)]
struct Found {
    volumes: Vec<VolumeScore>,
    graders: Vec<GraderScores>,
    images: Vec<ImageScores>,
    drawn: Vec<Drawn>,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.volumes.extend(other.volumes);
        self.graders.extend(other.graders);
        self.images.extend(other.images);
        self.drawn.extend(other.drawn);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Validation,
    Test,
    /// Both, pooled.
    Both,
}

impl Arguments {
    pub fn run(&self, sources: &Sources) -> Result<()> {
        let entries = Entries::read(sources)?;
        entries.check_names(&self.only)?;
        let (splits, split_name): (&[Split], _) = match self.split {
            Part::Validation => (&[Split::Validation], "validation"),
            Part::Test => (&[Split::Test], "test"),
            Part::Both => (&[Split::Validation, Split::Test], "both"),
        };
        let device = device::devices(1)?.swap_remove(0);
        let judge = Judge::open(&self.weights, &entries.planes, &device)?;
        if let Some(words) = &self.stress {
            return self.run_stresses(words, &judge, &entries, sources);
        }
        if self.intervals {
            let rows = intervals::rows(&judge, &entries, sources, splits, &self.only)?;
            return self.keep("intervals", &coverage_table(&rows), &serde_json::to_string_pretty(&rows)?);
        }
        let learnt = RunFolder::learnt_by(&self.weights)?;
        let (mut found, mut failed) = (Found::default(), Vec::new());
        for entry in &entries.catalogue.datasets {
            let chosen = self.only.is_empty() || self.only.contains(&entry.name);
            let can_score =
                judge.can_score(entry, &entries.planes) || judge.can_score_images(entry, &entries.planes);
            if !chosen || !can_score || !is_there(entry, sources) {
                continue;
            }
            let columns = entry.columns.filter(|_| !self.all_columns);
            let entry = &DatasetEntry { columns, ..entry.clone() };
            match self.judged(&judge, entry, splits, sources, &entries.planes) {
                Ok(scored) => {
                    let images = scored.images.iter().flat_map(|row| &row.images);
                    let subjects = scored.volumes.iter().map(|volume| volume.subject.as_str());
                    let subjects = subjects.chain(images.map(|image| image.subject.as_str()));
                    note_learnt(entry, subjects, &learnt);
                    found.add(scored);
                }
                // The others are scored all the same.
                Err(error) => failed.push(format!("{}: {error:#}", entry.name)),
            }
        }
        let Found { volumes, graders, images, drawn } = found;
        ensure!(
            !volumes.is_empty() || !images.is_empty() || !failed.is_empty(),
            "no chosen dataset has a {split_name} part with labels that the weights know"
        );
        let groups = summarise(&volumes);
        print!("{}", markdown(&groups));
        let more = [grader_table(&graders), image_table(&images)];
        more.iter().filter(|table| !table.is_empty()).for_each(|table| print!("\n{table}"));
        ensure!(
            failed.is_empty(),
            "the table is of what could be scored, and no file is written; {}",
            failed.join("; ")
        );
        let evaluation = Evaluation {
            weights: self.weights.display().to_string(),
            sha256: stated_sha256(&self.weights)?,
            split: split_name.to_owned(),
            all_columns: self.all_columns,
            origin: None,
            groups,
            graders,
            images,
            volumes,
        };
        if let Some(folder) = &self.card {
            let usual = format!("{split_name}{}", if self.all_columns { "_all_columns" } else { "" });
            Scores::keep(folder, self.part.as_deref().unwrap_or(&usual), &evaluation)?;
        }
        if let Some(path) = &self.json {
            replace_file(path, serde_json::to_string_pretty(&evaluation)?.as_bytes())?;
        }
        if let Some(path) = &self.picture {
            let kept = best_and_worst(drawn);
            if kept.is_empty() {
                eprintln!("note: no held-out B-scan is annotated with `fluid`, so none is drawn");
            } else {
                write_sheet(&kept, 2, path)?;
            }
        }
        Ok(())
    }

    /// The table of stresses; an error where a bar is missed, after it is written.
    fn run_stresses(
        &self,
        words: &[String],
        judge: &Judge,
        entries: &Entries,
        sources: &Sources,
    ) -> Result<()> {
        let table = StressTable {
            weights: self.weights.display().to_string(),
            sha256: stated_sha256(&self.weights)?,
            rows: stress::rows(words, judge, entries, sources, &self.only)?,
        };
        self.keep("stress", &table.markdown(), &serde_json::to_string_pretty(&table)?)?;
        let (missed, rows) = (table.missed(), table.rows.len());
        ensure!(missed.is_empty(), "{} of {rows} stresses miss a bar: {}", missed.len(), missed.join("; "));
        Ok(())
    }

    /// Prints a table of its own, and keeps it where files are wanted.
    fn keep(&self, name: &str, markdown: &str, json: &str) -> Result<()> {
        print!("{markdown}");
        if let Some(path) = &self.json {
            replace_file(path, json.as_bytes())?;
        }
        if let Some(folder) = &self.card {
            write_part(folder, name, markdown)?;
            replace_file(&folder.join(format!("{name}.json")), json.as_bytes())?;
        }
        Ok(())
    }

    /// The scores of the parts `splits` of one dataset, with tiles where a picture is wanted.
    fn judged(
        &self,
        judge: &Judge,
        entry: &DatasetEntry,
        splits: &[Split],
        sources: &Sources,
        planes: &Planes,
    ) -> Result<Found> {
        let mut bscans = Vec::new();
        for split in splits {
            let held_out = HeldOut { entry, data: &sources.data, split: *split };
            bscans.extend(judge.judge_all(&held_out, planes, |case, verdict| {
                if let Some(folder) = &self.error_maps {
                    write_error_maps(folder, entry, planes, case, verdict)?;
                }
                let drawn = match &self.picture {
                    Some(_) => scored_tile(planes, case, verdict)?,
                    None => None,
                };
                let graders = grader_overlaps(entry, planes, case, verdict)?;
                let images = image_scores(planes, case, verdict);
                Ok((score(entry, planes, case, verdict)?, graders, images, drawn))
            })?);
        }
        eprintln!("{}: {} B-scans or slices", entry.name, bscans.len());
        let (mut scores, mut graders, mut images, mut drawn) = (vec![], vec![], vec![], vec![]);
        for bscan in bscans {
            scores.extend(bscan.0);
            graders.extend(bscan.1);
            images.extend(bscan.2);
            drawn.extend(bscan.3);
        }
        Ok(Found {
            volumes: merged(scores),
            graders: grader_scores(&entry.name, graders),
            images: by_label(&entry.name, images),
            drawn,
        })
    }
}

/// The hash that a weight file states of its weights; none of a run folder.
fn stated_sha256(weights: &Path) -> Result<Option<String>> {
    if weights.is_dir() {
        return Ok(None);
    }
    let bytes = std::fs::read(weights).with_context(|| format!("cannot read {}", weights.display()))?;
    Ok(Some(WeightsFile::read(&bytes).with_context(|| weights.display().to_string())?.sha256))
}
