//! Generated eyes for teaching: a series by number, a link to each, its truth, and how the network
//! agrees with it.

use leptos::prelude::*;
use oct::FluidClass;

use super::find::FindTheFluid;
use crate::effects::{Page, document};
use crate::model::{Input, Source, ViewInput};
use crate::words::{nanolitres, teaching, use_words};

/// The panel; nothing where the scan on show is no generated eye.
#[component]
pub fn Teaching() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    // Its number; the sample stands before the first of the series.
    let number = page.memo(|model| match &model.scan()?.source {
        Source::Sample => Some(0),
        Source::Eye(number) => Some(*number),
        Source::Files(_) => None,
    });
    let is_generated = Memo::new(move |_| number.get().is_some());
    let truth = page.memo(|model| model.view.truth);
    let finds = page.memo(|model| model.find.is_some());
    let agreement = page.memo_scan(|scan| scan.agreement);
    let lines = move || {
        agreement.get().flatten().map(|agreement| {
            FluidClass::ALL.map(|class| {
                let of = agreement.get(class);
                let dash = || "—".to_owned();
                let dice = of.dice.map_or_else(dash, |dice| format!("{dice:.2}"));
                let off_by = of.avd_mm3.map_or_else(dash, |mm3| nanolitres(mm3 * 1000.0));
                view! { <tr><th scope="row">{class.abbreviation()}</th><td>{dice}</td><td>{off_by}</td></tr> }
            })
        })
    };
    let open = move |number: u32| {
        page.send(if number == 0 { Input::OpenSample } else { Input::OpenEye(number) });
    };
    let now = move || number.get().unwrap_or(0);
    view! {
        <Show when=move || is_generated.get()>
            <section class="panel" aria-labelledby="teaching-title" data-testid="teaching">
                <header class="panel-head">
                    <h2 id="teaching-title">{t(teaching::TITLE)}</h2>
                    <span class="quiet" data-testid="eye-number">{move || (now() > 0).then(|| now().to_string())}</span>
                </header>
                <p class="fine">{t(teaching::ABOUT)}</p>
                <div class="fovea-buttons">
                    <button class="button button-small" data-testid="previous-eye" disabled=move || now() == 0
                        on:click=move |_| open(now().saturating_sub(1))>{t(teaching::PREVIOUS)}</button>
                    <button class="button button-small" data-testid="next-eye"
                        on:click=move |_| open(now().saturating_add(1))>{t(teaching::NEXT)}</button>
                    <button class="chip unless-finding" data-testid="toggle-truth" aria-pressed=move || truth.get().to_string()
                        title=t(teaching::TRUTH_TITLE) on:click=move |_| page.send(Input::View(ViewInput::ToggleTruth))>
                        {t(teaching::TRUTH)} <kbd aria-hidden="true">"T"</kbd>
                    </button>
                </div>
                <FindTheFluid />
                {move || (now() > 0).then(|| {
                    let link = document::link_to_eye(now(), finds.get());
                    view! { <p class="eye-link">{t(teaching::LINK)}": "<a href=link.clone() data-testid="eye-link">{link.clone()}</a></p> }
                })}
                <Show when=move || agreement.get().flatten().is_some()>
                    <table class="figures unless-finding" data-testid="agreement">
                        <thead><tr>
                            <th scope="col">{t(teaching::AGAINST_TRUTH)}</th><th scope="col">{t(teaching::DICE)}</th>
                            <th scope="col">{t(teaching::OFF_BY)}</th>
                        </tr></thead>
                        <tbody>{lines}</tbody>
                    </table>
                    <p class="fine unless-finding">{t(teaching::ABOUT_DICE)}</p>
                </Show>
            </section>
        </Show>
    }
}
