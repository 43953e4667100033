//! What can be wrong with a file: one variant a cause, with the offending value.
//! Each is one sentence that names the file, the cause and the remedy.

/// Why a volume could not be opened.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// Nothing was dropped.
    #[error(
        "Nothing was dropped: choose an OCT volume (DICOM, the file of a Heidelberg, Topcon, Zeiss or Optovue device, MetaImage, NIfTI, or B-scans as images)."
    )]
    Nothing,
    /// None of the files is an OCT volume.
    #[error("{} an OCT volume that Lacuna reads ({names}): drop DICOM, the file of a Heidelberg, Topcon, Zeiss or Optovue device, MetaImage, NIfTI, or B-scans as images.", none_of(*count))]
    NoVolume {
        /// How many files there were.
        count: usize,
        /// The first few names.
        names: String,
    },
    /// More than one volume.
    #[error("{count} volumes were dropped at once ({names}): drop one of them.")]
    SeveralVolumes {
        /// How many.
        count: usize,
        /// The first few names.
        names: String,
    },
    /// A format that we know by name but do not read.
    #[error(
        "{file} is {format}, which Lacuna does not read yet: export it as DICOM, MetaImage, NIfTI, or as PNG or TIFF B-scans."
    )]
    NotReadYet {
        /// The file.
        file: String,
        /// The format's name with its article, e.g. "a DICOM file".
        format: &'static str,
    },
    /// A feature of a format that no reader takes.
    #[error("{file} is stored with {feature}, which Lacuna does not read: {remedy}.")]
    Unsupported {
        /// The file.
        file: String,
        /// What, e.g. "JPEG-LS compression".
        feature: String,
        /// What to do, without a full stop.
        remedy: &'static str,
    },
    /// A sound file of the format, without any OCT B-scan.
    #[error("{file} holds no B-scans ({found}): export the OCT scan itself.")]
    NoBScans {
        /// The file.
        file: String,
        /// What it holds instead.
        found: String,
    },
    /// A volume was chosen that the files do not hold.
    #[error("There is no volume number {} among the {count} in {file}: choose one of those that are there.", choice + 1)]
    NoSuchChoice {
        /// The file.
        file: String,
        /// The choice, counted from 0.
        choice: usize,
        /// How many there are.
        count: usize,
    },
    /// The content is not what the name says.
    #[error("{file} is not {expected}, though its name says so ({found}): export the scan again.")]
    NotWhatItSays {
        /// The file.
        file: String,
        /// What the name promises, with its article.
        expected: &'static str,
        /// What was found instead.
        found: String,
    },
    /// The file ends too early.
    #[error("{file} holds {} bytes but {promised_by} promises {}{}: the copy is probably incomplete, copy the files again.", grouped(*found), grouped(*expected), in_brackets(content))]
    Truncated {
        /// The file that is too short.
        file: String,
        /// Who promises more.
        promised_by: String,
        /// Bytes promised.
        expected: u64,
        /// Bytes there.
        found: u64,
        /// What fills the promised bytes, e.g. "512 x 1024 x 48 B-scans of
        /// uint8"; empty where the file does not say.
        content: String,
    },
    /// A header without a field that we need.
    #[error("{file} lacks the field {field}: export the scan again.")]
    MissingField {
        /// The file.
        file: String,
        /// The field.
        field: &'static str,
    },
    /// A field whose value makes no sense.
    #[error("{file} says {field} = {value}, which {why}: export the scan again.")]
    BadField {
        /// The file.
        file: String,
        /// The field.
        field: &'static str,
        /// Its value as written, shortened.
        value: String,
        /// What is wrong, e.g. "is not a number".
        why: &'static str,
    },
    /// A dimension of zero or beyond what any device makes.
    #[error(
        "{file} declares {columns} columns x {rows} rows x {bscans} B-scans, which no OCT volume has: check that it is an OCT volume."
    )]
    ImpossibleSize {
        /// The file.
        file: String,
        /// Declared columns.
        columns: u64,
        /// Declared rows.
        rows: u64,
        /// Declared B-scans.
        bscans: u64,
    },
    /// A spacing that is not finite, not positive or too large.
    #[error(
        "{file} gives the {axis} spacing as {value} mm, which is impossible: correct the header or export the scan again."
    )]
    ImpossibleSpacing {
        /// The file.
        file: String,
        /// The axis in words.
        axis: &'static str,
        /// The value as written.
        value: String,
    },
    /// Too many or too few dimensions.
    #[error("{file} has {dimensions} dimensions, an OCT volume has 2 or 3: export a single volume.")]
    Dimensions {
        /// The file.
        file: String,
        /// How many.
        dimensions: u64,
    },
    /// A sample type that no reader takes.
    #[error(
        "{file} stores its samples as {sample_type}, which Lacuna does not read: export as 8-bit, 16-bit or float."
    )]
    SampleType {
        /// The file.
        file: String,
        /// As the file names it.
        sample_type: String,
    },
    /// Colours.
    #[error(
        "{file} is a colour image; a B-scan has grey levels only: export the scan in greyscale and without markings."
    )]
    Colour {
        /// The file.
        file: String,
    },
    /// Images of different sizes in one stack.
    #[error(
        "{file} is {columns} x {rows} but {first} is {first_columns} x {first_rows}: all B-scans of a stack need one size, remove the odd one."
    )]
    MixedSizes {
        /// The odd file.
        file: String,
        /// Its columns.
        columns: usize,
        /// Its rows.
        rows: usize,
        /// The file it is compared with.
        first: String,
        /// Its columns.
        first_columns: usize,
        /// Its rows.
        first_rows: usize,
    },
    /// Images of different sample types in one stack.
    #[error(
        "{file} is {sample_type} but {first} is {first_type}: all B-scans of a stack need one sample type, export them alike."
    )]
    MixedTypes {
        /// The odd file.
        file: String,
        /// Its sample type.
        sample_type: &'static str,
        /// The file it is compared with.
        first: String,
        /// Its sample type.
        first_type: &'static str,
    },
    /// A header whose data file was not dropped.
    #[error("{file} needs {wanted}, which was not dropped: drop both files together.")]
    MissingDataFile {
        /// The header.
        file: String,
        /// The data file it names.
        wanted: String,
    },
    /// A header that points outside of its folder.
    #[error(
        "{file} refers to {wanted}, outside of its own folder: that is refused, put the data file beside the header."
    )]
    OutsideFolder {
        /// The header.
        file: String,
        /// What it names.
        wanted: String,
    },
    /// Compressed data that cannot be unpacked.
    #[error("{file} is damaged, its compressed data cannot be unpacked ({cause}): copy or export it again.")]
    Damaged {
        /// The file.
        file: String,
        /// The decoder's words.
        cause: String,
    },
    /// A zip with a password.
    #[error("{file} is protected by a password: unpack it first and drop what is inside.")]
    Encrypted {
        /// The zip.
        file: String,
    },
    /// More than we are willing to unpack.
    #[error("{file} unpacks to more than {limit}: unpack it first and drop only the OCT volume.")]
    TooLarge {
        /// The file.
        file: String,
        /// The limit in words, e.g. "4 GiB" or "20000 files".
        limit: &'static str,
    },
}

