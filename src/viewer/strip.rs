//! The strip of all B-scans: which are measured, which hold fluid, which is in view.

use engine_protocol::Measurement;
use leptos::html::Div;
use leptos::prelude::*;
use oct::FluidClass;

use super::en_face::EnFaceMap;
use crate::canvas::drag::{scrub, slot_at};
use crate::canvas::palette::{AXIS, CURSOR, DRAWN, MEASURED, NO_PICTURE, NOT_MEASURED, SLOT_IN_VIEW, css};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::Input;
use crate::words::{square_millimetres, use_words, viewer};

/// The strip, the slider beneath it, and the position in figures.
#[component]
pub fn Navigator() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);

    let bars = page.memo(|model| {
        let scan = model.scan()?;
        let measurement = scan.measurement.as_ref().filter(|_| model.find.is_none());
        Some(Bars::of(measurement, scan.info.bscans as usize, scan.pixel_mm2()))
    });
    let axis = move || {
        let full = bars.get()?.full?;
        Some(match full {
            Full::SquareMillimetres(mm2) => square_millimetres(mm2),
            Full::Pixels(pixels) => viewer::pixels(locale.get(), pixels),
        })
    };
    let missing = page.memo_scan(|scan| {
        scan.measurement.as_ref().map_or_else(Vec::new, |measurement| measurement.without_picture.clone())
    });
    let drawn_in: Memo<Option<Vec<u32>>> =
        page.memo_scan(|scan| scan.bscans.all_drawn().map(|drawn| drawn.of.bscan).collect());
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
        let Bars { heights, .. } = bars.get().unwrap_or_default();
        let missing = missing.get().unwrap_or_default();
        let drawn_in = drawn_in.get().unwrap_or_default();
        let slot = width / f64::from(bscans);
        // A gap between bars only where there is room for one.
        let gap = if slot >= 4.0 { 1.0 } else { 0.0 };
        let base = height - 5.0;
        context.set_fill_style_str(AXIS);
        for part in [0.5, 1.0] {
            context.fill_rect(0.0, base - part * (base - 4.0), width, 1.0);
        }
        for (index, bar) in heights.iter().enumerate() {
            let left = index as f64 * slot;
            let bar_width = (slot - gap).max(0.5);
            let lacks_picture = missing.binary_search(&index).is_ok();
            context.set_fill_style_str(match bar {
                _ if lacks_picture => NO_PICTURE,
                _ if drawn_in.binary_search(&(index as u32)).is_ok() => DRAWN,
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
                    <span class="strip-axis" data-testid="strip-axis" aria-hidden="true">{axis}</span>
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

/// The bars of the strip.
#[derive(Debug, Clone, PartialEq, Default)]
struct Bars {
    /// For each B-scan the height of each class, 0..=1, or `None` where it is not measured.
    heights: Vec<Option<[f64; 3]>>,
    /// The fluid area that a full bar stands for.
    full: Option<Full>,
}

/// The fluid area that a full bar stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Full {
    /// mm².
    SquareMillimetres(f64),
    /// Pixels, where a spacing is not known.
    Pixels(f64),
}

/// The shortest scale, mm²: stray pixels must not fill the strip.
const SHORTEST_MM2: f64 = 0.05;
/// The same where a spacing is not known: of a pixel of 3.9 x 11.6 µm, pixels.
const SHORTEST_PIXELS: f64 = 1000.0;

impl Bars {
    /// Bars of `bscans` B-scans whose pixels have `pixel_mm2`, on one scale that begins at 0.
    fn of(measurement: Option<&Measurement>, bscans: usize, pixel_mm2: Option<f64>) -> Self {
        let Some(measurement) = measurement else { return Self { heights: vec![None; bscans], full: None } };
        let count = |bscan: usize| {
            let of =
                |class: FluidClass| measurement.class(class).voxels_per_bscan.get(bscan).copied().flatten();
            let [irf, srf, ped] = FluidClass::ALL.map(of);
            Some([irf?, srf?, ped?])
        };
        let counts: Vec<Option<[u64; 3]>> = (0..bscans).map(count).collect();
        let most = counts.iter().flatten().map(|counts| counts.iter().sum::<u64>()).max().unwrap_or(0) as f64;
        let (full, pixels) = match pixel_mm2 {
            Some(mm2) => {
                let full = rounded_up((most * mm2).max(SHORTEST_MM2));
                (Full::SquareMillimetres(full), full / mm2)
            }
            None => {
                let full = rounded_up(most.max(SHORTEST_PIXELS));
                (Full::Pixels(full), full)
            }
        };
        let heights = counts.into_iter().map(|counts| counts.map(|it| it.map(|count| count as f64 / pixels)));
        Self { heights: heights.collect(), full: Some(full) }
    }
}

/// Up to 1, 2 or 5 times a power of ten.
fn rounded_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    // Rounding must not push a round value up.
    steps.into_iter().find(|step| *step >= value * (1.0 - 1e-9)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use fluid::{PresenceAccumulator, measure};
    use oct::{Geometry, LabelMask};

    use super::*;

    fn measurement(fluid: usize) -> Measurement {
        let mut mask = LabelMask::unmeasured(100, 100, 3);
        mask.set_bscan(0, vec![0; 10_000]).unwrap();
        let label = |place: usize| if place < fluid { 1 + 2 * u8::from(place % 2 == 1) } else { 0 };
        mask.set_bscan(2, (0..10_000).map(label).collect()).unwrap();
        measure(&mask, &Geometry::default(), &PresenceAccumulator::new())
    }

    #[test]
    fn bars_tell_unmeasured_from_empty_and_stand_on_a_round_scale_in_square_millimetres() {
        let bars = Bars::of(Some(&measurement(4000)), 3, Some(1e-4));
        assert_eq!(bars.full, Some(Full::SquareMillimetres(0.5)));
        assert_eq!(bars.heights[..2], [Some([0.0; 3]), None]);
        let [irf, srf, ped] = bars.heights[2].unwrap();
        assert!((irf - 0.4).abs() < 1e-9 && srf == 0.0 && (ped - 0.4).abs() < 1e-9);
    }

    #[test]
    fn stray_pixels_stay_small() {
        let bars = Bars::of(Some(&measurement(30)), 3, Some(4.5e-5));
        assert!(bars.heights[2].unwrap().iter().sum::<f64>() < 0.03);
        let unknown = Bars::of(Some(&measurement(30)), 3, None);
        assert_eq!(unknown.full, Some(Full::Pixels(1000.0)));
        assert_eq!(Bars::of(None, 2, None).heights, [None, None]);
    }

    #[test]
    fn a_round_value_is_its_own_scale() {
        assert_eq!([0.05, 0.051, 0.3, 1.0, 700.0].map(rounded_up), [0.05, 0.1, 0.5, 1.0, 1000.0]);
    }
}
