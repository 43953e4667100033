//! JPEG 2000 codestreams, as DICOM and Topcon store B-scans.
//!
//! Decoded by `hayro-jpeg2000`, which takes the declared sizes at their word
//! and shows what is missing as grey. So the markers are walked here first
//! (ISO/IEC 15444-1 = ITU-T T.800: annex A markers, B sizes, tiles, precincts
//! and code-blocks, I the JP2 boxes): nothing may be out of proportion to the
//! bytes, every tile has to be there, and the end too.

use hayro_jpeg2000::{DecodeError, DecodeSettings, DecoderContext, Image};
use oct::Samples;

use crate::Cause;
use crate::images::GreyImage;

/// Longest side of an image that we take.
const LONGEST_SIDE: u32 = 16_384;
/// Most samples of one decoded image, more than any B-scan has. The decoder
/// holds 12 bytes for each.
const MOST_SAMPLES: u64 = 4 << 20;
/// Samples that any image may have, be it black and of a few bytes.
const SAMPLES_OF_NO_BYTES: u64 = 1 << 20;
/// Samples that one byte may become beyond that; Topcon's B-scans reach 10.
const SAMPLES_PER_BYTE: u64 = 64;
/// Most tiles, and most precincts of all tiles. Each takes memory, empty or not.
const MOST_PARTS: u64 = 1 << 16;
/// Most code-blocks, each counted once a quality layer.
const MOST_BLOCKS: u64 = 1 << 20;
/// What the decoder counts layers up to.
const MOST_LAYERS: u16 = 32;

const SOC: u16 = 0xFF4F;
const SIZ: u16 = 0xFF51;
const COD: u16 = 0xFF52;
const COC: u16 = 0xFF53;
const POC: u16 = 0xFF5F;
const PPM: u16 = 0xFF60;
const PPT: u16 = 0xFF61;
const SOT: u16 = 0xFF90;
const SOD: u16 = 0xFF93;
const EOC: u16 = 0xFFD9;

/// Decodes a JP2 file or a raw codestream of one grey channel: up to 8 bits
/// to 8-bit samples, up to 16 bits to 16-bit samples, values as stored.
///
/// # Errors
/// [`Cause`]: damage, an impossible size,
/// signed or wider samples, colours.
pub(crate) fn decode_grey(bytes: &[u8]) -> Result<GreyImage, Cause> {
    let codestream = codestream(bytes)?;
    let header = Header::parse(codestream)?;
    if header.components != 1 {
        return Err(Cause::Colour);
    }
    header.decode(codestream, 0, None)
}

/// Decodes an image that only illustrates, a fundus photograph: of colours the
/// second channel, green, in which the retina has its contrast; as many halvings
/// smaller as leave at least `side` pixels across, where the file holds them.
///
/// # Errors
/// As [`decode_grey`], but colours are welcome.
pub(crate) fn decode_fundus(bytes: &[u8], side: u32) -> Result<GreyImage, Cause> {
    let codestream = codestream(bytes)?;
    let header = Header::parse(codestream)?;
    let green = usize::from(header.components >= 3);
    header.decode(codestream, green, Some((side, 1)))
}

/// The codestream in a JP2 file, or `bytes` where they are one.
fn codestream(bytes: &[u8]) -> Result<&[u8], Cause> {
    if bytes.starts_with(&SOC.to_be_bytes()) {
        return Ok(bytes);
    }
    let mut at = 0_usize;
    while let Some(length) = long(bytes, at) {
        let kind = bytes.get(at + 4..at + 8);
        let (header, length) = match length {
            0 => (8, bytes.len() - at),
            1 => (16, long(bytes, at + 12).filter(|_| long(bytes, at + 8) == Some(0)).unwrap_or(0) as usize),
            length => (8, length as usize),
        };
        let Some(end) = at.checked_add(length).filter(|_| length >= header) else { break };
        let inside = bytes.get(at + header..end.min(bytes.len())).unwrap_or_default();
        match kind {
            // An index into a palette is no grey.
            Some(b"jp2h") if inside.windows(4).any(|name| name == b"pclr") => {
                return Err(Cause::Colour);
            }
            Some(b"jp2c") => return Ok(inside),
            _ => at = end,
        }
    }
    Err(Cause::malformed("it is not JPEG 2000"))
}

