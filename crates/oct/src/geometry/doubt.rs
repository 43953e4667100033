//! A spacing that cannot be believed as it stands: why, and what is meant instead.

use std::fmt;

use super::contradiction::Fields;
use super::possible::{Implausible, Stated, extent_mm, implausible, implausible_entry, is_usual};
use super::spacing::{Axis, SaidBy};

/// A doubt about the spacing that a file states, or that is assumed for its device.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// Why it cannot be believed.
    pub because: Implausible,
    /// Who says what cannot be believed.
    pub said_by: Vec<SaidBy>,
    /// The fields that contradict each other, where that is why.
    pub fields: Option<Fields>,
    /// The axes whose spacing is taken for unknown until somebody vouches for it.
    pub axes: Vec<Axis>,
    /// What the file states along these and the other axes that nobody vouched for, mm.
    pub stated: Vec<(Axis, f64)>,
    /// What is meant, where there is a good guess.
    pub proposal: Option<Proposal>,
}

/// A spacing that persons vouch for and that no eye has: it is measured with, and said.
#[derive(Debug, Clone, PartialEq)]
pub struct UnlikelyEntry {
    /// Why it is unlikely.
    pub because: Implausible,
    /// How they vouched for it.
    pub said_by: Vec<SaidBy>,
}

impl UnlikelyEntry {
    /// What is unlikely in `stated`, if anything.
    pub(super) fn of(stated: &Stated) -> Option<Self> {
        let because = implausible_entry(stated)?;
        Some(Self { because, said_by: said_by(stated, because) })
    }
}

/// What a file probably means.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// mm along the axes of [`Doubt::stated`].
    pub spacing: Vec<(Axis, f64)>,
    /// What was written instead.
    pub mistake: Mistake,
}

/// What may go wrong where a spacing is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mistake {
    /// Another unit: the figures times this are mm.
    Unit(f64),
    /// Axes in another order.
    Exchanged,
    /// One of two fields that state the same length.
    OtherField,
}

/// Units that are written for mm, the frequent ones first, as mm in one of them.
const UNITS: [f64; 6] = [1e-3, 1e3, 10.0, 0.1, 1e-6, 1e6];
/// Those that are mixed among the axes of one file.
const MIXED_UNITS: [f64; 2] = [1e-3, 1e3];
/// Orders of the axes: where along each axis the figure is taken from.
const ORDERS: [[usize; 3]; 5] = [[1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]];
/// Groups of axes that are written in one unit.
const GROUPS: [&[usize]; 4] = [&[0, 1], &[0], &[1], &[2]];
/// A distance of B-scans alone is proposed in another unit only where they then span
/// this much, in mm: 5 mm are rather a wrong figure than 5 µm.
const USUAL_HEIGHT_MM: f64 = 0.5;

impl Doubt {
    /// What is to be doubted in `stated`, if anything.
    pub(super) fn of(stated: &Stated) -> Option<Self> {
        let because = implausible(stated)?;
        let proposal = proposal(stated, because);
        let mut axes = because.axes();
        if let Some((mm, _)) = proposal {
            axes = Axis::ALL
                .into_iter()
                .filter(|axis| axes.contains(axis) || mm[axis.index()] != stated.mm[axis.index()])
                .collect();
        }
        axes.retain(|axis| stated.is_claim(*axis));
        Some(Self {
            because,
            said_by: said_by(stated, because),
            fields: None,
            axes,
            stated: claims(stated, stated.mm),
            proposal: proposal.map(|(mm, mistake)| Proposal { spacing: claims(stated, mm), mistake }),
        })
    }
}

/// Who says what `because` speaks of.
fn said_by(stated: &Stated, because: Implausible) -> Vec<SaidBy> {
    let mut said_by = Vec::new();
    for one in because.axes().into_iter().filter_map(|axis| stated.said_by[axis.index()]) {
        if !said_by.contains(&one) {
            said_by.push(one);
        }
    }
    said_by
}

/// As much of `mm` as nobody vouches for.
pub(super) fn claims(stated: &Stated, mm: [Option<f64>; 3]) -> Vec<(Axis, f64)> {
    let claim = |axis: Axis| Some((axis, mm[axis.index()]?));
    Axis::ALL.into_iter().filter(|axis| stated.is_claim(*axis)).filter_map(claim).collect()
}

