//! How many compressed bytes a visitor loads.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::bundle::{ends_with, files, folder};

/// The page itself: it must paint at once. Tools, list, report and the comparison of two visits (29
/// thousand bytes) are in it, though few open them at once: trunk makes one module of a page.
const SHELL_BROTLI_BYTES: u64 = 490 << 10;
/// The engine with its CPU worker, loaded while the user looks at the scan. With shell and weights
/// 2.9 MB are the most before the first mask.
const ENGINE_BROTLI_BYTES: u64 = 1_775 << 10;

/// The worker that draws in space, loaded when that view is opened.
const SCENE_BROTLI_BYTES: u64 = 100 << 10;

/// Brotli bytes of the shell, of the engine and of what draws in space.
fn sizes() -> Result<(u64, u64, u64)> {
    let (mut shell, mut engine, mut scene) = (0, 0, 0);
    for file in files(&folder())?.iter().filter(|file| ends_with(file, ".br")) {
        let bytes = file.metadata()?.len();
        let is_in = |kind: &str| {
            file.parent()
                .and_then(Path::file_name)
                .is_some_and(|name| name.to_string_lossy().starts_with(kind))
        };
        if is_in("engine-") {
            engine += bytes;
        } else if is_in("scene-") {
            scene += bytes;
        } else if !is_in("weights-") {
            shell += bytes;
        }
    }
    ensure!(shell > 0 && engine > 0 && scene > 0, "dist/ holds no production bundle");
    Ok((shell, engine, scene))
}

/// Holds the budgets.
///
/// # Errors
/// Where a part is larger than its budget.
pub fn hold() -> Result<()> {
    let (shell, engine, scene) = sizes().context("run `cargo xtask dist` first")?;
    println!(
        "shell {shell} of {SHELL_BROTLI_BYTES} bytes brotli, engine {engine} of {ENGINE_BROTLI_BYTES}, \
         scene {scene} of {SCENE_BROTLI_BYTES}"
    );
    ensure!(
        shell <= SHELL_BROTLI_BYTES,
        "the app shell has {shell} bytes brotli, more than {SHELL_BROTLI_BYTES}"
    );
    ensure!(
        engine <= ENGINE_BROTLI_BYTES,
        "the engine has {engine} bytes brotli, more than {ENGINE_BROTLI_BYTES}"
    );
    ensure!(
        scene <= SCENE_BROTLI_BYTES,
        "what draws in space has {scene} bytes brotli, more than {SCENE_BROTLI_BYTES}"
    );
    Ok(())
}

/// Prints every file with its plain and compressed sizes.
pub fn print_sizes() -> Result<()> {
    println!("{:60} {:>10} {:>10} {:>10}", "file", "plain", "gzip", "brotli");
    for file in files(&folder())?.iter().filter(|file| !ends_with(file, ".br") && !ends_with(file, ".gz")) {
        let beside = |ending: &str| {
            std::fs::metadata(format!("{}{ending}", file.display())).map_or(0, |data| data.len())
        };
        let name = file.strip_prefix(folder()).unwrap_or(file);
        println!("{:60} {:>10} {:>10} {:>10}", name.display(), beside(""), beside(".gz"), beside(".br"));
    }
    Ok(())
}
