//! What may happen to pictures, spacing and files, and where it can.

use super::{Row, keeps, right};
use crate::container::Container;
use crate::container::dicom::{Dicom, Split, Told};
use crate::container::images::{Images, Kind, Names};
use crate::packing::Packing;
use crate::picture::{Canvas, Picture};
use crate::spacing::Says;
use crate::way::Expected::{BoundOrNone, Choice, NoFigure, Same, SameOrAsked};
use crate::way::{Expected, Scans, Way};

/// The pictures.
pub fn pictures() -> Vec<Row<Picture>> {
    const ALL: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const MOST: &[usize] = &[0, 1, 2, 4, 5, 6, 8];
    [
        ("B-scans reversed", Picture::Reversed, Same),
        ("a black B-scan", Picture::Flat(&[4], 0), BoundOrNone),
        ("a white B-scan", Picture::Flat(&[4], 255), BoundOrNone),
        ("a grey B-scan", Picture::Flat(&[4], 77), BoundOrNone),
        ("the first two B-scans black", Picture::Flat(&[0, 1], 0), BoundOrNone),
        ("the last B-scan black", Picture::Flat(&[9], 0), BoundOrNone),
        ("most B-scans black", Picture::Flat(MOST, 0), BoundOrNone),
        ("all B-scans black", Picture::Flat(ALL, 0), NoFigure),
        ("all B-scans white", Picture::Flat(ALL, 255), NoFigure),
        ("a B-scan of NaN", Picture::NotANumber(&[4]), BoundOrNone),
        ("a B-scan of noise", Picture::Noise(&[4], 255), BoundOrNone),
        ("a B-scan of dim noise", Picture::Noise(&[4], 40), BoundOrNone),
        ("all B-scans of noise", Picture::Noise(ALL, 120), NoFigure),
        ("a B-scan of bars", Picture::Bars(&[4]), BoundOrNone),
        ("upside down", Picture::UpsideDown, SameOrAsked),
        ("lying", Picture::Lying, SameOrAsked),
        ("one B-scan for all", Picture::OneForAll, BoundOrNone),
        ("each B-scan twice", Picture::EachTwice, BoundOrNone),
        ("all B-scans twice", Picture::AllTwice, BoundOrNone),
        ("without a B-scan", Picture::Without(4), BoundOrNone),
        ("one B-scan alone", Picture::Only(4), NoFigure),
        ("flow", Picture::Flow, NoFigure),
        ("labels", Picture::Labels(1), NoFigure),
        ("labels as greys", Picture::Labels(85), NoFigure),
        ("a map", Picture::Map, NoFigure),
        ("a negative", Picture::Negative, SameOrAsked),
        ("on a canvas", canvas([30, 22], [24, 40], 0), Same),
        ("on a grey canvas", canvas([30, 22], [24, 40], 40), SameOrAsked),
        ("black beside", canvas([0, 0], [0, 32], 0), Same),
        ("black above", canvas([40, 0], [0, 0], 0), Same),
        ("black below", canvas([0, 60], [0, 0], 0), Same),
    ]
    .into_iter()
    .map(|(name, part, expected)| right(name, part, expected))
    .collect()
}

fn canvas(rows: [usize; 2], columns: [usize; 2], grey: u8) -> Picture {
    Picture::Canvas(Canvas { rows, columns, grey })
}

/// Whether `picture` can be in `container`, and be told there at all.
pub(super) fn can_happen(picture: Picture, container: Container) -> bool {
    match picture {
        Picture::NotANumber(_) => container.holds_nan(),
        Picture::Without(_) => container.numbers_bscans(),
        // What the device or the file says of its places contradicts none of it.
        Picture::Reversed => container.bscans_have_no_places(),
        // Devices whose files hold one size, and lossy ones that are not black where they were.
        Picture::Canvas(_) => container != Container::Zeiss && container.tolerance() <= 0.01,
        _ => true,
    }
}

/// What is right where the pictures of `row` are in `container`.
pub(super) fn expected(row: &Row<Picture>, container: Container) -> Expected {
    match (row.part, container) {
        // Without a spacing a black stripe may be an end of the eye.
        (Picture::Canvas(_), Container::Npy(_)) => row.expected.max(SameOrAsked),
        _ => row.expected,
    }
}

/// What is said of the spacing.
pub fn sayings() -> Vec<Row<Says>> {
    let (dots_96, dots_72) = (25.4 / 96.0, 25.4 / 72.0);
    const BETWEEN: [bool; 3] = [false, false, true];
    const PLANE: [bool; 3] = [true, true, false];
    [
        ("no spacing", Says::Nothing, NoFigure),
        ("no distance of B-scans", Says::NothingBetween, NoFigure),
        ("micrometres as mm", Says::Times(1000.0), NoFigure),
        ("metres as mm", Says::Times(0.001), NoFigure),
        ("centimetres as mm", Says::Times(0.1), NoFigure),
        ("tenths as mm", Says::Times(10.0), NoFigure),
        ("inches as mm", Says::Times(25.4), NoFigure),
        ("lateral and axial exchanged", Says::Exchanged([1, 0, 2]), SameOrAsked),
        ("axial and between exchanged", Says::Exchanged([0, 2, 1]), SameOrAsked),
        ("turned", Says::Exchanged([1, 2, 0]), SameOrAsked),
        ("turned the other way", Says::Exchanged([2, 0, 1]), SameOrAsked),
        ("1 everywhere", Says::Filler(1.0, [true; 3]), NoFigure),
        ("1 between B-scans", Says::Filler(1.0, BETWEEN), NoFigure),
        ("1 in the plane", Says::Filler(1.0, PLANE), NoFigure),
        ("0 everywhere", Says::Filler(0.0, [true; 3]), NoFigure),
        ("0 between B-scans", Says::Filler(0.0, BETWEEN), NoFigure),
        ("0 in the plane", Says::Filler(0.0, PLANE), NoFigure),
        ("96 dots to the inch", Says::Filler(dots_96, [true; 3]), NoFigure),
        ("96 dots in the plane", Says::Filler(dots_96, PLANE), NoFigure),
        ("72 dots, 1 between", Says::Filler(dots_72, [true; 3]), NoFigure),
        ("lateral as axial", Says::Exchanged([0, 0, 2]), NoFigure),
        ("axial as lateral", Says::Exchanged([1, 1, 2]), NoFigure),
    ]
    .into_iter()
    .map(|(name, part, expected)| right(name, part, expected))
    .collect()
}

