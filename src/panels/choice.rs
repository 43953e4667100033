//! Which volume of a file that holds several is meant, and which is open.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::Input;
use crate::words::{questions, use_words};

/// Stands first, where there is a choice: all other panels speak of what was chosen.
#[component]
pub fn VolumeChoice() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    // The scan's id is part of it: another scan is another list.
    let choices =
        page.memo_scan(|scan| (scan.id, scan.info.choices.clone(), scan.info.chosen, scan.asks_for_volume()));
    move || {
        choices.get().filter(|(_, choices, ..)| !choices.is_empty()).map(|(_, choices, chosen, asks)| {
            if asks {
                view! { <Question choices shown=chosen /> }.into_any()
            } else {
                view! {
                    <section class="panel" aria-label=t(questions::WHICH_VOLUME)>
                        <Choice choices chosen />
                    </section>
                }
                .into_any()
            }
        })
    }
}

/// All volumes, none of them chosen. One has to be shown, which says nothing of which is meant.
#[component]
fn Question(choices: Vec<String>, shown: u32) -> impl IntoView {
    let page = Page::expect();
    let (t, locale, count) = (use_words(), page.locale(), choices.len());
    let note = move || questions::volumes_to_choose_from(locale.get(), count);
    let buttons = choices
        .into_iter()
        .zip(0_u32..)
        .map(|(text, index)| {
            view! {
                <button class="volume-choice" data-testid=format!("volume-choice-{}", index + 1)
                    on:click=move |_| page.send(Input::ChooseVolume(index))>
                    <b>{(index + 1).to_string()}</b>
                    <span>{text}</span>
                    {(index == shown).then(|| view! { <em class="quiet">{t(questions::ON_SHOW)}</em> })}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="panel panel-asks" aria-labelledby="volumes-title" data-testid="volume-question">
            <header class="panel-head">
                <h2 id="volumes-title">{t(questions::CHOOSE_VOLUME)}</h2>
            </header>
            <p class="note">{note}</p>
            <div class="volume-choices">{buttons}</div>
        </section>
    }
}

/// The volumes of a file that holds several; choosing one opens it.
#[component]
fn Choice(choices: Vec<String>, chosen: u32) -> impl IntoView {
    let page = Page::expect();
    let (locale, count) = (page.locale(), choices.len());
    let label = move || questions::there_are_volumes(locale.get(), count);
    let options = choices
        .into_iter()
        .enumerate()
        .map(|(index, text)| {
            view! { <option value=index.to_string() prop:selected=index as u32 == chosen>{text}</option> }
        })
        .collect_view();
    let select: NodeRef<leptos::html::Select> = NodeRef::new();
    let on_change = move |_| {
        let Some(select) = select.get_untracked() else { return };
        if let Ok(choice) = select.value().parse::<u32>() {
            // Until it is open, the one on show is the one that is chosen.
            select.set_value(&chosen.to_string());
            page.send(Input::ChooseVolume(choice));
        }
    };
    view! {
        <label class="choice">
            <span>{label}</span>
            <select node_ref=select data-testid="volume-choice" on:change=on_change>{options}</select>
        </label>
    }
}
