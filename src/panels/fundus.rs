//! The fundus image that came with the volume, and where the B-scans lie on it.

use leptos::html::Div;
use leptos::prelude::*;
use oct::{BScanPlace, FundusKind};
use web_sys::CanvasRenderingContext2d;

use crate::canvas::drag::scrub;
use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::{PLACE, PLACE_IN_VIEW};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Input, Pixels, Scan};
use crate::words::{use_words, volume};

/// Shown where the volume has such an image.
#[component]
pub fn FundusPanel() -> impl IntoView {
    let page = Page::expect();
    let kind = page.memo(|model| model.scan()?.info.fundus.as_ref().map(|image| image.kind));
    move || kind.get().map(|kind| view! { <Fundus kind /> })
}

#[component]
fn Fundus(kind: FundusKind) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);
    // Height by width, in mm where known: pixels need not be square.
    let proportions = page.memo(|model| {
        let image = model.scan()?.info.fundus.as_ref()?;
        let [wide, high] = image.size_mm.unwrap_or([f64::from(image.columns), f64::from(image.rows)]);
        Some((high / wide).clamp(0.2, 2.0))
    });

    let shown = page.memo_scan(|scan| (scan.id, scan.fundus.is_some()));
    let here = page.memo_scan(|scan| scan.cursor.bscan as usize);
    let image: Kept<_, Option<Image>> = Kept::new();
    Effect::new(move |_| {
        let (Some(shown), Some(here)) = (shown.get(), here.get()) else { return };
        let Some((context, size)) = surface.cleared() else { return };
        page.peek(|model| {
            let Some(scan) = model.scan() else { return };
            image.with(
                shown,
                || fundus_image(scan),
                |image| {
                    if let Some(image) = image {
                        image.draw(&context, Placement::whole(size), size.ratio);
                    }
                },
            );
            let Some([wide, high]) = scan.info.fundus.as_ref().and_then(|image| image.size_mm) else {
                return;
            };
            let scale = [size.width / wide, size.height / high];
            let places = &scan.info.geometry.places;
            // The one in view last, over the others.
            for (_, place) in places.iter().enumerate().filter(|(bscan, _)| *bscan != here) {
                stroke(&context, place, scale, PLACE, 1.0);
            }
            if let Some(place) = places.get(here) {
                stroke(&context, place, scale, PLACE_IN_VIEW, 2.0);
            }
        });
    });

    let go = move |[across, down]: [f64; 2]| {
        let nearest = page.peek(|model| {
            let info = &model.scan()?.info;
            let [wide, high] = info.fundus.as_ref()?.size_mm?;
            nearest(&info.geometry.places, [across * wide, down * high])
        });
        if let Some(bscan) = nearest {
            page.send(Input::GoTo(bscan as i64));
        }
    };
    let has_places = page.memo(|model| model.scan().is_some_and(|s| !s.info.geometry.places.is_empty()));
    let order = page.memo(|model| model.scan()?.info.geometry.bscan_order());
    view! {
        <section class="panel" aria-labelledby="fundus-title">
            <header class="panel-head">
                <h2 id="fundus-title">{move || volume::fundus_title(locale.get(), kind)}</h2>
                <span class="quiet" data-testid="bscan-order">
                    {move || order.get().map(|order| volume::stored(locale.get(), order))}
                </span>
            </header>
            <div class="fundus" node_ref=holder data-testid="fundus" class:has-places=move || has_places.get()
                style:aspect-ratio=move || format!("1 / {:.4}", proportions.get().unwrap_or(1.0))
                {..scrub(holder, go)}>
                <canvas node_ref=surface.canvas() data-testid="fundus-canvas" role="img"
                    aria-label=t(volume::FUNDUS_IMAGE)></canvas>
            </div>
        </section>
    }
}

fn fundus_image(scan: &Scan) -> Option<Image> {
    let info = scan.info.fundus.as_ref()?;
    Image::of_greys(&scan.fundus.as_ref().map(Pixels::to_vec)?, info.columns, info.rows)
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
