//! `cargo xtask fuzz`: every reader against libFuzzer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::{output, root, run, stage};
use crate::tools;

/// A seed larger than this slows a target down more than it finds.
const MOST_SEED_BYTES: u64 = 800 << 10;
/// A reader that takes longer for one file hangs.
const MOST_SECONDS: u32 = 5;

/// Options.
#[derive(Debug, Args)]
pub struct FuzzArgs {
    /// Only this target; all without it.
    #[arg(long)]
    target: Option<String>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Targets at once.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

/// Runs the targets and prints what each did. Fails where one found something.
pub fn fuzz(args: &FuzzArgs) -> Result<()> {
    tools::cargo_fuzz()?;
    let mut targets = targets()?;
    if let Some(only) = &args.target {
        targets.retain(|target| target == only);
        if targets.is_empty() {
            bail!("there is no fuzz target {only}: the targets are the files in fuzz/fuzz_targets");
        }
    }
    stage("building the fuzz targets", || {
        run(Command::new("cargo")
            .args(["fuzz", "build", "--sanitizer", "none", "--fuzz-dir", "fuzz"])
            // cargo-fuzz asks for flags that only a nightly admits to.
            .env("RUSTC_BOOTSTRAP", "1"))
    })?;
    let mut results = BTreeMap::new();
    for batch in targets.chunks(args.jobs.max(1)) {
        let running: Vec<(String, Child)> = batch
            .iter()
            .map(|target| Ok((target.clone(), start(target, args.seconds)?)))
            .collect::<Result<_>>()?;
        for (target, child) in running {
            let finished = child.wait_with_output()?;
            let log = String::from_utf8_lossy(&finished.stderr).into_owned();
            fs::write(folder("artifacts")?.join(format!("{target}.log")), &log)?;
            let last = log.lines().rev().find(|line| line.starts_with('#') || line.starts_with("Done"));
            println!("{target:<16} {}", last.unwrap_or("said nothing"));
            results.insert(target, finished.status.success());
        }
    }
    let found: Vec<&str> =
        results.iter().filter(|(_, sound)| !**sound).map(|(name, _)| name.as_str()).collect();
    if !found.is_empty() {
        bail!("findings in {}: the inputs and logs are in fuzz/artifacts", found.join(", "));
    }
    Ok(())
}

fn targets() -> Result<Vec<String>> {
    let mut targets: Vec<String> = fs::read_dir(root().join("fuzz/fuzz_targets"))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    targets.sort();
    Ok(targets)
}

fn start(target: &str, seconds: u32) -> Result<Child> {
    let host = output("rustc", &["-vV"])
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("host: ").map(str::to_owned)))
        .context("`rustc -vV` names no host")?;
    let built =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("fuzz/target"), PathBuf::from);
    let program = built.join(host).join("release").join(target);
    let corpus = folder("corpus")?.join(target);
    fs::create_dir_all(&corpus)?;
    seed(target, &corpus)?;
    Command::new(&program)
        .arg(&corpus)
        .arg(format!("-artifact_prefix={}/{target}-", folder("artifacts")?.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={MOST_SECONDS}"))
        .args(["-rss_limit_mb=2048", "-print_final_stats=1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", program.display()))
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = root().join("fuzz").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Copies sound files into the corpus: those of the tests, and the real ones
/// where the data folder is there.
fn seed(target: &str, corpus: &Path) -> Result<()> {
    let endings: &[&str] = match target {
        "bioptigen" => &["oct"],
        "dicom" => &["dcm"],
        "heidelberg_e2e" => &["e2e"],
        "heidelberg_vol" => &["vol"],
        "heidelberg_xml" => &["xml"],
        "metaimage" => &["mha", "mhd"],
        "nifti" => &["nii", "gz"],
        "npy" => &["npy"],
        "nrrd" => &["nrrd"],
        "png_jpeg" => &["png", "jpg", "bmp"],
        "tiff" => &["tif", "tiff"],
        "topcon" => &["fda", "fds"],
        _ => &[],
    };
    let data = std::env::var_os("LACUNA_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let mut folders = vec![root().join("crates/oct-formats/tests/fixtures"), data.join("formats")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            if endings.contains(&ending.as_str()) && entry.metadata()?.len() <= MOST_SEED_BYTES {
                let name = path.file_name().unwrap_or_default();
                fs::copy(&path, corpus.join(name))?;
            }
        }
    }
    Ok(())
}
