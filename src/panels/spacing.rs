//! The form for spacing that the file does not carry, or that is in doubt.

use leptos::prelude::*;
use oct::{Axis, AxisSpacing, Doubt, Geometry, SaidBy, SpacingSource, UnlikelyEntry};

use crate::effects::Page;
use crate::model::{EngineStatus, Input, Model, Scan};
use crate::words::{Locale, Said, Text, names, spacing, use_words};

/// Shown while any spacing is unknown or in doubt, and to correct what was typed in.
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
    let doubt = page.memo(|model| model.scan()?.info.geometry.doubt());
    let unlikely = page.memo(|model| model.scan()?.info.geometry.unlikely_entry());
    let [assumed, missing] =
        [assumed, missing].map(|asks: Memo<Option<bool>>| Signal::derive(move || asks.get() == Some(true)));
    move || {
        let axes = asked.get().map(|(_, axes)| axes).unwrap_or_default();
        (!axes.is_empty()).then(|| view! { <Form axes missing assumed doubt unlikely /> })
    }
}

/// Axes the person may state: unknown ones, assumed ones, those stated or confirmed
/// before, and all of them where something is in doubt. Without a volume, how far
/// B-scans are apart means nothing.
fn askable(scan: &Scan) -> Vec<Axis> {
    let geometry = &scan.info.geometry;
    let is_doubted = geometry.doubt().is_some();
    let has_volume = geometry.pattern.why_no_volume().is_none();
    Axis::ALL
        .into_iter()
        .filter(|axis| has_volume || *axis != Axis::BetweenBScans)
        .filter(|axis| {
            is_doubted || !matches!(geometry.spacing(*axis).source(), SpacingSource::FromFile { .. })
        })
        .collect()
}

/// Why a spacing cannot be taken now, or `None` where it can.
fn out_of_reach(model: &Model) -> Option<Text> {
    match model.engine.status {
        EngineStatus::Stopped => Some(spacing::ENGINE_STOPPED),
        _ => model.why_not_held(),
    }
}

