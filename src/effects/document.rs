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

/// Where what `selector` finds first lies in the window, left, top, width and height, then width
/// and height of the window, CSS pixels.
pub fn place_of(selector: &str) -> Option<[f64; 6]> {
    let window = web_sys::window()?;
    let at = element(selector)?.get_bounding_client_rect();
    let [width, height] = [window.inner_width(), window.inner_height()].map(|size| size.ok()?.as_f64());
    Some([at.left(), at.top(), at.width(), at.height(), width?, height?])
}

/// Scrolls what `selector` finds first into the window.
pub fn bring_into_view(selector: &str) {
    if let Some(element) = element(selector) {
        element.scroll_into_view_with_bool(false);
    }
}

fn element(selector: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.query_selector(selector).ok()?
}

/// The address of the page on which it opens a generated eye, for a person to find its fluid or to
/// be shown it.
pub fn link_to_eye(number: u32, find: bool) -> String {
    let location = web_sys::window().map(|window| window.location());
    let part =
        |part: Option<Result<String, wasm_bindgen::JsValue>>| part.and_then(Result::ok).unwrap_or_default();
    let origin = part(location.as_ref().map(|location| location.origin()));
    let path = part(location.as_ref().map(|location| location.pathname()));
    format!("{origin}{path}?eye={number}{}", if find { "&find" } else { "" })
}

/// Has the browser print what is to be printed.
pub fn print() {
    if let Some(window) = web_sys::window() {
        // A browser that cannot print has said so by itself.
        drop(window.print());
    }
}

/// Now, to the minute: `2026-11-23 13:21 UTC`.
pub fn now_utc() -> String {
    let now = String::from(js_sys::Date::new_0().to_iso_string()).replace('T', " ");
    now.chars().take(16).chain(" UTC".chars()).collect()
}

/// What is wanted: `?device=auto|gpu|cpu|software-gpu`, auto where nothing known
/// is wished for, `?lanes=4`, CPU workers at most, and `?eye=7`, a generated eye,
/// in which `?eye=7&find` lets a person find the fluid. A missing address of the
/// weights is turned into words by the engine.
pub fn settings() -> Settings {
    Settings {
        weights_url: meta("lacuna-weights").unwrap_or_default(),
        device: query("device").and_then(|word| read_device(&word)).unwrap_or_default(),
        cpu_workers: query("lanes").and_then(|lanes| lanes.parse().ok()).filter(|lanes| *lanes > 0),
        eye: query("eye").and_then(|number| number.parse().ok()),
        find: query("find").is_some(),
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
