//! The one table of formats. All that has to know which formats there are asks
//! it: recognition, the program's collecting, the words of errors, `FORMATS.md`,
//! the list of fuzz targets. It needs no reader, so a web page can use it without
//! carrying them.

mod companion;
#[cfg(feature = "readers")]
pub(crate) mod reader;
mod table;

pub use companion::Companion;
pub use table::{FORMATS, Format};

#[cfg(feature = "readers")]
use crate::InputFile;

/// What is known of one format: a row of [`FORMATS`].
#[derive(Debug)]
pub struct Row {
    /// Which it is.
    pub format: Format,
    /// Its name for people.
    pub name: &'static str,
    /// Endings of its files, in lower case, with their dots.
    pub endings: &'static [&'static str],
    /// What an ending says where the content says nothing.
    pub by_ending: ByEnding,
    /// Files that belong beside its files.
    pub companions: &'static [Companion],
    /// How a sentence names it that tells what can be dropped.
    pub asked_for: AskedFor,
    /// What of it is read, for `FORMATS.md`.
    pub holds: &'static str,
    /// Where its spacing stands, for `FORMATS.md`.
    pub spacing_from: &'static str,
    /// What is written in it, for `FORMATS.md`.
    pub writes: &'static str,
    /// What its reader was proven on.
    pub proven_on: ProvenOn,
    /// Its name with an article where it is known and not read.
    pub not_read: Option<&'static str>,
    /// The fuzz targets of its reader, in `fuzz/fuzz_targets`.
    pub fuzz_targets: &'static [&'static str],
    /// Whether a file is one by its content (and its ending, where the content
    /// alone is too weak a sign).
    #[cfg(feature = "readers")]
    pub(crate) signature: fn(&InputFile) -> bool,
    /// What reads it.
    #[cfg(feature = "readers")]
    pub(crate) reader: reader::Reader,
}

/// What an ending says where the content says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByEnding {
    /// The file is tried as one: its reader knows best what is wrong with it.
    Enough,
    /// The content has to tell: others use the ending, too.
    NotEnough,
    /// The content is always told: the file has a wrong name.
    Misnamed,
}

/// How a sentence names a format that tells what can be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedFor {
    /// By its name.
    ByName,
    /// As the file of a device of this vendor.
    OfDevice(&'static str),
    /// As B-scans that are images.
    AsImages,
    /// Not at all: it is rare, or a part of another.
    No,
}

/// What a reader was proven on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvenOn {
    /// These files.
    Files(&'static str),
    /// Generated files, made after public descriptions: no file of a device was
    /// at hand, which the person is told with each that opens.
    DescriptionsOnly,
    /// There is no reader.
    NotRead,
}

impl Format {
    /// All that is known of it.
    pub fn row(self) -> &'static Row {
        // The table makes both, so each format has the place of its row.
        &FORMATS[self as usize]
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What to know of a format that was read after public descriptions only.
    pub fn not_proven(self) -> Option<String> {
        (self.row().proven_on == ProvenOn::DescriptionsOnly).then(|| {
            format!(
                "The reader of {} was never proven on a file of the device: check that the picture is upright and the spacing right.",
                self.name()
            )
        })
    }
}

impl Row {
    /// Whether a file of this name ends like one of the format.
    pub fn has_ending(&self, name: &str) -> bool {
        ending_of(name, self.endings).is_some()
    }
}

/// The longest of `endings` that `name` has, whatever its capitals.
fn ending_of<'a>(name: &str, endings: &[&'a str]) -> Option<&'a str> {
    let has = |ending: &&&str| {
        let start = name.len().checked_sub(ending.len());
        start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    endings.iter().filter(has).max_by_key(|ending| ending.len()).copied()
}

/// Endings of the formats that are read.
pub fn endings() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().filter(|row| row.not_read.is_none()).flat_map(|row| row.endings).copied()
}

/// `name` without the endings that say how a volume is stored, from the outside
/// in: `.nii.gz` goes, the dots of `2024.11.03-left` stay. Never empty, unless
/// `name` is.
pub fn stem(name: &str) -> &str {
    /// Of data files beside their headers.
    const OF_DATA: [&str; 2] = [".raw", ".gz"];
    let known: Vec<&str> = endings().chain(OF_DATA).collect();
    let mut stem = name;
    while let Some(ending) = ending_of(stem, &known)
        && stem.len() > ending.len()
    {
        stem = &stem[..stem.len() - ending.len()];
    }
    stem
}

/// What can be dropped, as a sentence lists it: "DICOM, the file of a Heidelberg
/// device, or B-scans as images".
pub fn what_to_drop() -> String {
    let mut devices: Vec<&str> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut of_devices = 0;
    for row in FORMATS {
        match row.asked_for {
            AskedFor::ByName => parts.push(row.name.to_owned()),
            AskedFor::OfDevice(vendor) if !devices.contains(&vendor) => {
                if devices.is_empty() {
                    of_devices = parts.len();
                    parts.push(String::new());
                }
                devices.push(vendor);
            }
            AskedFor::AsImages => parts.push("or B-scans as images".to_owned()),
            AskedFor::OfDevice(_) | AskedFor::No => {}
        }
    }
    if let (Some((last, others)), Some(part)) = (devices.split_last(), parts.get_mut(of_devices)) {
        let vendors =
            if others.is_empty() { (*last).to_owned() } else { format!("{} or {last}", others.join(", ")) };
        *part = format!("the file of a {vendors} device");
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_the_place_of_its_row() {
        for (place, row) in FORMATS.iter().enumerate() {
            assert_eq!(row.format as usize, place);
            assert!(
                row.endings.iter().all(|ending| ending.starts_with('.') && *ending == ending.to_lowercase())
            );
        }
    }

    #[test]
    fn what_can_be_dropped_is_a_list_for_people() {
        assert_eq!(
            what_to_drop(),
            "DICOM, the file of a Heidelberg, Topcon, Zeiss or Optovue device, MetaImage, NIfTI, or B-scans as images"
        );
    }

    #[test]
    fn a_name_loses_the_endings_that_say_how_it_is_stored_and_no_other() {
        for (name, expected) in [
            ("scan.nii.gz", "scan"),
            ("SCAN.NII.GZ", "SCAN"),
            ("2024.11.03-left.nii.gz", "2024.11.03-left"),
            ("eye.nii.gz.zip", "eye"),
            ("eye.raw.gz", "eye"),
            ("p77.e2e", "p77"),
            ("p77", "p77"),
            ("p77.txt", "p77.txt"),
            (".mhd", ".mhd"),
            ("\u{e9}.oct", "\u{e9}"),
            ("", ""),
        ] {
            assert_eq!(stem(name), expected, "{name}");
        }
    }

    #[test]
    fn only_formats_without_a_file_of_the_device_warn_of_it() {
        let warned: Vec<&str> =
            FORMATS.iter().filter(|row| row.format.not_proven().is_some()).map(|row| row.name).collect();
        assert_eq!(warned, ["Bioptigen .OCT", "Optovue .OCT"]);
    }
}
