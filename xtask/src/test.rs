//! `cargo xtask test`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process::{root, run, stage};
use crate::server::Running;
use crate::{bundle, tools};

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
    let wanted = |part| only.is_none_or(|only| only == part);
    if wanted(Part::Native) {
        stage("native tests", native)?;
    }
    if wanted(Part::Wasm) {
        tools::for_building()?;
        stage("wasm tests", wasm)?;
    }
    if wanted(Part::Browser) {
        bundle::production()?;
        stage("browser tests", browser)?;
    }
    Ok(())
}

fn native() -> Result<()> {
    if tools::has_nextest() {
        run(Command::new("cargo").args(["nextest", "run", "--workspace", "--no-fail-fast"]))
    } else {
        run(Command::new("cargo").args(["test", "--workspace", "--no-fail-fast"]))
    }
}

/// In release and with the worker's features, so that Burn is compiled to wasm once.
fn wasm() -> Result<()> {
    run(Command::new("cargo")
        .args(["test", "--release", "--package", "engine", "--features", "gpu"])
        .args(["--target", "wasm32-unknown-unknown", "--test", "wasm"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner"))
}

fn browser() -> Result<()> {
    let chromium = tools::chromium()?;
    let cli = command_line_program()?;
    let scratch = root().join("test-results/scratch");
    std::fs::create_dir_all(&scratch)?;
    let server = Running::start(bundle::folder(), 0)?;
    run(Command::new(tools::npm_program("playwright"))
        .args(["test", "--config", "tests/e2e/playwright.config.ts"])
        .env("LACUNA_URL", server.url())
        .env("LACUNA_CHROMIUM", chromium)
        .env("LACUNA_CLI", cli)
        .env("LACUNA_SCRATCH", scratch))
}

/// Builds `lacuna` and says where it lies.
fn command_line_program() -> Result<PathBuf> {
    let output = Command::new("cargo")
        // The features of the whole workspace, as the native tests had them: Burn is compiled once.
        .args(["build", "--workspace", "--bin", "lacuna", "--message-format", "json-render-diagnostics"])
        .stderr(std::process::Stdio::inherit())
        .output()?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .context("cargo built no `lacuna` program")
}
