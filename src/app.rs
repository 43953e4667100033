//! The shell: header, viewer, panels, footer.

use leptos::prelude::*;

use crate::drop_zone::{DropZone, OpenButtons};
use crate::failure::{FailureBar, ReplaceBar};
use crate::panels::Panels;
use crate::panels::device::status_words;
use crate::session::{EngineStatus, Session};
use crate::viewer::Viewer;
use crate::viewer::view_settings::ViewSettings;

/// The app. Starts the engine when mounted.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::default();
    provide_context(session);
    provide_context(ViewSettings::default());
    session.start_engine();

    view! {
        <DropZone>
            <Header />
            <main class="workspace">
                <div class="notices"><FailureBar /><ReplaceBar /></div>
                <Viewer />
                <Panels />
            </main>
            <Footer />
        </DropZone>
    }
}

#[component]
fn Header() -> impl IntoView {
    let session = Session::expect();
    let name = move || session.volume.with(|v| v.as_ref().map(|v| v.name.clone())).unwrap_or_default();
    let tone = move || match session.engine.get() {
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
                {move || session.opening.get().filter(|_| session.volume.with(Option::is_some)).map(|name| view! {
                    <span class="quiet" role="status" data-testid="opening">{format!("Opening {name}…")}</span>
                })}
            </div>
            <OpenButtons />
            <div class="engine-status" role="status" data-testid="engine-status">
                <i class=move || format!("lamp {}", tone()) aria-hidden="true"></i>
                <span>{move || status_words(&session.engine.get())}</span>
            </div>
        </header>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="app-footer">
            <p>
                <strong>"Research use only. Not a medical device."</strong>
                " Your scans stay on this computer."
            </p>
            <details class="keys">
                <summary>"Keys"</summary>
                <dl>
                    <div><dt><kbd>"←"</kbd><kbd>"→"</kbd></dt><dd>"one B-scan"</dd></div>
                    <div><dt><kbd>"PgUp"</kbd><kbd>"PgDn"</kbd></dt><dd>"ten B-scans"</dd></div>
                    <div><dt><kbd>"Home"</kbd><kbd>"End"</kbd></dt><dd>"first, last"</dd></div>
                    <div><dt><kbd>"1"</kbd><kbd>"2"</kbd><kbd>"3"</kbd></dt><dd>"IRF, SRF, PED"</dd></div>
                    <div><dt><kbd>"M"</kbd><kbd>"Space"</kbd></dt><dd>"overlay on, off"</dd></div>
                    <div><dt><kbd>"H"</kbd></dt><dd>"hold to look beneath"</dd></div>
                    <div><dt><kbd>"S"</kbd></dt><dd>"similarity map"</dd></div>
                    <div><dt><kbd>"L"</kbd></dt><dd>"layers of the device"</dd></div>
                    <div><dt><kbd>"D"</kbd></dt><dd>"depth ×1, ×2, ×3"</dd></div>
                    <div><dt><kbd>"+"</kbd><kbd>"−"</kbd><kbd>"0"</kbd></dt><dd>"zoom in, out, fit"</dd></div>
                    <div><dt><kbd>"Esc"</kbd></dt><dd>"cancel the run"</dd></div>
                </dl>
            </details>
        </footer>
    }
}
