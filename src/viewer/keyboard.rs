//! The keys of the viewer. Keys that a control needs itself are left to it.

use leptos::ev;
use leptos::prelude::*;
use oct::FluidClass;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::correcting::tool_key;
use crate::effects::Page;
use crate::model::scene::{TURN_DEG, ZOOM_STEP};
use crate::model::{
    CompareInput, CrossInput, FindInput, HandInput, Input, SceneInput, Sheet, Standpoint, Tool, ViewInput,
};
use crate::words::{Text, compare, correcting, keys};

/// Who has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// A field that takes text.
    Text,
    /// A slider or a column that scrolls, which have their own arrow keys.
    OwnArrows,
    /// A button or a link, which Space presses.
    Pressable,
    /// The stage, while a tool is in hand: arrows move the cursor and Enter uses the tool there.
    Drawn,
    /// Anything else.
    Page,
}

/// Listens for as long as the owner lives.
pub fn listen() {
    let page = Page::expect();
    let down = window_event_listener(ev::keydown, move |event| {
        let focus = focus_of(&event);
        let asked = if event.ctrl_key() || event.meta_key() {
            asked_with_ctrl(&event.key(), event.shift_key(), focus)
        } else if event.alt_key() {
            None
        } else {
            asked_by(&event.key(), focus)
        };
        if let Some(input) = asked {
            event.prevent_default();
            page.send(input);
        }
    });
    let show_again = move || page.send(Input::View(ViewInput::HideOverlay(false)));
    let up = window_event_listener(ev::keyup, move |event| {
        if event.key().eq_ignore_ascii_case("h") {
            show_again();
        }
    });
    // A key released while another window has the focus is never heard of.
    let blur = window_event_listener(ev::blur, move |_| show_again());
    on_cleanup(move || {
        down.remove();
        up.remove();
        blur.remove();
    });
}

/// A line of the help, and the keys that it speaks of.
pub struct Keys<Asked> {
    /// Keys as the help shows them.
    pub shown: Vec<Text>,
    /// What they do.
    pub does: Text,
    /// Sliders and columns that scroll have these for themselves.
    moves: bool,
    /// Names of keys as the browser gives them, and what each asks for.
    asks: Vec<(&'static str, Asked)>,
}

impl<Asked> Keys<Asked> {
    fn line(shown: &[&'static str], does: Text, asks: Vec<(&'static str, Asked)>) -> Self {
        Self { shown: shown.iter().copied().map(Text::same).collect(), does, moves: false, asks }
    }

    fn moves(shown: &[&'static str], does: Text, asks: Vec<(&'static str, Asked)>) -> Self {
        Self { moves: true, ..Self::line(shown, does, asks) }
    }

    /// What `key` asks for, where it is one of these.
    fn asked_by(&self, key: &str) -> Option<&Asked> {
        self.asks.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, asked)| asked)
    }
}

