//! The greys of the B-scan in view, through the window that a person chose.

use leptos::prelude::*;
use oct::RunLengths;

use crate::canvas::image::{Image, Kept, Placement};
use crate::canvas::palette::NO_SAMPLE;
use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::model::{Scan, Window};

/// Keeps the picture on `surface` up to date.
pub fn draw_on(surface: Surface, placement: Memo<Option<Placement>>) {
    let page = Page::expect();
    let shown = page.memo(|model| {
        let (scan, view) = (model.scan()?, &model.view);
        let changed = (scan.bscans.pictures_changed(), scan.mean.changed());
        Some((scan.id, scan.cursor.bscan, changed, view.mean_of, view.window))
    });
    let image: Kept<_, Option<Image>> = Kept::new();
    Effect::new(move |_| {
        let (Some(shown), Some(at)) = (shown.get(), placement.get()) else { return };
        let Some((context, size)) = surface.cleared() else { return };
        image.with(
            shown,
            || {
                page.peek(|model| {
                    let (scan, view) = (model.scan()?, &model.view);
                    image_of(scan, scan.cursor.bscan, view.mean_of, view.window)
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

/// A B-scan, or the mean of `mean_of` around it where that is held, through `window`; `None` where
/// its picture is not held.
pub fn image_of(scan: &Scan, bscan: u32, mean_of: u32, window: Window) -> Option<Image> {
    let mean = scan.mean.get((bscan, mean_of));
    let greys = mean.or_else(|| scan.bscans.picture(bscan))?.to_vec();
    let rgba = on_screen(&greys, scan.bscans.padding(bscan), window);
    Image::of_rgba(&rgba, scan.info.columns, scan.info.rows)
}

/// Four bytes a pixel: `greys` through `window`, and one dim colour where nothing was scanned,
/// which registration left white.
fn on_screen(greys: &[u8], padding: Option<&RunLengths>, window: Window) -> Vec<u8> {
    let table = window.table().map(|grey| [grey, grey, grey, 255]);
    let mut rgba: Vec<[u8; 4]> = greys.iter().map(|grey| table[usize::from(*grey)]).collect();
    if let Some(padding) = padding {
        let [r, g, b] = NO_SAMPLE;
        padding.for_each_of(1, |places| {
            if let Some(pixels) = rgba.get_mut(places) {
                pixels.fill([r, g, b, 255]);
            }
        });
    }
    rgba.into_flattened()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_scanned_is_dim_however_bright_the_window() {
        let padding = RunLengths::encode(&[0, 1]);
        let [r, g, b] = NO_SAMPLE;
        for window in Window::PRESETS {
            let rgba = on_screen(&[255, 255], Some(&padding), window);
            assert_eq!(rgba[4..], [r, g, b, 255]);
        }
        assert_eq!(on_screen(&[7], None, Window::default()), [7, 7, 7, 255]);
    }
}
