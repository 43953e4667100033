//! Writes the ways that the page is tried with into a folder: `ways FOLDER`. What is
//! right for each stands in `ways.json`. `ways FOLDER NAME…` writes these ways of the
//! table instead, to look at one by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "input for tests, never shipped")]

use std::fs;
use std::path::Path;

use serde_json::json;
use ways::scan::{self, Known};
use ways::{Expected, Way, table};

/// B-scans that the page segments of each: the browser takes about a second for one.
const FEW: usize = 3;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| panic!("which folder? ways FOLDER [NAME…]"));
    let names: Vec<String> = arguments.collect();
    let folder = Path::new(&folder);
    let (right, left) = (scan::right(), scan::left());
    let rows = if names.is_empty() {
        let few = (right.part(3, FEW), left.part(3, FEW));
        let mut ways = table::in_browser();
        // Each with a name of its own, by which the page shows that it is there.
        for (number, way) in ways.iter_mut().enumerate() {
            way.base = Box::leak(format!("way{number}").into_boxed_str());
        }
        write(folder, ways, &few.0, &few.1)
    } else {
        let mut ways = table::ways();
        ways.retain(|way| names.contains(&way.name));
        write(folder, ways, &right, &left)
    };
    fs::write(folder.join("ways.json"), format!("{rows:#}\n")).unwrap();
}

/// Writes each way into a folder of its own.
fn write(folder: &Path, ways: Vec<Way>, right: &Known, left: &Known) -> serde_json::Value {
    let mut rows = Vec::new();
    for (number, way) in ways.iter().enumerate() {
        let place = format!("{number:03}");
        let mut paths = Vec::new();
        for file in way.files(right, left) {
            let path = format!("{place}/{}", file.path);
            fs::create_dir_all(folder.join(&path).parent().unwrap()).unwrap();
            fs::write(folder.join(&path), file.bytes).unwrap();
            paths.push(path);
        }
        rows.push(json!({
            "name": way.name,
            "files": paths,
            "spacing_mm": way.spacing_mm().map(|mm| mm.split(',').map(str::to_owned).collect::<Vec<_>>()),
            "expected": match way.expected {
                Expected::Same => "same",
                Expected::SameOrAsked => "same or asked",
                Expected::BoundOrNone => "bound or none",
                Expected::NoFigure => "no figure",
                Expected::Choice => "choice",
            },
        }));
    }
    rows.into()
}
