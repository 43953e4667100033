//! Colours of the fluid classes, on every screen and in every picture.

use crate::FluidClass;

impl FluidClass {
    /// Red, green and blue of the class, sRGB.
    pub const fn colour(self) -> [u8; 3] {
        match self {
            Self::Irf => [255, 92, 92],
            Self::Srf => [77, 163, 255],
            Self::Ped => [255, 210, 63],
        }
    }
}
