//! Tells the trainer which commit it is built from, for the runs that it makes.

use std::path::Path;
use std::process::Command;

fn main() {
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
