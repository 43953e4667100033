//! NIfTI-1: `.nii` and `.nii.gz`, or `.hdr` with the samples in an `.img` beside
//! it, in either byte order; and its relatives NIfTI-2 and ANALYZE 7.5 ([`relatives`]).
//!
//! The layout is that of the NIfTI-1 specification (Cox et al., "A (sort of)
//! new image data format standard: NIfTI-1", NeuroImage 22, 2004): a header of
//! 348 bytes, four bytes that announce extensions, and at `vox_offset` the
//! samples with the first axis fastest.
//!
//! NIfTI was made for brains and knows no B-scans. Usually axis 0 are columns (along
//! the retina), axis 1 rows (into the eye) and axis 2 B-scans; what the picture says
//! decides ([`crate::orientation`]), never the orientation fields. These are kept as
//! they are ([`StatedPlace`]) and go back with a mask in its scan's order, so that
//! viewers lay it over the volume.

mod header;
mod place;
mod relatives;
mod write;

use std::io::{ErrorKind, Read};

use flate2::read::MultiGzDecoder;
use oct::{Axis, OctVolume, Samples, ScanPattern};

use self::header::{HEADER, Header, MAGIC};
pub use self::place::StatedPlace;
use self::relatives::HEADER_2;
pub use self::write::write_mask;
use crate::array::orientation::Listing;
use crate::bytes::data_file;
use crate::bytes::unpack::make_room;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::stated::spacing::is_filler;
use crate::{Cause, Format, InputFile, KeptHeader, OpenError, Opened};

/// A NIfTI array as `f32`, whatever it shows (the trainer reads MR volumes).
#[derive(Debug, Clone, PartialEq)]
pub struct NiftiArray {
    /// Sizes, first axis fastest; a 2-D image has 1 as its third.
    pub dims: [usize; 3],
    /// Spacing of each axis in mm; `None` where the file does not state it, states no
    /// unit or no distance above 0. A single slice may have none as its third.
    pub spacing_mm: [Option<f64>; 3],
    /// Samples with slope and intercept applied.
    pub values: Vec<f32>,
}

/// Reads any NIfTI-1 file of 2 or 3 dimensions into floats.
///
/// # Errors
/// As opening a volume.
pub fn read_array(bytes: &[u8], path: &str) -> Result<NiftiArray, OpenError> {
    array(bytes).map_err(|cause| cause.of(path))
}

fn array(bytes: &[u8]) -> Result<NiftiArray, Cause> {
    let mut source = unpacked(bytes);
    let (header, read) = read_header(&mut source, false)?;
    if header.is_pair {
        return Err(Cause::NotReadYet { format: "a header with a separate .img file" });
    }
    let data = read_samples(source, &header, read, bytes)?;
    let mut spacing_mm = [None; 3];
    for (index, axis) in Axis::ALL.into_iter().enumerate().take(header.axes) {
        let step = header.pixdim[index];
        if is_filler(axis, header.dims[2] as u64, step) || !step.is_finite() || step <= 0.0 {
            continue;
        }
        spacing_mm[index] = header.unit_mm.map(|unit_mm| step * unit_mm);
    }
    let values = match header.samples(data)? {
        Samples::U8(values) => values.into_iter().map(f32::from).collect(),
        Samples::U16(values) => values.into_iter().map(f32::from).collect(),
        Samples::F32(values) => values,
    };
    Ok(NiftiArray { dims: header.dims, spacing_mm, values })
}

