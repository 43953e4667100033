//! The tools to correct masks by hand, under the switches.

use leptos::html::Details;
use leptos::prelude::*;
use oct::FluidClass;

use crate::effects::Page;
use crate::model::{HandInput, Input, Scan, Tool};
use crate::words::{correcting, slug, use_words};

/// The key of each tool.
pub fn tool_key(tool: Tool) -> &'static str {
    match tool {
        Tool::Pocket => "C",
        Tool::Brush => "B",
        Tool::Eraser => "E",
        Tool::Fill => "F",
        Tool::Lasso => "Q",
        Tool::Push => "Y",
        Tool::Reclassify => "J",
        Tool::Remove => "X",
        Tool::GiveBack => "N",
    }
}

/// What the bar shows of a scan.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    can_undo: bool,
    can_redo: bool,
    /// The B-scan in view was looked at.
    is_reviewed: bool,
    /// What an earlier visit kept is in force.
    is_restored: bool,
    /// B-scans that a person drew in.
    drawn: usize,
    /// B-scans that a person looked at.
    reviewed: usize,
}

impl State {
    fn of(scan: &Scan) -> Self {
        Self {
            can_undo: scan.can_undo,
            can_redo: scan.can_redo,
            is_reviewed: scan.is_reviewed(scan.cursor.bscan),
            is_restored: scan.keeping.is_restored,
            drawn: scan.bscans.all_drawn().filter(|drawn| drawn.of.drawn_voxels > 0).count(),
            reviewed: scan.bscans.all_drawn().filter(|drawn| drawn.of.reviewed).count(),
        }
    }
}

/// The bar of the tools; open while a person corrects.
#[component]
pub fn Correcting() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let ask = move |wanted| page.send(Input::Hand(wanted));
    let hand = page.memo(|model| model.hand);
    let state = page.memo_scan(State::of);
    // A tool that was taken by its key is seen.
    let bar: NodeRef<Details> = NodeRef::new();
    Effect::new(move |_| {
        if let (Some(bar), true) = (bar.get(), hand.get().tool.is_some()) {
            // It fails only for a name that no attribute can have.
            let _never = bar.set_attribute("open", "");
        }
    });
    let can_draw = page.memo(|model| {
        model.why_not_held().is_none() && model.scan().is_some_and(|scan| scan.asks_first().is_none())
    });
    let several = page.memo(|model| model.scan().is_some_and(Scan::has_neighbours));
    let has_kept = page.memo(|model| model.has_kept);
    let of_state = move |read: fn(State) -> bool| state.get().is_some_and(read);
    let tools = Tool::ALL.map(|tool| {
        let (name, title) = correcting::tool(tool);
        view! {
            <button class="chip" data-testid=format!("tool-{}", tool.slug()) title=t(title)
                aria-pressed=move || (hand.get().tool == Some(tool)).to_string()
                disabled=move || !can_draw.get()
                on:click=move |_| ask(HandInput::Take(tool))>
                {t(name)} <kbd aria-hidden="true">{tool_key(tool)}</kbd>
            </button>
        }
    });
    let classes = FluidClass::ALL.map(|class| {
        view! {
            <button class=format!("chip chip-{}", slug(class)) data-testid=format!("draw-{}", slug(class))
                title=move || correcting::draw_class(locale.get(), class)
                aria-label=move || correcting::draw_class(locale.get(), class)
                aria-pressed=move || (hand.get().class == class).to_string()
                on:click=move |_| ask(HandInput::Class(class))>
                <i class="swatch" aria-hidden="true"></i>{class.abbreviation()}
            </button>
        }
    });
    let small = move |id: &'static str, name, title, wanted: HandInput, why_not: Signal<bool>| {
        view! {
            <button class="chip" data-testid=id title=t(title) disabled=move || why_not.get()
                on:click=move |_| ask(wanted.clone())>{t(name)}</button>
        }
    };
    view! {
        <details class="correcting" data-testid="correcting" node_ref=bar>
            <summary title=t(correcting::OPEN_TITLE)>{t(correcting::TITLE)}
                <Show when=move || of_state(|state| state.drawn + state.reviewed > 0)>
                    <small data-testid="drawn">{move || {
                        state.get().map(|state| correcting::drawn(locale.get(), state.drawn, state.reviewed))
                    }}</small>
                </Show>
            </summary>
            <div class="toolbar" role="toolbar" aria-label=t(correcting::TOOLS)>
                <div class="toolbar-group">{tools}</div>
                <div class="toolbar-group" role="group" aria-label=t(correcting::DRAWS)>{classes}
                    <button class="chip" data-testid="smaller" title=t(correcting::SMALLER) aria-label=t(correcting::SMALLER)
                        on:click=move |_| ask(HandInput::Resize { larger: false })>"−"</button>
                    <button class="chip" data-testid="larger" title=t(correcting::LARGER) aria-label=t(correcting::LARGER)
                        on:click=move |_| ask(HandInput::Resize { larger: true })>"+"</button>
                    <Show when=move || several.get()>
                        <label class="switch"><input type="checkbox" data-testid="through-volume"
                            prop:checked=move || hand.get().through_volume
                            on:change:target=move |event| ask(HandInput::ThroughVolume(event.target().checked())) />
                            <span>{t(correcting::THROUGH_VOLUME)}</span></label>
                    </Show>
                </div>
                <div class="toolbar-group">
                    <Show when=move || several.get()>
                        <button class="chip" data-testid="interpolate" title=t(correcting::INTERPOLATE_TITLE)
                            disabled=move || !can_draw.get()
                            on:click=move |_| ask(HandInput::Interpolate)>{t(correcting::INTERPOLATE)} <kbd aria-hidden="true">"I"</kbd></button>
                    </Show>
                    <button class="chip" data-testid="review" title=t(correcting::REVIEW_TITLE)
                        aria-pressed=move || of_state(|state| state.is_reviewed).to_string()
                        disabled=move || !can_draw.get()
                        on:click=move |_| ask(HandInput::Review)>{t(correcting::REVIEW)} <kbd aria-hidden="true">"K"</kbd></button>
                    {small("undo", correcting::UNDO, correcting::UNDO_TITLE, HandInput::Undo,
                        Signal::derive(move || !of_state(|state| state.can_undo)))}
                    {small("redo", correcting::REDO, correcting::REDO_TITLE, HandInput::Redo,
                        Signal::derive(move || !of_state(|state| state.can_redo)))}
                </div>
            </div>
            <p class="note">
                <Show when=move || of_state(|state| state.is_restored)>
                    <strong role="status" data-testid="restored">{t(correcting::RESTORED)}</strong> " "
                </Show>
                <span class="unless-finding">{t(correcting::KEPT)}</span>
                <span class="while-finding">{t(correcting::NOT_KEPT)}</span> " "
                <Show when=move || has_kept.get()>
                    <button class="button button-small" data-testid="forget-kept"
                        on:click=move |_| page.send(Input::ForgetKept)>{t(correcting::FORGET)}</button>
                </Show>
            </p>
        </details>
    }
}
