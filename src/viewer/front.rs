//! The scan from the front: a picture of the depth that is wanted, what was found over it, the
//! B-scan in view as a line.

use engine_protocol::Slab;
use leptos::html::Div;
use leptos::prelude::*;
use oct::{Axis, FluidClass};
use web_sys::{CanvasRenderingContext2d, PointerEvent};

use super::en_face::{is_upside_down, paint, row_of};
use super::etdrs::{Grid, fovea_at};
use super::placement::place;
use super::thickness::Thickness;
use crate::canvas::drag::{Drag, STILL, slot_at};
use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::{CURSOR, heat};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Front, Input, Scan, ViewInput, Zoom};
use crate::words::{looking, micrometres, use_words};

/// What may lie over the picture, in the order of the list.
const OVER: [Front; 6] = [
    Front::Classes,
    Front::Retina,
    Front::Thickness(FluidClass::Irf),
    Front::Thickness(FluidClass::Srf),
    Front::Thickness(FluidClass::Ped),
    Front::Picture,
];
/// How strongly fluid lies over the picture: vessels are to be seen beneath.
const OVER_PICTURE: f64 = 0.7;
/// The depths in the order of the list.
const SLABS: [Slab; 4] = [Slab::Whole, Slab::Retina, Slab::PigmentEpithelium, Slab::Choroid];

/// The picture and what lies over it.
pub struct Painted {
    front: Front,
    greys: Option<Image>,
    over: Option<Image>,
}

impl Painted {
    /// What `front` asks for, of classes those that are `shown`.
    pub fn of(scan: &Scan, front: Front, shown: [bool; 3]) -> Self {
        let (columns, bscans) = (scan.info.columns, scan.info.bscans);
        let upside_down = is_upside_down(scan);
        let picture = scan.front.latest().map(|(_, picture)| picture.to_vec());
        let greys = picture.and_then(|greys| {
            Image::of_greys(&flipped(greys, columns as usize, upside_down), columns, bscans)
        });
        let over = match front {
            Front::Classes => paint(scan, shown, upside_down, [0; 4]),
            Front::Picture => None,
            Front::Retina | Front::Thickness(_) => Thickness::of(scan, front).and_then(|map| {
                let rgba = flipped(map.rgba(heat), 4 * columns as usize, upside_down);
                Image::of_rgba(&rgba, columns, bscans)
            }),
        };
        Self { front, greys, over }
    }

    /// Draws it at `at`, with `ratio` pixels of the screen for each CSS pixel.
    pub fn draw(&self, context: &CanvasRenderingContext2d, at: Placement, ratio: f64) {
        if let Some(greys) = &self.greys {
            greys.draw(context, at, ratio);
        }
        if let Some(over) = &self.over {
            context.set_global_alpha(if self.front == Front::Classes { OVER_PICTURE } else { 1.0 });
            over.draw_crisp(context, at);
            context.set_global_alpha(1.0);
        }
    }
}

/// Lines of `length` bytes, the last one first where it is upside down.
fn flipped(bytes: Vec<u8>, length: usize, upside_down: bool) -> Vec<u8> {
    if upside_down { bytes.rchunks(length.max(1)).flatten().copied().collect() } else { bytes }
}

