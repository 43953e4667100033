//! `cargo xtask bench`: how fast it is, against onnxruntime with the same network.
//!
//! What runs in a page or in Python lies in `bench/`; here it is called, run after run, and
//! written down.
//!
//! | module | what it does |
//! |---|---|
//! | [`table`] | rows and their arithmetic |
//! | [`material`] | what is measured with: peers, network, volumes, servers |
//! | [`forward`] | the forward pass alone, in the browser |
//! | [`page`] | whole volumes in the page |
//! | [`gpu`] | WebGPU |
//! | [`native`] | without a browser |
//! | [`cost`] | against B-scans and width |
//! | [`visit`] | to the first mask |
//! | [`plot`] | cost as a picture |
//! | [`report`] | the files in docs/benchmarks |
//! | [`pack`] | a folder for a machine with a GPU and without network |

mod cost;
mod forward;
mod gpu;
mod material;
mod native;
mod pack;
mod page;
mod plot;
mod report;
mod table;
mod visit;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::process::stage;
use material::Material;

/// Rows and columns of the grid in which a Spectralis B-scan is seen: what all are compared in.
const GRID: [usize; 2] = [240, 288];

/// `cargo xtask bench --help`.
#[derive(Args)]
pub struct BenchArgs {
    /// Only this part.
    #[arg(long)]
    only: Option<Part>,
    /// Runs of each row.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Is the tool in order? One short run a row; the figures say little.
    #[arg(long)]
    quick: bool,
    /// Measure the bundle in `dist/` and the programs as they were built; LACUNA_CLI and
    /// LACUNA_TRAINER name others than those in the target folder.
    #[arg(long)]
    no_build: bool,
    /// Measure nothing; make a folder to be run on a Linux machine with a GPU and without network.
    #[arg(long, value_name = "FOLDER")]
    pack: Option<PathBuf>,
    /// Python of that machine.
    #[arg(long, value_name = "VERSION", default_value = "3.12", requires = "pack")]
    python: String,
}

/// A part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Browser, processor: the forward pass, the pipeline.
    Cpu,
    /// Browser, processor, all cores: a volume.
    Volume,
    /// Browser, WebGPU.
    Gpu,
    /// Without a browser.
    Native,
    /// Time and memory against B-scans and width.
    Cost,
    /// From a visit to the first mask.
    First,
}

/// Measures, prints the table and writes it down.
pub fn bench(args: &BenchArgs) -> Result<()> {
    if let Some(folder) = &args.pack {
        return pack::pack(folder, &args.python, !args.no_build);
    }
    let material = Material::gather(args)?;
    let mut report = report::Report::new(&material, args.only.as_ref().map(name));
    let is_wanted = |part| args.only.is_none_or(|only| only == part);
    if is_wanted(Part::Cpu) {
        let forward = stage("browser, processor, one B-scan", || Ok(forward::measure(&material)))?;
        let whole = page::whole_pipeline(&material, &forward.ours, &mut report);
        report.rows.extend([forward, whole]);
    }
    if is_wanted(Part::Volume) {
        report.rows.extend(stage("browser, all cores, a volume", || Ok(page::all_cores(&material)))?);
    }
    if is_wanted(Part::Gpu) {
        report.rows.extend(stage("browser, WebGPU", || Ok(gpu::measure(&material)))?);
    }
    if is_wanted(Part::Native) {
        report.rows.extend(stage("without a browser", || Ok(native::measure(&material)))?);
    }
    if is_wanted(Part::Cost) {
        report.cost = stage("cost against B-scans and width", || cost::measure(&material))?;
    }
    if is_wanted(Part::First) {
        report.rows.extend(stage("to the first mask", || Ok(visit::measure(&material)))?);
    }
    report.write()
}

/// As it is called on the command line.
fn name(part: &Part) -> String {
    part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