#[component]
fn Form(
    axes: Vec<Axis>,
    missing: Signal<bool>,
    assumed: Signal<bool>,
    doubt: Memo<Option<Doubt>>,
    unlikely: Memo<Option<UnlikelyEntry>>,
) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let known = page.memo(|model| {
        let geometry = model.scan().map(|scan| &scan.info.geometry);
        Axis::ALL.map(|axis| geometry.and_then(|geometry| geometry.spacing(axis).mm()))
    });
    let texts = Axis::ALL.map(|axis| RwSignal::new(figure(known.get_untracked()[axis.index()])));
    // A spacing that was confirmed stands in the fields, too.
    Effect::new(move |before: Option<[Option<f64>; 3]>| {
        let now = known.get();
        for axis in Axis::ALL.map(Axis::index) {
            if before.is_some_and(|before| before[axis] != now[axis]) {
                texts[axis].set(figure(now[axis]));
            }
        }
        now
    });
    let problem = RwSignal::new(None::<Said>);
    let out_of_reach = page.memo(out_of_reach);
    let asked = axes.clone();
    let apply = move || {
        let geometry = page.peek(|model| model.scan().map(|scan| scan.info.geometry.clone()));
        let text = |axis: Axis| texts[axis.index()].get_untracked();
        match entered(&geometry.unwrap_or_default(), &asked, text) {
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
            let text = texts[axis.index()];
            view! {
                <label class="field">
                    <span>{t(names::axis_title(*axis))}</span>
                    <span class="field-input">
                        <input type="text" inputmode="decimal" autocomplete="off" size="8" placeholder=t(spacing::example(*axis))
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
        <section class="panel" class:panel-asks=move || missing.get() || doubt.get().is_some() aria-labelledby="spacing-title">
            <header class="panel-head">
                <h2 id="spacing-title">{move || title(doubt.get().is_some(), missing.get()).say(locale.get())}</h2>
            </header>
            {move || doubt.get().map(|doubt| view! { <InDoubt doubt out_of_reach /> })}
            <Show when=move || missing.get()>
                <p class="note">{t(spacing::NEEDED)}</p>
            </Show>
            <Show when=move || assumed.get()>
                <p class="note" data-testid="spacing-assumed">
                    {t(spacing::ASSUMED)}
                </p>
            </Show>
            <form on:submit=move |event| { event.prevent_default(); apply(); }>
                <div class="fields">{fields}</div>
                <p class="field-problem" id="spacing-problem" role="alert" data-testid="spacing-problem">{move || problem.get().map(|problem| problem.say(locale.get()).to_owned())}</p>
                {move || unlikely.get().map(|entry| view! {
                    <p class="field-problem" role="status" lang=Locale::English.tag() data-testid="spacing-unlikely">{entry.to_string()}</p>
                })}
                {move || out_of_reach.get().map(|why| view! { <p class="note" data-testid="spacing-waits">{t(why)}</p> })}
                <button class="button button-wide" type="submit" data-testid="spacing-apply"
                    disabled=move || out_of_reach.get().is_some()>
                    {move || if missing.get() { spacing::APPLY } else { spacing::CHANGE }.say(locale.get())}
                </button>
            </form>
        </section>
    }
}

fn title(in_doubt: bool, missing: bool) -> Text {
    match (in_doubt, missing) {
        (true, _) => spacing::TITLE_IN_DOUBT,
        (false, true) => spacing::TITLE_MISSING,
        (false, false) => spacing::TITLE,
    }
}

/// Why the spacing is not believed, and the answers that one click gives.
#[component]
fn InDoubt(doubt: Doubt, out_of_reach: Memo<Option<Text>>) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let answer = move |test_id: &'static str, label: Said, spacing: Vec<(Axis, f64)>| {
        view! {
            <button class="button button-wide" type="button" data-testid=test_id
                disabled=move || out_of_reach.get().is_some()
                on:click=move |_| page.send(Input::ConfirmSpacing(spacing.clone()))>{move || label.say(locale.get()).to_owned()}</button>
        }
    };
    let sentence = doubt.to_string();
    let proposal = doubt.proposal.map(|proposal| {
        let label = Said::new(|locale| spacing::use_proposal(locale, &proposal.spacing));
        answer("spacing-use-proposal", label, proposal.spacing)
    });
    // What is larger than any eye cannot be right.
    let can_be_right = page.peek(|model| {
        model.scan().is_some_and(|scan| scan.info.geometry.clone().confirm(&doubt.stated).is_ok())
    });
    let is_right =
        if doubt.said_by.contains(&SaidBy::File) { spacing::FILE_IS_RIGHT } else { spacing::IS_RIGHT };
    let stated = can_be_right.then(|| answer("spacing-file-is-right", is_right.into(), doubt.stated));
    view! {
        <p class="note" lang=Locale::English.tag() data-testid="spacing-doubt">{sentence}</p>
        {proposal}
        {stated}
        <p class="note">{t(spacing::OR_ENTER)}</p>
    }
}

/// What was entered, in mm. Where something is in doubt, only what was changed counts,
/// so that the rest is judged anew; where nothing was, the person says that it is right.
fn entered(
    geometry: &Geometry,
    asked: &[Axis],
    text: impl Fn(Axis) -> String,
) -> Result<Vec<(Axis, f64)>, Said> {
    let is_changed = |axis: &&Axis| text(**axis).trim() != figure(geometry.spacing(**axis).mm());
    let mut axes: Vec<Axis> = asked.iter().filter(is_changed).copied().collect();
    if axes.is_empty() || geometry.doubt().is_none() {
        axes = asked.to_vec();
    }
    let read = |axis: Axis| Ok((axis, read_mm(axis, &text(axis))?));
    let spacing: Vec<_> = axes.into_iter().map(read).collect::<Result<_, Said>>()?;
    match geometry.clone().set_typed(&spacing) {
        Ok(()) => Ok(spacing),
        Err(error) => {
            let sentence = error.to_string();
            Err(Said::verbatim(format!("{}{}.", sentence[..1].to_uppercase(), &sentence[1..])))
        }
    }
}

