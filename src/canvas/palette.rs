//! The colours that canvases draw with. Those of the fluid classes are
//! [`oct::FluidClass::colour`]; the style sheet holds the same, which a test checks.

/// Where the cursor is: the line of the B-scan in view, the tick of its column.
pub const CURSOR: &str = "#f2f5f8";
/// The slot of the B-scan in view.
pub const SLOT_IN_VIEW: &str = "rgba(255,255,255,0.15)";
/// The ETDRS grid and its letters.
pub const GRID: &str = "#9fe8ff";
/// Around what a person drew, and below a B-scan that they drew in.
pub const DRAWN: &str = "#f2f5f8";
/// Lines of the strip's axis.
pub const AXIS: &str = "rgba(255,255,255,0.09)";
/// A B-scan that is measured, in the strip.
pub const MEASURED: &str = "#5c6b7d";
/// A B-scan that is not measured, in the strip.
pub const NOT_MEASURED: &str = "#262d37";
/// A B-scan that holds no picture, in the strip; none of the fluids' colours.
pub const NO_PICTURE: &str = "#d9a441";
/// Measured and dry, on the en-face map.
pub const DRY: [u8; 4] = [38, 46, 56, 255];
/// Where a B-scan holds no sample of the eye.
pub const NO_SAMPLE: [u8; 3] = [20, 25, 31];
/// Where the network is in doubt; none of the fluids' colours.
pub const DOUBT: [u8; 3] = [214, 120, 255];
/// The boundaries of the retina that the network found.
pub const LAYERS: [&str; 2] = ["#c8f560", "#ff9ad5"];
/// Places of B-scans on the fundus image.
pub const PLACE: &str = "rgba(122,208,255,0.35)";
/// The place of the B-scan in view on the fundus image.
pub const PLACE_IN_VIEW: &str = "#ffe28a";
/// Boundaries that the device stored; none of the fluids' colours.
pub const BOUNDARIES: [&str; 4] = ["#7ae0b0", "#e0a6ff", "#9fd0ff", "#f0b98c"];
/// What is truly there, in a generated eye.
pub const TRUTH: &str = "#ffffff";
/// Fluid that a person missed, in a game; patterns tell it from what they invented.
pub const MISSED: [u8; 3] = [126, 240, 150];
/// What they drew where there is none.
pub const INVENTED: [u8; 3] = [236, 128, 255];
/// A dark seam that keeps an outline readable on bright tissue.
pub const SEAM: &str = "rgba(0,0,0,0.55)";

/// The similarity map, from detail kept to semantics trusted.
const HEAT: [[u8; 3]; 4] = [[40, 16, 78], [36, 92, 128], [52, 176, 140], [226, 246, 190]];

/// A colour for a canvas.
pub fn css([r, g, b]: [u8; 3]) -> String {
    format!("rgb({r},{g},{b})")
}

/// A colour for a canvas that lets `1 - opacity` through.
pub fn css_with_opacity([r, g, b]: [u8; 3], opacity: f64) -> String {
    format!("rgba({r},{g},{b},{opacity:.3})")
}

/// The scale of the similarity map: violet where detail was kept, over teal, to
/// pale where semantics were trusted: none of the fluids' colours, lightness
/// rises all the way.
pub fn heat(value: u8) -> [u8; 4] {
    let at = f32::from(value) / 255.0 * 3.0;
    let low = (at as usize).min(2);
    let (from, to, part) = (HEAT[low].map(f32::from), HEAT[low + 1].map(f32::from), at - low as f32);
    let [r, g, b] = std::array::from_fn(|i| (from[i] + (to[i] - from[i]) * part) as u8);
    [r, g, b, 255]
}

#[cfg(test)]
mod tests {
    use engine_protocol::{FULL_CHANGE_UM, change_colour};
    use oct::FluidClass;

    use super::*;
    use crate::words::slug;

    #[test]
    fn the_heat_scale_grows_lighter_all_the_way() {
        // Relative luminance; steps of 5, since single steps round up and down.
        let lightness = |value| {
            let [r, g, b, _] = heat(value).map(f32::from);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        assert!((5..=255).step_by(5).all(|value| lightness(value) > lightness(value - 5)));
    }

    #[test]
    fn the_style_sheet_has_the_colours_of_the_fluids_and_of_the_maps() {
        let tokens = include_str!("../../style/tokens.css");
        let fluids = FluidClass::ALL.map(|class| (slug(class).to_owned(), class.colour()));
        let heat = HEAT.iter().enumerate().map(|(stop, colour)| (format!("heat-{stop}"), *colour));
        let full = [("less", -FULL_CHANGE_UM), ("same", 0.0), ("more", FULL_CHANGE_UM)];
        let change = full.map(|(name, um)| (format!("change-{name}"), change_colour(um)));
        let wrong = [("missed".to_owned(), MISSED), ("invented".to_owned(), INVENTED)];
        for (name, [r, g, b]) in fluids.into_iter().chain(heat).chain(change).chain(wrong) {
            let token = format!("--{name}: #{r:02x}{g:02x}{b:02x};");
            assert!(tokens.contains(&token), "style/tokens.css lacks {token}");
        }
    }
}
