//! The Segment button, and the run while it lasts.

use leptos::html::Button;
use leptos::prelude::*;
use web_sys::MouseEvent;

use crate::effects::Page;
use crate::model::{Input, Model, RunEnd, Scan};
use crate::words::{self, Text, notices, run, use_words};

/// Starts, shows and stops a segmentation.
#[component]
pub fn Segmentation() -> impl IntoView {
    let page = Page::expect();
    let running = page.memo(|model| model.scan().is_some_and(Scan::is_running));
    let by_keyboard = RwSignal::new(false);
    let t = use_words();
    view! {
        <section class="panel panel-run" aria-label=t(run::TITLE)>
            <Show when=move || running.get() fallback=move || view! { <Start by_keyboard /> }>
                <Progress by_keyboard />
            </Show>
        </section>
    }
}

/// Start and Cancel take each other's place. Who pressed one by keyboard finds
/// the focus on the other; a mouse leaves it alone, so that Space still hides
/// the overlay.
fn focus_follows(button: NodeRef<Button>, by_keyboard: RwSignal<bool>) {
    Effect::new(move |_| {
        let lost = || document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if let Some(button) = button.get().filter(|_| by_keyboard.get_untracked() && lost()) {
            // It fails only where nothing can have the focus.
            let _no_focus = button.focus();
        }
    });
}

/// A button pressed by keyboard reports no clicks.
fn pressed_by_key(event: &MouseEvent) -> bool {
    event.detail() == 0
}

#[component]
fn Start(by_keyboard: RwSignal<bool>) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let button = NodeRef::new();
    focus_follows(button, by_keyboard);
    let why_not = page.memo(Model::why_not_segment);
    let label = page.memo(|model| model.scan().map_or(run::SEGMENT, label));
    let note = page.memo(note);
    let is_complete = page.memo(|model| model.scan().is_some_and(Scan::is_complete));
    // Where a failure is on show, its restart button is enough.
    let offers_restart = page.memo(|model| model.engine.status.is_out() && model.notice.is_none());
    view! {
        <button class="button button-segment" class:is-done=move || is_complete.get() data-testid="segment"
            disabled=move || why_not.get().is_some() node_ref=button
            on:click=move |event| {
                by_keyboard.set(pressed_by_key(&event));
                page.send(Input::Segment);
            }>{move || label.get().say(locale.get())}</button>
        <p class="quiet" role="status">{note}</p>
        <Show when=move || offers_restart.get()>
            <button class="button button-wide" data-testid="restart-engine-panel"
                on:click=move |_| page.send(Input::StartEngine)>{t(notices::RESTART_ENGINE)}</button>
        </Show>
    }
}

/// What the button does next.
fn label(scan: &Scan) -> Text {
    if scan.is_unfinished() {
        run::CONTINUE
    } else if scan.measured_bscans() > 0 {
        run::SEGMENT_AGAIN
    } else {
        run::SEGMENT
    }
}

/// What stands under the button.
fn note(model: &Model) -> String {
    let locale = model.locale;
    if let Some(why_not) = model.why_not_segment() {
        return why_not.say(locale).to_owned();
    }
    let Some(scan) = model.scan() else { return String::new() };
    let all = scan.info.bscans;
    let what_stays = || run::what_stays(locale, scan.measured_bscans(), scan.is_unfinished());
    match scan.run_end {
        Some(RunEnd::Finished { bscans, elapsed_ms }) => {
            // Those without a picture were gone through and not measured.
            let went_on = bscans < all;
            let measured = if went_on { bscans as usize } else { scan.measured_bscans() };
            run::finished(locale, went_on, measured, elapsed_ms)
        }
        Some(RunEnd::Cancelled) => run::stopped(locale, &what_stays()),
        Some(RunEnd::Failed) => run::failed(locale, &what_stays()),
        None => run::finds(locale, all as usize),
    }
}

#[component]
fn Progress(by_keyboard: RwSignal<bool>) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let button = NodeRef::new();
    focus_follows(button, by_keyboard);
    let run = page.memo(|model| model.scan().and_then(|scan| scan.run));
    let done = move || run.get().map_or(0, |run| run.done);
    let total = move || run.get().map_or(1, |run| run.total.max(1));
    let words = move || {
        let Some(run) = run.get() else { return String::new() };
        let locale = locale.get();
        match run.remaining_ms {
            _ if run.cancelling => run::STOPPING.say(locale).to_owned(),
            None => run::MEASURING_FIRST.say(locale).to_owned(),
            Some(left_ms) => words::time_left(locale, left_ms),
        }
    };
    view! {
        <div class="progress" data-testid="progress">
            <div class="progress-line">
                <strong>{move || run::done_of(locale.get(), done(), total())}</strong>
                <span class="quiet">{words}</span>
            </div>
            <div class="bar" role="progressbar" aria-label=t(run::TITLE) aria-valuemin="0"
                aria-valuemax=move || total().to_string() aria-valuenow=move || done().to_string()>
                <i style:transform=move || format!("scaleX({:.4})", f64::from(done()) / f64::from(total()))></i>
            </div>
            <button class="button button-wide" data-testid="cancel" node_ref=button
                disabled=move || run.get().is_some_and(|run| run.cancelling)
                on:click=move |_| page.send(Input::Cancel)>{t(run::CANCEL)} <kbd aria-hidden="true">"Esc"</kbd></button>
        </div>
    }
}
