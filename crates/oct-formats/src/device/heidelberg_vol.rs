//! Heidelberg `.vol`, the raw export of a Spectralis.
//!
//! A header of 2048 bytes, the SLO image (a byte a pixel), then for each
//! B-scan a header of its own with the boundaries that the device found, and
//! the samples as 32-bit floats. Little-endian. What follows the last B-scan
//! (a thickness grid) is left alone. Layout after Heidelberg's description of
//! the export as eyepy (`vol_reader.py`) and OCT-Annotation-Tool give it.
//!
//! The samples are reflectivities, 0 to 1. HEYEX shows their fourth root, and
//! so do we: they become that root, still 0 to 1, and what the device did not
//! fill (the largest float) becomes 0.

use oct::{
    Axis, AxisSpacing, BScanPlace, FundusImage, FundusKind, Geometry, Laterality, LayerSurface, OctVolume,
    Samples, ScanPattern, SpacingSource,
};

use super::heidelberg_boundaries;
use crate::bytes::content::describe;
use crate::bytes::fields::ByteFields;
use crate::error::Fault;
use crate::error::shortened;
use crate::formats::reader::Chosen;
use crate::input_file::name_of;
use crate::names::Meaning;
use crate::stated::places::{Line, compare_distance, compare_length, place};
use crate::stated::spacing::take;
use crate::stated::time::{birth_date_of_days, of_filetime};
use crate::{Cause, Format, InputFile, Opened, Patient};

const HEADER_BYTES: usize = 2048;
/// The fixed part of the header of a B-scan.
const BSCAN_FIELDS: usize = 256;
/// No Spectralis makes a longer side.
const LONGEST_SIDE: u32 = 16_384;
/// Values from here on say that there is none.
const NONE_FROM: f32 = 3.0e38;
/// `ScanPattern` of the header.
const CIRCLE: u32 = 2;
const RADIAL: u32 = 5;
/// The last number that Heidelberg's description of the export explains.
const LAST_PATTERN: u32 = 5;
const ENDS: &str = "StartX, StartY, EndX, EndY";

/// What the file's header says.
struct Header {
    columns: usize,
    rows: usize,
    bscans: usize,
    lateral_mm: f64,
    axial_mm: f64,
    distance_mm: f64,
    slo_columns: usize,
    slo_rows: usize,
    slo_pixel_mm: [f64; 2],
    scan_pattern: u32,
    bscan_header_bytes: usize,
}

/// One B-scan: what its own header says, and where its parts lie in the file.
struct BScanHeader<'a> {
    /// Start and end in mm; of a circle the start and the centre.
    ends_mm: Line,
    quality: f32,
    /// `rows` of the boundaries by surface, then column, as stored.
    surfaces: Vec<&'a [u8]>,
    samples: &'a [u8],
}

/// Reads the volume.
pub(crate) fn read(Chosen { file, .. }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, bytes } = file;
    let fields = ByteFields::new("its header", &bytes);
    if ![&b"HSF-OCT"[..], b"ep-v"].iter().any(|magic| bytes.starts_with(magic)) {
        let found = describe(&bytes).to_owned();
        return Err(Cause::NotWhatItSays { expected: "a Heidelberg .vol export", found }.into());
    }
    let header = Header::read(fields)?;
    let mut at = HEADER_BYTES;
    let slo = fields.slice(at, header.slo_columns.saturating_mul(header.slo_rows))?;
    at += slo.len();
    let mut bscans = Vec::new();
    for _ in 0..header.bscans {
        bscans.push(BScanHeader::read(fields, &mut at, &header)?);
    }

    let mut warnings = Vec::new();
    let samples = display_samples(&header, &bscans)?;
    let geometry = geometry(&header, &bscans, &mut warnings);
    let mut volume = OctVolume::new(header.columns, header.rows, header.bscans, samples, geometry)
        .map_err(Cause::malformed)?;
    // No public description has a field for flow; versions that name it are heeded.
    if Meaning::of(&fields.text(0, 12)?) == Some(Meaning::Flow) {
        volume.geometry.pattern = ScanPattern::Angiography;
    }
    volume.geometry.laterality = match fields.text(84, 4)?.as_str() {
        "OD" => Some(Laterality::Od),
        "OS" => Some(Laterality::Os),
        _ => None,
    };
    volume.vendor = Some("Heidelberg".to_owned());
    volume.acquisition.acquired = of_filetime(fields.u64(88)?);
    if bscans.iter().all(|bscan| bscan.quality.is_finite() && (0.0..NONE_FROM).contains(&bscan.quality)) {
        volume.acquisition.bscan_quality = bscans.iter().map(|bscan| bscan.quality).collect();
        "dB".clone_into(&mut volume.acquisition.quality_unit);
    }
    volume.fundus = FundusImage::new(
        FundusKind::Slo,
        header.slo_columns,
        header.slo_rows,
        slo.to_vec(),
        Some(header.slo_pixel_mm),
    );
    volume.surfaces = surfaces(&header, &bscans);
    let patient = Patient {
        id: Some(fields.text(140, 24)?).filter(|id| !id.is_empty()),
        birth_date: birth_date_of_days(fields.f64(164)?),
        ..Patient::default()
    };
    let name = name_of(&path);
    let patient = (patient != Patient::default()).then_some(patient);
    Ok(Opened { warnings, patient, ..Opened::new(name, Format::HeidelbergVol, volume) })
}

