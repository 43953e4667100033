//! The viewer: the B-scan, what was found in it, and the way through the scan.
//!
//! | module | what it holds |
//! |---|---|
//! | [`stage`] | the B-scan: wheel, drag, swipe |
//! | [`picture`] | its greys |
//! | [`read_out`] | what lies under the pointer |
//! | [`overlay`] | masks, boundaries and similarity map over them |
//! | [`draft`] | what a tool is about to do there |
//! | [`correcting`] | the tools |
//! | [`corners`] | what stands in the corners of the stage: eye, zoom, scale bars |
//! | [`placement`] | proportions and scale bars (pure) |
//! | [`compared`] | where a person who finds fluid by themselves is wrong |
//! | [`contour`] | outlines of a mask (pure) |
//! | [`pattern`] | what tells the classes apart without colour |
//! | [`toolbar`] | switches, opacity |
//! | [`strip`] | all B-scans: which are measured, how much fluid is in each |
//! | [`front`] | the scan from the front, beside the B-scan |
//! | [`etdrs`] | the ETDRS grid on it |
//! | [`section`] | the picture along the slow axis |
//! | [`thickness`] | how thick retina and fluids are (pure) |
//! | [`en_face`] | where on the retina the fluid lies |
//! | [`scene`] | the fluid in space, in a dialog |
//! | [`scene_link`] | what the worker that draws it is told, and when |
//! | [`orbit`] | fingers that turn and pinch (pure) |
//! | [`keyboard`] | the keys |

pub mod compared;
pub mod contour;
pub mod corners;
pub mod correcting;
pub mod draft;
pub mod en_face;
pub mod etdrs;
pub mod front;
pub mod keyboard;
pub mod orbit;
pub mod overlay;
pub mod pattern;
pub mod picture;
pub mod placement;
pub mod read_out;
pub mod scene;
pub mod scene_link;
pub mod section;
pub mod stage;
pub mod strip;
pub mod thickness;
pub mod toolbar;

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{Scan, Views};

use crate::words::{use_words, viewer};

/// The viewer.
#[component]
pub fn Viewer() -> impl IntoView {
    keyboard::listen();
    let page = Page::expect();
    // B-scans that do not lie beside each other have no other view.
    let views = page.memo(|model| {
        let several = model.scan().is_some_and(Scan::has_neighbours);
        if several && model.find.is_none() { model.view.views } else { Views::BScan }
    });
    let t = use_words();
    view! {
        <section class="viewer" aria-label=t(viewer::VIEWER)>
            <div class="views" class:has-front=move || views.get().has_front() class:has-section=move || views.get().has_section()>
                <stage::Stage />
                <Show when=move || views.get().has_front()>
                    <front::FrontView />
                </Show>
                <Show when=move || views.get().has_section()>
                    <section::SectionView />
                </Show>
            </div>
            <toolbar::Toolbar />
            <correcting::Correcting />
            <strip::Navigator />
            <scene::SceneDialog />
        </section>
    }
}
