//! A way is written, the program answers, the answer is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use flate2::read::GzDecoder;
use lacuna_cli::args;
use lacuna_cli::segment;
use serde_json::{Value, json};
use ways::container::Container;
use ways::container::metaimage::MetaImage;
use ways::packing::Packing;
use ways::picture::Picture;
use ways::scan::{self, COLUMNS, Known, ROWS};
use ways::{Expected, File, Way};

use crate::answer::Answer;
use crate::segmenter::{Remembering, Segments};

/// Nanolitres that are no difference: a voxel or two.
const SLACK_NL: f64 = 0.2;
/// Dice of a mask with the reference's, where the pictures lost nothing.
const SAME_MASK: f64 = 0.98;

/// What the reference way gave.
pub struct Reference {
    pub volumes_nl: [f64; 3],
    /// In the order of the eye.
    pub mask: Vec<u8>,
    files: BTreeMap<String, Vec<u8>>,
}

/// Both eyes, their references, and one engine.
pub struct Bench {
    eyes: [Known; 2],
    references: Vec<Reference>,
    segmenter: Segments,
}

impl Bench {
    /// With the shipped network.
    pub fn new() -> Self {
        Self::of(Segments::Engine(Box::new(Remembering::new())))
    }

    /// With a stand-in, for ways of which only matters whether there is a figure.
    pub fn without_network() -> Self {
        Self::of(Segments::StandIn)
    }

    fn of(segmenter: Segments) -> Self {
        let eyes = [scan::right(), scan::left()];
        let mut bench = Self { eyes, references: Vec::new(), segmenter };
        for eye in 0..2 {
            let plain = Way::new("reference", Container::MetaImage(MetaImage::PLAIN));
            let files = plain.container.write(&bench.eyes[eye].scan, plain.says, plain.base);
            let answer = bench.run(&plain, files, None);
            let volumes_nl = answer.volumes_nl().unwrap_or_else(|| panic!("{answer:?}"));
            let Answer::Report { files, .. } = answer else { unreachable!("it has figures") };
            bench.references.push(Reference { volumes_nl, mask: files["mask.raw"].clone(), files });
        }
        bench
    }

    pub fn right(&self) -> &Reference {
        &self.references[0]
    }

    pub fn left(&self) -> &Reference {
        &self.references[1]
    }

    /// What the code of the program answers to `way`.
    pub fn answer(&mut self, way: &Way) -> Answer {
        self.answer_of(way, None)
    }

    /// What `program` answers, or this process.
    pub fn answer_of(&mut self, way: &Way, program: Option<&mut String>) -> Answer {
        let mut files = way.files(&self.eyes[0], &self.eyes[1]);
        if way.packing == Packing::WithResults {
            let results = &self.right().files;
            files.extend(results.iter().map(|(name, bytes)| File::new(format!("eye/{name}"), bytes.clone())));
        }
        self.run(way, files, program)
    }