impl Header {
    fn read(fields: ByteFields<'_>) -> Result<Self, Cause> {
        fields.slice(0, HEADER_BYTES)?;
        let [columns, bscans, rows] = [fields.u32(12)?, fields.u32(16)?, fields.u32(20)?];
        if [columns, bscans, rows].iter().any(|side| !(1..=LONGEST_SIDE).contains(side)) {
            return Err(Cause::ImpossibleSize {
                columns: columns.into(),
                rows: rows.into(),
                bscans: bscans.into(),
            });
        }
        Ok(Self {
            columns: columns as usize,
            rows: rows as usize,
            bscans: bscans as usize,
            lateral_mm: fields.f64(24)?,
            distance_mm: fields.f64(32)?,
            axial_mm: fields.f64(40)?,
            slo_columns: fields.u32(48)? as usize,
            slo_rows: fields.u32(52)? as usize,
            slo_pixel_mm: [fields.f64(56)?, fields.f64(64)?],
            scan_pattern: fields.u32(96)?,
            bscan_header_bytes: fields.u32(100)? as usize,
        })
    }
}

impl<'a> BScanHeader<'a> {
    /// Reads the B-scan at `at` and moves on to the next one.
    fn read(fields: ByteFields<'a>, at: &mut usize, header: &Header) -> Result<Self, Cause> {
        let own = fields.part(*at, BSCAN_FIELDS)?;
        // Every B-scan repeats the size of its header, and some programs mean
        // that one only: eyepy writes another number into the file's header.
        let stated = own.u32(12)? as usize;
        let size = if stated >= BSCAN_FIELDS { stated } else { header.bscan_header_bytes };
        if size < BSCAN_FIELDS {
            return Err(Cause::BadField {
                field: "BScanHdrSize",
                value: shortened(&size.to_string()),
                why: "is less than the header of a B-scan",
            });
        }
        let all = fields.slice(*at, size)?;
        let samples_at = at.saturating_add(size);
        let samples = fields.slice(samples_at, header.columns * header.rows * size_of::<f32>())?;
        *at = samples_at + samples.len();

        let (count, from) = (own.u32(48)? as usize, own.u32(52)? as usize);
        let row_bytes = header.columns * size_of::<f32>();
        let surfaces = all.get(from..).unwrap_or_default().chunks_exact(row_bytes).take(count).collect();
        Ok(Self {
            ends_mm: ([own.f64(16)?, own.f64(24)?], [own.f64(32)?, own.f64(40)?]),
            quality: own.f32(56)?,
            surfaces,
            samples,
        })
    }
}

/// Fourth roots of all samples, 0 where there is none.
fn display_samples(header: &Header, bscans: &[BScanHeader<'_>]) -> Result<Samples, Cause> {
    let mut shown = Vec::new();
    shown
        .try_reserve_exact(header.columns * header.rows * header.bscans)
        .map_err(|_| Cause::out_of_memory())?;
    for bscan in bscans {
        let (values, _) = bscan.samples.as_chunks();
        shown.extend(values.iter().map(|bytes| {
            let value = f32::from_le_bytes(*bytes);
            if (0.0..NONE_FROM).contains(&value) { value.sqrt().sqrt() } else { 0.0 }
        }));
    }
    Ok(Samples::F32(shown))
}

fn geometry(header: &Header, bscans: &[BScanHeader<'_>], warnings: &mut Vec<String>) -> Geometry {
    let mut geometry = Geometry::default();
    for (axis, mm, tag) in
        [(Axis::Lateral, header.lateral_mm, "ScaleX"), (Axis::Axial, header.axial_mm, "ScaleZ")]
    {
        warnings.extend(take(&mut geometry, axis, mm, tag, mm));
    }
    if header.scan_pattern > LAST_PATTERN {
        warnings.push(format!(
            "The header names scan pattern {}, which is not known: check that it shows the retina's structure and no flow.",
            header.scan_pattern
        ));
    }
    if header.scan_pattern == CIRCLE {
        geometry.pattern = ScanPattern::Circle;
        geometry.places = bscans
            .iter()
            .map(|BScanHeader { ends_mm: (start_mm, centre_mm), .. }| BScanPlace::Circle {
                centre_mm: *centre_mm,
                start_mm: *start_mm,
            })
            .collect();
        return geometry;
    }
    let lines: Vec<Line> = bscans.iter().map(|bscan| bscan.ends_mm).collect();
    place(&mut geometry, &lines, SpacingSource::FromFile { tag: ENDS.to_owned() });
    compare_length(&mut geometry, &lines, header.columns, ENDS);
    if header.scan_pattern == RADIAL {
        geometry.pattern = ScanPattern::Radial;
        geometry.set_spacing(Axis::BetweenBScans, AxisSpacing::unknown());
    }
    if header.bscans > 1 {
        warnings.extend(compare_distance(&mut geometry, header.distance_mm, "Distance"));
    }
    geometry
}

/// The boundaries that the device found, each by B-scan, then column. Only those
/// that every B-scan has room for: none is made up for a file that lies.
fn surfaces(header: &Header, bscans: &[BScanHeader<'_>]) -> Vec<LayerSurface> {
    let common = bscans.iter().map(|bscan| bscan.surfaces.len()).min().unwrap_or(0);
    let surfaces = (0..common).map(|index| {
        let mut row = Vec::with_capacity(header.columns * header.bscans);
        for stored in bscans.iter().filter_map(|bscan| bscan.surfaces.get(index)) {
            let (values, _) = stored.as_chunks();
            row.extend(
                values
                    .iter()
                    .map(|bytes| heidelberg_boundaries::row(f32::from_le_bytes(*bytes), header.rows)),
            );
        }
        let name = heidelberg_boundaries::name(index).unwrap_or_else(|| format!("boundary {}", index + 1));
        LayerSurface { name, row }
    });
    surfaces.filter(|surface| surface.coverage() > 0.0).collect()
}
