//! A first way around the page: a card beside one control after the other. It takes no room,
//! covers nothing that it speaks of, and ends on Escape.

use leptos::ev;
use leptos::html::Button;
use leptos::prelude::*;

use crate::effects::{Page, document};
use crate::model::Input;
use crate::model::tour::STEPS;
use crate::words::{tour, use_words};

/// Width of the card and room that it needs in height, CSS pixels.
const CARD: [f64; 2] = [300.0, 210.0];
/// Between the card and what it points at.
const GAP: f64 = 12.0;

/// The offer of the tour to who was not here before.
#[component]
pub fn TourOffer() -> impl IntoView {
    let page = Page::expect();
    let t = use_words();
    let is_new = page.memo(|model| !model.view.toured);
    view! {
        <Show when=move || is_new.get()>
            <span class="tour-offer">
                <button class="button button-small" data-testid="tour-offer" on:click=move |_| page.send(Input::Tour(Some(0)))>
                    {t(tour::OFFER)}
                </button>
                <button class="button button-small button-quiet" data-testid="tour-decline" aria-label=t(tour::DECLINE)
                    title=t(tour::DECLINE) on:click=move |_| page.send(Input::Tour(None))>"×"</button>
            </span>
        </Show>
    }
}

/// The step that is shown, and a frame around what it points at.
#[component]
pub fn Tour() -> impl IntoView {
    let page = Page::expect();
    let step = page.memo(|model| model.tour);
    // Left, top, width and height of what is pointed at, and the window's own width and height.
    let place = RwSignal::new([0.0_f64; 6]);
    let measure = move || {
        if let Some(now) = step.get_untracked().and_then(|step| document::place_of(STEPS[step]))
            && now != place.get_untracked()
        {
            place.set(now);
        }
    };
    Effect::new(move |_| {
        if let Some(step) = step.get() {
            document::bring_into_view(STEPS[step]);
            measure();
        }
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    let scrolled = window_event_listener(ev::scroll, move |_| measure());
    on_cleanup(move || {
        resized.remove();
        scrolled.remove();
    });
    let px = |at: f64| format!("{at:.0}px");
    move || {
        step.get().map(|step| {
            let at = move |part: fn([f64; 6]) -> f64| move || px(part(place.get()));
            view! {
                <i class="tour-frame" aria-hidden="true" style:left=at(|it| it[0] - 4.0) style:top=at(|it| it[1] - 4.0)
                    style:width=at(|it| it[2] + 8.0) style:height=at(|it| it[3] + 8.0)></i>
                <div class="tour-holder" style:left=at(|it| card_place(it)[0]) style:top=at(|it| card_place(it)[1])>
                    <Card step />
                </div>
            }
        })
    }
}

#[component]
fn Card(step: usize) -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let go = move |to: Option<usize>| page.send(Input::Tour(to));
    let next: NodeRef<Button> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(next) = next.get() {
            // After a dialog that is closed meanwhile has given the focus back.
            request_animation_frame(move || drop(next.focus()));
        }
    });
    let is_last = step + 1 == STEPS.len();
    view! {
        <section class="tour" role="dialog" data-testid="tour" aria-labelledby="tour-step" aria-describedby="tour-said">
            <h2 id="tour-step">{move || tour::step(locale.get(), step + 1, STEPS.len())}</h2>
            <p id="tour-said">{t(tour::SAID[step])}</p>
            <div class="tour-buttons">
                <button class="button button-small button-quiet" data-testid="tour-end" on:click=move |_| go(None)>{t(tour::END)}</button>
                {(step > 0).then(|| view! {
                    <button class="button button-small" data-testid="tour-back" on:click=move |_| go(Some(step - 1))>{t(tour::BACK)}</button>
                })}
                <button class="button button-small button-accent" data-testid="tour-next" node_ref=next on:click=move |_| go(Some(step + 1))>
                    {t(if is_last { tour::DONE } else { tour::NEXT })}
                </button>
            </div>
        </section>
    }
}

/// Left and top of the card: beneath what it points at, else above it, else in its lower corner.
fn card_place([left, top, width, height, window_width, window_height]: [f64; 6]) -> [f64; 2] {
    let [card_width, card_height] = CARD;
    let (beneath, above) = (top + height + GAP, top - card_height - GAP);
    let y = if beneath + card_height <= window_height {
        beneath
    } else if above >= 0.0 {
        above
    } else {
        (top + height - card_height - GAP).min(window_height - card_height - GAP).max(GAP)
    };
    let x = if width > card_width * 2.0 { left + width - card_width - GAP } else { left };
    [x.min(window_width - card_width - GAP).max(GAP), y]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_stays_within_the_window() {
        let places = [
            [10.0, 8.0, 200.0, 34.0, 390.0, 844.0],
            [0.0, 60.0, 1000.0, 640.0, 1440.0, 900.0],
            [1380.0, 850.0, 40.0, 34.0, 1440.0, 900.0],
            [0.0, -50.0, 390.0, 1200.0, 390.0, 844.0],
        ];
        for place in places {
            let [x, y] = card_place(place);
            assert!(x >= 0.0 && x + CARD[0] <= place[4], "{place:?}: {x}");
            assert!(y >= 0.0 && y + CARD[1] <= place[5], "{place:?}: {y}");
        }
    }

    #[test]
    fn every_step_has_its_words() {
        assert_eq!(tour::SAID.len(), STEPS.len());
    }
}