/// What is meant by `stated`, where one mistake explains it all.
fn proposal(stated: &Stated, because: Implausible) -> Option<([Option<f64>; 3], Mistake)> {
    // A figure that says nothing is no figure in another unit or place.
    if matches!(
        because,
        Implausible::PrintResolution { .. }
            | Implausible::Filler { .. }
            | Implausible::AllEqual { .. }
            | Implausible::Square { .. }
    ) {
        return None;
    }
    let scaled = |group: &[usize], unit: f64| {
        let mut mm = stated.mm;
        for axis in group.iter().filter(|axis| stated.is_claim(Axis::ALL[**axis])) {
            mm[*axis] = mm[*axis].map(|mm| mm * unit);
        }
        (mm, Mistake::Unit(unit))
    };
    // Only to what devices have: rows closest, B-scans farthest apart.
    let rises = |mm: [Option<f64>; 3]| {
        let order = [mm[1], mm[0], mm[2]];
        order.iter().flatten().is_sorted_by(|a, b| a <= b) && mm[1] != mm[0]
    };
    let exchanged = |order: [usize; 3]| {
        let stays = |axis: &usize| order[*axis] == *axis;
        let may = |axis: usize| stated.is_claim(Axis::ALL[axis]) && stated.mm[axis].is_some();
        let is_possible = (0..3).all(|axis| stays(&axis) || may(axis));
        let mm = order.map(|from| stated.mm[from]);
        (is_possible && rises(mm)).then_some((mm, Mistake::Exchanged))
    };
    let whole = UNITS.into_iter().map(|unit| scaled(&[0, 1, 2], unit));
    let orders = ORDERS.into_iter().filter_map(exchanged);
    let spans = |group: &[usize], mm: [Option<f64>; 3]| {
        let height_mm = mm[2].map(|mm| extent_mm(stated.samples, Axis::BetweenBScans, mm));
        group != [2] || height_mm.is_some_and(|height_mm| height_mm >= USUAL_HEIGHT_MM)
    };
    let parts = MIXED_UNITS
        .into_iter()
        .flat_map(|unit| GROUPS.map(|group| (group, scaled(group, unit))))
        .filter(|(group, (mm, _))| spans(group, *mm))
        .map(|(_, scaled)| scaled);
    whole.chain(orders).chain(parts).find(|(mm, _)| is_usual(&Stated { mm: *mm, ..*stated }))
}

/// `0.0117 x 0.0039 x 0.12 mm`: a spacing in words, as much of it as is known.
pub fn in_words(spacing: &[(Axis, f64)]) -> String {
    let figures: Vec<String> = spacing.iter().map(|(_, mm)| figure(*mm)).collect();
    let mut text = format!("{} mm", figures.join(" x "));
    if spacing.len() < Axis::ALL.len() {
        let names: Vec<&str> = spacing.iter().map(|(axis, _)| axis.name()).collect();
        text.push_str(&format!(" ({})", names.join(", ")));
    }
    text
}

/// A length with three significant digits, trailing zeros dropped.
fn figure(mm: f64) -> String {
    let digits = if mm > 0.0 { (2.0 - mm.log10().floor()).clamp(0.0, 12.0) as usize } else { 0 };
    let text = format!("{mm:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

impl fmt::Display for Doubt {
    /// One sentence: what is said by whom, why that cannot be, and what it looks like.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&said(&self.said_by, self.because))?;
        if let Some(Fields { taken, other }) = &self.fields {
            let between = if taken.is_empty() { "" } else { "; " };
            write!(f, " ({taken}{between}{other})")?;
        }
        match &self.proposal {
            Some(Proposal { mistake: Mistake::OtherField, spacing }) => {
                write!(f, "; it may be {} that is meant.", in_words(spacing))
            }
            Some(Proposal { mistake, .. }) => write!(f, "; it looks like {mistake}."),
            None => write!(f, "."),
        }
    }
}

impl fmt::Display for UnlikelyEntry {
    /// One sentence: what was entered, why no eye has it, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = said(&self.said_by, self.because);
        write!(f, "{said}: check it, since it is used as it stands.")
    }
}

/// What is said by whom, and why that cannot be.
fn said(by: &[SaidBy], because: Implausible) -> String {
    if let [SaidBy::File] = by {
        return format!("The file says that {because}");
    }
    let sources: Vec<&str> = by
        .iter()
        .map(|one| match one {
            SaidBy::File => "what the file says",
            SaidBy::Usage => "what is usual for the device",
            SaidBy::Entry => "what was entered",
            SaidBy::Confirmation => "what was confirmed",
        })
        .collect();
    format!("By {}, {because}", sources.join(" and "))
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unit(mm) if is_near(*mm, 1e-3) => "micrometres written as millimetres",
            Self::Unit(mm) if is_near(*mm, 1e3) => "metres written as millimetres",
            Self::Unit(mm) if is_near(*mm, 10.0) => "centimetres written as millimetres",
            Self::Unit(mm) if is_near(*mm, 1e-6) => "nanometres written as millimetres",
            Self::Unit(_) => "a wrong unit",
            Self::Exchanged => "axes that were exchanged",
            Self::OtherField => "a figure that another field has right",
        })
    }
}

