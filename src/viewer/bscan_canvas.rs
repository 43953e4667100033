//! The stage: the B-scan in its proportions, with pointer, wheel and swipe.

use js_sys::Array;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData, PointerEvent, WheelEvent};

use super::overlay;
use super::placement::{Placement, pixel_aspect, place, scale_bar, zoom_at};
use super::view_settings::ViewSettings;
use crate::session::{EngineStatus, Session};
use crate::words;

/// A wheel event from here on is a notch of a mouse wheel (100 to 120), one B-scan each.
const WHEEL_NOTCH: f64 = 60.0;
/// Travel of one B-scan on a trackpad, which sends many small events.
const WHEEL_PER_BSCAN: f64 = 40.0;
/// Travel of a finger for one B-scan, CSS pixels.
const SWIPE_PER_BSCAN: f64 = 14.0;

/// The stage.
#[component]
pub fn Stage() -> impl IntoView {
    let session = Session::expect();
    let settings = ViewSettings::expect();
    let stage: NodeRef<Div> = NodeRef::new();
    let picture: NodeRef<Canvas> = NodeRef::new();
    let over: NodeRef<Canvas> = NodeRef::new();
    let size = element_size(stage);

    let placement = Memo::new(move |_| {
        session.volume.with(|volume| {
            volume.as_ref().map(|volume| {
                let aspect = pixel_aspect(&volume.geometry, settings.depth.get());
                place(size.get(), volume.columns, volume.rows, aspect, settings.zoom.get())
            })
        })
    });
    // Another volume is seen whole first.
    Effect::new(move |_| {
        session.volume.track();
        settings.zoom.set(Default::default());
    });
    let has_picture = Memo::new(move |_| {
        session.pictures_changed.track();
        let bscan = session.bscan.get();
        session.with_bscans(|bscans| bscans.picture(bscan).is_some())
    });

    let drawn: StoredValue<Option<(u32, u64, HtmlCanvasElement)>, LocalStorage> =
        StoredValue::new_local(None);
    Effect::new(move |_| {
        let changes = session.pictures_changed.get();
        let bscan = session.bscan.get();
        let (Some(canvas), Some(placement)) = (picture.get(), placement.get()) else { return };
        let Some(context) = prepare(&canvas, size.get()) else { return };
        let grid = session.volume.with_untracked(|v| v.as_ref().map(|v| (v.columns, v.rows)));
        let Some((columns, rows)) = grid else { return };
        let held = drawn.with_value(|d| d.as_ref().is_some_and(|(f, c, _)| (*f, *c) == (bscan, changes)));
        if !held {
            let image = session
                .with_bscans(|bscans| bscans.picture(bscan).map(|bytes| bytes.to_vec()))
                .and_then(|grey| image_canvas(&grey, columns, rows, |grey| [grey, grey, grey, 255]));
            drawn.set_value(image.map(|image| (bscan, changes, image)));
        }
        drawn.with_value(|drawn| {
            if let Some((_, _, image)) = drawn {
                draw(&context, image, placement, columns);
            }
        });
    });
    overlay::draw_on(over, size, placement);

    let wheel_travel = StoredValue::new(0.0_f64);
    let on_wheel = move |event: WheelEvent| {
        event.prevent_default();
        // A wheel may report pixels, lines or pages.
        let delta =
            event.delta_y() * [1.0, 40.0, 400.0].get(event.delta_mode() as usize).copied().unwrap_or(1.0);
        if event.ctrl_key() {
            let (width, height) = size.get_untracked();
            let Some(stage) = stage.get_untracked() else { return };
            let bounds = stage.get_bounding_client_rect();
            let x = f64::from(event.client_x()) - bounds.left() - width / 2.0;
            let y = f64::from(event.client_y()) - bounds.top() - height / 2.0;
            settings.zoom.update(|zoom| *zoom = zoom_at(*zoom, (-delta / 300.0).exp(), x, y));
            return;
        }
        if delta.abs() >= WHEEL_NOTCH {
            wheel_travel.set_value(0.0);
            session.go_by(delta.signum() as i64);
            return;
        }
        let travel = wheel_travel.get_value() + delta;
        let steps = (travel / WHEEL_PER_BSCAN).trunc();
        wheel_travel.set_value(travel - steps * WHEEL_PER_BSCAN);
        session.go_by(steps as i64);
    };

    // Where the pointer went down, and the B-scan and shift at that moment.
    let grip: StoredValue<Option<Grip>> = StoredValue::new(None);
    let on_down = move |event: PointerEvent| {
        let zoom = settings.zoom.get_untracked();
        grip.set_value(Some(Grip {
            x: f64::from(event.client_x()),
            y: f64::from(event.client_y()),
            bscan: i64::from(session.bscan.get_untracked()),
            shift: (zoom.dx, zoom.dy),
        }));
    };
    let on_move = move |event: PointerEvent| {
        let Some(grip) = grip.get_value() else { return };
        let (dx, dy) = (f64::from(event.client_x()) - grip.x, f64::from(event.client_y()) - grip.y);
        if settings.zoom.with_untracked(|zoom| zoom.scale > 1.0) {
            settings.zoom.update(|zoom| (zoom.dx, zoom.dy) = (grip.shift.0 + dx, grip.shift.1 + dy));
        } else if event.pointer_type() != "mouse" {
            session.go_to(grip.bscan - (dx / SWIPE_PER_BSCAN).trunc() as i64);
        }
    };
    let release = move |_: PointerEvent| grip.set_value(None);

    let has_map = Memo::new(move |_| {
        session.results_changed.track();
        let bscan = session.bscan.get();
        session.with_bscans(|bscans| bscans.similarity(bscan).is_some())
    });

    // Lateral and axial bar, each with its own scale: depth may be drawn larger.
    let bars = move || {
        let placement = placement.get()?;
        session.volume.with(|volume| {
            let volume = volume.as_ref()?;
            let lateral = volume.geometry.lateral.mm()? * f64::from(volume.columns);
            let axial = volume.geometry.axial.mm()? * f64::from(volume.rows);
            Some((
                scale_bar(placement.width / lateral, 160.0)?,
                scale_bar(placement.height / axial, if placement.height < 200.0 { 40.0 } else { 90.0 })?,
            ))
        })
    };
    let label = move || {
        session.volume.with(|volume| match volume {
            Some(volume) => {
                format!("B-scan {} of {}, {}", session.bscan.get() + 1, volume.bscans, volume.name)
            }
            None => "No volume is open".to_owned(),
        })
    };

    view! {
        <div class="stage" node_ref=stage class:is-zoomed=move || settings.zoom.with(|z| z.scale > 1.0)
            on:wheel=on_wheel on:pointerdown=on_down on:pointermove=on_move
            on:pointerup=release on:pointercancel=release on:pointerleave=release
            on:dblclick=move |_| settings.zoom.set(Default::default())>
            <canvas class="layer" data-testid="bscan-canvas" node_ref=picture role="img" aria-label=label></canvas>
            <canvas class="layer" data-testid="overlay-canvas" node_ref=over aria-hidden="true"></canvas>

            <div class="corner corner-top-left">
                {move || session.volume.with(|v| v.as_ref().and_then(|v| v.geometry.laterality).map(|eye| {
                    let (short, long) = match eye {
                        oct::Laterality::Od => ("OD", "right eye"),
                        oct::Laterality::Os => ("OS", "left eye"),
                    };
                    view! { <abbr title=long>{short}</abbr> }
                }))}
                <Show when=move || session.volume.with(|v| v.as_ref().is_some_and(|v| v.is_sample))>
                    <span class="badge" data-testid="sample-badge">"Sample: generated eye, not a patient"</span>
                </Show>
            </div>
            <div class="corner corner-top-right">
                // What is pressed here is no grip on the B-scan, and twice in a row no wish to fit it.
                <div class="zoom" role="group" aria-label="Zoom"
                    on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
                    <Show when=move || settings.zoom.with(|z| z.scale > 1.0)>
                        <button class="button button-small" data-testid="zoom-fit" title="Fit (key 0)"
                            on:click=move |_| settings.zoom.set(Default::default())>
                            {move || format!("{:.1}×", settings.zoom.get().scale)} " · fit"
                        </button>
                        <button class="button button-small" data-testid="zoom-out" aria-label="Zoom out" title="Zoom out (key −)"
                            on:click=move |_| settings.zoom_out()>"−"</button>
                    </Show>
                    <button class="button button-small" data-testid="zoom-in" aria-label="Zoom in"
                        title="Zoom in (key +, or Ctrl and the wheel); drag to move"
                        on:click=move |_| settings.zoom_in()>"+"</button>
                </div>
                <BScanState />
            </div>
            <div class="corner corner-bottom-left">
                {move || bars().map(|((across, width), (deep, height))| view! {
                    <div class="scale-bar" role="img" data-testid="scale-bar"
                        aria-label=format!("Scale: {} across, {} deep", words::millimetres(across), words::millimetres(deep))>
                        <span class="scale-deep">{words::millimetres(deep)}</span>
                        <i style:width=format!("{width:.1}px") style:height=format!("{height:.1}px")></i>
                        <span>{words::millimetres(across)}</span>
                    </div>
                })}
            </div>
            <div class="corner corner-bottom-right">
                <Show when=move || session.similarity_wanted().get()>
                    <Show when=move || has_map.get()
                        fallback=|| view! { <span class="quiet" role="status">"computing the similarity map…"</span> }>
                        <div class="heat-legend" data-testid="similarity-legend">
                            <span>"detail kept"</span><i aria-hidden="true"></i><span>"semantics trusted"</span>
                        </div>
                    </Show>
                </Show>
            </div>
            <Show when=move || !has_picture.get()>
                <p class="stage-note" role="status">
                    {move || match (session.opening.get(), session.volume.with(Option::is_some)) {
                        (Some(name), false) => format!("Opening {name}…"),
                        (_, true) => format!("Reading B-scan {}…", session.bscan.get() + 1),
                        (None, false) if session.engine.get() == EngineStatus::Loading => "Starting…".to_owned(),
                        (None, false) => "No volume is open.".to_owned(),
                    }}
                </p>
            </Show>
        </div>
    }
}

