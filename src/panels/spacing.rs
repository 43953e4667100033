//! The form for spacing that the file does not carry.

use leptos::prelude::*;
use oct::{Axis, AxisSpacing, SpacingSource};

use crate::effects::Page;
use crate::model::{EngineStatus, Input, Model, Scan};
use crate::words;

/// Shown while any spacing is unknown, and to correct what was typed in.
#[component]
pub fn SpacingForm() -> impl IntoView {
    let page = Page::expect();
    // Another scan, another form: what was typed in for one is no guess for the next.
    let asked = page.memo_scan(|scan| (scan.id, askable(scan)));
    let assumed =
        page.memo_scan(|scan| Axis::ALL.iter().any(|axis| scan.info.geometry.spacing(*axis).is_assumed()));
    // Without a volume to measure, a spacing is only needed for proportions.
    let missing = page.memo_scan(|scan| {
        let geometry = &scan.info.geometry;
        geometry.pattern.why_no_volume().is_none() && !geometry.unknown_axes().is_empty()
    });
    let [assumed, missing] =
        [assumed, missing].map(|asks: Memo<Option<bool>>| Signal::derive(move || asks.get() == Some(true)));
    move || {
        let axes = asked.get().map(|(_, axes)| axes).unwrap_or_default();
        (!axes.is_empty()).then(|| view! { <Form axes missing assumed /> })
    }
}

/// Axes the person may state: unknown ones, assumed ones, and those stated
/// before. Without a volume, how far B-scans are apart means nothing.
fn askable(scan: &Scan) -> Vec<Axis> {
    let geometry = &scan.info.geometry;
    let has_volume = geometry.pattern.why_no_volume().is_none();
    Axis::ALL
        .into_iter()
        .filter(|axis| has_volume || *axis != Axis::BetweenBScans)
        .filter(|axis| !matches!(geometry.spacing(*axis).source(), SpacingSource::FromFile { .. }))
        .collect()
}

/// Why a spacing cannot be taken now, or `None` where it can.
fn out_of_reach(model: &Model) -> Option<&'static str> {
    match model.engine.status {
        EngineStatus::Stopped => Some("The engine stopped: restart it, what you typed stays."),
        _ => model.why_not_held(),
    }
}

#[component]
fn Form(axes: Vec<Axis>, missing: Signal<bool>, assumed: Signal<bool>) -> impl IntoView {
    let page = Page::expect();
    let texts = Axis::ALL.map(|axis| {
        let known = page.peek(|model| model.scan().and_then(|scan| scan.info.geometry.spacing(axis).mm()));
        RwSignal::new(known.map(|mm| mm.to_string()).unwrap_or_default())
    });
    let problem = RwSignal::new(None::<String>);
    let out_of_reach = page.memo(out_of_reach);
    let asked = axes.clone();
    let apply = move || {
        let read: Result<Vec<_>, String> = asked
            .iter()
            .map(|axis| Ok((*axis, read_mm(*axis, &texts[position(*axis)].get_untracked())?)))
            .collect();
        match read {
            Ok(spacing) => {
                problem.set(None);
                page.send(Input::SetSpacing(spacing));
            }
            Err(sentence) => problem.set(Some(sentence)),
        }
    };
    let fields = axes
        .iter()
        .map(|axis| {
            let text = texts[position(*axis)];
            view! {
                <label class="field">
                    <span>{words::axis_title(*axis)}</span>
                    <span class="field-input">
                        <input type="text" inputmode="decimal" autocomplete="off" size="8" placeholder=example(*axis)
                            data-testid=format!("spacing-{}", slug(*axis))
                            aria-describedby="spacing-problem"
                            prop:value=move || text.get()
                            on:input:target=move |event| text.set(event.target().value()) />
                        <em>"mm"</em>
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="panel" class:panel-asks=move || missing.get() aria-labelledby="spacing-title">
            <header class="panel-head">
                <h2 id="spacing-title">{move || if missing.get() { "Spacing not in the file" } else { "Spacing" }}</h2>
            </header>
            <Show when=move || missing.get()>
                <p class="note">"Needed for volumes in nl. It stands in the scan protocol of the device."</p>
            </Show>
            <Show when=move || assumed.get()>
                <p class="note" data-testid="spacing-assumed">
                    "Not in the file: the usual one of the device is assumed. Correct it where you know better."
                </p>
            </Show>
            <form on:submit=move |event| { event.prevent_default(); apply(); }>
                <div class="fields">{fields}</div>
                <p class="field-problem" id="spacing-problem" role="alert" data-testid="spacing-problem">{move || problem.get()}</p>
                {move || out_of_reach.get().map(|why| view! { <p class="note" data-testid="spacing-waits">{why}</p> })}
                <button class="button button-wide" type="submit" data-testid="spacing-apply"
                    disabled=move || out_of_reach.get().is_some()>
                    {move || if missing.get() { "Apply spacing" } else { "Change spacing" }}
                </button>
            </form>
        </section>
    }
}

fn position(axis: Axis) -> usize {
    match axis {
        Axis::Lateral => 0,
        Axis::Axial => 1,
        Axis::BetweenBScans => 2,
    }
}

fn slug(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "lateral",
        Axis::Axial => "axial",
        Axis::BetweenBScans => "between",
    }
}

/// Figures of a usual macular raster, to show the unit's order of magnitude.
fn example(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "e.g. 0.0117",
        Axis::Axial => "e.g. 0.0039",
        Axis::BetweenBScans => "e.g. 0.120",
    }
}

/// Reads a spacing in mm; a decimal comma is a decimal point.
fn read_mm(axis: Axis, text: &str) -> Result<f64, String> {
    let name = words::axis_title(axis);
    let text = text.trim().trim_end_matches("mm").trim().replace(',', ".");
    if text.is_empty() {
        return Err(format!("{name} spacing is missing: give it in mm."));
    }
    let mm = text
        .parse::<f64>()
        .map_err(|_| format!("{name} spacing \"{text}\" is no number: give it in mm, for example 0.0039."))?;
    match AxisSpacing::from_user(axis, mm) {
        Ok(_) => Ok(mm),
        Err(_) => Err(format!(
            "{name} spacing must be above 0 and at most {} mm; if yours is in µm, divide it by 1000.",
            AxisSpacing::most_typed_mm(axis)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spacing_is_read_with_point_or_comma_and_unit() {
        assert_eq!(read_mm(Axis::Axial, " 0.0039 "), Ok(0.0039));
        assert_eq!(read_mm(Axis::BetweenBScans, "0,12 mm"), Ok(0.12));
    }

    #[test]
    fn what_is_no_spacing_is_refused_in_a_sentence() {
        for text in ["", "wide", "0", "-1", "NaN", "inf", "11.7"] {
            let refused = read_mm(Axis::Lateral, text).unwrap_err();
            assert!(refused.starts_with("Lateral spacing"), "{refused}");
        }
    }

    #[test]
    fn micrometres_are_refused_with_the_way_to_put_them_right() {
        for (axis, um) in [(Axis::Lateral, "5.8"), (Axis::Axial, "3.9"), (Axis::BetweenBScans, "30")] {
            let refused = read_mm(axis, um).unwrap_err();
            assert!(refused.contains("divide it by 1000"), "{refused}");
        }
    }
}
