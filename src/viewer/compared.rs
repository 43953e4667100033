//! What a person drew beside truth and network, in a game: where it differs and how the network
//! has it.

use oct::FluidClass;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule};

use super::contour::{Loop, outlines};
use super::overlay::{by_class, path, stroke_pieces};
use super::pattern::{self, Tile};
use crate::canvas::image::Placement;
use crate::canvas::palette::{INVENTED, MISSED, SEAM, css, css_with_opacity};
use crate::model::Scan;

/// How strongly what differs is coloured, beneath its pattern.
const STRENGTH: f64 = 0.25;

/// What is drawn of it over one B-scan.
pub struct Differences {
    /// Outlines of the network by [`FluidClass::index`].
    network: [Vec<Loop>; 3],
    /// Around what the person missed, and around what they invented.
    wrong: [Vec<Loop>; 2],
    tiles: [Tile; 2],
}

impl Differences {
    /// Between what a person drew in `bscan` and the truth.
    pub fn of(scan: &Scan, bscan: u32, drawn: &[u8], truth: &[u8]) -> Self {
        let columns = scan.info.columns as usize;
        let network = scan.bscans.network_labels(bscan).map(|labels| labels.decode()).unwrap_or_default();
        let only_in = |one: &[u8], other: &[u8]| {
            let is_only = one.iter().zip(other).map(|(one, other)| u8::from(*one > 0 && one != other));
            outlines(&is_only.collect::<Vec<_>>(), columns, 1)
        };
        Self {
            network: by_class(&network, columns),
            wrong: [only_in(truth, drawn), only_in(drawn, truth)],
            tiles: pattern::differences(),
        }
    }

    /// Draws what is wrong on a B-scan that lies at `at`.
    pub fn draw_wrong(&self, context: &CanvasRenderingContext2d, at: Placement, scale: (f64, f64)) {
        for ((loops, tile), colour) in self.wrong.iter().zip(&self.tiles).zip([MISSED, INVENTED]) {
            if let Some(path) = path(loops, at, scale) {
                context.set_fill_style_str(&css_with_opacity(colour, STRENGTH));
                context.fill_with_path_2d_and_winding(&path, CanvasWindingRule::Evenodd);
                tile.fill(context, &path, 1.0);
            }
        }
    }

    /// Draws the network's outlines there, with gaps that let the truth be seen beneath.
    pub fn draw_network(&self, context: &CanvasRenderingContext2d, at: Placement, scale: (f64, f64)) {
        for class in FluidClass::ALL {
            if let Some(path) = path(&self.network[class.index()], at, scale) {
                stroke_pieces(context, &path, 3.0, SEAM, ([2.0, 4.0], 0.0));
                stroke_pieces(context, &path, 1.75, &css(class.colour()), ([2.0, 4.0], 0.0));
            }
        }
    }
}
