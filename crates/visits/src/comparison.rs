//! What changed between two visits, in figures.

use fluid::regions::{DIAMETERS_MM, disc_mm2, region, subfield_mm2};
use fluid::{ByClass, FoveaSource, Subfield};
use oct::{EnFace, EnFacePlace, FluidClass, Laterality};
use serde::{Deserialize, Serialize};

use crate::caution::{Caution, cautions};
use crate::change::Change;
use crate::days::days_between;
use crate::registration::{NotRegistered, Registration, Which};
use crate::seen::Scanned;
use crate::visit::Visit;

/// There is a change of a region where both scans see at least this part of it. \[ours\]
pub const LEAST_SEEN: f64 = 0.75;
/// And of its thickness where that is known in both in this part, as within one scan.
const LEAST_THICKNESS: f64 = 0.5;

/// What changed between two visits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Days from the first to the second; `None` where a date is not known.
    pub days: Option<i64>,
    /// Which eye, where either file says so.
    pub laterality: Option<Laterality>,
    /// How the first scan lies on the second; `None` where that is not known.
    pub registration: Option<Registration>,
    /// Why it is not known.
    pub not_registered: Option<NotRegistered>,
    /// Nanolitres of each class in the whole scans, whatever each of them covers.
    pub whole_nl: ByClass<Change>,
    /// Mean thickness of the central subfield of each scan by itself, around its own fovea, µm.
    pub central_subfield_um: Change,
    /// What both scans see; `None` where they do not lie on each other.
    pub common: Option<Common>,
    /// Why a difference need not be a change of the eye.
    pub cautions: Vec<Caution>,
}

/// What changed of what both scans see: a scan that was shifted shows no change by that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Common {
    /// What both see, mm².
    pub seen_by_both_mm2: f64,
    /// What the first scan sees, mm².
    pub before_mm2: f64,
    /// What the second one sees.
    pub after_mm2: f64,
    /// Nanolitres of each class in what both see.
    pub volume_nl: ByClass<Change>,
    /// Around where the regions lie.
    pub centre: Centre,
    /// The subfields of the ETDRS grid, in the order of [`Subfield::all`] of the first scan.
    pub subfields: Vec<SubfieldChange>,
    /// The circles of 1, 3 and 6 mm.
    pub discs: Vec<DiscChange>,
    /// Mean thickness of the central subfield, µm, where both know it.
    pub central_subfield_um: Change,
}

/// Around where the regions of both scans lie: one place of the retina.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Centre {
    /// In the first scan.
    pub before: EnFacePlace,
    /// In the second.
    pub after: EnFacePlace,
    /// Whose fovea it is; `None` where neither is known, and it is the middle of the first scan.
    pub fovea_of: Option<Which>,
    /// Who says so.
    pub source: FoveaSource,
}

/// What changed in a region, of what both scans see of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RegionChange {
    /// The part of it that the first scan sees, 0..=1.
    pub scanned_before: f64,
    /// The part that the second one sees.
    pub scanned_after: f64,
    /// The part that both see.
    pub seen_by_both: f64,
    /// Nanolitres of each class in that part; `None` where it is less than [`LEAST_SEEN`].
    pub volume_nl: ByClass<Change>,
    /// Mean thickness of the retina where both know it, µm; `None` where that is less than half
    /// of the region.
    pub thickness_um: Change,
}

/// A subfield with its change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SubfieldChange {
    /// Which one.
    #[serde(flatten)]
    pub subfield: Subfield,
    /// What changed.
    #[serde(flatten)]
    pub change: RegionChange,
}

/// A circle around the fovea with its change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DiscChange {
    /// Its diameter in mm.
    pub diameter_mm: f64,
    /// What changed.
    #[serde(flatten)]
    pub change: RegionChange,
}