/// What the main header says.
struct Header {
    columns: u32,
    rows: u32,
    components: u64,
    precision: u8,
}

impl Header {
    /// Walks all markers, and refuses what the decoder would stumble on.
    fn parse(codestream: &[u8]) -> Result<Self, Cause> {
        let cut = || Cause::malformed("the image ends too early");
        let siz = segment(codestream, 2).filter(|(marker, _)| *marker == SIZ).ok_or_else(cut)?.1;
        let (header, tiles) = Self::of_siz(siz, codestream.len())?;
        let mut at = 4 + siz.len() + 2;
        let mut layers = None;
        loop {
            let (marker, content) = segment(codestream, at).ok_or_else(cut)?;
            match marker {
                SOT => break,
                COD => {
                    let style = content.first().copied().ok_or_else(cut)?;
                    let count = short(content, 2).ok_or_else(cut)?;
                    layers = Some(count);
                    header.check_style(content.get(5..).unwrap_or_default(), style, count, &tiles)?;
                }
                // Fewer than 257 channels: the number of the channel is one byte.
                COC => {
                    let style = content.get(1).copied().ok_or_else(cut)?;
                    let count = layers.ok_or_else(|| Cause::malformed("its markers are in disorder"))?;
                    header.check_style(content.get(2..).unwrap_or_default(), style, count, &tiles)?;
                }
                POC | PPM => return Err(odd()),
                _ => {}
            }
            at += 4 + content.len();
        }
        if layers.is_none() {
            return Err(Cause::malformed("its coding style is missing"));
        }
        tiles.check_parts(codestream, at)?;
        Ok(header)
    }

    fn of_siz(siz: &[u8], held: usize) -> Result<(Self, Tiles), Cause> {
        let cut = || Cause::malformed("the image ends too early");
        let number = |index: usize| long(siz, 2 + 4 * index).ok_or_else(cut);
        let [x1, y1, x0, y0] = [number(0)?, number(1)?, number(2)?, number(3)?];
        let [wide, high, left, top] = [number(4)?, number(5)?, number(6)?, number(7)?];
        let components = u64::from(short(siz, 34).ok_or_else(cut)?);
        let (columns, rows) = (x1.saturating_sub(x0), y1.saturating_sub(y0));
        let sides = 1..=LONGEST_SIDE;
        if !sides.contains(&columns) || !sides.contains(&rows) {
            return Err(Cause::impossible_size(columns.into(), rows.into(), 1));
        }
        // Photographs have three channels, with transparency four.
        if !(1..=4).contains(&components) {
            return Err(odd());
        }
        // No device uses a grid with an offset, and offsets make overflows.
        if [x0, y0, left, top] != [0; 4] || wide == 0 || high == 0 {
            return Err(odd());
        }
        let samples = u64::from(columns) * u64::from(rows) * components;
        if samples > SAMPLES_OF_NO_BYTES + SAMPLES_PER_BYTE * held as u64 {
            return Err(Cause::malformed(format!("{held} bytes cannot hold {columns} x {rows} pixels")));
        }
        let channels = siz.get(36..).unwrap_or_default().as_chunks::<3>().0;
        let first = channels.first().filter(|_| channels.len() as u64 == components).ok_or_else(cut)?;
        let [size, ..] = *first;
        if channels.iter().any(|[other, x, y]| (*other, *x, *y) != (size, 1, 1)) {
            return Err(odd());
        }
        if size & 0x80 != 0 || size > 15 {
            let sign = if size & 0x80 == 0 { "unsigned" } else { "signed" };
            let sample_type = format!("{}-bit {sign} JPEG 2000", (size & 0x7F) + 1);
            return Err(Cause::sample_type(sample_type));
        }
        let tiles = Tiles { across: columns.div_ceil(wide).into(), down: rows.div_ceil(high).into() };
        // A part of a tile takes 14 bytes before it holds anything.
        if tiles.count() > MOST_PARTS.min(held as u64 / 14) {
            return Err(Cause::malformed(format!("{held} bytes cannot hold {} tiles", tiles.count())));
        }
        Ok((Self { columns, rows, components, precision: size + 1 }, tiles))
    }

