//! Which axis of an array is which, by the picture, the sides and the spacing.

use oct::{Axis, AxisOrder, AxisSpacing, Geometry, ScanPattern, SpacingSource};

use super::picture::Picture;

/// Sides below this show no retina.
const FEWEST_SAMPLES: usize = 32;
/// Sides below this are no side of a B-scan.
const FEWEST_IN_A_BSCAN: usize = 16;
/// Layering of depth against that of the next axis, from which the picture alone
/// tells: 3.8 and more in whole eyes, 2.1 in single B-scans, below 1.8 in what is
/// no eye (brains, bodies, cells, noise).
const CLEAR: f64 = 2.0;
/// From here on the picture bears out an order that is the usual one anyway.
const LEANS: f64 = 1.2;
/// Least part of the variance along depth: 0.93 and more in eyes.
const LAYERED: f64 = 0.6;
/// Ratio from which two figures differ. Neighbouring B-scans differ 1.4 times as
/// much as neighbouring columns and more, in eyes as their devices store them.
const DIFFERS: f64 = 1.3;
/// Ratios that tell columns from B-scans where nothing else does.
const SIZES_ALONE: f64 = 3.0;
const ROUGHNESS_ALONE: f64 = 1.5;

/// What is known of an array; axes in its own order, the fastest first.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    /// Samples along each axis.
    pub(super) sizes: [usize; 3],
    /// Spacing along each axis, where it is stated.
    pub(super) spacing_mm: [Option<f64>; 3],
    /// What the samples say, where they say anything.
    pub(super) picture: Option<Picture>,
    /// The order that the container's users keep to.
    pub(super) usual: AxisOrder,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judged {
    /// The order that is most likely, the fastest axis first.
    pub(super) order: AxisOrder,
    /// Whether that is enough to measure by.
    pub(super) is_sure: bool,
    /// Whether the picture was clear.
    pub(super) by_picture: bool,
}

/// The order of the axes that all evidence together speaks for.
pub(super) fn judge(evidence: &Evidence) -> Judged {
    let usual = Judged { order: evidence.usual, is_sure: true, by_picture: false };
    let long = evidence.sizes.iter().filter(|size| **size >= FEWEST_SAMPLES).count();
    let (Some(picture), true) = (&evidence.picture, long >= 2) else { return usual };
    // A single B-scan has one sample along the axis of the B-scans, wherever that is.
    let usual_order = single(evidence).map_or(evidence.usual, |axis| evidence.usual.with_bscans_at(axis));
    let (evidence, usual) =
        (&Evidence { usual: usual_order, ..evidence.clone() }, Judged { order: usual_order, ..usual });
    let depths = depths(evidence, picture);
    let (Some(best), Some(second)) = (depths.first(), depths.get(1)) else { return usual };
    let layering = |axis: usize| picture.layering[axis];
    let ratio = layering(*best) / layering(*second).max(f64::MIN_POSITIVE);
    let by_picture = ratio >= CLEAR && layering(*best) >= LAYERED;
    let is_usual = *best == evidence.usual.place(Axis::Axial);
    let fits = finest(evidence, *best);
    let is_sure = match (is_usual, by_picture) {
        (true, true) => true,
        (false, true) => fits,
        (true, false) => ratio >= LEANS && fits && is_possible(evidence, &[Axis::Axial]),
        (false, false) => false,
    };
    if !is_sure {
        // What shows no layers is taken as it comes where its spacing is that of an eye.
        let is_sure = !by_picture && is_of_an_eye(evidence);
        return Judged { is_sure, ..usual };
    }
    let (order, is_sure) = with_depth(evidence, picture, *best);
    // A picture that only leans to something says nothing against what is usual.
    let is_sure = is_sure && (by_picture || order == evidence.usual);
    Judged { order, is_sure, by_picture }
}

/// Orders to choose from where nothing is sure, the most likely first: for each
/// axis that may be the B-scans the more layered of the others as depth; for a
/// single B-scan both.
pub(super) fn candidates(evidence: &Evidence, judged: AxisOrder) -> Vec<AxisOrder> {
    let layering = evidence.picture.map_or([0.0; 3], |picture| picture.layering);
    let with_layers_across = |order: AxisOrder| {
        let (row, column) = (order.place(Axis::Axial), order.place(Axis::Lateral));
        if layering[column] > LEANS * layering[row] { order.turned() } else { order }
    };
    if single(evidence).is_some() {
        return vec![judged, judged.turned()];
    }
    let first = judged.place(Axis::BetweenBScans);
    // Without one of its own two sides there is no B-scan to look at.
    let others = (0..3).filter(|between| {
        *between != first && (0..3).all(|axis| axis == *between || is_side(evidence, axis))
    });
    let others = others.map(|between| evidence.usual.with_bscans_at(between));
    std::iter::once(judged).chain(others).map(with_layers_across).collect()
}

/// The axis of a single B-scan along which there is one sample.
fn single(evidence: &Evidence) -> Option<usize> {
    let usual = evidence.usual.place(Axis::BetweenBScans);
    let one = |axis: &usize| evidence.sizes[*axis] == 1;
    Some(usual).filter(one).or_else(|| (0..3).find(one))
}

