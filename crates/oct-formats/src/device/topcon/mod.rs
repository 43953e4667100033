//! Topcon `.fda` and `.fds`: named chunks, one after the other.
//!
//! Layouts after the descriptions of UOCTE (wiki, "Topcon File Format"),
//! OCT-Converter, LibOctData, RETIMAT and Moorfields' private-eye, all found
//! by reverse engineering. Where they disagree, nothing is taken for known:
//!
//! - The width of a circle scan is its radius to one and its diameter to
//!   another, so its lateral spacing is unknown.
//! - The distance between B-scans of a 3D scan is its height over their number
//!   (OCT-Converter, LibOctData; over one less in the others, 0.8 % more for 128).
//! - Boundaries come in the order of the B-scans or in the opposite one. The
//!   image tells: the inner limiting membrane lies where dark turns bright.
//! - From which side of the fundus a 3D scan begins is not known; no places.
//!
//! `@PATIENT_INFO_03` is enciphered and stays so.

mod geometry;
mod layers;

use oct::{FundusImage, FundusKind, Laterality, OctVolume, Samples};

use crate::bytes::content::describe;
use crate::bytes::fields::ByteFields;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::images::GreyImage;
use crate::images::jpeg2000::{decode_fundus, decode_grey};
use crate::{Cause, Format, InputFile, Opened, Patient};

/// Magic, kind of file, two version numbers.
const HEADER_BYTES: usize = 15;
/// More chunks than this are no chunks; real files have about 30.
const MOST_CHUNKS: usize = 4096;
/// No OCT device makes a longer side.
const LONGEST_SIDE: u64 = 16_384;
/// What JPEG 2000 B-scans may decode to, be they all black...
const MOST_OF_NO_BYTES: u64 = 16 << 20;
/// ...and how much more of each of their bytes; Topcon's reach 10.
const MOST_PER_BYTE: u64 = 32;
/// Pixels across that a fundus photograph keeps at least.
const FUNDUS_SIDE: u32 = 1024;

/// Reads the volume.
pub(crate) fn read(Chosen { file, .. }: Chosen) -> Result<Opened, Fault> {
    if !file.bytes.starts_with(b"FOCT") {
        return Err(Cause::NotWhatItSays {
            expected: "a Topcon file",
            found: describe(&file.bytes).to_owned(),
        }
        .into());
    }
    let chunks = Chunks::walk(&file)?;
    let mut warnings = Vec::new();
    // First, so that its buffers are gone when the volume comes.
    let reference = chunks.reference(&mut warnings);
    let (scan, samples) = chunks.scan()?;
    let geometry = chunks.geometry(&scan, &mut warnings);
    let mut volume =
        OctVolume::new(scan.columns, scan.rows, scan.bscans, samples, geometry).map_err(Cause::malformed)?;
    volume.vendor = Some("Topcon".to_owned());
    volume.fundus = reference;
    volume.acquisition.acquired = chunks.acquired();
    volume.acquisition.device = chunks.device();
    volume.surfaces = chunks.surfaces(&volume, &mut warnings);
    if scan.bscans > 1 && chunks.bscans_taken().is_some_and(|taken| taken != scan.bscans as u64) {
        warnings.push(
            "The file holds another number of B-scans than were taken, so the distance between them is not known."
                .to_owned(),
        );
    }
    if chunks.is_anterior() {
        warnings.push("This is a scan of the front of the eye, where there is no retinal fluid.".to_owned());
    }
    let patient = chunks.patient();
    Ok(Opened { warnings, patient, ..Opened::new(file.name(), Format::Topcon, volume) })
}

/// All chunks of a file in their order.
struct Chunks<'a> {
    file: &'a InputFile,
    all: Vec<(&'a [u8], ByteFields<'a>)>,
}

/// What the B-scans' own header says.
struct Scan {
    columns: usize,
    rows: usize,
    bscans: usize,
    /// Way of scanning, where the chunk has one.
    mode: Option<u8>,
}

