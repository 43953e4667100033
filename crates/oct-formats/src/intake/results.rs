//! Files that were made of a scan and are none: what Lacuna saves, and what DICOM
//! keeps beside images.

use std::io::Read;

use flate2::read::GzDecoder;
use oct::{OctVolume, Samples};

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
    if is_one {
        return Some("a mask that Lacuna saved");
    }
    // The header that Lacuna saves with a mask, whatever it is called itself.
    let line = |line: &[u8]| {
        let samples = line.trim_ascii().strip_prefix(b"ElementDataFile = ");
        samples.is_some_and(|samples| samples == b"mask.raw" || samples == b"model-mask.raw")
    };
    head.split(|byte| *byte == b'\n').any(line).then_some("a mask, by the name of its data file")
}

/// Whether a volume holds labels where a picture should be: few values, whatever they are,
/// because masks are also saved as greys, and one reader or another changes those. Small
/// volumes are no pictures at all, and nothing is said of them.
pub(super) fn holds_labels_only(volume: &OctVolume) -> bool {
    /// A picture of 64 x 64 with four greys has not been taken by any device.
    const FEWEST_SAMPLES: usize = 64 * 64;
    /// Background and the three fluids.
    const MOST_VALUES: usize = 4;
    let is_large = volume.columns() * volume.rows() * volume.bscans() >= FEWEST_SAMPLES;
    // What is all alike is empty, and says nothing.
    let is_few = |count: usize| (2..=MOST_VALUES).contains(&count);
    is_large
        && is_few(match volume.samples() {
            Samples::U8(samples) => distinct(samples.iter().copied(), MOST_VALUES),
            Samples::U16(samples) => distinct(samples.iter().copied(), MOST_VALUES),
            Samples::F32(samples) => distinct(samples.iter().map(|value| value.to_bits()), MOST_VALUES),
        })
}

/// How many values there are, counted no further than to one above `most`.
fn distinct<T: PartialEq>(samples: impl Iterator<Item = T>, most: usize) -> usize {
    let mut known = Vec::with_capacity(most + 1);
    for sample in samples {
        if !known.contains(&sample) {
            known.push(sample);
            if known.len() > most {
                break;
            }
        }
    }
    known.len()
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

/// Whether `file` lists other DICOM files and is no image itself (PS3.10, 8).
pub(super) fn is_dicom_directory(file: &InputFile) -> bool {
    const CLASS: &str = "1.2.840.10008.1.3.10";
    let head = &file.bytes[..file.bytes.len().min(HEAD)];
    file.bytes.get(128..132) == Some(b"DICM") && sop_class(head) == Some(CLASS)
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
    fn a_volume_of_four_values_is_one_of_labels_whatever_they_are() {
        let volume = |samples: Samples| OctVolume::new(64, 64, 1, samples, oct::Geometry::default()).unwrap();
        let bytes = |values: &[u8]| {
            let mut samples = vec![0; 64 * 64];
            samples[7..7 + values.len()].copy_from_slice(values);
            samples
        };
        for (values, labels) in [
            (&[][..], false),
            (&[3], true),
            (&[1, 2, 3], true),
            (&[85, 170, 255], true),
            (&[1, 2, 3, 4], false),
            (&[60, 120, 180, 240], false),
        ] {
            let greys = Samples::U8(bytes(values));
            assert_eq!(holds_labels_only(&volume(greys)), labels, "{values:?}");
            let shown = bytes(values).into_iter().map(|value| (f32::from(value) / 255.0).sqrt()).collect();
            assert_eq!(holds_labels_only(&volume(Samples::F32(shown))), labels, "{values:?} as roots");
        }
        let gaps = (0..64 * 64).map(|at| if at % 2 == 0 { f32::NAN } else { 1.0 }).collect();
        assert!(holds_labels_only(&volume(Samples::F32(gaps))), "what is no number counts once");
    }

    #[test]
    fn the_header_of_a_saved_mask_is_known_whatever_it_is_called() {
        let header = b"NDims = 2\r\nDimSize = 2 2\nElementDataFile = mask.raw\r\n".to_vec();
        assert!(what_is(&InputFile { path: "result (1).mhd".to_owned(), bytes: header }).is_some());
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
