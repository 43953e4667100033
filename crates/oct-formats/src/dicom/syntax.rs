//! Transfer syntaxes: how a data set and its pixels are encoded (DICOM PS3.5
//! annex A, UIDs of PS3.6 annex A).

use dicom_dictionary_std::uids;

/// How a data set is encoded, as far as we read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    /// Elements state their types.
    pub(super) explicit: bool,
    /// All after the file's header is deflated.
    pub(super) deflated: bool,
    /// How the pixels are packed.
    pub(super) packing: Packing,
}

/// How the pixels of a frame are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Raw,
    /// Run lengths (PS3.5 annex G).
    Rle,
    /// JPEG or JPEG-LS; the process is told by the markers of each frame.
    Jpeg,
    /// JPEG 2000.
    Jpeg2000,
    /// In a way that is not read, in words.
    NotRead(&'static str),
}

/// The syntax behind a UID; `None` where not even the elements can be read.
pub(super) fn syntax(uid: &str) -> Option<Syntax> {
    let packing = match uid {
        uids::IMPLICIT_VR_LITTLE_ENDIAN => {
            return Some(Syntax { explicit: false, deflated: false, packing: Packing::Raw });
        }
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN => {
            return Some(Syntax { explicit: true, deflated: true, packing: Packing::Raw });
        }
        uids::EXPLICIT_VR_LITTLE_ENDIAN | uids::ENCAPSULATED_UNCOMPRESSED_EXPLICIT_VR_LITTLE_ENDIAN => {
            Packing::Raw
        }
        uids::RLE_LOSSLESS => Packing::Rle,
        uids::JPEG_BASELINE8_BIT
        | uids::JPEG_EXTENDED12_BIT
        | uids::JPEG_LOSSLESS
        | uids::JPEG_LOSSLESS_SV1
        | uids::JPEGLS_LOSSLESS
        | uids::JPEGLS_NEAR_LOSSLESS => Packing::Jpeg,
        uids::JPEG2000_LOSSLESS | uids::JPEG2000 => Packing::Jpeg2000,
        _ => Packing::NotRead(not_read(uid)?),
    };
    Some(Syntax { explicit: true, deflated: false, packing })
}

/// What compression a UID of the standard means that is not read. All of these
/// encode the elements themselves as Explicit VR Little Endian.
fn not_read(uid: &str) -> Option<&'static str> {
    let number = uid.strip_prefix("1.2.840.10008.1.2.")?;
    Some(match number.split('.').collect::<Vec<_>>().as_slice() {
        ["4", "92" | "93"] => "JPEG 2000 compression in several components",
        ["4", "94" | "95"] => "pixels on a JPIP server",
        ["4", "100" | "101", ..] => "MPEG-2 video compression",
        ["4", "102" | "103" | "104" | "105" | "106", ..] => "MPEG-4 video compression",
        ["4", "107" | "108"] => "HEVC video compression",
        ["4", "110" | "111" | "112"] => "JPEG XL compression",
        ["4", "201" | "202" | "203"] => "high-throughput JPEG 2000 compression",
        ["4", "204" | "205"] => "pixels on a JPIP server",
        ["4", _] => "a retired JPEG compression",
        ["8", "1"] => "deflated frames",
        ["7", ..] => "uncompressed video",
        _ => return None,
    })
}

/// What a UID means of which not even the elements are read.
pub(super) fn unreadable(uid: &str) -> String {
    match uid {
        "1.2.840.10008.1.2.2" => "big-endian numbers (a retired encoding)".to_owned(),
        _ => format!("the transfer syntax {}", crate::error::shortened(uid)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transfer_syntax_of_images_is_read_or_named() {
        for (uid, packing) in [
            ("1.2.840.10008.1.2", Packing::Raw),
            ("1.2.840.10008.1.2.1", Packing::Raw),
            ("1.2.840.10008.1.2.1.99", Packing::Raw),
            ("1.2.840.10008.1.2.5", Packing::Rle),
            ("1.2.840.10008.1.2.4.50", Packing::Jpeg),
            ("1.2.840.10008.1.2.4.51", Packing::Jpeg),
            ("1.2.840.10008.1.2.4.57", Packing::Jpeg),
            ("1.2.840.10008.1.2.4.70", Packing::Jpeg),
            ("1.2.840.10008.1.2.4.80", Packing::Jpeg),
            ("1.2.840.10008.1.2.4.81", Packing::Jpeg),
            ("1.2.840.10008.1.2.4.90", Packing::Jpeg2000),
            ("1.2.840.10008.1.2.4.91", Packing::Jpeg2000),
            ("1.2.840.10008.1.2.4.100", Packing::NotRead("MPEG-2 video compression")),
            ("1.2.840.10008.1.2.4.102", Packing::NotRead("MPEG-4 video compression")),
            ("1.2.840.10008.1.2.4.110", Packing::NotRead("JPEG XL compression")),
            ("1.2.840.10008.1.2.4.201", Packing::NotRead("high-throughput JPEG 2000 compression")),
        ] {
            assert_eq!(syntax(uid).map(|syntax| syntax.packing), Some(packing), "{uid}");
        }
        assert_eq!(syntax("1.2.840.10008.1.2.2"), None);
        assert_eq!(syntax("1.2.840.113619.5.2"), None);
    }
}
