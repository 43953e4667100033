//! Heidelberg XML export: one XML, and beside it the SLO and each B-scan as a
//! TIFF, BMP, PNG or JPEG.
//!
//! `HEDX/BODY/Patient/Study/Series` holds an `Image` for each picture, with its
//! size, scale, place on the SLO and the boundaries that the device found.
//! Layout as eyepy (`xml_reader.py`) and the files of OCT-Annotation-Tool give
//! it. B-scans keep the order of the XML. Exports that were made anonymous by
//! hand have lost the names of their images: these are then taken in the
//! natural order of their names, where their number is right.

mod geometry;

use std::collections::BTreeMap;
use std::str::FromStr;

use oct::{FundusImage, FundusKind, Laterality, LayerSurface, Samples};
use roxmltree::{Document, Node, ParsingOptions};

use self::geometry::geometry;
use super::heidelberg_boundaries;
use crate::error::Fault;
use crate::error::shortened;
use crate::formats::reader::Chosen;
use crate::images::{self, Stack, natural_key};
use crate::input_file::name_of;
use crate::stated::places::Line;
use crate::told_apart::told_apart;
use crate::{Cause, Format, InputFile, OpenError, Opened, Patient};

/// Elements and texts of a document at most; real ones have some thousands.
const MOST_NODES: u32 = 400_000;
/// A surface is taken where at least one in so many B-scans has it, so that a
/// file does not make us allocate for B-scans that it says nothing of.
const SPARSEST_SURFACE: usize = 2;

/// Whether `bytes` are a Heidelberg XML export.
pub(crate) fn is_export(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    // Without the outermost element where somebody trimmed it.
    head.contains("<HEDX") || (head.contains("<BODY") && head.contains("<ExportType"))
}

/// An image as the XML describes it.
struct Image<'a, 'input> {
    node: Node<'a, 'input>,
    /// The name of its file, where the XML still has it.
    file: Option<&'a str>,
}

/// Reads the volume of series `choice`, else of the one with most B-scans, from
/// the `others` that lie beside or below the XML.
pub(crate) fn read(Chosen { file, others, choice }: Chosen) -> Result<Opened, Fault> {
    let InputFile { path, bytes } = file;
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().iter().map(|byte| char::from(*byte)).collect());
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}'), options)
        .map_err(Cause::malformed)?;
    let series: Vec<Node<'_, '_>> = document
        .descendants()
        .filter(|node| node.has_tag_name("Series") && node.children().any(|child| is_bscan(&child)))
        .collect();
    let count = |series: &Node<'_, '_>| series.children().filter(is_bscan).count();
    let most = (0..series.len()).rev().max_by_key(|index| count(&series[*index]));
    let Some(chosen) = choice.or(most) else {
        return Err(Cause::NoBScans { found: "an export without OCT images".to_owned() }.into());
    };
    let Some(node) = series.get(chosen).copied() else {
        return Err(OpenError::NoSuchChoice { name: path, choice: chosen, count: series.len() }.into());
    };

    let pictures = || node.children().filter(|child| child.has_tag_name("Image"));
    let bscans: Vec<Image<'_, '_>> = pictures().filter(is_bscan).map(Image::of).collect();
    let slo = pictures().find(|picture| !is_bscan(picture)).map(Image::of);
    let mut warnings = Vec::new();
    let mut files = Files::of(&path, others);
    let reference = slo.and_then(|slo| files.reference(&slo, &mut warnings));
    let stack = files.stack(&bscans)?;
    let geometry = geometry(&path, node, &bscans, &stack, &mut warnings);
    let mut volume = stack.finish(geometry)?;
    volume.surfaces = surfaces(&bscans, volume.columns(), volume.rows());
    volume.fundus = reference;
    volume.vendor = Some("Heidelberg".to_owned());
    volume.acquisition.device =
        text_at(node, &["GeneralEquipment", "ManufacturerModelName"]).map(str::to_owned);
    volume.acquisition.acquired = acquired(node, &bscans);
    let quality: Vec<f32> = bscans.iter().filter_map(|bscan| bscan.context("ImageQuality")).collect();
    if quality.len() == bscans.len() {
        volume.acquisition.bscan_quality = quality;
        "dB".clone_into(&mut volume.acquisition.quality_unit);
    }
    let name = name_of(&path);
    let choices = match series.len() {
        0 | 1 => Vec::new(),
        _ => told_apart(
            series.iter().map(|series| words_for(*series)).collect(),
            &[&|index| text_at(*series.get(index)?, &["Type"]).map(shortened), &|index| {
                Some(format!("series {} of the file", index + 1))
            }],
        ),
    };
    let patient = patient(node);
    Ok(Opened { warnings, choices, chosen, patient, ..Opened::new(name, Format::HeidelbergXml, volume) })
}

impl<'a, 'input> Image<'a, 'input> {
    fn of(node: Node<'a, 'input>) -> Self {
        let url = text_at(node, &["ImageData", "ExamURL"]);
        let file = url.and_then(|url| url.rsplit(['\\', '/']).next()).filter(|name| !name.is_empty());
        Self { node, file }
    }

