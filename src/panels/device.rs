//! What computes, and with which network.

use engine_protocol::{DeviceKind, StartStep};
use leptos::prelude::*;

use crate::effects::Page;
use crate::model::EngineStatus;
use crate::words;

/// The device and the model.
#[component]
pub fn DevicePanel() -> impl IntoView {
    let page = Page::expect();
    let engine = page.memo(|model| model.engine.clone());
    let device = move || {
        engine.get().device.map(|device| {
            // The name of a CPU says what it is; that of a GPU is its maker's.
            let tag = (device.kind == DeviceKind::Gpu).then(|| view! { <span class="tag">"GPU"</span> " " });
            view! {
                <p class="device-name" data-testid="device">{tag} {device.name}</p>
                <p class="quiet">{device.reason}</p>
                <p class="quiet passed">"Self-test passed: a stored input gave the stored answer."</p>
            }
        })
    };
    let model = move || {
        engine.get().network.map(|model| {
            let short: String = model.sha256.chars().take(12).collect();
            view! {
                <dl class="facts">
                    <div class="fact"><dt>"Network"</dt>
                        <dd>{model.name}<small>{format!("{} parameters", words::parameters(model.parameters))}</small></dd></div>
                    <div class="fact"><dt>"Weights"</dt>
                        <dd><code title=model.sha256>{short}</code><small>"SHA-256"</small></dd></div>
                </dl>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="device-title">
            <header class="panel-head"><h2 id="device-title">"Computed on"</h2></header>
            {device}
            <Show when=move || engine.with(|engine| engine.device.is_none())>
                <p class="quiet" data-testid="device">{move || status_words(engine.get().status)}</p>
            </Show>
            {model}
        </section>
    }
}

/// How the engine is, in a few words.
pub fn status_words(status: EngineStatus) -> &'static str {
    match status {
        EngineStatus::Loading => "loading the engine",
        EngineStatus::Starting(StartStep::FetchingWeights) => "fetching the network",
        EngineStatus::Starting(StartStep::LookingForGpu) => "looking for a GPU",
        EngineStatus::Starting(StartStep::SelfTest) => "testing the device",
        EngineStatus::Starting(StartStep::ComparingDevices) => "comparing GPU and CPU",
        EngineStatus::Starting(StartStep::StartingCpuWorkers) => "starting the CPU lanes",
        EngineStatus::Ready => "engine ready",
        EngineStatus::NoDevice => "no device to compute on",
        EngineStatus::Stopped => "engine stopped",
    }
}