/// Reads a volume.
pub(crate) fn read(Chosen { file, others, .. }: Chosen) -> Result<Opened, Fault> {
    let mut source = unpacked(&file.bytes);
    let (header, read) = read_header(&mut source, is_hdr(&file))?;
    let data = if header.is_pair {
        let image = image_beside(&file, others)?;
        let samples = read_samples(unpacked(&image.bytes), &header, 0, &image.bytes);
        samples.map_err(|cause| cause.in_file(&image.path))?
    } else {
        read_samples(source, &header, read, &file.bytes)?
    };
    let file = InputFile { bytes: Vec::new(), ..file };
    let mut warnings = Vec::new();
    let geometry = header.geometry(file.name(), &mut warnings);
    let [columns, rows, bscans] = header.dims;
    let samples = header.samples(data)?;
    let mut volume = OctVolume::new(columns, rows, bscans, samples, geometry).map_err(Cause::malformed)?;
    if header.holds_labels {
        volume.geometry.pattern = ScanPattern::Labels;
    }
    let header = Some(KeptHeader::Nifti(header.place));
    Ok(Opened {
        warnings,
        header,
        listing: Some(Listing::COLUMNS_FIRST),
        ..Opened::new(file.name(), Format::Nifti, volume)
    })
}

/// The file with the samples of `header`: of the same name, gzipped or not.
fn image_beside(header: &InputFile, others: Vec<InputFile>) -> Result<InputFile, Cause> {
    let name = header.name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let gzipped = format!("{}.gz", image_path(&header.path).to_lowercase());
    let is_gzipped = others.iter().any(|file| file.path.to_lowercase() == gzipped);
    let ending = if is_gzipped { "img.gz" } else { "img" };
    data_file::find(&header.path, "the name of its samples", &format!("{stem}.{ending}"), others)
}

/// The path of the samples of a header at `path`.
fn image_path(path: &str) -> String {
    format!("{}.img", path.rsplit_once('.').map_or(path, |(stem, _)| stem))
}

/// Whether `file` begins with a header of NIfTI or of a relative, gzipped or not;
/// ANALYZE 7.5, which has no mark of its own, by its ending, too.
pub(crate) fn is_header_file(file: &InputFile) -> bool {
    let mut head = Vec::new();
    // A file that is no gzip is no NIfTI either; what it is, others say.
    let _ = unpacked(&file.bytes).take(HEADER as u64).read_to_end(&mut head);
    let is_mark = |magic: &[u8]| magic == b"n+1\0" || magic == b"ni1\0";
    head.get(MAGIC..HEADER).is_some_and(is_mark)
        || relatives::is_nifti_2(&head)
        || (is_hdr(file) && relatives::is_analyze(&head))
}

fn is_hdr(file: &InputFile) -> bool {
    file.name().to_lowercase().ends_with(".hdr")
}

/// The content of a file, gzipped or not, whatever its name.
fn unpacked(bytes: &[u8]) -> Box<dyn Read + '_> {
    if is_gzip(bytes) { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) }
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B])
}

/// The header that `source` begins with, and its length. One without a mark is of
/// ANALYZE 7.5 where its ending allows that.
fn read_header(source: &mut impl Read, may_be_analyze: bool) -> Result<(Header, usize), Cause> {
    let mut head = Vec::new();
    take(source, HEADER, &mut head)?;
    let is_nifti_2 = relatives::is_nifti_2(&head);
    if is_nifti_2 {
        take(source, HEADER_2, &mut head)?;
    }
    let length = if is_nifti_2 { HEADER_2 } else { HEADER };
    let truncated = |found: usize| Cause::Truncated {
        promised_by: "the NIfTI format".to_owned(),
        expected: length as u64,
        found: found as u64,
        content: "a header".to_owned(),
    };
    let narrow = if is_nifti_2 {
        let head = <&[u8; HEADER_2]>::try_from(head.as_slice()).map_err(|_| truncated(head.len()))?;
        relatives::from_nifti_2(head)?
    } else {
        let head = <&[u8; HEADER]>::try_from(head.as_slice()).map_err(|_| truncated(head.len()))?;
        let has_mark = [&b"n+1\0"[..], b"ni1\0"].contains(&&head[MAGIC..]);
        let is_analyze = !has_mark && may_be_analyze && relatives::is_analyze(head);
        if is_analyze { relatives::from_analyze(head) } else { *head }
    };
    Ok((Header::parse(&narrow)?, length))
}

