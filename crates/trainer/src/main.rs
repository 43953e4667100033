//! `trainer`: see `trainer --help`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use indicatif::ProgressBar;
use mmis_net::MmisNetConfig;
use trainer::datasets::{Catalogue, Dataset, Planes, Split, read};
use trainer::evaluate::{evaluate, markdown};
use trainer::export::export;
use trainer::train::{RunConfig, RunFolder, planes, train};

/// Trains MMIS-Net on the datasets of `datasets.toml` and writes the weights that Lacuna ships.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder that holds the data; the entries' paths are relative to it.
    #[arg(long, env = "LACUNA_DATA", default_value = "../shared/data")]
    data: PathBuf,
    /// The dataset entries.
    #[arg(long, default_value = "crates/trainer/datasets.toml")]
    datasets: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read every dataset, check it, and print what each one teaches.
    Prepare,
    /// Train, or resume the run that the folder holds.
    Train {
        /// Run folder: configuration, metrics, checkpoint.
        #[arg(long)]
        run: PathBuf,
        /// Steps in all.
        #[arg(long, default_value_t = 4000)]
        steps: u64,
        /// Crops a step.
        #[arg(long, default_value_t = 8)]
        batch_size: usize,
        /// Seed of initialisation and drawing.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Peak learning rate.
        #[arg(long, default_value_t = 2e-3)]
        learning_rate: f64,
        /// Steps between validations and checkpoints.
        #[arg(long, default_value_t = 250)]
        every: u64,
        /// Start from the averaged weights of this run instead of at random.
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Quantise the newest checkpoint of a run to int8 and write the weight file.
    Export {
        /// Run folder.
        #[arg(long)]
        run: PathBuf,
        /// Weight file to write.
        #[arg(long, default_value = "weights/mmis-net.safetensors")]
        out: PathBuf,
        /// Name and version that the file carries.
        #[arg(long, default_value = "mmis-net-browser 0.1.0")]
        name: String,
        /// Scores to carry along (what `evaluate` wrote).
        #[arg(long)]
        scores: Option<PathBuf>,
    },
    /// Score a weight file in the original grid of every OCT dataset.
    Evaluate {
        /// Weight file.
        #[arg(long, default_value = "weights/mmis-net.safetensors")]
        weights: PathBuf,
        /// Score the validation split instead of the test split.
        #[arg(long)]
        validation: bool,
        /// Write the scores as JSON, too.
        #[arg(long)]
        json: Option<PathBuf>,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.datasets)
        .with_context(|| format!("cannot read {}", arguments.datasets.display()))?;
    let catalogue = Catalogue::from_toml(&text, &mmis_net::LabelSpace::shipped()?)?;
    let (space, planes) = planes(&catalogue)?;
    let network = MmisNetConfig::browser(space.len());
    match &arguments.command {
        Command::Prepare => {
            let datasets = read_all(&arguments, &catalogue, &planes, network.size_multiple(), |_| true)?;
            print_table(&datasets, &planes);
        }
        Command::Train { run, steps, batch_size, seed, learning_rate, every, from } => {
            let datasets =
                read_all(&arguments, &catalogue, &planes, network.size_multiple(), |share| share > 0.0)?;
            print_table(&datasets, &planes);
            let config = RunConfig {
                network,
                seed: *seed,
                steps: *steps,
                batch_size: *batch_size,
                crop: [256, 256],
                learning_rate: *learning_rate,
                every: *every,
                from: from.clone(),
            };
            train(&RunFolder::new(run), &config, &datasets, &planes, &trainer::device())?;
        }
        Command::Export { run, out, name, scores } => {
            let scores = scores.as_ref().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
            let bytes = export(&RunFolder::new(run), space, name, scores, &trainer::device())?;
            std::fs::write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
            println!("{}: {} bytes", out.display(), bytes.len());
        }
        Command::Evaluate { weights, validation, json } => {
            let bytes =
                std::fs::read(weights).with_context(|| format!("cannot read {}", weights.display()))?;
            let split = if *validation { Split::Validation } else { Split::Test };
            let scores = evaluate(&bytes, &catalogue, &arguments.data, &planes, split)?;
            print!("{}", markdown(&scores));
            if let Some(file) = json {
                std::fs::write(file, serde_json::to_vec_pretty(&scores)?)?;
            }
        }
    }
    Ok(())
}

fn read_all(
    arguments: &Arguments,
    catalogue: &Catalogue,
    planes: &Planes,
    multiple: usize,
    wanted: impl Fn(f64) -> bool,
) -> Result<Vec<Dataset>> {
    catalogue
        .datasets
        .iter()
        .filter(|entry| wanted(entry.share))
        .map(|entry| {
            let progress = ProgressBar::new(0).with_message(entry.name.clone());
            read(entry, &arguments.data, planes, multiple, &progress)
        })
        .collect()
}

/// Labels x datasets, with the samples of each split.
fn print_table(datasets: &[Dataset], planes: &Planes) {
    println!("{:24} {:>6} {:>6} {:>6}  annotates", "dataset", "train", "valid", "test");
    for dataset in datasets {
        let count = |split| dataset.samples.iter().filter(|sample| sample.split == split).count();
        let names: Vec<&str> = (0..planes.len())
            .filter(|plane| dataset.annotated >> plane & 1 == 1)
            .map(|plane| planes.names()[plane].as_str())
            .collect();
        println!(
            "{:24} {:>6} {:>6} {:>6}  {}",
            dataset.entry.name,
            count(Split::Train),
            count(Split::Validation),
            count(Split::Test),
            names.join(" ")
        );
    }
}
