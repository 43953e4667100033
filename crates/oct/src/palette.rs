//! Colours of the fluid classes, on every screen and in every picture.

use crate::mask::FluidClass;

impl FluidClass {
    /// The class's colour: red, green, blue in sRGB.
    pub const fn colour(self) -> [u8; 3] {
        match self {
            Self::Irf => [255, 92, 92],
            Self::Srf => [77, 163, 255],
            Self::Ped => [255, 210, 63],
        }
    }
}
