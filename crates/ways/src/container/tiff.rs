//! TIFF of many pages, after TIFF 6.0 and the description of BigTIFF.

use crate::File;
use crate::container::deflated;
use crate::samples::Depth;
use crate::scan::Scan;

/// How a strip or tile is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packs {
    /// Not at all.
    Not,
    /// PackBits.
    PackBits,
    /// LZW.
    Lzw,
    /// Deflate, by its number of today.
    Deflate,
    /// Deflate, by its number of old.
    OldDeflate,
}

/// How a page is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Strips of so many rows.
    Strips(usize),
    /// Square tiles of so many pixels.
    Tiles(usize),
}

/// Who wrote it, by its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Nobody says so.
    Plain,
    /// ImageJ, with one directory a B-scan.
    ImageJ,
    /// ImageJ, with one directory for all of them, as beyond 4 GB.
    ImageJOneDirectory,
    /// ImageJ, with two channels: the second is flow.
    ImageJTwoChannels,
    /// ImageJ, with B-scans called time points of one slice.
    ImageJTimePoints,
    /// OME, with two channels: the second is flow.
    OmeTwoChannels,
    /// A program that says how many dots there are to the inch: 96.
    Dots96,
}

/// What varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tiff {
    /// The type of its numbers.
    pub depth: Depth,
    /// Most significant byte first.
    pub big_endian: bool,
    /// BigTIFF.
    pub big: bool,
    /// How it is packed.
    pub packs: Packs,
    /// With differences of neighbours before packing.
    pub predictor: bool,
    /// How a page is cut.
    pub cut: Cut,
    /// 0 is white.
    pub white_is_zero: bool,
    /// Who wrote it.
    pub writer: Writer,
}

impl Tiff {
    /// As many programs write it.
    pub const PLAIN: Self = Self {
        depth: Depth::U8,
        big_endian: false,
        big: false,
        packs: Packs::Not,
        predictor: false,
        cut: Cut::Strips(16),
        white_is_zero: false,
        writer: Writer::Plain,
    };

    /// The file of `scan`.
    pub fn write(&self, scan: &Scan, base: &str) -> Vec<File> {
        vec![File::new(format!("{base}.tif"), self.of_pages(scan))]
    }

    /// A TIFF of B-scan `bscan` alone.
    pub fn page(&self, scan: &Scan, bscan: usize) -> Vec<u8> {
        self.of_pages(&scan.of_bscans(&[bscan]))
    }

    fn of_pages(&self, scan: &Scan) -> Vec<u8> {
        let mut pages: Vec<Vec<f32>> = (0..scan.bscans).map(|bscan| scan.bscan(bscan).to_vec()).collect();
        if matches!(self.writer, Writer::ImageJTwoChannels | Writer::OmeTwoChannels) {
            pages = pages.into_iter().flat_map(|page| [page.clone(), flow(&page)]).collect();
        }
        if self.white_is_zero {
            pages.iter_mut().flatten().for_each(|grey| *grey = 255.0 - *grey);
        }
        let mut out = Out { bytes: Vec::new(), big_endian: self.big_endian };
        out.bytes.extend(if self.big_endian { b"MM" } else { b"II" });
        out.short(if self.big { 43 } else { 42 });
        if self.big {
            out.short(8);
            out.short(0);
        }
        // Where the place of the first directory stands, then of each next one.
        let mut link = out.bytes.len();
        out.offset(self.big, 0);
        let description = self.description(scan);
        let one = self.writer == Writer::ImageJOneDirectory;
        let directories = if one { 1 } else { pages.len() };
        for (number, page) in pages.iter().take(directories).enumerate() {
            let chunks = if one {
                vec![self.depth.bytes(pages.iter().flatten().copied(), self.big_endian)]
            } else {
                self.chunks(page, scan.columns, scan.rows)
            };
            let mut places = Vec::new();
            for chunk in &chunks {
                out.even();
                places.push(out.bytes.len());
                out.bytes.extend(chunk);
            }
            // The one directory describes the first B-scan alone.
            let sizes: Vec<usize> = match one {
                true => vec![scan.columns * scan.rows * self.depth.size()],
                false => chunks.iter().map(Vec::len).collect(),
            };
            let text = if number == 0 { description.as_str() } else { "" };
            link = self.directory(&mut out, link, (scan.columns, scan.rows), &places, &sizes, text);
        }
        out.bytes
    }

