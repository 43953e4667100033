//! Two visits of an eye: `lacuna compare`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`measured`] | a scan that is segmented now, or what an earlier run wrote of one |
//! | [`picture`] | the map of change |

pub mod measured;
pub mod picture;

use std::fmt::Write;

use fluid::report::RESEARCH_USE_NOTICE;
use fluid::{InputReport, ModelReport, SoftwareReport};
use oct::{EnFace, FluidClass};
use serde::Serialize;
use visits::{
    Change, ChangeMap, Comparison, Landmark, NotRegistered, RegisteredBy, Registration, register,
    register_by_hand,
};

use crate::args::{CompareArgs, LandmarkArg};
use crate::failure::Failure;
use crate::inference::{EngineSegmenter, Segmenter};
use crate::output::OutputSet;
use measured::{Measured, is_of_earlier_run};

/// Version of the shape of [`JSON`].
pub const SCHEMA: &str = "lacuna.compare/1";
/// The files, beside [`picture::MAP`].
pub const JSON: &str = "compare.json";
/// See [`JSON`].
pub const CSV: &str = "compare.csv";

/// What is written of two visits.
#[derive(Debug, Serialize)]
pub struct Compared<'a> {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What wrote it.
    pub software: SoftwareReport,
    /// The first visit.
    pub before: ComparedVisit<'a>,
    /// The second.
    pub after: ComparedVisit<'a>,
    /// What changed.
    pub comparison: &'a Comparison,
    /// Why the scans do not lie on each other, in a sentence.
    pub not_registered_because: Option<String>,
    /// [`Comparison::cautions`] in sentences.
    pub cautions: Vec<String>,
    /// For what it is no basis.
    pub research_use_notice: &'static str,
}

/// One of the two.
#[derive(Debug, Serialize)]
pub struct ComparedVisit<'a> {
    /// The scan.
    pub input: &'a InputReport,
    /// The network that labelled it.
    pub model: &'a ModelReport,
    /// Sentences from reading and measuring it.
    pub warnings: &'a [String],
}

/// Runs `lacuna compare`.
///
/// # Errors
/// [`Failure`] where an input, the engine or an output fails; nothing is written then.
pub fn run(args: &CompareArgs, json: bool) -> Result<(), Failure> {
    crate::print(&run_with(args, json, || {
        EngineSegmenter::start(args.how.weights.as_deref(), args.how.device)
    })?);
    Ok(())
}

/// As [`run`], by the segmenter that `start` gives, which is asked for none where both visits are
/// measured already. Gives what goes to stdout.
///
/// # Errors
/// As of [`run`].
pub fn run_with<S: Segmenter>(
    args: &CompareArgs,
    json: bool,
    start: impl FnOnce() -> Result<S, Failure>,
) -> Result<String, Failure> {
    let paths = [&args.before, &args.after];
    measured::check(paths)?;
    let out = args.out.as_deref();
    let outputs = out.map(OutputSet::new).transpose()?;
    let needs_engine = paths.iter().any(|path| !is_of_earlier_run(path));
    let segmenter = if needs_engine { Some(start()?) } else { None };
    let measure = |path: &std::path::Path| match &segmenter {
        Some(segmenter) if !is_of_earlier_run(path) => Measured::scan(path, &args.how, out, segmenter, json),
        _ => Measured::of_earlier_run(path, args.how.identified),
    };
    let [before, after] = [measure(paths[0])?, measure(paths[1])?];
    let registration = registered(&before, &after, &args.landmark);
    if let Err(other_eye @ NotRegistered::OtherEye { .. }) = registration {
        return Err(Failure::Registration(other_eye));
    }
    // What a person said is done or refused, never passed over.
    if let (Err(refused), false) = (registration, args.landmark.is_empty()) {
        return Err(Failure::Registration(refused));
    }
    let comparison = Comparison::of(&before.visit(), &after.visit(), registration);
    let compared = Compared {
        schema: SCHEMA,
        software: SoftwareReport { name: "lacuna".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        before: before.compared(),
        after: after.compared(),
        not_registered_because: comparison.not_registered.map(|why| why.to_string()),
        cautions: comparison.cautions.iter().map(ToString::to_string).collect(),
        comparison: &comparison,
        research_use_notice: RESEARCH_USE_NOTICE,
    };
    let document = crate::pretty(&compared)?;
    if let Some(mut outputs) = outputs {
        let map = registration
            .ok()
            .and_then(|registration| ChangeMap::of(&before.visit(), &after.visit(), &registration));
        if let Some(map) = map {
            outputs.stage(picture::MAP, &picture::png(&map)?)?;
        }
        outputs.stage(CSV, comparison.to_csv().as_bytes())?;
        outputs.stage(JSON, document.as_bytes())?;
        outputs.commit()?;
    }
    Ok(if json { document } else { table(&compared) })
}

impl Measured {
    fn compared(&self) -> ComparedVisit<'_> {
        ComparedVisit { input: &self.input, model: &self.model, warnings: &self.warnings }
    }
}

