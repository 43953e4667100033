//! What can go wrong, one sentence each.

use std::io;
use std::path::PathBuf;

use oct_formats::OpenError;

/// Why a run ended with exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}; check the path and its permissions", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A folder held no file.
    #[error(
        "there is nothing to read in {}, which is empty or holds only small copies of images and what systems \
         leave behind: give the folder that holds the B-scans or the volume",
        path.display()
    )]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
    /// More files than one volume has.
    #[error("more than {limit} files were given as one volume: give each scan a folder of its own")]
    TooManyFiles {
        /// The most we take.
        limit: usize,
    },
    /// A folder within a folder within …
    #[error("{} lies deeper than {limit} folders", path.display())]
    TooDeep {
        /// The folder too deep.
        path: PathBuf,
        /// The deepest we look.
        limit: usize,
    },
    /// More bytes than we hold in memory.
    #[error(
        "the files are larger than {limit_gib} GiB together, more than one volume is: give each scan a folder of its own"
    )]
    TooLarge {
        /// The most we take, in GiB.
        limit_gib: u64,
    },
    /// The files are no OCT volume that we read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Nothing tells which axis is depth, or the picture is upside down or a negative.
    #[error("{because}, so nothing was measured of {name}: {remedy}")]
    AxesInDoubt {
        /// The volume.
        name: String,
        /// Why it is asked, as a clause.
        because: &'static str,
        /// The option that settles it, with the orders that come into question.
        remedy: String,
    },
    /// There are several volumes, and nobody said which one is meant.
    #[error("there are {count} volumes, so nothing was done: choose one with --volume NUMBER ({volumes})")]
    WhichVolume {
        /// How many there are.
        count: usize,
        /// Each with its number, in words.
        volumes: String,
    },
    /// Flow, a map, a mask or another part of the body.
    #[error("nothing was measured of {name}. {because}")]
    NoRetina {
        /// The volume.
        name: String,
        /// What it is, in a sentence.
        because: &'static str,
    },
    /// No file of what was given is a scan.
    #[error(
        "there is no scan in what was given ({count} other files): give folders or files that `lacuna info` can read"
    )]
    NoScans {
        /// Files that are none.
        count: usize,
    },
    /// Files have changed while they were read.
    #[error("{name} changed while it was read: run this again once it is written whole")]
    Changed {
        /// The file or folder.
        name: String,
    },
    /// The program panicked, which it must not.
    #[error("the program itself failed on {name}: please report it, with the format of the file")]
    Fault {
        /// The file or folder.
        name: String,
    },
    /// A line of a table of an earlier run is none.
    #[error("{} holds no line of a scan at line {line}: run `lacuna cohort` for it again", path.display())]
    NoRecord {
        /// The table.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// What an earlier run wrote is not what can be compared.
    #[error("{} cannot be compared, since {because}: give the scan itself, or segment it again", path.display())]
    NoResults {
        /// The folder.
        path: PathBuf,
        /// Why not, as a clause.
        because: String,
    },
    /// Two scans that cannot be laid on each other.
    #[error("{0}")]
    Registration(visits::NotRegistered),
    /// The engine could not start or failed on a B-scan.
    #[error("{0}")]
    Engine(String),
    /// A spacing that no eye can have.
    #[error(transparent)]
    Spacing(#[from] oct::GeometryError),
    /// A mask that does not fit its volume.
    #[error(transparent)]
    Mask(#[from] oct::MaskError),
    /// A mask or report could not be put into its format.
    #[error(transparent)]
    Save(#[from] study::SaveError),
    /// Another output could not be put into its format.
    #[error("cannot make {file}: {reason}")]
    Encode {
        /// The output file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// An output could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The output file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Of several outputs some could not be put into their places.
    #[error(
        "cannot write {}: {source}; written: {}; not written: {}",
        path.display(),
        written.join(", "),
        missing.join(", ")
    )]
    WriteSome {
        /// The output file that failed.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
        /// Files that are in their places.
        written: Vec<String>,
        /// Files that are not, the failed one first.
        missing: Vec<String>,
    },
    /// A result of an earlier run stands beside the new ones.
    #[error("the results are written, but {} of an earlier run cannot be removed: {source}; remove it", path.display())]
    Stale {
        /// The old result.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Failure {
    /// A word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. }
            | Self::NoFiles { .. }
            | Self::NoScans { .. }
            | Self::Changed { .. }
            | Self::NoRecord { .. }
            | Self::NoResults { .. } => "read",
            Self::TooManyFiles { .. } | Self::TooDeep { .. } | Self::TooLarge { .. } => "limit",
            Self::Open(_) => "open",
            Self::Registration(_) => "registration",
            Self::Spacing(_) => "spacing",
            Self::AxesInDoubt { .. } => "axes",
            Self::NoRetina { .. } => "no_retina",
            Self::Fault { .. } => "fault",
            Self::WhichVolume { .. } => "which_volume",
            Self::Engine(_) | Self::Mask(_) => "engine",
            Self::Save(_)
            | Self::Encode { .. }
            | Self::Write { .. }
            | Self::WriteSome { .. }
            | Self::Stale { .. } => "write",
        }
    }

    /// Whether an output could not be written: what comes after it could not be, either.
    pub fn is_of_output(&self) -> bool {
        matches!(self, Self::Write { .. } | Self::WriteSome { .. } | Self::Stale { .. })
    }

    /// One sentence on one line, with its full stop.
    pub fn sentence(&self) -> String {
        let mut sentence = self.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if !sentence.ends_with(['.', '!', '?']) {
            sentence.push('.');
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_sentence_on_one_line() {
        let failure = Failure::Engine("the weights\n  are damaged".into());
        assert_eq!(failure.sentence(), "the weights are damaged.");
    }
}