    /// Strips or tiles of a page.
    fn chunks(&self, page: &[f32], columns: usize, rows: usize) -> Vec<Vec<u8>> {
        let pack = |lines: Vec<Vec<f32>>| {
            let mut bytes = Vec::new();
            for line in lines {
                let mut numbers = self.depth.bytes(line, false);
                if self.predictor {
                    predict(&mut numbers, self.depth.size());
                }
                let size = self.depth.size();
                for number in numbers.chunks(size) {
                    match self.big_endian {
                        true => bytes.extend(number.iter().rev()),
                        false => bytes.extend(number),
                    }
                }
            }
            match self.packs {
                Packs::Not => bytes,
                Packs::PackBits => pack_bits(&bytes),
                Packs::Lzw => lzw(&bytes),
                Packs::Deflate | Packs::OldDeflate => deflated(&bytes),
            }
        };
        let line = |row: usize, from: usize, length: usize| -> Vec<f32> {
            (from..from + length)
                .map(|column| if row < rows && column < columns { page[row * columns + column] } else { 0.0 })
                .collect()
        };
        match self.cut {
            Cut::Strips(height) => (0..rows)
                .step_by(height)
                .map(|top| pack((top..(top + height).min(rows)).map(|row| line(row, 0, columns)).collect()))
                .collect(),
            Cut::Tiles(side) => (0..rows)
                .step_by(side)
                .flat_map(|top| (0..columns).step_by(side).map(move |left| (top, left)))
                .map(|(top, left)| pack((top..top + side).map(|row| line(row, left, side)).collect()))
                .collect(),
        }
    }

    fn directory(
        &self,
        out: &mut Out,
        link: usize,
        (columns, rows): (usize, usize),
        places: &[usize],
        sizes: &[usize],
        description: &str,
    ) -> usize {
        let packs = match self.packs {
            Packs::Not => 1,
            Packs::Lzw => 5,
            Packs::Deflate => 8,
            Packs::PackBits => 32773,
            Packs::OldDeflate => 32946,
        };
        let (long, word) = (if self.big { 16 } else { 4 }, 3);
        let format = if self.depth.is_float() { 3 } else { 1 + usize::from(self.depth.is_signed()) };
        let mut fields: Vec<(u16, u16, Vec<usize>)> = vec![
            (256, word, vec![columns]),
            (257, word, vec![rows]),
            (258, word, vec![8 * self.depth.size()]),
            (259, word, vec![packs]),
            (262, word, vec![usize::from(!self.white_is_zero)]),
            (277, word, vec![1]),
            (339, word, vec![format]),
        ];
        if self.predictor {
            fields.push((317, word, vec![2]));
        }
        match self.cut {
            Cut::Strips(height) => {
                let height = if self.writer == Writer::ImageJOneDirectory { rows } else { height.min(rows) };
                fields.push((273, long, places.to_vec()));
                fields.push((278, word, vec![height]));
                fields.push((279, long, sizes.to_vec()));
            }
            Cut::Tiles(side) => {
                fields.push((322, word, vec![side]));
                fields.push((323, word, vec![side]));
                fields.push((324, long, places.to_vec()));
                fields.push((325, long, sizes.to_vec()));
            }
        }
        if !description.is_empty() {
            let mut text: Vec<usize> = description.bytes().map(usize::from).collect();
            text.push(0);
            fields.push((270, 2, text));
        }
        if self.writer == Writer::Dots96 {
            // A fraction of two 32-bit numbers.
            fields.push((282, 5, vec![96, 1]));
            fields.push((283, 5, vec![96, 1]));
            fields.push((296, word, vec![2]));
        }
        fields.sort();
        let room = if self.big { 8 } else { 4 };
        let entries: Vec<(u16, u16, usize, Vec<u8>)> = fields
            .into_iter()
            .map(|(tag, kind, values)| {
                let mut value = Out { bytes: Vec::new(), big_endian: self.big_endian };
                values.iter().for_each(|number| match kind {
                    2 => value.bytes.push(*number as u8),
                    3 => value.short(*number as u16),
                    16 => value.long(*number as u64),
                    _ => value.whole(*number as u32),
                });
                let count = if kind == 5 { values.len() / 2 } else { values.len() };
                (tag, kind, count, value.bytes)
            })
            .collect();
        let mut stored = Vec::new();
        for (tag, kind, count, mut value) in entries {
            if value.len() > room {
                out.even();
                let at = out.bytes.len();
                out.bytes.extend(value);
                let mut place = Out { bytes: Vec::new(), big_endian: self.big_endian };
                place.offset(self.big, at);
                value = place.bytes;
            }
            value.resize(room, 0);
            stored.push((tag, kind, count, value));
        }
        out.even();
        let here = out.bytes.len();
        let mut place = Out { bytes: Vec::new(), big_endian: self.big_endian };
        place.offset(self.big, here);
        out.bytes[link..link + room].copy_from_slice(&place.bytes);
        if self.big {
            out.long(stored.len() as u64)
        } else {
            out.short(stored.len() as u16)
        }
        for (tag, kind, count, value) in stored {
            out.short(tag);
            out.short(kind);
            out.offset(self.big, count);
            out.bytes.extend(value);
        }
        let next = out.bytes.len();
        out.offset(self.big, 0);
        next
    }