    /// A number of the acquisition.
    fn context<T: FromStr>(&self, field: &str) -> Option<T> {
        number_at(self.node, &["OphthalmicAcquisitionContext", field])
    }

    /// Start and end in mm on the SLO; of a circle the start and the centre.
    fn ends_mm(&self) -> Option<Line> {
        let at = |end: &str, axis: &str| -> Option<f64> {
            number_at(self.node, &["OphthalmicAcquisitionContext", end, "Coord", axis])
        };
        Some(([at("Start", "X")?, at("Start", "Y")?], [at("End", "X")?, at("End", "Y")?]))
    }
}

/// Whether `node` is the image of a B-scan. Trimmed exports have lost the type;
/// only B-scans start somewhere on the SLO.
fn is_bscan(node: &Node<'_, '_>) -> bool {
    node.has_tag_name("Image")
        && match text_at(*node, &["ImageType", "Type"]) {
            Some(kind) => kind == "OCT",
            None => Image::of(*node).ends_mm().is_some(),
        }
}

/// The files beside the XML, each of them used once.
struct Files<'a> {
    xml: &'a str,
    files: Vec<InputFile>,
}

impl<'a> Files<'a> {
    /// Those of `others` that lie in the folder of the XML or below it.
    fn of(xml: &'a str, mut others: Vec<InputFile>) -> Self {
        let folder = &xml[..xml.rfind('/').map_or(0, |slash| slash + 1)];
        others.retain(|file| file.path.starts_with(folder));
        // The nearest comes first.
        others.sort_by_cached_key(|file| (file.path.matches('/').count(), natural_key(&file.path)));
        Self { xml, files: others }
    }

    /// The file of that name, else the image that somebody stored anew as
    /// another kind of image.
    fn take(&mut self, wanted: &str) -> Option<InputFile> {
        let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase();
        let same = |file: &InputFile| file.name().eq_ignore_ascii_case(wanted);
        let alike = |file: &InputFile| images::is_image(&file.bytes) && stem(file.name()) == stem(wanted);
        let found = self.files.iter().position(same).or_else(|| self.files.iter().position(alike))?;
        Some(self.files.remove(found))
    }

    /// The SLO, where it came along.
    fn reference(&mut self, slo: &Image<'_, '_>, warnings: &mut Vec<String>) -> Option<FundusImage> {
        let name = slo.file?;
        let Some(file) = self.take(name) else {
            // Its name may be the patient's, and no file of that name came along to tell.
            warnings.push(format!("The fundus image that {} names was not dropped with it.", self.xml));
            return None;
        };
        let pixel_mm = slo.context("ScaleX").zip(slo.context("ScaleY")).map(|(wide, high)| [wide, high]);
        let reference = images::decode(&file.bytes, &file.path).ok().and_then(|image| match image.samples {
            Samples::U8(greys) => {
                FundusImage::new(FundusKind::Slo, image.columns, image.rows, greys, pixel_mm)
            }
            Samples::U16(_) | Samples::F32(_) => None,
        });
        if reference.is_none() {
            warnings.push(format!("The fundus image {} could not be read and is not shown.", file.path));
        }
        reference
    }

    /// The B-scans, decoded one after the other.
    fn stack(mut self, bscans: &[Image<'_, '_>]) -> Result<Stack, Fault> {
        let missing = |wanted: String| Cause::MissingDataFile { wanted };
        if bscans.iter().all(|bscan| bscan.file.is_none()) {
            let mut by_folder: BTreeMap<&str, usize> = BTreeMap::new();
            for file in self.files.iter().filter(|file| images::is_image(&file.bytes)) {
                *by_folder.entry(folder(file)).or_default() += 1;
            }
            let Some(found) = by_folder.into_iter().find(|(_, count)| *count == bscans.len()) else {
                return Err(missing(format!("a folder of {} images", bscans.len())).into());
            };
            let found = found.0.to_owned();
            let mut stack = Stack::default();
            let named = |file: &InputFile| folder(file) == found && images::is_image(&file.bytes);
            for file in self.files.into_iter().filter(named) {
                push(&mut stack, &file)?;
            }
            return Ok(stack);
        }
        let mut stack = Stack::default();
        for bscan in bscans {
            let name = bscan.file.unwrap_or("the image of a B-scan without a name");
            let Some(file) = self.take(name) else {
                return Err(Cause::MissingDataFile { wanted: name.to_owned() }.into());
            };
            push(&mut stack, &file)?;
        }
        Ok(stack)
    }
}

fn push(stack: &mut Stack, file: &InputFile) -> Result<(), Fault> {
    images::decode(&file.bytes, &file.path)
        .and_then(|image| stack.push(&file.path, image))
        .map_err(|cause| cause.in_file(&file.path))
}

