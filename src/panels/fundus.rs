//! The fundus image that came with the volume, and where the B-scans lie on it.

use js_sys::Uint8Array;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use oct::BScanPlace;
use web_sys::{CanvasRenderingContext2d, PointerEvent};

use crate::session::Session;
use crate::viewer::bscan_canvas::{draw, element_size, image_canvas, prepare};
use crate::viewer::placement::Placement;

/// Shown where the volume has such an image.
#[component]
pub fn Fundus() -> impl IntoView {
    let session = Session::expect();
    let title = Memo::new(move |_| {
        session.volume.with(|v| v.as_ref().and_then(|v| v.fundus.as_ref().map(|image| image.kind.name())))
    });
    move || title.get().map(|title| view! { <Image title /> })
}

#[component]
fn Image(title: &'static str) -> impl IntoView {
    let session = Session::expect();
    let holder: NodeRef<Div> = NodeRef::new();
    let canvas: NodeRef<Canvas> = NodeRef::new();
    let size = element_size(holder);
    // Height by width, in mm where known: pixels need not be square.
    let proportions = Memo::new(move |_| {
        session.volume.with(|volume| {
            let image = volume.as_ref()?.fundus.as_ref()?;
            let [wide, high] = image.size_mm.unwrap_or([f64::from(image.columns), f64::from(image.rows)]);
            Some((high / wide).clamp(0.2, 2.0))
        })
    });

    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let (width, height) = size.get();
        let Some(context) = prepare(&canvas, (width, height)) else { return };
        let here = session.bscan.get() as usize;
        session.fundus.with(|greys| {
            session.volume.with(|volume| {
                let Some(volume) = volume else { return };
                let Some(image) = &volume.fundus else { return };
                let whole = Placement { x: 0.0, y: 0.0, width, height };
                let painted = greys.as_ref().map(Uint8Array::to_vec).and_then(|greys| {
                    image_canvas(&greys, image.columns, image.rows, |grey| [grey, grey, grey, 255])
                });
                if let Some(painted) = painted {
                    draw(&context, &painted, whole, image.columns);
                }
                let Some([wide, high]) = image.size_mm else { return };
                let scale = [width / wide, height / high];
                // The one in view last, over the others.
                let others = volume.geometry.places.iter().enumerate().filter(|(bscan, _)| *bscan != here);
                for (_, place) in others {
                    stroke(&context, place, scale, "rgba(122,208,255,0.35)", 1.0);
                }
                if let Some(place) = volume.geometry.places.get(here) {
                    stroke(&context, place, scale, "#ffe28a", 2.0);
                }
            });
        });
    });

    let held = StoredValue::new(false);
    let go = move |event: &PointerEvent| {
        let Some(holder) = holder.get_untracked() else { return };
        let bounds = holder.get_bounding_client_rect();
        let part = [
            (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0),
            (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0),
        ];
        let nearest = session.volume.with_untracked(|volume| {
            let volume = volume.as_ref()?;
            let [wide, high] = volume.fundus.as_ref()?.size_mm?;
            nearest(&volume.geometry.places, [part[0] * wide, part[1] * high])
        });
        if let Some(bscan) = nearest {
            session.go_to(bscan as i64);
        }
    };
    let has_places =
        move || session.volume.with(|v| v.as_ref().is_some_and(|v| !v.geometry.places.is_empty()));
    view! {
        <section class="panel" aria-labelledby="fundus-title">
            <header class="panel-head">
                <h2 id="fundus-title">{format!("Fundus ({title})")}</h2>
                <span class="quiet" data-testid="bscan-order">
                    {move || session.volume.with(|v| v.as_ref().and_then(|v| v.geometry.bscan_order()).map(|order| {
                        format!("stored {}", order.name())
                    }))}
                </span>
            </header>
            <div class="fundus" node_ref=holder data-testid="fundus" class:has-places=has_places
                style:aspect-ratio=move || format!("1 / {:.4}", proportions.get().unwrap_or(1.0))
                on:pointerdown=move |event| { held.set_value(true); go(&event); }
                on:pointermove=move |event| if held.get_value() { go(&event) }
                on:pointerup=move |_| held.set_value(false)
                on:pointerleave=move |_| held.set_value(false)>
                <canvas node_ref=canvas data-testid="fundus-canvas" role="img"
                    aria-label="Fundus image with the place of every B-scan, the one in view in yellow"></canvas>
            </div>
        </section>
    }
}

fn stroke(context: &CanvasRenderingContext2d, place: &BScanPlace, scale: [f64; 2], colour: &str, width: f64) {
    context.set_stroke_style_str(colour);
    context.set_line_width(width);
    context.begin_path();
    match place {
        BScanPlace::Line { start_mm, end_mm } => {
            context.move_to(start_mm[0] * scale[0], start_mm[1] * scale[1]);
            context.line_to(end_mm[0] * scale[0], end_mm[1] * scale[1]);
        }
        BScanPlace::Circle { centre_mm, start_mm } => {
            let radius = (start_mm[0] - centre_mm[0]).hypot(start_mm[1] - centre_mm[1]);
            // It fails only for a negative radius, which a distance is not.
            let _never = context.ellipse(
                centre_mm[0] * scale[0],
                centre_mm[1] * scale[1],
                radius * scale[0],
                radius * scale[1],
                0.0,
                0.0,
                std::f64::consts::TAU,
            );
        }
    }
    context.stroke();
}

/// The B-scan that passes closest to `point_mm`.
fn nearest(places: &[BScanPlace], point_mm: [f64; 2]) -> Option<usize> {
    let distance = |place: &BScanPlace| match place {
        BScanPlace::Line { start_mm, end_mm } => {
            let along = [end_mm[0] - start_mm[0], end_mm[1] - start_mm[1]];
            let to = [point_mm[0] - start_mm[0], point_mm[1] - start_mm[1]];
            let length = along[0] * along[0] + along[1] * along[1];
            let part =
                ((to[0] * along[0] + to[1] * along[1]) / length.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
            (to[0] - part * along[0]).hypot(to[1] - part * along[1])
        }
        BScanPlace::Circle { centre_mm, start_mm } => {
            let radius = (start_mm[0] - centre_mm[0]).hypot(start_mm[1] - centre_mm[1]);
            ((point_mm[0] - centre_mm[0]).hypot(point_mm[1] - centre_mm[1]) - radius).abs()
        }
    };
    (0..places.len()).min_by(|a, b| distance(&places[*a]).total_cmp(&distance(&places[*b])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_goes_to_the_bscan_that_passes_closest() {
        let line = |y: f64| BScanPlace::Line { start_mm: [1.0, y], end_mm: [5.0, y] };
        let places = [line(4.0), line(3.0), line(2.0)];
        assert_eq!(nearest(&places, [3.0, 2.2]), Some(2));
        assert_eq!(nearest(&places, [9.0, 3.9]), Some(0));
        assert_eq!(nearest(&[], [3.0, 2.2]), None);
        let circle = BScanPlace::Circle { centre_mm: [3.0, 3.0], start_mm: [4.7, 3.0] };
        assert_eq!(nearest(&[line(3.4), circle], [3.0, 4.6]), Some(1));
    }
}
