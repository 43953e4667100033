//! "Find the fluid" in a generated eye: what to do, how well it was done, where to go on. What of it
//! is there only meanwhile the style sheet shows.

use leptos::prelude::*;
use oct::FluidClass;

use crate::effects::Page;
use crate::model::{Answer, FindInput, Input, Model, Scan};
use crate::words::{run, square_millimetres, teaching, use_words, viewer};

/// The game; a button alone while nobody plays.
#[component]
pub fn FindTheFluid() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let finds = page.memo(|model| model.find.is_some());
    let cannot_check = page.memo(|model| {
        model.answer() != Answer::Hidden || !model.scan().is_some_and(|scan| scan.truth.is_there())
    });
    let cannot_go_on = page.memo(|model| next(model).is_none());
    let score = page.memo(score);
    let has_network = page.memo(|model| model.compared().is_none_or(|compared| compared.network.is_some()));
    let cannot_segment =
        page.memo(|model| model.why_not_segment().is_some() || model.scan().is_some_and(Scan::is_running));
    // Without a wish of the game it segments.
    let button = move |id: &'static str, (name, key), wanted: Option<FindInput>, is_off: Memo<bool>| {
        view! {
            <button class="button button-small while-finding" data-testid=id disabled=move || is_off.get()
                on:click=move |_| page.send(wanted.map_or(Input::Segment, Input::Find))>{t(name)} <kbd aria-hidden="true">{key}</kbd></button>
        }
    };
    let rows = FluidClass::ALL.map(|class| {
        let cells = [0, 1, 2, 3].map(|column| {
            let cell = page.memo(move |model| cell(model, class, column));
            view! { <td>{cell}</td> }
        });
        view! { <tr><th scope="row">{class.abbreviation()}</th>{cells}</tr> }
    });
    let names = [teaching::DICE, teaching::YOU, teaching::NETWORK, teaching::MISSED, teaching::INVENTED];
    let key = ["drawn", "truth", "network", "missed", "invented"];
    let lines =
        [teaching::YOU, teaching::TRUTH_LINE, teaching::NETWORK, teaching::MISSED, teaching::INVENTED];
    view! {
        <div class="fovea-buttons">
            <button class="chip" data-testid="find" aria-pressed=move || finds.get().to_string() title=t(teaching::FIND_TITLE)
                on:click=move |_| page.send(Input::Find(FindInput::Toggle))>{t(teaching::FIND)}</button>
            {button("find-check", (teaching::CHECK, "T"), Some(FindInput::Check), cannot_check)}
            {button("find-next", (teaching::NEXT_BSCAN, "."), Some(FindInput::Next), cannot_go_on)}
        </div>
        <p class="fine while-finding">{t(teaching::ABOUT_FIND)}</p>
        <p class="note while-finding" role="status" data-testid="find-score">{score}</p>
        <div class="while-compared" data-testid="find-compared">
            <table class="figures">
                <thead><tr>{names.map(|name| view! { <th scope="col">{t(name)}</th> })}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <ul class="line-key">
                {[0, 1, 2, 3, 4].map(|at| view! { <li><i class=format!("line line-{}", key[at]) aria-hidden="true"></i>{t(lines[at])}</li> })}
            </ul>
            <p class="note" data-testid="find-no-network" hidden=move || has_network.get()>{t(teaching::NO_NETWORK)} " "
                {button("find-segment", (run::SEGMENT, ""), None, cannot_segment)}
            </p>
        </div>
    }
}

/// The B-scan to go on with.
fn next(model: &Model) -> Option<u32> {
    model.finding().and_then(|(find, scan)| find.next(scan))
}

/// How well it was done so far, and whether it is over.
fn score(model: &Model) -> Option<String> {
    let (find, scan) = model.finding()?;
    let (checked, dice) = find.score();
    let score = if checked > 0 { teaching::score(model.locale, checked, dice) } else { String::new() };
    let is_over = scan.truth.is_there() && next(model).is_none();
    let over = if is_over { teaching::NO_OTHER_BSCAN.say(model.locale) } else { "" };
    Some(score + over)
}

/// A cell of the table: Dice of the person, Dice of the network, what was missed, what was invented.
fn cell(model: &Model, class: FluidClass, column: usize) -> Option<String> {
    let compared = model.compared()?;
    let drawn = compared.drawn.get(class);
    let area = |pixels: u64| match model.scan().and_then(Scan::pixel_mm2) {
        Some(mm2) => square_millimetres(pixels as f64 * mm2),
        None => viewer::pixels(model.locale, pixels as f64),
    };
    let dice = |dice: Option<f64>| dice.map_or_else(|| "—".to_owned(), |dice| format!("{dice:.2}"));
    Some(match column {
        0 => dice(drawn.dice()),
        1 => dice(compared.network.as_ref().and_then(|network| network.get(class).dice())),
        2 => area(drawn.fn_),
        _ => area(drawn.fp),
    })
}