    /// Bounds what the decoder sets up for the coding style `content`, from its
    /// number of decomposition levels on.
    fn check_style(&self, content: &[u8], style: u8, layers: u16, tiles: &Tiles) -> Result<(), Cause> {
        let &[levels, wide, high, ..] = content else {
            return Err(Cause::malformed("its coding style is cut"));
        };
        // B-scans have 5; 32 are allowed, and the decoder shifts by them.
        if levels > 16 || wide > 8 || high > 8 || wide + high > 8 || layers == 0 || layers > MOST_LAYERS {
            return Err(odd());
        }
        let (mut precincts, mut blocks) = (0_u64, 0_u64);
        for resolution in 0..=levels {
            let shrunk = levels - resolution;
            let precinct = match content.get(5 + usize::from(resolution)) {
                _ if style & 1 == 0 => 0xFF,
                Some(precinct) => *precinct,
                None => return Err(Cause::malformed("its coding style is cut")),
            };
            let (mut of_precincts, mut of_blocks) = (1, 1);
            let axes = [
                (self.columns, tiles.across, precinct & 15, wide + 2),
                (self.rows, tiles.down, precinct >> 4, high + 2),
            ];
            for (side, tiles, precinct, block) in axes {
                if precinct == 0 && resolution > 0 {
                    return Err(odd());
                }
                let side = u64::from(side).div_ceil(1 << shrunk);
                // Each tile may begin and end within one.
                let parts = |size: u8| side / (1 << size) + 2 * tiles;
                of_precincts *= parts(precinct);
                of_blocks *= parts(block.min(precinct.max(1) - 1));
            }
            // A resolution has up to three bands.
            precincts += of_precincts;
            blocks += 3 * of_blocks;
        }
        let channels = self.components;
        if precincts * channels > MOST_PARTS || blocks * channels * u64::from(layers) > MOST_BLOCKS {
            return Err(odd());
        }
        Ok(())
    }

    fn decode(
        &self,
        codestream: &[u8],
        channel: usize,
        target_resolution: Option<(u32, u32)>,
    ) -> Result<GreyImage, Cause> {
        // Lenient, the decoder goes on after damage and leaves grey behind.
        let settings = DecodeSettings { resolve_palette_indices: false, strict: true, target_resolution };
        let failed = |error: DecodeError| Cause::cannot_unpack(error);
        let image = Image::new(codestream, &settings).map_err(failed)?;
        let (columns, rows) = (image.width(), image.height());
        if u64::from(columns) * u64::from(rows) * self.components > MOST_SAMPLES {
            return Err(Cause::impossible_size(self.columns.into(), self.rows.into(), 1));
        }
        let mut context = DecoderContext::default();
        let decoded = image.decode(&mut context).map_err(failed)?;
        let (columns, rows) = (columns as usize, rows as usize);
        let values = decoded.components().get(channel).map(|component| component.samples());
        let values = values.filter(|values| values.len() == columns * rows);
        let values =
            values.ok_or_else(|| Cause::malformed("the decoder returned another number of samples"))?;
        // Lossy values may lie a little outside. To 24 bits floats are exact.
        let most = f32::from(u16::MAX >> (16 - self.precision));
        let whole = |value: &f32| (value + 0.5).clamp(0.0, most);
        let samples = if self.precision <= 8 {
            Samples::U8(values.iter().map(|value| whole(value) as u8).collect())
        } else {
            Samples::U16(values.iter().map(|value| whole(value) as u16).collect())
        };
        Ok(GreyImage { columns, rows, samples })
    }
}

