//! NRRD: `.nrrd`, and `.nhdr` with its data file.
//!
//! Lines of `field: value`, an empty line, then (or in the named file) the
//! samples, first axis fastest: columns, rows, B-scans. Layout: the format
//! definition of Teem, NRRD0001 to NRRD0005.
//!
//! NRRD leaves the unit of a spacing open. It is taken where it is stated, and
//! for mm in the anatomical spaces, where all programs mean mm; elsewhere the
//! spacing is unknown.

use std::borrow::Cow;

use oct::vector::{cross, dot, norm};
use oct::{Axis, Geometry, OctVolume, ScanPattern};

use crate::array::orientation::Listing;
use crate::bounds::MOST_HEADER_BYTES;
use crate::bytes::content::describe;
use crate::bytes::data_file;
use crate::bytes::declared::Declared;
use crate::bytes::unpack::as_found;
use crate::error::Fault;
use crate::error::shortened;
use crate::formats::reader::Chosen;
use crate::header_text::header_text;
use crate::stated::samples::{StoredType, decode};
use crate::stated::spacing::{is_filler, take};
use crate::stated::unit;
use crate::{Cause, Format, InputFile, Opened};

/// Fields of a header at most.
const MOST_FIELDS: usize = 4096;
/// More axes than this are refused, be they of one sample each.
const MOST_AXES: usize = 16;
/// No OCT device makes a longer side.
const LONGEST_SIDE: u64 = 65_535;
/// Samples of one volume at most, bytes.
const MOST_BYTES: u64 = 4 << 30;
/// Signs that turn each anatomical space into left, posterior, superior.
const SPACES: [(&str, &str, [f64; 3]); 3] = [
    ("left-posterior-superior", "lps", [1.0, 1.0, 1.0]),
    ("right-anterior-superior", "ras", [-1.0, -1.0, 1.0]),
    ("left-anterior-superior", "las", [1.0, -1.0, 1.0]),
];

/// Kinds of axes along which samples follow each other. Those of any other kind are parts
/// of one sample: colours, vectors, matrices.
const OF_SAMPLES: [&str; 8] = ["domain", "space", "list", "point", "time", "none", "???", "scalar"];