/// Whether `axis` is long enough for a side of a B-scan.
fn is_side(evidence: &Evidence, axis: usize) -> bool {
    evidence.sizes[axis] >= FEWEST_IN_A_BSCAN
}

/// The axes that may be depth, the most layered first.
fn depths(evidence: &Evidence, picture: &Picture) -> Vec<usize> {
    let single = single(evidence);
    let may_be = |axis: &usize| Some(*axis) != single && is_side(evidence, *axis);
    let mut axes: Vec<usize> = (0..3).filter(may_be).collect();
    if axes.len() < 2 {
        axes = (0..3).filter(|axis| Some(*axis) != single).collect();
    }
    axes.sort_by(|a, b| picture.layering[*b].total_cmp(&picture.layering[*a]));
    axes
}

/// Whether no other axis is stated to be much finer than `axis`: depth is sampled finest.
fn finest(evidence: &Evidence, axis: usize) -> bool {
    let Some(mm) = evidence.spacing_mm[axis] else { return true };
    evidence.spacing_mm.iter().flatten().all(|other| mm <= DIFFERS * other)
}

/// Whether all spacings are stated and are those of an eye in the usual order.
fn is_of_an_eye(evidence: &Evidence) -> bool {
    let [lateral, axial, between] = evidence.usual.standard(evidence.spacing_mm);
    let is_stated = lateral.is_some() && axial.is_some() && (single(evidence).is_some() || between.is_some());
    is_stated && is_possible(evidence, &Axis::ALL)
}

/// Whether an eye can have what is stated along `axes` in the usual order.
fn is_possible(evidence: &Evidence, axes: &[Axis]) -> bool {
    let samples = evidence.usual.standard(evidence.sizes);
    let mut geometry = Geometry { samples: Some(samples), ..Geometry::default() };
    if samples[2] == 1 {
        geometry.pattern = ScanPattern::SingleBScan;
    }
    let stated = evidence.usual.standard(evidence.spacing_mm);
    for (axis, mm) in axes.iter().filter_map(|axis| Some((*axis, stated[axis.index()]?))) {
        let source = SpacingSource::FromFile { tag: String::new() };
        match AxisSpacing::new(axis, mm, source) {
            Ok(spacing) => geometry.set_spacing(axis, spacing),
            Err(_) => return false,
        }
    }
    geometry.doubt().is_none()
}

/// The order with `depth` as the rows, and whether it is sure which of the other
/// two are the columns.
fn with_depth(evidence: &Evidence, picture: &Picture, depth: usize) -> (AxisOrder, bool) {
    let usual = evidence.usual;
    let is_usual = depth == usual.place(Axis::Axial);
    // The usual order with depth in its place, else the others as they follow each other.
    let mut axes = usual.axes();
    let row = usual.place(Axis::Axial);
    axes.swap(row, depth);
    let order = AxisOrder::new(axes).unwrap_or(usual);
    let (column, bscan) = (order.place(Axis::Lateral), order.place(Axis::BetweenBScans));
    axes.swap(column, bscan);
    let exchanged = AxisOrder::new(axes).unwrap_or(usual);
    if let Some(single) = single(evidence) {
        return (if single == bscan { order } else { exchanged }, true);
    }
    match (is_side(evidence, column), is_side(evidence, bscan)) {
        (true, false) => return (order, true),
        (false, true) => return (exchanged, true),
        _ => {}
    }
    let [spacing, sizes, roughness] = votes(evidence, picture, column, bscan);
    let votes = [spacing, sizes, roughness];
    let (of, against) = (
        votes.iter().flatten().filter(|ratio| **ratio > 1.0).count(),
        votes.iter().flatten().filter(|ratio| **ratio < 1.0).count(),
    );
    let alone = sizes.is_some_and(|ratio| !(1.0 / SIZES_ALONE..=SIZES_ALONE).contains(&ratio))
        || roughness.is_some_and(|ratio| !(1.0 / ROUGHNESS_ALONE..=ROUGHNESS_ALONE).contains(&ratio));
    match (of, against) {
        // Nothing tells B-scans from columns: the usual order, where the spacing is that of an eye.
        (0, 0) => (order, is_usual && is_of_an_eye(evidence)),
        (_, 0) if is_usual => (order, true),
        (of, 0) => (order, of > 1 || alone),
        (0, against) => (exchanged, against > 1 || alone),
        // Two against one for what is usual anyway.
        (2.., 1) if is_usual => (order, true),
        (of, against) => (if of >= against { order } else { exchanged }, false),
    }
}

/// What spacing, sizes and picture say of axes `column` and `bscan`: ratios above
/// 1 for the names that they have, below it for the exchanged ones; `None` where
/// the figures hardly differ.
fn votes(evidence: &Evidence, picture: &Picture, column: usize, bscan: usize) -> [Option<f64>; 3] {
    let tells = |ratio: &f64| ratio.is_normal() && !(1.0 / DIFFERS..=DIFFERS).contains(ratio);
    let spacing = evidence.spacing_mm[bscan].zip(evidence.spacing_mm[column]);
    let sizes = evidence.sizes[column] as f64 / evidence.sizes[bscan] as f64;
    let roughness = picture.roughness[bscan] / picture.roughness[column];
    [
        spacing.map(|(between, lateral)| between / lateral).filter(tells),
        Some(sizes).filter(tells),
        Some(roughness).filter(tells),
    ]
}
