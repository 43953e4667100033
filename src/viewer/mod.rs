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
//! | [`keyboard`] | the keys |

pub mod contour;
pub mod corners;
pub mod en_face;
pub mod keyboard;
pub mod overlay;
pub mod picture;
pub mod placement;
pub mod stage;
pub mod strip;
pub mod toolbar;

use leptos::prelude::*;

use crate::words::{use_words, viewer};

/// The viewer.
#[component]
pub fn Viewer() -> impl IntoView {
    keyboard::listen();
    let t = use_words();
    view! {
        <section class="viewer" aria-label=t(viewer::VIEWER)>
            <stage::Stage />
            <toolbar::Toolbar />
            <strip::Navigator />
        </section>
    }
}
