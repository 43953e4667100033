//! Which axis of an array is depth where nothing tells, and whether a picture that seems to
//! be upside down or a negative is right.

use engine_protocol::AxisCandidateInfo;
use leptos::html::Div;
use leptos::prelude::*;
use oct::AxisOrder;

use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Input, Scan};
use crate::words::{Locale, Said, Text, questions, use_words};

/// Stands before all that is measured: nothing is, until it is answered.
#[component]
pub fn AxisChoice() -> impl IntoView {
    let page = Page::expect();
    // The scan's id is part of it: another scan is another question.
    let asked =
        page.memo_scan(|scan| (scan.id, scan.info.axis_candidates.clone(), scan.info.odd_picture.clone()));
    move || {
        let asked = asked.get().filter(|(_, candidates, _)| !candidates.is_empty());
        asked.map(|(_, candidates, odd)| view! { <Question candidates odd /> })
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Which axis is depth.
    Order,
    /// Whether a picture that seems to be upside down is.
    Upright,
    /// Whether a picture that is odd otherwise is right.
    AsItIs,
}

impl Asked {
    fn of(candidates: &[AxisCandidateInfo], odd: Option<&str>) -> Self {
        match (odd, candidates) {
            (None, _) => Self::Order,
            (Some(_), [_]) => Self::AsItIs,
            (Some(_), _) => Self::Upright,
        }
    }

    fn title(self) -> Text {
        match self {
            Self::Order => questions::WHICH_IS_BSCAN,
            Self::Upright => questions::WHICH_IS_UPRIGHT,
            Self::AsItIs => questions::IS_RIGHT_AS_IT_IS,
        }
    }

    /// How the vitreous and the layers lie, or what is measured before an answer.
    fn explained(self) -> Text {
        match self {
            Self::Order => questions::ABOUT_ORDER,
            Self::Upright => questions::ABOUT_UPRIGHT,
            Self::AsItIs => questions::ABOUT_AS_IT_IS,
        }
    }

    /// What stands under the picture of `candidate`: what a click does.
    fn label(self, candidate: &AxisCandidateInfo) -> Said {
        match self {
            Self::Order => Said::verbatim(candidate.volume.clone()),
            Self::Upright if candidate.axes.rows_reversed() => questions::TURN_OVER.into(),
            Self::Upright | Self::AsItIs => questions::USE_AS_IT_IS.into(),
        }
    }
}

#[component]
fn Question(candidates: Vec<AxisCandidateInfo>, odd: Option<String>) -> impl IntoView {
    let t = use_words();
    let asked = Asked::of(&candidates, odd.as_deref());
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
            let (axes, label) = (candidate.axes, asked.label(&candidate));
            view! { <Choice index candidate label axes=Signal::derive(move || held(axes)) /> }
        })
        .collect_view();
    view! {
        <section class="panel panel-asks" aria-labelledby="axes-title" data-testid="axis-question">
            <header class="panel-head">
                <h2 id="axes-title">{t(asked.title())}</h2>
            </header>
            {odd.map(|odd| view! { <p class="note" lang=Locale::English.tag() data-testid="odd-picture">{odd}</p> })}
            <p class="note">{t(asked.explained())}</p>
            <div class="axis-choices">{choices}</div>
            {(asked == Asked::Order).then(|| view! {
                <div class="axis-turns">
                    <label><input type="checkbox" data-testid="axes-turned"
                        on:change:target=move |event| is_turned.set(event.target().checked()) />" "{t(questions::ON_ITS_SIDE)}</label>
                    <label><input type="checkbox" data-testid="axes-upside-down"
                        on:change:target=move |event| is_upside_down.set(event.target().checked()) />" "{t(questions::UPSIDE_DOWN)}</label>
                </div>
            })}
        </section>
    }
}

/// One picture; a click says that it is a B-scan as it should be.
#[component]
fn Choice(index: usize, candidate: AxisCandidateInfo, label: Said, axes: Signal<AxisOrder>) -> impl IntoView {
    let page = Page::expect();
    let locale = page.locale();
    let holder: NodeRef<Div> = NodeRef::new();
    let surface = Surface::in_element(holder);
    let stored = candidate.axes;
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
            <span>{move || label.say(locale.get()).to_owned()}</span>
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
    fn words_and_buttons_fit_what_is_asked() {
        let candidate =
            |axes| AxisCandidateInfo { axes, volume: "8 B-scans".to_owned(), columns: 1, rows: 1 };
        let asked = |candidates: &[AxisCandidateInfo], odd| {
            let asked = Asked::of(candidates, odd);
            let label = |candidate| asked.label(candidate).say(Locale::English).to_owned();
            let labels: Vec<String> = candidates.iter().map(label).collect();
            (asked, labels)
        };
        let stored = AxisOrder::STANDARD;
        let [as_it_is, over] = [candidate(stored), candidate(stored.upside_down())];
        let three = [as_it_is.clone(), candidate(stored.turned()), over.clone()];
        assert_eq!(asked(&three, None), (Asked::Order, vec!["8 B-scans".to_owned(); 3]));
        let odd = Some("The picture seems to be upside down.");
        let labels = ["Turn it over", "Use as it is"].map(str::to_owned).to_vec();
        assert_eq!(asked(&[over, as_it_is.clone()], odd), (Asked::Upright, labels));
        let labels = vec!["Use as it is".to_owned()];
        assert_eq!(asked(&[as_it_is], Some("The picture seems to be a negative.")), (Asked::AsItIs, labels));
        assert!(
            !Asked::AsItIs.title().en.contains("B-scan") && !Asked::AsItIs.explained().en.contains("depth")
        );
    }

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