/// The samples that `header` promises, of a `source` of which `read` bytes are gone,
/// unpacked from `held`. Nothing is reserved by what the header alone declares: memory
/// grows with what really comes out of these, and little further than what was declared.
fn read_samples(mut source: impl Read, header: &Header, read: usize, held: &[u8]) -> Result<Vec<u8>, Cause> {
    let declared = header.declared();
    let wanted = declared.bytes();
    let start = header.vox_offset as u64;
    let mut between = Vec::new();
    let skipped = header.vox_offset.saturating_sub(read);
    take(&mut source, skipped, &mut between)?;
    if between.len() < skipped {
        return Err(declared.truncated(start, (read + between.len()) as u64));
    }
    if read > 0 && !header.extensions_fit(&between) {
        return Err(Cause::bad_field("vox_offset", start, "lies within the extensions of the header"));
    }
    drop(between);
    let mut data = Vec::new();
    make_room(&mut data, wanted, held.len())?;
    take(&mut source, wanted as usize, &mut data)?;
    if (data.len() as u64) < wanted {
        return Err(declared.truncated(start, start + data.len() as u64));
    }
    // Reads on to the checksum, too, which a damaged file fails.
    let mut surplus = Vec::new();
    take(&mut source, declared.bscan_bytes() as usize, &mut surplus)?;
    if !declared.means_nothing(&surplus) {
        return Err(declared.surplus(start, (!is_gzip(held)).then_some(held.len() as u64)));
    }
    Ok(data)
}

/// Reads up to `count` bytes, fewer where the source ends.
fn take(source: &mut impl Read, count: usize, into: &mut Vec<u8>) -> Result<(), Cause> {
    let mut block = [0; 1 << 14];
    while into.len() < count {
        let wanted = block.len().min(count - into.len());
        let read = match source.read(&mut block[..wanted]) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // The end of a gzip stream that was cut off.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            Err(error) => {
                let cause = error.to_string();
                return Err(Cause::malformed(cause));
            }
        };
        if read == 0 {
            return Ok(());
        }
        into.try_reserve(read).map_err(|_| Cause::out_of_memory())?;
        into.extend_from_slice(&block[..read]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_header_is_known_by_its_magic_gzipped_or_not() {
        let is_header = |name: &str, bytes: &[u8]| {
            is_header_file(&InputFile { path: name.to_owned(), bytes: bytes.to_vec() })
        };
        let mut header = vec![0; HEADER];
        assert!(!is_header("a", &header));
        header[MAGIC..].copy_from_slice(b"n+1\0");
        assert!(is_header("a", &header));
        let mut gz = GzEncoder::new(Vec::new(), Compression::default());
        gz.write_all(&header).unwrap();
        let gz = gz.finish().unwrap();
        assert!(is_header("a", &gz));
        assert!(!is_header("a", &gz[..12]) && !is_header("a", &[]));
    }

    #[test]
    fn a_header_of_analyze_is_one_only_with_its_ending() {
        let mut header = vec![0; HEADER];
        header[..4].copy_from_slice(&348_i32.to_be_bytes());
        (header[41], header[71], header[73]) = (3, 2, 8);
        let file = |path: &str| InputFile { path: path.to_owned(), bytes: header.clone() };
        assert!(is_header_file(&file("eye/SCAN.HDR")) && !is_header_file(&file("eye/scan.bin")));
    }

    #[test]
    fn reading_stops_at_what_was_asked_for() {
        let mut endless = io::repeat(7);
        let mut into = Vec::new();
        take(&mut endless, 40_000, &mut into).unwrap();
        assert_eq!(into, vec![7; 40_000]);
        let mut short = &[1, 2][..];
        into.clear();
        take(&mut short, 40_000, &mut into).unwrap();
        assert_eq!(into, [1, 2]);
    }
}
