//! Data elements and their encodings (PS3.5).

/// Group and element.
pub type Tag = (u16, u16);

/// A data element.
#[derive(Debug, Clone)]
pub struct Element {
    tag: Tag,
    vr: &'static str,
    value: Value,
}

#[derive(Debug, Clone)]
enum Value {
    /// Little-endian words of so many bytes.
    Plain(Vec<u8>, usize),
    Items(Vec<Vec<Element>>),
    /// Packed frames, and whether their offsets are in the table before them.
    Fragments(Vec<Vec<u8>>, bool),
}

/// Text.
pub fn text(tag: Tag, vr: &'static str, text: impl AsRef<str>) -> Element {
    Element { tag, vr, value: Value::Plain(text.as_ref().as_bytes().to_vec(), 1) }
}

/// Decimal figures as text.
pub fn figures(tag: Tag, figures: &[f64]) -> Element {
    // At most 16 letters each.
    let words: Vec<String> = figures.iter().map(|figure| format!("{figure:.8}")).collect();
    text(tag, "DS", words.join("\\"))
}

/// A 16-bit number.
pub fn short(tag: Tag, number: u16) -> Element {
    Element { tag, vr: "US", value: Value::Plain(number.to_le_bytes().to_vec(), 2) }
}

/// 32-bit numbers.
pub fn longs(tag: Tag, numbers: &[u32]) -> Element {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    Element { tag, vr: "UL", value: Value::Plain(bytes, 4) }
}

/// A sequence.
pub fn items(tag: Tag, items: Vec<Vec<Element>>) -> Element {
    Element { tag, vr: "SQ", value: Value::Items(items) }
}

/// Samples of so many bytes each, in little-endian order.
pub fn pixels(samples: Vec<u8>, size: usize) -> Element {
    let vr = if size == 1 { "OB" } else { "OW" };
    Element { tag: (0x7FE0, 0x0010), vr, value: Value::Plain(samples, size) }
}

/// Packed frames.
pub fn fragments(frames: Vec<Vec<u8>>, with_offsets: bool) -> Element {
    Element { tag: (0x7FE0, 0x0010), vr: "OB", value: Value::Fragments(frames, with_offsets) }
}

/// How elements are encoded.
#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    /// Value representations are written.
    pub explicit: bool,
    /// Most significant byte first.
    pub big_endian: bool,
    /// Sequences and items end with a mark, not with a length.
    pub open_ended: bool,
}

/// `elements` in the order of their tags.
pub fn encode(elements: &[Element], encoding: Encoding) -> Vec<u8> {
    let mut sorted: Vec<&Element> = elements.iter().collect();
    sorted.sort_by_key(|element| element.tag);
    sorted.into_iter().flat_map(|element| one(element, encoding)).collect()
}

fn one(element: &Element, encoding: Encoding) -> Vec<u8> {
    let short = |number: u16| if encoding.big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let long = |number: u32| if encoding.big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let mark = |number: u16, length: u32| [&short(0xFFFE)[..], &short(number), &long(length)].concat();
    const OPEN: u32 = u32::MAX;
    let (value, length) = match &element.value {
        Value::Plain(bytes, size) => {
            let mut bytes = bytes.clone();
            if encoding.big_endian {
                bytes.chunks_mut(*size).for_each(<[u8]>::reverse);
            }
            if bytes.len() % 2 == 1 {
                bytes.push(if ["UI", "OB"].contains(&element.vr) { 0 } else { b' ' });
            }
            let length = bytes.len() as u32;
            (bytes, length)
        }
        Value::Items(items) => {
            let mut bytes = Vec::new();
            for item in items {
                let content = encode(item, encoding);
                let length = if encoding.open_ended { OPEN } else { content.len() as u32 };
                bytes.extend(mark(0xE000, length));
                bytes.extend(content);
                if encoding.open_ended {
                    bytes.extend(mark(0xE00D, 0));
                }
            }
            if encoding.open_ended {
                bytes.extend(mark(0xE0DD, 0));
            }
            let length = if encoding.open_ended { OPEN } else { bytes.len() as u32 };
            (bytes, length)
        }
        Value::Fragments(frames, with_offsets) => {
            let padded: Vec<Vec<u8>> = frames
                .iter()
                .map(|frame| {
                    let mut frame = frame.clone();
                    frame.resize(frame.len().next_multiple_of(2), 0);
                    frame
                })
                .collect();
            let mut offsets = Vec::new();
            let mut at = 0_u32;
            for frame in &padded {
                offsets.extend(at.to_le_bytes());
                at += frame.len() as u32 + 8;
            }
            if !with_offsets {
                offsets.clear();
            }
            let mut bytes = [mark(0xE000, offsets.len() as u32), offsets].concat();
            for frame in padded {
                bytes.extend(mark(0xE000, frame.len() as u32));
                bytes.extend(frame);
            }
            bytes.extend(mark(0xE0DD, 0));
            (bytes, OPEN)
        }
    };
    let mut bytes = [short(element.tag.0), short(element.tag.1)].concat();
    if encoding.explicit {
        bytes.extend(element.vr.as_bytes());
        if ["OB", "OW", "SQ", "UN", "UT"].contains(&element.vr) {
            bytes.extend([0, 0]);
            bytes.extend(long(length));
        } else {
            bytes.extend(short(length as u16));
        }
    } else {
        bytes.extend(long(length));
    }
    bytes.extend(value);
    bytes
}

/// RLE of PS3.5, annex G: the high bytes of a frame first.
pub fn rle(frame: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[0] = size as u8;
    for plane in 0..size {
        let start = bytes.len() as u32;
        bytes[4 + 4 * plane..][..4].copy_from_slice(&start.to_le_bytes());
        let of_plane: Vec<u8> = frame.iter().skip(size - 1 - plane).step_by(size).copied().collect();
        for literal in of_plane.chunks(128) {
            bytes.push((literal.len() - 1) as u8);
            bytes.extend(literal);
        }
        bytes.resize(bytes.len().next_multiple_of(2), 0x80);
    }
    bytes
}
