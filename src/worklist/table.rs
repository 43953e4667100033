//! The rows of the list. A row of the table shows whichever scan stands in its place, so that
//! what has the focus stays where it is while results come in.

use fluid::MeasuredScan;
use leptos::html::Div;
use leptos::prelude::*;
use oct::FluidClass;

use crate::effects::Page;
use crate::model::worklist::{Column, Row, RowId, RowState, SpacingFrom, needs_person};
use crate::model::{Input, ListInput};
use crate::words::{self, Locale, Text, run, use_words, worklist};

/// The columns that the table is sorted by.
const COLUMNS: [Column; 7] = [
    Column::Scan,
    Column::State,
    Column::Fluid(FluidClass::Irf),
    Column::Fluid(FluidClass::Srf),
    Column::Fluid(FluidClass::Ped),
    Column::Spacing,
    Column::Time,
];

/// The table.
#[component]
pub fn Table() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let count = page.memo(|model| model.worklist.rows().len());
    let heads = COLUMNS.map(|column| view! { <Head column /> }).into_iter().collect_view();
    let holder: NodeRef<Div> = NodeRef::new();
    // A row that was removed by keyboard takes the focus with it, and a dialog opens with none.
    Effect::new(move |_| {
        count.get();
        request_animation_frame(move || {
            let lost = |tag: String| tag == "BODY" || tag == "DIALOG";
            let is_lost = document().active_element().is_none_or(|element| lost(element.tag_name()));
            if let Some(holder) = holder.get_untracked().filter(|_| is_lost) {
                // It fails only where nothing can have the focus.
                drop(holder.focus());
            }
        });
    });
    let rows = move || (0..count.get()).map(|place| view! { <Line place /> }).collect_view();
    view! {
        <div class="list-table" tabindex="0" node_ref=holder role="region" aria-labelledby="worklist-title">
            <table>
                <thead><tr>{heads}<th scope="col"><span class="visually-hidden">{t(worklist::COLUMN_DO)}</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Head(column: Column) -> impl IntoView {
    let page = Page::expect();
    let locale = page.locale();
    let sorted = page.memo(move |model| {
        let (by, falling) = model.worklist.sorted_by;
        (by == column).then_some(falling)
    });
    let aria = move || match sorted.get() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    let mark = move || match sorted.get() {
        None => "",
        Some(false) => "▲",
        Some(true) => "▼",
    };
    let (slug, title) = describe(column);
    view! {
        <th scope="col" class=format!("list-{slug}") aria-sort=aria>
            <button data-testid=format!("sort-{slug}") on:click=move |_| page.send(Input::List(ListInput::SortBy(column)))>
                {move || title.say(locale.get())}<i aria-hidden="true">{mark}</i>
            </button>
        </th>
    }
}

fn describe(column: Column) -> (&'static str, Text) {
    match column {
        Column::Scan => ("scan", worklist::COLUMN_SCAN),
        Column::State => ("state", worklist::COLUMN_STATE),
        Column::Fluid(class) => (words::slug(class), Text::same(class.abbreviation())),
        Column::Spacing => ("spacing", worklist::COLUMN_SPACING),
        Column::Time => ("time", worklist::COLUMN_TIME),
    }
}

/// What a row of the table shows.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    id: RowId,
    name: String,
    /// Slug of its state, for the style sheet.
    kind: &'static str,
    state: String,
    /// What there is to say beside it, and the tag of its language.
    note: Option<(String, &'static str)>,
    /// Volume of each fluid, and in how many B-scans it is where there is no volume.
    fluids: [(String, String); 3],
    spacing: String,
    time: String,
    can_be_retried: bool,
}

#[component]
fn Line(place: usize) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let version = page.memo(move |model| model.worklist.at(place).map(|row| (row.id, row.version)));
    // What is long to say is said only where something has changed.
    let shown = Memo::new(move |_| {
        version.get()?;
        let locale = locale.get();
        page.peek(|model| model.worklist.at(place).map(|row| shown(locale, row)))
    });
    let of = move |ask: fn(RowId) -> ListInput| {
        if let Some(id) = shown.with_untracked(|shown| shown.as_ref().map(|shown| shown.id)) {
            page.send(Input::List(ask(id)));
        }
    };
    let name = move || shown.get().map(|shown| shown.name);
    let note = move || {
        let (note, tag) = shown.get()?.note?;
        Some(view! { <small lang=tag>{note}</small> })
    };
    let figures = move || {
        shown.get().map(|Shown { kind, state, fluids, spacing, time, .. }| {
            let fluids = fluids.map(|(volume, bscans)| {
                view! { <td class="list-figure">{volume}<small>{bscans}</small></td> }
            });
            view! {
                <td class=format!("list-is-{kind}")>{state}</td>
                {fluids.into_iter().collect_view()}
                <td class="list-spacing">{spacing}</td>
                <td class="list-time">{time}</td>
            }
        })
    };
    let named = move |what: Text| format!("{} {}", what.say(locale.get()), name().unwrap_or_default());
    let cannot = move || !shown.get().is_some_and(|shown| shown.can_be_retried);
    view! {
        <tr data-testid="list-row">
            <th scope="row"><button class="list-open" on:click=move |_| of(ListInput::Open)>{name}</button>{note}</th>
            {figures}
            <td class="list-do">
                <button class="button button-quiet button-icon" aria-label=move || named(worklist::RETRY) title=t(worklist::RETRY)
                    disabled=cannot on:click=move |_| of(ListInput::Retry)>"↻"</button>
                <button class="button button-quiet button-icon" aria-label=move || named(worklist::REMOVE) title=t(worklist::REMOVE)
                    on:click=move |_| of(ListInput::Remove)>"×"</button>
            </td>
        </tr>
    }
}

