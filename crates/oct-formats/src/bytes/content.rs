//! What a file holds that is not what its name says.

/// What is inside instead.
pub(crate) fn describe(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "it is empty",
        [b'G', b'I', b'F', b'8', ..] => "it is a GIF image",
        [b'B', b'M', ..] if bytes.get(6..10) == Some(&[0; 4]) => "it is a BMP image",
        [b'R', b'I', b'F', b'F', ..] if bytes.get(8..12) == Some(b"WEBP") => "it is a WebP image",
        [b'%', b'P', b'D', b'F', ..] => "it is a PDF document",
        [b'P', b'K', 3, 4, ..] => "it is a zip file",
        [0x1F, 0x8B, ..] => "it is a gzip file",
        _ if bytes.get(128..132) == Some(b"DICM") => "it is a DICOM file",
        _ if is_text(bytes) => "it is text",
        _ => "its content is unknown",
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let control = head.iter().any(|byte| *byte < 32 && !matches!(byte, b'\n' | b'\r' | b'\t'));
    // A character cut by the end of the head is no reason to doubt.
    let text = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    text && !control
}