/// The view.
#[component]
pub fn FrontView() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);
    let look = move |wanted| page.send(Input::View(wanted));

    let size = page.memo_scan(|scan| (scan.info.columns, scan.info.bscans, aspect(scan)));
    let at: Memo<Option<Placement>> = Memo::new(move |_| {
        let ((columns, bscans, aspect), stage) = (size.get()?, surface.size());
        Some(place((stage.width, stage.height), columns, bscans, aspect, Zoom::default()))
    });
    let painted = page.memo(|model| {
        let (scan, view) = (model.scan()?, &model.view);
        let changed = (scan.bscans.results_changed(), scan.front.changed());
        Some((scan.id, changed, scan.info.geometry.trusted_mm(Axis::Axial), view.front, view.visible))
    });
    let cursor = page.memo_scan(|scan| (scan.cursor.bscan, scan.column(), is_upside_down(scan)));
    let grid = page.memo(move |model| {
        let scan = model.scan().filter(|_| model.view.grid)?;
        Grid::of(scan, at.get()?)
    });
    let kept: Kept<_, Painted> = Kept::new();
    Effect::new(move |_| {
        let (Some(key), Some(at), Some(cursor)) = (painted.get(), at.get(), cursor.get()) else { return };
        let Some((context, stage)) = surface.cleared() else { return };
        let (.., front, shown) = key;
        let of_scan = || page.peek(|model| model.scan().map(|scan| Painted::of(scan, front, shown)));
        kept.with(
            key,
            || of_scan().unwrap_or(Painted { front, greys: None, over: None }),
            |painted| painted.draw(&context, at, stage.ratio),
        );
        let Some((columns, bscans, _)) = size.get_untracked() else { return };
        let (bscan, column, upside_down) = cursor;
        let slot = at.height / f64::from(bscans.max(1));
        let line = at.y + (f64::from(row_of(bscan, bscans, upside_down)) + 0.5) * slot;
        let across = at.x + (f64::from(column) + 0.5) / f64::from(columns.max(1)) * at.width;
        context.set_fill_style_str(CURSOR);
        context.fill_rect(at.x, line - 0.75, at.width, 1.5);
        context.fill_rect(across - 0.5, line - 7.0, 1.0, 14.0);
        if let Some(grid) = grid.get() {
            grid.draw(&context, at);
        }
    });

    // Where a pointer is on the canvas, CSS pixels.
    let place_of = move |event: &PointerEvent| {
        let bounds = holder.get_untracked()?.get_bounding_client_rect();
        Some([f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top()])
    };
    let go = move |[x, y]: [f64; 2]| {
        let (Some(at), Some((columns, bscans, _))) = (at.get_untracked(), size.get_untracked()) else {
            return;
        };
        let part = |to: f64, from: f64, size: f64| ((to - from) / size.max(1.0)).clamp(0.0, 1.0);
        let upside_down = page.peek(|model| model.scan().is_some_and(is_upside_down));
        let bscan = row_of(slot_at(part(y, at.y, at.height), bscans), bscans, upside_down);
        page.send(Input::GoTo(i64::from(bscan)));
        page.send(Input::PointAt { column: part(x, at.x, at.width) * f64::from(columns), row: None });
    };
    let move_fovea = move |place: [f64; 2]| {
        let Some(at) = at.get_untracked() else { return };
        let fovea = page.peek(|model| model.scan().map(|scan| fovea_at(scan, at, place)));
        page.send(Input::SetFovea(fovea));
    };
    // What is held: the fovea, by how far it lies from the pointer, or else the place to go to.
    let drag: Drag<Option<[f64; 2]>> = Drag::on(holder);
    let on_down = move |event: PointerEvent| {
        let Some(place) = place_of(&event) else { return };
        let held = grid.get_untracked().filter(|grid| grid.is_held_at(place));
        let offset = held.map(|grid| [grid.fovea[0] - place[0], grid.fovea[1] - place[1]]);
        drag.press(&event, offset);
        if offset.is_none() {
            go(place);
        }
    };
    let on_move = move |event: PointerEvent| {
        let (Some((dx, dy, offset)), Some(place)) = (drag.travel(&event), place_of(&event)) else { return };
        match offset {
            None => go(place),
            // A press with a trembling hand is no wish to move it.
            Some(_) if dx.hypot(dy) < STILL => {}
            Some([x, y]) => move_fovea([place[0] + x, place[1] + y]),
        }
    };

    let front = page.memo(|model| model.view.front);
    let slab = page.memo(|model| model.view.slab);
    let has_grid = page.memo(|model| model.view.grid);
    // `None` where the wanted map shows no thickness.
    let scale = Memo::new(move |_| {
        let (.., front, _) = painted.get()?;
        let wants = !matches!(front, Front::Classes | Front::Picture);
        wants.then(|| page.peek(|model| Some(Thickness::of(model.scan()?, front)?.scale)))
    });
    let lacks_layers = page.memo(|model| {
        let is_black = |scan: &Scan| scan.measured_bscans() == 0 && scan.info.surfaces.is_empty();
        model.view.slab != Slab::Whole && model.scan().is_some_and(is_black)
    });
    view! {
        <section class="view view-front" aria-label=t(looking::FRONT)>
            <div class="view-head">
                <select data-testid="slab" aria-label=t(looking::SLAB)
                    prop:value=move || slab_id(slab.get())
                    on:change:target=move |event| {
                        let chosen = SLABS.into_iter().find(|slab| slab_id(*slab) == event.target().value());
                        if let Some(slab) = chosen {
                            look(ViewInput::Slab(slab));
                        }
                    }>
                    {SLABS.map(|slab| view! { <option value=slab_id(slab)>{t(looking::slab(slab))}</option> })}
                </select>
                <select data-testid="front" aria-label=t(looking::OVER_FRONT)
                    prop:value=move || front_id(front.get())
                    on:change:target=move |event| {
                        let chosen = OVER.into_iter().find(|front| front_id(*front) == event.target().value());
                        if let Some(front) = chosen {
                            look(ViewInput::Front(front));
                        }
                    }>
                    {OVER.map(|front| view! {
                        <option value=front_id(front)>{move || looking::front(locale.get(), front)}</option>
                    })}
                </select>
                <button class="chip" data-testid="toggle-grid" aria-pressed=move || has_grid.get().to_string()
                    on:click=move |_| look(ViewInput::ToggleGrid)>{t(looking::GRID)} <kbd aria-hidden="true">"G"</kbd></button>
            </div>
            <div class="view-picture" node_ref=holder data-testid="front-view" title=t(looking::FRONT_TITLE)
                on:pointerdown=on_down on:pointermove=on_move
                on:pointerup=move |_| drag.release() on:pointercancel=move |_| drag.release()>
                <canvas class="layer" node_ref=surface.canvas() role="img" aria-label=t(looking::FRONT_PICTURE)></canvas>
                <Show when=move || lacks_layers.get()>
                    <p class="view-note" role="status">{t(looking::NO_LAYERS)}</p>
                </Show>
            </div>
            {move || scale.get().map(|scale| match scale {
                Some(scale) => view! {
                    <div class="colour-bar" data-testid="colour-bar">
                        <span>{format!("{:.0}", scale.least_um)}</span><i aria-hidden="true"></i>
                        <span>{micrometres(f64::from(scale.most_um))}</span>
                    </div>
                }.into_any(),
                None => view! { <p class="view-note-below" role="status">{t(looking::NO_THICKNESS)}</p> }.into_any(),
            })}
        </section>
    }
}