/// A spacing as it stands in its field.
fn figure(mm: Option<f64>) -> String {
    mm.map(|mm| mm.to_string()).unwrap_or_default()
}

fn slug(axis: Axis) -> &'static str {
    match axis {
        Axis::Lateral => "lateral",
        Axis::Axial => "axial",
        Axis::BetweenBScans => "between",
    }
}

/// Reads a spacing in mm; a decimal comma is a decimal point.
fn read_mm(axis: Axis, text: &str) -> Result<f64, Said> {
    let text = text.trim().trim_end_matches("mm").trim().replace(',', ".");
    if text.is_empty() {
        return Err(Said::new(|locale| spacing::is_missing(locale, axis)));
    }
    let mm =
        text.parse::<f64>().map_err(|_| Said::new(|locale| spacing::is_no_number(locale, axis, &text)))?;
    match AxisSpacing::from_user(axis, mm) {
        Ok(_) => Ok(mm),
        Err(_) => {
            let most_mm = AxisSpacing::most_typed_mm(axis);
            Err(Said::new(|locale| spacing::is_out_of_bounds(locale, axis, most_mm)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: std::fmt::Debug>(read: Result<T, Said>) -> String {
        read.unwrap_err().say(Locale::English).to_owned()
    }

    #[test]
    fn a_spacing_is_read_with_point_or_comma_and_unit() {
        assert_eq!(read_mm(Axis::Axial, " 0.0039 "), Ok(0.0039));
        assert_eq!(read_mm(Axis::BetweenBScans, "0,12 mm"), Ok(0.12));
    }

    #[test]
    fn what_is_no_spacing_is_refused_in_a_sentence() {
        for text in ["", "wide", "0", "-1", "NaN", "inf", "11.7"] {
            let refused = refused(read_mm(Axis::Lateral, text));
            assert!(refused.starts_with("Lateral spacing"), "{refused}");
        }
    }

    #[test]
    fn in_doubt_only_what_was_changed_is_entered() {
        let mut geometry = Geometry { samples: Some([512, 496, 49]), ..Geometry::default() };
        for (axis, mm) in Axis::ALL.into_iter().zip([11.5, 3.87, 1.0]) {
            let source = SpacingSource::FromFile { tag: "pixdim".to_owned() };
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source).unwrap());
        }
        let typed =
            |between: &'static str| move |axis: Axis| ["11.5", "3.87", between][axis.index()].to_owned();
        assert_eq!(entered(&geometry, &Axis::ALL, typed("0.12")), Ok(vec![(Axis::BetweenBScans, 0.12)]));
        assert!(refused(entered(&geometry, &Axis::ALL, typed("1"))).contains("divide it by 1000"));
        // Beyond any eye, with the extent.
        let far = refused(entered(&geometry, &Axis::ALL, typed("2")));
        assert!(far.starts_with("The between B-scans spacing of 2 mm would make the scan 98.0 mm high"));
        geometry
            .set_typed(&[(Axis::Lateral, 0.0115), (Axis::Axial, 0.00387), (Axis::BetweenBScans, 0.12)])
            .unwrap();
        let all = |axis: Axis| ["0.0115", "0.00387", "0.24"][axis.index()].to_owned();
        assert_eq!(entered(&geometry, &Axis::ALL, all).unwrap().len(), 3);
    }

    #[test]
    fn micrometres_are_refused_with_the_way_to_put_them_right() {
        for (axis, um) in [(Axis::Lateral, "5.8"), (Axis::Axial, "3.9"), (Axis::BetweenBScans, "30")] {
            let refused = refused(read_mm(axis, um));
            assert!(refused.contains("divide it by 1000"), "{refused}");
        }
    }
}
