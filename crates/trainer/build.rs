//! Tells the trainer which commit it is built from, for the runs that it makes, and its
//! tests whether the shared data is there (`cfg(shared_data)`), so that those that need it
//! are shown as ignored where it is not.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    name_commit();
    find_shared_data();
}

fn name_commit() {
    let git =
        Command::new("git").args(["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]).output();
    let described = git.ok().filter(|output| output.status.success());
    let commit = described.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    println!("cargo::rustc-env=LACUNA_COMMIT={}", commit.trim());
    // What decides about weights may have made the tree dirty. A path that is not there would build anew each time.
    for changed in [".", "../engine", "../mmis-net", "../oct-phantom", "../../.git/logs/HEAD"] {
        if Path::new(changed).exists() {
            println!("cargo::rerun-if-changed={changed}");
        }
    }
}

fn find_shared_data() {
    println!("cargo::rustc-check-cfg=cfg(shared_data)");
    println!("cargo::rerun-if-env-changed=LACUNA_DATA");
    let data =
        std::env::var_os("LACUNA_DATA").map_or_else(|| PathBuf::from("../../../shared/data"), PathBuf::from);
    if data.is_dir() {
        println!("cargo::rustc-cfg=shared_data");
    }
}
