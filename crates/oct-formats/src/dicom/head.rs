//! What the beginning of a DICOM file says of the series that it belongs to.

use std::io::Read;

use dicom_dictionary_std::{tags, uids};
use flate2::read::DeflateDecoder;

use super::elements::DataSet;
use super::image::{Start, is_image, start};

/// A deflated data set is unpacked so far: what is asked for stands at its beginning.
const MOST_UNPACKED: u64 = 64 << 10;

/// What a file is and to which series it belongs, as far as its beginning tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Head {
    /// UID of the study.
    pub(crate) study: Option<String>,
    /// UID of the series.
    pub(crate) series: Option<String>,
    kind: Kind,
}

/// What a file holds by its class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Tomography,
    /// Photographs of the fundus.
    Photograph,
    #[default]
    OtherImage,
    /// A segmentation, a report, a list of files.
    NoImage,
}

impl Head {
    /// Reads the beginning of a file.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let Ok(Start { at, syntax, sop_class }) = start(bytes) else { return Self::default() };
        let rest = bytes.get(at..).unwrap_or_default();
        let mut unpacked = Vec::new();
        if syntax.deflated {
            // The beginning of a stream has no end: what was unpacked until then is asked.
            let _ = DeflateDecoder::new(rest).take(MOST_UNPACKED).read_to_end(&mut unpacked);
        }
        let data_set = DataSet::parse_head(if syntax.deflated { &unpacked } else { rest }, syntax.explicit);
        let sop_class = data_set.text(tags::SOP_CLASS_UID).or(sop_class).unwrap_or_default();
        let kind = match sop_class.as_str() {
            uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE => Kind::Tomography,
            uids::OPHTHALMIC_PHOTOGRAPHY8_BIT_IMAGE_STORAGE
            | uids::OPHTHALMIC_PHOTOGRAPHY16_BIT_IMAGE_STORAGE => Kind::Photograph,
            class if is_image(class).is_err() => Kind::NoImage,
            _ => Kind::OtherImage,
        };
        Self {
            study: data_set.text(tags::STUDY_INSTANCE_UID),
            series: data_set.text(tags::SERIES_INSTANCE_UID),
            kind,
        }
    }

    /// Whether it is stated as OCT.
    pub(crate) fn is_oct(&self) -> bool {
        self.kind == Kind::Tomography
    }

    /// Whether it may hold B-scans.
    pub(crate) fn may_be_scan(&self) -> bool {
        matches!(self.kind, Kind::Tomography | Kind::OtherImage)
    }

    /// Whether it is an image of a patient.
    pub(crate) fn is_image(&self) -> bool {
        self.kind != Kind::NoImage
    }
}
