//! What an image shows: structure, flow, the fundus, or something derived that
//! has the layout of a scan and another meaning.

use dicom_dictionary_std::{tags, uids};

use super::elements::DataSet;
use crate::names::Meaning;

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

    /// What an image with pixels shows; an error names what is no B-scan at all.
    pub(super) fn of(data_set: &DataSet<'_>, sop_class: &str) -> Result<Self, &'static str> {
        let modality = data_set.text(tags::MODALITY).unwrap_or_default().to_uppercase();
        let image_type = Meaning::of(&data_set.text(tags::IMAGE_TYPE).unwrap_or_default());
        // Not by the protocol: one of angiography gives structure and flow.
        let described = [tags::SERIES_DESCRIPTION, tags::DERIVATION_DESCRIPTION]
            .map(|tag| data_set.text(tag).unwrap_or_default())
            .join(" ");
        let described = Meaning::of(&described);
        match sop_class {
            uids::OPHTHALMIC_OPTICAL_COHERENCE_TOMOGRAPHY_BSCAN_VOLUME_ANALYSIS_STORAGE => {
                return Ok(Self::Angiography);
            }
            uids::OPHTHALMIC_PHOTOGRAPHY8_BIT_IMAGE_STORAGE
            | uids::OPHTHALMIC_PHOTOGRAPHY16_BIT_IMAGE_STORAGE
            | uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY_STEREOGRAPHIC_PROJECTION_IMAGE_STORAGE
            | uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY3_D_COORDINATES_IMAGE_STORAGE => {
                return Ok(Self::Fundus);
            }
            _ => {}
        }
        // Modalities of objects that are kept in another class than their own (PS3.3 C.7.3.1.1.1).
        match modality.as_str() {
            "OPTBSV" => return Ok(Self::Angiography),
            "OPTENF" => return Err("an en-face image"),
            "OPM" => return Err("a thickness map"),
            "OP" => return Err("an image of the fundus"),
            "SEG" => return Err("a segmentation"),
            "DOC" | "SR" | "KO" => return Err("a report"),
            _ => {}
        }
        // Series are also named for what a scan is meant for ("Macular Thickness").
        if let Some(found @ (Meaning::EnFace | Meaning::Projection | Meaning::ThicknessMap)) = image_type {
            return Err(found.called());
        }
        if described == Some(Meaning::EnFace) {
            return Err(Meaning::EnFace.called());
        }
        let is_flow = [image_type, described].contains(&Some(Meaning::Flow));
        Ok(match sop_class {
            _ if is_flow => Self::Angiography,
            uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE => Self::Tomography,
            _ => Self::General,
        })
    }
}

/// Whether an image says that it was taken by something that is no OCT of an eye.
pub(super) fn other_modality(data_set: &DataSet<'_>) -> Option<String> {
    // Exports of B-scans come as secondary captures of these.
    const OF_EYES: [&str; 6] = ["OPT", "OCT", "OT", "XC", "SC", "OPTBSV"];
    let modality = data_set.text(tags::MODALITY)?.to_uppercase();
    let is_code = modality.len() <= 16 && modality.bytes().all(|letter| letter.is_ascii_alphanumeric());
    (is_code && !OF_EYES.contains(&modality.as_str())).then_some(modality)
}