/// All keys of the page with the titles of their groups, in the order of the help. What is not
/// here is not bound, and what is here is in the help.
pub fn groups() -> [(Text, Vec<Keys<Input>>); 5] {
    let view = |key, wanted| (key, Input::View(wanted));
    let hand = |key, wanted| (key, Input::Hand(wanted));
    let (line, moves) = (Keys::line, Keys::moves);
    let tools = Tool::ALL.into_iter().map(|tool| {
        let key = tool_key(tool);
        line(&[key], correcting::tool(tool).0, vec![hand(key, HandInput::Take(tool))])
    });
    let with_tools = [
        line(
            &["[", "]"],
            keys::TOOL_SIZE,
            vec![
                hand("[", HandInput::Resize { larger: false }),
                hand("]", HandInput::Resize { larger: true }),
            ],
        ),
        line(&["I"], correcting::INTERPOLATE, vec![hand("i", HandInput::Interpolate)]),
        line(&["K"], correcting::REVIEW, vec![hand("k", HandInput::Review)]),
        line(&["Z"], keys::UNDO, vec![hand("z", HandInput::Undo)]),
    ];
    [
        (
            keys::THROUGH_THE_SCAN,
            vec![
                moves(
                    &["←", "→"],
                    keys::ONE_BSCAN,
                    vec![
                        ("ArrowLeft", Input::GoBy(-1)),
                        ("ArrowUp", Input::GoBy(-1)),
                        ("ArrowRight", Input::GoBy(1)),
                        ("ArrowDown", Input::GoBy(1)),
                    ],
                ),
                moves(
                    &["PgUp", "PgDn"],
                    keys::TEN_BSCANS,
                    vec![("PageUp", Input::GoBy(-10)), ("PageDown", Input::GoBy(10))],
                ),
                moves(
                    &["Home", "End"],
                    keys::FIRST_LAST,
                    vec![("Home", Input::GoTo(0)), ("End", Input::GoTo(i64::MAX))],
                ),
                line(
                    &["+", "−", "0"],
                    keys::ZOOM,
                    vec![
                        view("+", ViewInput::ZoomIn),
                        view("=", ViewInput::ZoomIn),
                        view("-", ViewInput::ZoomOut),
                        view("0", ViewInput::Fit),
                    ],
                ),
            ],
        ),
        (
            keys::OVER_THE_PICTURE,
            vec![
                line(
                    &["1", "2", "3"],
                    keys::CLASSES,
                    vec![
                        ("1", Input::ClassKey(FluidClass::Irf)),
                        ("2", Input::ClassKey(FluidClass::Srf)),
                        ("3", Input::ClassKey(FluidClass::Ped)),
                    ],
                ),
                Keys {
                    shown: vec![Text::same("M"), keys::SPACE],
                    ..line(
                        &[],
                        keys::OVERLAY,
                        vec![view("m", ViewInput::ToggleOverlay), view(" ", ViewInput::ToggleOverlay)],
                    )
                },
                line(&["H"], keys::LOOK_BENEATH, vec![view("h", ViewInput::HideOverlay(true))]),
                line(&["P"], keys::PATTERNS, vec![view("p", ViewInput::TogglePatterns)]),
                line(&["U"], keys::DOUBT, vec![view("u", ViewInput::ToggleDoubt)]),
                line(&["T"], keys::TRUTH, vec![view("t", ViewInput::ToggleTruth)]),
                line(&["."], keys::FIND_NEXT, vec![(".", Input::Find(FindInput::Next))]),
                line(&["S"], keys::SIMILARITY, vec![view("s", ViewInput::ToggleSimilarity)]),
                line(&["R"], keys::RETINA, vec![view("r", ViewInput::ToggleLayers)]),
                line(&["L"], keys::LAYERS, vec![view("l", ViewInput::ToggleBoundaries)]),
            ],
        ),
        (
            keys::PICTURE,
            vec![
                line(&["W"], keys::WINDOW, vec![view("w", ViewInput::NextWindow)]),
                line(&["A"], keys::MEAN, vec![view("a", ViewInput::NextMean)]),
                line(&["D"], keys::DEPTH, vec![view("d", ViewInput::NextDepth)]),
                line(&["V"], keys::VIEWS, vec![view("v", ViewInput::NextViews)]),
                line(&["G"], keys::GRID, vec![view("g", ViewInput::ToggleGrid)]),
                line(&["O"], keys::SCENE, vec![("o", Input::Scene(SceneInput::Toggle))]),
            ],
        ),
        (keys::TOOLS_GROUP, tools.chain(with_tools).collect()),
        (
            keys::PAGE,
            vec![
                line(&[","], keys::KEEP, vec![(",", Input::Compare(CompareInput::Keep))]),
                line(&[";"], keys::COMPARE, vec![(";", Input::Compare(CompareInput::Open))]),
                line(&["Esc"], keys::CANCEL, vec![("Escape", Input::Escape)]),
                line(&["?"], keys::HELP, vec![("?", Input::Sheet(Some(Sheet::Help)))]),
            ],
        ),
    ]
}

/// What a key asks for while Ctrl or the command key is held: undo and redo as everywhere.
fn asked_with_ctrl(key: &str, shift: bool, focus: Focus) -> Option<Input> {
    let wanted = match (key.to_ascii_lowercase().as_str(), shift) {
        ("z", false) => HandInput::Undo,
        ("z", true) | ("y", _) => HandInput::Redo,
        _ => return None,
    };
    (focus != Focus::Text).then_some(Input::Hand(wanted))
}