fn registered(
    before: &Measured,
    after: &Measured,
    landmarks: &[LandmarkArg],
) -> Result<Registration, NotRegistered> {
    let [one, other] = [before, after];
    if landmarks.is_empty() {
        let (before, after) = (one.visit(), other.visit());
        return register(&before.scan(one.picture.as_ref()), &after.scan(other.picture.as_ref()));
    }
    let grids = [one, other].map(|measured| EnFace::of(measured.geometry()));
    let [Some(before_grid), Some(after_grid)] = &grids else {
        // It says which one has no places.
        return register_by_hand(&one.visit().scan(None), &other.visit().scan(None), &[]);
    };
    let place = |grid: &EnFace, [bscan, column]: [f64; 2]| grid.place(bscan - 1.0, column - 1.0);
    let landmarks: Vec<Landmark> = landmarks
        .iter()
        .map(|given| Landmark {
            before: place(before_grid, given.before),
            after: place(after_grid, given.after),
        })
        .collect();
    register_by_hand(&one.visit().scan(None), &other.visit().scan(None), &landmarks)
}

/// The comparison for people.
fn table(compared: &Compared<'_>) -> String {
    let comparison = compared.comparison;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let apart = match comparison.days {
        Some(0) => "on one day".to_owned(),
        Some(1 | -1) => "a day apart".to_owned(),
        Some(days) => format!("{} days apart", days.abs()),
        None => "an unknown time apart".to_owned(),
    };
    let eye = comparison.laterality.map_or(String::new(), |eye| format!(" of {}", eye.abbreviation()));
    let _ = writeln!(text, "two visits{eye}, {apart}");
    match (&comparison.registration, &compared.not_registered_because) {
        (Some(registration), _) => {
            let by = match registration.by {
                RegisteredBy::Vessels => "their vessels",
                RegisteredBy::Fovea => "the fovea of both",
                RegisteredBy::ByHand => "the landmarks given",
            };
            let _ = writeln!(
                text,
                "laid on each other by {by}, turned by {:.1}°; both see {:.1} mm²",
                registration.transform.turned_degrees(),
                registration.overlap_mm2
            );
        }
        (None, Some(because)) => {
            let _ = writeln!(text, "not laid on each other: {because}");
        }
        (None, None) => {}
    }
    let _ = writeln!(text, "{:<24}{:>12}{:>12}{:>12}{:>10}", "", "before", "after", "change", "percent");
    for class in FluidClass::ALL {
        let name = format!("{} in the whole scans", class.abbreviation());
        line(&mut text, &name, "nl", comparison.whole_nl.get(class));
    }
    if let Some(common) = &comparison.common {
        for class in FluidClass::ALL {
            let name = format!("{} in what both see", class.abbreviation());
            line(&mut text, &name, "nl", common.volume_nl.get(class));
        }
        for disc in &common.discs {
            for class in FluidClass::ALL {
                let name = format!("{} within {} mm", class.abbreviation(), disc.diameter_mm);
                line(&mut text, &name, "nl", disc.change.volume_nl.get(class));
            }
        }
        line(&mut text, "central subfield", "µm", &common.central_subfield_um);
    } else {
        line(&mut text, "central subfield", "µm", &comparison.central_subfield_um);
    }
    for (which, visit) in [("first", &compared.before), ("second", &compared.after)] {
        for warning in visit.warnings {
            let _ = writeln!(text, "warning, {which} scan: {warning}");
        }
    }
    for caution in &compared.cautions {
        let _ = writeln!(text, "caution: {caution}");
    }
    let _ = writeln!(text, "{RESEARCH_USE_NOTICE}");
    text
}

fn line(text: &mut String, name: &str, unit: &str, change: &Change) {
    let figure =
        |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), |v| format!("{v:.1} {unit}"));
    let signed = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:+.1} {unit}"))
    };
    // There is no percent of nothing.
    let percent = change.percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent:+.0} %"));
    let _ = writeln!(
        text,
        "{name:<24}{:>12}{:>12}{:>12}{percent:>10}",
        figure(change.before),
        figure(change.after),
        signed(change.difference, unit)
    );
}
