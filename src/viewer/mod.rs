//! The viewer: the B-scan, what was found in it, and the way through the volume.
//!
//! | module | what it holds |
//! |---|---|
//! | [`view_settings`] | what is shown, how strongly |
//! | [`placement`] | proportions, zoom, scale bar (pure) |
//! | [`contour`] | outlines of a mask (pure) |
//! | [`bscan_canvas`] | the stage: picture, pointer, wheel |
//! | [`overlay`] | masks and similarity map over the picture |
//! | [`toolbar`] | switches, opacity |
//! | [`navigator`] | the strip of all B-scans |
//! | [`en_face`] | where on the retina the fluid lies |
//! | [`keyboard`] | the keys |

pub mod bscan_canvas;
pub mod contour;
pub mod en_face;
pub mod keyboard;
pub mod navigator;
pub mod overlay;
pub mod placement;
pub mod toolbar;
pub mod view_settings;

use leptos::prelude::*;

/// The viewer.
#[component]
pub fn Viewer() -> impl IntoView {
    keyboard::listen();
    view! {
        <section class="viewer" aria-label="B-scan viewer">
            <bscan_canvas::Stage />
            <toolbar::Toolbar />
            <navigator::Navigator />
        </section>
    }
}