/// How files come.
pub fn packings() -> Vec<Row<Packing>> {
    let mut rows = Vec::new();
    for (name, part) in [
        ("in a folder", Packing::Folder),
        ("in deep folders", Packing::Deep),
        ("with litter", Packing::Littered),
        ("with companions", Packing::Accompanied),
        ("with results", Packing::WithResults),
        ("with thumbnails", Packing::Thumbnails),
        ("zipped", Packing::Zip),
        ("stored in a zip", Packing::Stored),
        ("a folder zipped", Packing::ZipOfFolder),
        ("zipped by macOS", Packing::ZipOfMac),
        ("zipped by Windows", Packing::ZipOfWindows),
        ("zipped in a stream", Packing::ZipStreamed),
    ] {
        rows.push(keeps(name, part));
    }
    rows.push(right("a zip in a zip", Packing::ZipInZip, SameOrAsked));
    for (name, part, expected) in [
        ("first file cut", Packing::CutFirst, BoundOrNone),
        ("last file cut", Packing::CutLast, BoundOrNone),
        ("a file missing", Packing::MissingOne, BoundOrNone),
        ("the last file missing", Packing::MissingLast, BoundOrNone),
        ("half of the files missing", Packing::MissingHalf, NoFigure),
        ("with copies", Packing::WithCopies, Choice),
        ("saved twice", Packing::SavedTwice, Choice),
        ("of two visits by number", Packing::Numbered, Choice),
        ("empty files", Packing::Empty, NoFigure),
        ("a zip cut", Packing::ZipCut, NoFigure),
    ] {
        rows.push(right(name, part, expected));
    }
    rows
}

/// Whether `packing` is something for the files of `way`.
pub(super) fn can_come(packing: Packing, way: &Way) -> bool {
    let many = match way.container {
        Container::Images(images) => images.names != Names::Tens,
        Container::Dicom(dicom) => dicom.split != Split::One && dicom.numbers_bscans(),
        Container::Xml(..) => true,
        _ => false,
    };
    let pair = matches!(way.container, Container::MetaImage(_) | Container::Optovue);
    // Of images and of objects the later ones are a scan of their own, where nothing says how many there were.
    let is_counted = match way.container {
        Container::Dicom(dicom) => matches!(dicom.split, Split::Parts(_)),
        container => !matches!(container, Container::Images(_)),
    };
    let are_images = matches!(way.container, Container::Images(_));
    match packing {
        Packing::MissingOne => many || pair,
        Packing::MissingLast => {
            matches!(way.container, Container::Images(images) if images.names == Names::OfMany)
        }
        Packing::WithCopies | Packing::Numbered => are_images,
        Packing::SavedTwice => {
            matches!(way.container, Container::Images(Images { kind: Kind::Png, names }) if names != Names::NoEnding)
        }
        Packing::MissingHalf => many && is_counted,
        _ => true,
    }
}

/// Scans that lie together.
pub fn together(containers: &[Row<Container>]) -> Vec<Row<(Scans, Container)>> {
    const NAMES: [&str; 15] = [
        "metaimage",
        "nifti",
        "nrrd",
        "npy",
        "tiff",
        "images",
        "images Natural",
        "dicom",
        "dicom series",
        "vol",
        "e2e",
        "topcon",
        "bioptigen",
        "dicom series Shuffled",
        "dicom series named Uid",
    ];
    let mut rows: Vec<Row<(Scans, Container)>> = Vec::new();
    for row in containers.iter().filter(|row| NAMES.contains(&row.name.as_str())) {
        for (scans, name) in [(Scans::Eyes, "both eyes"), (Scans::Visits, "two visits")] {
            let expected: Expected = Choice;
            rows.push(right(format!("{} / {name}", row.name), (scans, row.part), expected));
        }
    }
    // The same of objects that say nothing of their places.
    let plain =
        Dicom { split: Split::PerBScan, places: crate::container::dicom::Places::Numbers, ..Dicom::PLAIN };
    for (scans, name) in [(Scans::Eyes, "both eyes"), (Scans::Visits, "two visits")] {
        rows.push(right(format!("dicom series Numbers / {name}"), (scans, Container::Dicom(plain)), Choice));
    }
    for (field, told) in [
        ("Protocol Name", Told::In(0x0018, 0x1030)),
        ("Image Comments", Told::In(0x0020, 0x4000)),
        ("a private field", Told::In(0x0009, 0x1001)),
    ] {
        let container = Container::Dicom(Dicom { told, ..plain });
        rows.push(right(
            format!("dicom series told by {field} / both eyes"),
            (Scans::Eyes, container),
            Choice,
        ));
    }
    rows
}
