//! One of two visits: the scan from the front, and a B-scan at the same place as the other's.

use leptos::prelude::*;
use oct::Axis;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};

use super::from_front::Pictures;
use super::visit_of;
use crate::canvas::image::{Kept, Placement};
use crate::canvas::wheel;
use crate::effects::Page;
use crate::model::{Answer, Compare, CompareInput, Input, Model, Scan, View, Zoom};
use crate::sheets::drawn::{Drawn, bars};
use crate::viewer::etdrs::fovea_at;
use crate::viewer::front::aspect;
use crate::viewer::keyboard::asked_in_marking;
use crate::viewer::overlay::Traced;
use crate::viewer::pattern;
use crate::viewer::picture::image_of;
use crate::viewer::placement::{pixel_aspect, place};
use crate::words::{compare, looking};

/// The largest picture from the front and the largest B-scan, CSS pixels.
const FRONT: (f64, f64) = (620.0, 300.0);
const BSCAN: (f64, f64) = (620.0, 330.0);

/// A visit with its pictures, 0 the earlier and 1 the later.
pub fn visit(page: Page, visit: usize) -> AnyView {
    let locale = page.peek(|model| model.locale);
    let ask = move |input| page.send(Input::Compare(input));
    let [title, of_front, of_bscan] =
        if visit == 0 { compare::EARLIER } else { compare::LATER }.map(|text| text.say(locale));
    let (name, is_private) = page.peek(|model| {
        let Some((scan, _)) = visit_of(model, visit) else { return Default::default() };
        let taken = scan.info.acquisition.acquired.as_ref();
        let taken = taken.map_or(String::new(), |acquired| acquired.replace('T', ", "));
        (format!("{} {taken}", scan.info.name), scan.info.may_name_a_patient && !scan.identified)
    });
    let place = page.memo(move |model| {
        visit_of(model, visit).map_or((0, 1), |(scan, _)| (scan.cursor.bscan, scan.info.bscans))
    });
    let said = move || {
        let (bscan, bscans) = place.get();
        format!("{} / {bscans}", looking::bscan(locale, bscan + 1))
    };
    let note = page.memo(move |model| {
        let is_unseen = |compare: &Compare| compare.is_unseen && compare.lead != visit;
        if model.compare.as_ref().is_some_and(is_unseen) { compare::UNSEEN.say(model.locale) } else { "" }
    });
    let steps = wheel::Steps::new();
    let on_wheel = move |event: WheelEvent| {
        event.prevent_default();
        let steps = steps.of(&event);
        if steps != 0 {
            ask(CompareInput::GoTo(visit, i64::from(place.get_untracked().0) + steps));
        }
    };
    let id = format!("visit-{visit}");
    view! {
        <section class="compare-visit" aria-labelledby=id.clone()>
            <h3 id=id.clone()>{title}<span class:is-private=is_private>{name}</span></h3>
            {from_front(page, visit, of_front)}
            <div class="compare-bscan" data-testid=format!("compare-bscan-{visit}") on:wheel=on_wheel>{bscan(page, visit, of_bscan)}</div>
            <label class="compare-place">
                <input type="range" min="1" data-testid=format!("compare-slider-{visit}") aria-label=of_bscan
                    max=move || place.get().1 prop:value=move || place.get().0 + 1
                    on:input:target=move |event| {
                        if let Ok(number) = event.target().value().parse::<i64>() {
                            ask(CompareInput::GoTo(visit, number - 1));
                        }
                    } />
                <output data-testid=format!("compare-place-{visit}")>{said}</output>
            </label>
            <p class="compare-note" role="status">{note}</p>
        </section>
    }
    .into_any()
}

