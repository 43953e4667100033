//! The help: the keys as they are bound, what the three fluids are, what the network learnt from
//! and where it fails.

use leptos::prelude::*;
use oct::FluidClass;

use crate::effects::Page;
use crate::model::{Input, Sheet};
use crate::viewer::keyboard::{self, Keys};
use crate::words::{Locale, Text, help, keys, names, report, slug, tour, use_words, viewer};

/// The button that opens it.
#[component]
pub fn HelpButton() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    view! {
        <button class="button button-icon help-button" data-testid="help" aria-haspopup="dialog"
            aria-label=t(help::OPEN) title=t(help::OPEN)
            on:click=move |_| page.send(Input::Sheet(Some(Sheet::Help)))>"?"</button>
    }
}

/// The help in one language.
pub fn contents(page: Page, locale: Locale) -> impl IntoView {
    let say = move |text: Text| text.say(locale);
    let items = move |texts: &[Text]| texts.iter().map(|text| view! { <li>{say(*text)}</li> }).collect_view();
    let groups = keyboard::groups().map(|(title, keys)| group(locale, title, &keys)).into_iter();
    let in_space = group(locale, keys::IN_SPACE, &keyboard::in_space());
    let in_comparison = group(locale, keys::IN_COMPARISON, &keyboard::in_comparison());
    let in_marking = group(locale, keys::IN_MARKING, &keyboard::in_marking());
    let fluids = FluidClass::ALL.map(|class| {
        view! {
            <dt class=format!("measure-{}", slug(class))><i class="swatch" aria-hidden="true"></i>
                {class.abbreviation()}" – "{say(names::fluid(class))}</dt>
            <dd>{say(help::about(class))}</dd>
        }
    });
    view! {
        <div class="sheet-body help" tabindex="0" role="region" aria-labelledby="sheet-title">
            <p class="sheet-notice"><strong>{say(report::NOTICE)}</strong></p>
            <p><button class="button button-small" data-testid="take-tour" on:click=move |_| page.send(Input::Tour(Some(0)))>{say(tour::OFFER)}</button></p>
            <h3>{say(help::THE_KEYS)}</h3>
            <div class="help-keys">{groups.chain([in_comparison, in_marking, in_space]).collect_view()}</div>
            <h3>{say(help::THE_FLUIDS)}</h3>
            <dl class="help-fluids">{fluids}</dl>
            <h3>{say(help::THE_NETWORK)}</h3>
            <ul>{items(&help::LEARNT_FROM)}</ul>
            <h3>{say(help::WHERE_IT_FAILS)}</h3>
            <ul>{items(&help::FAILS)}</ul>
            <h3>{say(viewer::SIMILARITY)}</h3>
            <p>{say(viewer::ABOUT_SIMILARITY)}</p>
        </div>
    }
}

fn group<Asked>(locale: Locale, title: Text, keys: &[Keys<Asked>]) -> AnyView {
    let lines = keys.iter().map(|keys| {
        let shown = keys.shown.iter().map(|key| view! { <kbd>{key.say(locale)}</kbd> }).collect_view();
        view! { <div><dt>{shown}</dt><dd>{keys.does.say(locale)}</dd></div> }
    });
    view! { <section><h4>{title.say(locale)}</h4><dl>{lines.collect_view()}</dl></section> }.into_any()
}
