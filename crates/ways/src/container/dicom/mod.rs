//! DICOM: objects of one frame or many, alone, in a series, in a concatenation.

mod elements;

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use self::elements::{Element, Encoding, encode, figures, fragments, items, longs, pixels, rle, short, text};
use crate::File;
use crate::container::jpeg_lossless;
use crate::samples::Depth;
use crate::scan::Scan;
use crate::spacing::Stated;

const ROOT: &str = "1.2.826.0.1.3680043.8.498.2024";

/// How pixels are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Implicit little endian.
    Implicit,
    /// Explicit little endian.
    Explicit,
    /// Explicit little endian, deflated.
    Deflated,
    /// Explicit big endian, retired.
    BigEndian,
    /// RLE.
    Rle,
    /// Lossless JPEG.
    JpegLossless,
    /// Lossy JPEG of this quality.
    Jpeg(u8),
}

/// Over which objects the frames are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// One object.
    One,
    /// An object a B-scan, of one series.
    PerBScan,
    /// Parts of a concatenation with so many frames each.
    Parts(usize),
}

/// What it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Ophthalmic Tomography Image Storage.
    Tomography,
    /// Multi-frame or plain Secondary Capture.
    Capture,
    /// Ophthalmic Optical Coherence Tomography B-scan Volume Analysis: flow.
    VolumeAnalysis,
    /// Segmentation.
    Segmentation,
}

/// In which order B-scans are stored, and what says where they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// Positions, from above.
    Above,
    /// Positions, from below.
    Below,
    /// Positions that are right; frames or Instance Numbers in any order.
    Shuffled,
    /// No positions; numbers count, from 1.
    Numbers,
    /// No positions, and no numbers: the names count.
    NamesAlone,
    /// No positions, and the same number in each: the names count.
    EqualNumbers,
    /// Positions and the same number in each.
    PlacesAndEqualNumbers,
}

/// What objects are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// `IM01.dcm`.
    Padded,
    /// `IM1` to `IM10`, without an ending.
    Natural,
    /// The UID of the object.
    Uid,
    /// As on a CD: `DICOM/PA000000/ST000000/SE000000/IM000001`, a DICOMDIR beside.
    Disc,
}

/// Whose frames lie in one series or object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Those of one scan.
    One,
    /// Of both eyes.
    Eyes,
    /// Of one eye at two visits.
    Visits,
}

/// What tells one eye from the other where both lie in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Image Laterality.
    Laterality,
    /// Words in this field.
    In(u16, u16),
}

/// What an object says beside its spacing and its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// Pixel Aspect Ratio of square pixels.
    SquarePixels,
    /// Nominal Scanned Pixel Spacing twice as wide.
    WiderPixels,
    /// Body Part Examined.
    Part(&'static str),
}

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dicom {
    /// Packing.
    pub syntax: Syntax,
    /// Type of the samples: integers of 8 or 16 bits.
    pub depth: Depth,
    /// Over which objects.
    pub split: Split,
    /// The kind of object.
    pub class: Class,
    /// Order and places.
    pub places: Places,
    /// Names.
    pub names: Names,
    /// High is dark.
    pub inverted: bool,
    /// Sequences end with a mark.
    pub open_ended: bool,
    /// A window and a rescale slope, for showing.
    pub window: bool,
    /// Spacing at the top of the object, in functional groups otherwise.
    pub spacing_on_top: bool,
    /// A wrong `SliceThickness` beside a right distance.
    pub thickness: Option<f64>,
    /// No preamble and no letters before the data.
    pub bare: bool,
    /// One of the parts or objects is left out.
    pub without: Option<usize>,
    /// What tells two eyes apart.
    pub told: Told,
    /// What else it says.
    pub beside: Beside,
    /// `Image Type` says that it is flow.
    pub flow: bool,
    /// `Pixel Padding Value` is 0 and columns at both sides are that.
    pub padded: bool,
}

impl Dicom {
    /// As a device writes it: one object.
    pub const PLAIN: Self = Self {
        syntax: Syntax::Explicit,
        depth: Depth::U8,
        split: Split::One,
        class: Class::Tomography,
        places: Places::Above,
        names: Names::Padded,
        inverted: false,
        open_ended: false,
        window: false,
        spacing_on_top: false,
        thickness: Some(0.03),
        bare: false,
        without: None,
        told: Told::Laterality,
        beside: Beside::Nothing,
        flow: false,
        padded: false,
    };

    /// Whether a missing B-scan leaves a gap.
    pub fn numbers_bscans(&self) -> bool {
        !matches!(self.places, Places::NamesAlone | Places::EqualNumbers)
    }

