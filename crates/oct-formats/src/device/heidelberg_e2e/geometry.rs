//! What the B-scans of a series say of the geometry.

use oct::{Axis, AxisSpacing, BScanPlace, Geometry, ScanPattern, SpacingSource};

use super::records::{BScanMeta, CIRCLE, RADIAL};
use crate::stated::places::{Line, compare_length, place};
use crate::stated::spacing::take;

/// What HEYEX takes for an eye of medium length (eyepy found it by comparing
/// exports). In other eyes it is some percent more or less.
pub(super) const MM_PER_DEGREE: f64 = 0.2896;
/// Field of the SLO image: nearly all are taken with the 30 degree objective.
pub(super) const SLO_DEGREES: f64 = 30.0;

/// What the B-scans say of the geometry; each of them, or nothing is said.
pub(super) fn geometry(
    meta: &[&BScanMeta],
    bscans: usize,
    columns: usize,
    warnings: &mut Vec<String>,
) -> Geometry {
    let mut geometry = Geometry::default();
    let Some(first) = meta.first().filter(|_| meta.len() == bscans) else {
        warnings.push("The file does not say how large its B-scans are or where they lie.".to_owned());
        return geometry;
    };
    let mm = first.axial_mm;
    if meta.iter().all(|meta| meta.axial_mm == mm) {
        warnings.extend(take(&mut geometry, Axis::Axial, mm, "scale_y", mm));
    }
    let by_default = || SpacingSource::VendorDefault {
        why: format!("the file gives degrees, and {MM_PER_DEGREE} mm a degree are those of a medium eye"),
    };
    // From the SLO's top left corner, as for all other formats.
    let mm = |degrees: [f64; 2]| degrees.map(|degree| (degree + SLO_DEGREES / 2.0) * MM_PER_DEGREE);
    let distance = |[x, y]: [f64; 2], [to_x, to_y]: [f64; 2]| (to_x - x).hypot(to_y - y);
    let (start, end) = first.ends_degrees;
    let lines: Vec<Line> =
        meta.iter().map(|BScanMeta { ends_degrees: (start, end), .. }| (mm(*start), mm(*end))).collect();
    let length_degrees = if first.scan_pattern == CIRCLE {
        geometry.pattern = ScanPattern::Circle;
        geometry.places = meta
            .iter()
            .map(|meta| BScanPlace::Circle {
                centre_mm: mm(meta.centre_degrees),
                start_mm: mm(meta.ends_degrees.0),
            })
            .collect();
        std::f64::consts::TAU * distance(first.centre_degrees, start)
    } else {
        place(&mut geometry, &lines, by_default());
        if first.scan_pattern == RADIAL {
            geometry.pattern = ScanPattern::Radial;
            geometry.set_spacing(Axis::BetweenBScans, AxisSpacing::unknown());
        }
        distance(start, end)
    };
    let steps = if first.columns == 0 { columns } else { first.columns as usize };
    let length_mm = length_degrees * MM_PER_DEGREE;
    if let Ok(spacing) = AxisSpacing::new(Axis::Lateral, length_mm / steps as f64, by_default()) {
        geometry.set_spacing(Axis::Lateral, spacing);
        // What it means where the B-scans are wider or narrower than they say nobody knows.
        geometry.contradict("the width of the B-scans", [[Some(length_mm / columns as f64), None, None]]);
        if first.scan_pattern != CIRCLE {
            compare_length(&mut geometry, &lines, steps, "the ends of the other B-scans");
        }
        warnings.push(format!(
            "The file gives angles, not lengths: millimetres along the retina assume {MM_PER_DEGREE} mm a degree, \
             and may be wrong by some percent in a long or short eye."
        ));
    }
    geometry
}