impl<'a> Chunks<'a> {
    fn walk(file: &'a InputFile) -> Result<Self, Cause> {
        let fields = ByteFields::new("its list of chunks", &file.bytes);
        let mut all = Vec::new();
        let mut at = HEADER_BYTES;
        // A name of no letters ends the list; some files just end.
        while at < file.bytes.len() && all.len() < MOST_CHUNKS {
            let length = usize::from(fields.u8(at)?);
            if length == 0 {
                break;
            }
            let name = fields.slice(at + 1, length)?;
            let size = fields.u32(at + 1 + length)? as usize;
            let start = at + 5 + length;
            all.push((name, fields.part(start, size)?));
            at = start + size;
        }
        Ok(Self { file, all })
    }

    /// The first chunk with one of `names`, in the order of the names.
    fn find<'n>(&self, names: &[&'n str]) -> Option<(&'n str, ByteFields<'a>)> {
        names.iter().find_map(|name| self.each(name).next().map(|chunk| (*name, chunk)))
    }

    fn each(&self, name: &str) -> impl Iterator<Item = ByteFields<'a>> {
        self.all.iter().filter(move |(other, _)| *other == name.as_bytes()).map(|(_, chunk)| *chunk)
    }

    fn scan(&self) -> Result<(Scan, Samples), Cause> {
        match self.find(&["@IMG_JPEG", "@IMG_SCAN_03", "@IMG_MOT_COMP_03"]) {
            Some(("@IMG_JPEG", chunk)) => self.compressed(chunk),
            Some(("@IMG_SCAN_03", chunk)) => {
                let mode = Some(chunk.u8(0)?);
                self.raw("@IMG_SCAN_03", chunk, mode, 22)
            }
            // Shifted to undo the eye's movements. OCT-Converter takes 22 bytes
            // for its header, but the size of the samples is the 4 before these.
            Some((name, chunk)) => self.raw(name, chunk, None, 38),
            None => {
                let names = self.all.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned());
                let found =
                    names.filter(|name| name.starts_with("@IMG")).take(4).collect::<Vec<_>>().join(", ");
                let found = if found.is_empty() { "no image at all".to_owned() } else { found };
                Err(Cause::NoBScans { found: crate::error::shortened(&found) })
            }
        }
    }

    fn path(&self) -> &'a str {
        &self.file.path
    }

    fn size(&self, columns: u32, rows: u32, bscans: u32) -> Result<[usize; 3], Cause> {
        let [columns, rows, bscans] = [columns, rows, bscans].map(u64::from);
        let sides = 1..=LONGEST_SIDE;
        if [columns, rows, bscans].iter().all(|side| sides.contains(side)) {
            return Ok([columns, rows, bscans].map(|side| side as usize));
        }
        Err(Cause::impossible_size(columns, rows, bscans))
    }

    /// `@IMG_JPEG`: a header of 25 bytes, then for each B-scan the length of a
    /// JPEG 2000 codestream and the codestream.
    fn compressed(&self, chunk: ByteFields<'a>) -> Result<(Scan, Samples), Cause> {
        let [columns, rows, bscans] = self.size(chunk.u32(9)?, chunk.u32(13)?, chunk.u32(17)?)?;
        let mut at = 25;
        let mut parts = Vec::new();
        for _ in 0..bscans {
            let length = chunk.u32(at)? as usize;
            parts.push(chunk.slice(at + 4, length)?);
            at += 4 + length;
        }
        let total = (columns * rows) as u64 * bscans as u64;
        if total > MOST_OF_NO_BYTES + MOST_PER_BYTE * chunk.len() as u64 {
            let cause = format!("{} bytes cannot hold {columns} x {rows} x {bscans} samples", chunk.len());
            return Err(Cause::malformed(cause));
        }
        let mut samples = None;
        for part in parts {
            let image = decode_grey(part)?;
            if (image.columns, image.rows) != (columns, rows) {
                return Err(Cause::BadField {
                    field: "@IMG_JPEG",
                    value: format!("{columns} x {rows}"),
                    why: "is not the size of all its B-scans",
                });
            }
            let total = usize::try_from(total).map_err(|_| Cause::out_of_memory())?;
            append(&mut samples, image, total)?;
        }
        let samples = samples.ok_or(Cause::MissingField { field: "@IMG_JPEG" })?;
        Ok((Scan { columns, rows, bscans, mode: Some(chunk.u8(0)?) }, samples))
    }

    /// 16-bit samples after `header` bytes, of which the last 4 are their size.
    fn raw(
        &self,
        name: &'static str,
        chunk: ByteFields<'a>,
        mode: Option<u8>,
        header: usize,
    ) -> Result<(Scan, Samples), Cause> {
        let [columns, rows, bscans] = self.size(chunk.u32(1)?, chunk.u32(5)?, chunk.u32(13)?)?;
        let bits = chunk.u32(9)?;
        if bits != 16 {
            let sample_type = format!("{bits}-bit samples");
            return Err(Cause::sample_type(sample_type));
        }
        let size = (columns * rows) as u64 * bscans as u64 * 2;
        if u64::from(chunk.u32(header - 4)?) != size {
            return Err(Cause::BadField {
                field: name,
                value: chunk.u32(header - 4)?.to_string(),
                why: "is not the size of its B-scans",
            });
        }
        let bytes = chunk.slice(header, usize::try_from(size).unwrap_or(usize::MAX))?;
        let (pairs, _) = bytes.as_chunks();
        let mut samples = Vec::new();
        samples.try_reserve_exact(pairs.len()).map_err(|_| Cause::out_of_memory())?;
        samples.extend(pairs.iter().copied().map(u16::from_le_bytes));
        Ok((Scan { columns, rows, bscans, mode }, Samples::U16(samples)))
    }

    /// How many B-scans the device found boundaries in.
    fn bscans_taken(&self) -> Option<u64> {
        self.find(&["@CONTOUR_INFO"])?.1.u32(26).ok().map(u64::from)
    }

    fn laterality(&self) -> Option<Laterality> {
        match self.find(&["@CAPTURE_INFO_02", "@CAPTURE_INFO"])?.1.u8(0).ok()? {
            0 => Some(Laterality::Od),
            1 => Some(Laterality::Os),
            _ => None,
        }
    }

    fn acquired(&self) -> Option<String> {
        let (name, chunk) = self.find(&["@CAPTURE_INFO_02", "@CAPTURE_INFO"])?;
        let at = if name == "@CAPTURE_INFO_02" { 106 } else { 1 };
        let date = date(&chunk, at)?;
        let mut time = [0; 3];
        for (index, part) in time.iter_mut().enumerate() {
            *part = chunk.u16(at + 6 + 2 * index).ok()?;
        }
        let [hour, minute, second] = time;
        let is_time = hour < 24 && minute < 60 && second < 60;
        Some(if is_time { format!("{date}T{hour:02}:{minute:02}:{second:02}") } else { date })
    }

    fn device(&self) -> Option<String> {
        let (_, chunk) = self.find(&["@HW_INFO_03", "@HW_INFO_02", "@HW_INFO_01"])?;
        chunk.text(0, 16).ok().filter(|model| !model.is_empty())
    }

    /// Whether the eye looked at an outer light: scans of the cornea.
    fn is_anterior(&self) -> bool {
        let fixation = self.find(&["@PARAM_SCAN_04"]).and_then(|(_, chunk)| chunk.u8(3).ok());
        self.file.bytes.starts_with(b"FOCTFAA") || matches!(fixation, Some(15 | 16))
    }

    fn patient(&self) -> Option<Patient> {
        let (_, chunk) = self.find(&["@PATIENT_INFO_02", "@PATIENT_INFO"])?;
        let text = |at, length| chunk.text(at, length).unwrap_or_default();
        let stated = |text: String| (!text.is_empty()).then_some(text);
        let name = [text(64, 32), text(32, 32), text(96, 8)].join("^");
        let patient = Patient {
            name: stated(name.trim_end_matches('^').to_owned()),
            id: stated(text(0, 32)),
            birth_date: date(&chunk, 105),
            // 3 is "other" to OCT-Converter and "not stated" to private-eye.
            sex: match chunk.u8(104) {
                Ok(1) => Some("M".to_owned()),
                Ok(2) => Some("F".to_owned()),
                _ => None,
            },
        };
        (patient != Patient::default()).then_some(patient)
    }

    /// The fundus photograph, else the device's own view of the fundus.
    fn reference(&self, warnings: &mut Vec<String>) -> Option<FundusImage> {
        let (name, chunk) = self.find(&["@IMG_FUNDUS", "@IMG_OBS", "@IMG_TRC_02"])?;
        let header = if name == "@IMG_FUNDUS" { 24 } else { 21 };
        let image = fundus(&chunk, header);
        if image.is_none() {
            warnings.push(format!("The fundus image of {} cannot be read and was left out.", self.path()));
        }
        let (columns, rows, greys) = image?;
        FundusImage::new(FundusKind::Fundus, columns, rows, greys, None)
    }
}

