//! The shell: header, viewer, panels, footer.

use leptos::prelude::*;

use crate::drop_zone::{DropZone, OpenButtons};
use crate::effects::Page;
use crate::model::{EngineStatus, Input, Theme, ViewInput};
use crate::notices::{FailureBar, ReplaceBar};
use crate::panels::Panels;
use crate::panels::device::status_words;
use crate::panels::kept::KeptBar;
use crate::sheets::Sheets;
use crate::sheets::help::HelpButton;
use crate::tour::{Tour, TourOffer};
use crate::viewer::Viewer;
use crate::words::{Locale, shell, use_words};
use crate::worklist::{ListButton, ListDialog, SeveralBar};

/// The app. Starts the engine when mounted.
#[component]
pub fn App() -> impl IntoView {
    let page = Page::new();
    provide_context(page);
    page.send(Input::StartEngine);
    // The style sheet hides what gives the fluid away to who is to find it.
    let finds = page.memo(|model| model.find.is_some());
    let compares = page.memo(|model| model.compared().is_some());

    view! {
        <DropZone>
            <Header />
            <main class="workspace" class:is-finding=move || finds.get() class:is-compared=move || compares.get()>
                <div class="notices"><FailureBar /><ReplaceBar /><SeveralBar /><KeptBar /></div>
                <Viewer />
                <Panels />
            </main>
            <Footer />
            <ListDialog />
            <Sheets />
            <Tour />
        </DropZone>
    }
}

#[component]
fn Header() -> impl IntoView {
    let page = Page::expect();
    let name = page.memo(|model| model.scan().map(|scan| scan.info.name.clone()).unwrap_or_default());
    // Before the first scan is open the stage says what is being opened.
    let opening = page.memo(|model| {
        let name = model.opening_name().filter(|_| model.scan().is_some())?;
        Some(shell::opening(model.locale, &name))
    });
    let locale = page.locale();
    let status = page.memo(|model| model.engine.status);
    let tone = move || match status.get() {
        EngineStatus::Ready => "is-ready",
        EngineStatus::Loading | EngineStatus::Starting(_) => "is-starting",
        EngineStatus::NoDevice | EngineStatus::Stopped => "is-stopped",
    };
    view! {
        <header class="app-header">
            <h1 class="wordmark">
                <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
                    <path class="mark-retina" d="M2 12 C9 12 11 20 16 20 S23 12 30 12" />
                    <path class="mark-retina" d="M2 25 L30 25" />
                    <ellipse class="mark-lacuna" cx="16" cy="22.5" rx="5.5" ry="2.6" />
                </svg>
                "Lacuna"
            </h1>
            <div class="header-volume">
                <span class="volume-name" data-testid="volume-name" title=name>{name}</span>
                {move || opening.get().map(|opening| view! {
                    <span class="quiet" role="status" data-testid="opening">{opening}</span>
                })}
            </div>
            <ListButton />
            <OpenButtons />
            <div class="engine-status" role="status" data-testid="engine-status">
                <i class=move || format!("lamp {}", tone()) aria-hidden="true"></i>
                <span>{move || status_words(status.get()).say(locale.get())}</span>
            </div>
            <ThemeSwitch />
            <Language />
            <HelpButton />
        </header>
    }
}

/// Colours for a dark room or a lit one.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let theme = page.memo(|model| model.view.theme);
    let other = move || if theme.get() == Theme::Dark { Theme::Light } else { Theme::Dark };
    view! {
        <button class="button button-icon theme" data-testid="theme" aria-label=t(shell::LIGHT_PAGE) title=t(shell::LIGHT_PAGE)
            aria-pressed=move || (theme.get() == Theme::Light).to_string()
            on:click=move |_| page.send(Input::View(ViewInput::Theme(other())))>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
                <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.4" />
                <path d="M8 1.5 A6.5 6.5 0 0 1 8 14.5 Z" fill="currentColor" />
            </svg>
        </button>
    }
}

/// The language of the page.
#[component]
fn Language() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let options = Locale::ALL
        .map(|own| {
            view! {
                <option value=own.tag() lang=own.tag() prop:selected=move || locale.get() == own>{own.own_name()}</option>
            }
        })
        .into_iter()
        .collect_view();
    let choose = move |tag: String| {
        if let Some(locale) = Locale::from_tag(&tag) {
            page.send(Input::ChooseLanguage(locale));
        }
    };
    view! {
        <select class="language" data-testid="language" aria-label=t(shell::LANGUAGE) title=t(shell::LANGUAGE)
            on:change:target=move |event| choose(event.target().value())>{options}</select>
    }
}

#[component]
fn Footer() -> impl IntoView {
    let t = use_words();
    view! {
        <footer class="app-footer">
            <p>
                <strong>{t(shell::RESEARCH_USE)}</strong> " " {t(shell::STAYS_HERE)}
            </p>
            <TourOffer />
        </footer>
    }
}