impl Comparison {
    /// Compares `before` with `after`, laid on each other by `registration`
    /// ([`crate::register`], [`crate::register_by_hand`]).
    pub fn of(
        before: &Visit<'_>,
        after: &Visit<'_>,
        registration: Result<Registration, NotRegistered>,
    ) -> Self {
        let days = before.acquired.zip(after.acquired).and_then(|(one, other)| days_between(one, other));
        let (registration, not_registered) = match registration {
            Ok(registration) => (Some(registration), None),
            Err(why) => (None, Some(why)),
        };
        let nl = |visit: &Visit<'_>, class| visit.measurement.class(class).volume_nl;
        Self {
            days,
            laterality: before.geometry.laterality.or(after.geometry.laterality),
            registration,
            not_registered,
            whole_nl: ByClass::of(|class| Change::of(nl(before, class), nl(after, class))),
            central_subfield_um: Change::of(
                before.figures.central_subfield_thickness_um,
                after.figures.central_subfield_thickness_um,
            ),
            common: registration.as_ref().and_then(|registration| Common::of(before, after, registration)),
            cautions: cautions(before, after, registration.as_ref(), days),
        }
    }
}

impl Common {
    /// `None` where a mask is not of its scan.
    fn of(before: &Visit<'_>, after: &Visit<'_>, registration: &Registration) -> Option<Self> {
        let (one, other) = (before.grid()?, after.grid()?);
        let centre = Centre::of([(before, &one), (after, &other)], registration);
        let sums = Sums::of([(before, &one), (after, &other)], registration, centre.before);
        let voxel_nl = [before, after].map(Visit::voxel_nl);
        let all = Subfield::all(&before.figures.sides);
        let in_all = sums.iter().fold(Sums::default(), |all, part| all.plus(part));
        let subfields: Vec<SubfieldChange> = all
            .into_iter()
            .enumerate()
            .map(|(index, subfield)| SubfieldChange {
                subfield,
                change: sums[index].change(subfield_mm2(index), voxel_nl),
            })
            .collect();
        let disc = |index: usize| {
            let within = sums[..1 + 4 * index].iter().fold(Sums::default(), |all, part| all.plus(part));
            let diameter_mm = DIAMETERS_MM[index];
            DiscChange { diameter_mm, change: within.change(disc_mm2(diameter_mm), voxel_nl) }
        };
        Some(Self {
            seen_by_both_mm2: in_all.both_mm2,
            before_mm2: in_all.mm2[0],
            after_mm2: in_all.mm2[1],
            volume_nl: in_all.volume_nl(voxel_nl),
            centre,
            central_subfield_um: sums[0].change(subfield_mm2(0), voxel_nl).thickness_um,
            subfields,
            discs: (0..DIAMETERS_MM.len()).map(disc).collect(),
        })
    }
}