/// Whether the B-scan in view is measured, in words: a scan without a mask must
/// never pass for a scan without fluid.
#[component]
fn BScanState() -> impl IntoView {
    let session = Session::expect();
    let state = move || {
        session.results_changed.track();
        let bscan = session.bscan.get();
        session.volume.with(Option::is_some).then(|| {
            let measured = session.with_bscans(|bscans| bscans.measured(bscan).is_some());
            if measured { "measured" } else { "not measured" }
        })
    };
    view! {
        {move || state().map(|state| view! {
            <span class="bscan-state" class:is-measured=state == "measured" data-testid="bscan-state">{state}</span>
        })}
    }
}

#[derive(Clone, Copy)]
struct Grip {
    x: f64,
    y: f64,
    bscan: i64,
    shift: (f64, f64),
}

/// Pixels of the screen per CSS pixel.
pub fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 4.0)
}

/// The size of an element in CSS pixels, followed.
pub fn element_size(element: NodeRef<Div>) -> RwSignal<(f64, f64)> {
    let size = RwSignal::new((0.0, 0.0));
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let measured = element.clone();
        let measure = Closure::<dyn FnMut(Array)>::new(move |_: Array| {
            let now = (f64::from(measured.client_width()), f64::from(measured.client_height()));
            if size.get_untracked() != now {
                size.set(now);
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let keep = StoredValue::new_local(Some((observer, measure)));
            on_cleanup(move || {
                if let Some((observer, _)) = keep.try_update_value(Option::take).flatten() {
                    observer.disconnect();
                }
            });
        }
    });
    size
}

