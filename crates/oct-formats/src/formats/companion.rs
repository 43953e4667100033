//! Files that belong beside a file of a format.

use crate::bounds::MOST_HEADER_BYTES;
use crate::header_text::header_text;

/// Which files belong beside a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Companion {
    /// The one that a line of the file names, as `field separator name`.
    Named {
        /// The ending that such a file has.
        ending: &'static str,
        /// Words that the line may begin with.
        fields: &'static [&'static str],
        /// What stands between the field and the name.
        separator: char,
    },
    /// The one of the same name with another ending.
    SameStem {
        /// The ending of the file.
        ending: &'static str,
        /// The ending of the one beside it.
        beside: &'static str,
    },
    /// All images in the folder.
    Images {
        /// The ending of the file.
        ending: &'static str,
    },
}

impl Companion {
    /// The ending of the files that have such a companion.
    pub fn ending(&self) -> &'static str {
        match self {
            Self::Named { ending, .. } | Self::SameStem { ending, .. } | Self::Images { ending } => ending,
        }
    }

    /// The name that `content` gives, for [`Companion::Named`]; it may be any text.
    pub fn named_in(&self, content: &[u8]) -> Option<String> {
        let Self::Named { fields, separator, .. } = self else { return None };
        let header = &content[..content.len().min(MOST_HEADER_BYTES)];
        header.split(|byte| [b'\n', b'\r'].contains(byte)).map(header_text).find_map(|line| {
            let (field, name) = line.split_once(*separator)?;
            let field = field.trim_matches(|letter: char| !letter.is_ascii_graphic());
            let is_field = fields.iter().any(|known| field.eq_ignore_ascii_case(known));
            is_field.then(|| name.trim().trim_start_matches("./").to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_the_file_beside_it() {
        let mhd = Companion::Named { ending: ".mhd", fields: &["ElementDataFile"], separator: '=' };
        let header = b"\xFF comment\nNDims = 3\r\nElementDataFile = ./oct.raw\r\n";
        assert_eq!(mhd.named_in(header).as_deref(), Some("oct.raw"));
        assert_eq!(mhd.named_in(b"ElementDataFile = Gr\xF6\xDFe.raw").as_deref(), Some("Größe.raw"));
        assert_eq!(mhd.named_in(b"NDims = 3"), None);
        let nhdr = Companion::Named { ending: ".nhdr", fields: &["data file", "datafile"], separator: ':' };
        assert_eq!(nhdr.named_in(b"NRRD0004\nData File: eye.raw.gz\n").as_deref(), Some("eye.raw.gz"));
        assert_eq!(Companion::Images { ending: ".xml" }.named_in(header), None);
    }
}
