//! The three kinds of retinal fluid and their label values.

use serde::{Deserialize, Serialize};

/// The three kinds of retinal fluid, with RETOUCH's label values
/// (Bogunovic et al., IEEE TMI 2019): 1 IRF, 2 SRF, 3 PED; 0 is background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[repr(u8)]
pub enum FluidClass {
    /// Intraretinal fluid.
    Irf = 1,
    /// Subretinal fluid.
    Srf = 2,
    /// Pigment epithelial detachment.
    Ped = 3,
}

impl FluidClass {
    /// All classes, by label value.
    pub const ALL: [Self; 3] = [Self::Irf, Self::Srf, Self::Ped];

    /// Value in a mask: 1, 2 or 3.
    pub fn label(self) -> u8 {
        self as u8
    }

    /// Position among [`Self::ALL`]: 0, 1 or 2.
    pub fn index(self) -> usize {
        self as usize - 1
    }

    /// The class of a mask value, or `None` for background and unknown values.
    pub fn from_label(label: u8) -> Option<Self> {
        match label {
            1 => Some(Self::Irf),
            2 => Some(Self::Srf),
            3 => Some(Self::Ped),
            _ => None,
        }
    }

    /// The field's abbreviation.
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Irf => "IRF",
            Self::Srf => "SRF",
            Self::Ped => "PED",
        }
    }

    /// The full name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Irf => "intraretinal fluid",
            Self::Srf => "subretinal fluid",
            Self::Ped => "pigment epithelial detachment",
        }
    }
}