/// Gives a canvas as many pixels as the screen shows of it, cleared, with CSS
/// pixels as its unit.
pub fn prepare(canvas: &HtmlCanvasElement, size: (f64, f64)) -> Option<CanvasRenderingContext2d> {
    let ratio = pixel_ratio();
    canvas.set_width((size.0 * ratio).round() as u32);
    canvas.set_height((size.1 * ratio).round() as u32);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0).ok()?;
    Some(context)
}

/// A canvas that holds one pixel for each byte.
pub fn image_canvas(
    bytes: &[u8],
    columns: u32,
    rows: u32,
    colour: impl Fn(u8) -> [u8; 4],
) -> Option<HtmlCanvasElement> {
    let rgba: Vec<u8> = bytes.iter().flat_map(|byte| colour(*byte)).collect();
    image_canvas_rgba(&rgba, columns, rows)
}

/// A canvas that holds one pixel for each four bytes of `rgba`.
pub fn image_canvas_rgba(rgba: &[u8], columns: u32, rows: u32) -> Option<HtmlCanvasElement> {
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), columns, rows).ok()?;
    let canvas = web_sys::window()?.document()?.create_element("canvas").ok()?;
    let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
    canvas.set_width(columns);
    canvas.set_height(rows);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()?;
    Some(canvas)
}

/// Draws an image of `columns` pixels a row; single pixels stay crisp where they are large.
pub fn draw(context: &CanvasRenderingContext2d, image: &HtmlCanvasElement, at: Placement, columns: u32) {
    context.set_image_smoothing_enabled(at.width * pixel_ratio() < 4.0 * f64::from(columns));
    // It fails only for an image without pixels: nothing is to be drawn then.
    let _nothing_to_draw =
        context.draw_image_with_html_canvas_element_and_dw_and_dh(image, at.x, at.y, at.width, at.height);
}