/// Height of a place on the map divided by its width.
pub fn aspect(scan: &Scan) -> f64 {
    let mm = |axis| scan.info.geometry.trusted_mm(axis);
    match (mm(Axis::BetweenBScans), mm(Axis::Lateral)) {
        (Some(between), Some(lateral)) => between / lateral,
        // As if it were square.
        _ => f64::from(scan.info.columns) / f64::from(scan.info.bscans.max(1)),
    }
}

fn slab_id(slab: Slab) -> &'static str {
    match slab {
        Slab::Whole => "whole",
        Slab::Retina => "retina",
        Slab::PigmentEpithelium => "rpe",
        Slab::Choroid => "choroid",
    }
}

fn front_id(front: Front) -> &'static str {
    match front {
        Front::Classes => "classes",
        Front::Retina => "retina",
        Front::Thickness(FluidClass::Irf) => "irf",
        Front::Thickness(FluidClass::Srf) => "srf",
        Front::Thickness(FluidClass::Ped) => "ped",
        Front::Picture => "picture",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_begins_below_is_turned_line_by_line() {
        assert_eq!(flipped(vec![1, 2, 3, 4], 2, true), [3, 4, 1, 2]);
        assert_eq!(flipped(vec![1, 2, 3, 4], 2, false), [1, 2, 3, 4]);
    }
}
