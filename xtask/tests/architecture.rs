//! Dependencies point one way: files -> volume -> network -> figures -> people.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

type Graph = BTreeMap<String, BTreeSet<String>>;

/// For each of our packages, which of our packages it may name.
const ALLOWED: &[(&str, &[&str])] = &[
    ("oct", &[]),
    ("oct-formats", &["oct"]),
    ("oct-phantom", &["oct"]),
    ("fluid", &["oct"]),
    ("correct", &["oct"]),
    ("visits", &["oct", "fluid"]),
    ("study", &["oct", "oct-formats", "fluid", "correct", "visits"]),
    ("mmis-model", &[]),
    ("mmis-cpu", &["mmis-model"]),
    ("mmis-gpu", &["mmis-model"]),
    ("mmis-net", &["mmis-model"]),
    ("engine-protocol", &["oct", "fluid", "correct", "visits"]),
    ("engine", &["oct", "fluid", "mmis-model", "mmis-cpu", "mmis-gpu", "engine-protocol"]),
    ("cpu-worker", &["oct", "fluid", "engine", "engine-protocol"]),
    (
        "engine-worker",
        &[
            "oct",
            "oct-formats",
            "oct-phantom",
            "fluid",
            "correct",
            "visits",
            "study",
            "engine",
            "engine-protocol",
            "cpu-worker",
        ],
    ),
    ("scene", &["oct"]),
    ("scene-worker", &["oct", "scene", "engine-protocol"]),
    ("lacuna", &["oct", "oct-formats", "fluid", "correct", "engine-protocol", "scene"]),
    ("lacuna-cli", &["oct", "oct-formats", "oct-phantom", "fluid", "visits", "study", "engine"]),
    ("trainer", &["oct", "oct-formats", "oct-phantom", "fluid", "mmis-model", "mmis-net", "engine"]),
    ("ways", &["oct", "oct-phantom"]),
    ("xtask", &[]),
];

/// What a package must never reach, however far down: prefixes of package names.
const NEVER: &[(&str, &[&str])] = &[
    ("lacuna", &["burn", "cubecl", "wgpu", "safetensors", "image", "tiff"]),
    // Burn trains and is the reference; what people run is lighter.
    ("engine", &["burn", "cubecl", "leptos"]),
    ("engine-worker", &["burn", "cubecl", "leptos"]),
    ("mmis-cpu", &["burn", "leptos", "web-sys"]),
    ("mmis-model", &["burn", "leptos", "web-sys"]),
    ("mmis-gpu", &["burn", "cubecl", "leptos"]),
    ("oct", &["burn", "leptos", "web-sys", "wasm-bindgen"]),
    ("fluid", &["burn", "leptos", "web-sys", "wasm-bindgen"]),
    ("correct", &["burn", "leptos", "web-sys", "wasm-bindgen"]),
    ("visits", &["burn", "leptos", "web-sys", "wasm-bindgen"]),
    ("oct-formats", &["burn", "leptos", "web-sys"]),
    ("scene", &["burn", "leptos", "web-sys", "wasm-bindgen"]),
    ("scene-worker", &["burn", "wgpu", "leptos"]),
    ("study", &["burn", "leptos", "web-sys"]),
];

/// `reached` gives all that a package reaches, however far down.
fn breaches(ours: &Graph, reached: impl Fn(&str) -> BTreeSet<String>) -> Vec<String> {
    let mut breaches = Vec::new();
    for (package, dependencies) in ours {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == package) else {
            breaches.push(format!("{package} has no place in the architecture"));
            continue;
        };
        for dependency in dependencies.iter().filter(|name| !allowed.contains(&name.as_str())) {
            breaches.push(format!("{package} must not depend on {dependency}"));
        }
    }
    for (package, prefixes) in NEVER {
        for reached in reached(package) {
            if prefixes.iter().any(|prefix| reached == *prefix || reached.starts_with(&format!("{prefix}-")))
            {
                breaches.push(format!("{package} must not reach {reached}"));
            }
        }
    }
    breaches
}

/// All that `package` reaches when it is built by itself: features that only
/// another of our packages asks for do not count.
fn reached(package: &str) -> BTreeSet<String> {
    let tree = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--target", "all"];
    let output = Command::new(env!("CARGO")).args(tree).args(["--package", package]).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<String> =
        lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    assert!(names.contains(package), "{}", String::from_utf8_lossy(&output.stderr));
    names
}

/// For each of our packages, which of our packages it names.
fn ours() -> Graph {
    let output = Command::new(env!("CARGO")).args(["metadata", "--format-version", "1"]).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let name_of: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    let members: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| name_of[id.as_str().unwrap()])
        .collect();
    let mut all = Graph::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let dependencies = all.entry(name_of[node["id"].as_str().unwrap()].to_owned()).or_default();
        for dependency in node["deps"].as_array().unwrap() {
            let normal =
                dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null());
            if normal {
                dependencies.insert(name_of[dependency["pkg"].as_str().unwrap()].to_owned());
            }
        }
    }
    all.into_iter()
        .filter(|(name, _)| members.contains(name.as_str()))
        .map(|(name, mut dependencies)| {
            dependencies.retain(|name| members.contains(name.as_str()));
            (name, dependencies)
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let ours = ours();
    assert!(ours.len() >= ALLOWED.len(), "packages are missing: {:?}", ours.keys());
    assert_eq!(breaches(&ours, reached), Vec::<String>::new());
}

#[test]
fn a_dependency_against_the_direction_is_found() {
    let graph: Graph = BTreeMap::from([
        ("oct".to_owned(), BTreeSet::from(["engine".to_owned()])),
        ("lacuna".to_owned(), BTreeSet::from(["oct".to_owned()])),
    ]);
    let reached = |package: &str| match package {
        "lacuna" => BTreeSet::from(["burn-core".to_owned()]),
        _ => BTreeSet::new(),
    };
    let found = breaches(&graph, reached);
    assert!(found.contains(&"oct must not depend on engine".to_owned()), "{found:?}");
    assert!(found.contains(&"lacuna must not reach burn-core".to_owned()), "{found:?}");
}
