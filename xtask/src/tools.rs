//! Finds what a task needs, installs it from the package registries, or says in
//! one line what is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{output, root, run};

/// The same as the `wasm-bindgen` crate in Cargo.toml: the two must agree to the patch level.
const WASM_BINDGEN: &str = "0.2.130";
/// 0.22 asks for a newer Rust than rust-toolchain.toml pins.
const TRUNK: &str = "0.21.14";

/// What building the page needs.
pub fn for_building() -> Result<()> {
    wasm_target()?;
    cargo_tool(
        "wasm-bindgen",
        "wasm-bindgen-cli",
        WASM_BINDGEN,
        &[],
        "it writes the JavaScript around the wasm; about 3 minutes",
    )?;
    cargo_tool(
        "trunk",
        "trunk",
        TRUNK,
        &["--no-default-features", "--features", "rustls", "--locked"],
        "it bundles the page; 3 to 6 minutes on two cores",
    )
}

fn wasm_target() -> Result<()> {
    let sysroot = output("rustc", &["--print", "sysroot"]).unwrap_or_default();
    if Path::new(&sysroot).join("lib/rustlib/wasm32-unknown-unknown").exists() {
        return Ok(());
    }
    println!("Installing the Rust target wasm32-unknown-unknown: the page is WebAssembly; a few seconds.");
    run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
}

/// What a tool is compiled with: it waits for files and other programs, so its
/// own build is what takes the time (trunk asks for one unit and full LTO).
const QUICKLY_BUILT: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];

fn cargo_tool(program: &str, package: &str, version: &str, options: &[&str], why: &str) -> Result<()> {
    let found = output(program, &["--version"]).unwrap_or_default();
    if found.split_whitespace().any(|word| word == version) {
        return Ok(());
    }
    if found.is_empty() {
        println!("Installing {package} {version}: {why}.");
    } else {
        println!("Replacing `{found}` by {package} {version}, which this repository pins: {why}.");
    }
    // A target folder of the caller would be locked by the cargo that runs us.
    run(Command::new("cargo")
        .args(["install", package, "--version", version, "--force"])
        .args(options)
        .envs(QUICKLY_BUILT)
        .env_remove("CARGO_TARGET_DIR"))
}

/// What fuzzing needs.
pub fn cargo_fuzz() -> Result<()> {
    if output("cargo", &["fuzz", "--version"]).is_some() {
        return Ok(());
    }
    println!("Installing cargo-fuzz: it builds the readers with libFuzzer; about a minute.");
    run(Command::new("cargo").args(["install", "cargo-fuzz"]).env_remove("CARGO_TARGET_DIR"))
}

/// The npm parts of package.json: wasm-opt and Playwright.
pub fn npm_parts() -> Result<()> {
    if output("npm", &["--version"]).is_none() {
        bail!("npm is missing: install Node.js 20 or newer (it brings npm); only tests and `dist` need it");
    }
    let installed = root().join("node_modules/.package-lock.json");
    let wanted = root().join("package-lock.json");
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    if installed.exists() && changed(&installed) >= changed(&wanted) {
        return Ok(());
    }
    println!("Installing the npm parts (wasm-opt, Playwright): tests and the production bundle need them.");
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

/// A Python of our own with what the scripts need that hold scores, masks and ONNX files
/// against other implementations; without it their tests say that they are skipped.
pub fn python() -> Option<PathBuf> {
    let folder = root().join("target/python");
    let program = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted =
        ["tests/masks/requirements.txt", "tests/onnx/requirements.txt", "tests/scores/requirements.txt"];
    let packages: Vec<String> =
        wanted.iter().filter_map(|file| std::fs::read_to_string(root().join(file)).ok()).collect();
    let (packages, installed) = (packages.concat(), folder.join("installed.txt"));
    if program.exists() && std::fs::read_to_string(&installed).is_ok_and(|there| there == packages) {
        return Some(program);
    }
    println!(
        "Installing onnxruntime, SciPy, scikit-learn, nibabel, SimpleITK and highdicom for Python: tests hold our figures and masks against them."
    );
    let set_up = || -> Result<()> {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"];
        run(Command::new(&program).args(pip).args(wanted.iter().flat_map(|file| ["-r", file])))?;
        Ok(std::fs::write(&installed, &packages)?)
    };
    match set_up() {
        Ok(()) => Some(program),
        Err(error) => {
            println!("Not compared with other programs: {error:#}");
            None
        }
    }
}

/// An executable of the npm parts.
pub fn npm_program(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}

/// A Chromium for the browser tests; on Debian as root it is installed.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("LACUNA_CHROMIUM") {
        return Ok(PathBuf::from(named));
    }
    let usual = PathBuf::from("/usr/bin/chromium");
    if usual.exists() {
        return Ok(usual);
    }
    let root = output("id", &["-u"]).as_deref() == Some("0");
    if root && Path::new("/etc/debian_version").exists() {
        println!("Installing Chromium by apt-get: the page is tested in a real browser.");
        run(Command::new("apt-get").arg("update"))?;
        run(Command::new("apt-get").args(["install", "-y", "--no-install-recommends", "chromium"]))?;
        return Ok(usual);
    }
    bail!("Chromium is missing: install it, or name one in LACUNA_CHROMIUM")
}

/// Whether cargo-nextest is there; plain `cargo test` serves where it is not.
pub fn has_nextest() -> bool {
    output("cargo", &["nextest", "--version"]).is_some()
}
