//! Volumes and presence scores per class. Unmeasured is "—", never 0.

use engine_protocol::{Coverage, Measurement};
use fluid::DrawnBy;
use fluid::label::THRESHOLD;
use leptos::prelude::*;
use oct::FluidClass;

use super::threshold::Threshold;
use crate::effects::Page;
use crate::model::{Model, Scan};
use crate::words::{
    Locale, Text, at_least, measurements, names, nanolitres, slug, square_millimetres, use_words,
};

/// The measurements.
#[component]
pub fn Measurements() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let rows = FluidClass::ALL.map(|class| view! { <ClassRow class /> });
    let coverage = page.memo(|model| {
        let measurement = model.scan()?.measurement.as_ref()?;
        Some(coverage(model.locale, measurement))
    });
    let note = page.memo(note);
    let measured_otherwise = page.memo_scan(|scan| scan.measured_otherwise);
    view! {
        <section class="panel unless-finding" aria-labelledby="measurements-title">
            <header class="panel-head">
                <h2 id="measurements-title">{t(measurements::TITLE)}</h2>
                <span class="quiet" data-testid="coverage">
                    {move || coverage.get()}
                </span>
            </header>
            <div class="measures">{rows}</div>
            {move || note.get().map(|note| view! { <p class="note" data-testid="volume-note">{note}</p> })}
            <Show when=move || measured_otherwise.get() == Some(true)>
                <p class="note" data-testid="measured-otherwise">
                    {t(measurements::MEASURED_OTHERWISE)}
                </p>
            </Show>
            <Threshold />
            <p class="fine">{t(measurements::ABOUT_PRESENCE)}</p>
        </section>
    }
}

#[component]
fn ClassRow(class: FluidClass) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let of = move |read: fn(Locale, &Measurement, FluidClass) -> Option<String>| {
        let figure = page.memo(move |model| read(model.locale, model.scan()?.measurement.as_ref()?, class));
        move || figure.get().unwrap_or_else(|| "—".to_owned())
    };
    let volume = page.memo(move |model| {
        let scan = model.scan()?;
        volume(scan, scan.measurement.as_ref()?, class)
    });
    let volume = move || volume.get().unwrap_or_else(|| "—".to_owned());
    let between = page.memo(move |model| {
        let between_nl = between_nl(model.scan()?, class)?;
        Some(measurements::between(model.locale, between_nl))
    });
    let corrected = page.memo(move |model| corrected(model, class));
    let presence = of(|_, m, class| m.class(class).presence_score.map(|score| format!("{score:.2}")));
    let bscans = of(|locale, m, class| {
        (m.measured_bscans > 0).then(|| measurements::with_fluid(locale, m.class(class).bscans_with_fluid))
    });
    let calling = page.memo(move |model| calling(model, class));
    let called = move || calling.get().map(|calling| called(calling).say(locale.get()));
    let called_title =
        move || calling.get().map(|(_, threshold)| measurements::called_from(locale.get(), threshold));
    let score = page.memo(move |model| {
        let measurement = model.scan().and_then(|scan| scan.measurement.as_ref());
        measurement.and_then(|m| m.class(class).presence_score).unwrap_or(0.0)
    });
    view! {
        <div class=format!("measure measure-{}", slug(class))>
            <i class="swatch" aria-hidden="true"></i>
            <div class="measure-name"><strong>{class.abbreviation()}</strong><span>{t(names::fluid(class))}</span></div>
            <output class="measure-volume" class:is-absent=move || volume() == "—" data-testid=format!("volume-{}", slug(class))
                aria-label=move || measurements::volume_of(locale.get(), class)>{volume}</output>
            <div class="measure-more">
                <span data-testid=format!("bscans-{}", slug(class))>{bscans}</span>
                <span class="between" data-testid=format!("between-{}", slug(class)) title=t(measurements::BETWEEN_TITLE)>{between}</span>
                <span data-testid=format!("corrected-{}", slug(class))>{corrected}</span>
                <span class="presence">
                    {t(measurements::PRESENCE)}
                    <i class="meter" aria-hidden="true"><i style:transform=move || format!("scaleX({:.3})", score.get())></i></i>
                    <b data-testid=format!("presence-{}", slug(class))>{presence}</b>
                    <span data-testid=format!("called-{}", slug(class)) title=called_title>{called}</span>
                </span>
            </div>
        </div>
    }
}

/// The volume of a class, or else its area; `None` where neither is known.
pub fn volume(scan: &Scan, measurement: &Measurement, class: FluidClass) -> Option<String> {
    let volume = measurement.class(class).volume_nl.map(nanolitres);
    let volume = volume.map(|nl| if measurement.is_lower_bound() { at_least(&nl) } else { nl });
    volume.or_else(|| area_mm2(scan, measurement, class).map(square_millimetres))
}

/// Between which volumes that of a class lies, nl.
pub fn between_nl(scan: &Scan, class: FluidClass) -> Option<[f64; 2]> {
    // The bounds hold for the threshold that the network was judged with.
    let measurement = scan.measurement.as_ref().filter(|_| scan.threshold == THRESHOLD)?;
    measurement.class(class).between_nl.filter(|between_nl| between_nl[1] > 0.0)
}

