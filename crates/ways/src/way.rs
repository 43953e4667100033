//! A way: a composition, and what is right for it.

use crate::File;
use crate::container::Container;
use crate::container::devices;
use crate::container::dicom::{Dicom, Together};
use crate::container::images::Images;
use crate::container::npy::Npy;
use crate::packing::Packing;
use crate::picture::Picture;
use crate::samples::Order;
use crate::scan::{Known, MM, ROWS};
use crate::spacing::Says;

/// What is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// The nanolitres of the reference, and masks on the same samples.
    Same,
    /// The same, or a question, or a refusal: no file could say what it is.
    SameOrAsked,
    /// A lower bound that says so, or no figure.
    BoundOrNone,
    /// A question, a refusal, or no figure.
    NoFigure,
    /// Volumes to choose from, the first of them measured as it is alone; or no figure.
    Choice,
}

impl Expected {
    /// Whether the way keeps the truth.
    pub fn keeps(self) -> bool {
        matches!(self, Self::Same | Self::SameOrAsked)
    }
}

/// What is written where two scans lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scans {
    /// One.
    One,
    /// Both eyes.
    Eyes,
    /// One eye at two visits.
    Visits,
}

/// One way to write an eye.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// What it is called in a test's output; each has its own.
    pub name: String,
    /// The format.
    pub container: Container,
    /// What happened to the pictures.
    pub picture: Picture,
    /// What the file says of its spacing.
    pub says: Says,
    /// How the files come.
    pub packing: Packing,
    /// What the scan is called.
    pub base: &'static str,
    /// How many scans there are.
    pub scans: Scans,
    /// Whether the person gives the true spacing.
    pub told: bool,
    /// What is right.
    pub expected: Expected,
}

impl Way {
    /// `container` with all else as it is.
    pub fn new(name: impl Into<String>, container: Container) -> Self {
        Self {
            name: name.into(),
            container,
            picture: Picture::AsItIs,
            says: Says::TheTruth,
            packing: Packing::Plain,
            base: "scan",
            scans: Scans::One,
            told: container.needs_spacing(),
            expected: Expected::Same,
        }
    }

    /// The files.
    pub fn files(&self, right: &Known, left: &Known) -> Vec<File> {
        let scan = self.picture.of(right);
        let files = match (self.scans, self.container) {
            (Scans::One, container) => container.write(&scan, self.says, self.base),
            (scans, Container::Dicom(dicom)) => {
                let stated = self.says.of(MM);
                match scans {
                    Scans::Eyes => {
                        dicom.write_together(&[&scan, &left.scan], stated, self.base, Together::Eyes)
                    }
                    _ => {
                        let later = crate::Scan { eye: 'R', ..left.scan.clone() };
                        dicom.write_together(&[&scan, &later], stated, self.base, Together::Visits)
                    }
                }
            }
            (scans, Container::Images(images)) => two_of_images(images, scans, &scan, left, self.base),
            (_, Container::E2e) => devices::e2e(&[&scan, &left.scan], &format!("{}.E2E", self.base)),
            (scans, container) => {
                // Two files of one drop.
                let names = if scans == Scans::Eyes { ["OD", "OS"] } else { ["2024-05-06", "2025-06-07"] };
                let mut files = container.write(&scan, self.says, &format!("{}_{}", self.base, names[0]));
                files.extend(container.write(&left.scan, self.says, &format!("{}_{}", self.base, names[1])));
                files
            }
        };
        self.packing.of(files)
    }

    /// `--spacing-mm`, where the person gives it.
    pub fn spacing_mm(&self) -> Option<String> {
        let mut mm = MM;
        if self.container == Container::Zeiss {
            mm[1] *= ROWS as f64 / 1024.0;
        }
        let mm = mm.map(|mm| mm.to_string()).join(",");
        self.told.then_some(mm)
    }

    /// Numbers of the B-scans of the eye in the order of the saved mask; `None`
    /// where any order is as good.
    pub fn bscan_order(&self) -> Option<Vec<usize>> {
        let plain: Vec<usize> = (0..crate::scan::BSCANS).collect();
        match (self.container, self.picture) {
            (Container::Dicom(_), _) => None,
            (_, Picture::Reversed) => Some(plain.into_iter().rev().collect()),
            _ => Some(plain),
        }
    }

    /// How the array of a saved mask lies: as its source's, by its indices.
    pub fn mask_order(&self) -> Order {
        let Order([first, second, third]) = self.container.array().map_or(Order::PLAIN, |array| array.order);
        match (self.container, self.picture) {
            // NumPy shows the same indices whichever of them is the fastest in memory.
            (Container::Npy(Npy { fortran: true, .. }), _) => Order([third, second, first]),
            (_, Picture::Lying) => Order([first, second, third].map(|axis| [1, 0, 2][axis])),
            _ => Order([first, second, third]),
        }
    }
}

/// Two scans in one folder of images.
fn two_of_images(images: Images, scans: Scans, one: &crate::Scan, other: &Known, base: &str) -> Vec<File> {
    let names = if scans == Scans::Eyes { ["OD", "OS"] } else { ["2024-05-06", "2025-06-07"] };
    let mut files = images.write(one, &format!("{base}_{}", names[0]));
    files.extend(images.write(&other.scan, &format!("{base}_{}", names[1])));
    files
}

/// One DICOM row as a container.
pub(crate) fn dicom(dicom: Dicom) -> Container {
    Container::Dicom(dicom)
}
