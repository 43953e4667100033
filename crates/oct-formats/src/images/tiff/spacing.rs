//! How far apart a TIFF says that its samples lie, where it says so in a unit of length.
//!
//! ImageJ writes the samples in a unit into `XResolution` and `YResolution`, the distance
//! of the images as `spacing=` into the description, and there the unit, too (`yunit=` and
//! `zunit=` where they differ; ImageJ's `TiffEncoder.java`). OME-TIFF has `PhysicalSizeX`, `Y` and
//! `Z`, in micrometres where no unit stands beside them (OME-XML 2016-06). Resolution
//! without such a description, in inches or in pixels is that of a print or a screen.

use oct::{Axis, Geometry};

use super::description::{Description, imagej_value, ome_pixels};
use super::directory::{Directory, X_RESOLUTION, Y_RESOLUTION};
use crate::stated::spacing::take;
use crate::stated::unit;

/// A distance as it is stated.
struct Step {
    axis: Axis,
    tag: &'static str,
    figure: f64,
    unit_mm: f64,
}

/// Sets in `geometry` what the `first` page states, and returns what could not be taken.
pub(in crate::images) fn take_spacing(geometry: &mut Geometry, first: &Directory<'_>) -> Vec<String> {
    let steps = match Description::of(first) {
        Some(Description::ImageJ(text)) => imagej(&text, first),
        Some(Description::Ome(text)) => ome(&text),
        None => Vec::new(),
    };
    let take = |step: Step| take(geometry, step.axis, step.figure * step.unit_mm, step.tag, step.figure);
    steps.into_iter().filter_map(take).collect()
}

fn imagej(text: &str, first: &Directory<'_>) -> Vec<Step> {
    let unit = |key: &str| imagej_value(text, key);
    let resolution = |tag: u16| first.rational(tag).filter(|a_unit| *a_unit > 0.0).map(|a_unit| 1.0 / a_unit);
    let between = imagej_value(text, "spacing").and_then(|figure| figure.parse().ok());
    let stated = [
        (Axis::Lateral, "XResolution", resolution(X_RESOLUTION), unit("unit")),
        (Axis::Axial, "YResolution", resolution(Y_RESOLUTION), unit("yunit").or(unit("unit"))),
        (Axis::BetweenBScans, "spacing", between, unit("zunit").or(unit("unit"))),
    ];
    let step = |(axis, tag, figure, name): (Axis, &'static str, Option<f64>, Option<&str>)| {
        Some(Step { axis, tag, figure: figure?, unit_mm: unit::in_mm(name?)? })
    };
    stated.into_iter().filter_map(step).collect()
}

fn ome(text: &str) -> Vec<Step> {
    const FIELDS: [(Axis, &str, &str); 3] = [
        (Axis::Lateral, "PhysicalSizeX", "PhysicalSizeXUnit"),
        (Axis::Axial, "PhysicalSizeY", "PhysicalSizeYUnit"),
        (Axis::BetweenBScans, "PhysicalSizeZ", "PhysicalSizeZUnit"),
    ];
    let steps = ome_pixels(text, |pixels| {
        let step = |(axis, tag, unit): (Axis, &'static str, &str)| {
            let figure = pixels.attribute(tag)?.trim().parse().ok()?;
            Some(Step { axis, tag, figure, unit_mm: unit::in_mm(pixels.attribute(unit).unwrap_or("um"))? })
        };
        Some(FIELDS.into_iter().filter_map(step).collect())
    });
    steps.unwrap_or_default()
}
