//! All that a DICOM object says of its image.

use dicom_dictionary_std::tags;

use super::dates::{acquired, iso};
use super::elements::DataSet;
use super::frame::{Frame, Frames, Location, MOST_LOCATIONS, SingleFrames, frames};
use super::layout::Layout;
use super::people;
use super::said_twice::{OtherSpacing, other_spacing};
use super::shows::{Shows, other_modality};
use super::source::LossyCompression;
use super::syntax::Packing;
use crate::{Cause, Patient};

/// Parts of one image: their numbers have 16 bits.
const MOST_PARTS: u32 = 65_535;

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
    pub(super) series_description: Option<String>,
    pub(super) instance_number: Option<i64>,
    pub(super) acquisition: Option<String>,
    /// Images that its acquisition has, by its own word.
    pub(super) images_in_acquisition: Option<u64>,
    /// Image Type as it is written.
    pub(super) image_type: String,
    /// The modality where it is none of an eye's.
    pub(super) other_modality: Option<String>,
    /// Where one image is spread over objects.
    pub(super) part: Option<Part>,
    /// Holds some frames of another object, taken out of it.
    pub(super) is_extract: bool,
    pub(super) layout: Layout,
    pub(super) packing: Packing,
    /// What is said of all frames.
    pub(super) all_frames: Frame,
    /// What is said of single ones, from the first on, where it differs; often
    /// there are none, and the count of frames is no promise of theirs.
    pub(super) single_frames: SingleFrames,
    /// Frames that are described one by one.
    pub(super) described_frames: usize,
    /// Instances that the image as a whole refers to.
    pub(super) referenced: Vec<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) acquired: Option<String>,
    /// Stored values from one to the other are no samples.
    pub(super) padding: Option<[u32; 2]>,
    /// That time is when the image was taken, not when a file was made of it.
    pub(super) acquired_exactly: bool,
    /// What it says of its spacing beside what its frames do.
    pub(super) other_spacing: Vec<OtherSpacing>,
    /// Writing was drawn into its pixels, by its own word.
    pub(super) has_burned_in_writing: bool,
    /// Grey levels go through a table that is not applied.
    pub(super) has_lookup_table: bool,
    /// Taken by a fundus camera.
    pub(super) is_camera: bool,
    pub(super) patient: Patient,
}

/// One of several objects that hold an image together (PS3.3 C.7.6.16.1.4.2).
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// What all parts of the image share.
    pub(super) whole: String,
    /// From 1.
    pub(super) number: Option<u32>,
    /// Parts in all; a field that may be left out.
    pub(super) total: Option<u32>,
    /// Frames in the parts before it.
    pub(super) offset: Option<u32>,
    /// SOP Instance UID of the object that the parts were made of.
    pub(super) source: Option<String>,
}

impl Part {
    fn read(data_set: &DataSet<'_>) -> Option<Self> {
        let source = data_set.text(tags::SOP_INSTANCE_UID_OF_CONCATENATION_SOURCE);
        let count = |tag| data_set.whole(tag).filter(|count| *count <= MOST_PARTS);
        let number = count(tags::IN_CONCATENATION_NUMBER);
        let total = count(tags::IN_CONCATENATION_TOTAL_NUMBER);
        // UIDs get lost where names are taken out of files; several parts are parts all the same.
        let by_series =
            || data_set.text(tags::SERIES_INSTANCE_UID).filter(|_| total.is_some_and(|total| total > 1));
        let whole = data_set.text(tags::CONCATENATION_UID).or_else(|| source.clone()).or_else(by_series)?;
        Some(Self {
            whole,
            number,
            total,
            offset: data_set.whole(tags::CONCATENATION_FRAME_OFFSET_NUMBER),
            source,
        })
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
    pub(super) fn read(
        data_set: &DataSet<'_>,
        sop_class: String,
        shows: Shows,
        packing: Packing,
    ) -> Result<Self, Cause> {
        let layout = Layout::read(data_set)?;
        let Frames { all: all_frames, single: single_frames, described: described_frames } =
            frames(data_set, layout.frames)?;
        let (acquired, acquired_exactly) = acquired(data_set);
        let mut referenced = Vec::new();
        data_set.items(tags::REFERENCED_IMAGE_SEQUENCE, MOST_LOCATIONS, |item| {
            referenced.extend(item.text(tags::REFERENCED_SOP_INSTANCE_UID));
            Ok(())
        })?;
        let device = data_set.first_item(tags::ACQUISITION_DEVICE_TYPE_CODE_SEQUENCE)?;
        let device = device.and_then(|code| code.text(tags::CODE_MEANING)).unwrap_or_default();
        let number = |tag| data_set.text(tag).and_then(|text| text.parse().ok());
        Ok(Self {
            shows,
            sop_class,
            sop_instance: data_set.text(tags::SOP_INSTANCE_UID),
            study: data_set.text(tags::STUDY_INSTANCE_UID),
            series: data_set.text(tags::SERIES_INSTANCE_UID),
            frame_of_reference: data_set.text(tags::FRAME_OF_REFERENCE_UID),
            study_date: data_set.text(tags::STUDY_DATE).filter(|date| iso(date, "").is_some()),
            lossy: lossy(data_set),
            series_description: data_set.text(tags::SERIES_DESCRIPTION),
            series_number: number(tags::SERIES_NUMBER),
            instance_number: number(tags::INSTANCE_NUMBER),
            acquisition: data_set.text(tags::ACQUISITION_UID),
            images_in_acquisition: data_set
                .text(tags::IMAGES_IN_ACQUISITION)
                .and_then(|text| text.parse().ok()),
            image_type: data_set.text(tags::IMAGE_TYPE).unwrap_or_default().to_uppercase(),
            other_modality: other_modality(data_set),
            part: Part::read(data_set),
            is_extract: data_set.has(tags::FRAME_EXTRACTION_SEQUENCE),
            layout,
            packing,
            all_frames,
            single_frames,
            described_frames,
            referenced,
            manufacturer: data_set.text(tags::MANUFACTURER),
            model: data_set.text(tags::MANUFACTURER_MODEL_NAME),
            padding: padding(data_set),
            acquired,
            acquired_exactly,
            other_spacing: other_spacing(data_set)?,
            has_burned_in_writing: data_set.text(tags::BURNED_IN_ANNOTATION).as_deref() == Some("YES"),
            has_lookup_table: data_set.has(tags::MODALITY_LUT_SEQUENCE),
            is_camera: device.to_lowercase().contains("fundus camera"),
            patient: people::patient(data_set),
        })
    }

    /// What is said of frame `index`; without its places on the fundus.
    pub(super) fn frame(&self, index: usize) -> &Frame {
        self.single_frames.get(index).and_then(Option::as_deref).unwrap_or(&self.all_frames)
    }

    /// When frame `index` was taken, in the words of ISO 8601; then, whether to the second.
    pub(super) fn taken(&self, index: usize) -> (Option<&str>, bool) {
        match &self.frame(index).acquired {
            Some(own) => (Some(own), true),
            None => (self.acquired.as_deref(), self.acquired_exactly),
        }
    }

    /// Where frame `index` lies on images of the fundus.
    pub(super) fn locations(&self, index: usize) -> &[Location] {
        let own = &self.frame(index).locations;
        if own.is_empty() { &self.all_frames.locations } else { own }
    }
}
