//! What is measured with: the page, the peers, the network as ONNX, volumes, servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

use super::{BenchArgs, GRID};
use crate::process::{output, root, run, stage};
use crate::server::{Running, Site};
use crate::{bundle, tools};

/// What is measured with.
pub struct Material {
    pub runs: usize,
    pub quick: bool,
    /// By this call, so that it is of these sources.
    pub built: bool,
    pub cores: usize,
    /// Seconds for which a forward pass is repeated in one run.
    pub seconds: f64,
    /// As the lock pins it.
    pub onnxruntime_web: String,
    /// As requirements.txt pins it; `None` where there is no Python.
    pub python: Option<PathBuf>,
    pub chromium: PathBuf,
    /// What the browser says of itself and its adapter.
    pub browser: Value,
    lacuna: PathBuf,
    forward: PathBuf,
    page: Running,
    site: Running,
}

impl Material {
    /// Builds, installs and makes what is missing.
    pub fn gather(args: &BenchArgs) -> Result<Self> {
        if args.no_build {
            ensure!(
                bundle::folder().join("index.html").exists(),
                "dist/ holds no page: leave --no-build out, or run `cargo xtask dist`"
            );
        } else {
            bundle::production()?;
        }
        let [lacuna, forward] = programs(!args.no_build)?;
        fs::create_dir_all(made())?;
        npm()?;
        onnx(!args.no_build)?;
        let site = Site {
            folders: vec![
                ("ort/", bench().join("node_modules/onnxruntime-web/dist")),
                ("made/", made()),
                ("page/", bundle::folder()),
                ("", bench().join("web")),
            ],
            manner: Site::ISOLATED,
        };
        let page = Site { folders: vec![("", bundle::folder())], manner: Site::KEPT };
        let mut material = Self {
            runs: if args.quick { 1 } else { args.runs as usize },
            quick: args.quick,
            built: !args.no_build,
            cores: std::thread::available_parallelism()?.get(),
            seconds: if args.quick { 2.0 } else { 8.0 },
            onnxruntime_web: version("onnxruntime-web")?,
            python: python(),
            chromium: tools::chromium()?,
            browser: Value::Null,
            lacuna,
            forward,
            page: Running::start_site(page, 0)?,
            site: Running::start_site(site, 0)?,
        };
        material.browser = material.in_browser("about", &json!({}))?;
        let eye = material.eye(1)?;
        run(Command::new("node")
            .arg(bench().join("input.mjs"))
            .args(&eye)
            .arg(grid().to_string())
            .arg(material.input()))?;
        Ok(material)
    }

    /// What `bench/browser.mjs` answers to `job`.
    pub fn in_browser(&self, job: &str, wanted: &Value) -> Result<Value> {
        let answer = Command::new("node")
            .arg(bench().join("browser.mjs"))
            .args([job, &wanted.to_string()])
            .env("BENCH_PAGE", self.page.url())
            .env("BENCH_SITE", self.site.url())
            .env("LACUNA_CHROMIUM", &self.chromium)
            .stderr(Stdio::inherit())
            .output()
            .context("node could not be started")?;
        last_line(&answer.stdout)
    }

    /// What the engine's example prints for `arguments`.
    pub fn forward(&self, arguments: &[&str]) -> Result<Value> {
        let answer = Command::new(&self.forward)
            .arg("--input")
            .arg(self.input())
            .args(["--rows", &GRID[0].to_string(), "--columns", &GRID[1].to_string()])
            .args(["--seconds", &self.seconds.to_string()])
            .args(arguments)
            .current_dir(root())
            .stderr(Stdio::inherit())
            .output()?;
        last_line(&answer.stdout)
    }

    /// What `bench/native.py` prints for `arguments`.
    pub fn in_python(&self, arguments: &[&str]) -> Result<Value> {
        let python = self.python.as_ref().context("no Python with onnxruntime")?;
        let answer = Command::new(python)
            .arg(bench().join("native.py"))
            .args([made().join("mmis-net.onnx"), self.input()])
            .args(["--rows", &GRID[0].to_string(), "--columns", &GRID[1].to_string()])
            .args(["--seconds", &self.seconds.to_string()])
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()?;
        last_line(&answer.stdout)
    }

    /// Header and samples of a generated Spectralis eye of 512 x 496 samples, with all fluids.
    pub fn eye(&self, bscans: usize) -> Result<[PathBuf; 2]> {
        let folder = made().join(format!("eye-{bscans}"));
        let files = ["oct.mhd", "oct.raw"].map(|name| folder.join(name));
        if files.iter().any(|file| !file.exists()) {
            run(Command::new(&self.lacuna)
                .args(["phantom", "--style", "spectralis", "--seed", "3", "--fluid", "irf,srf,ped"])
                .args(["--frames", &bscans.to_string(), "--out"])
                .arg(folder)
                .stdout(Stdio::null()))?;
            // Of a scan that is longer than any eye the page asks first.
            let header = fs::read_to_string(&files[0])?;
            let between = BETWEEN_MM.min(MOST_MM / bscans as f64);
            fs::write(&files[0], header.replace(&format!(" {BETWEEN_MM}\n"), &format!(" {between}\n")))?;
        }
        Ok(files)
    }