/// The scan from the front.
fn from_front(page: Page, visit: usize, label: &'static str) -> AnyView {
    let ask = move |input| page.send(Input::Compare(input));
    let at = page.peek(|model| {
        let (scan, _) = visit_of(model, visit)?;
        let scale = scales(model, FRONT, |scan| (scan.info.columns, scan.info.bscans, aspect(scan)));
        Some(scaled(scan, scale, FRONT, (scan.info.columns, scan.info.bscans, aspect(scan))))
    });
    let at = at.unwrap_or_default();
    let key = move |model: &Model, visit: usize| {
        let (scan, _) = visit_of(model, visit)?;
        Some((scan.id, scan.cursor.bscan, scan.bscans.results_changed(), scan.front.changed()))
    };
    let state = page.memo(move |model| {
        let compare = model.compare.as_ref()?;
        let hand = (compare.is_marking, compare.is_over, compare.crosses[visit], compare.marks.clone());
        Some(([0, 1].map(|visit| key(model, visit)), compare.changed, hand))
    });
    let is_marking = page.memo(|model| model.compare.as_ref().is_some_and(|compare| compare.is_marking));
    let kept: Kept<_, Option<Pictures>> = Kept::new();
    let draw = Box::new(move |context: &web_sys::CanvasRenderingContext2d, ratio: f64| {
        let of =
            state.get().map(|(of, ..)| of.map(|of| of.map(|(id, _, results, front)| (id, results, front))));
        page.peek(|model| {
            kept.with(
                of,
                || Pictures::of(model, visit),
                |pictures| {
                    if let Some(pictures) = pictures {
                        pictures.draw(context, model, visit, (at, ratio));
                    }
                },
            );
        });
    });
    let on_down = move |event: PointerEvent| {
        let Some(bounds) = event.current_target().and_then(|it| it.dyn_into::<Element>().ok()) else {
            return;
        };
        let bounds = bounds.get_bounding_client_rect();
        let part = |to: i32, from: f64, size: f64| (f64::from(to) - from) / size.max(1.0);
        let [x, y] = [
            part(event.client_x(), bounds.left(), bounds.width()) * at.width,
            part(event.client_y(), bounds.top(), bounds.height()) * at.height,
        ];
        let place = page.peek(|model| Some(fovea_at(visit_of(model, visit)?.0, at, [x, y])));
        if let Some(place) = place {
            ask(CompareInput::Press(visit, [place.bscan, place.column]));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if let Some(input) = asked_in_marking(&event.key()).filter(|_| is_marking.get_untracked()) {
            event.prevent_default();
            event.stop_propagation();
            ask(CompareInput::Cross(visit, input));
        }
    };
    view! {
        <div class="compare-front" role="group" aria-label=label tabindex=move || is_marking.get().then_some("0")
            data-testid=format!("compare-front-{visit}") on:pointerdown=on_down on:keydown=on_key>
            <Drawn width=at.width height=at.height label=label.to_owned() draw />
        </div>
    }
    .into_any()
}

/// The B-scan in view with what was found in it.
fn bscan(page: Page, visit: usize, label: &'static str) -> Option<AnyView> {
    let size = |scan: &Scan| (scan.info.columns, scan.info.rows, pixel_aspect(&scan.info.geometry, 1));
    let (at, bars) = page.peek(|model| {
        let (scan, _) = visit_of(model, visit)?;
        let at = scaled(scan, scales(model, BSCAN, size), BSCAN, size(scan));
        Some((at, bars(model.locale, scan, at)))
    })?;
    let state = page.memo(move |model| {
        let (scan, _) = visit_of(model, visit)?;
        let changed = [scan.bscans.pictures_changed(), scan.bscans.results_changed()];
        Some((scan.id, scan.cursor.bscan, changed))
    });
    let draw = Box::new(move |context: &web_sys::CanvasRenderingContext2d, ratio: f64| {
        state.get();
        page.peek(|model| {
            let Some((scan, _)) = visit_of(model, visit) else { return };
            let bscan = scan.cursor.bscan;
            let (patterns, opacity) = (model.view.patterns, model.view.opacity);
            let view = View { patterns, opacity, visible: model.view.visible, ..View::default() };
            if let Some(picture) = image_of(scan, bscan, 1, model.view.window) {
                picture.draw(context, at, ratio);
            }
            Traced::of(scan, bscan, &view, Answer::Open).draw(
                context,
                scan,
                (&view, &pattern::tiles()),
                (at, ratio),
            );
        });
    });
    let (bars, said) = bars.unzip();
    Some(
        view! { <Drawn width=at.width height=at.height label=label.to_owned() draw />{bars}<span class="compare-bars">{said}</span> }
            .into_any(),
    )
}

/// Pictures of both visits within `most` CSS pixels: the CSS pixels of a mm along the B-scans under
/// which both fit; `None` where that spacing is not known of both.
fn scales(model: &Model, most: (f64, f64), size: impl Fn(&Scan) -> (u32, u32, f64)) -> Option<f64> {
    let scale = |visit: usize| {
        let (scan, _) = visit_of(model, visit)?;
        let (columns, rows, aspect) = size(scan);
        let width = place(most, columns, rows, aspect, Zoom::default()).width;
        Some(width / (f64::from(columns) * scan.info.geometry.trusted_mm(Axis::Lateral)?))
    };
    Some(scale(0)?.min(scale(1)?))
}

/// Where the picture of a scan lies on its canvas, all of which it fills.
fn scaled(
    scan: &Scan,
    scale: Option<f64>,
    most: (f64, f64),
    (columns, rows, aspect): (u32, u32, f64),
) -> Placement {
    let mm = scan.info.geometry.trusted_mm(Axis::Lateral);
    let width = scale.zip(mm).map_or(most.0, |(scale, mm)| scale * mm * f64::from(columns));
    let at = place((width.min(most.0), most.1), columns, rows, aspect, Zoom::default());
    Placement { x: 0.0, y: 0.0, ..at }
}
