//! The strip of all B-scans: which are measured, which hold fluid, which is in view.

use engine_protocol::Measurement;
use leptos::html::Div;
use leptos::prelude::*;
use oct::FluidClass;

use super::en_face::EnFaceMap;
use crate::canvas::drag::{scrub, slot_at};
use crate::canvas::palette::{CURSOR, MEASURED, NO_PICTURE, NOT_MEASURED, SLOT_IN_VIEW, css};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::Input;
use crate::words::{use_words, viewer};

/// The strip, the slider beneath it, and the position in figures.
#[component]
pub fn Navigator() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);

    let heights = page.memo_scan(|scan| bars(scan.measurement.as_ref(), scan.info.bscans as usize));
    let missing = page.memo_scan(|scan| {
        scan.measurement.as_ref().map_or_else(Vec::new, |measurement| measurement.without_picture.clone())
    });
    let shown = page.memo(|model| model.view.visible);
    let place = page.memo(|model| model.scan().map_or((0, 0), |scan| (scan.cursor.bscan, scan.info.bscans)));
    Effect::new(move |_| {
        let (here, bscans) = place.get();
        let Some((context, size)) = surface.cleared() else { return };
        let (width, height) = (size.width, size.height);
        if bscans == 0 || width <= 0.0 {
            return;
        }
        let shown = shown.get();
        let bars = heights.get().unwrap_or_default();
        let missing = missing.get().unwrap_or_default();
        let slot = width / f64::from(bscans);
        // A gap between bars only where there is room for one.
        let gap = if slot >= 4.0 { 1.0 } else { 0.0 };
        let base = height - 5.0;
        for (index, bar) in bars.iter().enumerate() {
            let left = index as f64 * slot;
            let bar_width = (slot - gap).max(0.5);
            let lacks_picture = missing.binary_search(&index).is_ok();
            context.set_fill_style_str(match bar {
                _ if lacks_picture => NO_PICTURE,
                Some(_) => MEASURED,
                None => NOT_MEASURED,
            });
            context.fill_rect(left, base + 2.0, bar_width, 3.0);
            if lacks_picture {
                // A tick over the whole height, however narrow: it is what a person should see.
                context.fill_rect(left + (bar_width - 1.0).max(0.0) / 2.0, 2.0, 1.0, base);
            }
            let mut top = base;
            for class in FluidClass::ALL.into_iter().filter(|class| shown[class.index()]) {
                let share = bar.map_or(0.0, |shares| shares[class.index()]);
                if share > 0.0 {
                    let tall = (share * (base - 4.0)).max(1.5);
                    context.set_fill_style_str(&css(class.colour()));
                    top -= tall;
                    context.fill_rect(left, top, bar_width, tall);
                }
            }
        }
        let here = (f64::from(here) + 0.5) * slot;
        context.set_fill_style_str(SLOT_IN_VIEW);
        context.fill_rect(here - slot.max(3.0) / 2.0, 0.0, slot.max(3.0), height);
        context.set_fill_style_str(CURSOR);
        context.fill_rect(here - 0.75, 0.0, 1.5, height);
    });

    let go = move |[across, _]: [f64; 2]| {
        page.send(Input::GoTo(i64::from(slot_at(across, place.get_untracked().1))));
    };
    let position = move || match place.get() {
        (_, 0) => "– / –".to_owned(),
        (bscan, bscans) => format!("{} / {bscans}", bscan + 1),
    };

    view! {
        <div class="navigator">
            <div class="navigator-position">
                <button class="button button-icon" aria-label=t(viewer::PREVIOUS_BSCAN) on:click=move |_| page.send(Input::GoBy(-1))>"‹"</button>
                <output class="position" data-testid="bscan-position" aria-live="off">{position}</output>
                <button class="button button-icon" aria-label=t(viewer::NEXT_BSCAN) on:click=move |_| page.send(Input::GoBy(1))>"›"</button>
            </div>
            <div class="navigator-track">
                <div class="strip" node_ref=holder data-testid="bscan-strip"
                    title=move || viewer::strip_title(locale.get(), missing.get().unwrap_or_default().len())
                    {..scrub(holder, go)}>
                    <canvas node_ref=surface.canvas() aria-hidden="true"></canvas>
                </div>
                <input type="range" class="bscan-slider" data-testid="bscan-slider" aria-label=t(viewer::BSCAN) min="1" step="1"
                    prop:max=move || place.get().1.max(1).to_string()
                    prop:value=move || (place.get().0 + 1).to_string()
                    aria-valuetext=position
                    on:input:target=move |event| {
                        if let Ok(number) = event.target().value().parse::<i64>() {
                            page.send(Input::GoTo(number - 1));
                        }
                    } />
            </div>
            <Show when=move || { place.get().1 > 1 }>
                <EnFaceMap />
            </Show>
        </div>
    }
}

/// For each B-scan the height of each class, 0..=1, or `None` where not measured.
///
/// Heights follow the square root of the area: a cyst of a hundredth of the
/// largest lake is then a tenth as tall, still seen. Within a bar the classes
/// share that height by area.
fn bars(measurement: Option<&Measurement>, bscans: usize) -> Vec<Option<[f64; 3]>> {
    let Some(measurement) = measurement else { return vec![None; bscans] };
    let counts: Vec<Option<[u64; 3]>> = (0..bscans)
        .map(|bscan| {
            let of =
                |class: FluidClass| measurement.class(class).voxels_per_bscan.get(bscan).copied().flatten();
            let [irf, srf, ped] = FluidClass::ALL.map(of);
            Some([irf?, srf?, ped?])
        })
        .collect();
    let most = counts.iter().flatten().map(|c| c.iter().sum::<u64>()).max().unwrap_or(0).max(1) as f64;
    counts
        .into_iter()
        .map(|counts| {
            counts.map(|counts| {
                let sum = counts.iter().sum::<u64>() as f64;
                counts.map(|count| if count == 0 { 0.0 } else { (sum / most).sqrt() * count as f64 / sum })
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use fluid::{PresenceAccumulator, measure};
    use oct::{Geometry, LabelMask};

    use super::*;

    #[test]
    fn bars_tell_unmeasured_from_empty_and_the_fullest_reaches_the_top() {
        let mut mask = LabelMask::unmeasured(4, 1, 3);
        mask.set_bscan(0, vec![0; 4]).unwrap();
        mask.set_bscan(2, vec![1, 1, 3, 3]).unwrap();
        let measurement = measure(&mask, &Geometry::default(), &PresenceAccumulator::new());
        let bars = bars(Some(&measurement), 3);
        assert_eq!(bars, [Some([0.0; 3]), None, Some([0.5, 0.0, 0.5])]);
    }
}
