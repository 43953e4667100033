//! The B-scans that are most worth a look: where the most area may be fluid and is it not
//! without doubt.

use leptos::prelude::*;

use crate::effects::Page;
use crate::model::{Input, Scan};
use crate::words::{looking, measurements, square_millimetres, use_words};

/// So many at most.
const MOST: usize = 5;
/// Less in doubt than this is not worth it, voxels: about 0.01 mm² of a usual spacing.
const LEAST_VOXELS: f64 = 200.0;

/// The list, worst first; nothing where there is no doubt.
#[component]
pub fn WorthALook() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let list = page.memo_scan(|scan| if scan.is_running() { Vec::new() } else { doubtful(scan) });
    let here = page.memo_scan(|scan| scan.cursor.bscan);
    let entries = move || {
        let here = here.get();
        list.get().unwrap_or_default().into_iter().map(move |(bscan, mm2)| view! {
            <li>
                <button class="doubtful" data-testid="doubtful-bscan" aria-current=move || (here == Some(bscan)).to_string()
                    on:click=move |_| page.send(Input::GoTo(i64::from(bscan)))>
                    <span>{move || looking::bscan(locale.get(), bscan + 1)}</span>
                    <span class="quiet">{mm2.map(square_millimetres)}</span>
                </button>
            </li>
        }).collect_view()
    };
    view! {
        <Show when=move || list.get().is_some_and(|list| !list.is_empty())>
            <section class="panel unless-finding" aria-labelledby="doubt-title">
                <header class="panel-head"><h2 id="doubt-title">{t(measurements::WORTH_A_LOOK)}</h2></header>
                <p class="fine">{t(measurements::ABOUT_DOUBT)}</p>
                <ol class="doubtful-list">{entries}</ol>
            </section>
        </Show>
    }
}

/// B-scans by the area in doubt, the largest first, with it where the spacing is known.
fn doubtful(scan: &Scan) -> Vec<(u32, Option<f64>)> {
    let pixel_mm2 = scan.pixel_mm2();
    let of = |measured: &crate::model::bscans::MeasuredBScan| {
        let voxels = measured.result.doubtful_voxels.filter(|voxels| *voxels >= LEAST_VOXELS)?;
        Some((measured.result.bscan, voxels))
    };
    let mut list: Vec<(u32, f64)> = scan.bscans.all_measured().filter_map(of).collect();
    list.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    list.truncate(MOST);
    list.into_iter().map(|(bscan, voxels)| (bscan, pixel_mm2.map(|mm2| voxels * mm2))).collect()
}
