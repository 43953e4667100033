//! The wings of the crate depend one way, as the table in `lib.rs` lists them.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn a_wing_knows_only_those_above_it_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = fs::read_to_string(root.join("lib.rs")).unwrap();
    let wings: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("//! | [`")?.split_once('`').map(|(wing, _)| wing))
        .collect();
    let declared = table.lines().filter(|line| line.starts_with("pub mod ")).count();
    assert_eq!((wings.first(), wings.len()), (Some(&"data"), declared));
    let mut uses = 0;
    for (place, wing) in wings.iter().enumerate() {
        for file in sources(&root.join(wing)) {
            let text = fs::read_to_string(&file).unwrap();
            // Tests beside the code, and comments, may look anywhere.
            let code = text.split("#[cfg(test)]").next().unwrap().lines();
            let code: String = code.filter(|line| !line.trim_start().starts_with("//")).collect();
            for used in code.split("crate::").skip(1) {
                let used =
                    used.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap();
                let above = wings.iter().position(|other| *other == used);
                assert!(above.is_some_and(|above| above <= place), "{} uses {used}", file.display());
                uses += 1;
            }
        }
    }
    assert!(uses > 30, "only {uses} uses were seen");
}
