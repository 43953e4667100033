//! The panels beside the viewer.
//!
//! | module | what it holds |
//! |---|---|
//! | [`axes`] | which axis of an array is depth |
//! | [`choice`] | which volume of a file that holds several |
//! | [`segmentation`] | the Segment button, progress, cancel |
//! | [`measurements`] | volumes, presence scores |
//! | [`regions`] | figures around the fovea, sizes |
//! | [`threshold`] | from which probability on a pixel is fluid |
//! | [`worth_a_look`] | the B-scans most in doubt |
//! | [`spacing`] | the form for spacing that the file lacks |
//! | [`volume`] | what is known of the open volume |
//! | [`kept`] | keeping a scan to be compared with another visit |
//! | [`teaching`] | generated eyes, their truth, links to them |
//! | [`find`] | their fluid found by a person |
//! | [`fundus`] | the fundus image with the places of the B-scans |
//! | [`export`] | files to save |
//! | [`device`] | what computes, and with which network |

pub mod axes;
pub mod choice;
pub mod device;
pub mod export;
pub mod find;
pub mod fundus;
pub mod kept;
pub mod measurements;
pub mod regions;
pub mod segmentation;
pub mod spacing;
pub mod teaching;
pub mod threshold;
pub mod volume;
pub mod worth_a_look;

use leptos::prelude::*;

use crate::words::{shell, use_words};

/// All panels.
#[component]
pub fn Panels() -> impl IntoView {
    let t = use_words();
    view! {
        <aside class="panels" tabindex="0" data-scrolls aria-label=t(shell::PANELS)>
            <choice::VolumeChoice />
            <axes::AxisChoice />
            <segmentation::Segmentation />
            <spacing::SpacingForm />
            <measurements::Measurements />
            <regions::Regions />
            <worth_a_look::WorthALook />
            <kept::Keep />
            <teaching::Teaching />
            <fundus::FundusPanel />
            <export::Export />
            <volume::VolumePanel />
            <device::DevicePanel />
        </aside>
    }
}