impl Centre {
    /// What a person placed goes before what was guessed, and the first scan before the second.
    fn of(visits: [(&Visit<'_>, &EnFace); 2], registration: &Registration) -> Self {
        let [there, back] = [registration.transform, registration.transform.inverse()];
        let foveas = visits.map(|(visit, grid)| {
            let fovea = visit.figures.fovea?;
            Some((fovea.source, grid.place(fovea.bscan, fovea.column)))
        });
        let from = |which: Which, source: FoveaSource| {
            let (said, place) = foveas[usize::from(which == Which::After)]?;
            let is_place = place.lateral_mm.is_finite() && place.slow_mm.is_finite();
            (said == source && is_place).then_some((which, source, place))
        };
        let chosen = [FoveaSource::ByHand, FoveaSource::Guessed]
            .into_iter()
            .flat_map(|source| [Which::Before, Which::After].map(|which| from(which, source)))
            .flatten()
            .next();
        match chosen {
            Some((Which::Before, source, before)) => {
                Self { before, after: there.apply(before), fovea_of: Some(Which::Before), source }
            }
            Some((Which::After, source, after)) => {
                Self { before: back.apply(after), after, fovea_of: Some(Which::After), source }
            }
            None => {
                let (_, grid) = visits[0];
                let middle = |count: usize| count.saturating_sub(1) as f64 / 2.0;
                let before = grid.place(middle(grid.bscans()), middle(grid.columns()));
                Self { before, after: there.apply(before), fovea_of: None, source: FoveaSource::Middle }
            }
        }
    }
}

/// What was added up over a region, of the first scan and of the second.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    mm2: [f64; 2],
    both_mm2: f64,
    /// By visit, then [`FluidClass::index`], of what both see.
    voxels: [[f64; 3]; 2],
    /// Thickness times area, of what both know.
    um_mm2: [f64; 2],
    thickness_mm2: f64,
}

/// The subfields, and all that lies in none of them.
const PLACES: usize = 10;

impl Sums {
    fn of(
        visits: [(&Visit<'_>, &EnFace); 2],
        registration: &Registration,
        centre: EnFacePlace,
    ) -> [Self; PLACES] {
        let mut sums = [Self::default(); PLACES];
        let scanned = visits.map(|(visit, grid)| Scanned { grid, mask: Some(visit.mask) });
        let thickness = visits.map(|(visit, _)| visit.thickness());
        let there = registration.transform;
        let around = |place: EnFacePlace| {
            region([place.lateral_mm - centre.lateral_mm, place.slow_mm - centre.slow_mm])
                .unwrap_or(PLACES - 1)
        };
        for (index, to_other) in [there, there.inverse()].into_iter().enumerate() {
            let (visit, grid) = visits[index];
            let cell_mm2 = grid.cell_mm2();
            for part in scanned[index].parts() {
                let there = to_other.apply(part.place);
                let sum = &mut sums[around(if index == 0 { part.place } else { there })];
                let mm2 = part.share * cell_mm2;
                sum.mm2[index] += mm2;
                let Some([bscan, column]) = scanned[1 - index].cell(there) else { continue };
                if let Some(counts) = visit.mask.column_counts(part.bscan) {
                    for (class, voxels) in FluidClass::ALL.into_iter().zip(&mut sum.voxels[index]) {
                        let found = counts.voxels(class).get(part.column).copied().unwrap_or(0);
                        *voxels += part.share * f64::from(found);
                    }
                }
                // What is of both is asked once.
                if index == 1 {
                    continue;
                }
                sum.both_mm2 += mm2;
                let um = [
                    thickness[0].and_then(|thickness| thickness.um(part.bscan, part.column)),
                    thickness[1].and_then(|thickness| thickness.um(bscan, column)),
                ];
                if let [Some(before), Some(after)] = um {
                    sum.um_mm2[0] += before * mm2;
                    sum.um_mm2[1] += after * mm2;
                    sum.thickness_mm2 += mm2;
                }
            }
        }
        sums
    }

    fn plus(self, other: &Self) -> Self {
        let add = |one: [f64; 2], other: [f64; 2]| [0, 1].map(|visit| one[visit] + other[visit]);
        Self {
            mm2: add(self.mm2, other.mm2),
            both_mm2: self.both_mm2 + other.both_mm2,
            voxels: [0, 1]
                .map(|visit| [0, 1, 2].map(|class| self.voxels[visit][class] + other.voxels[visit][class])),
            um_mm2: add(self.um_mm2, other.um_mm2),
            thickness_mm2: self.thickness_mm2 + other.thickness_mm2,
        }
    }

    fn volume_nl(&self, voxel_nl: [Option<f64>; 2]) -> ByClass<Change> {
        ByClass::of(|class| {
            let nl = |visit: usize| {
                // Parts of a cell add up to it but for the last digits.
                let voxels = (self.voxels[visit][class.index()] * 1e6).round() / 1e6;
                voxel_nl[visit].map(|voxel_nl| voxels * voxel_nl)
            };
            Change::of(nl(0), nl(1))
        })
    }

    fn change(&self, area_mm2: f64, voxel_nl: [Option<f64>; 2]) -> RegionChange {
        let part = |mm2: f64| (mm2 / area_mm2).min(1.0);
        let seen_by_both = part(self.both_mm2);
        let is_seen = seen_by_both >= LEAST_SEEN;
        let is_known = self.thickness_mm2 >= LEAST_THICKNESS * area_mm2;
        let um = self.um_mm2.map(|um_mm2| is_known.then(|| um_mm2 / self.thickness_mm2));
        RegionChange {
            scanned_before: part(self.mm2[0]),
            scanned_after: part(self.mm2[1]),
            seen_by_both,
            volume_nl: self.volume_nl(voxel_nl.map(|nl| nl.filter(|_| is_seen))),
            thickness_um: Change::of(um[0], um[1]),
        }
    }
}
