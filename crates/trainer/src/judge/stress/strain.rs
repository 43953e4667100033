//! A network over stressed cases.

use anyhow::{Context, Result};
use oct::FluidClass;

use crate::data::{self, Case, Planes};

use super::super::predict::{HeldOut, Judge, Verdict};
use super::super::volumes::{VolumeScore, score};
use super::change::spaced;
use super::table::Stress;

/// What was found in the B-scans of a dataset under one stress.
#[derive(Debug, Clone, PartialEq)]
pub struct Strain {
    /// In the stressed B-scans: a B-scan and label each.
    pub found: Vec<VolumeScore>,
    /// In the unchanged ones, moved as the image is, against the same truth.
    pub unchanged: Vec<VolumeScore>,
}

/// What `judge` finds in one of `every` files of `held_out`, under each of `stresses`.
///
/// # Errors
/// Where a case cannot be read, changed or judged.
pub fn strained(
    judge: &Judge,
    held_out: &HeldOut<'_>,
    planes: &Planes,
    every: usize,
    stresses: &[Stress],
) -> Result<Vec<Strain>> {
    let HeldOut { entry, data, split } = *held_out;
    let of_case = |case: Case| -> Result<Vec<Strain>> {
        let case = spaced(case)?;
        let verdict = judge.judge(entry, &case)?;
        let under = |stress: &Stress| -> Result<Strain> {
            let changed = stress.change.case(&case)?;
            let of = |verdict: &Verdict| -> Result<Vec<VolumeScore>> {
                let scores = score(entry, planes, &changed, verdict)?.into_iter();
                Ok(scores.filter(|score| is_fluid(&score.label, planes)).collect())
            };
            Ok(Strain {
                found: of(&judge.judge(entry, &changed)?)?,
                unchanged: of(&stress.change.verdict(&verdict, &case))?,
            })
        };
        let name = |stress: &Stress| format!("{} under `{}`", case.name, stress.name);
        stresses.iter().map(|stress| under(stress).with_context(|| name(stress))).collect()
    };
    let cases = data::held_out(entry, data, planes, split, every, judge.sees_neighbours(), |cases| {
        cases.into_iter().map(of_case).collect::<Result<Vec<Vec<Strain>>>>()
    })?;
    let mut all: Vec<Strain> =
        stresses.iter().map(|_| Strain { found: Vec::new(), unchanged: Vec::new() }).collect();
    for case in cases {
        for (all, strain) in all.iter_mut().zip(case) {
            all.found.extend(strain.found);
            all.unchanged.extend(strain.unchanged);
        }
    }
    Ok(all)
}

/// Whether `label` is a fluid, or a superset of fluids.
fn is_fluid(label: &str, planes: &Planes) -> bool {
    let fluid = |leaf: &usize| {
        let name = &planes.names()[*leaf];
        FluidClass::ALL.iter().any(|class| class.abbreviation().eq_ignore_ascii_case(name))
    };
    planes.index(label).is_ok_and(|plane| planes.leaves(plane).iter().all(fluid))
}
