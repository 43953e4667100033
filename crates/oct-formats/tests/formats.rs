//! The table of formats, held against what derives from it elsewhere.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;

use oct_formats::formats::{FORMATS, ProvenOn, Row};

/// The table of `FORMATS.md`, a row a format.
fn support_table() -> String {
    let mut table =
        "| endings | format | opens | spacing from | written | proven on |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for row in FORMATS {
        let Row { holds, spacing_from, writes, .. } = row;
        let endings: Vec<String> = row.endings.iter().map(|ending| format!("`{ending}`")).collect();
        let opens = if row.not_read.is_none() { "yes" } else { "no" };
        let proven_on = match row.proven_on {
            ProvenOn::Files(files) => files,
            ProvenOn::DescriptionsOnly => "generated files",
            ProvenOn::NotRead => "",
        };
        let cells = [&endings.join(" "), *holds, opens, *spacing_from, *writes, proven_on];
        table += &cells.map(|cell| format!("| {cell} ").replace("|  ", "| ")).concat();
        table += "|\n";
    }
    table
}

#[test]
fn the_table_for_people_is_that_of_the_program() {
    let table = support_table();
    assert!(
        include_str!("../../../FORMATS.md").contains(&table),
        "FORMATS.md has another table than the one that follows from `FORMATS`:\n{table}"
    );
}

#[test]
fn each_reader_has_its_fuzz_targets_and_each_target_its_reader() {
    let manifest = include_str!("../../../fuzz/Cargo.toml");
    let stated: BTreeSet<&str> = manifest
        .split("[[bin]]\n")
        .skip(1)
        .filter_map(|bin| bin.lines().find_map(|line| line.strip_prefix("name = ")))
        .map(|name| name.trim_matches('"'))
        .collect();
    let wanted: BTreeSet<&str> = FORMATS.iter().flat_map(|row| row.fuzz_targets).copied().collect();
    assert_eq!(stated, wanted);
    for row in FORMATS.iter().filter(|row| row.not_read.is_none()) {
        assert!(!row.fuzz_targets.is_empty(), "{} has no fuzz target", row.name);
    }
    for target in wanted {
        let path = format!("{}/../../fuzz/fuzz_targets/{target}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(std::path::Path::new(&path).is_file(), "{path}");
    }
}
