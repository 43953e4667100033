//! What computes, and with which network.

use engine_protocol::{DeviceKind, StartStep};
use leptos::prelude::*;

use crate::effects::Page;
use crate::model::EngineStatus;
use crate::words::{Said, Text, engine, use_words};

/// The device and the model.
#[component]
pub fn DevicePanel() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let engine = page.memo(|model| model.engine.clone());
    let device = move || {
        let engine = engine.get();
        engine.device.map(|device| {
            // Where the worker was told to leave a GPU out, it does not know why.
            let reason =
                if engine.without_gpu { engine::WITHOUT_GPU.into() } else { Said::verbatim(device.reason) };
            let tag_of = reason.clone();
            // The name of a CPU says what it is; that of a GPU is its maker's.
            let tag = (device.kind == DeviceKind::Gpu).then(|| view! { <span class="tag">"GPU"</span> " " });
            view! {
                <p class="device-name" data-testid="device">{tag} {device.name}</p>
                <p class="quiet" lang=move || tag_of.tag(locale.get())>{move || reason.say(locale.get()).to_owned()}</p>
                <p class="quiet passed">{t(engine::SELF_TEST_PASSED)}</p>
            }
        })
    };
    let model = move || {
        engine.get().network.map(|model| {
            let own_file = model.own_file.clone();
            let short: String = model.sha256.chars().take(12).collect();
            view! {
                <dl class="facts">
                    <div class="fact"><dt>{t(engine::NETWORK)}</dt>
                        <dd>{model.name}
                            {own_file.map(|file| view! {
                                <strong class="caution" data-testid="own-weights">{move || engine::own_weights(locale.get(), &file)}</strong>
                            })}
                            <small>{move || engine::network_size(locale.get(), model.parameters)}</small></dd></div>
                    <div class="fact"><dt>{t(engine::WEIGHTS)}</dt>
                        <dd><code title=model.sha256>{short}</code><small>"SHA-256"</small></dd></div>
                </dl>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="device-title">
            <header class="panel-head"><h2 id="device-title">{t(engine::TITLE)}</h2></header>
            {device}
            <Show when=move || engine.with(|engine| engine.device.is_none())>
                <p class="quiet" data-testid="device">{move || status_words(engine.with(|engine| engine.status)).say(locale.get())}</p>
            </Show>
            {model}
        </section>
    }
}

/// How the engine is, in a few words.
pub fn status_words(status: EngineStatus) -> Text {
    match status {
        EngineStatus::Loading => engine::LOADING,
        EngineStatus::Starting(StartStep::FetchingWeights) => engine::FETCHING_WEIGHTS,
        EngineStatus::Starting(StartStep::LookingForGpu) => engine::LOOKING_FOR_GPU,
        EngineStatus::Starting(StartStep::SelfTest) => engine::SELF_TEST,
        EngineStatus::Starting(StartStep::ComparingDevices) => engine::COMPARING_DEVICES,
        EngineStatus::Starting(StartStep::StartingCpuWorkers) => engine::STARTING_CPU_WORKERS,
        EngineStatus::Ready => engine::READY,
        EngineStatus::NoDevice => engine::NO_DEVICE,
        EngineStatus::Stopped => engine::STOPPED,
    }
}
