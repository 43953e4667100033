//! What an export says of where its B-scans lie and how large they are.

use oct::{Axis, BScanPlace, Geometry, ScanPattern, SpacingSource};
use roxmltree::Node;

use super::{Image, laterality, number_at, text_at};
use crate::error::shortened;
use crate::images::Stack;
use crate::names::{Meaning, is_front_of_eye};
use crate::stated::places::{Line, compare_length, place};
use crate::stated::spacing::take;

/// The fields that place a B-scan on the SLO.
const ENDS: &str = "Start, End";

/// Geometry of the series whose B-scans, as the XML describes them, are those of `stack`.
pub(super) fn geometry(
    path: &str,
    series: Node<'_, '_>,
    bscans: &[Image<'_, '_>],
    stack: &Stack,
    warnings: &mut Vec<String>,
) -> Geometry {
    let mut geometry = Geometry { laterality: laterality(series), ..Geometry::default() };
    for (axis, scale, side, found) in
        [(Axis::Lateral, "ScaleX", "Width", stack.columns()), (Axis::Axial, "ScaleY", "Height", stack.rows())]
    {
        let steps: Vec<Option<f64>> = bscans.iter().map(|bscan| bscan.context(scale)).collect();
        let Some(Some(step)) = steps.first().copied() else { continue };
        if steps.iter().any(|other| *other != Some(step)) {
            warnings.push(format!("B-scans differ in {scale}, so the {} spacing is unknown.", axis.name()));
        } else if bscans.iter().any(|bscan| bscan.context(side) != Some(found)) {
            warnings.push(format!(
                "The images are not of the size that {path} gives ({side}), so the {} spacing is unknown.",
                axis.name()
            ));
        } else {
            let said = shortened(&step.to_string());
            warnings.extend(take(&mut geometry, axis, step, scale, said));
        }
    }
    let Some(lines) = bscans.iter().map(Image::ends_mm).collect::<Option<Vec<Line>>>() else {
        return geometry;
    };
    let kind = text_at(series, &["Type"]).unwrap_or_default().to_lowercase();
    if kind.contains("circ") {
        geometry.pattern = ScanPattern::Circle;
        geometry.places = lines
            .iter()
            .map(|(start_mm, centre_mm)| BScanPlace::Circle { centre_mm: *centre_mm, start_mm: *start_mm })
            .collect();
    } else {
        place(&mut geometry, &lines, SpacingSource::FromFile { tag: ENDS.to_owned() });
        compare_length(&mut geometry, &lines, stack.columns(), ENDS);
        compare_field(&mut geometry, series, stack);
    }
    let stated: Option<usize> = number_at(series, &["NumImages"]);
    let there = series.children().filter(|child| child.has_tag_name("Image")).count();
    if let Some(stated) = stated.filter(|stated| *stated > there) {
        warnings.push(format!(
            "{path} states {stated} images and describes {there}: export the scan again, some are missing."
        ));
        geometry.lack_bscans();
    }
    if let Some(pattern) = meant(series) {
        geometry.pattern = pattern;
    }
    geometry
}

/// Compares width to height of the field, which the series states in degrees, with those in
/// mm: a raster reaches from the first B-scan to the last.
fn compare_field(geometry: &mut Geometry, series: Node<'_, '_>, stack: &Stack) {
    let degrees =
        |side: &str| number_at::<f64>(series, &["OCTFieldSize", side]).filter(|degrees| *degrees > 0.0);
    let steps = stack.bscans().saturating_sub(1) as f64;
    if let (Some(wide), Some(high)) = (degrees("Width"), degrees("Height"))
        && let (Some(lateral), Some(between)) = (geometry.lateral.mm(), geometry.between_bscans.mm())
        && geometry.pattern == ScanPattern::Raster
    {
        let columns = stack.columns() as f64;
        let readings = [
            [Some(between * steps * wide / high / columns), None, None],
            [None, None, Some(lateral * columns * high / wide / steps)],
        ];
        geometry.contradict("OCTFieldSize", readings);
    }
}

/// The pattern of a series that is no structure of a retina by its own words.
fn meant(series: Node<'_, '_>) -> Option<ScanPattern> {
    let text = |field: &str| text_at(series, &[field]).unwrap_or_default();
    if is_front_of_eye(text("ExaminedStructure")) {
        return Some(ScanPattern::NoRetina);
    }
    let mut words = ["Modality", "ModalityProcedure", "Type"].into_iter().map(text);
    words.any(|words| Meaning::of(words) == Some(Meaning::Flow)).then_some(ScanPattern::Angiography)
}
