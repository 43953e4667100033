//! What an object says of its spacing beside the figures that are taken.
//!
//! Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7) is the height of a pixel to its width. Imager and
//! Nominal Scanned Pixel Spacing (10.7.1.1, C.8.6.2) are the steps on a detector or a scanned
//! film, regions of ultrasound (C.8.5.5) have steps in cm. None of them measures an OCT, but
//! where one contradicts Pixel Spacing somebody who wrote the file was wrong.

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use oct::Geometry;

use super::elements::DataSet;
use crate::Cause;

/// One of these statements.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OtherSpacing {
    /// The field in words.
    field: &'static str,
    says: Says,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    /// From row to row, then from column to column, mm.
    Pixel([f64; 2]),
    /// The first of these to the second.
    Ratio(f64),
    /// From frame to frame, mm.
    Between(f64),
}

/// Fields that hold two steps in mm, rows first.
const STEPS: [(Tag, &str); 5] = [
    // Where the frames have another one.
    (tags::PIXEL_SPACING, "PixelSpacing (0028,0030) of the object"),
    (tags::IMAGER_PIXEL_SPACING, "ImagerPixelSpacing (0018,1164)"),
    (tags::NOMINAL_SCANNED_PIXEL_SPACING, "NominalScannedPixelSpacing (0018,2010)"),
    (tags::OBJECT_PIXEL_SPACING_IN_CENTER_OF_BEAM, "ObjectPixelSpacingInCenterOfBeam (0018,9404)"),
    (tags::PRESENTATION_PIXEL_SPACING, "PresentationPixelSpacing (0070,0101)"),
];
/// Fields that hold the height of a pixel and its width.
const RATIOS: [(Tag, &str); 2] = [
    (tags::PIXEL_ASPECT_RATIO, "PixelAspectRatio (0028,0034)"),
    (tags::PRESENTATION_PIXEL_ASPECT_RATIO, "PresentationPixelAspectRatio (0070,0102)"),
];
/// Code of cm among the units of ultrasound.
const CENTIMETRES: u32 = 3;

/// All that `data_set` says of its spacing. Fields that cannot be read say nothing.
pub(super) fn other_spacing(data_set: &DataSet<'_>) -> Result<Vec<OtherSpacing>, Cause> {
    let two = |tag| data_set.decimals::<2>(tag, "a pixel spacing").ok().flatten();
    let steps = STEPS.into_iter().filter_map(|(tag, field)| Some((field, Says::Pixel(two(tag)?))));
    let ratios = RATIOS
        .into_iter()
        .filter_map(|(tag, field)| two(tag).map(|[high, wide]| (field, Says::Ratio(high / wide))));
    let between =
        data_set.decimals::<1>(tags::SPACING_BETWEEN_SLICES, "Spacing Between Slices").ok().flatten();
    let between = between.map(|[mm]| ("SpacingBetweenSlices (0018,0088) of the object", Says::Between(mm)));
    let region = data_set.first_item(tags::SEQUENCE_OF_ULTRASOUND_REGIONS)?;
    let region = region.and_then(|region| {
        let mm = |unit, step| {
            (region.whole(unit)? == CENTIMETRES).then_some(())?;
            let (bytes, _) = region.value(step)?.as_chunks();
            Some(f64::from_le_bytes(*bytes.first()?).abs() * 10.0)
        };
        let wide = mm(tags::PHYSICAL_UNITS_X_DIRECTION, tags::PHYSICAL_DELTA_X)?;
        let high = mm(tags::PHYSICAL_UNITS_Y_DIRECTION, tags::PHYSICAL_DELTA_Y)?;
        Some(("PhysicalDeltaX and Y (0018,602C)", Says::Pixel([high, wide])))
    });
    let all = steps.chain(ratios).chain(between).chain(region);
    Ok(all.map(|(field, says)| OtherSpacing { field, says }).collect())
}

impl OtherSpacing {
    /// Notes in `geometry` where it contradicts what was taken.
    pub(super) fn compare(&self, geometry: &mut Geometry) {
        match self.says {
            Says::Pixel([axial, lateral]) => {
                geometry.contradict(self.field, [[Some(lateral), Some(axial), None]]);
            }
            Says::Between(mm) => geometry.contradict(self.field, [[None, None, Some(mm)]]),
            Says::Ratio(ratio) => {
                let Some((lateral, axial)) = geometry.lateral.mm().zip(geometry.axial.mm()) else { return };
                let readings = [[Some(axial / ratio), None, None], [None, Some(lateral * ratio), None]];
                geometry.contradict(self.field, readings);
            }
        }
    }
}