    /// The forward pass's input.
    pub fn input(&self) -> PathBuf {
        made().join(input_name())
    }

    /// The flags with which the browser offers its adapter, and whether it is an emulation.
    pub fn adapter(&self) -> Option<(&str, bool)> {
        let adapter = self.browser["adapter"].as_object()?;
        let name = adapter["name"].as_str()?.to_lowercase();
        let software = ["swiftshader", "llvmpipe", "lavapipe"].iter().any(|word| name.contains(word));
        Some((adapter["flags"].as_str()?, software))
    }

    /// "onnxruntime-web 1.30.0".
    pub fn web_peer(&self) -> String {
        format!("onnxruntime-web {}", self.onnxruntime_web)
    }
}

/// Between the B-scans of a generated Spectralis eye, mm.
const BETWEEN_MM: f64 = 0.12;
/// All of its B-scans together at most, mm.
const MOST_MM: f64 = 6.0;

/// The folder of the web and Python parts.
pub fn bench() -> PathBuf {
    root().join("bench")
}

/// Where what is made for measuring lies.
pub fn made() -> PathBuf {
    root().join("target/bench")
}

/// For the scripts.
pub fn grid() -> Value {
    json!({ "rows": GRID[0], "columns": GRID[1] })
}

/// Name of the file of the forward pass's input.
pub fn input_name() -> String {
    format!("input-{}x{}.f32", GRID[0], GRID[1])
}

/// The JSON in the last line of what a script or program printed.
fn last_line(printed: &[u8]) -> Result<Value> {
    let text = String::from_utf8_lossy(printed);
    let line = text.lines().last().context("it printed nothing")?;
    let value: Value = serde_json::from_str(line).with_context(|| format!("it printed `{line}`"))?;
    match value["error"].as_str() {
        Some(error) => Err(anyhow!("{error}")),
        None => Ok(value),
    }
}

/// The version of an npm package, as it is installed.
pub fn version(package: &str) -> Result<String> {
    let file = bench().join("node_modules").join(package).join("package.json");
    let package: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    Ok(package["version"].as_str().context("a package without version")?.to_owned())
}

/// The peer and the browser's driver.
pub fn npm() -> Result<()> {
    if output("npm", &["--version"]).is_none() {
        bail!("npm is missing: install Node.js 20 or newer (it brings npm)");
    }
    let modified = |name: &str| bench().join(name).metadata().and_then(|data| data.modified()).ok();
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return Ok(());
    }
    println!("Installing onnxruntime-web, Dawn and a driver for the browser: we are measured against them.");
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
        .arg(bench()))
}

/// A Python with onnxruntime; `None`, and why, where there is none.
fn python() -> Option<PathBuf> {
    let folder = made().join("python");
    let program = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let requirements = bench().join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).ok()?;
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|there| there == wanted) {
        return Some(program);
    }
    println!("Installing onnxruntime for Python: the program is measured against it.");
    let set_up = || -> Result<()> {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&program).args(pip).arg(&requirements))?;
        Ok(fs::write(&installed, &wanted)?)
    };
    set_up()
        .inspect_err(|error| println!("No row against native onnxruntime: {error:#}"))
        .ok()
        .map(|()| program)
}

/// The network as ONNX, float32, from the weights that are shipped.
pub fn onnx(may_build: bool) -> Result<()> {
    let weights = root().join("weights/mmis-net.safetensors");
    let file = made().join("mmis-net.onnx");
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    if file.exists() && modified(&file) >= modified(&weights) {
        return Ok(());
    }
    let mut export = match std::env::var_os("LACUNA_TRAINER") {
        Some(named) => Command::new(named),
        None if may_build => {
            let mut cargo = Command::new("cargo");
            cargo.args(["run", "--release", "--package", "trainer", "--no-default-features"]);
            cargo.args(["--features", "flex", "--"]);
            cargo
        }
        None => bail!("no mmis-net.onnx in target/bench: name a built trainer in LACUNA_TRAINER"),
    };
    stage("writing the network as ONNX (builds the trainer at the first time)", || {
        run(export.arg("export").arg("--weights").arg(&weights).arg("--out").arg(&file))
    })
}

/// The programs `lacuna`, which makes eyes, and the engine's example `forward`.
fn programs(build: bool) -> Result<[PathBuf; 2]> {
    if build {
        stage("building the programs", || {
            let cargo = || {
                let mut cargo = Command::new("cargo");
                cargo.args(["build", "--release"]);
                cargo
            };
            run(cargo().args(["--package", "lacuna-cli", "--no-default-features"]))?;
            run(cargo().args(["--package", "engine", "--example", "forward"]))
        })?;
    }
    let named = std::env::var_os("LACUNA_CLI").map(PathBuf::from);
    let programs = [named.unwrap_or_else(|| target().join("release/lacuna")), forward_program()];
    for program in &programs {
        ensure!(program.exists(), "no {}: leave --no-build out", program.display());
    }
    Ok(programs)
}

/// The engine's example `forward`.
pub fn forward_program() -> PathBuf {
    target().join("release/examples/forward")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
