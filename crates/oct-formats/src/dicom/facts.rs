//! All that a DICOM object says of its image.

use dicom_dictionary_std::{tags, uids};
use oct::Laterality;

use super::dates::{acquired, iso};
use super::elements::DataSet;
use super::frame::{Frame, Location, MOST_LOCATIONS, SingleFrames, frames, laterality};
use super::layout::Layout;
use super::people;
use super::source::LossyCompression;
use super::syntax::Packing;
use crate::{Cause, Patient};

/// All that an object says of its image.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) shows: Shows,
    pub(super) sop_class: String,
    pub(super) sop_instance: Option<String>,
    pub(super) study: Option<String>,
    pub(super) series: Option<String>,
    pub(super) frame_of_reference: Option<String>,
    pub(super) study_date: Option<String>,
    pub(super) lossy: Option<LossyCompression>,
    pub(super) series_number: Option<i64>,
    pub(super) instance_number: Option<i64>,
    /// UID of the whole and number of this part, where one image is spread over objects.
    pub(super) concatenation: Option<(String, u32)>,
    pub(super) layout: Layout,
    pub(super) packing: Packing,
    /// What is said of all frames.
    pub(super) all_frames: Frame,
    /// What is said of single ones, from the first on, where it differs; often
    /// there are none, and the count of frames is no promise of theirs.
    pub(super) single_frames: SingleFrames,
    /// Instances that the image as a whole refers to.
    pub(super) referenced: Vec<String>,
    pub(super) laterality: Option<Laterality>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) acquired: Option<String>,
    /// Stored values from one to the other are no samples.
    pub(super) padding: Option<[u32; 2]>,
    /// Grey levels go through a table that is not applied.
    pub(super) has_lookup_table: bool,
    /// Taken by a fundus camera.
    pub(super) is_camera: bool,
    pub(super) patient: Patient,
}

/// What an image shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shows {
    /// B-scans of an OCT device.
    Tomography,
    /// Flow in B-scans.
    Angiography,
    /// The fundus.
    Fundus,
    /// Any other image.
    General,
}

impl Shows {
    /// In words that tell volumes apart.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tomography => "OCT",
            Self::Angiography => "OCT angiography",
            Self::Fundus => "fundus image",
            Self::General => "not stated as OCT",
        }
    }
}

fn lossy(data_set: &DataSet<'_>) -> Option<LossyCompression> {
    // They are written again: only what their types allow gets through.
    let stated = |tag, allowed: fn(char) -> bool| {
        data_set.text(tag).filter(|text| text.chars().all(|letter| letter == '\\' || allowed(letter)))
    };
    (data_set.text(tags::LOSSY_IMAGE_COMPRESSION)? == "01").then(|| LossyCompression {
        ratio: stated(tags::LOSSY_IMAGE_COMPRESSION_RATIO, |letter| {
            letter.is_ascii_digit() || "+-.Ee ".contains(letter)
        }),
        method: stated(tags::LOSSY_IMAGE_COMPRESSION_METHOD, |letter| {
            letter.is_ascii_uppercase() || letter.is_ascii_digit() || "_ ".contains(letter)
        }),
    })
}

/// Pixel Padding Value and Pixel Padding Range Limit, or those of floats (PS3.3 C.7.5.1.1.2).
fn padding(data_set: &DataSet<'_>) -> Option<[u32; 2]> {
    let [value, limit] = if data_set.has_float_pixels() {
        [tags::FLOAT_PIXEL_PADDING_VALUE, tags::FLOAT_PIXEL_PADDING_RANGE_LIMIT]
    } else {
        [tags::PIXEL_PADDING_VALUE, tags::PIXEL_PADDING_RANGE_LIMIT]
    };
    let value = data_set.whole(value)?;
    Some([value, data_set.whole(limit).unwrap_or(value)])
}

impl Facts {
    pub(super) fn read(data_set: &DataSet<'_>, sop_class: String, packing: Packing) -> Result<Self, Cause> {
        let layout = Layout::read(data_set)?;
        let (all_frames, single_frames) = frames(data_set, layout.frames)?;
        let image_type = data_set.text(tags::IMAGE_TYPE).unwrap_or_default().to_uppercase();
        let is_flow = ["FLOW", "ANGIO", "OCTA"].iter().any(|word| image_type.contains(word));
        let shows = match sop_class.as_str() {
            uids::OPHTHALMIC_OPTICAL_COHERENCE_TOMOGRAPHY_BSCAN_VOLUME_ANALYSIS_STORAGE => Shows::Angiography,
            uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE if is_flow => Shows::Angiography,
            uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE => Shows::Tomography,
            uids::OPHTHALMIC_PHOTOGRAPHY8_BIT_IMAGE_STORAGE
            | uids::OPHTHALMIC_PHOTOGRAPHY16_BIT_IMAGE_STORAGE
            | uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY_STEREOGRAPHIC_PROJECTION_IMAGE_STORAGE
            | uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY3_D_COORDINATES_IMAGE_STORAGE => Shows::Fundus,
            _ => Shows::General,
        };
        let mut referenced = Vec::new();
        data_set.items(tags::REFERENCED_IMAGE_SEQUENCE, MOST_LOCATIONS, |item| {
            referenced.extend(item.text(tags::REFERENCED_SOP_INSTANCE_UID));
            Ok(())
        })?;
        let device = data_set.first_item(tags::ACQUISITION_DEVICE_TYPE_CODE_SEQUENCE)?;
        let device = device.and_then(|code| code.text(tags::CODE_MEANING)).unwrap_or_default();
        let number = |tag| data_set.text(tag).and_then(|text| text.parse().ok());
        let part = data_set.whole(tags::IN_CONCATENATION_NUMBER);
        Ok(Self {
            shows,
            sop_class,
            sop_instance: data_set.text(tags::SOP_INSTANCE_UID),
            study: data_set.text(tags::STUDY_INSTANCE_UID),
            series: data_set.text(tags::SERIES_INSTANCE_UID),
            frame_of_reference: data_set.text(tags::FRAME_OF_REFERENCE_UID),
            study_date: data_set.text(tags::STUDY_DATE).filter(|date| iso(date, "").is_some()),
            lossy: lossy(data_set),
            series_number: number(tags::SERIES_NUMBER),
            instance_number: number(tags::INSTANCE_NUMBER),
            concatenation: data_set.text(tags::CONCATENATION_UID).zip(part),
            layout,
            packing,
            laterality: laterality(data_set, tags::IMAGE_LATERALITY)
                .or_else(|| laterality(data_set, tags::LATERALITY))
                .or_else(|| single_frames.iter().flatten().find_map(|frame| frame.laterality))
                .or(all_frames.laterality),
            all_frames,
            single_frames,
            referenced,
            manufacturer: data_set.text(tags::MANUFACTURER),
            model: data_set.text(tags::MANUFACTURER_MODEL_NAME),
            acquired: acquired(data_set),
            padding: padding(data_set),
            has_lookup_table: data_set.has(tags::MODALITY_LUT_SEQUENCE),
            is_camera: device.to_lowercase().contains("fundus camera"),
            patient: people::patient(data_set),
        })
    }

    /// What is said of frame `index`; without its places on the fundus.
    pub(super) fn frame(&self, index: usize) -> &Frame {
        self.single_frames.get(index).and_then(Option::as_deref).unwrap_or(&self.all_frames)
    }

    /// Where frame `index` lies on images of the fundus.
    pub(super) fn locations(&self, index: usize) -> &[Location] {
        let own = &self.frame(index).locations;
        if own.is_empty() { &self.all_frames.locations } else { own }
    }
}