fn is_near(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-9
}

/// What neighbours along an axis are.
fn samples(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "columns",
        Axis::Axial => "rows",
        Axis::BetweenBScans => "B-scans",
    }
}

/// What a field along an axis is.
pub(super) fn extent(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "wide",
        Axis::Axial => "deep",
        Axis::BetweenBScans => "high",
    }
}

/// `columns lie 0.06 mm and rows 0.004 mm`: as much as is known.
fn by_axis(mm: [Option<f64>; 3]) -> String {
    let mut verb = " lie";
    let named = |axis: Axis| {
        let mm = figure(mm[axis.index()]?);
        Some(format!("{}{} {mm} mm", samples(axis), std::mem::take(&mut verb)))
    };
    Axis::ALL.into_iter().filter_map(named).collect::<Vec<_>>().join(" and ")
}

/// `0.12 mm and 0.008 mm`.
fn figures(mm: [Option<f64>; 3]) -> String {
    mm.into_iter().flatten().map(|mm| format!("{} mm", figure(mm))).collect::<Vec<_>>().join(" and ")
}

impl fmt::Display for Implausible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Contradicted { stated_mm, otherwise_mm: Some(otherwise_mm) } => write!(
                f,
                "{} apart by one of its fields, but {} by another",
                by_axis(stated_mm),
                figures(otherwise_mm)
            ),
            Self::Contradicted { stated_mm, otherwise_mm: None } => {
                write!(f, "{} apart, but another of its fields contradicts that", by_axis(stated_mm))
            }
            Self::PrintResolution { dpi, mm } => write!(
                f,
                "columns and rows lie {} mm apart, but {dpi} dpi is the resolution of a print or screen and not of an eye",
                figure(mm)
            ),
            Self::Filler { axis: None } => f.write_str(
                "samples lie 1 mm apart along every axis, which no OCT device records and many programs write by default",
            ),
            Self::Filler { axis: Some(axis) } => write!(
                f,
                "{} lie exactly 1 mm apart, which many programs write where they have no figure",
                samples(axis)
            ),
            Self::Square { mm } => write!(
                f,
                "rows lie as far apart as columns, {} mm, but OCT devices sample depth at least twice as finely",
                figure(mm)
            ),
            Self::AllEqual { mm } => write!(
                f,
                "samples lie {} mm apart along every axis, which no OCT device records",
                figure(mm)
            ),
            Self::TooLarge { axis, mm, extent_mm, at_most_mm } => write!(
                f,
                "the scan is {} mm {} ({} mm from one of its {} to the next), but no OCT of a retina is more than {} mm {}",
                figure(extent_mm),
                extent(axis),
                figure(mm),
                samples(axis),
                figure(at_most_mm),
                extent(axis)
            ),
            Self::TooSmall { axis, mm, extent_mm, at_least_mm } => write!(
                f,
                "the scan is {} mm {} ({} mm from one of its {} to the next), but no OCT of a retina is less than {} mm {}",
                figure(extent_mm),
                extent(axis),
                figure(mm),
                samples(axis),
                figure(at_least_mm),
                extent(axis)
            ),
            Self::TooCoarse { axis, mm, at_most_mm } => write!(
                f,
                "{} lie {} mm apart, but in no OCT of a retina do they lie more than {} mm apart",
                samples(axis),
                figure(mm),
                figure(at_most_mm)
            ),
            Self::TooFine { axis, mm, at_least_mm } => write!(
                f,
                "{} lie {} mm apart, but in no OCT of a retina do they lie less than {} mm apart",
                samples(axis),
                figure(mm),
                figure(at_least_mm)
            ),
            Self::RowsBeforeColumns { lateral_mm, axial_mm } => write!(
                f,
                "rows lie {} mm and columns {} mm apart, but an OCT is finer into the eye than along the retina",
                figure(axial_mm),
                figure(lateral_mm)
            ),
            Self::BScansTooClose { mm, than, than_mm } => write!(
                f,
                "B-scans lie {} mm and {} {} mm apart, but no device scans as densely across B-scans",
                figure(mm),
                samples(than),
                figure(than_mm)
            ),
        }
    }
}
