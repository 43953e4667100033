//! Zeiss Cirrus `.img`, the raw export of a research licence.
//!
//! Nothing but bytes: the samples of a cube, columns fastest, then 1024 rows,
//! then B-scans, each of them turned by half a circle. What the cube is stands
//! in the name, as `P123_Macular Cube 512x128_3-25-2019_14-2-11_OD_sn1_cube_z.img`.
//! Layout after octCirrusReader (Lang, Johns Hopkins), RETIMAT (`read_img.m`)
//! and two Python readers, which agree; OCT-Converter takes rows for fastest,
//! which shears the cube. octCirrusReader also reverses the B-scans; here they
//! keep the order of the file, and no side is claimed for the first one.
//!
//! The file has no spacing. A Cirrus scans 6 x 6 x 2 mm by protocol, from the
//! centre of the first sample to that of the last, as the Cirrus volumes of
//! RETOUCH state it; it is marked as a default.

use oct::{Axis, AxisSpacing, Geometry, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};

use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::input_file::name_of;
use crate::names::{Eye, Meaning, eye_in_path, stated_day};
use crate::{Cause, Format, InputFile, Opened, Patient};

const ROWS: usize = 1024;
/// Columns and B-scans of the cubes that every Cirrus makes.
const CUBES: [(usize, usize); 2] = [(512, 128), (200, 200)];
/// Columns and B-scans of scans by single lines.
const LINES: [(usize, usize); 3] = [(1024, 5), (4096, 5), (1024, 21)];
const CUBE_MM: f64 = 6.0;
const DEPTH_MM: f64 = 2.0;
/// Sides of the cubes that are scanned for flow, mm.
const FLOW_MM: std::ops::RangeInclusive<f64> = 1.0..=15.0;

/// What the name says.
#[derive(Debug, Default, PartialEq)]
struct Name {
    patient: Option<String>,
    /// Columns and B-scans.
    size: Option<(usize, usize)>,
    /// Width and height of the field, where the name gives them.
    field_mm: Option<[f64; 2]>,
    date: Option<String>,
    laterality: Option<Laterality>,
    is_hidef: bool,
    is_line: bool,
    /// The front of the eye, of as many samples as the macula, in a field of its own.
    is_anterior: bool,
    /// What it says that the cube is, where that must not be measured.
    meant: Option<ScanPattern>,
}

/// Reads the volume.
pub(crate) fn read(Chosen { file, .. }: Chosen) -> Result<Opened, Fault> {
    let said = Name::of(file.name());
    let InputFile { path, bytes: mut samples } = file;
    if said.is_hidef {
        return Err(Cause::Unsupported {
            feature: "two crossed B-scans (hidef)".to_owned(),
            remedy: "drop the cube of the same scan (cube_z.img)",
        }
        .into());
    }
    let Some((columns, bscans)) = size(&said, samples.len()) else {
        return Err(Cause::NotWhatItSays {
            found: match samples.len() {
                0 => "it is empty".to_owned(),
                length => format!(
                    "its {length} bytes are no cube of 512 x 1024 x 128 or 200 x 1024 x 200, nor of the size in its name"
                ),
            },
            expected: "a Zeiss Cirrus cube",
        }.into());
    };
    for bscan in samples.chunks_exact_mut(columns * ROWS) {
        bscan.reverse();
    }
    let geometry = geometry(&said, columns, bscans);
    let mut warnings = Vec::new();
    if geometry.unknown_axes().is_empty() {
        let [wide, high] = said.field_mm.unwrap_or([CUBE_MM; 2]);
        let field = if wide == high { wide.to_string() } else { format!("{wide} x {high}") };
        warnings.push(format!("The file has no spacing: that of a Cirrus cube of {field} mm is assumed."));
    }
    let mut volume =
        OctVolume::new(columns, ROWS, bscans, Samples::U8(samples), geometry).map_err(Cause::malformed)?;
    volume.vendor = Some("Zeiss Cirrus".to_owned());
    volume.acquisition.acquired = said.date;
    let patient = said.patient.map(|id| Patient { id: Some(id), ..Patient::default() });
    let name = name_of(&path);
    Ok(Opened { warnings, patient, ..Opened::new(name, Format::ZeissImg, volume) })
}

/// Columns and B-scans: those of the name where they fill the file, else those
/// of the one protocol that does.
fn size(said: &Name, length: usize) -> Option<(usize, usize)> {
    let fills = |(columns, bscans): &(usize, usize)| {
        columns.checked_mul(*bscans).and_then(|samples| samples.checked_mul(ROWS)) == Some(length)
    };
    let cubes = CUBES.into_iter().chain(LINES.into_iter().filter(|_| said.is_line));
    // Cubes that are scanned for flow have as many columns as B-scans.
    let side = (length / ROWS).isqrt();
    let square = said.field_mm.filter(|_| length > 0).map(|_| (side, side));
    said.size.into_iter().chain(cubes).chain(square).find(|size| fills(size) && length > 0)
}

