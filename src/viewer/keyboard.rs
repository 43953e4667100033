//! The keys of the viewer. Keys that a control needs itself are left to it.

use leptos::ev;
use leptos::prelude::*;
use oct::FluidClass;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::view_settings::ViewSettings;
use crate::session::Session;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    By(i64),
    First,
    Last,
    Toggle(FluidClass),
    ToggleOverlay,
    HideWhileHeld,
    ToggleSimilarity,
    ToggleBoundaries,
    NextDepth,
    ZoomIn,
    ZoomOut,
    Fit,
    Stop,
}

/// Who has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// A field that takes text.
    Text,
    /// A slider or a column that scrolls, which have their own arrow keys.
    OwnArrows,
    /// A button or a link, which Space presses.
    Pressable,
    /// Anything else.
    Page,
}

/// Listens for as long as the owner lives.
pub fn listen() {
    let session = Session::expect();
    let settings = ViewSettings::expect();
    let down = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if let Some(command) = command(&event.key(), focus_of(&event)) {
            event.prevent_default();
            obey(command, session, settings);
        }
    });
    let up = window_event_listener(ev::keyup, move |event| {
        if event.key().eq_ignore_ascii_case("h") {
            settings.hidden_by_key.set(false);
        }
    });
    // A key released while another window has the focus is never heard of.
    let blur = window_event_listener(ev::blur, move |_| settings.hidden_by_key.set(false));
    on_cleanup(move || {
        down.remove();
        up.remove();
        blur.remove();
    });
}

fn obey(command: Command, session: Session, settings: ViewSettings) {
    match command {
        Command::By(step) => session.go_by(step),
        Command::First => session.go_to(0),
        Command::Last => session.go_to(i64::MAX),
        Command::Toggle(class) => settings.visible(class).update(|on| *on = !*on),
        Command::ToggleOverlay => settings.overlay.update(|on| *on = !*on),
        Command::HideWhileHeld => settings.hidden_by_key.set(true),
        Command::ToggleSimilarity => session.show_similarity(!session.similarity_wanted().get_untracked()),
        Command::ToggleBoundaries => settings.boundaries.update(|on| *on = !*on),
        Command::NextDepth => settings.next_depth(),
        Command::ZoomIn => settings.zoom_in(),
        Command::ZoomOut => settings.zoom_out(),
        Command::Fit => settings.zoom.set(Default::default()),
        Command::Stop if session.asks_to_replace.with_untracked(Option::is_some) => {
            session.answer_replace(false)
        }
        Command::Stop => session.cancel(),
    }
}

fn command(key: &str, focus: Focus) -> Option<Command> {
    let moves = match key {
        "ArrowLeft" | "ArrowUp" => Some(Command::By(-1)),
        "ArrowRight" | "ArrowDown" => Some(Command::By(1)),
        "PageUp" => Some(Command::By(-10)),
        "PageDown" => Some(Command::By(10)),
        "Home" => Some(Command::First),
        "End" => Some(Command::Last),
        _ => None,
    };
    match (focus, key) {
        (_, "Escape") => Some(Command::Stop),
        (Focus::Text, _) => None,
        (Focus::Pressable, " ") => None,
        (Focus::OwnArrows, _) if moves.is_some() => None,
        (_, "1") => Some(Command::Toggle(FluidClass::Irf)),
        (_, "2") => Some(Command::Toggle(FluidClass::Srf)),
        (_, "3") => Some(Command::Toggle(FluidClass::Ped)),
        (_, " " | "m" | "M") => Some(Command::ToggleOverlay),
        (_, "h" | "H") => Some(Command::HideWhileHeld),
        (_, "s" | "S") => Some(Command::ToggleSimilarity),
        (_, "l" | "L") => Some(Command::ToggleBoundaries),
        (_, "d" | "D") => Some(Command::NextDepth),
        (_, "+" | "=") => Some(Command::ZoomIn),
        (_, "-") => Some(Command::ZoomOut),
        (_, "0") => Some(Command::Fit),
        _ => moves,
    }
}

fn focus_of(event: &KeyboardEvent) -> Focus {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return Focus::Page;
    };
    match element.tag_name().as_str() {
        "INPUT" => match element.get_attribute("type").as_deref() {
            Some("range") => Focus::OwnArrows,
            Some("file" | "checkbox") => Focus::Pressable,
            _ => Focus::Text,
        },
        "TEXTAREA" | "SELECT" => Focus::Text,
        "BUTTON" | "A" | "SUMMARY" => Focus::Pressable,
        _ if element.has_attribute("data-scrolls") => Focus::OwnArrows,
        _ => Focus::Page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_scroll_the_volume_unless_a_slider_needs_them() {
        assert_eq!(command("ArrowDown", Focus::Page), Some(Command::By(1)));
        assert_eq!(command("ArrowUp", Focus::Pressable), Some(Command::By(-1)));
        assert_eq!(command("ArrowUp", Focus::OwnArrows), None);
        assert_eq!(command("End", Focus::Page), Some(Command::Last));
    }

    #[test]
    fn typing_a_spacing_switches_nothing() {
        assert_eq!(command("1", Focus::Text), None);
        assert_eq!(command("0", Focus::Text), None);
        assert_eq!(command("Escape", Focus::Text), Some(Command::Stop));
    }

    #[test]
    fn space_presses_a_focused_button_and_else_hides_the_overlay() {
        assert_eq!(command(" ", Focus::Pressable), None);
        assert_eq!(command(" ", Focus::Page), Some(Command::ToggleOverlay));
    }
}
