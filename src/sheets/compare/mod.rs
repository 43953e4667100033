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

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::Element;

use super::plain::add;
use crate::action::{Now, action};
use crate::effects::{Page, document};
use crate::model::compare::Stage;
use crate::model::{Compare, CompareInput, Input, Model, Scan};
use crate::words::{Locale, Text, compare, report, use_words};

/// A visit of the two (0 the earlier, 1 the later) with the comparison.
fn visit_of(model: &Model, visit: usize) -> Option<(&Scan, &Compare)> {
    let compare = model.compare.as_ref()?;
    Some((model.scans.get(compare.visits[visit])?, compare))
}

/// The comparison with what is done with it.
pub fn contents(page: Page) -> impl IntoView {
    let t = use_words();
    // Whatever of these changes, all of it is made anew: that is seldom.
    let shown = page.memo(|model| Some((model.compare.as_ref()?.visits, model.locale)));
    let changed = page.memo(|model| Some((model.compare.as_ref()?.changed, model.locale)));
    let status = page.memo(|model| status(model).unwrap_or_default());
    let of = |read: fn(&Model, &Compare) -> Option<String>| {
        page.memo(move |model| {
            model.compare.as_ref().and_then(|compare| read(model, compare)).unwrap_or_default()
        })
    };
    let why_not = of(|_, compare| compare.why_not.clone());
    let about_marking =
        of(|model, compare| compare.is_marking.then(|| compare::ABOUT_MARKING.say(model.locale).to_owned()));
    let figures: NodeRef<Div> = NodeRef::new();
    Effect::new(move |_| {
        changed.get();
        if let Some(holder) = figures.get() {
            holder.set_text_content(None);
            page.peek(|model| add_figures(&holder, model));
        }
    });
    let visits = move || {
        shown.get();
        vec![visit::visit(page, 0), visit::visit(page, 1)]
    };
    view! {
        <div class="sheet-body compare" tabindex="0" data-scrolls role="region" aria-labelledby="sheet-title">
            <div class="report-bar">{buttons()}
                <button class="button button-small" data-testid="compare-print" on:click=|_| document::print()>{t(report::PRINT)}</button>
            </div>
            <p role="status" data-testid="compare-status">{status}</p>
            <p class="note" role="alert" lang=Locale::English.tag() data-testid="compare-why-not">{why_not}</p>
            <p class="note">{about_marking}</p>
            <div class="compare-visits">{visits}</div>
            <div class="compare-figures" node_ref=figures></div>
            <p class="fine"><strong>{t(report::NOTICE)}</strong></p>
        </div>
    }
}

/// What is done with the comparison.
fn buttons() -> Vec<AnyView> {
    let small = |id, words: Text, key, now: fn(&Model) -> Now, input| {
        action((id, "button-small"), (words, key), now, Input::Compare(input))
    };
    vec![
        small(
            "compare-over",
            compare::OVER,
            "V",
            |model| is_on(model, |it| it.is_over),
            CompareInput::ToggleOver,
        ),
        small(
            "compare-mark",
            compare::MARK,
            "M",
            |model| is_on(model, |it| it.is_marking),
            CompareInput::ToggleMarking,
        ),
        small("compare-undo", compare::UNDO, "Z", lacks_marks, CompareInput::UndoMark),
        small("compare-forget", compare::FORGET, "", lacks_marks, CompareInput::ForgetMarks),
        small("compare-swap", compare::SWAP, "X", |_| Now::default(), CompareInput::Swap),
        small("compare-save", compare::SAVE, "", lacks_figures, CompareInput::Save),
    ]
}

fn is_on(model: &Model, of: fn(&Compare) -> bool) -> Now {
    Now { is_on: Some(model.compare.as_ref().is_some_and(of)), ..Now::default() }
}

fn lacks_marks(model: &Model) -> Now {
    let is_lacking = model.compare.as_ref().is_none_or(|compare| compare.marks.is_empty());
    Now { why_not: is_lacking.then_some(compare::NO_MARK), ..Now::default() }
}

fn lacks_figures(model: &Model) -> Now {
    let is_lacking = model.compare.as_ref().is_none_or(|compare| compare.found.is_none());
    Now { why_not: is_lacking.then_some(compare::COMPARING), ..Now::default() }
}

/// Adds what was found to `to`.
fn add_figures(to: &Element, model: &Model) {
    let Some((before, compare)) = visit_of(model, 0) else { return };
    let (locale, Some(found)) = (model.locale, &compare.found) else { return };
    table::add_table(&add(to, "section", &[], ""), locale, before, found);
    let beside = add(to, "section", &[], "");
    map::add_maps(&beside, locale, before, found);
    add(&beside, "h4", &[], compare::CAUTIONS.say(locale));
    let attributes = [("lang", Locale::English.tag()), ("data-testid", "compare-cautions")];
    let list = add(&beside, "ul", &attributes, "");
    for caution in &found.compared.cautions {
        add(&list, "li", &[], caution);
    }
    if found.compared.cautions.is_empty() {
        add(&beside, "p", &[], compare::NO_CAUTION.say(locale));
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
