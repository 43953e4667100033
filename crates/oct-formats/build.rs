//! Tells the tests whether the real files are there: those that need them are
//! shown as ignored where they are not. After fetching them, touch this file.

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(shared_data)");
    println!("cargo::rerun-if-env-changed=LACUNA_DATA");
    // Not the folder itself: cargo would look at each of its files before every build.
    println!("cargo::rerun-if-changed=build.rs");
    let beside =
        || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../../shared/data");
    if env::var_os("LACUNA_DATA").map_or_else(beside, PathBuf::from).is_dir() {
        println!("cargo::rustc-cfg=shared_data");
    }
}
