//! Codes for what we measure, as hospitals exchange them.
//!
//! Only codes that a public source lists with our meaning: those of DICOM
//! PS3.16 (context groups 4209, 244, 218 and 29) and, for subretinal fluid,
//! HL7's eyecare guide (`HL7/cda-eyecare`, `PosteriorSegmentSection.fsh`).
//! Intraretinal fluid has no SNOMED CT code that we found. 52002008 means
//! serous detachments of the pigment epithelium, our PED all of them. Nor did
//! we find a LOINC code for the volume of any of the three.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::geometry::Laterality;
use crate::mask::FluidClass;

/// A code with its scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The code.
    pub value: Cow<'static, str>,
    /// Designator of the coding scheme as in DICOM PS3.16 chapter 8: `SCT` for
    /// SNOMED CT, `DCM`, `UCUM`.
    pub scheme: Cow<'static, str>,
    /// What it means, in the words of the scheme.
    pub meaning: Cow<'static, str>,
}

impl Code {
    /// A code of `scheme`.
    pub const fn new(value: &'static str, scheme: &'static str, meaning: &'static str) -> Self {
        Self { value: Cow::Borrowed(value), scheme: Cow::Borrowed(scheme), meaning: Cow::Borrowed(meaning) }
    }
}

/// The part of the body.
pub const RETINA: Code = Code::new("5665001", "SCT", "Retina");
/// The kind of image.
pub const OPHTHALMIC_TOMOGRAPHY: Code = Code::new("OPT", "DCM", "Ophthalmic Tomography");
/// The quantity.
pub const VOLUME: Code = Code::new("118565006", "SCT", "Volume");
/// Its unit.
pub const NANOLITRE: Code = Code::new("nL", "UCUM", "nL");

impl Laterality {
    /// The side.
    pub const fn code(self) -> Code {
        match self {
            Self::Od => Code::new("24028007", "SCT", "Right"),
            Self::Os => Code::new("7771000", "SCT", "Left"),
        }
    }
}

impl FluidClass {
    /// The finding, where a code says what we mean.
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Srf => Some(Code::new("421843005", "SCT", "Subretinal fluid")),
            Self::Irf | Self::Ped => None,
        }
    }
}
