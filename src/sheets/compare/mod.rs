//! Two visits of an eye beside each other: pictures that are scrolled together, how the scans lie
//! on each other, what changed, and why a change need not be one of the eye.
//!
//! | module | what it holds |
//! |---|---|
//! | [`visit`] | one of the two: from the front, and its B-scan |
//! | [`events`] | what a person does on the pictures |
//! | [`from_front`] | what is drawn from the front |
//! | [`table`] | the table of change |
//! | [`map`] | the map of change |

pub mod events;
pub mod from_front;
pub mod map;
pub mod table;
pub mod visit;

use engine_protocol::ScanId;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{Element, Event};

use self::events::asked_by;
use self::visit::Visit;
use super::plain::add;
use crate::action::{Now, action};
use crate::canvas::wheel::Steps;
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
    let changed = page.memo(|model| Some((model.compare.as_ref()?.changed, model.locale)));
    let status = page.memo(|model| status(model).unwrap_or_default());
    let why_not = page
        .memo(|model| model.compare.as_ref().and_then(|compare| compare.why_not.clone()).unwrap_or_default());
    let about_marking = page.memo(|model| {
        let is_marking = model.compare.as_ref().is_some_and(|compare| compare.is_marking);
        if is_marking { compare::ABOUT_MARKING.say(model.locale) } else { "" }
    });
    let [visits, figures]: [NodeRef<Div>; 2] = [NodeRef::new(), NodeRef::new()];
    Effect::new(move |_| {
        changed.get();
        if let Some(holder) = figures.get() {
            holder.set_text_content(None);
            page.peek(|model| add_figures(&holder, model));
        }
    });
    let shown = page.memo(shown);
    let both: StoredValue<Vec<Visit>, LocalStorage> = StoredValue::new_local(Vec::new());
    Effect::new(move |made_for: Option<_>| {
        let now = shown.get().map(|(visits, locale, ..)| (visits, locale));
        let holder = visits.get()?;
        page.peek(|model| {
            both.update_value(|both| {
                if made_for != Some(now) {
                    holder.set_text_content(None);
                    *both =
                        [0, 1].into_iter().filter_map(|visit| Visit::add(&holder, model, visit)).collect();
                }
                both.iter_mut().for_each(|visit| visit.show(model));
            });
        });
        now
    });
    let steps = Steps::new();
    let take = move |event: &Event| {
        let asked = both.with_value(|both| page.peek(|model| asked_by(event, model, both, steps)));
        if let Some(input) = asked {
            page.send(Input::Compare(input));
        }
    };
    view! {
        <div class="sheet-body compare" tabindex="0" data-scrolls role="region" aria-labelledby="sheet-title">
            <div class="report-bar">{buttons()}
                <button class="button button-small" data-testid="compare-print" on:click=|_| document::print()>{t(report::PRINT)}</button>
            </div>
            <p role="status" data-testid="compare-status">{status}</p>
            <p class="note" role="alert" lang=Locale::English.tag() data-testid="compare-why-not">{why_not}</p>
            <p class="note">{about_marking}</p>
            <div class="compare-visits" node_ref=visits on:input=move |event| take(&event)
                on:pointerdown=move |event| take(&event) on:keydown=move |event| take(&event) on:wheel=move |event| take(&event)></div>
            <div class="compare-figures" node_ref=figures></div>
            <p class="fine"><strong>{t(report::NOTICE)}</strong></p>
        </div>
    }
}

/// What is shown of one visit: the B-scan in view, then what counts changes of its pictures.
type Pictured = (u32, [u64; 3]);

/// All that the pictures of both visits show.
type Shown = ([ScanId; 2], Locale, [Option<Pictured>; 2], u32, [bool; 3], usize, [[f64; 2]; 2], usize);

fn shown(model: &Model) -> Option<Shown> {
    let compare = model.compare.as_ref()?;
    let pictured = [0, 1].map(|visit| {
        let (scan, _) = visit_of(model, visit)?;
        let bscans = &scan.bscans;
        let changed = [bscans.pictures_changed(), bscans.results_changed(), scan.front.changed()];
        Some((scan.cursor.bscan, changed))
    });
    let switches = [compare.is_unseen, compare.is_marking, compare.is_over];
    let (changed, marks) = (compare.changed, compare.marks.len());
    Some((compare.visits, model.locale, pictured, changed, switches, compare.lead, compare.crosses, marks))
}

/// What is done with the comparison.
fn buttons() -> Vec<AnyView> {
    let small = |id, words: Text, key, now: fn(&Model) -> Now, input: fn() -> Input| {
        action((id, "button-small"), (words, key), now, input)
    };
    vec![
        small(
            "compare-over",
            compare::OVER,
            "V",
            |model| is_on(model, |it| it.is_over),
            || Input::Compare(CompareInput::ToggleOver),
        ),
        small(
            "compare-mark",
            compare::MARK,
            "M",
            |model| is_on(model, |it| it.is_marking),
            || Input::Compare(CompareInput::ToggleMarking),
        ),
        small("compare-undo", compare::UNDO, "Z", lacks_marks, || Input::Compare(CompareInput::UndoMark)),
        small("compare-forget", compare::FORGET, "", lacks_marks, || {
            Input::Compare(CompareInput::ForgetMarks)
        }),
        small("compare-swap", compare::SWAP, "X", |_| Now::default(), || Input::Compare(CompareInput::Swap)),
        small("compare-save", compare::SAVE, "", lacks_figures, || Input::Compare(CompareInput::Save)),
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
