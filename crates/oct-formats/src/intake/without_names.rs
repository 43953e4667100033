//! Sentences without the names of files: a clinic's file names carry those of
//! its patients.

use crate::error::MORE;

/// Shorter names tell nobody apart, and would be found inside of figures.
const SHORTEST: usize = 3;

/// Words of our own sentences that are common names of files and folders, too. A
/// name that is nothing but one of them tells of nobody, and in its place "the
/// file" would make a sentence senseless. Words that are surnames, too, stand not here.
const OUR_WORDS: [&str; 204] = [
    "all",
    "alone",
    "among",
    "and",
    "angiography",
    "anonymized",
    "anonymous",
    "another",
    "any",
    "are",
    "array",
    "ascan",
    "ascans",
    "average",
    "averaged",
    "axial",
    "axis",
    "bad",
    "blank",
    "bscan",
    "bscans",
    "byte",
    "bytes",
    "cases",
    "channel",
    "channels",
    "choice",
    "circle",
    "class",
    "colour",
    "colours",
    "column",
    "columns",
    "compressed",
    "copy",
    "cube",
    "data",
    "dataset",
    "date",
    "deep",
    "depth",
    "device",
    "devices",
    "dicom",
    "dimensions",
    "direction",
    "disc",
    "distance",
    "empty",
    "enface",
    "export",
    "exported",
    "exports",
    "eye",
    "eyes",
    "fields",
    "figure",
    "figures",
    "file",
    "files",
    "first",
    "fit",
    "flow",
    "fluid",
    "folder",
    "folders",
    "for",
    "format",
    "fovea",
    "frame",
    "frames",
    "from",
    "fundus",
    "group",
    "header",
    "headers",
    "height",
    "image",
    "images",
    "import",
    "info",
    "input",
    "inputs",
    "into",
    "irf",
    "its",
    "label",
    "labels",
    "last",
    "lateral",
    "layer",
    "layers",
    "left",
    "line",
    "lines",
    "list",
    "macula",
    "map",
    "maps",
    "mask",
    "masks",
    "measured",
    "mhd",
    "middle",
    "missing",
    "name",
    "names",
    "network",
    "nifti",
    "nothing",
    "number",
    "numbers",
    "oct",
    "octa",
    "one",
    "only",
    "order",
    "origin",
    "original",
    "other",
    "output",
    "outputs",
    "pages",
    "part",
    "parts",
    "patient",
    "patients",
    "ped",
    "person",
    "picture",
    "pictures",
    "pixel",
    "pixels",
    "place",
    "places",
    "position",
    "positions",
    "projection",
    "quality",
    "radial",
    "raster",
    "raw",
    "read",
    "reference",
    "report",
    "reports",
    "result",
    "results",
    "retina",
    "right",
    "row",
    "rows",
    "same",
    "sample",
    "samples",
    "scan",
    "scans",
    "seg",
    "segmentation",
    "segmented",
    "series",
    "set",
    "size",
    "slice",
    "slices",
    "source",
    "spacing",
    "srf",
    "stack",
    "state",
    "structure",
    "study",
    "surface",
    "tag",
    "test",
    "text",
    "that",
    "the",
    "them",
    "thickness",
    "this",
    "tiff",
    "time",
    "times",
    "top",
    "true",
    "type",
    "unit",
    "unknown",
    "used",
    "value",
    "values",
    "visit",
    "volume",
    "volumes",
    "voxel",
    "voxels",
    "was",
    "width",
    "with",
    "word",
    "words",
    "written",
    "zip",
];

/// A name by which a file or a folder could be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    text: String,
    /// "file" or "folder".
    of_a: &'static str,
}

/// The names by which `paths` could be told: each path, each of its parts, and
/// the last part without its endings; the longest first.
pub(crate) fn names_in<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut add = |text: &str, of_a| names.push(Name { text: text.to_owned(), of_a });
    for path in paths {
        add(path, "file");
        for (at, _) in path.match_indices('/') {
            add(&path[..at], "folder");
        }
        let last = path.rsplit('/').next().unwrap_or(path);
        for part in path.split('/') {
            let of_a = if part == last { "file" } else { "folder" };
            add(part, of_a);
            part.match_indices('.').for_each(|(at, _)| add(&part[..at], of_a));
        }
    }
    let is_ours = |name: &str| OUR_WORDS.iter().any(|word| name.eq_ignore_ascii_case(word));
    names.retain(|name| name.text.chars().count() >= SHORTEST && !is_ours(&name.text));
    names.sort_by(|a, b| {
        let longest_first = b.text.len().cmp(&a.text.len());
        longest_first.then_with(|| a.text.cmp(&b.text)).then_with(|| a.of_a.cmp(b.of_a))
    });
    names.dedup_by(|later, first| later.text == first.text);
    names
}

