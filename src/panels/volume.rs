//! What is known of the open volume.

use leptos::prelude::*;
use oct::{Axis, Laterality};

use crate::session::Session;
use crate::words;

/// The volume.
#[component]
pub fn VolumePanel() -> impl IntoView {
    let session = Session::expect();
    let rows = move || {
        session.volume.get().map(|volume| {
            let spacings = Axis::ALL
                .map(|axis| {
                    let spacing = volume.geometry.spacing(axis);
                    let figure = spacing.mm().map_or_else(|| "—".to_owned(), words::millimetres);
                    view! {
                        <div class="fact">
                            <dt>{words::axis_title(axis)}</dt>
                            <dd>{figure}<small>{words::spacing_source(spacing)}</small></dd>
                        </div>
                    }
                })
                .into_iter()
                .collect_view();
            let eye = match volume.geometry.laterality {
                Some(Laterality::Od) => "right (OD)",
                Some(Laterality::Os) => "left (OS)",
                None => "not in the file",
            };
            let warnings = volume
                .warnings
                .iter()
                .map(|warning| view! { <li>{warning.clone()}</li> })
                .collect_view();
            let has_warnings = !volume.warnings.is_empty();
            view! {
                <Show when=move || has_warnings>
                    <ul class="warnings" data-testid="volume-warnings">{warnings.clone()}</ul>
                </Show>
                {(!volume.choices.is_empty()).then(|| view! { <Choice choices=volume.choices.clone() chosen=volume.chosen /> })}
                <dl class="facts">
                    <div class="fact"><dt>"Format"</dt><dd>{format!("{}, {} bit", volume.format, volume.bits)}</dd></div>
                    <div class="fact"><dt>"Device maker"</dt>
                        <dd>{volume.vendor.clone().unwrap_or_else(|| "not in the file".to_owned())}
                            {volume.acquisition.device.clone().map(|device| view! { <small>{device}</small> })}</dd></div>
                    {volume.acquisition.acquired.clone().map(|acquired| view! {
                        <div class="fact"><dt>"Taken"</dt><dd>{acquired.replace('T', ", ")}</dd></div>
                    })}
                    <div class="fact"><dt>"Pattern"</dt><dd>{volume.geometry.pattern.name()}</dd></div>
                    <div class="fact"><dt>"Eye"</dt><dd>{eye}</dd></div>
                    <div class="fact"><dt>"Size"</dt>
                        <dd>{format!("{} × {}", volume.columns, volume.rows)}
                            <small>{format!("columns × rows, {}", words::bscans(volume.frames as usize))}</small></dd></div>
                    {spacings}
                </dl>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="volume-title" data-testid="volume-panel">
            <header class="panel-head"><h2 id="volume-title">"Volume"</h2></header>
            {rows}
        </section>
    }
}

/// The volumes of a file that holds several; choosing one opens it.
#[component]
fn Choice(choices: Vec<String>, chosen: u32) -> impl IntoView {
    let session = Session::expect();
    let label = format!("The file holds {} volumes", choices.len());
    let options = choices
        .into_iter()
        .enumerate()
        .map(|(index, text)| {
            view! { <option value=index.to_string() selected=index as u32 == chosen>{text}</option> }
        })
        .collect_view();
    let select: NodeRef<leptos::html::Select> = NodeRef::new();
    let on_change = move |_| {
        let Some(select) = select.get_untracked() else { return };
        if let Ok(choice) = select.value().parse::<u32>() {
            // Until it is open, the one on show is the one that is chosen.
            select.set_value(&chosen.to_string());
            session.choose_volume(choice);
        }
    };
    view! {
        <label class="choice">
            <span>{label}</span>
            <select node_ref=select data-testid="volume-choice" on:change=on_change>{options}</select>
        </label>
    }
}