fn geometry(said: &Name, columns: usize, bscans: usize) -> Geometry {
    let mut geometry = Geometry { laterality: said.laterality, ..Geometry::default() };
    if let Some(meant) = said.meant {
        geometry.pattern = meant;
    }
    let is_cube = CUBES.contains(&(columns, bscans)) || said.field_mm.is_some();
    if said.is_line || said.is_anterior || !is_cube {
        // Lines are as long and as far apart as the operator wants; the field of
        // the front of the eye is another one.
        return geometry;
    }
    if said.meant.is_none() {
        geometry.pattern = ScanPattern::Raster;
    }
    let [wide, high] = said.field_mm.unwrap_or([CUBE_MM; 2]);
    for (axis, mm, samples) in
        [(Axis::Lateral, wide, columns), (Axis::Axial, DEPTH_MM, ROWS), (Axis::BetweenBScans, high, bscans)]
    {
        let why = format!("a Cirrus cube measures {wide} x {high} x {DEPTH_MM} mm; the file does not say");
        let step = mm / samples.saturating_sub(1).max(1) as f64;
        if let Ok(spacing) = AxisSpacing::new(axis, step, SpacingSource::VendorDefault { why }) {
            geometry.set_spacing(axis, spacing);
        }
    }
    geometry
}

impl Name {
    fn of(name: &str) -> Self {
        let mut said = Self {
            laterality: eye_in_path(name).and_then(Eye::surely),
            meant: Meaning::of(name).and_then(Meaning::pattern),
            ..Self::default()
        };
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let parts: Vec<&str> = stem.split('_').collect();
        let protocol = parts.iter().position(|part| {
            let part = part.to_lowercase();
            ["cube ", "cube5", "cube2", " line", "angio"].iter().any(|word| part.contains(word))
        });
        if let Some(at) = protocol {
            let protocol = parts[at].to_lowercase();
            said.is_line = protocol.contains(" line");
            said.is_anterior = protocol.contains("anterior");
            said.size = pair(&protocol, "").map(|(columns, bscans)| (columns as usize, bscans as usize));
            let field = pair(&protocol, "mm").map(|(wide, high)| [wide, high]);
            said.field_mm = field.filter(|field| field.iter().all(|mm| FLOW_MM.contains(mm)));
            if said.field_mm.is_some() {
                said.size = None;
            }
            said.patient = Some(parts[..at].join("_")).filter(|id| !id.is_empty());
        }
        said.is_hidef = parts.contains(&"hidef");
        said.date = parts.iter().find_map(|part| stated_day(part));
        said
    }
}

/// Two numbers with an `x` between them, as `512x128`, `6mmx6mm` or `3x3 mm`,
/// the last of them with `unit` behind it.
fn pair(text: &str, unit: &str) -> Option<(f64, f64)> {
    let text = text.replace(' ', "");
    text.match_indices('x').find_map(|(at, _)| {
        let before = text[..at].trim_end_matches("mm");
        let digit = |letter: &char| letter.is_ascii_digit() || *letter == '.';
        let count = before.chars().rev().take_while(digit).count();
        let after = &text[at + 1..];
        let end = after.chars().take_while(digit).count();
        let (first, second) = (before.get(before.len() - count..)?, after.get(..end)?);
        if !unit.is_empty() && !after[end..].starts_with(unit) {
            return None;
        }
        Some((first.parse().ok()?, second.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_protocol_eye_and_date() {
        let said = Name::of("P7TMS_015_Macular Cube 512x128_6-25-2009_10-51-44_OD_sn7564_cube_z.img");
        assert_eq!(said.patient.as_deref(), Some("P7TMS_015"));
        assert_eq!((said.size, said.field_mm), (Some((512, 128)), None));
        assert_eq!(said.date.as_deref(), Some("2009-06-25"));
        assert_eq!(said.laterality, Some(Laterality::Od));
        let said = Name::of("PCZMI5_Optic Disc Cube 200x200_14-04-2016_11-14-24_OS_sn1_cube_raw.img");
        assert_eq!((said.size, said.date.as_deref()), (Some((200, 200)), Some("2016-04-14")));
        let said = Name::of("P1273_Angio (6mmx6mm)_6-3-2019_13-2-0_OS_sn2_FlowCube_z.img");
        assert_eq!((said.size, said.field_mm, said.date), (None, Some([6.0, 6.0]), None));
        assert_eq!(said.meant, Some(ScanPattern::Angiography));
        assert_eq!(Name::of("P4_Angiography 3x3 mm_11-7-2016_OS_cube_z.img").field_mm, Some([3.0, 3.0]));
        assert_eq!(Name::of("P4_Angiography 8x6 mm_11-7-2016_OS_cube_z.img").field_mm, Some([8.0, 6.0]));
        assert_eq!(Name::of("x\u{e9}x1_cube x_\u{e9}.img").size, None);
    }
}
