//! Which volume of a file that holds several is open.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::Input;

/// Stands first, where there is a choice: all other panels speak of what was chosen.
#[component]
pub fn VolumeChoice() -> impl IntoView {
    let page = Page::expect();
    // The scan's id is part of it: another scan is another list.
    let choices = page.memo_scan(|scan| (scan.id, scan.info.choices.clone(), scan.info.chosen));
    move || {
        choices.get().filter(|(_, choices, _)| !choices.is_empty()).map(|(_, choices, chosen)| {
            view! {
                <section class="panel" aria-label="Which volume">
                    <Choice choices chosen />
                </section>
            }
        })
    }
}

/// The volumes of a file that holds several; choosing one opens it.
#[component]
fn Choice(choices: Vec<String>, chosen: u32) -> impl IntoView {
    let page = Page::expect();
    let label = format!("There are {} volumes", choices.len());
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
