//! The greys of the B-scan in view.

use leptos::prelude::*;

use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::surface::Surface;
use crate::effects::Page;

/// Keeps the picture on `surface` up to date.
pub fn draw_on(surface: Surface, placement: Memo<Option<Placement>>) {
    let page = Page::expect();
    let shown = page.memo_scan(|scan| (scan.id, scan.cursor.bscan, scan.bscans.pictures_changed()));
    let image: Kept<_, Option<Image>> = Kept::new();
    Effect::new(move |_| {
        let (Some(shown), Some(at)) = (shown.get(), placement.get()) else { return };
        let Some((context, size)) = surface.cleared() else { return };
        image.with(
            shown,
            || {
                page.peek(|model| {
                    let scan = model.scan()?;
                    let greys = scan.bscans.picture(scan.cursor.bscan)?.to_vec();
                    Image::of_greys(&greys, scan.info.columns, scan.info.rows)
                })
            },
            |image| {
                if let Some(image) = image {
                    image.draw(&context, at, size.ratio);
                }
            },
        );
    });
}
