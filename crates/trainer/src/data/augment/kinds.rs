//! The kinds of augmentation, each with a switch.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[doc = $what:literal])+ $name:ident,)+) => {
        /// Which kinds are on.
        // A run that began before a kind was there goes on without it.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Augmentation { $($(#[doc = $what])+ pub $name: bool,)+ }

        impl Augmentation {
            /// Names of all kinds.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($name)),+];

            /// All kinds.
            pub fn all() -> Self { Self { $($name: true),+ } }

            /// Switches a kind off; false where there is none of that name.
            pub fn switch_off(&mut self, kind: &str) -> bool {
                match kind {
                    $(stringify!($name) => self.$name = false,)+
                    _ => return false,
                }
                true
            }
        }
    };
}

kinds! {
    /// By up to 12 degrees.
    rotation,
    /// Rows and columns, each by 0.7 to 1.35.
    scaling,
    /// Waves that bend the image by some six pixels at most.
    elastic,
    /// Left and right.
    flip,
    /// Up and down by 25 rows.
    axial_shift,
    /// Greys to a power of 0.58 to 1.73.
    gamma,
    /// Brightness and contrast.
    contrast,
    /// Added to each pixel.
    noise,
    /// With the four neighbours.
    blur,
    /// Shrunk and enlarged again.
    low_resolution,
    /// OCT: noise that grows with the signal.
    speckle,
    /// OCT: a vessel's shadow or a clouded lens, a band of columns.
    shadow,
    /// OCT: sensitivity falls off with depth.
    depth_falloff,
    /// OCT: greys and speckle of an image of another dataset.
    vendor_style,
    /// Greys times 0.6 to 2, cut off at white.
    gain,
    /// Every second or third column, and what lies between interpolated.
    picked_columns,
    /// Cut off above and below: black, and nothing marked there.
    cropped,
    /// Even bars along the sides, black, white or grey.
    border,
}
