//! DICOM objects, built byte by byte.

use std::path::Path;

use oct::Samples;
use oct_formats::{InputFile, OpenError, Opened, open};

pub const OPT: &str = "1.2.840.10008.5.1.4.1.1.77.1.5.4";
pub const PHOTOGRAPH: &str = "1.2.840.10008.5.1.4.1.1.77.1.5.1";
pub const CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7.4";
pub const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";
pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const RLE: &str = "1.2.840.10008.1.2.5";
/// Directions of B-scans from the patient's right to left, into the eye.
pub const FRONTAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

pub type Tag = (u16, u16);

/// An element in explicit little-endian encoding.
pub fn element((group, number): Tag, value_type: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(value_type.as_bytes());
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if value_type == "UI" || value_type == "OB" { 0 } else { b' ' });
    }
    if ["OB", "OW", "SQ", "UN"].contains(&value_type) {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

pub fn text(tag: Tag, value_type: &str, value: &str) -> Vec<u8> {
    element(tag, value_type, value.as_bytes())
}

pub fn short(tag: Tag, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

pub fn numbers(tag: Tag, values: &[f64]) -> Vec<u8> {
    let words: Vec<String> = values.iter().map(|value| format!("{value:.9}")).collect();
    text(tag, "DS", &words.join("\\"))
}

pub fn floats(tag: Tag, values: &[f32]) -> Vec<u8> {
    element(tag, "FL", &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
}

pub fn item(content: &[u8]) -> Vec<u8> {
    [&[0xFE, 0xFF, 0x00, 0xE0][..], &(content.len() as u32).to_le_bytes(), content].concat()
}

pub fn sequence(tag: Tag, items: &[Vec<u8>]) -> Vec<u8> {
    element(tag, "SQ", &items.iter().flat_map(|content| item(content)).collect::<Vec<_>>())
}

/// Pixel data in fragments, after a table of offsets.
pub fn fragments(offsets: &[u32], fragments: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    bytes.extend(item(&offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect::<Vec<_>>()));
    fragments.iter().for_each(|fragment| bytes.extend(item(fragment)));
    bytes.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    bytes
}

/// An object in parts, so that a test changes the one that it is about.
#[derive(Clone)]
pub struct Object {
    pub syntax: &'static str,
    pub class: &'static str,
    pub instance: String,
    pub series: &'static str,
    pub size: [u16; 2],
    pub frames: Option<&'static str>,
    pub bits: [u16; 3],
    pub signed: bool,
    pub photometric: &'static str,
    pub channels: u16,
    /// Further elements.
    pub more: Vec<u8>,
    /// Functional groups of each frame.
    pub groups: Vec<Vec<u8>>,
    pub pixels: Vec<u8>,
}

impl Object {
    /// Three B-scans of 4 x 2 with 8 bits.
    pub fn volume() -> Self {
        Self {
            syntax: EXPLICIT,
            class: OPT,
            instance: "1.2.3".to_owned(),
            series: "1.2",
            size: [4, 2],
            frames: Some("3"),
            bits: [8, 8, 7],
            signed: false,
            photometric: "MONOCHROME2",
            channels: 1,
            more: numbers((0x28, 0x30), &[0.004, 0.01]),
            groups: Vec::new(),
            pixels: element((0x7FE0, 0x10), "OB", &(0..24).collect::<Vec<u8>>()),
        }
    }

    /// Frame `number` alone, its samples 10 times its number.
    pub fn single(number: u8) -> Self {
        let volume = Self::volume();
        let pixels = element((0x7FE0, 0x10), "OB", &[10 * number; 8]);
        let more = [volume.more.clone(), text((0x20, 0x13), "IS", &number.to_string())].concat();
        Self { frames: None, instance: format!("1.2.3.{number}"), more, pixels, ..volume }
    }

    pub fn with(mut self, more: Vec<u8>) -> Self {
        self.more.extend(more);
        self
    }

    /// B-scans of [`Self::volume`] from `positions` in `orientations`.
    pub fn placed(mut self, places: &[([f64; 3], [f64; 6])]) -> Self {
        self.groups = places
            .iter()
            .map(|(position, orientation)| {
                let position = sequence((0x20, 0x9113), &[numbers((0x20, 0x32), position)]);
                [position, sequence((0x20, 0x9116), &[numbers((0x20, 0x37), orientation)])].concat()
            })
            .collect();
        self
    }

    /// Samples of 16 bits.
    pub fn words(mut self, words: &[u16]) -> Self {
        self.bits = [16, 16, 15];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.pixels = element((0x7FE0, 0x10), "OW", &bytes);
        self
    }

    pub fn data_set(&self) -> Vec<u8> {
        let mut bytes = text((0x08, 0x16), "UI", self.class);
        bytes.extend(text((0x08, 0x18), "UI", &self.instance));
        bytes.extend(text((0x20, 0x0D), "UI", "1.1"));
        bytes.extend(text((0x20, 0x0E), "UI", self.series));
        bytes.extend(short((0x28, 0x02), self.channels));
        bytes.extend(text((0x28, 0x04), "CS", self.photometric));
        if let Some(frames) = self.frames {
            bytes.extend(text((0x28, 0x08), "IS", frames));
        }
        bytes.extend(short((0x28, 0x10), self.size[1]));
        bytes.extend(short((0x28, 0x11), self.size[0]));
        for (index, bits) in self.bits.iter().enumerate() {
            bytes.extend(short((0x28, 0x100 + index as u16), *bits));
        }
        bytes.extend(short((0x28, 0x103), u16::from(self.signed)));
        bytes.extend(&self.more);
        if !self.groups.is_empty() {
            bytes.extend(sequence((0x5200, 0x9230), &self.groups));
        }
        bytes.extend(&self.pixels);
        bytes
    }

    pub fn bytes(&self) -> Vec<u8> {
        file(self.syntax, &self.data_set())
    }

    pub fn named(&self, path: &str) -> InputFile {
        InputFile { path: path.to_owned(), bytes: self.bytes() }
    }

    pub fn open(&self) -> Result<Opened, OpenError> {
        open(vec![self.named("scan.dcm")])
    }
}

pub fn file(syntax: &str, data_set: &[u8]) -> Vec<u8> {
    let meta = text((0x02, 0x10), "UI", syntax);
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element((0x02, 0x00), "UL", &(meta.len() as u32).to_le_bytes()));
    bytes.extend(meta);
    bytes.extend(data_set);
    bytes
}

pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dicom").join(format!("{name}.dcm"));
    std::fs::read(path).unwrap()
}

pub fn opened(bytes: Vec<u8>) -> Result<Opened, OpenError> {
    open(vec![InputFile { path: "scan.dcm".to_owned(), bytes }])
}

pub fn words(samples: &Samples) -> Vec<u16> {
    match samples {
        Samples::U8(samples) => samples.iter().map(|sample| u16::from(*sample)).collect(),
        Samples::U16(samples) => samples.clone(),
        Samples::F32(_) => Vec::new(),
    }
}

/// A fundus image of 8 x 6 in grey with pixels of 0.02 mm in height and 0.01 mm in width.
pub fn fundus() -> Object {
    Object {
        class: PHOTOGRAPH,
        instance: "1.2.9".to_owned(),
        series: "1.8",
        size: [8, 6],
        frames: None,
        more: numbers((0x28, 0x30), &[0.02, 0.01]),
        pixels: element((0x7FE0, 0x10), "OB", &(0..48).collect::<Vec<u8>>()),
        ..Object::volume()
    }
}

/// B-scans along `courses` (row, column, ...) of [`fundus`].
pub fn on_fundus(orientation: &str, courses: &[Vec<f32>]) -> Object {
    let groups = courses
        .iter()
        .map(|course| {
            let content = [
                text((0x08, 0x1155), "UI", "1.2.9"),
                floats((0x22, 0x32), course),
                text((0x22, 0x39), "CS", orientation),
            ];
            sequence((0x22, 0x31), &[content.concat()])
        })
        .collect();
    Object { groups, ..Object::volume() }
}

/// B-scans of 4 x 2, the samples of each its number (from 1) times 10.
pub fn tens(numbers: &[u8]) -> Vec<u8> {
    element((0x7FE0, 0x10), "OB", &numbers.iter().flat_map(|number| [10 * number; 8]).collect::<Vec<_>>())
}

/// The first sample of each B-scan divided by ten.
pub fn firsts(opened: &Opened) -> Vec<u16> {
    words(opened.volume.samples()).iter().step_by(8).map(|sample| sample / 10).collect()
}

/// What the first samples of the B-scans are, volume by volume.
pub fn all_firsts(files: &[InputFile]) -> Vec<Vec<u16>> {
    let opened = open(files.to_vec()).unwrap();
    (0..opened.choices.len().max(1))
        .map(|choice| firsts(&oct_formats::open_choice(files.to_vec(), choice).unwrap()))
        .collect()
}

/// A whole number of 32 bits.
pub fn long(tag: Tag, value: u32) -> Vec<u8> {
    element(tag, "UL", &value.to_le_bytes())
}

/// The place of a frontal B-scan `mm` above the others.
pub fn at(mm: f64) -> Vec<u8> {
    [numbers((0x20, 0x32), &[0.0, 0.0, mm]), numbers((0x20, 0x37), &FRONTAL)].concat()
}

/// The same as functional groups of a frame.
pub fn group_at(mm: f64) -> Vec<u8> {
    let position = sequence((0x20, 0x9113), &[numbers((0x20, 0x32), &[0.0, 0.0, mm])]);
    [position, sequence((0x20, 0x9116), &[numbers((0x20, 0x37), &FRONTAL)])].concat()
}

/// Frame Content of a functional group.
pub fn frame_content(content: &[u8]) -> Vec<u8> {
    sequence((0x20, 0x9111), &[content.to_vec()])
}

pub fn between() -> Vec<u8> {
    numbers((0x18, 0x88), &[0.12])
}

/// One object with the frames that `groups` describe, the samples of each its number times 10.
pub fn of_frames(groups: Vec<Vec<u8>>) -> Object {
    let count = groups.len() as u8;
    Object {
        frames: Some(Box::leak(count.to_string().into_boxed_str())),
        groups,
        pixels: tens(&(1..=count).collect::<Vec<_>>()),
        ..Object::volume()
    }
}

/// `files` in other orders, the same each time.
pub fn shuffled(files: &[InputFile]) -> Vec<Vec<InputFile>> {
    let mut backwards = files.to_vec();
    backwards.reverse();
    let mut turned = files.to_vec();
    turned.rotate_left(files.len() / 3);
    let mut woven: Vec<InputFile> = files.iter().step_by(2).cloned().collect();
    woven.extend(files.iter().skip(1).step_by(2).cloned());
    vec![backwards, turned, woven]
}

/// The warnings in one text.
pub fn said(opened: &Opened) -> String {
    opened.warnings.join("\n")
}
