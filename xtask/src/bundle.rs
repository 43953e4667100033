//! Building the page and its worker.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{root, run, stage};
use crate::{seal, tools};

/// Where the bundle lies.
pub fn folder() -> PathBuf {
    root().join("dist")
}

/// The bundle as the compiler leaves it: needs no Node.
pub fn plain() -> Result<()> {
    tools::for_building()?;
    stage("building the page and its engine (the first time takes 10 to 20 minutes on two cores)", || {
        run(Command::new("trunk")
            .args(["build", "--release", "--skip-version-check"])
            .env("NO_COLOR", "true"))
    })?;
    seal::seal(&folder())
}

/// The bundle for visitors: optimised by wasm-opt, with compressed files beside the plain ones.
pub fn production() -> Result<()> {
    tools::npm_parts()?;
    plain()?;
    finish()
}

/// Makes the bundle for visitors out of the plain one. Works on one core, for minutes.
pub fn finish() -> Result<()> {
    stage("optimising", || {
        for file in files(&folder())?.iter().filter(|file| ends_with(file, ".wasm")) {
            optimise(file)?;
        }
        Ok(())
    })?;
    stage("compressing", || files(&folder())?.iter().try_for_each(|file| compress(file)))
}

fn optimise(wasm: &Path) -> Result<()> {
    let smaller = wasm.with_extension("optimised");
    run(Command::new(tools::npm_program("wasm-opt"))
        .arg("-Oz")
        .args([
            // What rustc's wasm32 target and `+simd128` may use; `--all-features` is slower.
            "--enable-simd",
            "--enable-bulk-memory",
            "--enable-bulk-memory-opt",
            "--enable-nontrapping-float-to-int",
            "--enable-sign-ext",
            "--enable-mutable-globals",
            "--enable-reference-types",
            "--enable-multivalue",
        ])
        .arg(wasm)
        .arg("-o")
        .arg(&smaller))?;
    fs::rename(&smaller, wasm)?;
    Ok(())
}

fn compress(file: &Path) -> Result<()> {
    let plain = fs::read(file)?;
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", file.display()));
    let mut brotli = brotli::CompressorWriter::new(fs::File::create(beside(".br"))?, 1 << 16, 11, 24);
    brotli.write_all(&plain)?;
    brotli.flush()?;
    drop(brotli);
    let mut gzip =
        flate2::write::GzEncoder::new(fs::File::create(beside(".gz"))?, flate2::Compression::best());
    gzip.write_all(&plain)?;
    gzip.finish()?;
    Ok(())
}

/// All files below `folder`, sorted.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the name of `file` ends with `ending`.
pub fn ends_with(file: &Path, ending: &str) -> bool {
    file.to_string_lossy().ends_with(ending)
}