fn folder(file: &InputFile) -> &str {
    file.path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn laterality(series: Node<'_, '_>) -> Option<Laterality> {
    match text_at(series, &["Laterality"])? {
        "R" | "OD" => Some(Laterality::Od),
        "L" | "OS" => Some(Laterality::Os),
        _ => None,
    }
}

/// The boundaries that the device found, each by B-scan, then column.
fn surfaces(bscans: &[Image<'_, '_>], columns: usize, rows: usize) -> Vec<LayerSurface> {
    // Names in the order of the file, with the B-scans that have a line of the right length.
    let mut found: Vec<(&str, BTreeMap<usize, &str>)> = Vec::new();
    for (index, bscan) in bscans.iter().enumerate() {
        for (name, line) in stored_lines(bscan.node) {
            if line.split_ascii_whitespace().count() != columns {
                continue;
            }
            match found.iter_mut().find(|(other, _)| *other == name) {
                Some((_, by_bscan)) => drop(by_bscan.insert(index, line)),
                None => found.push((name, BTreeMap::from([(index, line)]))),
            }
        }
    }
    let surface = |(name, by_bscan): (&str, BTreeMap<usize, &str>)| {
        let mut row = vec![f32::NAN; columns * bscans.len()];
        for (bscan, line) in by_bscan {
            let into = row.iter_mut().skip(bscan * columns);
            for (row, value) in into.zip(line.split_ascii_whitespace()) {
                *row = heidelberg_boundaries::row(value.parse().unwrap_or(f32::NAN), rows);
            }
        }
        LayerSurface { name: shortened(name), row }
    };
    found.retain(|(_, by_bscan)| by_bscan.len() * SPARSEST_SURFACE >= bscans.len());
    found.into_iter().map(surface).filter(|surface| surface.coverage() > 0.0).collect()
}

/// Names and rows of the boundaries in one B-scan, rows as text.
fn stored_lines<'a>(bscan: Node<'a, '_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let lists = bscan.children().filter(|child| child.has_tag_name("Segmentation"));
    let lines = lists.flat_map(|list| list.children().filter(|child| child.has_tag_name("SegLine")));
    lines.filter_map(|line| Some((text_at(line, &["Name"])?, text_at(line, &["Array"])?)))
}

/// Date of the exam and time of its first B-scan, as far as the XML has them.
fn acquired(series: Node<'_, '_>, bscans: &[Image<'_, '_>]) -> Option<String> {
    let date = date_at(series, &["ExamDate", "Date"])
        .or_else(|| date_at(series.parent_element()?, &["StudyDate", "Date"]))?;
    let clock = || {
        let field = |name: &str, end: f64| {
            let value: f64 = number_at(bscans.first()?.node, &["AcquisitionTime", "Time", name])?;
            (0.0..end).contains(&value).then_some(value as u8)
        };
        Some((field("Hour", 24.0)?, field("Minute", 60.0)?, field("Second", 60.0)?))
    };
    Some(match clock() {
        Some((hour, minute, second)) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        None => date,
    })
}

/// What tells a series from the others.
fn words_for(series: Node<'_, '_>) -> String {
    let bscans: Vec<Image<'_, '_>> = series.children().filter(is_bscan).map(Image::of).collect();
    let eye = match laterality(series) {
        Some(Laterality::Od) => "OD, ",
        Some(Laterality::Os) => "OS, ",
        None => "",
    };
    let date =
        acquired(series, &bscans).map_or_else(String::new, |date| format!(", {}", date.replace('T', " ")));
    format!("{eye}{} B-scans{date}", bscans.len())
}

/// Who was scanned.
fn patient(series: Node<'_, '_>) -> Option<Patient> {
    let person = series.ancestors().find(|node| node.has_tag_name("Patient"))?;
    let text = |field| text_at(person, &[field]).map(shortened);
    let name = match (text("LastName"), text("FirstNames")) {
        (None, None) => None,
        (last, first) => Some(format!("{}^{}", last.unwrap_or_default(), first.unwrap_or_default())),
    };
    let patient = Patient {
        name,
        id: text("PatientID"),
        birth_date: date_at(person, &["Birthdate", "Date"]),
        sex: text("Sex").filter(|sex| ["F", "M", "O"].contains(&sex.as_str())),
    };
    (patient != Patient::default()).then_some(patient)
}

/// The element reached through children of these names.
fn element<'a, 'input>(from: Node<'a, 'input>, path: &[&str]) -> Option<Node<'a, 'input>> {
    path.iter().try_fold(from, |node, name| node.children().find(|child| child.has_tag_name(*name)))
}

/// Its text, where there is any.
fn text_at<'a>(from: Node<'a, '_>, path: &[&str]) -> Option<&'a str> {
    element(from, path)?.text().map(str::trim).filter(|text| !text.is_empty())
}

fn number_at<T: FromStr>(from: Node<'_, '_>, path: &[&str]) -> Option<T> {
    text_at(from, path)?.parse().ok()
}

/// `YYYY-MM-DD`; XML exports of a patient without a date of birth say year 0.
fn date_at(from: Node<'_, '_>, path: &[&str]) -> Option<String> {
    let date = element(from, path)?;
    let (year, month, day): (u16, u8, u8) =
        (number_at(date, &["Year"])?, number_at(date, &["Month"])?, number_at(date, &["Day"])?);
    let is_date = (1850..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| format!("{year:04}-{month:02}-{day:02}"))
}