/// A date of three 16-bit numbers: year, month, day.
fn date(chunk: &ByteFields<'_>, at: usize) -> Option<String> {
    let [year, month, day] = [chunk.u16(at).ok()?, chunk.u16(at + 2).ok()?, chunk.u16(at + 4).ok()?];
    let is_date = (1880..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Appends a B-scan to those before, of which there will be `total` samples.
fn append(samples: &mut Option<Samples>, image: GreyImage, total: usize) -> Result<(), Cause> {
    fn push<T: Copy>(all: &mut Vec<T>, more: &[T], total: usize) -> Result<(), Cause> {
        if all.is_empty() {
            all.try_reserve_exact(total).map_err(|_| Cause::out_of_memory())?;
        }
        all.extend_from_slice(more);
        Ok(())
    }
    let empty = match &image.samples {
        Samples::U8(_) => Samples::U8(Vec::new()),
        Samples::U16(_) => Samples::U16(Vec::new()),
        Samples::F32(_) => Samples::F32(Vec::new()),
    };
    match (samples.get_or_insert(empty), &image.samples) {
        (Samples::U8(all), Samples::U8(more)) => push(all, more, total),
        (Samples::U16(all), Samples::U16(more)) => push(all, more, total),
        _ => Err(Cause::BadField {
            field: "@IMG_JPEG",
            value: "8-bit and 16-bit B-scans".to_owned(),
            why: "do not make one volume",
        }),
    }
}

/// Columns, rows and greys of the first image in `chunk` after its header:
/// width, height, bits, number of images, their format, bytes of this one.
fn fundus(chunk: &ByteFields<'_>, header: usize) -> Option<(usize, usize, Vec<u8>)> {
    let bytes = chunk.slice(header, chunk.u32(header - 4).ok()? as usize).ok()?;
    if bytes.starts_with(&[0xFF, 0x4F]) || bytes.starts_with(b"\0\0\0\x0CjP") {
        let image = decode_fundus(bytes, FUNDUS_SIDE).ok()?;
        return match image.samples {
            Samples::U8(greys) => Some((image.columns, image.rows, greys)),
            Samples::U16(_) | Samples::F32(_) => None,
        };
    }
    let [columns, rows, bits] = [chunk.u32(0).ok()?, chunk.u32(4).ok()?, chunk.u32(8).ok()?];
    let (columns, rows) = (usize::try_from(columns).ok()?, usize::try_from(rows).ok()?);
    let channels = match bits {
        8 => 1,
        24 => 3,
        _ => return None,
    };
    let pixels = bytes.get(..columns.checked_mul(rows)?.checked_mul(channels)?)?;
    // Blue, green, red: green, as in photographs that are compressed.
    Some((
        columns,
        rows,
        pixels.chunks_exact(channels).filter_map(|pixel| pixel.get(channels / 2)).copied().collect(),
    ))
}
