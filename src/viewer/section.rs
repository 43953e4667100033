//! The picture along the slow axis, through the column of the cursor.

use leptos::html::Div;
use leptos::prelude::*;
use oct::{Axis, FluidClass};

use super::placement::place;
use crate::canvas::drag::{scrub, slot_at};
use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::CURSOR;
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Input, Scan, Window, Zoom};
use crate::words::{looking, use_words};

/// How strongly fluid lies over the picture, of 255.
const STRENGTH: u8 = 130;

/// The view.
#[component]
pub fn SectionView() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);
    let size = page.memo_scan(|scan| (scan.info.bscans, scan.info.rows, aspect(scan)));
    let at: Memo<Option<Placement>> = Memo::new(move |_| {
        let ((bscans, rows, aspect), stage) = (size.get()?, surface.size());
        Some(place((stage.width, stage.height), bscans, rows, aspect, Zoom::default()))
    });
    let painted = page.memo(|model| {
        let (scan, view) = (model.scan()?, &model.view);
        Some((scan.id, scan.section.changed(), scan.bscans.results_changed(), view.window, view.drawn()))
    });
    let cursor = page.memo_scan(|scan| scan.cursor);
    let kept: Kept<_, [Option<Image>; 2]> = Kept::new();
    Effect::new(move |_| {
        let (Some(key), Some(at), Some(cursor)) = (painted.get(), at.get(), cursor.get()) else { return };
        let Some((context, stage)) = surface.cleared() else { return };
        let (.., window, shown) = key;
        kept.with(
            key,
            || page.peek(|model| model.scan().map_or([None, None], |scan| paint(scan, window, shown))),
            |[greys, fluid]| {
                if let Some(greys) = greys {
                    greys.draw(&context, at, stage.ratio);
                }
                if let Some(fluid) = fluid {
                    fluid.draw_crisp(&context, at);
                }
            },
        );
        let Some((bscans, rows, _)) = size.get_untracked() else { return };
        let here = at.x + (f64::from(cursor.bscan) + 0.5) / f64::from(bscans.max(1)) * at.width;
        context.set_fill_style_str(CURSOR);
        context.fill_rect(here - 0.75, at.y, 1.5, at.height);
        if let Some(row) = cursor.row {
            let line = at.y + row / f64::from(rows.max(1)) * at.height;
            context.fill_rect(here - 7.0, line - 0.5, 14.0, 1.0);
        }
    });
    let go = move |part: [f64; 2]| {
        let (Some(at), Some((bscans, rows, _))) = (at.get_untracked(), size.get_untracked()) else { return };
        let stage = surface.size_now();
        let across = ((part[0] * stage.width - at.x) / at.width.max(1.0)).clamp(0.0, 1.0);
        let down = ((part[1] * stage.height - at.y) / at.height.max(1.0)).clamp(0.0, 1.0);
        let column = page.peek(|model| model.scan().map_or(0, Scan::column));
        page.send(Input::GoTo(i64::from(slot_at(across, bscans))));
        let row = Some(down * f64::from(rows));
        page.send(Input::PointAt { column: f64::from(column) + 0.5, row });
    };
    let is_awaited = page.memo_scan(|scan| scan.section.latest().is_none());
    view! {
        <section class="view view-section" aria-label=t(looking::SECTION)>
            <div class="view-picture" node_ref=holder data-testid="section-view" title=t(looking::FRONT_TITLE)
                {..scrub(holder, go)}>
                <canvas class="layer" node_ref=surface.canvas() role="img" aria-label=t(looking::SECTION_PICTURE)></canvas>
                <Show when=move || is_awaited.get() == Some(true)>
                    <p class="view-note" role="status">{t(looking::COMPUTING)}</p>
                </Show>
            </div>
        </section>
    }
}

/// The greys, and the fluid over them.
fn paint(scan: &Scan, window: Window, shown: [bool; 3]) -> [Option<Image>; 2] {
    let Some((column, picture)) = scan.section.latest() else { return [None, None] };
    let (bscans, rows) = (scan.info.bscans, scan.info.rows);
    let table = window.table();
    let greys = Image::of_bytes(&picture.to_vec(), bscans, rows, |grey| {
        let grey = table[usize::from(grey)];
        [grey, grey, grey, 255]
    });
    let labels = labels(scan, column);
    let fluid = Image::of_bytes(&labels, bscans, rows, |label| {
        let class = FluidClass::from_label(label).filter(|class| shown[class.index()]);
        class.map_or([0; 4], |class| {
            let [r, g, b] = class.colour();
            [r, g, b, STRENGTH]
        })
    });
    [greys, fluid]
}

/// Labels of `column` in every B-scan: `rows` lines of one a B-scan.
fn labels(scan: &Scan, column: u32) -> Vec<u8> {
    let (columns, bscans) = (scan.info.columns as usize, scan.info.bscans as usize);
    let mut labels = vec![0; bscans * scan.info.rows as usize];
    for measured in scan.bscans.all_measured() {
        let bscan = measured.result.bscan as usize;
        for (row, label) in measured.mask.column(columns, column as usize).into_iter().enumerate() {
            if let Some(place) = labels.get_mut(row * bscans + bscan) {
                *place = label;
            }
        }
    }
    labels
}

/// Height of a pixel divided by its width.
fn aspect(scan: &Scan) -> f64 {
    let mm = |axis| scan.info.geometry.trusted_mm(axis);
    match (mm(Axis::Axial), mm(Axis::BetweenBScans)) {
        (Some(axial), Some(between)) => axial / between,
        // As if it were twice as wide as deep.
        _ => f64::from(scan.info.bscans) / f64::from(scan.info.rows.max(1)) / 2.0,
    }
}