/// How many tiles there are.
struct Tiles {
    across: u64,
    down: u64,
}

impl Tiles {
    fn count(&self) -> u64 {
        self.across * self.down
    }

    /// Walks the tile-parts from `at`: each tile has to be there, whole, and
    /// the end after them.
    fn check_parts(&self, codestream: &[u8], mut at: usize) -> Result<(), Cause> {
        let cut = || Cause::malformed("the image ends too early");
        let mut seen = vec![false; self.count() as usize];
        loop {
            if short(codestream, at).ok_or_else(cut)? == EOC {
                break;
            }
            let (marker, content) = segment(codestream, at).ok_or_else(cut)?;
            let (Some(tile), Some(length), SOT) = (short(content, 0), long(content, 2), marker) else {
                return Err(Cause::malformed("its markers are in disorder"));
            };
            *seen.get_mut(usize::from(tile)).ok_or_else(|| Cause::malformed("a tile lies outside"))? = true;
            let end = match length as usize {
                // The last part may leave its length to the end of the image.
                0 => codestream.iter().rposition(|byte| *byte == 0xD9).and_then(|end| end.checked_sub(1)),
                length => at.checked_add(length),
            };
            let end = end.filter(|end| (at + 14..=codestream.len()).contains(end)).ok_or_else(cut)?;
            let mut inside = at + 4 + content.len();
            loop {
                match short(codestream, inside).ok_or_else(cut)? {
                    SOD => break,
                    // Another style for one tile would have to be bounded once more.
                    COD | COC | POC | PPT => return Err(odd()),
                    _ => inside += 4 + segment(codestream, inside).ok_or_else(cut)?.1.len(),
                }
                if inside + 2 > end {
                    return Err(cut());
                }
            }
            at = end;
        }
        if seen.contains(&false) {
            return Err(Cause::malformed("a part of the image is missing"));
        }
        Ok(())
    }
}

