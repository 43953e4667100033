//! The probability from which on a pixel counts as fluid.

use fluid::label::{THRESHOLD, THRESHOLDS};
use leptos::prelude::*;

use crate::effects::Page;
use crate::model::Input;
use crate::words::{measurements, use_words};

/// A slider, its value, and the way back.
#[component]
pub fn Threshold() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    // What a person wants stands on the slider while the engine labels.
    let threshold = page
        .memo(|model| model.scan().map_or(THRESHOLD, |scan| scan.threshold_wanted.unwrap_or(scan.threshold)));
    let is_usual = move || threshold.get() == THRESHOLD;
    let why_not = page.memo(|model| {
        let can_move = model.scan().is_some_and(|scan| scan.has_results() && !scan.lacks_chances);
        model.why_not_held().is_some() || !can_move
    });
    let lacks_chances = page.memo(|model| model.scan().is_some_and(|scan| scan.lacks_chances));
    view! {
        <div class="threshold">
            <label>
                <span>{t(measurements::THRESHOLD)}</span>
                <input type="range" data-testid="threshold" step="1"
                    min=percent(THRESHOLDS[0]) max=percent(THRESHOLDS[1])
                    title=t(measurements::THRESHOLD_TITLE)
                    disabled=move || why_not.get()
                    prop:value=move || percent(threshold.get())
                    aria-valuetext=move || measurements::threshold(locale.get(), threshold.get())
                    on:input:target=move |event| {
                        if let Ok(percent) = event.target().value().parse::<f32>() {
                            page.send(Input::SetThreshold(percent / 100.0));
                        }
                    } />
                <output>{move || format!("{} %", percent(threshold.get()))}</output>
            </label>
            <Show when=move || lacks_chances.get()>
                <p class="note" role="status">{t(measurements::THRESHOLD_STAYS)}</p>
            </Show>
            <Show when=move || !is_usual()>
                <p class="note" role="status" data-testid="threshold-note">
                    {t(measurements::THRESHOLD_CHANGED)} " "
                    <button class="button button-small" data-testid="threshold-reset" disabled=move || why_not.get()
                        on:click=move |_| page.send(Input::SetThreshold(THRESHOLD))>
                        {move || measurements::back_to(locale.get(), THRESHOLD)}
                    </button>
                </p>
            </Show>
        </div>
    }
}

fn percent(threshold: f32) -> String {
    format!("{:.0}", threshold * 100.0)
}
