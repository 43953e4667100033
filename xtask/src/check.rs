//! `cargo xtask check`.

use std::process::Command;

use anyhow::Result;

use crate::process::{run, stage};
use crate::{budget, bundle, tools};

/// Format, lints, budget. The dependency direction is a test of this package.
pub fn check() -> Result<()> {
    tools::for_building()?;
    stage("format", || run(Command::new("cargo").args(["fmt", "--all", "--check"])))?;
    stage("clippy, native", || clippy(&["--workspace", "--all-targets"]))?;
    // One call a wasm file: in a common one their features would unify.
    for package in ["lacuna", "engine-worker"] {
        stage(&format!("clippy, wasm, {package}"), || {
            clippy(&["--package", package, "--target", "wasm32-unknown-unknown"])
        })?;
    }
    stage("dependency direction", || {
        run(Command::new("cargo").args(["test", "--quiet", "--package", "xtask", "--test", "architecture"]))
    })?;
    bundle::production()?;
    budget::hold()
}

fn clippy(arguments: &[&str]) -> Result<()> {
    run(Command::new("cargo").arg("clippy").args(arguments).args(["--", "-D", "warnings"]))
}
