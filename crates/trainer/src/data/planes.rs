//! The planes of a label space: what one pixel can be marked as.

use anyhow::{Context, Result, ensure};
use mmis_model::LabelSpace;

use super::catalogue::{Catalogue, DatasetEntry};

/// Bit of a pixel that takes no part in loss and scores.
pub const IGNORE_BIT: u8 = 31;

/// What is known of an image as a whole, as bits of planes. What is neither is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImageLevel {
    /// Planes that no pixel belongs to.
    pub absent: u32,
    /// Planes that some pixels belong to.
    pub present: u32,
}

impl ImageLevel {
    /// Whether it says nothing.
    pub fn is_unknown(self) -> bool {
        self == Self::default()
    }
}

/// The labels of a label space, then the supersets that datasets name. Plane p
/// of a pixel is bit p of a `u32`.
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
    /// Where there are more than 31 planes or a superset is unknown.
    pub fn of(space: &LabelSpace, supersets: &[String]) -> Result<Self> {
        let mut names: Vec<String> = space.names().map(str::to_owned).collect();
        let labels = names.len();
        for superset in supersets {
            if !names.contains(superset) {
                names.push(superset.clone());
            }
        }
        ensure!(names.len() <= usize::from(IGNORE_BIT), "{} planes do not fit 31 bits", names.len());
        let leaves = names.iter().map(|name| space.leaves(name)).collect::<Result<_, _>>()?;
        Ok(Self { names, labels, leaves })
    }

    /// The planes of `space` with the supersets that `catalogue` names.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn over(space: &LabelSpace, catalogue: &Catalogue) -> Result<Self> {
        let named = catalogue.datasets.iter().flat_map(|entry| {
            let of_pixels = entry.labels.values().chain(&entry.absent).chain(&entry.absent_in_scores);
            of_pixels.chain(entry.labels_of_images())
        });
        let supersets: Vec<String> = named.filter(|name| space.channel(name).is_none()).cloned().collect();
        Self::of(space, &supersets)
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
    ///
    /// # Errors
    /// Where it is neither.
    pub fn index(&self, name: &str) -> Result<usize> {
        self.names.iter().position(|known| known == name).with_context(|| format!("there is no label {name}"))
    }

    /// Names, labels first.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Channels that plane `plane` unites.
    pub fn leaves(&self, plane: usize) -> &[usize] {
        &self.leaves[plane]
    }

    /// Bits of the planes that `entry` teaches.
    pub fn taught(&self, entry: &DatasetEntry) -> u32 {
        self.bits(entry.labels.values().chain(&entry.absent))
    }

    /// Bits of the planes that `entry` says something of, exhaustive or not.
    pub fn scored(&self, entry: &DatasetEntry) -> u32 {
        self.bits(entry.labels.values().chain(&entry.absent).chain(&entry.absent_in_scores))
    }

    /// Bits of the planes of which `entry` marks only a part.
    pub fn partial(&self, entry: &DatasetEntry) -> u32 {
        self.bits(entry.partial.iter())
    }

    /// What `entry` says of the image `file_name` as a whole.
    pub fn image_level(&self, entry: &DatasetEntry, file_name: &str) -> ImageLevel {
        let of = entry.image_labels.iter().filter(|of| file_name.starts_with(&of.files));
        of.fold(ImageLevel::default(), |known, of| ImageLevel {
            absent: known.absent | self.bits(of.absent.iter()),
            present: known.present | self.bits(of.present.iter()),
        })
    }

    /// Bits of the planes that `entry` says something of image by image.
    pub fn of_images(&self, entry: &DatasetEntry) -> u32 {
        self.bits(entry.labels_of_images())
    }

    /// Bits of the planes that `entry` can be scored by: those that it marks in full.
    pub fn marked_in_full(&self, entry: &DatasetEntry) -> u32 {
        self.scored(entry) & !self.partial(entry)
    }

    fn bits<'a>(&self, names: impl Iterator<Item = &'a String>) -> u32 {
        names.filter_map(|name| self.index(name).ok()).fold(0, |bits, plane| bits | 1 << plane)
    }

    /// Bits of what a crop or picture is chosen for: all but the layers, which
    /// are in every one anyway.
    pub fn foreground(&self) -> u32 {
        let layer = |name: &str| name == "retina" || name == "rpe_bm";
        let planes = self.names.iter().enumerate().filter(|(_, name)| !layer(name));
        planes.fold(0, |bits, (plane, _)| bits | 1 << plane)
    }

    /// The planes in `bits`.
    pub fn in_bits(&self, bits: u32) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(move |plane| bits >> plane & 1 == 1)
    }
}
