//! Codes of a segmentation.

use oct::{Code, FluidClass};

const BODY_SUBSTANCE: Code = Code::new("91720002", "SCT", "Body Substance");
const ABNORMAL_STRUCTURE: Code = Code::new("49755003", "SCT", "Morphologically Abnormal Structure");
pub(super) const ARTIFICIAL_INTELLIGENCE: Code = Code::new("123110", "DCM", "Artificial Intelligence");
pub(super) const SEGMENTATION: Code = Code::new("113076", "DCM", "Segmentation");
pub(super) const SOURCE_IMAGE: Code =
    Code::new("121322", "DCM", "Source Image for Image Processing Operation");

/// Category and type of a class's segment.
pub(super) fn segment_codes(class: FluidClass) -> [Code; 2] {
    let category = match class {
        FluidClass::Irf | FluidClass::Srf => BODY_SUBSTANCE,
        FluidClass::Ped => ABNORMAL_STRUCTURE,
    };
    let private = || Code::new(class.abbreviation(), PRIVATE_SCHEME, class.name());
    [category, class.code().unwrap_or_else(private)]
}

pub(super) const PRIVATE_SCHEME: &str = "99LACUNA";
