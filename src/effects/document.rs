//! What the page's document and address say: where the engine lies, which
//! device is wanted.

use engine_protocol::DevicePreference;
use wasm_bindgen::JsCast;

use crate::model::Settings;

/// Where the worker's module script lies.
pub fn engine_url() -> Option<String> {
    meta("lacuna-engine")
}

/// Where the module script of the worker lies that draws in space.
pub fn scene_url() -> Option<String> {
    meta("lacuna-scene")
}

/// Whether the person asked their system for less motion.
pub fn wants_less_motion() -> bool {
    let query =
        web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok()?);
    query.is_some_and(|query| query.matches())
}

/// What is wanted: `?device=auto|gpu|cpu|software-gpu`, auto where nothing known
/// is wished for, and `?lanes=4`, CPU workers at most. A missing address of the
/// weights is turned into words by the engine.
pub fn settings() -> Settings {
    Settings {
        weights_url: meta("lacuna-weights").unwrap_or_default(),
        device: query("device").and_then(|word| read_device(&word)).unwrap_or_default(),
        cpu_workers: query("lanes").and_then(|lanes| lanes.parse().ok()).filter(|lanes| *lanes > 0),
    }
}

fn read_device(word: &str) -> Option<DevicePreference> {
    match word {
        "auto" => Some(DevicePreference::Auto),
        "gpu" => Some(DevicePreference::Gpu),
        "cpu" => Some(DevicePreference::Cpu),
        "software-gpu" => Some(DevicePreference::SoftwareGpu),
        _ => None,
    }
}

/// Content of a `<meta>`, made absolute against the page's address.
fn meta(name: &str) -> Option<String> {
    let document = web_sys::window()?.document()?;
    let element = document.query_selector(&format!("meta[name={name}]")).ok()??;
    let content = element.dyn_into::<web_sys::HtmlMetaElement>().ok()?.content();
    let base = document.base_uri().ok()??;
    web_sys::Url::new_with_base(&content, &base).ok().map(|url| url.href()).filter(|_| !content.is_empty())
}

fn query(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_device_is_no_wish() {
        assert_eq!(read_device("software-gpu"), Some(DevicePreference::SoftwareGpu));
        assert_eq!(read_device("GPU0"), None);
    }
}