/// The keys on the picture of the view in space; all others are the page's there, too.
pub fn in_space() -> [Keys<SceneInput>; 4] {
    let turn = |yaw_deg, pitch_deg| SceneInput::Turn { yaw_deg, pitch_deg, by_hand: false };
    let zoom = |factor| SceneInput::Zoom { factor, by_hand: false };
    let line = Keys::line;
    [
        line(
            &["←", "→", "↑", "↓"],
            keys::TURN,
            vec![
                ("ArrowLeft", turn(-TURN_DEG, 0.0)),
                ("ArrowRight", turn(TURN_DEG, 0.0)),
                ("ArrowUp", turn(0.0, TURN_DEG)),
                ("ArrowDown", turn(0.0, -TURN_DEG)),
            ],
        ),
        line(
            &["+", "−"],
            keys::NEARER,
            vec![("+", zoom(ZOOM_STEP)), ("=", zoom(ZOOM_STEP)), ("-", zoom(1.0 / ZOOM_STEP))],
        ),
        line(&["D"], keys::DEPTH, vec![("d", SceneInput::NextDepth)]),
        line(&["0"], keys::START, vec![("0", SceneInput::StandAt(Standpoint::Start))]),
    ]
}

/// What a key on the picture of the view in space asks for.
pub fn asked_in_space(key: &str) -> Option<SceneInput> {
    in_space().iter().find_map(|keys| keys.asked_by(key).cloned())
}

/// The keys of two visits beside each other; sliders and what scrolls have the arrows for themselves.
pub fn in_comparison() -> [Keys<CompareInput>; 6] {
    let (line, moves) = (Keys::line, Keys::moves);
    [
        moves(
            &["←", "→"],
            keys::ONE_BSCAN,
            vec![("ArrowLeft", CompareInput::GoBy(-1)), ("ArrowRight", CompareInput::GoBy(1))],
        ),
        moves(
            &["PgUp", "PgDn"],
            keys::TEN_BSCANS,
            vec![("PageUp", CompareInput::GoBy(-10)), ("PageDown", CompareInput::GoBy(10))],
        ),
        line(&["V"], compare::OVER, vec![("v", CompareInput::ToggleOver)]),
        line(&["X"], compare::SWAP, vec![("x", CompareInput::Swap)]),
        line(&["M"], compare::MARK, vec![("m", CompareInput::ToggleMarking)]),
        line(&["Z"], compare::UNDO, vec![("z", CompareInput::UndoMark)]),
    ]
}

/// The keys on a picture from the front while places are marked.
pub fn in_marking() -> [Keys<CrossInput>; 2] {
    let step = |right, down| CrossInput::Step([right, down]);
    [
        Keys::line(
            &["←", "→", "↑", "↓"],
            keys::CROSS,
            vec![
                ("ArrowLeft", step(-1.0, 0.0)),
                ("ArrowRight", step(1.0, 0.0)),
                ("ArrowUp", step(0.0, -1.0)),
                ("ArrowDown", step(0.0, 1.0)),
            ],
        ),
        Keys::line(&["Enter"], keys::SET_CROSS, vec![("Enter", CrossInput::Set)]),
    ]
}

/// What a key asks of two visits.
pub fn asked_in_comparison(event: &KeyboardEvent) -> Option<CompareInput> {
    let focus = focus_of(event);
    if event.ctrl_key() || event.meta_key() || event.alt_key() || focus == Focus::Text {
        return None;
    }
    let keys = in_comparison();
    let keys = keys.iter().filter(|keys| !(keys.moves && focus == Focus::OwnArrows));
    keys.filter_map(|keys| keys.asked_by(&event.key())).next().copied()
}

/// What a key on a picture from the front asks for while places are marked.
pub fn asked_in_marking(key: &str) -> Option<CrossInput> {
    in_marking().iter().find_map(|keys| keys.asked_by(key).copied())
}

