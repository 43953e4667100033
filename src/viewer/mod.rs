//! The viewer: the B-scan, what was found in it, and the way through the scan.
//!
//! | module | what it holds |
//! |---|---|
//! | [`stage`] | the B-scan: wheel, drag, swipe |
//! | [`picture`] | its greys |
//! | [`overlay`] | masks, boundaries and similarity map over them |
//! | [`corners`] | what stands in the corners of the stage: eye, zoom, scale bars |
//! | [`placement`] | proportions and scale bars (pure) |
//! | [`contour`] | outlines of a mask (pure) |
//! | [`toolbar`] | switches, opacity |
//! | [`strip`] | all B-scans: which are measured, how much fluid is in each |
//! | [`en_face`] | where on the retina the fluid lies |
//! | [`scene`] | the fluid in space, in a dialog |
//! | [`scene_link`] | what the worker that draws it is told, and when |
//! | [`scene_words`] | what is said there, in both languages |
//! | [`orbit`] | fingers that turn and pinch (pure) |
//! | [`keyboard`] | the keys |

pub mod contour;
pub mod corners;
pub mod en_face;
pub mod keyboard;
pub mod orbit;
pub mod overlay;
pub mod picture;
pub mod placement;
pub mod scene;
pub mod scene_link;
pub mod scene_words;
pub mod stage;
pub mod strip;
pub mod toolbar;

use leptos::prelude::*;

/// The viewer.
#[component]
pub fn Viewer() -> impl IntoView {
    keyboard::listen();
    view! {
        <section class="viewer" aria-label="B-scan viewer">
            <stage::Stage />
            <toolbar::Toolbar />
            <strip::Navigator />
            <scene::SceneDialog />
        </section>
    }
}