    fn description(&self, scan: &Scan) -> String {
        let bscans = scan.bscans;
        match self.writer {
            Writer::Plain | Writer::Dots96 => String::new(),
            Writer::ImageJ | Writer::ImageJOneDirectory => {
                format!("ImageJ=1.53t\nimages={bscans}\nslices={bscans}\nloop=false\nmin=0.0\nmax=255.0\n")
            }
            Writer::ImageJTimePoints => {
                format!("ImageJ=1.53t\nimages={bscans}\nframes={bscans}\nfinterval=0.1\nloop=false\n")
            }
            Writer::ImageJTwoChannels => format!(
                "ImageJ=1.53t\nimages={}\nchannels=2\nslices={bscans}\nhyperstack=true\nmode=grayscale\n",
                2 * bscans
            ),
            Writer::OmeTwoChannels => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">\
                 <Image ID=\"Image:0\"><Pixels ID=\"Pixels:0\" DimensionOrder=\"XYCZT\" Type=\"uint8\" SizeX=\"{}\" \
                 SizeY=\"{}\" SizeZ=\"{bscans}\" SizeC=\"2\" SizeT=\"1\"><Channel ID=\"Channel:0:0\"/><Channel \
                 ID=\"Channel:0:1\"/><TiffData/></Pixels></Image></OME>",
                scan.columns, scan.rows
            ),
        }
    }
}

/// What changes from place to place, as flow would: no layers.
fn flow(page: &[f32]) -> Vec<f32> {
    page.windows(2).map(|pair| (2.0 * (pair[0] - pair[1])).abs().min(255.0).floor()).chain([0.0]).collect()
}

/// Differences of neighbours in a line of numbers in little-endian order.
fn predict(line: &mut [u8], size: usize) {
    let number = |line: &[u8], at: usize| -> u64 {
        line[at * size..][..size].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    for at in (1..line.len() / size).rev() {
        let difference = number(line, at).wrapping_sub(number(line, at - 1)).to_le_bytes();
        line[at * size..][..size].copy_from_slice(&difference[..size]);
    }
}

/// Runs of equal bytes, all others as they are.
fn pack_bits(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take(128).take_while(|byte| **byte == bytes[at]).count();
        if run > 2 {
            packed.push((257 - run) as u8);
            packed.push(bytes[at]);
            at += run;
        } else {
            let length = bytes.len().min(at + 64) - at;
            packed.push((length - 1) as u8);
            packed.extend(&bytes[at..at + length]);
            at += length;
        }
    }
    packed
}

/// LZW that clears its table before a code would need ten bits: valid and no smaller.
fn lzw(bytes: &[u8]) -> Vec<u8> {
    let (mut packed, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    let mut put = |code: u32| {
        held = held << 9 | code;
        bits += 9;
        while bits >= 8 {
            bits -= 8;
            packed.push((held >> bits) as u8);
        }
        held &= (1 << bits) - 1;
    };
    for part in bytes.chunks(200) {
        put(256);
        part.iter().for_each(|byte| put(u32::from(*byte)));
    }
    put(257);
    put(0);
    packed
}

struct Out {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Out {
    fn put<const N: usize>(&mut self, mut little: [u8; N]) {
        if self.big_endian {
            little.reverse();
        }
        self.bytes.extend(little);
    }

    fn short(&mut self, value: u16) {
        self.put(value.to_le_bytes());
    }

    fn whole(&mut self, value: u32) {
        self.put(value.to_le_bytes());
    }

    fn long(&mut self, value: u64) {
        self.put(value.to_le_bytes());
    }

    fn offset(&mut self, big: bool, value: usize) {
        if big { self.long(value as u64) } else { self.whole(value as u32) }
    }

    fn even(&mut self) {
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
    }
}
