//! The formats, each with what may vary in it.

pub mod devices;
pub mod dicom;
pub mod images;
pub mod jpeg_lossless;
pub mod metaimage;
pub mod nifti;
pub mod npy;
pub mod nrrd;
pub mod tiff;

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use self::dicom::{Beside, Dicom};
use self::images::{Images, Kind};
use self::metaimage::MetaImage;
use self::nifti::Nifti;
use self::npy::Npy;
use self::nrrd::Nrrd;
use self::tiff::Tiff;
use crate::File;
use crate::samples::{Array, Depth};
use crate::scan::Scan;
use crate::spacing::Says;

/// A format with what varies in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Container {
    /// MetaImage.
    MetaImage(MetaImage),
    /// NIfTI.
    Nifti(Nifti),
    /// NRRD.
    Nrrd(Nrrd),
    /// NumPy.
    Npy(Npy),
    /// TIFF of many pages.
    Tiff(Tiff),
    /// An image a B-scan.
    Images(Images),
    /// DICOM.
    Dicom(Dicom),
    /// Heidelberg `.vol`.
    Vol,
    /// The same, whose B-scans are twice as long as their scale says.
    VolLonger,
    /// The same, named as flow is.
    AngioVol,
    /// Heidelberg XML with images; whether it names them.
    Xml(Kind, bool),
    /// Heidelberg E2E.
    E2e,
    /// Topcon `.fds`.
    Topcon,
    /// Zeiss `.img`.
    Zeiss,
    /// Optovue `.OCT` with its text.
    Optovue,
    /// Bioptigen `.OCT` of so many bits.
    Bioptigen(u8),
}

impl Container {
    /// The files of `scan`, called `base` where names are free.
    pub fn write(&self, scan: &Scan, says: Says, base: &str) -> Vec<File> {
        let stated = says.of(scan.mm);
        match self {
            Self::MetaImage(metaimage) => metaimage.write(scan, stated, base),
            Self::Nifti(nifti) => nifti.write(scan, stated, base),
            Self::Nrrd(nrrd) => nrrd.write(scan, stated, base),
            Self::Npy(npy) => npy.write(scan, base),
            Self::Tiff(tiff) => tiff.write(scan, base),
            Self::Images(images) => images.write(scan, base),
            Self::Dicom(dicom) => dicom.write(scan, stated, base),
            Self::Vol => devices::vol(scan, stated, &format!("{base}.vol"), 1.0),
            Self::VolLonger => devices::vol(scan, stated, &format!("{base}.vol"), 2.0),
            Self::AngioVol => devices::vol(scan, stated, &format!("{base}_Angio.vol"), 1.0),
            Self::Xml(kind, named) => devices::xml(scan, stated, base, *kind, *named),
            Self::E2e => devices::e2e(&[scan], &format!("{base}.E2E")),
            Self::Topcon => devices::topcon(scan, stated, &format!("{base}.fds")),
            Self::Zeiss => {
                let folder = base.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
                devices::zeiss(scan, &folder)
            }
            Self::Optovue => devices::optovue(scan, stated, base),
            Self::Bioptigen(bits) => {
                let eye = if scan.eye == 'R' { "OD" } else { "OS" };
                devices::bioptigen(scan, stated, &format!("{base}_{eye}_V_12x12.OCT"), *bits)
            }
        }
    }

    /// Whether it can state any spacing, however wrong.
    pub fn states_spacing(&self) -> bool {
        match self {
            Self::MetaImage(_) | Self::Nifti(_) | Self::Nrrd(_) | Self::Dicom(_) => true,
            Self::Vol | Self::VolLonger | Self::AngioVol | Self::Xml(..) | Self::Topcon => true,
            Self::Optovue | Self::Bioptigen(_) => true,
            Self::Npy(_) | Self::Tiff(_) | Self::Images(_) | Self::E2e | Self::Zeiss => false,
        }
    }

    /// Whether it states a length twice, in two ways.
    pub fn contradicts_itself(&self) -> bool {
        match self {
            Self::Dicom(dicom) => matches!(dicom.beside, Beside::SquarePixels | Beside::WiderPixels),
            Self::VolLonger => true,
            _ => false,
        }
    }

    /// Whether a figure needs a spacing that the person gives.
    pub fn needs_spacing(&self) -> bool {
        matches!(self, Self::Npy(_) | Self::Tiff(_) | Self::Images(_) | Self::Zeiss)
    }

    /// How its array lies, where there is one whose axes nobody names.
    pub fn array(&self) -> Option<Array> {
        match self {
            Self::MetaImage(MetaImage { array, .. })
            | Self::Nifti(Nifti { array, .. })
            | Self::Nrrd(Nrrd { array, .. })
            | Self::Npy(Npy { array, .. }) => Some(*array),
            _ => None,
        }
    }

    /// Whether it can hold NaN.
    pub fn holds_nan(&self) -> bool {
        match self {
            Self::Tiff(tiff) => tiff.depth.is_float(),
            Self::Optovue => true,
            _ => self.array().is_some_and(|array: Array| array.depth.is_float()),
        }
    }

    /// Whether a number or a place of each B-scan is in it, so that a gap shows.
    pub fn numbers_bscans(&self) -> bool {
        match self {
            Self::Images(images) => images.names != images::Names::Tens,
            Self::Dicom(dicom) => dicom.numbers_bscans(),
            Self::Vol | Self::Xml(_, true) | Self::E2e => true,
            _ => false,
        }
    }

    /// Whether nothing in it says where a B-scan lies, so that any order is as true.
    pub fn bscans_have_no_places(&self) -> bool {
        !matches!(self, Self::Dicom(_) | Self::Vol | Self::Xml(..) | Self::E2e)
    }

    /// How far nanolitres may lie from those of the reference: where the pictures
    /// lose something in it, more than 1 %.
    pub fn tolerance(&self) -> f64 {
        match self {
            // Rows are drawn out and shrunk again.
            Self::Zeiss => 0.12,
            // Ten bits of mantissa; degrees.
            Self::E2e => 0.03,
            Self::Images(Images { kind: Kind::Jpeg(_), .. }) => 0.06,
            Self::Dicom(dicom) if dicom.is_lossy() => 0.06,
            // Black columns at both sides end the eye within the picture, where the network
            // sees a little else than at a picture's edge.
            Self::Dicom(Dicom { padded: true, .. }) => 0.05,
            _ => 0.01,
        }
    }

    /// The array as the type of numbers is another.
    pub fn with_depth(self, depth: Depth) -> Self {
        match self {
            Self::MetaImage(it) => Self::MetaImage(MetaImage { array: Array { depth, ..it.array }, ..it }),
            Self::Nifti(it) => Self::Nifti(Nifti { array: Array { depth, ..it.array }, ..it }),
            Self::Nrrd(it) => Self::Nrrd(Nrrd { array: Array { depth, ..it.array }, ..it }),
            Self::Npy(it) => Self::Npy(Npy { array: Array { depth, ..it.array }, ..it }),
            Self::Tiff(it) => Self::Tiff(Tiff { depth, ..it }),
            other => other,
        }
    }
}

/// `bytes` packed by zlib.
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `bytes` packed by gzip.
pub(crate) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Figures with a space between them.
pub(crate) fn words(figures: &[f64]) -> String {
    figures.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
}