/// What a key asks for.
fn asked_by(key: &str, focus: Focus) -> Option<Input> {
    if focus == Focus::Drawn {
        let wanted = match key {
            "ArrowLeft" => Some(HandInput::Step([-1.0, 0.0])),
            "ArrowRight" => Some(HandInput::Step([1.0, 0.0])),
            "ArrowUp" => Some(HandInput::Step([0.0, -1.0])),
            "ArrowDown" => Some(HandInput::Step([0.0, 1.0])),
            "Enter" => Some(HandInput::UseHere),
            _ => None,
        };
        if let Some(wanted) = wanted {
            return Some(Input::Hand(wanted));
        }
    }
    let is_left_to_the_control = |keys: &Keys<Input>| match focus {
        Focus::Text => key != "Escape",
        Focus::Pressable => key == " ",
        Focus::OwnArrows => keys.moves,
        Focus::Page | Focus::Drawn => false,
    };
    groups().into_iter().flat_map(|(_, keys)| keys).find_map(|keys| {
        let input = keys.asked_by(key)?;
        (!is_left_to_the_control(&keys)).then(|| input.clone())
    })
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
        _ if element.has_attribute("data-draws") => Focus::Drawn,
        _ if element.has_attribute("data-scrolls") => Focus::OwnArrows,
        _ => Focus::Page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_scroll_the_volume_unless_a_slider_needs_them() {
        assert_eq!(asked_by("ArrowDown", Focus::Page), Some(Input::GoBy(1)));
        assert_eq!(asked_by("ArrowUp", Focus::Pressable), Some(Input::GoBy(-1)));
        assert_eq!(asked_by("ArrowUp", Focus::OwnArrows), None);
        assert_eq!(asked_by("End", Focus::Page), Some(Input::GoTo(i64::MAX)));
    }

    #[test]
    fn a_key_is_named_once_and_in_the_help() {
        let all: Vec<Keys<Input>> = groups().into_iter().flat_map(|(_, keys)| keys).collect();
        let mut names: Vec<&str> = all.iter().flat_map(|keys| &keys.asks).map(|(name, _)| *name).collect();
        assert!(all.iter().all(|keys| !keys.shown.is_empty() && keys.shown.len() <= keys.asks.len()));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(asked_by("H", Focus::Page), asked_by("h", Focus::Page));
        assert_eq!(asked_by("F5", Focus::Page), None);
    }

    #[test]
    fn on_the_stage_a_tool_moves_by_arrows_and_acts_by_enter() {
        assert_eq!(asked_by("ArrowUp", Focus::Drawn), Some(Input::Hand(HandInput::Step([0.0, -1.0]))));
        assert_eq!(asked_by("Enter", Focus::Drawn), Some(Input::Hand(HandInput::UseHere)));
        assert_eq!(asked_by("PageUp", Focus::Drawn), Some(Input::GoBy(-10)));
        assert_eq!(asked_with_ctrl("z", false, Focus::Page), Some(Input::Hand(HandInput::Undo)));
        assert_eq!(asked_with_ctrl("Z", true, Focus::Page), Some(Input::Hand(HandInput::Redo)));
        assert_eq!(asked_with_ctrl("z", false, Focus::Text), None);
        assert_eq!(asked_with_ctrl("s", false, Focus::Page), None);
    }

    #[test]
    fn arrows_walk_around_the_scan_in_space_and_other_keys_stay_the_pages() {
        assert_eq!(
            asked_in_space("ArrowLeft"),
            Some(SceneInput::Turn { yaw_deg: -TURN_DEG, pitch_deg: 0.0, by_hand: false })
        );
        assert_eq!(asked_in_space("0"), Some(SceneInput::StandAt(Standpoint::Start)));
        for key in ["PageUp", "1", "o", "Escape", "Tab", " "] {
            assert_eq!(asked_in_space(key), None, "{key}");
        }
    }

    #[test]
    fn a_key_of_the_comparison_is_named_once_and_arrows_move_the_cross_while_marking() {
        let mut names: Vec<&str> =
            in_comparison().iter().flat_map(|keys| &keys.asks).map(|(name, _)| *name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(asked_in_marking("ArrowUp"), Some(CrossInput::Step([0.0, -1.0])));
        assert_eq!((asked_in_marking("Enter"), asked_in_marking("x")), (Some(CrossInput::Set), None));
    }

    #[test]
    fn typing_a_spacing_switches_nothing() {
        assert_eq!(asked_by("1", Focus::Text), None);
        assert_eq!(asked_by("0", Focus::Text), None);
        assert_eq!(asked_by("Escape", Focus::Text), Some(Input::Escape));
    }

    #[test]
    fn space_presses_a_focused_button_and_else_hides_the_overlay() {
        assert_eq!(asked_by(" ", Focus::Pressable), None);
        assert_eq!(asked_by(" ", Focus::Page), Some(Input::View(ViewInput::ToggleOverlay)));
    }
}