    /// Whether pixels are not those of the eye.
    pub fn is_lossy(&self) -> bool {
        matches!(self.syntax, Syntax::Jpeg(_))
    }

    /// The objects of `scan`.
    pub fn write(&self, scan: &Scan, stated: Stated, base: &str) -> Vec<File> {
        self.write_together(&[scan], stated, base, Together::One)
    }

    /// The objects of `scans` in one series, and, where it is one object, in that.
    pub fn write_together(
        &self,
        scans: &[&Scan],
        stated: Stated,
        base: &str,
        together: Together,
    ) -> Vec<File> {
        let mut frames: Vec<Frame<'_>> = Vec::new();
        for (visit, scan) in scans.iter().enumerate() {
            for bscan in 0..scan.bscans {
                frames.push(Frame { scan, bscan, visit });
            }
        }
        if self.places == Places::Below {
            frames.reverse();
        }
        if self.places == Places::Shuffled {
            let count = frames.len();
            // 7 has no divisor in common with 10 or 20.
            frames = (0..count).map(|at| frames[(at * 7 + 3) % count]).collect();
        }
        let groups: Vec<Vec<Frame<'_>>> = match self.split {
            Split::One => vec![frames],
            Split::PerBScan => frames.into_iter().map(|frame| vec![frame]).collect(),
            Split::Parts(size) => frames.chunks(size).map(<[Frame<'_>]>::to_vec).collect(),
        };
        let (count, mut files) = (groups.len(), Vec::new());
        let mut before = 0;
        for (part, group) in groups.iter().enumerate() {
            let data_set = self.object(group, stated, part, count, before, together);
            before += group.len();
            if self.without == Some(part) {
                continue;
            }
            files.push(File::new(self.name(base, part, count), self.file(&data_set)));
        }
        if self.names == Names::Disc {
            let folder = base.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            let directory = [text((0x0004, 0x1130), "CS", "DISC")];
            files.push(File::new(format!("{folder}DICOMDIR"), Self::PLAIN.file(&directory)));
        }
        files
    }

    fn name(&self, base: &str, part: usize, count: usize) -> String {
        let folder = base.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        match self.names {
            Names::Padded if count == 1 => format!("{base}.dcm"),
            Names::Padded => format!("{folder}IM{:02}.dcm", part + 1),
            Names::Natural => format!("{folder}IM{}", part + 1),
            Names::Uid => format!("{folder}{ROOT}.4.{}.dcm", (part * 7919 + 13) % 10_007),
            Names::Disc => format!("{folder}DICOM/PA000000/ST000000/SE000000/IM{part:06}"),
        }
    }

    fn object(
        &self,
        group: &[Frame<'_>],
        stated: Stated,
        part: usize,
        parts: usize,
        before: usize,
        together: Together,
    ) -> Vec<Element> {
        let Frame { scan, visit, .. } = group[0];
        let many = self.split != Split::PerBScan;
        let class = match (self.class, many) {
            (Class::Tomography, _) => "1.2.840.10008.5.1.4.1.1.77.1.5.4",
            (Class::Capture, true) => "1.2.840.10008.5.1.4.1.1.7.2",
            (Class::Capture, false) => "1.2.840.10008.5.1.4.1.1.7",
            (Class::VolumeAnalysis, _) => "1.2.840.10008.5.1.4.1.1.77.1.5.8",
            (Class::Segmentation, _) => "1.2.840.10008.5.1.4.1.1.66.4",
        };
        let (size, stored) = match self.depth {
            Depth::U8 => (1, 8),
            Depth::U12In16 => (2, 12),
            _ => (2, 16),
        };
        let time =
            if together == Together::Visits && visit == 1 { "20250607101112" } else { "20240506070809" };
        let mut elements = vec![
            text((0x0008, 0x0016), "UI", class),
            text((0x0008, 0x0018), "UI", format!("{ROOT}.4.{}", part + 1)),
            text((0x0008, 0x0060), "CS", "OPT"),
            text((0x0008, 0x0070), "LO", "Maker"),
            text((0x0008, 0x002A), "DT", time),
            text((0x0020, 0x000D), "UI", format!("{ROOT}.1")),
            text((0x0020, 0x000E), "UI", format!("{ROOT}.2")),
            text(
                (0x0008, 0x0008),
                "CS",
                if self.flow { "DERIVED\\PRIMARY\\\\ANGIO" } else { "ORIGINAL\\PRIMARY" },
            ),
            short((0x0028, 0x0002), 1),
            text((0x0028, 0x0004), "CS", if self.inverted { "MONOCHROME1" } else { "MONOCHROME2" }),
            short((0x0028, 0x0010), scan.rows as u16),
            short((0x0028, 0x0011), scan.columns as u16),
            short((0x0028, 0x0100), 8 * size as u16),
            short((0x0028, 0x0101), stored),
            short((0x0028, 0x0102), stored - 1),
            short((0x0028, 0x0103), u16::from(self.depth.is_signed())),
        ];
        // Two eyes in one object: which, each frame says.
        match self.told {
            Told::In(group, element) if together == Together::Eyes => {
                let eye = if scan.eye == 'R' { "Macula OD" } else { "Macula OS" };
                elements.push(text((group, element), "LO", eye));
            }
            _ if together == Together::Eyes && many => {}
            _ => elements.push(text((0x0020, 0x0062), "CS", scan.eye.to_string())),
        }
        match (self.beside, stated) {
            (Beside::SquarePixels, _) => elements.push(text((0x0028, 0x0034), "IS", "1\\1")),
            (Beside::WiderPixels, [Some(lateral), Some(axial), _]) => {
                elements.push(figures((0x0018, 0x2010), &[axial, 2.0 * lateral]));
            }
            (Beside::Part(part), _) => elements.push(text((0x0018, 0x0015), "CS", part)),
            (Beside::Nothing | Beside::WiderPixels, _) => {}
        }
        if self.class != Class::Capture {
            let frame_of_reference = if together == Together::One { 3 } else { 3 + 10 * visit };
            elements.push(text((0x0020, 0x0052), "UI", format!("{ROOT}.{frame_of_reference}")));
        }
        if many {
            elements.push(text((0x0028, 0x0008), "IS", group.len().to_string()));
        }
        if let Split::Parts(_) = self.split {
            elements.push(text((0x0020, 0x9161), "UI", format!("{ROOT}.5")));
            elements.push(short((0x0020, 0x9162), part as u16 + 1));
            elements.push(short((0x0020, 0x9163), parts as u16));
            elements.push(longs((0x0020, 0x9228), &[before as u32]));
            elements.push(text((0x0020, 0x0242), "UI", format!("{ROOT}.6")));
        }
        let number = match self.places {
            Places::NamesAlone => None,
            Places::EqualNumbers | Places::PlacesAndEqualNumbers => Some(1),
            _ if many => Some(1),
            // The numbers of a shuffled series follow its files, not its places.
            Places::Shuffled => Some(part + 1),
            _ => Some(group[0].number() + 1),
        };
        if let Some(number) = number {
            elements.push(text((0x0020, 0x0013), "IS", number.to_string()));
        }
        if self.window {
            elements.push(figures((0x0028, 0x1050), &[40.0]));
            elements.push(figures((0x0028, 0x1051), &[80.0]));
            elements.push(figures((0x0028, 0x1052), &[0.0]));
            elements.push(figures((0x0028, 0x1053), &[1.0]));
        }
        if self.padded {
            elements.push(short((0x0028, 0x0120), 0));
        }
        self.place(&mut elements, group, stated, many, together);
        self.pixels(&mut elements, group, size);
        elements
    }

    /// Spacing and positions: in functional groups where there are many frames.
    fn place(
        &self,
        elements: &mut Vec<Element>,
        group: &[Frame<'_>],
        stated: Stated,
        many: bool,
        together: Together,
    ) {
        let mut measures = Vec::new();
        if let [Some(lateral), Some(axial), _] = stated {
            measures.push(figures((0x0028, 0x0030), &[axial, lateral]));
        }
        if let Some(thickness) = self.thickness {
            measures.push(figures((0x0018, 0x0050), &[thickness]));
        }
        let has_places = !matches!(self.places, Places::Numbers | Places::NamesAlone | Places::EqualNumbers);
        if let (false, Some(between)) = (has_places, stated[2]) {
            measures.push(figures((0x0018, 0x0088), &[between]));
        }
        let between = stated[2].unwrap_or(0.0);
        let position = |frame: &Frame<'_>| {
            figures((0x0020, 0x0032), &[-3.0, 0.0, 1.2 - between * frame.number() as f64])
        };
        let orientation = || figures((0x0020, 0x0037), &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        if !many || self.spacing_on_top {
            elements.extend(measures.iter().cloned());
        }
        if !many {
            if has_places {
                elements.extend([position(&group[0]), orientation()]);
            }
            return;
        }
        let mut shared = Vec::new();
        if !self.spacing_on_top {
            shared.push(items((0x0028, 0x9110), vec![measures]));
        }
        if has_places {
            shared.push(items((0x0020, 0x9116), vec![vec![orientation()]]));
        }
        elements.push(items((0x5200, 0x9229), vec![shared]));
        let per_frame = |frame: &Frame<'_>| {
            let mut functional = Vec::new();
            if has_places {
                functional.push(items((0x0020, 0x9113), vec![vec![position(frame)]]));
            }
            if together == Together::Eyes {
                let eye = text((0x0020, 0x9072), "CS", frame.scan.eye.to_string());
                functional.push(items((0x0020, 0x9071), vec![vec![eye]]));
            }
            if together == Together::Visits {
                let time = if frame.visit == 1 { "20250607101112" } else { "20240506070809" };
                functional.push(items((0x0020, 0x9111), vec![vec![text((0x0018, 0x9074), "DT", time)]]));
            }
            functional
        };
        elements.push(items((0x5200, 0x9230), group.iter().map(per_frame).collect()));
    }

    fn pixels(&self, elements: &mut Vec<Element>, group: &[Frame<'_>], size: usize) {
        let frames: Vec<Vec<u8>> = group
            .iter()
            .map(|frame| {
                let columns = frame.scan.columns;
                let greys = frame.scan.bscan(frame.bscan).iter().enumerate().map(|(at, grey)| {
                    let is_padding = self.padded && !(8..columns - 8).contains(&(at % columns));
                    let grey = if is_padding { 0.0 } else { *grey };
                    if self.inverted { 255.0 - grey } else { grey }
                });
                self.depth.bytes(greys, false)
            })
            .collect();
        let Frame { scan, .. } = group[0];
        let packed: Vec<Vec<u8>> = frames
            .iter()
            .map(|frame| match self.syntax {
                Syntax::Rle => rle(frame, size),
                Syntax::JpegLossless => {
                    let samples: Vec<u16> = match size {
                        1 => frame.iter().copied().map(u16::from).collect(),
                        _ => frame.chunks(2).map(|word| u16::from_le_bytes([word[0], word[1]])).collect(),
                    };
                    let bits = if self.depth == Depth::U12In16 { 12 } else { 8 * size as u8 };
                    jpeg_lossless::encode(&samples, scan.columns, scan.rows, bits)
                }
                Syntax::Jpeg(quality) => {
                    let mut bytes = Vec::new();
                    JpegEncoder::new_with_quality(&mut bytes, quality)
                        .write_image(frame, scan.columns as u32, scan.rows as u32, ExtendedColorType::L8)
                        .unwrap();
                    bytes
                }
                _ => Vec::new(),
            })
            .collect();
        elements.push(match self.syntax {
            Syntax::Rle | Syntax::JpegLossless | Syntax::Jpeg(_) => fragments(packed, !self.open_ended),
            _ => pixels(frames.concat(), size),
        });
    }

    fn file(&self, data_set: &[Element]) -> Vec<u8> {
        let syntax = match self.syntax {
            Syntax::Implicit => "1.2.840.10008.1.2",
            Syntax::Explicit => "1.2.840.10008.1.2.1",
            Syntax::Deflated => "1.2.840.10008.1.2.1.99",
            Syntax::BigEndian => "1.2.840.10008.1.2.2",
            Syntax::Rle => "1.2.840.10008.1.2.5",
            Syntax::JpegLossless => "1.2.840.10008.1.2.4.70",
            Syntax::Jpeg(_) => "1.2.840.10008.1.2.4.50",
        };
        let encoding = Encoding {
            explicit: self.syntax != Syntax::Implicit,
            big_endian: self.syntax == Syntax::BigEndian,
            open_ended: self.open_ended,
        };
        let mut body = encode(data_set, encoding);
        if self.syntax == Syntax::Deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).unwrap();
            body = encoder.finish().unwrap();
        }
        if self.bare {
            return body;
        }
        let plain = Encoding { explicit: true, big_endian: false, open_ended: false };
        let meta = encode(&[text((0x0002, 0x0010), "UI", syntax)], plain);
        let length = encode(&[longs((0x0002, 0x0000), &[meta.len() as u32])], plain);
        [vec![0; 128], b"DICM".to_vec(), length, meta, body].concat()
    }
}

/// A frame: a B-scan of a scan.
#[derive(Debug, Clone, Copy)]
struct Frame<'a> {
    scan: &'a Scan,
    bscan: usize,
    /// Which of the scans that lie together.
    visit: usize,
}

impl Frame<'_> {
    /// Its number in the eye.
    fn number(&self) -> usize {
        self.scan.numbers[self.bscan]
    }
}
