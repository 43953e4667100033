//! The table. A format is a row here and a reader; the order of the rows is the
//! order in which a file is tried.

use super::{AskedFor, ByEnding, Companion, ProvenOn, Row};

#[cfg(feature = "readers")]
use super::reader::Reader;
#[cfg(feature = "readers")]
use crate::array::{metaimage, nifti, npy, nrrd};
#[cfg(feature = "readers")]
use crate::device::{bioptigen, heidelberg_e2e, heidelberg_vol, heidelberg_xml, optovue, topcon, zeiss_img};
#[cfg(feature = "readers")]
use crate::{dicom, images, intake};

/// Makes [`Format`] and [`FORMATS`] of rows; what follows a semicolon needs the readers.
macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident {
        $($field:ident: $value:expr),*; signature: $signature:expr, reader: $reader:expr $(,)?
    })*) => {
        /// A format that Lacuna knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Format {
            $($(#[$doc])* $format,)*
        }

        /// All formats, in the order in which a file is tried.
        pub static FORMATS: &[Row] = &[$(Row {
            format: Format::$format,
            $($field: $value,)*
            #[cfg(feature = "readers")]
            signature: $signature,
            #[cfg(feature = "readers")]
            reader: $reader,
        },)*];
    };
}

formats! {
    /// DICOM, multi-frame or a series.
    Dicom {
        name: "DICOM",
        endings: &[".dcm", ".dicom"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::ByName,
        holds: "DICOM images of one or many frames, Ophthalmic Tomography first",
        spacing_from: "Pixel Measures, Pixel Spacing; positions of the planes or on the fundus image",
        writes: "masks as SEG",
        proven_on: ProvenOn::Files("real files of other modalities, generated OPT"),
        not_read: None,
        fuzz_targets: &["dicom"];
        signature: |file| file.bytes.get(128..132) == Some(b"DICM"),
        reader: Reader::ManyFiles { called: "The DICOM files", read: dicom::read },
    }
    /// Heidelberg `.vol`.
    HeidelbergVol {
        name: "Heidelberg .vol",
        endings: &[".vol"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::OfDevice("Heidelberg"),
        holds: "Heidelberg raw export",
        spacing_from: "`ScaleX`, `ScaleZ`; B-scan positions, `Distance`",
        writes: "no",
        proven_on: ProvenOn::Files("real files"),
        not_read: None,
        fuzz_targets: &["heidelberg_vol"];
        signature: |file| file.bytes.starts_with(b"HSF-OCT"),
        reader: Reader::OneFile(heidelberg_vol::read),
    }
    /// Heidelberg XML export with its images.
    HeidelbergXml {
        name: "Heidelberg XML export",
        endings: &[".xml"],
        by_ending: ByEnding::NotEnough,
        companions: &[Companion::Images { ending: ".xml" }],
        asked_for: AskedFor::OfDevice("Heidelberg"),
        holds: "Heidelberg XML export beside its TIFF, BMP, PNG or JPEG",
        spacing_from: "`ScaleX`, `ScaleY`; B-scan positions",
        writes: "no",
        proven_on: ProvenOn::Files("a real volume"),
        not_read: None,
        fuzz_targets: &["heidelberg_xml"];
        signature: |file| Format::HeidelbergXml.row().has_ending(file.name()) && heidelberg_xml::is_export(&file.bytes),
        reader: Reader::OneFile(heidelberg_xml::read),
    }
    /// Heidelberg `.E2E` or `.sdb`.
    HeidelbergE2e {
        name: "Heidelberg E2E",
        endings: &[".e2e", ".sdb"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::OfDevice("Heidelberg"),
        holds: "Heidelberg database, one volume of many by choice",
        spacing_from: "axial: the file; along the retina: degrees, 0.2896 mm each by default",
        writes: "no",
        proven_on: ProvenOn::Files("one real B-scan, generated volumes"),
        not_read: None,
        fuzz_targets: &["heidelberg_e2e"];
        signature: |file| file.bytes.starts_with(b"CMDb"),
        reader: Reader::OneFile(heidelberg_e2e::read),
    }
    /// Topcon `.fda` or `.fds`.
    Topcon {
        name: "Topcon",
        endings: &[".fda", ".fds"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::OfDevice("Topcon"),
        holds: "Topcon",
        spacing_from: "capture parameters",
        writes: "no",
        proven_on: ProvenOn::Files("real files cut down"),
        not_read: None,
        fuzz_targets: &["topcon"];
        signature: |file| file.bytes.starts_with(b"FOCT"),
        reader: Reader::OneFile(topcon::read),
    }
    /// NRRD.
    Nrrd {
        name: "NRRD",
        endings: &[".nrrd", ".nhdr"],
        by_ending: ByEnding::Enough,
        companions: &[
            Companion::Named { ending: ".nhdr", fields: &["data file", "datafile"], separator: ':' },
        ],
        asked_for: AskedFor::No,
        holds: "NRRD of 2 or 3 axes, raw or gzip",
        spacing_from: "`space directions` (B-scans by their distance across), `spacings`, where the unit is known",
        writes: "no",
        proven_on: ProvenOn::Files("files of another program"),
        not_read: None,
        fuzz_targets: &["nrrd"];
        signature: |file| file.bytes.starts_with(b"NRRD0"),
        reader: Reader::OneFile(nrrd::read),
    }
    /// NumPy array.
    Npy {
        name: "NumPy array",
        endings: &[".npy"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::No,
        holds: "NumPy array of 2 or 3 axes",
        spacing_from: "nothing",
        writes: "no",
        proven_on: ProvenOn::Files("generated files"),
        not_read: None,
        fuzz_targets: &["npy"];
        signature: |file| file.bytes.starts_with(b"\x93NUMPY"),
        reader: Reader::OneFile(npy::read),
    }
    /// MetaImage.
    MetaImage {
        name: "MetaImage",
        endings: &[".mhd", ".mha"],
        by_ending: ByEnding::Misnamed,
        companions: &[
            Companion::Named { ending: ".mhd", fields: &["ElementDataFile"], separator: '=' },
        ],
        asked_for: AskedFor::ByName,
        holds: "MetaImage of 2 or 3 axes, 8 to 32-bit integers and floats, raw or zlib",
        spacing_from: "`ElementSpacing`, else `ElementSize`",
        writes: "masks, volumes",
        proven_on: ProvenOn::Files("real files"),
        not_read: None,
        fuzz_targets: &["metaimage"];
        signature: metaimage::is_header_file,
        reader: Reader::OneFile(metaimage::read),
    }
    /// NIfTI-1, NIfTI-2, ANALYZE 7.5.
    Nifti {
        name: "NIfTI",
        endings: &[".nii", ".nii.gz"],
        by_ending: ByEnding::Enough,
        companions: &[
            Companion::SameStem { ending: ".hdr", beside: ".img" },
            Companion::SameStem { ending: ".hdr", beside: ".img.gz" },
            Companion::SameStem { ending: ".img", beside: ".hdr" },
        ],
        asked_for: AskedFor::ByName,
        holds: "NIfTI-1 and NIfTI-2, one file or `.hdr` with `.img`; ANALYZE 7.5; either byte order",
        spacing_from: "`pixdim`, where its unit is stated",
        writes: "masks",
        proven_on: ProvenOn::Files("real files"),
        not_read: None,
        fuzz_targets: &["nifti"];
        // `.hdr` belongs to a dozen programs, so its content decides.
        signature: nifti::is_header_file,
        reader: Reader::OneFile(nifti::read),
    }
    /// Zeiss Cirrus `.img`.
    ZeissImg {
        name: "Zeiss Cirrus .img",
        endings: &[".img"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::OfDevice("Zeiss"),
        holds: "Zeiss Cirrus cubes, by name and size",
        spacing_from: "6 x 6 x 2 mm by default",
        writes: "no",
        proven_on: ProvenOn::Files("generated files"),
        not_read: None,
        fuzz_targets: &["zeiss_img"];
        signature: |_| false,
        reader: Reader::OneFile(zeiss_img::read),
    }
    /// Bioptigen `.OCT`.
    Bioptigen {
        name: "Bioptigen .OCT",
        endings: &[".oct"],
        by_ending: ByEnding::NotEnough,
        companions: &[],
        asked_for: AskedFor::No,
        holds: "Bioptigen",
        spacing_from: "the header",
        writes: "no",
        proven_on: ProvenOn::DescriptionsOnly,
        not_read: None,
        fuzz_targets: &["bioptigen"];
        signature: |file| Format::Bioptigen.row().has_ending(file.name()) && bioptigen::is_bioptigen(&file.bytes),
        reader: Reader::OneFile(bioptigen::read),
    }
    /// Optovue `.OCT`.
    Optovue {
        name: "Optovue .OCT",
        endings: &[".oct"],
        by_ending: ByEnding::Enough,
        companions: &[Companion::SameStem { ending: ".oct", beside: ".txt" }],
        asked_for: AskedFor::OfDevice("Optovue"),
        holds: "Optovue with its `.txt`",
        spacing_from: "the text beside it",
        writes: "no",
        proven_on: ProvenOn::DescriptionsOnly,
        not_read: None,
        fuzz_targets: &["optovue"];
        signature: |_| false,
        reader: Reader::OneFile(optovue::read),
    }
    /// MATLAB.
    Matlab {
        name: "MATLAB",
        endings: &[".mat"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::No,
        holds: "MATLAB",
        spacing_from: "",
        writes: "",
        proven_on: ProvenOn::NotRead,
        not_read: Some("a MATLAB file"),
        fuzz_targets: &[];
        signature: |_| false,
        reader: Reader::None,
    }
    /// One TIFF, a page a B-scan: an image whose pages are counted when it is read.
    MultiPageTiff {
        name: "multi-page TIFF",
        endings: &[".tif", ".tiff"],
        by_ending: ByEnding::NotEnough,
        companions: &[],
        asked_for: AskedFor::No,
        holds: "TIFF whose pages are the B-scans",
        spacing_from: "ImageJ (`unit`, `spacing`) and OME (`PhysicalSize`) in a unit of length",
        writes: "no",
        proven_on: ProvenOn::Files("real files"),
        not_read: None,
        fuzz_targets: &["tiff"];
        signature: |_| false,
        reader: Reader::OneFile(images::read_multipage_tiff),
    }
    /// One image a B-scan.
    ImageStack {
        name: "image stack",
        endings: &[".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"],
        by_ending: ByEnding::Misnamed,
        companions: &[],
        asked_for: AskedFor::AsImages,
        holds: "B-scans, 8 and 16-bit grey, float TIFF",
        spacing_from: "nothing",
        writes: "masks as PNG",
        proven_on: ProvenOn::Files("real files"),
        not_read: None,
        fuzz_targets: &["png_jpeg", "tiff"];
        signature: images::is_image_file,
        reader: Reader::ManyFiles { called: "The images", read: intake::image_stack::open },
    }
    /// Images of other kinds.
    OtherImage {
        name: "other images",
        endings: &[".gif", ".webp", ".jp2", ".j2k"],
        by_ending: ByEnding::Enough,
        companions: &[],
        asked_for: AskedFor::No,
        holds: "other images",
        spacing_from: "",
        writes: "",
        proven_on: ProvenOn::NotRead,
        not_read: Some("an image in another format than PNG, JPEG, BMP or TIFF"),
        fuzz_targets: &[];
        signature: |_| false,
        reader: Reader::None,
    }
    /// A zip of any of these.
    Zip {
        name: "zip",
        endings: &[".zip"],
        by_ending: ByEnding::NotEnough,
        companions: &[],
        asked_for: AskedFor::No,
        holds: "any of these, in folders or not",
        spacing_from: "",
        writes: "",
        proven_on: ProvenOn::Files("real files"),
        not_read: None,
        fuzz_targets: &["zip"];
        signature: |file| [&b"PK\x03\x04"[..], b"PK\x05\x06"].iter().any(|magic| file.bytes.starts_with(magic)),
        reader: Reader::Folder,
    }
}
