//! Two visits of an eye beside each other: pictures that are scrolled together, how the scans lie
//! on each other, what changed, and why a change need not be one of the eye.
//!
//! | module | what it holds |
//! |---|---|
//! | [`visit`] | one of the two: from the front, and its B-scan |
//! | [`from_front`] | what is drawn from the front |
//! | [`table`] | the table of change |
//! | [`map`] | the map of change |

pub mod from_front;
pub mod map;
pub mod table;
pub mod visit;

use leptos::prelude::*;

use crate::effects::{Page, document};
use crate::model::compare::Stage;
use crate::model::{Compare, CompareInput, Input, Model, Scan};
use crate::words::{Locale, compare, report, use_words};

/// A visit of the two (0 the earlier, 1 the later) with the comparison.
fn visit_of(model: &Model, visit: usize) -> Option<(&Scan, &Compare)> {
    let compare = model.compare.as_ref()?;
    Some((model.scans.get(compare.visits[visit])?, compare))
}

/// What the bar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Bar {
    is_marking: bool,
    is_over: bool,
    has_marks: bool,
    is_compared: bool,
}

impl Bar {
    fn of(compare: &Compare) -> Self {
        Self {
            is_marking: compare.is_marking,
            is_over: compare.is_over,
            has_marks: !compare.marks.is_empty(),
            is_compared: compare.found.is_some(),
        }
    }
}

/// The comparison with what is done with it.
pub fn contents(page: Page) -> impl IntoView {
    let t = use_words();
    let ask = move |input| page.send(Input::Compare(input));
    // Whatever of these changes, all of it is made anew: that is seldom.
    let shown = page.memo(|model| Some((model.compare.as_ref()?.visits, model.locale)));
    let found = page.memo(|model| {
        let compare = model.compare.as_ref()?;
        Some((compare.changed, model.locale))
    });
    let status = page.memo(status);
    let why_not = page.memo(|model| model.compare.as_ref()?.why_not.clone());
    let bar = page.memo(|model| model.compare.as_ref().map(Bar::of).unwrap_or_default());
    let is = move |of: fn(Bar) -> bool| move || of(bar.get());
    let chip = move |id: &'static str, words, key: &'static str, is_on: fn(Bar) -> bool, input| {
        view! {
            <button class="chip" data-testid=id aria-pressed=move || is(is_on)().to_string() on:click=move |_| ask(input)>
                {t(words)} <kbd aria-hidden="true">{key}</kbd></button>
        }
    };
    let button = move |id: &'static str, words, is_there: fn(Bar) -> bool, input| {
        view! {
            <button class="button button-small" data-testid=id disabled=move || !is(is_there)() on:click=move |_| ask(input)>{t(words)}</button>
        }
    };
    let visits = move || {
        shown.get();
        [0, 1].map(|visit| view! { <visit::Visit visit /> })
    };
    let figures = move || {
        found.get();
        page.peek(|model| {
            let (before, compare) = visit_of(model, 0)?;
            let found = compare.found.as_ref()?;
            let cautions = &found.compared.cautions;
            let none = cautions.is_empty().then(|| view! { <p>{compare::NO_CAUTION.say(model.locale)}</p> });
            let cautions = cautions.iter().map(|said| view! { <li>{said.clone()}</li> }).collect_view();
            Some(view! {
                <div class="compare-figures">
                    <section>{table::table(model.locale, before, found)}</section>
                    <section>
                        {map::maps(model.locale, before, found)}
                        <h4>{compare::CAUTIONS.say(model.locale)}</h4>
                        <ul class="compare-cautions" lang=Locale::English.tag() data-testid="compare-cautions">{cautions}</ul>
                        {none}
                    </section>
                </div>
            })
        })
    };
    view! {
        <div class="sheet-body compare" tabindex="0" data-scrolls role="region" aria-labelledby="sheet-title">
            <div class="report-bar">
                {chip("compare-over", compare::OVER, "V", |bar| bar.is_over, CompareInput::ToggleOver)}
                {chip("compare-mark", compare::MARK, "M", |bar| bar.is_marking, CompareInput::ToggleMarking)}
                {button("compare-undo", compare::UNDO, |bar| bar.has_marks, CompareInput::UndoMark)}
                {button("compare-forget", compare::FORGET, |bar| bar.has_marks, CompareInput::ForgetMarks)}
                {button("compare-swap", compare::SWAP, |_| true, CompareInput::Swap)}
                {button("compare-save", compare::SAVE, |bar| bar.is_compared, CompareInput::Save)}
                <button class="button button-small" data-testid="compare-print" on:click=|_| document::print()>{t(report::PRINT)}</button>
            </div>
            <p role="status" class="compare-status" data-testid="compare-status">{move || status.get()}</p>
            {move || why_not.get().map(|why| view! {
                <p class="note" role="alert" lang=Locale::English.tag() data-testid="compare-why-not">{why}</p>
            })}
            <Show when=is(|bar| bar.is_marking)>
                <p class="note">{t(compare::ABOUT_MARKING)}</p>
            </Show>
            <div class="compare-visits">{visits}</div>
            {figures}
            <p class="fine"><strong>{t(report::NOTICE)}</strong></p>
        </div>
    }
}

/// How the scans lie on each other, and how long lies between them.
fn status(model: &Model) -> Option<String> {
    let (compare, locale) = (model.compare.as_ref()?, model.locale);
    if compare.stage != Stage::Answered
        && let Some(why) = model.why_not_compare()
    {
        return Some(why.say(locale).to_owned());
    }
    let compared = match &compare.found {
        Some(found) => &found.compared,
        None => return (compare.stage == Stage::Asked).then(|| compare::COMPARING.say(locale).to_owned()),
    };
    let apart = compared.days.map(|days| compare::days(locale, days));
    let laid = match &compared.laid {
        Some(laid) => compare::laid(locale, laid),
        None => {
            format!("{} {}", compare::NOT_LAID.say(locale), compared.not_laid.as_deref().unwrap_or_default())
        }
    };
    Some(apart.into_iter().chain([laid]).collect::<Vec<_>>().join(" "))
}
