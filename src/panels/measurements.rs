//! Volumes and presence scores per class. Unmeasured is "—", never 0.

use engine_protocol::{Coverage, Measurement};
use leptos::prelude::*;
use oct::{Axis, FluidClass};

use crate::effects::Page;
use crate::words::{self, slug};

/// The measurements.
#[component]
pub fn Measurements() -> impl IntoView {
    let page = Page::expect();
    let rows = FluidClass::ALL.map(|class| view! { <ClassRow class /> });
    let coverage = page.memo(|model| model.scan().and_then(|scan| scan.measurement.as_ref()).map(coverage));
    let note = page.memo(|model| {
        let Some(scan) = model.scan() else { return why_no_volume(None, None, None) };
        let geometry = &scan.info.geometry;
        let unknown: Vec<&str> = geometry.unknown_axes().into_iter().map(Axis::name).collect();
        let spacing = if geometry.doubt().is_some() {
            Some("the spacing is in doubt: confirm or correct it first".to_owned())
        } else {
            (!unknown.is_empty()).then(|| format!("the spacing is not known ({})", unknown.join(", ")))
        };
        why_no_volume(scan.measurement.as_ref(), spacing, geometry.pattern.why_no_volume())
    });
    let measured_otherwise = page.memo_scan(|scan| scan.measured_otherwise);
    view! {
        <section class="panel" aria-labelledby="measurements-title">
            <header class="panel-head">
                <h2 id="measurements-title">"Fluid"</h2>
                <span class="quiet" data-testid="coverage">
                    {move || coverage.get()}
                </span>
            </header>
            <div class="measures">{rows}</div>
            {move || note.get().map(|note| view! { <p class="note" data-testid="volume-note">{note}</p> })}
            <Show when=move || measured_otherwise.get() == Some(true)>
                <p class="note" data-testid="measured-otherwise">
                    "Segmented with another spacing than now: segment again, so that the network sees the scan in its true proportions."
                </p>
            </Show>
            <p class="fine">"Presence: how sure the network is that the class occurs, 0 to 1; calibrated on generated eyes."</p>
        </section>
    }
}

#[component]
fn ClassRow(class: FluidClass) -> impl IntoView {
    let page = Page::expect();
    let of = move |read: fn(&Measurement, FluidClass) -> Option<String>| {
        let figure = page.memo(move |model| read(model.scan()?.measurement.as_ref()?, class));
        move || figure.get().unwrap_or_else(|| "—".to_owned())
    };
    let volume = of(|m, class| {
        let volume = words::nanolitres(m.class(class).volume_nl?);
        Some(if m.is_lower_bound() { at_least(&volume) } else { volume })
    });
    let presence = of(|m, class| m.class(class).presence_score.map(|score| format!("{score:.2}")));
    let bscans = of(|m, class| {
        (m.measured_bscans > 0)
            .then(|| format!("{} with fluid", words::bscans(m.class(class).bscans_with_fluid)))
    });
    let score = page.memo(move |model| {
        let measurement = model.scan().and_then(|scan| scan.measurement.as_ref());
        measurement.and_then(|m| m.class(class).presence_score).unwrap_or(0.0)
    });
    view! {
        <div class=format!("measure measure-{}", slug(class))>
            <i class="swatch" aria-hidden="true"></i>
            <div class="measure-name"><strong>{class.abbreviation()}</strong><span>{class.name()}</span></div>
            <output class="measure-volume" class:is-absent=move || volume() == "—" data-testid=format!("volume-{}", slug(class))
                aria-label=format!("Volume of {}", class.abbreviation())>{volume}</output>
            <div class="measure-more">
                <span data-testid=format!("bscans-{}", slug(class))>{bscans}</span>
                <span class="presence">
                    "presence "
                    <i class="meter" aria-hidden="true"><i style:transform=move || format!("scaleX({:.3})", score.get())></i></i>
                    <b data-testid=format!("presence-{}", slug(class))>{presence}</b>
                </span>
            </div>
        </div>
    }
}

/// A volume as the least that there is.
fn at_least(volume: &str) -> String {
    if volume.starts_with('<') { "> 0 nl".to_owned() } else { format!("≥ {volume}") }
}

/// How much is measured, in words.
fn coverage(measurement: &Measurement) -> String {
    let bscans = words::bscans(measurement.bscans);
    let missing = measurement.without_picture.len();
    if missing > 0 {
        let hold = if missing == 1 { "holds" } else { "hold" };
        format!("{} of {bscans} measured, {missing} {hold} no picture", measurement.measured_bscans)
    } else if measurement.is_complete() {
        format!("all {bscans} measured")
    } else {
        format!("{} of {bscans} measured", measurement.measured_bscans)
    }
}

/// Why volumes are "—", in one sentence; `spacing` says what is wrong with that.
fn why_no_volume(
    measurement: Option<&Measurement>,
    spacing: Option<String>,
    pattern: Option<&str>,
) -> Option<String> {
    if let Some(pattern) = pattern {
        return Some(format!("No volume in nl. {pattern}"));
    }
    match (measurement, spacing) {
        (None, None) => Some("Not measured yet.".to_owned()),
        (None, Some(spacing)) => Some(format!("Not measured yet; and no volume in nl while {spacing}.")),
        (Some(m), _) if m.is_complete() && m.coverage == Coverage::Withheld => m.about_missing_pictures(),
        (Some(m), Some(spacing)) if m.is_complete() => Some(format!("No volume in nl while {spacing}.")),
        (Some(m), _) if !m.is_complete() => Some(format!(
            "{} of {} measured: volumes in nl follow when all are.",
            m.measured_bscans,
            words::bscans(m.bscans)
        )),
        (Some(m), _) => m.about_missing_pictures(),
    }
}

#[cfg(test)]
mod tests {
    use fluid::{PresenceAccumulator, measure};
    use oct::{Geometry, LabelMask};

    use super::*;

    #[test]
    fn a_missing_volume_always_has_its_reason() {
        let mut mask = LabelMask::unmeasured(1, 1, 2);
        mask.set_bscan(0, vec![1]).unwrap();
        let partial = measure(&mask, &Geometry::default(), &PresenceAccumulator::new());
        let said = why_no_volume(Some(&partial), None, None).unwrap();
        assert!(said.starts_with("1 of 2 B-scans measured"), "{said}");
        mask.set_bscan(1, vec![0]).unwrap();
        let whole = measure(&mask, &Geometry::default(), &PresenceAccumulator::new());
        let unknown = || Some("the spacing is not known (lateral, axial)".to_owned());
        let said = why_no_volume(Some(&whole), unknown(), None).unwrap();
        assert_eq!(said, "No volume in nl while the spacing is not known (lateral, axial).");
        assert_eq!(why_no_volume(Some(&whole), None, None), None);
        mask.set_without_picture(1).unwrap();
        let missing = measure(&mask, &Geometry::default(), &PresenceAccumulator::new());
        let said = why_no_volume(Some(&missing), None, None).unwrap();
        assert!(said.contains("1 of 2 B-scans holds no picture") && said.contains("too much"), "{said}");
        assert_eq!([at_least("12.3 nl"), at_least("< 0.01 nl")], ["≥ 12.3 nl", "> 0 nl"]);
        assert_eq!(coverage(&missing), "1 of 2 B-scans measured, 1 holds no picture");
        let said = why_no_volume(Some(&whole), unknown(), oct::ScanPattern::Circle.why_no_volume()).unwrap();
        assert!(said.contains("circle scan") && !said.contains("spacing"), "{said}");
        assert_eq!(why_no_volume(None, None, None).unwrap(), "Not measured yet.");
    }
}