impl OpenError {
    /// What `file` unpacks to does not fit into the memory.
    pub(crate) fn out_of_memory(file: &str) -> Self {
        Self::TooLarge { file: file.to_owned(), limit: "the memory that there is" }
    }
}

/// Why a file could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Not every B-scan is measured.
    #[error(
        "Only {measured} of {bscans} B-scans are segmented: segment the whole volume before saving its mask, because unmeasured is not zero."
    )]
    Unmeasured {
        /// B-scans measured.
        measured: usize,
        /// B-scans in all.
        bscans: usize,
    },
    /// A size that the format cannot hold.
    #[error("The mask has {size} samples along one axis, more than {format} can hold.")]
    TooLarge {
        /// The format.
        format: &'static str,
        /// The size.
        size: usize,
    },
    /// Labels that do not fill the image.
    #[error("{labels} labels do not fill an image of {columns} x {rows}.")]
    LabelCount {
        /// Labels given.
        labels: usize,
        /// Columns.
        columns: usize,
        /// Rows.
        rows: usize,
    },
    /// The encoder failed.
    #[error("The file could not be encoded: {0}.")]
    Encode(String),
}

fn none_of(count: usize) -> String {
    if count == 1 { "The file dropped is not".to_owned() } else { format!("None of the {count} files is") }
}

/// Digits in groups of three: 25,165,824.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn in_brackets(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

/// Text of a file for an error: cut to one line that a person reads.
pub(crate) fn shortened(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut short: String = text.chars().take(60).map(shown).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_file_is_one_sentence_with_file_cause_and_remedy() {
        let error = OpenError::Truncated {
            file: "oct.raw".to_owned(),
            promised_by: "oct.mhd".to_owned(),
            expected: 25_165_824,
            found: 12_000,
            content: "512 x 1024 x 48 B-scans of uint8".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "oct.raw holds 12,000 bytes but oct.mhd promises 25,165,824 (512 x 1024 x 48 B-scans of uint8): \
             the copy is probably incomplete, copy the files again."
        );
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn text_of_a_hostile_file_is_cut_to_one_line() {
        assert_eq!(shortened("a\r\nb"), "a  b");
        assert_eq!(shortened(&"x".repeat(1 << 20)).chars().count(), 61);
    }
}
