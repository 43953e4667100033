//! What a person does on the pictures of both visits: presses, the wheel, sliders, and keys while
//! places are marked.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, PointerEvent, WheelEvent};

use super::visit::Visit;
use super::visit_of;
use crate::canvas::wheel::Steps;
use crate::model::{CompareInput, Model};
use crate::viewer::keyboard::asked_in_marking;

/// What an event on the pictures asks for.
pub fn asked_by(event: &Event, model: &Model, both: &[Visit], steps: Steps) -> Option<CompareInput> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let within = |selector: &str| target.closest(selector).ok().flatten();
    let visit = within("[data-visit]")?.get_attribute("data-visit")?.parse::<usize>().ok()?;
    let front = within(".compare-front");
    if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
        let input = asked_in_marking(&event.key())?;
        if front.is_none() || !model.compare.as_ref()?.is_marking {
            return None;
        }
        event.prevent_default();
        event.stop_propagation();
        return Some(CompareInput::Cross(visit, input));
    }
    if let Some(event) = event.dyn_ref::<WheelEvent>() {
        within(".compare-bscan")?;
        event.prevent_default();
        let steps = Some(steps.of(event)).filter(|steps| *steps != 0)?;
        return Some(CompareInput::GoTo(visit, i64::from(visit_of(model, visit)?.0.cursor.bscan) + steps));
    }
    if let Some(event) = event.dyn_ref::<PointerEvent>() {
        let bounds = front?.get_bounding_client_rect();
        let part = |to: i32, from: f64, size: f64| (f64::from(to) - from) / size.max(1.0);
        let across = part(event.client_x(), bounds.left(), bounds.width());
        let down = part(event.client_y(), bounds.top(), bounds.height());
        return Some(CompareInput::Press(visit, both.get(visit)?.pressed(model, [across, down])?));
    }
    let number: i64 = target.dyn_into::<HtmlInputElement>().ok()?.value().parse().ok()?;
    Some(CompareInput::GoTo(visit, number - 1))
}
