//! "Find the fluid" in a generated eye: what to do, how well it was done, where to go on.

use fluid::{ByClass, Overlap};
use leptos::prelude::*;
use oct::FluidClass;

use crate::effects::Page;
use crate::model::find::Compared;
use crate::model::{Answer, FindInput, Input, Scan};
use crate::words::{run, square_millimetres, teaching, use_words, viewer};

/// The game; a button alone while nobody plays.
#[component]
pub fn FindTheFluid() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let ask = move |wanted| page.send(Input::Find(wanted));
    let plays = page.memo(|model| model.find.is_some());
    let answer = page.memo(|model| model.answer());
    let score =
        page.memo(|model| model.find.as_ref().map(|find| find.score()).filter(|(checked, _)| *checked > 0));
    // Whether there is another B-scan to go on with; `None` before the truth is there.
    let goes_on = page.memo(|model| {
        let (find, scan) = model.finding()?;
        scan.truth.is_there().then(|| find.next(scan).is_some())
    });
    view! {
        <div class="fovea-buttons">
            <button class="chip" data-testid="find" aria-pressed=move || plays.get().to_string() title=t(teaching::FIND_TITLE)
                on:click=move |_| ask(FindInput::Toggle)>{t(teaching::FIND)}</button>
            <Show when=move || plays.get()>
                <button class="button button-small" data-testid="find-check" disabled=move || answer.get() == Answer::Compared || goes_on.get().is_none()
                    on:click=move |_| ask(FindInput::Check)>{t(teaching::CHECK)} <kbd aria-hidden="true">"T"</kbd></button>
                <button class="button button-small" data-testid="find-next" disabled=move || goes_on.get() != Some(true)
                    on:click=move |_| ask(FindInput::Next)>{t(teaching::NEXT_BSCAN)} <kbd aria-hidden="true">"."</kbd></button>
            </Show>
        </div>
        <Show when=move || plays.get()>
            <p class="fine">{t(teaching::ABOUT_FIND)}</p>
            <p class="note" role="status" data-testid="find-score">
                {move || score.get().map(|(checked, dice)| teaching::score(locale.get(), checked, dice))}
                {move || (goes_on.get() == Some(false)).then(|| t(teaching::NO_OTHER_BSCAN))}
            </p>
            <Show when=move || answer.get() == Answer::Compared><Comparison /></Show>
        </Show>
    }
}

/// The person beside truth and network, in figures.
#[component]
fn Comparison() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    // Counted where something changed, not at every move.
    let changed = page
        .memo_scan(|scan| (scan.id, scan.cursor.bscan, scan.bscans.results_changed(), scan.truth.is_there()));
    let compared = Memo::new(move |_| {
        changed.get();
        page.peek(|model| model.scan().and_then(|scan| Compared::of(scan, scan.cursor.bscan)))
    });
    let pixel_mm2 = page.memo_scan(Scan::pixel_mm2);
    let lacks_network = move || compared.get().is_some_and(|compared| compared.network.is_none());
    let why_not =
        page.memo(|model| model.why_not_segment().is_some() || model.scan().is_some_and(Scan::is_running));
    let area = move |pixels: u64| match pixel_mm2.get().flatten() {
        Some(mm2) => square_millimetres(pixels as f64 * mm2),
        None => viewer::pixels(locale.get(), pixels as f64),
    };
    let dice = |of: &ByClass<Overlap>, class| {
        of.get(class).dice().map_or_else(|| "—".to_owned(), |dice| format!("{dice:.2}"))
    };
    let lines = move || {
        let Compared { drawn, network } = compared.get()?;
        Some(FluidClass::ALL.map(|class| {
            let Overlap { fp, fn_, .. } = *drawn.get(class);
            let network = network.as_ref().map_or_else(|| "—".to_owned(), |network| dice(network, class));
            let cells =
                [dice(&drawn, class), network, area(fn_), area(fp)].map(|cell| view! { <td>{cell}</td> });
            view! { <tr><th scope="row">{class.abbreviation()}</th>{cells}</tr> }
        }))
    };
    let head = [teaching::YOU, teaching::NETWORK, teaching::MISSED, teaching::INVENTED]
        .map(|name| view! { <th scope="col">{t(name)}</th> });
    let key = [
        ("drawn", teaching::KEY_DRAWN),
        ("truth", teaching::KEY_TRUTH),
        ("network", teaching::NETWORK),
        ("missed", teaching::MISSED),
        ("invented", teaching::INVENTED),
    ]
    .map(|(of, name)| view! { <li><i class=format!("line line-{of}") aria-hidden="true"></i>{t(name)}</li> });
    view! {
        <table class="figures" data-testid="find-compared">
            <thead><tr><th scope="col">{t(teaching::DICE)}</th>{head}</tr></thead>
            <tbody>{lines}</tbody>
        </table>
        <ul class="line-key">{key}</ul>
        <Show when=lacks_network>
            <p class="note" data-testid="find-no-network">{t(teaching::NO_NETWORK)} " "
                <button class="button button-small" data-testid="find-segment" disabled=move || why_not.get()
                    on:click=move |_| page.send(Input::Segment)>{t(run::SEGMENT)}</button>
            </p>
        </Show>
    }
}
