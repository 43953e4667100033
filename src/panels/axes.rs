//! Which axis of an array is depth, where nothing tells.

use engine_protocol::AxisCandidateInfo;
use leptos::html::Div;
use leptos::prelude::*;
use oct::AxisOrder;

use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Input, Scan};

/// Stands before all that is measured: nothing is, until it is answered.
#[component]
pub fn AxisChoice() -> impl IntoView {
    let page = Page::expect();
    // The scan's id is part of it: another scan is another question.
    let asked = page.memo_scan(|scan| (scan.id, scan.info.axis_candidates.clone()));
    move || {
        let candidates = asked.get().map(|(_, candidates)| candidates).unwrap_or_default();
        (!candidates.is_empty()).then(|| view! { <Question candidates /> })
    }
}

#[component]
fn Question(candidates: Vec<AxisCandidateInfo>) -> impl IntoView {
    let is_turned = RwSignal::new(false);
    let is_upside_down = RwSignal::new(false);
    let held = move |axes: AxisOrder| {
        let axes = if is_turned.get() { axes.turned() } else { axes };
        if is_upside_down.get() { axes.upside_down() } else { axes }
    };
    let choices = candidates
        .into_iter()
        .enumerate()
        .map(|(index, candidate)| {
            let axes = candidate.axes;
            view! { <Choice index candidate axes=Signal::derive(move || held(axes)) /> }
        })
        .collect_view();
    view! {
        <section class="panel panel-asks" aria-labelledby="axes-title" data-testid="axis-question">
            <header class="panel-head">
                <h2 id="axes-title">"Which picture is a B-scan?"</h2>
            </header>
            <p class="note">
                "The file does not say which of its axes is depth, and the picture does not tell for certain. "
                "In a B-scan the layers of the retina run across, and the vitreous lies above."
            </p>
            <div class="axis-choices">{choices}</div>
            <div class="axis-turns">
                <label><input type="checkbox" data-testid="axes-turned"
                    on:change:target=move |event| is_turned.set(event.target().checked()) />" on its side"</label>
                <label><input type="checkbox" data-testid="axes-upside-down"
                    on:change:target=move |event| is_upside_down.set(event.target().checked()) />" upside down"</label>
            </div>
        </section>
    }
}

/// One picture; a click says that it is a B-scan.
#[component]
fn Choice(index: usize, candidate: AxisCandidateInfo, axes: Signal<AxisOrder>) -> impl IntoView {
    let page = Page::expect();
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);
    let AxisCandidateInfo { axes: stored, volume, .. } = candidate;
    let image: Kept<_, Option<Image>> = Kept::new();
    Effect::new(move |_| {
        let axes = axes.get();
        let Some((context, size)) = surface.cleared() else { return };
        image.with(
            axes,
            || page.peek(|model| picture(model.scan()?, index, stored, axes)),
            |image| {
                if let Some(image) = image {
                    image.draw(&context, Placement::whole(size), size.ratio);
                }
            },
        );
    });
    view! {
        <button class="axis-choice" data-testid=format!("axis-choice-{}", index + 1)
            on:click=move |_| page.send(Input::ChooseAxes(axes.get_untracked()))>
            <div class="axis-picture" node_ref=holder>
                <canvas node_ref=surface.canvas() aria-hidden="true"></canvas>
            </div>
            <kbd>{(index + 1).to_string()}</kbd>
            <span>{volume}</span>
        </button>
    }
}

/// The picture of candidate `index`, whose order is `stored`, as it is in the order `axes`.
fn picture(scan: &Scan, index: usize, stored: AxisOrder, axes: AxisOrder) -> Option<Image> {
    let candidate = scan.info.axis_candidates.get(index)?;
    let greys = scan.axis_pictures.get(index)?.to_vec();
    let (greys, [columns, rows]) = held(greys, [candidate.columns, candidate.rows], stored, axes)?;
    Image::of_greys(&greys, columns, rows)
}

/// Greys of a picture in the order `stored` as they lie in the order `axes`, which
/// differs from it by being turned or upside down.
fn held(
    greys: Vec<u8>,
    [columns, rows]: [u32; 2],
    stored: AxisOrder,
    axes: AxisOrder,
) -> Option<(Vec<u8>, [u32; 2])> {
    let is_turned = stored.axes() != axes.axes();
    let mut order = AxisOrder::STANDARD;
    // Depth is turned about before the sides are exchanged.
    if stored.rows_reversed() != axes.rows_reversed() && !is_turned {
        order = order.upside_down();
    }
    if is_turned {
        order = order.turned();
        if axes.rows_reversed() {
            order = order.upside_down();
        }
    }
    let sizes = [columns as usize, rows as usize, 1];
    let greys = order.to_standard(&greys, sizes)?;
    Some((greys, if is_turned { [rows, columns] } else { [columns, rows] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_turned_and_put_upside_down_as_the_order_says() {
        let stored: AxisOrder = "bscans,rows,columns".parse().unwrap();
        let shown = |axes| held(vec![1, 2, 3, 4, 5, 6], [3, 2], stored, axes).unwrap();
        assert_eq!(shown(stored), (vec![1, 2, 3, 4, 5, 6], [3, 2]));
        assert_eq!(shown(stored.upside_down()), (vec![4, 5, 6, 1, 2, 3], [3, 2]));
        assert_eq!(shown(stored.turned()), (vec![1, 4, 2, 5, 3, 6], [2, 3]));
        assert_eq!(shown(stored.turned().upside_down()), (vec![3, 6, 2, 5, 1, 4], [2, 3]));
    }
}
