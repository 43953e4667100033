//! Files that were made of a scan and are none: what Lacuna saves, and what DICOM
//! keeps beside images.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::InputFile;
use crate::images;

/// How much of a file tells what it is.
const HEAD: usize = 1024;
/// What every mask that Lacuna saves says of itself.
const MARK: &[u8] = b"Lacuna fluid mask";

/// What `file` is, where it was made of a scan; by its content, because browsers
/// and people rename files.
pub(super) fn what_is(file: &InputFile) -> Option<&'static str> {
    let bytes = file.bytes.as_slice();
    let head = &bytes[..bytes.len().min(HEAD)];
    if bytes.get(128..132) == Some(b"DICM") {
        return of_dicom_class(sop_class(head)?);
    }
    if images::is_marked(bytes) {
        return Some("a picture that Lacuna saved");
    }
    let is_marked = |head: &[u8]| head.windows(MARK.len()).any(|window| window == MARK);
    let is_one = match head {
        [0x1F, 0x8B, ..] => {
            let mut unpacked = Vec::new();
            // A damaged stream says nothing of itself; its reader says what is wrong.
            let _ = GzDecoder::new(bytes).take(HEAD as u64).read_to_end(&mut unpacked);
            is_marked(&unpacked)
        }
        _ => is_marked(head),
    };
    is_one.then_some("a mask that Lacuna saved")
}

/// The Media Storage SOP Class UID (0002,0002), which stands at the start in
/// explicit little-endian (PS3.10, 7.1).
fn sop_class(head: &[u8]) -> Option<&str> {
    const ELEMENT: &[u8] = b"\x02\0\x02\0UI";
    let at = head.windows(ELEMENT.len()).position(|window| window == ELEMENT)? + ELEMENT.len();
    let length = usize::from(u16::from_le_bytes(*head.get(at..)?.first_chunk()?));
    let uid = head.get(at + 2..(at + 2).checked_add(length)?)?;
    Some(std::str::from_utf8(uid).ok()?.trim_end_matches(['\0', ' ']))
}

/// Classes of PS3.4, B.5 that hold no images of a device.
fn of_dicom_class(uid: &str) -> Option<&'static str> {
    let of_storage = uid.strip_prefix("1.2.840.10008.5.1.4.1.1.")?;
    let is = |class: &str| {
        of_storage == class || of_storage.strip_prefix(class).is_some_and(|rest| rest.starts_with('.'))
    };
    if is("66") {
        Some("a segmentation or a map computed of a scan")
    } else if is("88") || is("104") {
        Some("a report")
    } else if is("11") {
        Some("a way to show images")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dicom(uid: &str) -> InputFile {
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM\x02\0\0\0UL\x04\0\xC8\0\0\0\x02\0\x02\0UI");
        bytes.extend((uid.len() as u16).to_le_bytes());
        bytes.extend(uid.as_bytes());
        InputFile { path: "renamed".to_owned(), bytes }
    }

    #[test]
    fn what_dicom_keeps_beside_images_is_told_by_its_class() {
        for (uid, result) in [
            ("1.2.840.10008.5.1.4.1.1.66.4", true),
            ("1.2.840.10008.5.1.4.1.1.66.4\0", true),
            ("1.2.840.10008.5.1.4.1.1.88.33", true),
            ("1.2.840.10008.5.1.4.1.1.104.1", true),
            ("1.2.840.10008.5.1.4.1.1.11.1", true),
            ("1.2.840.10008.5.1.4.1.1.77.1.5.4", false),
            ("1.2.840.10008.5.1.4.1.1.7.2", false),
        ] {
            assert_eq!(what_is(&dicom(uid)).is_some(), result, "{uid}");
        }
        assert_eq!(
            what_is(&InputFile { path: "a.dcm".to_owned(), bytes: dicom("").bytes[..140].to_vec() }),
            None
        );
    }
}