/// The marker at `at` and what its segment holds after the length.
fn segment(codestream: &[u8], at: usize) -> Option<(u16, &[u8])> {
    let marker = short(codestream, at)?;
    let length = usize::from(short(codestream, at.checked_add(2)?)?);
    Some((marker, codestream.get(at + 4..at + 2 + length)?))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

fn odd() -> Cause {
    Cause::Unsupported {
        feature: "a kind of JPEG 2000 that OCT devices do not write".to_owned(),
        remedy: "export the scan as TIFF or uncompressed DICOM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A codestream of empty tiles.
    struct Empty {
        columns: u32,
        rows: u32,
        tile: u32,
        offset: u32,
        channels: Vec<[u8; 3]>,
        layers: u16,
        levels: u8,
        block: u8,
        parts: u16,
    }

    impl Default for Empty {
        fn default() -> Self {
            let channels = vec![[7, 1, 1]];
            Self {
                columns: 64,
                rows: 48,
                tile: 64,
                offset: 0,
                channels,
                layers: 1,
                levels: 1,
                block: 4,
                parts: 1,
            }
        }
    }

    impl Empty {
        fn bytes(&self) -> Vec<u8> {
            let mut bytes = vec![0xFF, 0x4F];
            let mut siz = vec![0, 0];
            for value in [self.columns, self.rows, self.offset, 0, self.tile, self.tile, 0, 0] {
                siz.extend(value.to_be_bytes());
            }
            siz.extend((self.channels.len() as u16).to_be_bytes());
            siz.extend(self.channels.iter().flatten());
            add(&mut bytes, SIZ, &siz);
            let [high, low] = self.layers.to_be_bytes();
            add(&mut bytes, COD, &[0, 0, high, low, 0, self.levels, self.block, self.block, 0, 1]);
            add(&mut bytes, 0xFF5C, &[0x40; 33]);
            for part in 0..self.parts {
                let [high, low] = part.to_be_bytes();
                // 14 bytes in all, the only part of its tile.
                add(&mut bytes, SOT, &[high, low, 0, 0, 0, 14, 0, 1]);
                bytes.extend(SOD.to_be_bytes());
            }
            bytes.extend(EOC.to_be_bytes());
            bytes
        }

        fn sentence(&self) -> String {
            decode_grey(&self.bytes()).map(|image| image.columns).unwrap_err().to_string()
        }
    }

    fn add(bytes: &mut Vec<u8>, marker: u16, content: &[u8]) {
        bytes.extend(marker.to_be_bytes());
        bytes.extend((content.len() as u16 + 2).to_be_bytes());
        bytes.extend(content);
    }

    #[test]
    fn an_image_without_data_is_grey_in_either_wrapping() {
        let bytes = Empty::default().bytes();
        let image = decode_grey(&bytes).unwrap();
        assert_eq!((image.columns, image.rows), (64, 48));
        assert_eq!(image.samples, Samples::U8(vec![128; 64 * 48]));
        let mut boxed = b"\0\0\0\x0CjP  \r\n\x87\n\0\0\0\0jp2c".to_vec();
        boxed.extend(&bytes);
        assert_eq!(decode_grey(&boxed), Ok(image));
        boxed.splice(12..12, *b"\0\0\0\x10jp2h\0\0\0\x08pclr");
        assert!(matches!(decode_grey(&boxed), Err(Cause::Colour)));
    }

    #[test]
    fn a_photograph_shrinks_by_halves_down_to_the_wanted_side() {
        let colours = Empty { channels: vec![[7, 1, 1]; 3], levels: 3, ..Empty::default() }.bytes();
        for (side, columns) in [(64, 64), (33, 64), (32, 32), (9, 16), (1, 8)] {
            assert_eq!(decode_fundus(&colours, side).unwrap().columns, columns, "{side}");
        }
        assert!(matches!(decode_grey(&colours), Err(Cause::Colour)));
    }

    #[test]
    fn what_is_out_of_proportion_or_missing_is_refused() {
        let usual = Empty::default;
        let refused = [
            (Empty { columns: 0, ..usual() }, "declares 0 columns"),
            (Empty { columns: u32::MAX, ..usual() }, "declares 4294967295 columns"),
            (
                Empty { columns: 16_384, rows: 16_384, tile: 16_384, ..usual() },
                "cannot hold 16384 x 16384 pixels",
            ),
            (Empty { tile: 1, ..usual() }, "cannot hold 3072 tiles"),
            (Empty { tile: 32, parts: 3, ..usual() }, "a part of the image is missing"),
            (Empty { parts: 0, ..usual() }, "ends too early"),
            (Empty { parts: 2, ..usual() }, "a tile lies outside"),
            (Empty { offset: 1, ..usual() }, "do not write"),
            (Empty { channels: vec![[7, 1, 1]; 300], ..usual() }, "do not write"),
            (Empty { channels: vec![[7, 2, 1]], ..usual() }, "do not write"),
            (Empty { channels: vec![[0x87, 1, 1]], ..usual() }, "8-bit signed JPEG 2000"),
            (Empty { channels: vec![[19, 1, 1]], ..usual() }, "20-bit unsigned JPEG 2000"),
            (Empty { levels: 32, ..usual() }, "do not write"),
            (Empty { layers: 65_535, ..usual() }, "do not write"),
            (
                Empty { columns: 1024, rows: 1024, tile: 1024, layers: 32, block: 0, ..usual() },
                "do not write",
            ),
        ];
        for (image, part) in refused {
            let sentence = image.sentence();
            assert!(sentence.contains(part), "{sentence}");
        }
        let whole = usual().bytes();
        for length in 0..whole.len() {
            assert!(decode_grey(&whole[..length]).is_err(), "{length}");
        }
    }
}
