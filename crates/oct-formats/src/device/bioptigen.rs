//! Bioptigen `.OCT`.
//!
//! Six bytes, then records: the length of a key, the key, the length of the
//! value, the value; a key of no letters ends the header, and each B-scan.
//! `FRAMEHEADER` and `FRAMEDATA` announce what follows. Little-endian. Samples
//! have 16 bits (or 8: LibOctData knows both), depth fastest, an A-scan after
//! the other. Layout after OCT-Converter (`boct_binary.py`), Bioptigen's own
//! plugin for ImageJ (`OCT_Reader.java`) and LibOctData. Before version 1.7
//! `SCANS` was called `FRAMESPERVOLUME`. No public file was at hand to prove it on.

use oct::{Axis, Geometry, Samples, ScanPattern};

use crate::bytes::fields::ByteFields;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::images::{GreyImage, Stack};
use crate::input_file::name_of;
use crate::names::{Eye, Meaning, eye_in_path};
use crate::stated::spacing::take;
use crate::{Cause, Format, InputFile, Opened};

/// Where the records begin.
const FIRST_RECORD: usize = 6;
const HEADER_KEY: &[u8] = b"FRAMEHEADER";
/// A key longer than this is none.
const LONGEST_KEY: u32 = 64;
/// Records of one file at most.
const MOST_RECORDS: usize = 1 << 20;
/// No Bioptigen makes a longer side.
const LONGEST_SIDE: u32 = 16_384;

/// What the header says.
#[derive(Default)]
struct Header {
    rows: u32,
    /// A-scans of a B-scan, as far as it says.
    columns: u32,
    bscans: u32,
    scan_type: u32,
    /// B-scans of one volume.
    scans: u32,
    depth_mm: f64,
    /// Along a B-scan of a single line, and along and across those of a raster.
    length_mm: f64,
    azimuth_mm: f64,
    elevation_mm: f64,
    doppler: bool,
    /// What its description says that it is, where that must not be measured.
    meant: Option<ScanPattern>,
}

/// Whether `bytes` begin like a Bioptigen file.
pub(crate) fn is_bioptigen(bytes: &[u8]) -> bool {
    bytes.get(FIRST_RECORD + 4..).is_some_and(|rest| rest.starts_with(HEADER_KEY))
}

/// One record; the value begins at `at`.
struct Record<'a> {
    key: &'a [u8],
    at: usize,
    length: usize,
}

impl<'a> Record<'a> {
    /// The record at `at`, `None` for the key of no letters.
    fn read(fields: ByteFields<'a>, at: usize) -> Result<Option<Self>, Cause> {
        let letters = fields.u32(at)?;
        if letters == 0 {
            return Ok(None);
        }
        if letters > LONGEST_KEY {
            let cause = format!("a key of {letters} letters at byte {at}");
            return Err(Cause::malformed(cause));
        }
        let key = fields.slice(at + 4, letters as usize)?;
        let end = at + 4 + letters as usize;
        // Some writers end texts with a zero.
        let key = key.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(Some(Self { key, at: end + 4, length: fields.u32(end)? as usize }))
    }

    /// Where the next record begins; what a record only announces is not skipped.
    fn next(&self) -> usize {
        if [HEADER_KEY, b"FRAMEDATA"].contains(&self.key) {
            self.at
        } else {
            self.at.saturating_add(self.length)
        }
    }
}

/// Reads the volume.
pub(crate) fn read(Chosen { file, .. }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, bytes } = file;
    let fields = ByteFields::new("its header", &bytes);
    let mut at = FIRST_RECORD;
    let header = Header::read(fields, &mut at)?;
    if !(1..=LONGEST_SIDE).contains(&header.rows) {
        return Err(Cause::ImpossibleSize {
            columns: 0,
            rows: header.rows.into(),
            bscans: header.bscans.into(),
        }
        .into());
    }
    let mut stack = Stack::default();
    let mut acquired = None;
    let mut columns = header.columns;
    let mut records = 0;
    while at < fields.len() && records < MOST_RECORDS {
        records += 1;
        let Some(record) = Record::read(fields, at)? else {
            at += 4;
            continue;
        };
        match record.key {
            b"FRAMEDATETIME" if acquired.is_none() => acquired = moment(fields, record.at)?,
            b"FRAMELINES" if record.length == 4 => columns = fields.u32(record.at)?,
            b"FRAMESAMPLES" => {
                let stored = fields.slice(record.at, record.length)?;
                let bytes = u64::from(columns) * u64::from(header.rows);
                let image = if bytes == stored.len() as u64 {
                    bscan(stored, header.rows as usize, Samples::U8, |[grey]: [u8; 1]| grey)?
                } else {
                    bscan(stored, header.rows as usize, Samples::U16, u16::from_le_bytes)?
                };
                stack.push(&path, image)?;
            }
            _ => {}
        }
        at = record.next();
    }
    let bscans = stack.bscans();
    if bscans == 0 {
        return Err(Cause::NoBScans { found: format!("{records} records") }.into());
    }
    let mut warnings = Vec::new();
    let mut geometry = header.geometry(stack.columns(), bscans, &mut warnings);
    if bscans as u64 != u64::from(header.bscans) {
        warnings.push(format!("{path} holds {bscans} of the {} B-scans that it declares.", header.bscans));
    }
    if (bscans as u64) < u64::from(header.bscans) {
        geometry.lack_bscans();
    }
    if header.doppler {
        warnings.push("The Doppler samples of the file are left out.".to_owned());
    }
    // The B-scans are out of it: the file and the whole volume need not be held at once.
    drop(bytes);
    let mut volume = stack.finish(geometry)?;
    volume.vendor = Some("Bioptigen".to_owned());
    volume.acquisition.acquired = acquired;
    let name = name_of(&path);
    // Only the name tells.
    volume.geometry.laterality = eye_in_path(name).and_then(Eye::surely);
    Ok(Opened { warnings, ..Opened::new(name, Format::Bioptigen, volume) })
}

