//! What stated B-scan positions say of a volume's geometry.

use oct::placement::arrangement;
use oct::{Axis, AxisSpacing, BScanPlace, Geometry, ScanPattern, SpacingSource};

use super::spacing::take;

/// Distances that differ by less than this fraction say the same.
const AGREES: f64 = 0.02;

/// Ends of a straight B-scan in mm: its first column, its last.
pub(crate) type Line = ([f64; 2], [f64; 2]);

/// Sets places, pattern and, for a raster, the distance between B-scans from
/// where the `lines` lie. Does nothing where they say nothing: ends that are
/// no numbers, or that coincide because nobody filled them.
pub(crate) fn place(geometry: &mut Geometry, lines: &[Line], source: SpacingSource) {
    let is_line = |(start, end): &Line| start.iter().chain(end).all(|c| c.is_finite()) && start != end;
    if lines.is_empty() || !lines.iter().all(is_line) {
        return;
    }
    geometry.places = lines
        .iter()
        .map(|(start_mm, end_mm)| BScanPlace::Line { start_mm: *start_mm, end_mm: *end_mm })
        .collect();
    let flat = |[x, y]: [f64; 2]| [x, y, 0.0];
    let ends: Vec<_> = lines.iter().map(|(start, end)| (flat(*start), flat(*end))).collect();
    let Some(found) = arrangement(&ends) else { return };
    geometry.pattern = found.pattern;
    if let Some(mm) = found.between_bscans_mm
        && let Ok(spacing) = AxisSpacing::new(Axis::BetweenBScans, mm, source)
    {
        geometry.set_spacing(Axis::BetweenBScans, spacing);
    }
}

/// Notes where the `lines` say that the B-scans of `columns` columns are longer or shorter
/// than the lateral spacing in `geometry` makes them: their middle length, and where that
/// agrees the one that is farthest off, since B-scans of one raster are equally long.
pub(crate) fn compare_length(geometry: &mut Geometry, lines: &[Line], columns: usize, field: &str) {
    let Some(taken) = geometry.lateral.mm() else { return };
    let length = |(start, end): &Line| (end[0] - start[0]).hypot(end[1] - start[1]);
    let mut lengths: Vec<f64> = lines.iter().map(length).collect();
    if lengths.iter().any(|mm| !mm.is_finite() || *mm == 0.0) {
        return;
    }
    lengths.sort_by(f64::total_cmp);
    // From the first column to the last, or as wide as all of them.
    let off = |mm: f64| (mm - taken).abs();
    let step = |length: &f64| {
        let (by_columns, by_steps) =
            (length / columns.max(1) as f64, length / columns.saturating_sub(1).max(1) as f64);
        if off(by_steps) < off(by_columns) { by_steps } else { by_columns }
    };
    let middle = lengths.get(lengths.len() / 2).map(step);
    let ends = [lengths.first(), lengths.last()].into_iter().flatten().map(step);
    let farthest = ends.max_by(|one, other| off(*one).total_cmp(&off(*other)));
    let before = geometry.contradictions.len();
    for mm in middle.into_iter().chain(farthest) {
        if geometry.contradictions.len() == before {
            geometry.contradict(field, [[Some(mm), None, None]]);
        }
    }
}

/// Takes a stated `distance_mm` between B-scans beside their positions: where
/// both agree it is the exact one, where they do not the positions are kept
/// and the warning is returned.
pub(crate) fn compare_distance(geometry: &mut Geometry, distance_mm: f64, field: &str) -> Option<String> {
    let positioned = geometry.spacing(Axis::BetweenBScans).mm();
    if matches!(geometry.pattern, ScanPattern::Raster | ScanPattern::NotStated)
        && let Some(positioned) = positioned
        && (positioned - distance_mm).abs() > AGREES * positioned
    {
        return (distance_mm > 0.0).then(|| {
            format!(
                "The header says that B-scans are {distance_mm:.4} mm apart ({field}), but their positions lie \
                 {positioned:.4} mm apart, which is used."
            )
        });
    }
    let is_raster = matches!(geometry.pattern, ScanPattern::Raster | ScanPattern::NotStated);
    // Nobody filled it where it is 0.
    if !is_raster || distance_mm == 0.0 {
        return None;
    }
    take(geometry, Axis::BetweenBScans, distance_mm, field, distance_mm)
}
