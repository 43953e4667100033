//! What is wrong with a file, without its name.

use super::words::{clause, grouped, in_brackets, more_than, shortened};

/// What is wrong with a file: a sentence that goes on behind its name.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Cause {
    /// A format that we know by name but do not read.
    #[error(
        "is {format}, which Lacuna does not read yet: export it as DICOM, MetaImage, NIfTI, or as PNG or TIFF B-scans."
    )]
    NotReadYet {
        /// The format's name with its article, e.g. "a DICOM file".
        format: &'static str,
    },
    /// A feature of a format that no reader takes.
    #[error("is stored with {feature}, which Lacuna does not read: {remedy}.")]
    Unsupported {
        /// What, e.g. "JPEG-LS compression".
        feature: String,
        /// What to do, without a full stop.
        remedy: &'static str,
    },
    /// A sound file of the format, without any OCT B-scan.
    #[error("holds no B-scans ({found}): export the OCT scan itself.")]
    NoBScans {
        /// What it holds instead.
        found: String,
    },
    /// The content is not what the name says.
    #[error("is not {expected}, though its name says so ({found}): export the scan again.")]
    NotWhatItSays {
        /// What the name promises, with its article.
        expected: &'static str,
        /// What was found instead.
        found: String,
    },
    /// The file ends too early.
    #[error("holds {} bytes but {promised_by} promises {}{}: the copy is probably incomplete, copy the files again.", grouped(*found), grouped(*expected), in_brackets(content))]
    Truncated {
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
    /// More samples than the header declares.
    #[error(
        "{} {promised_by} declares{}: its sizes are too small, or what stands before the samples shifts the picture, so correct the header or export the scan again.",
        more_than(*found, *expected),
        in_brackets(content)
    )]
    Surplus {
        /// Who declares fewer.
        promised_by: String,
        /// Bytes declared.
        expected: u64,
        /// Bytes there; `None` where they were not unpacked to the end.
        found: Option<u64>,
        /// What fills the declared bytes.
        content: String,
    },
    /// A header without a field that we need.
    #[error("lacks the field {field}: export the scan again.")]
    MissingField {
        /// The field.
        field: &'static str,
    },
    /// A field whose value makes no sense.
    #[error("says {field} = {value}, which {why}: export the scan again.")]
    BadField {
        /// The field.
        field: &'static str,
        /// Its value as written, shortened.
        value: String,
        /// What is wrong, e.g. "is not a number".
        why: &'static str,
    },
    /// A dimension of zero or beyond what any device makes.
    #[error(
        "declares {columns} columns x {rows} rows x {bscans} B-scans, which no OCT volume has: check that it is an OCT volume."
    )]
    ImpossibleSize {
        /// Declared columns.
        columns: u64,
        /// Declared rows.
        rows: u64,
        /// Declared B-scans.
        bscans: u64,
    },
    /// Too many or too few dimensions.
    #[error("has {dimensions} dimensions, an OCT volume has 2 or 3: export a single volume.")]
    Dimensions {
        /// How many.
        dimensions: u64,
    },
    /// A sample type that no reader takes.
    #[error(
        "stores its samples as {sample_type}, which Lacuna does not read: export as 8-bit, 16-bit or float."
    )]
    SampleType {
        /// As the file names it.
        sample_type: String,
    },
    /// Colours.
    #[error(
        "is a colour image; a B-scan has grey levels only: export the scan in greyscale and without markings."
    )]
    Colour,
    /// Images of different sizes in one stack.
    #[error(
        "is {columns} x {rows} but {first} is {first_columns} x {first_rows}: all B-scans of a stack need one size, remove the odd one."
    )]
    MixedSizes {
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
        "is {sample_type} but {first} is {first_type}: all B-scans of a stack need one sample type, export them alike."
    )]
    MixedTypes {
        /// Its sample type.
        sample_type: &'static str,
        /// The file it is compared with.
        first: String,
        /// Its sample type.
        first_type: &'static str,
    },
    /// A header whose data file was not dropped.
    #[error("needs {wanted}, which was not dropped: drop both files together.")]
    MissingDataFile {
        /// The data file it names.
        wanted: String,
    },
    /// A header that points outside of its folder.
    #[error(
        "refers to {wanted}, outside of its own folder: that is refused, put the data file beside the header."
    )]
    OutsideFolder {
        /// What it names.
        wanted: String,
    },
    /// Compressed data that cannot be unpacked.
    #[error("is damaged, its compressed data cannot be unpacked ({cause}): copy or export it again.")]
    CannotUnpack {
        /// The decoder's words.
        cause: String,
    },
    /// Parts that contradict each other or lie in the wrong place.
    #[error("is damaged ({what}): copy or export it again.")]
    Malformed {
        /// What is wrong, e.g. "its pages form a circle".
        what: String,
    },
    /// A download that is not whole.
    #[error("is an unfinished download: wait until it is whole, or fetch it again.")]
    Unfinished,
    /// An archive of another kind than zip.
    #[error("is {kind}, which Lacuna does not unpack: unpack it first and drop what is inside.")]
    Archive {
        /// What it is, with its article.
        kind: &'static str,
    },
    /// A zip with a password.
    #[error("is protected by a password: unpack it first and drop what is inside.")]
    Encrypted,
    /// More than we are willing to unpack.
    #[error("unpacks to more than {limit}: unpack it first and drop only the OCT volume.")]
    TooLarge {
        /// The limit in words, e.g. "4 GiB" or "20000 files".
        limit: &'static str,
    },
}

impl Cause {
    /// What the file unpacks to does not fit into the memory.
    pub(crate) fn out_of_memory() -> Self {
        Self::TooLarge { limit: "the memory that there is" }
    }

    /// Parts that contradict each other, in words of ours or of a library: cut
    /// to one short clause.
    pub(crate) fn malformed(what: impl std::fmt::Display) -> Self {
        Self::Malformed { what: clause(what) }
    }

    /// Compressed data that cannot be unpacked, in the words of the library.
    pub(crate) fn cannot_unpack(error: impl std::fmt::Display) -> Self {
        Self::CannotUnpack { cause: clause(error) }
    }

    /// Samples of a type that is not read.
    pub(crate) fn sample_type(sample_type: impl Into<String>) -> Self {
        Self::SampleType { sample_type: sample_type.into() }
    }

    /// A field whose value makes no sense, the value shortened.
    pub(crate) fn bad_field(field: &'static str, value: impl ToString, why: &'static str) -> Self {
        Self::BadField { field, value: shortened(&value.to_string()), why }
    }

    /// Sides that no volume has.
    pub(crate) fn impossible_size(columns: u64, rows: u64, bscans: u64) -> Self {
        Self::ImpossibleSize { columns, rows, bscans }
    }
}