impl Header {
    /// Reads the records up to the key of no letters, and moves on behind it.
    fn read(fields: ByteFields<'_>, at: &mut usize) -> Result<Self, Cause> {
        let mut header = Self::default();
        for _ in 0..MOST_RECORDS {
            let Some(record) = Record::read(fields, *at)? else {
                *at += 4;
                break;
            };
            let whole = || -> Result<u32, Cause> {
                match record.length {
                    1 => fields.u8(record.at).map(u32::from),
                    2 => fields.u16(record.at).map(u32::from),
                    _ => fields.u32(record.at),
                }
            };
            match record.key {
                b"FRAMECOUNT" => header.bscans = whole()?,
                b"LINECOUNT" => header.columns = whole()?,
                b"LINELENGTH" => header.rows = whole()?,
                b"SCANTYPE" => header.scan_type = whole()?,
                b"SCANS" | b"FRAMESPERVOLUME" => header.scans = whole()?,
                b"SCANDEPTH" => header.depth_mm = fields.f64(record.at)?,
                b"SCANLENGTH" => header.length_mm = fields.f64(record.at)?,
                b"AZSCANLENGTH" => header.azimuth_mm = fields.f64(record.at)?,
                b"ELSCANLENGTH" => header.elevation_mm = fields.f64(record.at)?,
                b"DESCRIPTION" => {
                    let text = String::from_utf8_lossy(fields.slice(record.at, record.length)?);
                    header.meant = Meaning::of(&text).and_then(Meaning::pattern);
                }
                b"DOPPLERFLAG" => header.doppler = whole()? != 0,
                b"FRAMEDATA" => break,
                _ => {}
            }
            *at = record.next();
        }
        Ok(header)
    }

    fn geometry(&self, columns: usize, bscans: usize, warnings: &mut Vec<String>) -> Geometry {
        let mut geometry = Geometry::default();
        let is_one_volume = self.scans as usize == bscans;
        geometry.pattern = match (self.meant, self.scan_type) {
            (Some(meant), _) => meant,
            (None, 0) if bscans == 1 => ScanPattern::SingleBScan,
            (None, 0) => ScanPattern::Repeated,
            (None, 1) if is_one_volume => ScanPattern::Raster,
            (None, 3) => ScanPattern::Radial,
            (None, _) => ScanPattern::Other,
        };
        let along = if self.scan_type == 1 {
            (self.azimuth_mm, "AZSCANLENGTH")
        } else {
            (self.length_mm, "SCANLENGTH")
        };
        let mut stated = vec![
            (Axis::Lateral, along.0, columns, along.1),
            (Axis::Axial, self.depth_mm, self.rows as usize, "SCANDEPTH"),
        ];
        if geometry.pattern == ScanPattern::Raster && bscans > 1 {
            stated.push((Axis::BetweenBScans, self.elevation_mm, bscans, "ELSCANLENGTH"));
        }
        for (axis, mm, samples, tag) in stated {
            // Nobody filled it.
            if mm == 0.0 {
                continue;
            }
            let step = mm / samples.max(1) as f64;
            warnings.extend(take(&mut geometry, axis, step, tag, mm));
        }
        geometry
    }
}

/// A B-scan from A-scans of `rows` samples of `N` bytes.
fn bscan<const N: usize, T>(
    stored: &[u8],
    rows: usize,
    samples_of: impl Fn(Vec<T>) -> Samples,
    sample: impl Fn([u8; N]) -> T,
) -> Result<GreyImage, Cause> {
    let (samples, _) = stored.as_chunks::<N>();
    let columns = samples.len() / rows;
    if columns == 0 || columns > LONGEST_SIDE as usize {
        let cause = format!("a B-scan of {} bytes for A-scans of {rows} samples", stored.len());
        return Err(Cause::malformed(cause));
    }
    let mut turned = Vec::new();
    turned.try_reserve_exact(rows * columns).map_err(|_| Cause::out_of_memory())?;
    for row in 0..rows {
        turned.extend(samples.iter().skip(row).step_by(rows).take(columns).map(|bytes| sample(*bytes)));
    }
    Ok(GreyImage { columns, rows, samples: samples_of(turned) })
}

/// A Windows `SYSTEMTIME`: year, month, day of the week, day, hour, minute, second.
fn moment(fields: ByteFields<'_>, at: usize) -> Result<Option<String>, Cause> {
    let part = |index: usize| fields.u16(at + 2 * index);
    let (year, month, day) = (part(0)?, part(1)?, part(3)?);
    let (hour, minute, second) = (part(4)?, part(5)?, part(6)?);
    let is_time = (1991..=2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    Ok(is_time.then(|| format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")))
}
