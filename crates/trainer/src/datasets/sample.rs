//! Samples in the working grid, as bytes.

use mmis_net::LabelSpace;

use super::catalogue::{DatasetEntry, Split};

/// Bit of a pixel that takes no part in the loss (registration padding).
pub const IGNORE_BIT: u8 = 7;

/// The planes of a label space: its labels, then its supersets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    names: Vec<String>,
    labels: usize,
    leaves: Vec<Vec<usize>>,
}

impl Planes {
    /// The planes of `space`, with those `supersets` that datasets name.
    ///
    /// # Errors
    /// Where there are more than seven planes (a pixel is one byte) or a
    /// superset is unknown.
    pub fn of(space: &LabelSpace, supersets: &[String]) -> anyhow::Result<Self> {
        let mut names: Vec<String> = space.names().map(str::to_owned).collect();
        let labels = names.len();
        for superset in supersets {
            if !names.contains(superset) {
                names.push(superset.clone());
            }
        }
        anyhow::ensure!(
            names.len() <= usize::from(IGNORE_BIT),
            "{} planes do not fit a byte a pixel: widen `Sample::bits`",
            names.len()
        );
        let leaves = names.iter().map(|name| space.leaves(name)).collect::<Result<_, _>>()?;
        Ok(Self { names, labels, leaves })
    }

    /// Number of planes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true: a label space has labels.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Number of planes that are labels; the others are supersets.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// Plane of a label or superset.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Names, labels first.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Channels that plane `plane` unites.
    pub fn leaves(&self, plane: usize) -> &[usize] {
        &self.leaves[plane]
    }

    /// Bits of the planes that `entry` annotates.
    pub fn annotated(&self, entry: &DatasetEntry) -> u8 {
        entry
            .labels
            .values()
            .chain(&entry.absent)
            .filter_map(|name| self.index(name))
            .fold(0, |bits, plane| bits | 1 << plane)
    }
}

/// One image in the working grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// File or seed it comes from.
    pub name: String,
    /// Its split.
    pub split: Split,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// The network's input x 255.
    pub image: Vec<u8>,
    /// Bit p of a pixel: it belongs to plane p. Bit [`IGNORE_BIT`]: leave it out.
    pub bits: Vec<u8>,
}

/// A dataset in memory.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Its entry.
    pub entry: DatasetEntry,
    /// Bits of the planes it annotates.
    pub annotated: u8,
    /// Its samples.
    pub samples: Vec<Sample>,
}