    fn run(&mut self, way: &Way, files: Vec<File>, program: Option<&mut String>) -> Answer {
        let root = tempfile::tempdir().unwrap();
        let (dropped, out) = (root.path().join("dropped"), root.path().join("out"));
        let mut inputs = BTreeSet::new();
        for file in &files {
            let path = dropped.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &file.bytes).unwrap();
            inputs.insert(dropped.join(file.path.split('/').next().unwrap()));
        }
        let mut line: Vec<OsString> =
            ["lacuna", "segment", "--json", "--device", "cpu"].map(OsString::from).into();
        line.extend(inputs.into_iter().map(PathBuf::into_os_string));
        line.extend(["--out".into(), out.clone().into_os_string()]);
        if let Some(spacing) = way.spacing_mm() {
            line.extend(["--spacing-mm".into(), spacing.into()]);
        }
        let printed: Value = match program {
            Some(program) => {
                let output = Command::new(program).args(&line[1..]).output().unwrap();
                serde_json::from_slice(&output.stdout).unwrap()
            }
            None => {
                let cli = args::Cli::try_parse_from(&line).unwrap();
                let args::Command::Segment(segment) = &cli.command else { unreachable!("it says segment") };
                match segment::run_with(segment, true, || Ok(&self.segmenter)) {
                    Ok(printed) => serde_json::from_str(&printed).unwrap(),
                    Err(failure) => json!({ "error": { "message": failure.sentence() } }),
                }
            }
        };
        Answer::new(&printed, read_all(&out))
    }

    /// Whether the answer to `way` is right; why not.
    pub fn judge(&mut self, way: &Way) -> Result<(), String> {
        let answer = self.answer(way);
        let figures = answer.volumes_nl();
        let reference = self.right().volumes_nl;
        let tolerance = way.container.tolerance();
        match (way.expected, figures) {
            (Expected::Same, None) => Err(match &answer {
                Answer::Refused(sentence) => format!("refused: {sentence}"),
                Answer::Report { report, .. } => format!("no figure: {}", report["warnings"]),
            }),
            (Expected::Same | Expected::SameOrAsked, Some(_)) if answer.is_marked() => {
                Err("marked as a lower bound".to_owned())
            }
            (Expected::Same | Expected::SameOrAsked, Some(nl)) => {
                near(nl, reference, tolerance)?;
                self.mask_lies_right(way, &answer)
            }
            (Expected::BoundOrNone, Some(nl)) => {
                if !answer.is_marked() {
                    return Err(format!("a plain figure: {}", words(nl)));
                }
                let above = (0..3).find(|class| nl[*class] > reference[*class] * 1.01 + SLACK_NL);
                above.map_or(Ok(()), |_| Err(format!("a lower bound above the truth: {}", words(nl))))
            }
            (Expected::NoFigure, Some(nl)) => Err(format!("a figure: {}", words(nl))),
            (Expected::Choice, Some(nl)) => {
                if !answer.is_a_choice() {
                    return Err(format!("one volume: {}", words(nl)));
                }
                near(nl, reference, tolerance).or_else(|_| near(nl, self.left().volumes_nl, tolerance))
            }
            (_, None) => Ok(()),
        }
    }

    /// Whether saved masks have their labels on the samples that they were found in.
    fn mask_lies_right(&self, way: &Way, answer: &Answer) -> Result<(), String> {
        if way.container == Container::Zeiss {
            // Its rows are others.
            return Ok(());
        }
        let (plain, [columns, rows]) = match way.picture {
            Picture::Canvas(canvas) => {
                let size = [COLUMNS, ROWS];
                (canvas.around(&self.right().mask, size, 0), canvas.size(size))
            }
            _ => (self.right().mask.clone(), [COLUMNS, ROWS]),
        };
        let least = if way.container.tolerance() > 0.01 { 0.85 } else { SAME_MASK };
        let size = columns * rows;
        let saved = [
            ("mask.raw", answer.file("mask.raw").map(<[u8]>::to_vec)),
            ("mask.nii.gz", answer.file("mask.nii.gz").map(nifti_labels)),
        ];
        for (name, labels) in saved {
            let labels = labels.ok_or_else(|| format!("no {name}"))?;
            let expected = match way.bscan_order() {
                Some(order) => {
                    order.iter().flat_map(|bscan| plain[bscan * size..][..size].to_vec()).collect()
                }
                // Any order is as good: each B-scan where its labels are.
                None => in_order_of(&labels, &plain, size),
            };
            let arranged = way.mask_order().arrange(&expected, [columns, rows, scan::BSCANS]);
            for label in 1..=3 {
                let of = |labels: &[u8]| labels.iter().map(|of| *of == label).collect::<Vec<bool>>();
                let found = dice(&of(&arranged), &of(&labels));
                if labels.len() != plain.len() || found < least {
                    return Err(format!("{name} lies elsewhere: Dice {found:.2} of class {label}"));
                }
            }
        }
        Ok(())
    }
}

/// `plain` with its B-scans of `size` in the order in which `labels` has them.
fn in_order_of(labels: &[u8], plain: &[u8], size: usize) -> Vec<u8> {
    let mut left: Vec<&[u8]> = plain.chunks(size).collect();
    let mut ordered = Vec::new();
    for bscan in labels.chunks(size) {
        let apart = |other: &&[u8]| other.iter().zip(bscan).filter(|(a, b)| a != b).count();
        let Some((at, _)) = left.iter().enumerate().min_by_key(|(_, other)| apart(other)) else { break };
        ordered.extend(left.remove(at));
    }
    ordered
}

/// The labels in a NIfTI-1 file of 8 bits.
fn nifti_labels(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    let start = f32::from_le_bytes(bytes[108..112].try_into().unwrap()) as usize;
    bytes.split_off(start)
}

/// 1 where both are empty.
pub fn dice(a: &[bool], b: &[bool]) -> f64 {
    let both = a.iter().zip(b).filter(|(a, b)| **a && **b).count();
    let sum = a.iter().chain(b).filter(|of| **of).count();
    if sum == 0 { 1.0 } else { 2.0 * both as f64 / sum as f64 }
}

fn near(nl: [f64; 3], reference: [f64; 3], tolerance: f64) -> Result<(), String> {
    let is_near =
        |class: usize| (nl[class] - reference[class]).abs() <= reference[class] * tolerance + SLACK_NL;
    if (0..3).all(is_near) {
        return Ok(());
    }
    Err(format!("{} in the place of {}", words(nl), words(reference)))
}

fn words(nl: [f64; 3]) -> String {
    format!("{:.1} IRF, {:.1} SRF, {:.1} PED nl", nl[0], nl[1], nl[2])
}

fn read_all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect()
}