/// `sentence` without the names of files by which `paths` could be told, `/` between their
/// parts: for what is said of files that could not be opened and is saved without naming
/// anybody. What was opened has [`crate::Opened::nameless_warnings`].
pub fn nameless<'a>(sentence: &str, paths: impl Iterator<Item = &'a str>) -> String {
    without(sentence, &names_in(paths))
}

/// `sentence` with "the file" or "the folder" in the place of each of `names`
/// (longest first); a name with another ending becomes "the .raw file", a list of
/// names "the files".
pub(crate) fn without(sentence: &str, names: &[Name]) -> String {
    let mut nameless = String::with_capacity(sentence.len());
    let mut rest = sentence;
    let mut follows_a_word = false;
    // What the last name became, and where that ends.
    let mut last: Option<(String, usize)> = None;
    while let Some(letter) = rest.chars().next() {
        let ends = |name: &str| !rest[name.len()..].starts_with(char::is_alphanumeric);
        let found =
            names.iter().find(|name| !follows_a_word && rest.starts_with(&name.text) && ends(&name.text));
        let length = match found {
            Some(Name { text, of_a }) => {
                let ending = ending(&rest[text.len()..]);
                let article = if nameless.is_empty() { "The" } else { "the" };
                let space = if ending.is_empty() { "" } else { " " };
                let mut length = text.len() + ending.len();
                let called = format!("{ending}{space}{of_a}");
                match &last {
                    // One more of a list.
                    Some((before, end)) if *before == called && nameless.get(*end..) == Some(", ") => {
                        nameless.truncate(*end);
                        if !nameless.ends_with('s') {
                            nameless.push('s');
                        }
                        length += if rest[length..].starts_with(MORE) { MORE.len() } else { 0 };
                    }
                    _ => nameless.push_str(&format!("{article} {called}")),
                }
                last = Some((called, nameless.len()));
                follows_a_word = true;
                length
            }
            None => {
                nameless.push(letter);
                follows_a_word = letter.is_alphanumeric();
                letter.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    nameless
}

/// The ending that `text` begins with: a dot and letters.
fn ending(text: &str) -> &str {
    let letters = text.strip_prefix('.').unwrap_or_default();
    let length = letters.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(letters.len());
    if length == 0 { "" } else { &text[..=length] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_or_folder_stays_in_a_sentence() {
        let names = names_in(["Doe_John/P77_OD.mhd", "Doe_John/masks/1.png"].into_iter());
        for (sentence, nameless) in [
            ("P77_OD.mhd states 1 mm.", "The file states 1 mm."),
            ("Doe_John/masks was left out.", "The folder was left out."),
            ("Drop P77_OD.raw beside Doe_John/P77_OD.mhd.", "Drop the .raw file beside the file."),
            ("1.png, 512 x 1 columns", "The file, 512 x 1 columns"),
            ("P77_OD.mhd, 1.png, P77_OD.mhd, … are two.", "The files are two."),
            ("Of 1.png, P77_OD.mhd one, 1.png, …", "Of the files one, the file, …"),
            ("unmasks the masked", "unmasks the masked"),
        ] {
            assert_eq!(without(sentence, &names), nameless);
        }
    }

    #[test]
    fn names_that_are_words_of_ours_leave_sentences_as_they_are() {
        let names = names_in(["scan/images/spacing.png", "Volume/B-scan_Doe.png"].into_iter());
        for (sentence, nameless) in [
            ("A single B-scan shows an area, not a volume.", "A single B-scan shows an area, not a volume."),
            ("The spacing of the images is unknown.", "The spacing of the images is unknown."),
            ("scan/images/spacing.png was left out.", "The file was left out."),
            ("Volume/B-scan_Doe.png, in B-scan 3", "The file, in B-scan 3"),
        ] {
            assert_eq!(without(sentence, &names), nameless);
        }
    }

    #[test]
    fn a_sentence_without_names_stays_as_it_is() {
        assert_eq!(
            without("A single B-scan – 496 rows.", &names_in(["a/b.c"].into_iter())),
            "A single B-scan – 496 rows."
        );
    }
}
