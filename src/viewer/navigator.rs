//! The strip of all B-scans: which are measured, which hold fluid, which is in view.

use engine_protocol::Measurement;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use oct::FluidClass;
use web_sys::PointerEvent;

use super::bscan_canvas::{element_size, prepare};
use super::en_face::EnFaceMap;
use super::view_settings::{ViewSettings, colour};
use crate::session::Session;

/// The strip, the slider beneath it, and the position in figures.
#[component]
pub fn Navigator() -> impl IntoView {
    let session = Session::expect();
    let settings = ViewSettings::expect();
    let holder: NodeRef<Div> = NodeRef::new();
    let canvas: NodeRef<Canvas> = NodeRef::new();
    let size = element_size(holder);

    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let (width, height) = size.get();
        let Some(context) = prepare(&canvas, (width, height)) else { return };
        let bscans = session.bscan_count();
        if bscans == 0 || width <= 0.0 {
            return;
        }
        let bars = session.measurement.with(|measurement| bars(measurement.as_ref(), bscans as usize));
        let shown = FluidClass::ALL.map(|class| settings.visible(class).get());
        let slot = width / f64::from(bscans);
        // A gap between bars only where there is room for one.
        let gap = if slot >= 4.0 { 1.0 } else { 0.0 };
        let base = height - 5.0;
        for (index, bar) in bars.iter().enumerate() {
            let left = index as f64 * slot;
            let bar_width = (slot - gap).max(0.5);
            context.set_fill_style_str(if bar.is_some() { "#5c6b7d" } else { "#262d37" });
            context.fill_rect(left, base + 2.0, bar_width, 3.0);
            let mut top = base;
            for class in FluidClass::ALL.into_iter().filter(|class| shown[class.index()]) {
                let share = bar.map_or(0.0, |shares| shares[class.index()]);
                if share > 0.0 {
                    let tall = (share * (base - 4.0)).max(1.5);
                    let (r, g, b) = colour(class);
                    context.set_fill_style_str(&format!("rgb({r},{g},{b})"));
                    top -= tall;
                    context.fill_rect(left, top, bar_width, tall);
                }
            }
        }
        let here = (f64::from(session.bscan.get()) + 0.5) * slot;
        context.set_fill_style_str("rgba(255,255,255,0.14)");
        context.fill_rect(here - slot.max(3.0) / 2.0, 0.0, slot.max(3.0), height);
        context.set_fill_style_str("#f2f5f8");
        context.fill_rect(here - 0.75, 0.0, 1.5, height);
    });

    let held = StoredValue::new(false);
    let go = move |event: &PointerEvent| {
        let Some(holder) = holder.get_untracked() else { return };
        let bounds = holder.get_bounding_client_rect();
        let part = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        session.go_to((part * f64::from(session.bscan_count())).floor() as i64);
    };
    let on_down = move |event: PointerEvent| {
        held.set_value(true);
        if let Some(holder) = holder.get_untracked() {
            // Only a pointer that is gone already cannot be captured.
            let _gone = holder.set_pointer_capture(event.pointer_id());
        }
        untrack(|| go(&event));
    };
    let position = move || match session.bscan_count() {
        0 => "– / –".to_owned(),
        bscans => format!("{} / {bscans}", session.bscan.get() + 1),
    };

    view! {
        <div class="navigator">
            <div class="navigator-position">
                <button class="button button-icon" aria-label="Previous B-scan" on:click=move |_| session.go_by(-1)>"‹"</button>
                <output class="position" data-testid="bscan-position" aria-live="off">{position}</output>
                <button class="button button-icon" aria-label="Next B-scan" on:click=move |_| session.go_by(1)>"›"</button>
            </div>
            <div class="navigator-track">
                <div class="strip" node_ref=holder data-testid="bscan-strip"
                    title="Each bar is one B-scan; its height is the fluid in it"
                    on:pointerdown=on_down
                    on:pointermove=move |event| if held.get_value() { untrack(|| go(&event)) }
                    on:pointerup=move |_| held.set_value(false)
                    on:pointercancel=move |_| held.set_value(false)>
                    <canvas node_ref=canvas aria-hidden="true"></canvas>
                </div>
                <input type="range" class="bscan-slider" data-testid="bscan-slider" aria-label="B-scan" min="1" step="1"
                    prop:max=move || session.bscan_count().max(1).to_string()
                    prop:value=move || { session.bscan_count(); (session.bscan.get() + 1).to_string() }
                    aria-valuetext=position
                    on:input:target=move |event| {
                        if let Ok(number) = event.target().value().parse::<i64>() {
                            session.go_to(number - 1);
                        }
                    } />
            </div>
            <Show when=move || { session.bscan_count() > 1 }>
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