/// The fields of a header, and where the samples may begin.
struct Header {
    fields: Vec<(String, String)>,
    end: usize,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, Cause> {
        let bounded = &bytes[..bytes.len().min(MOST_HEADER_BYTES)];
        let is_known = matches!(bounded, [b'N', b'R', b'R', b'D', b'0', b'0', b'0', b'1'..=b'5', ..]);
        if !is_known {
            let found = match bounded {
                [b'N', b'R', b'R', b'D', version @ ..] => {
                    format!("its version is {}", String::from_utf8_lossy(&version[..version.len().min(4)]))
                }
                _ => describe(bytes).to_owned(),
            };
            return Err(Cause::NotWhatItSays { expected: "an NRRD file", found });
        }
        let mut fields = Vec::new();
        let mut start = 0;
        while start < bounded.len() && fields.len() < MOST_FIELDS {
            let length = bounded[start..].iter().position(|byte| *byte == b'\n');
            let line = &bounded[start..length.map_or(bounded.len(), |length| start + length)];
            start += line.len() + 1;
            let line = header_text(line);
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            // `key:=value` and comments are for people.
            if let Some((field, value)) = line.split_once(": ").filter(|_| !line.starts_with('#')) {
                fields.push((field.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        Ok(Self { fields, end: start.min(bytes.len()) })
    }

    fn text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
        })
    }

    fn needed(&self, field: &'static str) -> Result<&str, Cause> {
        self.text(&[field]).ok_or(Cause::MissingField { field })
    }

    /// Columns, rows, B-scans.
    fn size(&self) -> Result<[u64; 3], Cause> {
        let text = self.needed("sizes")?;
        let sizes: Vec<u64> = text
            .split_whitespace()
            .take(MOST_AXES + 1)
            .map(|word| {
                word.parse().map_err(|_| Cause::bad_field("sizes", text, "is not a list of whole numbers"))
            })
            .collect::<Result<_, _>>()?;
        let dimension = self.needed("dimension")?;
        if dimension.parse() != Ok(sizes.len()) {
            return Err(Cause::bad_field("sizes", text, "does not have as many numbers as dimension says"));
        }
        let kinds = self.text(&["kinds"]).unwrap_or_default().to_lowercase();
        let is_colour = |(kind, size): (&str, &u64)| *size != 1 && !OF_SAMPLES.contains(&kind);
        if kinds.split_whitespace().zip(&sizes).any(is_colour) {
            return Err(Cause::Colour);
        }
        let last = sizes.iter().rposition(|size| *size != 1).map_or(0, |last| last + 1);
        if !(2..=MOST_AXES).contains(&sizes.len()) || last > 3 {
            let dimensions = sizes.len() as u64;
            return Err(Cause::Dimensions { dimensions });
        }
        let at = |axis: usize| sizes.get(axis).copied().unwrap_or(1);
        let [columns, rows, bscans] = [at(0), at(1), at(2)];
        if [columns, rows, bscans].iter().any(|size| !(1..=LONGEST_SIDE).contains(size)) {
            return Err(Cause::impossible_size(columns, rows, bscans));
        }
        Ok([columns, rows, bscans])
    }

    /// Whether one of its axes is time.
    fn is_time_series(&self) -> bool {
        let kinds = self.text(&["kinds"]).unwrap_or_default();
        kinds.split_whitespace().any(|kind| kind.eq_ignore_ascii_case("time"))
    }

    /// Vectors of `space directions`, an axis each; `None` for one of no space.
    fn vectors(&self, field: &'static str) -> Result<Option<Vec<Option<[f64; 3]>>>, Cause> {
        let Some(text) = self.text(&[field]) else { return Ok(None) };
        let bad = || Cause::bad_field(field, text, "is not a list of vectors");
        let mut vectors = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && vectors.len() < MOST_AXES {
            if let Some(after) = rest.strip_prefix("none") {
                vectors.push(None);
                rest = after.trim_start();
                continue;
            }
            let (inner, after) =
                rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or_else(bad)?;
            let mut vector = [0.0; 3];
            let mut parts = inner.split(',');
            for (into, part) in vector.iter_mut().zip(parts.by_ref()) {
                *into = part.trim().parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(bad)?;
            }
            if parts.next().is_some() {
                return Err(bad());
            }
            vectors.push(Some(vector));
            rest = after.trim_start();
        }
        Ok(Some(vectors))
    }

    /// mm of one unit along `axis`: what `field` says, else `unsaid`.
    fn unit_mm(&self, field: &'static str, axis: usize, unsaid: Option<f64>) -> Result<Option<f64>, Cause> {
        let Some(text) = self.text(&[field]) else { return Ok(unsaid) };
        // Each unit stands in quotes.
        match text.split('"').skip(1).step_by(2).nth(axis).map(str::trim) {
            Some("") | None => Ok(unsaid),
            Some(name) => match unit::in_mm(name) {
                Some(mm) => Ok(Some(mm)),
                None => Err(Cause::bad_field(field, name, "is none of nm, um, mm, cm and m")),
            },
        }
    }

    fn geometry(&self, bscans: u64, warnings: &mut Vec<String>) -> Result<Geometry, Cause> {
        let mut geometry = Geometry::default();
        let space = self.text(&["space"]).map(str::to_lowercase);
        let space = SPACES
            .iter()
            .find(|(name, short, _)| space.as_deref().is_some_and(|space| space == *name || space == *short));
        let unsaid = space.map(|_| 1.0);
        let mut unknown_unit = false;
        let mut set = |axis: Axis, step: f64, unit: Option<f64>, tag: &str| match unit {
            Some(unit) => warnings.extend(take(&mut geometry, axis, step * unit, tag, step)),
            None => unknown_unit = true,
        };
        let directions = self.vectors("space directions")?;
        if let Some(directions) = &directions {
            for (index, (axis, vector)) in Axis::ALL.into_iter().zip(directions).enumerate() {
                let Some(vector) = vector else { continue };
                let step = match (axis, directions.as_slice()) {
                    (Axis::BetweenBScans, [Some(row), Some(column), ..]) => across(*row, *column, *vector),
                    _ => norm(*vector),
                };
                if !is_filler(axis, bscans, step) {
                    set(axis, step, self.unit_mm("space units", index, unsaid)?, "space directions");
                }
            }
        } else if let Some(text) = self.text(&["spacings"]) {
            let words = text.split_whitespace().map(|word| word.to_lowercase());
            for (index, (axis, word)) in Axis::ALL.into_iter().zip(words).enumerate() {
                let step: f64 = word
                    .parse()
                    .map_err(|_| Cause::bad_field("spacings", text, "is not a list of numbers"))?;
                // Not a number says that there is none.
                if !step.is_nan() && !is_filler(axis, bscans, step) {
                    set(axis, step, self.unit_mm("units", index, unsaid)?, "spacings");
                }
            }
        }
        if unknown_unit {
            warnings
                .push("The header gives a spacing without its unit, so the spacing is unknown.".to_owned());
        }
        self.compare(&mut geometry, directions.is_some(), unsaid)?;
        let field = if directions.is_some() { "space units" } else { "units" };
        geometry.header_unit_mm = self.unit_mm(field, 0, unsaid)?.unwrap_or(1.0);
        let to_lps = space.map_or([1.0; 3], |(_, _, to_lps)| *to_lps);
        self.place(&mut geometry, directions.as_deref(), to_lps)?;
        Ok(geometry)
    }

    /// Compares the spacing with the other fields that state one: `spacings` beside `space
    /// directions`, and the ends of the axes, between which samples are cells or nodes.
    fn compare(
        &self,
        geometry: &mut Geometry,
        has_directions: bool,
        unsaid: Option<f64>,
    ) -> Result<(), Cause> {
        let mut in_mm = [None; 3];
        for (axis, unit_mm) in in_mm.iter_mut().enumerate() {
            *unit_mm = self.unit_mm("units", axis, unsaid)?;
        }
        let numbers = ["spacings", "axis mins", "axis maxs", "sizes"].map(|field| self.axis_numbers(field));
        let [spacings, least, most, sizes] = &numbers;
        let by_axis =
            |step: &dyn Fn(usize) -> Option<f64>| [0, 1, 2].map(|axis| Some(step(axis)? * in_mm[axis]?));
        if has_directions {
            geometry.contradict("spacings", [by_axis(&|axis| spacings.get(axis).copied())]);
        }
        let step = |axis: usize, nodes: f64| {
            let steps = sizes.get(axis)? - nodes;
            (steps > 0.0).then_some((most.get(axis)? - least.get(axis)?).abs() / steps)
        };
        let ends = [0.0, 1.0].map(|nodes| by_axis(&|axis| step(axis, nodes)));
        geometry.contradict("axis mins, axis maxs", ends);
        Ok(())
    }

    /// Places the samples as ITK (SimpleITK, 3D Slicer) does: a space that it does not know is
    /// taken as it is, and units are passed over.
    fn place(
        &self,
        geometry: &mut Geometry,
        directions: Option<&[Option<[f64; 3]>]>,
        to_lps: [f64; 3],
    ) -> Result<(), Cause> {
        let Some(directions) = directions else {
            let steps = self.axis_numbers("spacings");
            geometry.set_header_steps(&steps);
            let at_nodes = self.text(&["centerings", "centers"]).is_some_and(|text| text.starts_with("node"));
            for (axis, least) in self.axis_numbers("axis mins").into_iter().take(3).enumerate() {
                // The least place of a cell is half a step before its centre.
                let step = steps.get(axis).copied().filter(|step| step.is_finite() && !at_nodes);
                if least.is_finite() {
                    geometry.origin_mm[axis] =
                        (least + step.unwrap_or(0.0).abs() / 2.0) * geometry.header_unit_mm;
                }
            }
            return Ok(());
        };
        let steps: Vec<f64> = directions.iter().map(|vector| vector.map_or(f64::NAN, norm)).collect();
        geometry.set_header_steps(&steps);
        for (axis, (vector, step)) in directions.iter().zip(&steps).take(3).enumerate() {
            let Some(vector) = vector.filter(|_| step.is_normal()) else { continue };
            for (row, sign) in to_lps.iter().enumerate() {
                geometry.direction[row * 3 + axis] = vector[row] * sign / step;
            }
        }
        if let Some([Some(origin)]) = self.vectors("space origin")?.as_deref() {
            for (row, sign) in to_lps.iter().enumerate() {
                geometry.origin_mm[row] = origin[row] * sign * geometry.header_unit_mm;
            }
        }
        Ok(())
    }

    /// A number for each axis; what is none counts as not a number.
    fn axis_numbers(&self, field: &str) -> Vec<f64> {
        let words = self.text(&[field]).unwrap_or_default().split_whitespace().take(MOST_AXES);
        words.map(|word| word.parse().unwrap_or(f64::NAN)).collect()
    }
}

/// How far `step` leads out of the plane of `row` and `column`: B-scans that are
/// shifted in their own plane are no farther apart. Its length, where they span none.
fn across(row: [f64; 3], column: [f64; 3], step: [f64; 3]) -> f64 {
    let normal = cross(row, column);
    let size = norm(normal);
    if size == 0.0 { norm(step) } else { (dot(normal, step) / size).abs() }
}

/// The type behind a value of `type`.
fn stored_type(name: &str) -> Option<StoredType> {
    Some(match name {
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => StoredType::U8,
        "signed char" | "int8" | "int8_t" => StoredType::I8,
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => StoredType::U16,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => StoredType::I16,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => StoredType::U32,
        "int" | "signed int" | "int32" | "int32_t" => StoredType::I32,
        "float" => StoredType::F32,
        "double" => StoredType::F64,
        _ => return None,
    })
}

/// Reads the volume of `header_file`, whose data file may be among `others`.
pub(crate) fn read(Chosen { file: header_file, others, .. }: Chosen) -> Result<Opened, Fault> {
    let header = Header::parse(&header_file.bytes)?;
    let [columns, rows, bscans] = header.size()?;
    let name = header.needed("type")?;
    let stored = stored_type(name).ok_or_else(|| Cause::sample_type(shortened(name)))?;
    // Each factor is at most 65535, and 8 * 65535^3 fits 64 bits.
    let samples = columns * rows * bscans;
    let expected = samples * stored.bytes() as u64;
    if samples * stored.most_bytes(false) as u64 > MOST_BYTES {
        return Err(Cause::impossible_size(columns, rows, bscans).into());
    }
    let mut warnings = Vec::new();
    let geometry = header.geometry(bscans, &mut warnings)?;
    let big_endian = match header.text(&["endian"]) {
        Some("big") => true,
        Some("little") => false,
        None if stored.bytes() == 1 => false,
        Some(other) => return Err(Cause::bad_field("endian", other, "is neither little nor big").into()),
        None => return Err(Cause::MissingField { field: "endian" }.into()),
    };
    let is_gzip = match header.needed("encoding")? {
        "raw" => false,
        "gzip" | "gz" => true,
        other => {
            return Err(Cause::Unsupported {
                feature: format!("the encoding {}", shortened(other)),
                remedy: "save it with the encoding raw or gzip",
            }
            .into());
        }
    };
    for skip in ["line skip", "byte skip"] {
        if let Some(value) = header.text(&[skip]).filter(|value| !["0", "-1"].contains(value)) {
            return Err(Cause::Unsupported {
                feature: format!("{skip} {}", shortened(value)),
                remedy: "save it as one .nrrd file",
            }
            .into());
        }
    }
    let skips_to_the_end = header.text(&["byte skip"]) == Some("-1") && !is_gzip;
    let end = header.end;
    let wanted = header.text(&["data file", "datafile"]).map(str::to_owned);
    let opened_name = header_file.name().to_owned();
    let is_attached = wanted.is_none();
    let (data_path, mut bytes) = match wanted {
        Some(wanted) => {
            let data = data_file::find(&header_file.path, "data file", &wanted, others)?;
            (data.path, data.bytes)
        }
        None => {
            let InputFile { path, mut bytes } = header_file;
            bytes.drain(..end);
            (path, bytes)
        }
    };
    if skips_to_the_end {
        bytes.drain(..bytes.len().saturating_sub(expected as usize));
    }
    let by = if data_path.ends_with(&opened_name) { "its header".to_owned() } else { opened_name.clone() };
    let is_start_stated = is_attached || skips_to_the_end;
    let declared = Declared { by, sizes: [columns, rows, bscans], stored, is_start_stated };
    let found = as_found(Cow::Owned(bytes), is_gzip, expected);
    let bytes = found.and_then(|found| declared.exactly(found)).map_err(|cause| cause.in_file(&data_path))?;
    let samples = decode(stored, bytes, big_endian, None).ok_or_else(Cause::out_of_memory)?;
    let mut volume = OctVolume::new(columns as usize, rows as usize, bscans as usize, samples, geometry)
        .map_err(Cause::malformed)?;
    if header.is_time_series() {
        volume.geometry.pattern = ScanPattern::Repeated;
        warnings.push("The header says that its images show one place at several times.".to_owned());
    }
    Ok(Opened {
        warnings,
        listing: Some(Listing::COLUMNS_FIRST),
        ..Opened::new(opened_name, Format::Nrrd, volume)
    })
}
