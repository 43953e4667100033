//! One eye in every way that people's programs write it, through the program.
//!
//! A way that keeps the truth gives the nanolitres and the masks of the reference;
//! one that breaks it is asked about, marked or refused, and never a plain figure.
//! The rows stand in `crates/ways/src/table`; what is known to be wrong in `known.rs`.
//!
//! A long search for what nobody thought of:
//!
//! ```text
//! LACUNA_WAYS_SEED=7 LACUNA_WAYS_COUNT=5000 cargo nextest run -p lacuna-cli --test ways compositions
//! ```

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod answer;
mod judge;
mod known;
mod segmenter;

use std::collections::BTreeMap;

use ways::{Expected, Way, random, table};

use crate::answer::Answer;
use crate::judge::Bench;

/// Tries `ways` and holds what fails against what is known to. `LACUNA_WAYS_ONLY` is a
/// part of the names that are to be tried. A composition may hide a known fault by another.
fn hold(ways: Vec<Way>, are_composed: bool) {
    let only = std::env::var("LACUNA_WAYS_ONLY").unwrap_or_default();
    // What breaks the truth needs no network: a figure is wrong, whatever it is.
    let mut benches = [None, None];
    let (mut wrong, mut counts) = (String::new(), BTreeMap::<Expected, [usize; 2]>::new());
    for way in ways.iter().filter(|way| way.name.contains(&only)) {
        let keeps = way.expected.keeps();
        let bench = benches[usize::from(keeps)]
            .get_or_insert_with(|| if keeps { Bench::new() } else { Bench::without_network() });
        let found = bench.judge(way);
        counts.entry(way.expected).or_default()[usize::from(found.is_err())] += 1;
        let known = if are_composed { known::why_perhaps(&way.name) } else { known::why(&way.name) };
        let said = match (found, known) {
            (Ok(()), None) | (Err(_), Some(_)) => continue,
            (Ok(()), Some(_)) if are_composed => continue,
            (Ok(()), Some(why)) => format!("{}: passes, though {why}: strike it off", way.name),
            (Err(found), None) => format!("{}: {found}", way.name),
        };
        eprintln!("{said}");
        wrong += &format!("{said}\n");
    }
    for (expected, [right, failed]) in counts {
        eprintln!("{expected:?}: {right} right, {failed} not");
    }
    assert!(wrong.is_empty(), "{} of {} ways:\n{wrong}", wrong.lines().count(), ways.len());
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn the_network_finds_the_fluid_of_the_eye_that_all_ways_are_of() {
    let bench = Bench::new();
    for (reference, known) in [(bench.right(), ways::scan::right()), (bench.left(), ways::scan::left())] {
        for label in 1..=3 {
            let truth: Vec<bool> = known.labels.iter().map(|of| *of == label).collect();
            let found: Vec<bool> = reference.mask.iter().map(|of| *of == label).collect();
            let dice = judge::dice(&truth, &found);
            assert!(dice > 0.75, "class {label}: Dice {dice}");
        }
    }
}

#[test]
fn ways_that_keep_the_truth_give_its_nanolitres_and_its_masks() {
    let mut ways = table::ways();
    ways.retain(|way| way.expected.keeps());
    assert!(ways.len() > 400, "{}", ways.len());
    hold(ways, false);
}

#[test]
fn ways_that_break_the_truth_never_give_a_plain_figure() {
    let mut ways = table::ways();
    ways.retain(|way| !way.expected.keeps());
    assert!(ways.len() > 400, "{}", ways.len());
    hold(ways, false);
}

#[test]
fn compositions_that_nobody_thought_of_are_answered_like_their_parts() {
    let (seed, count) =
        (from_environment("LACUNA_WAYS_SEED", 20), from_environment("LACUNA_WAYS_COUNT", 150));
    hold(random::ways(seed, count as usize), true);
}

#[test]
fn no_known_fault_is_of_a_way_that_is_not_there_any_more() {
    let ways = table::ways();
    for (pattern, why) in known::KNOWN {
        assert!(ways.iter().any(|way| known::fits(pattern, &way.name)), "{pattern}: {why}");
    }
}

/// The compiled program says what the same code says in this process.
#[test]
fn a_sample_of_the_ways_is_answered_alike_by_the_program_itself() {
    let mut bench = Bench::new();
    let ways = table::ways();
    let mut program = env!("CARGO_BIN_EXE_lacuna").to_owned();
    for way in ways.iter().step_by(ways.len() / 14) {
        let inside = bench.answer(way);
        let outside = bench.answer_of(way, Some(&mut program));
        let figures = |answer: &Answer| answer.volumes_nl();
        assert_eq!(figures(&inside), figures(&outside), "{}", way.name);
        assert_eq!(inside.sentence(), outside.sentence(), "{}", way.name);
    }
}
