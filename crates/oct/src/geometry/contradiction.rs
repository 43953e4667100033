//! A length that a file states twice, where both figures cannot be true.

use serde::{Deserialize, Serialize};

use super::doubt::{Doubt, Mistake, Proposal, claims};
use super::possible::{Implausible, Stated, is_usual};
use super::spacing::{Axis, AxisSpacing, SaidBy, SpacingSource};

/// Figures that differ by no more than this fraction are one: they are rounded, and count
/// now the samples, now the steps between them.
const AGREES: f64 = 0.03;

/// Another statement of a spacing than the one that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The field that was taken.
    taken: String,
    /// The field that says otherwise.
    other: String,
    /// What would be meant if that one is right, mm in the order of [`Axis::ALL`]; `None`
    /// where it agrees or says nothing. Several where it ties two axes together: a ratio
    /// says that one of them is wrong, and not which.
    readings: Vec<[Option<f64>; 3]>,
}

/// The fields that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The one that was taken.
    pub taken: String,
    /// The one that says otherwise.
    pub other: String,
}

impl Contradiction {
    /// What `readings` of field `other` contradict in `spacing` by axis; `None` where one of
    /// them agrees, and where no figure stands against another.
    pub(super) fn of(
        spacing: [&AxisSpacing; 3],
        other: &str,
        readings: impl IntoIterator<Item = [Option<f64>; 3]>,
    ) -> Option<Self> {
        let differing = |reading: [Option<f64>; 3]| {
            Axis::ALL.map(|axis| {
                let (taken, mm) = (spacing[axis.index()].mm()?, reading[axis.index()]?);
                let is_length = mm.is_finite() && mm > 0.0;
                (is_length && (mm - taken).abs() > AGREES * mm.max(taken)).then_some(mm)
            })
        };
        let readings: Vec<[Option<f64>; 3]> = readings.into_iter().map(differing).collect();
        let agrees = |reading: &[Option<f64>; 3]| reading.iter().all(Option::is_none);
        if readings.is_empty() || readings.iter().any(agrees) {
            return None;
        }
        let is_contradicted = |axis: &Axis| readings.iter().any(|reading| reading[axis.index()].is_some());
        let mut taken: Vec<&str> = Vec::new();
        for axis in Axis::ALL.iter().filter(|axis| is_contradicted(axis)) {
            let field = match spacing[axis.index()].source() {
                SpacingSource::FromFile { tag } => tag.as_str(),
                _ => continue,
            };
            if !taken.contains(&field) {
                taken.push(field);
            }
        }
        Some(Self { taken: taken.join(", "), other: other.to_owned(), readings })
    }

    /// The axes that it speaks of.
    fn axes(&self) -> Vec<Axis> {
        let is_contradicted = |axis: &Axis| self.readings.iter().any(|one| one[axis.index()].is_some());
        Axis::ALL.into_iter().filter(is_contradicted).collect()
    }

    /// The same with the mm of each reading in another order.
    pub(super) fn reordered(&self, order: impl Fn([Option<f64>; 3]) -> [Option<f64>; 3]) -> Self {
        Self { readings: self.readings.iter().map(|reading| order(*reading)).collect(), ..self.clone() }
    }

    /// The doubt that follows, as long as nobody vouches for one of its axes: who does has
    /// decided between the two.
    pub(super) fn doubt(&self, stated: &Stated) -> Option<Doubt> {
        let axes = self.axes();
        let is_open = |axis: &Axis| stated.is_claim(*axis) && stated.mm[axis.index()].is_some();
        if !axes.iter().all(is_open) {
            return None;
        }
        let of_these = |axis: Axis| stated.mm[axis.index()].filter(|_| axes.contains(&axis));
        let otherwise_mm = match self.readings.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let because = Implausible::Contradicted { stated_mm: Axis::ALL.map(of_these), otherwise_mm };
        let read = |reading: &[Option<f64>; 3]| {
            Axis::ALL.map(|axis| reading[axis.index()].or(stated.mm[axis.index()]))
        };
        let usual = self.readings.iter().map(read).find(|mm| is_usual(&Stated { mm: *mm, ..*stated }));
        let proposal = usual.map(|mm| Proposal { spacing: claims(stated, mm), mistake: Mistake::OtherField });
        let fields = Some(Fields { taken: self.taken.clone(), other: self.other.clone() });
        Some(Doubt {
            because,
            said_by: vec![SaidBy::File],
            fields,
            axes,
            stated: claims(stated, stated.mm),
            proposal,
        })
    }
}