fn shown(locale: Locale, row: &Row) -> Shown {
    let (kind, state) = match &row.state {
        RowState::Waiting => ("waiting", worklist::WAITING.say(locale).to_owned()),
        RowState::Reading => ("busy", worklist::READING.say(locale).to_owned()),
        RowState::Measuring { done, total } => ("busy", run::done_of(locale, *done, *total)),
        state if needs_person(state) => ("asks", worklist::ASKS.say(locale).to_owned()),
        RowState::Done(_) | RowState::Asks(_) => ("done", worklist::DONE.say(locale).to_owned()),
        RowState::Failed(_) => ("failed", worklist::FAILED.say(locale).to_owned()),
    };
    let done = match &row.state {
        RowState::Done(scan) => Some(&**scan),
        _ => None,
    };
    Shown {
        id: row.id,
        name: row.name.clone(),
        kind,
        state,
        note: note(locale, &row.state),
        fluids: FluidClass::ALL
            .map(|class| done.map_or_else(Default::default, |scan| fluid(locale, scan, class))),
        spacing: done
            .map(|scan| worklist::spacing_from(SpacingFrom::of(scan)).say(locale).to_owned())
            .unwrap_or_default(),
        time: row.seconds.map(|s| words::duration(locale, s * 1000.0)).unwrap_or_default(),
        can_be_retried: !matches!(
            row.state,
            RowState::Waiting | RowState::Reading | RowState::Measuring { .. }
        ),
    }
}

/// What there is to say of a row beside its state.
fn note(locale: Locale, state: &RowState) -> Option<(String, &'static str)> {
    let own = |text: Text| (text.say(locale).to_owned(), locale.tag());
    match state {
        RowState::Asks(question) => {
            let (question, tag) = own(*question);
            Some((format!("{question} {}", worklist::OPEN_TO_ANSWER.say(locale)), tag))
        }
        RowState::Failed(notice) => {
            Some((notice.sentence.say(locale).to_owned(), notice.sentence.tag(locale)))
        }
        state if needs_person(state) => Some(own(worklist::OPEN_FOR_SPACING)),
        RowState::Done(scan) => {
            let because = scan.no_volume_because.first().cloned();
            let because = because.or_else(|| scan.measurement.about_missing_pictures())?;
            Some((because, Locale::English.tag()))
        }
        _ => None,
    }
}

/// The volume of a class, and in how many B-scans it is where there is none.
fn fluid(locale: Locale, scan: &MeasuredScan, class: FluidClass) -> (String, String) {
    let measured = scan.measurement.class(class);
    match measured.volume_nl.map(words::nanolitres) {
        Some(volume) if scan.measurement.is_lower_bound() => (words::at_least(&volume), String::new()),
        Some(volume) => (volume, String::new()),
        None => ("—".to_owned(), words::bscans(locale, measured.bscans_with_fluid)),
    }
}
