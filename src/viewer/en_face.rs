//! Where on the retina the fluid lies: a map of columns by B-scans, seen from the front.

use leptos::html::Div;
use leptos::prelude::*;
use oct::{Axis, FluidClass};

use crate::canvas::drag::{scrub, slot_at};
use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::{CURSOR, DRY, SLOT_IN_VIEW};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Input, Scan};
use crate::words::{use_words, viewer};

/// Widest and tallest map, CSS pixels.
const MAX_SIZE: (f64, f64) = (190.0, 112.0);

/// The map: one row for each B-scan, as on the fundus where the file tells the
/// order, else the first at the top.
#[component]
pub fn EnFaceMap() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);

    // Width by height, true where the spacing is known.
    let proportions = page.memo(|model| {
        let info = &model.scan()?.info;
        let lateral_mm = info.geometry.trusted_mm(Axis::Lateral)? * f64::from(info.columns);
        let across_mm = info.geometry.trusted_mm(Axis::BetweenBScans)? * f64::from(info.bscans);
        Some(lateral_mm / across_mm)
    });
    let aspect = move || proportions.get().unwrap_or(1.5).clamp(0.4, 6.0);
    let width = move || MAX_SIZE.0.min(MAX_SIZE.1 * aspect());
    let height = move || width() / aspect();

    // Painted anew when results or switches change, not on every B-scan scrolled past.
    let painted = page.memo(|model| {
        let scan = model.scan()?;
        Some((scan.id, scan.bscans.results_changed(), model.view.visible, is_upside_down(scan)))
    });
    let cursor = page.memo_scan(|scan| (scan.cursor, scan.info.columns, scan.info.bscans));
    let map: Kept<_, Option<Image>> = Kept::new();
    Effect::new(move |_| {
        let (Some(painted), Some((cursor, columns, bscans))) = (painted.get(), cursor.get()) else { return };
        let Some((context, size)) = surface.cleared() else { return };
        let (_, _, shown, upside_down) = painted;
        map.with(
            painted,
            || page.peek(|model| model.scan().and_then(|scan| paint(scan, shown, upside_down, DRY))),
            |map| {
                if let Some(map) = map {
                    map.draw_crisp(&context, Placement::whole(size));
                }
            },
        );
        let slot = size.height / f64::from(bscans.max(1));
        let here = f64::from(row_of(cursor.bscan, bscans, upside_down)) * slot;
        context.set_fill_style_str(SLOT_IN_VIEW);
        context.fill_rect(0.0, here, size.width, slot.max(2.0));
        context.set_fill_style_str(CURSOR);
        context.fill_rect(0.0, here + slot / 2.0 - 0.5, size.width, 1.0);
        if let Some(column) = cursor.column {
            let at = column / f64::from(columns.max(1)) * size.width;
            context.fill_rect(at - 0.5, here + slot / 2.0 - 4.0, 1.0, 8.0);
        }
    });

    let go = move |[across, down]: [f64; 2]| {
        let place = page.peek(|model| {
            let scan = model.scan()?;
            let row = slot_at(down, scan.info.bscans);
            let bscan = row_of(row, scan.info.bscans, is_upside_down(scan));
            Some((bscan, across * f64::from(scan.info.columns)))
        });
        if let Some((bscan, column)) = place {
            page.send(Input::GoTo(i64::from(bscan)));
            page.send(Input::PointAt { column, row: None });
        }
    };
    view! {
        <div class="en-face unless-finding" node_ref=holder data-testid="en-face-map"
            title=t(viewer::EN_FACE_TITLE)
            style:width=move || format!("{:.0}px", width()) style:height=move || format!("{:.0}px", height())
            {..scrub(holder, go)}>
            <canvas node_ref=surface.canvas() role="img" aria-label=t(viewer::EN_FACE)></canvas>
            <span class="en-face-caption" aria-hidden="true">{t(viewer::EN_FACE_CAPTION)}</span>
        </div>
    }
}

/// Row of a B-scan on the map, and B-scan of a row.
pub(super) fn row_of(bscan: u32, bscans: u32, upside_down: bool) -> u32 {
    if upside_down { bscans.saturating_sub(1).saturating_sub(bscan) } else { bscan }
}

/// Whether the scan begins below, so that its last B-scan stands on top.
pub(super) fn is_upside_down(scan: &Scan) -> bool {
    oct::en_face::is_upside_down(&scan.info.geometry)
}

/// The map as an image, a pixel for each column of each B-scan.
pub(super) fn paint(scan: &Scan, shown: [bool; 3], upside_down: bool, dry: [u8; 4]) -> Option<Image> {
    let (columns, bscans) = (scan.info.columns, scan.info.bscans);
    let row_bytes = columns as usize * 4;
    let mut rgba = vec![0_u8; row_bytes * bscans as usize];
    for measured in scan.bscans.all_measured() {
        let row = row_of(measured.result.bscan, bscans, upside_down);
        if let Some(row) = rgba.chunks_exact_mut(row_bytes).nth(row as usize) {
            paint_row(row, &measured.mask.class_per_column(columns as usize, shown), dry);
        }
    }
    Image::of_rgba(&rgba, columns, bscans)
}

/// Colours of one B-scan's row: `dry` where it is measured and holds no fluid, clear where it is not measured.
fn paint_row(row: &mut [u8], classes: &[Option<FluidClass>], dry: [u8; 4]) {
    for (pixel, class) in row.chunks_exact_mut(4).zip(classes) {
        let fluid = |class: FluidClass| {
            let [r, g, b] = class.colour();
            [r, g, b, 255]
        };
        pixel.copy_from_slice(&class.map_or(dry, fluid));
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
