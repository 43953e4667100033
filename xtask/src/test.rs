//! `cargo xtask test`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;

use crate::process::{root, run, stage};
use crate::server::Running;
use crate::{bundle, tools};

/// What the native tests and the program for the browser tests are built with. The
/// native GPU path is left out: no test runs it, and clippy checks that it compiles.
const FEATURES: [&str; 3] = ["--no-default-features", "--features", "oct-formats/readers,trainer/flex"];

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Everything that runs without a browser.
    Native,
    /// The engine compiled to wasm, under Node.
    Wasm,
    /// The page in Chromium.
    Browser,
}

/// Runs all tests, or one part of them.
pub fn test(only: Option<Part>) -> Result<()> {
    match only {
        Some(Part::Native) => native(tools::python()),
        Some(Part::Wasm) => wasm(),
        Some(Part::Browser) => {
            bundle::production()?;
            browser(None)
        }
        None => all(),
    }
}

/// The page is built first: wasm-opt and brotli take minutes on one core, and
/// the native tests run beside them.
fn all() -> Result<()> {
    tools::npm_parts()?;
    let python = std::thread::scope(|scope| -> Result<_> {
        // It waits for the network, and what is compiled beside it does not.
        let python = scope.spawn(tools::python);
        wasm()?;
        bundle::plain()?;
        python.join().map_err(|_| anyhow!("setting Python up panicked"))
    })?;
    std::thread::scope(|scope| {
        let finished = scope.spawn(bundle::finish);
        native(python)?;
        finished.join().map_err(|_| anyhow!("finishing the bundle panicked"))?
    })?;
    browser(None)
}

/// Runs the browser tests that `wanted` names, as soon as the page is compiled.
pub fn spec(wanted: &str) -> Result<()> {
    tools::npm_parts()?;
    bundle::plain()?;
    browser(Some(wanted))
}

/// `python` runs the scripts that hold figures against other implementations.
fn native(python: Option<PathBuf>) -> Result<()> {
    let runner: &[&str] = if tools::has_nextest() { &["nextest", "run"] } else { &["test"] };
    stage("native tests", || {
        let mut tests = Command::new("cargo");
        tests.args(runner).args(["--workspace", "--no-fail-fast"]).args(FEATURES);
        if let Some(python) = python {
            tests.env("LACUNA_PYTHON", python);
        }
        tests.envs(software_gpu()?);
        run(&mut tests)
    })
}

/// What makes SwiftShader the graphics processor of `mmis-gpu`'s tests: Chromium brings it as a
/// Vulkan driver, and Vulkan's loader. Nothing where a driver is named already.
fn software_gpu() -> Result<Vec<(&'static str, OsString)>> {
    if std::env::var_os("VK_DRIVER_FILES").is_some() {
        return Ok(Vec::new());
    }
    // Without Chromium there may still be a graphics processor.
    let Ok(program) = tools::chromium().and_then(|program| Ok(program.canonicalize()?)) else {
        return Ok(Vec::new());
    };
    let folders = [program.parent().map(Path::to_owned), Some(PathBuf::from("/usr/lib/chromium"))];
    let driver = |folder: &Path| folder.join("vk_swiftshader_icd.json");
    let Some(folder) = folders.into_iter().flatten().find(|folder| driver(folder).exists()) else {
        return Ok(Vec::new());
    };
    let others = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let libraries = std::iter::once(folder.clone()).chain(std::env::split_paths(&others));
    Ok(vec![
        ("VK_DRIVER_FILES", driver(&folder).into()),
        // As loaders before 1.3.207 call it.
        ("VK_ICD_FILENAMES", driver(&folder).into()),
        ("LD_LIBRARY_PATH", std::env::join_paths(libraries)?),
    ])
}

/// In release, as the CPU worker has it: it is compiled to wasm once.
fn wasm() -> Result<()> {
    tools::for_building()?;
    stage("wasm tests", || {
        run(Command::new("cargo")
            .args(["test", "--release", "--package", "engine"])
            .args(["--target", "wasm32-unknown-unknown", "--test", "wasm"])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner"))
    })
}

/// `wanted` names a file of tests, or else a part of a title.
fn browser(wanted: Option<&str>) -> Result<()> {
    let chromium = tools::chromium()?;
    let [cli, ways] = programs(["lacuna", "ways"])?;
    let scratch = root().join("test-results/scratch");
    std::fs::create_dir_all(&scratch)?;
    let server = Running::start(bundle::folder(), 0)?;
    stage("browser tests", || {
        let mut tests = Command::new(tools::npm_program("playwright"));
        tests.args(["test", "--config", "tests/e2e/playwright.config.ts"]);
        match wanted {
            Some(file) if root().join(format!("tests/e2e/{file}.spec.ts")).exists() => {
                tests.arg(format!("{file}.spec.ts"));
            }
            Some(title) => {
                tests.args(["--grep", title]);
            }
            None => {}
        }
        run(tests
            .env("LACUNA_URL", server.url())
            .env("LACUNA_CHROMIUM", chromium)
            .env("LACUNA_CLI", cli)
            .env("LACUNA_WAYS", ways)
            .env("LACUNA_SCRATCH", scratch))
    })
}

/// Builds the programs called `names` and says where they lie: `lacuna`, and `ways`,
/// which writes the files of `crates/ways` for the page.
fn programs<const N: usize>(names: [&str; N]) -> Result<[PathBuf; N]> {
    let output = Command::new("cargo")
        // As the native tests had it: Burn is compiled once.
        .args(["build", "--workspace", "--message-format", "json-render-diagnostics"])
        .args(names.iter().flat_map(|name| ["--bin", name]))
        .args(FEATURES)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    let built: Vec<PathBuf> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .collect();
    let mut paths = Vec::new();
    for name in names {
        let path = built.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
        paths.push(path.cloned().with_context(|| format!("cargo built no `{name}` program"))?);
    }
    paths.try_into().map_err(|_| anyhow!("one path a program"))
}
