//! A folder for a Linux machine with a GPU and without network: `run.sh` in it prints a table.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::material::{self, bench, forward_program, made};
use crate::bundle;
use crate::process::{root, run, stage};

/// What may travel to such a machine at most.
const MOST_BYTES: u64 = 60 << 20;
/// onnxruntime with a WebGPU backend of its own, and the processor's; the CUDA one is 300 MB.
const WHEEL: &str = "onnxruntime-webgpu==1.27.0";

/// Fills `folder`; `python` is the version there.
pub fn pack(folder: &Path, python: &str, build: bool) -> Result<()> {
    if build {
        stage("building the engine's example with its GPU path", || {
            run(Command::new("cargo").args([
                "build",
                "--release",
                "--package",
                "engine",
                "--features",
                "gpu",
                "--example",
                "forward",
            ]))
        })?;
    }
    fs::create_dir_all(made())?;
    material::npm()?;
    material::onnx(build)?;
    let input = made().join(material::input_name());
    ensure!(input.exists(), "no {}: run `cargo xtask bench --quick --only cpu` first", input.display());
    let program = forward_program();
    ensure!(program.exists(), "no {}: leave --no-build out", program.display());

    fs::create_dir_all(folder)?;
    let copy = |from: &Path, name: &str| -> Result<()> {
        fs::copy(from, folder.join(name)).with_context(|| format!("cannot copy {}", from.display()))?;
        Ok(())
    };
    copy(&program, "forward")?;
    // Symbols are most of it; without strip it only travels longer.
    let _ = Command::new("strip").arg(folder.join("forward")).status();
    copy(&root().join("weights/mmis-net.safetensors"), "mmis-net.safetensors")?;
    copy(&made().join("mmis-net.onnx"), "mmis-net.onnx")?;
    copy(&input, "input.f32")?;
    for name in ["native.py", "dawn.mjs", "run.sh"] {
        copy(&bench().join(name), name)?;
    }
    for name in ["peer.js", "timing.js"] {
        copy(&bench().join("web").join(name), name)?;
    }
    // Compressed, since they are three quarters air.
    run(Command::new("tar")
        .arg("-czf")
        .arg(folder.join("dawn.tar.gz"))
        .arg("-C")
        .arg(bench().join("node_modules"))
        .args([
            "webgpu/index.js",
            "webgpu/package.json",
            "webgpu/LICENSE.md",
            "webgpu/dist/linux-x64",
            "onnxruntime-web/dist/ort.webgpu.min.mjs",
            "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs",
            "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm",
        ]))?;
    let platforms = ["2_28", "2_27", "2_17"].map(|glibc| format!("manylinux_{glibc}_x86_64"));
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary=:all:", "--implementation", "cp", "--python-version", python])
        .args(platforms.iter().flat_map(|platform| ["--platform", platform]))
        .arg("-d")
        .arg(folder.join("wheels"))
        .arg(WHEEL))?;
    let bytes: u64 =
        bundle::files(folder)?.iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
    println!(
        "{}: {:.1} MB. There: `bash run.sh`. Not tried on a GPU yet.",
        folder.display(),
        bytes as f64 / 1e6
    );
    ensure!(bytes <= MOST_BYTES, "the folder has {bytes} bytes, more than {MOST_BYTES}");
    Ok(())
}
