//! UIDs of a new segmentation.

use oct::LabelMask;
use sha2::{Digest, Sha256};

use super::{SegOptions, SegmentedBy};
use crate::dicom::source::Source;

/// UIDs that are ours to give. They follow from what the file says: whoever
/// writes the same thing at the same second writes the same file.
pub(super) struct NewUids {
    pub(super) instance: String,
    pub(super) series: String,
    pub(super) study: String,
    pub(super) frame_of_reference: String,
    pub(super) dimensions: String,
}

impl NewUids {
    pub(super) fn of(
        pixels: &[u8],
        mask: &LabelMask,
        source: Option<&Source>,
        options: &SegOptions<'_>,
    ) -> Self {
        let mut content = Sha256::new();
        content.update(b"lacuna segmentation 2\0");
        for size in [mask.columns(), mask.rows(), mask.bscans()] {
            content.update((size as u64).to_le_bytes());
        }
        content.update(pixels);
        content.update(options.scan);
        let mut text = |text: &str| {
            content.update((text.len() as u64).to_le_bytes());
            content.update(text);
        };
        for fact in
            [options.created, options.software_version, options.algorithm_name, options.algorithm_version]
        {
            text(fact);
        }
        // The same mask, drawn by somebody else, is another object.
        if options.made_by != [SegmentedBy::Algorithm; 3] {
            text(&options.made_by.map(SegmentedBy::algorithm_type).join(" "));
        }
        // An identified file and its twin without a name are two objects.
        text(if options.identify.is_some() { "identified" } else { "" });
        if let Some(source) = source {
            text(&source.study_instance_uid);
            text(&source.series_instance_uid);
            for frame in &source.frames {
                text(&frame.sop_instance_uid);
                text(&frame.frame_number.unwrap_or(0).to_string());
            }
        }
        let uid = |role: &str| {
            let digest = content.clone().chain_update(role).finalize();
            uid_of(std::array::from_fn(|index| digest[index]))
        };
        Self {
            instance: uid("instance"),
            series: uid("series"),
            study: uid("study"),
            frame_of_reference: uid("frame of reference"),
            dimensions: uid("dimensions"),
        }
    }
}

/// The UID of a UUID (PS3.5 B.2): `2.25.` and the decimal of its 128 bits, of
/// which six say that it is one of version 8, "custom" (RFC 9562, 5.8).
fn uid_of(mut bits: [u8; 16]) -> String {
    bits[6] = bits[6] & 0x0F | 0x80;
    bits[8] = bits[8] & 0x3F | 0x80;
    format!("2.25.{}", u128::from_be_bytes(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_a_custom_uuid_in_decimal() {
        // RFC 9562's bits: version 8 in the seventh byte, variant 10 in the ninth.
        assert_eq!(uid_of([0; 16]), "2.25.604472133179351442128896");
        assert_eq!(uid_of([0xFF; 16]), format!("2.25.{}", 0xFFFF_FFFF_FFFF_8FFF_BFFF_FFFF_FFFF_FFFF_u128));
        assert!(uid_of([0xFF; 16]).len() <= 64);
    }
}
