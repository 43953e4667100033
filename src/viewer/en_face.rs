//! Where on the retina the fluid lies: a map of columns by B-scans, seen from the front.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use oct::{BScanOrder, FluidClass};
use web_sys::PointerEvent;

use super::bscan_canvas::{element_size, image_canvas_rgba, prepare};
use super::view_settings::{ViewSettings, colour};
use crate::session::Session;

/// Widest and tallest map, CSS pixels.
const MAX_SIZE: (f64, f64) = (190.0, 112.0);

/// The map: one row for each B-scan, as on the fundus where the file tells the
/// order, else the first at the top.
#[component]
pub fn EnFaceMap() -> impl IntoView {
    let session = Session::expect();
    let settings = ViewSettings::expect();
    let holder: NodeRef<Div> = NodeRef::new();
    let canvas: NodeRef<Canvas> = NodeRef::new();
    let size = element_size(holder);

    // Width and height, true where the spacing is known, else a square.
    let proportions = Memo::new(move |_| {
        session.volume.with(|volume| {
            let volume = volume.as_ref()?;
            let lateral = volume.geometry.lateral.mm()? * f64::from(volume.columns);
            let across = volume.geometry.between_bscans.mm()? * f64::from(volume.bscans);
            Some(lateral / across)
        })
    });
    let width = move || {
        let aspect = proportions.get().unwrap_or(1.5).clamp(0.4, 6.0);
        MAX_SIZE.0.min(MAX_SIZE.1 * aspect)
    };
    let height = move || width() / proportions.get().unwrap_or(1.5).clamp(0.4, 6.0);

    let upside_down = Memo::new(move |_| {
        let order = session.volume.with(|v| v.as_ref().and_then(|v| v.geometry.bscan_order()));
        order == Some(BScanOrder::InferiorFirst)
    });

    // Painted anew when results or switches change, not on every B-scan scrolled past.
    let map: Memo<Option<(u32, u32, Vec<u8>)>> = Memo::new(move |_| {
        session.results_changed.track();
        let shown = FluidClass::ALL.map(|class| settings.visible(class).get());
        let (columns, bscans) = session.volume.with(|v| v.as_ref().map(|v| (v.columns, v.bscans)))?;
        let mut rgba = vec![0_u8; columns as usize * bscans as usize * 4];
        let row_bytes = columns as usize * 4;
        session.with_bscans(|store| {
            for measured in store.all_measured() {
                let row = row_of(measured.result.bscan, bscans, upside_down.get());
                let row = rgba.chunks_exact_mut(row_bytes).nth(row as usize);
                if let Some(row) = row {
                    paint_row(row, &measured.mask.class_per_column(columns as usize, shown));
                }
            }
        });
        Some((columns, bscans, rgba))
    });
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let (width, height) = size.get();
        let Some(context) = prepare(&canvas, (width, height)) else { return };
        let drawn = map.with(|map| {
            let (columns, bscans, rgba) = map.as_ref()?;
            Some((image_canvas_rgba(rgba, *columns, *bscans), *bscans))
        });
        let Some((image, bscans)) = drawn else { return };
        if let Some(image) = image {
            context.set_image_smoothing_enabled(false);
            // It fails only for an image without pixels: nothing is to be drawn then.
            let _nothing_to_draw =
                context.draw_image_with_html_canvas_element_and_dw_and_dh(&image, 0.0, 0.0, width, height);
        }
        let slot = height / f64::from(bscans.max(1));
        let here = f64::from(row_of(session.bscan.get(), bscans, upside_down.get())) * slot;
        context.set_fill_style_str("rgba(255,255,255,0.16)");
        context.fill_rect(0.0, here, width, slot.max(2.0));
        context.set_fill_style_str("#f2f5f8");
        context.fill_rect(0.0, here + slot / 2.0 - 0.5, width, 1.0);
    });

    let held = StoredValue::new(false);
    let go = move |event: &PointerEvent| {
        let Some(holder) = holder.get_untracked() else { return };
        let bounds = holder.get_bounding_client_rect();
        let part = (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0);
        let bscans = untrack(|| session.bscan_count());
        let row = (part * f64::from(bscans)).floor().clamp(0.0, f64::from(bscans.saturating_sub(1)));
        session.go_to(i64::from(row_of(row as u32, bscans, upside_down.get_untracked())));
    };
    view! {
        <div class="en-face" node_ref=holder data-testid="en-face-map"
            title="Fluid seen from the front, one row for each B-scan; press to go to a B-scan"
            style:width=move || format!("{:.0}px", width()) style:height=move || format!("{:.0}px", height())
            on:pointerdown=move |event| { held.set_value(true); go(&event); }
            on:pointermove=move |event| if held.get_value() { go(&event) }
            on:pointerup=move |_| held.set_value(false)
            on:pointerleave=move |_| held.set_value(false)>
            <canvas node_ref=canvas role="img" aria-label="Fluid seen from the front, one row for each B-scan"></canvas>
            <span class="en-face-caption" aria-hidden="true">"en face"</span>
        </div>
    }
}

/// Row of a B-scan on the map, and B-scan of a row.
fn row_of(bscan: u32, bscans: u32, upside_down: bool) -> u32 {
    if upside_down { bscans.saturating_sub(1).saturating_sub(bscan) } else { bscan }
}

/// Colours of one B-scan's row: dark where measured and dry, clear where not measured.
fn paint_row(row: &mut [u8], classes: &[Option<FluidClass>]) {
    for (pixel, class) in row.chunks_exact_mut(4).zip(classes) {
        let (r, g, b) = class.map_or((38, 46, 56), colour);
        pixel.copy_from_slice(&[r, g, b, 255]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_that_begins_below_is_mapped_with_its_last_bscan_on_top() {
        assert_eq!((row_of(0, 49, true), row_of(48, 49, true)), (48, 0));
        assert_eq!(row_of(7, 49, false), 7);
    }
}
