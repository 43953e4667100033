//! What an image's first bytes, and its name, say it is.

/// What an image's first bytes say it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageType {
    Png,
    Jpeg,
    Bmp,
    Tiff,
    BigTiff,
}

impl ImageType {
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            // Two reserved words behind the size of the file are zero.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Self::Bmp),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Self::Tiff),
            [b'I', b'I', 43, 0, ..] | [b'M', b'M', 0, 43, ..] => Some(Self::BigTiff),
            _ => None,
        }
    }
}

/// Whether `bytes` are an image of a kind that [`super::decode`] knows.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    ImageType::of(bytes).is_some()
}

/// Whether `bytes` begin like an image, whatever their name. BMP's two letters
/// are too few to tell.
pub(super) fn has_strong_mark(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [b"\x89PNG", b"\xFF\xD8\xFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    marks.iter().any(|mark| bytes.starts_with(mark))
}

/// What the name promises, with its article.
pub(super) fn promised(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("png") => "a PNG image",
        Some("jpg" | "jpeg") => "a JPEG image",
        Some("tif" | "tiff") => "a TIFF image",
        Some("bmp") => "a BMP image",
        Some("mhd" | "mha") => "a MetaImage header",
        _ => "a PNG, JPEG, BMP or TIFF image",
    }
}