/// The presence score of a class, and the one from which it counts as present.
pub fn calling(model: &Model, class: FluidClass) -> Option<(f32, f32)> {
    let measurement = model.scan()?.measurement.as_ref()?;
    let score = measurement.class(class).presence_score?;
    let threshold = model.network()?.presence_thresholds[class.index()];
    // It is that of the likeliest B-scan: what waits may yet reach it.
    (score >= threshold || measurement.is_complete()).then_some((score, threshold))
}

/// That a person corrected `class`, with what the network alone had.
pub fn corrected(model: &Model, class: FluidClass) -> Option<String> {
    let of = model.scan()?.measurement.as_ref()?.class(class).corrected?;
    let alone = match of.drawn_by {
        DrawnBy::Model => return None,
        DrawnBy::Person => true,
        DrawnBy::Both => false,
    };
    Some(measurements::corrected(model.locale, alone, of.model_nl.zip(of.difference_nl)))
}

/// Whether a class counts as present.
pub fn called((score, threshold): (f32, f32)) -> Text {
    if score >= threshold { measurements::PRESENT } else { measurements::NOT_CALLED }
}

/// The area of a class in a scan of a single B-scan, which has no volume.
fn area_mm2(scan: &Scan, measurement: &Measurement, class: FluidClass) -> Option<f64> {
    let pixels = match measurement.class(class).voxels_per_bscan.as_slice() {
        [pixels] if scan.info.geometry.pattern.shows_structure() => (*pixels)?,
        _ => return None,
    };
    Some(pixels as f64 * scan.pixel_mm2()?)
}

/// How much is measured, in words.
pub fn coverage(locale: Locale, measurement: &Measurement) -> String {
    let missing = measurement.without_picture.len();
    measurements::coverage(locale, measurement.measured_bscans, measurement.bscans, missing)
}

/// Why volumes are "—", in one sentence; `None` where they are not.
pub fn note(model: &Model) -> Option<String> {
    let locale = model.locale;
    let Some(scan) = model.scan() else { return why_no_volume(locale, None, None, None) };
    let geometry = &scan.info.geometry;
    let unknown = geometry.unknown_axes();
    let spacing = if geometry.doubt().is_some() {
        Some(measurements::SPACING_IN_DOUBT.say(locale).to_owned())
    } else {
        (!unknown.is_empty()).then(|| measurements::spacing_unknown(locale, &unknown))
    };
    why_no_volume(locale, scan.measurement.as_ref(), spacing, geometry.pattern.why_no_volume())
}

/// Why volumes are "—", in one sentence; `spacing` says what is wrong with that.
fn why_no_volume(
    locale: Locale,
    measurement: Option<&Measurement>,
    spacing: Option<String>,
    pattern: Option<&str>,
) -> Option<String> {
    if let Some(pattern) = pattern {
        return Some(measurements::no_volume_because(locale, pattern));
    }
    match (measurement, spacing) {
        (None, None) => Some(measurements::NOT_MEASURED.say(locale).to_owned()),
        (None, Some(spacing)) => Some(measurements::not_measured_while(locale, &spacing)),
        (Some(m), _) if m.is_complete() && m.coverage == Coverage::Withheld => m.about_missing_pictures(),
        (Some(m), Some(spacing)) if m.is_complete() => Some(measurements::no_volume_while(locale, &spacing)),
        (Some(m), _) if !m.is_complete() => {
            Some(measurements::volumes_follow(locale, m.measured_bscans, m.bscans))
        }
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
        let said = why_no_volume(Locale::English, Some(&partial), None, None).unwrap();
        assert!(said.starts_with("1 of 2 B-scans measured"), "{said}");
        mask.set_bscan(1, vec![0]).unwrap();
        let whole = measure(&mask, &Geometry::default(), &PresenceAccumulator::new());
        let unknown = || Some("the spacing is not known (lateral, axial)".to_owned());
        let said = why_no_volume(Locale::English, Some(&whole), unknown(), None).unwrap();
        assert_eq!(said, "No volume in nl while the spacing is not known (lateral, axial).");
        assert_eq!(why_no_volume(Locale::English, Some(&whole), None, None), None);
        mask.set_without_picture(1).unwrap();
        let missing = measure(&mask, &Geometry::default(), &PresenceAccumulator::new());
        let said = why_no_volume(Locale::English, Some(&missing), None, None).unwrap();
        assert!(said.contains("1 of 2 B-scans holds no picture") && said.contains("too much"), "{said}");
        assert_eq!(coverage(Locale::English, &missing), "1 of 2 B-scans measured, 1 holds no picture");
        let said =
            why_no_volume(Locale::English, Some(&whole), unknown(), oct::ScanPattern::Circle.why_no_volume())
                .unwrap();
        assert!(said.contains("circle scan") && !said.contains("spacing"), "{said}");
        assert_eq!(why_no_volume(Locale::English, None, None, None).unwrap(), "Not measured yet.");
    }
}
