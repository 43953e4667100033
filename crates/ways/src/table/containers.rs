//! The formats, each in the ways that their writers have.

use super::{Row, keeps, right};
use crate::container::Container;
use crate::container::dicom::{Beside, Class, Dicom, Names as Called, Places, Split, Syntax};
use crate::container::images::{Images, Kind, Names};
use crate::container::metaimage::{Holds, Lies, MetaImage};
use crate::container::nifti::{Affine, Nifti, Unit};
use crate::container::npy::Npy;
use crate::container::nrrd::{Nrrd, States};
use crate::container::tiff::{Cut, Packs, Tiff, Writer};
use crate::samples::{Array, Depth, Order};
use crate::way::{Expected, dicom};

/// The one of each kind that all else is combined with.
const BASIC: [&str; 16] = [
    "metaimage",
    "nifti",
    "nrrd",
    "npy",
    "tiff",
    "images",
    "dicom",
    "dicom series",
    "dicom parts",
    "vol",
    "xml",
    "e2e",
    "topcon",
    "optovue",
    "bioptigen",
    "metaimage F32",
];

/// The rows of `all` that everything is combined with.
pub fn basic(all: &[Row<Container>]) -> Vec<&Row<Container>> {
    all.iter().filter(|row| BASIC.contains(&row.name.as_str())).collect()
}

/// All rows.
pub fn containers() -> Vec<Row<Container>> {
    let mut rows = Vec::new();
    metaimage(&mut rows);
    nifti(&mut rows);
    nrrd_and_npy(&mut rows);
    tiff(&mut rows);
    images(&mut rows);
    dicoms(&mut rows);
    devices(&mut rows);
    rows
}

/// Types of numbers, byte orders and orders of axes of `plain`.
fn arrays(rows: &mut Vec<Row<Container>>, name: &str, of: impl Fn(Array) -> Container) {
    rows.push(keeps(name, of(Array::PLAIN)));
    for depth in Depth::ALL {
        rows.push(keeps(format!("{name} {depth:?}"), of(Array { depth, ..Array::PLAIN })));
        if depth.size() > 1 {
            let big = Array { depth, big_endian: true, ..Array::PLAIN };
            rows.push(keeps(format!("{name} {depth:?} big-endian"), of(big)));
        }
    }
    for order in Order::OTHERS {
        let array = Array { order, ..Array::PLAIN };
        rows.push(right(format!("{name} axes {:?}", order.0), of(array), Expected::SameOrAsked));
    }
    let both = Array { order: Order::OTHERS[1], depth: Depth::I16, big_endian: true };
    rows.push(right(format!("{name} axes turned round, I16 big-endian"), of(both), Expected::SameOrAsked));
}

fn metaimage(rows: &mut Vec<Row<Container>>) {
    const PLAIN: MetaImage = MetaImage::PLAIN;
    arrays(rows, "metaimage", |array| Container::MetaImage(MetaImage { array, ..PLAIN }));
    let mut row = |name, it| rows.push(keeps(name, Container::MetaImage(it)));
    row("metaimage zraw", MetaImage { holds: Holds::Zlib, ..PLAIN });
    row("metaimage mha", MetaImage { holds: Holds::Local, ..PLAIN });
    row("metaimage mha packed", MetaImage { holds: Holds::LocalZlib, ..PLAIN });
    row("metaimage behind a header", MetaImage { holds: Holds::Behind(512), ..PLAIN });
    row("metaimage moved", MetaImage { lies: Lies::Moved, ..PLAIN });
    row("metaimage mirrored", MetaImage { lies: Lies::Mirrored, ..PLAIN });
    row("metaimage oblique", MetaImage { lies: Lies::Oblique, ..PLAIN });
    row("metaimage of Windows", MetaImage { crlf: true, ..PLAIN });
    row("metaimage ElementSize", MetaImage { element_size: true, ..PLAIN });
    row("metaimage with more fields", MetaImage { chatty: true, ..PLAIN });
    // A file for each B-scan: read, or refused in words.
    for (name, holds) in [("listed", Holds::Listed), ("pattern", Holds::Pattern)] {
        let it = Container::MetaImage(MetaImage { holds, ..PLAIN });
        rows.push(right(format!("metaimage {name}"), it, Expected::SameOrAsked));
    }
}

fn nifti(rows: &mut Vec<Row<Container>>) {
    const PLAIN: Nifti = Nifti::PLAIN;
    arrays(rows, "nifti", |array| Container::Nifti(Nifti { array, ..PLAIN }));
    let mut row =
        |name: &str, it, expected| rows.push(right(format!("nifti {name}"), Container::Nifti(it), expected));
    use Expected::{Choice, Same, SameOrAsked};
    row("not packed", Nifti { gzip: false, ..PLAIN }, Same);
    row("qform", Nifti { affine: Affine::Quaternion, ..PLAIN }, Same);
    row("both forms", Nifti { affine: Affine::Both, ..PLAIN }, Same);
    row("no form", Nifti { affine: Affine::Neither, ..PLAIN }, Same);
    row("negative columns", Nifti { affine: Affine::NegativeColumns, ..PLAIN }, Same);
    row("downwards", Nifti { affine: Affine::Downwards, ..PLAIN }, Same);
    row("oblique", Nifti { affine: Affine::Oblique, ..PLAIN }, Same);
    row("forms disagree", Nifti { affine: Affine::Disagree, ..PLAIN }, Same);
    row("micrometres", Nifti { unit: Unit::Micrometres, ..PLAIN }, Same);
    row("metres", Nifti { unit: Unit::Metres, ..PLAIN }, Same);
    row("no unit", Nifti { unit: Unit::None, ..PLAIN }, SameOrAsked);
    row("slope of 1", Nifti { slope: [1.0, 0.0], ..PLAIN }, Same);
    row("slope of 0", Nifti { slope: [0.0, 0.0], ..PLAIN }, Same);
    row("slope and intercept", Nifti { slope: [0.5, -10.0], ..PLAIN }, Same);
    row("extension", Nifti { extension: 64, ..PLAIN }, Same);
    row("fourth axis of 1", Nifti { fourth: 1, ..PLAIN }, Same);
    row("fourth axis of 2", Nifti { fourth: 2, ..PLAIN }, Choice);
    row("2", Nifti { second: true, ..PLAIN }, SameOrAsked);
    row("2 not packed", Nifti { second: true, gzip: false, ..PLAIN }, SameOrAsked);
    row("pair", Nifti { pair: true, ..PLAIN }, SameOrAsked);
    let numpy = Array { order: Order([1, 0, 2]), ..Array::PLAIN };
    row(
        "of nibabel from rows first, no unit",
        Nifti { array: numpy, unit: Unit::None, ..PLAIN },
        SameOrAsked,
    );
}

fn nrrd_and_npy(rows: &mut Vec<Row<Container>>) {
    const PLAIN: Nrrd = Nrrd::PLAIN;
    arrays(rows, "nrrd", |array| Container::Nrrd(Nrrd { array, ..PLAIN }));
    let mut row = |name, it| rows.push(keeps(name, Container::Nrrd(it)));
    row("nrrd not packed", Nrrd { gzip: false, ..PLAIN });
    row("nrrd detached", Nrrd { detached: true, ..PLAIN });
    row("nrrd detached not packed", Nrrd { detached: true, gzip: false, ..PLAIN });
    row("nrrd spacings", Nrrd { states: States::Spacings, ..PLAIN });
    row("nrrd micrometres", Nrrd { states: States::Micrometres, ..PLAIN });
    row("nrrd mirrored", Nrrd { states: States::Mirrored, ..PLAIN });
    row("nrrd of Windows", Nrrd { crlf: true, ..PLAIN });

    arrays(rows, "npy", |array| Container::Npy(Npy { array, ..Npy::PLAIN }));
    for (number, order) in [Order::PLAIN].into_iter().chain(Order::OTHERS).enumerate() {
        let array = Array { order, ..Array::PLAIN };
        let it = Container::Npy(Npy { array, fortran: true, ..Npy::PLAIN });
        let expected = if number == 0 { Expected::Same } else { Expected::SameOrAsked };
        rows.push(right(format!("npy of Fortran {:?}", order.0), it, expected));
    }
    rows.push(keeps("npy version 2", Container::Npy(Npy { version: 2, ..Npy::PLAIN })));
}

fn tiff(rows: &mut Vec<Row<Container>>) {
    const PLAIN: Tiff = Tiff::PLAIN;
    let mut row = |name: String, it| rows.push(keeps(name, Container::Tiff(it)));
    row("tiff".to_owned(), PLAIN);
    for depth in [Depth::U8In16, Depth::U12In16, Depth::U16, Depth::U16Dim, Depth::F32, Depth::F32Greys] {
        row(format!("tiff {depth:?}"), Tiff { depth, ..PLAIN });
        row(format!("tiff {depth:?} big-endian"), Tiff { depth, big_endian: true, ..PLAIN });
    }
    for packs in [Packs::PackBits, Packs::Lzw, Packs::Deflate, Packs::OldDeflate] {
        row(format!("tiff {packs:?}"), Tiff { packs, ..PLAIN });
        row(format!("tiff {packs:?} tiles"), Tiff { packs, cut: Cut::Tiles(64), ..PLAIN });
        row(format!("tiff {packs:?} 16 bits"), Tiff { packs, depth: Depth::U16, big_endian: true, ..PLAIN });
    }
    for packs in [Packs::Lzw, Packs::Deflate] {
        row(format!("tiff {packs:?} predictor"), Tiff { packs, predictor: true, ..PLAIN });
        let wide = Tiff { packs, predictor: true, depth: Depth::U16, ..PLAIN };
        row(format!("tiff {packs:?} predictor 16 bits"), wide);
        row(format!("tiff {packs:?} predictor 16 bits big-endian"), Tiff { big_endian: true, ..wide });
    }
    row("tiff tiles of 16".to_owned(), Tiff { cut: Cut::Tiles(16), ..PLAIN });
    row("tiff tiles of 128".to_owned(), Tiff { cut: Cut::Tiles(128), ..PLAIN });
    row("tiff one strip".to_owned(), Tiff { cut: Cut::Strips(10_000), ..PLAIN });
    row("tiff strips of 1".to_owned(), Tiff { cut: Cut::Strips(1), ..PLAIN });
    row("tiff white is zero".to_owned(), Tiff { white_is_zero: true, ..PLAIN });
    row("tiff of ImageJ".to_owned(), Tiff { writer: Writer::ImageJ, big_endian: true, ..PLAIN });
    let one = Tiff { writer: Writer::ImageJOneDirectory, cut: Cut::Strips(10_000), ..PLAIN };
    row("tiff of ImageJ in one directory".to_owned(), one);
    row(
        "tiff of ImageJ in one directory, 16 bits".to_owned(),
        Tiff { depth: Depth::U16, big_endian: true, ..one },
    );
    row("tiff with 96 dots to the inch".to_owned(), Tiff { writer: Writer::Dots96, ..PLAIN });
    // A format that is not read yet: refused in words that name others.
    let big = Tiff { big: true, ..PLAIN };
    for (name, it) in
        [("tiff big", big), ("tiff big big-endian", Tiff { big_endian: true, depth: Depth::U16, ..big })]
    {
        rows.push(right(name.to_owned(), Container::Tiff(it), Expected::SameOrAsked));
    }
    for (writer, expected) in [
        (Writer::ImageJTwoChannels, Expected::Choice),
        (Writer::OmeTwoChannels, Expected::Choice),
        (Writer::ImageJTimePoints, Expected::SameOrAsked),
    ] {
        let it = Container::Tiff(Tiff { writer, ..PLAIN });
        rows.push(right(format!("tiff {writer:?}"), it, expected));
    }
}

fn images(rows: &mut Vec<Row<Container>>) {
    const PLAIN: Images = Images::PLAIN;
    rows.push(keeps("images", Container::Images(PLAIN)));
    for kind in [
        Kind::Png16(Depth::U16),
        Kind::Png16(Depth::U12In16),
        Kind::Png16(Depth::U8In16),
        Kind::PngColours,
        Kind::PngAlpha,
        Kind::Jpeg(100),
        Kind::Jpeg(95),
        Kind::Bmp,
        Kind::Tiff(Tiff::PLAIN),
        Kind::Tiff(Tiff {
            depth: Depth::U16,
            big_endian: true,
            packs: Packs::Lzw,
            predictor: true,
            ..Tiff::PLAIN
        }),
        Kind::Tiff(Tiff { depth: Depth::F32, ..Tiff::PLAIN }),
    ] {
        let name = match kind {
            Kind::Tiff(tiff) => format!("images Tiff {:?}", tiff.depth),
            kind => format!("images {kind:?}"),
        };
        rows.push(keeps(name, Container::Images(Images { kind, ..PLAIN })));
    }
    for names in [
        Names::Natural,
        Names::FromZero,
        Names::Brackets,
        Names::NumberFirst,
        Names::OfMany,
        Names::EyeLast,
        Names::Unicode,
        Names::Decomposed,
        Names::Capitals,
        Names::NoEnding,
        Names::Tens,
    ] {
        rows.push(keeps(format!("images {names:?}"), Container::Images(Images { names, ..PLAIN })));
    }
}

fn dicoms(rows: &mut Vec<Row<Container>>) {
    use Expected::{NoFigure, Same, SameOrAsked};
    const PLAIN: Dicom = Dicom::PLAIN;
    const SERIES: Dicom = Dicom { split: Split::PerBScan, ..PLAIN };
    const PARTS: Dicom = Dicom { split: Split::Parts(2), ..PLAIN };
    let mut row = |name: String, it, expected| rows.push(right(name, dicom(it), expected));
    row("dicom".to_owned(), PLAIN, Same);
    row("dicom series".to_owned(), SERIES, Same);
    row("dicom parts".to_owned(), PARTS, Same);
    for syntax in [
        Syntax::Implicit,
        Syntax::Deflated,
        Syntax::Rle,
        Syntax::JpegLossless,
        Syntax::Jpeg(100),
        Syntax::Jpeg(90),
        Syntax::BigEndian,
    ] {
        let expected = if syntax == Syntax::BigEndian { SameOrAsked } else { Same };
        row(format!("dicom {syntax:?}"), Dicom { syntax, ..PLAIN }, expected);
        row(format!("dicom series {syntax:?}"), Dicom { syntax, open_ended: true, ..SERIES }, expected);
    }
    for depth in [Depth::U12In16, Depth::U16, Depth::U8In16, Depth::U16Dim, Depth::I16, Depth::I16Centred] {
        row(format!("dicom {depth:?}"), Dicom { depth, ..PLAIN }, Same);
        for syntax in [Syntax::Rle, Syntax::JpegLossless, Syntax::Implicit] {
            row(format!("dicom {depth:?} {syntax:?}"), Dicom { depth, syntax, ..PLAIN }, Same);
        }
    }
    for (of, base) in [("dicom", PLAIN), ("dicom series", SERIES), ("dicom parts", PARTS)] {
        row(format!("{of} open-ended"), Dicom { open_ended: true, ..base }, Same);
        row(format!("{of} inverted"), Dicom { inverted: true, ..base }, Same);
        row(format!("{of} windowed"), Dicom { window: true, ..base }, Same);
        row(format!("{of} spacing on top"), Dicom { spacing_on_top: true, ..base }, Same);
        row(format!("{of} no thickness"), Dicom { thickness: None, ..base }, Same);
        row(format!("{of} thick"), Dicom { thickness: Some(0.5), ..base }, Same);
        row(format!("{of} bare"), Dicom { bare: true, ..base }, SameOrAsked);
        row(format!("{of} Capture"), Dicom { class: Class::Capture, ..base }, Same);
        for class in [Class::VolumeAnalysis, Class::Segmentation] {
            row(format!("{of} {class:?}"), Dicom { class, ..base }, NoFigure);
        }
        row(format!("{of} flow"), Dicom { flow: true, ..base }, NoFigure);
        for beside in [Beside::SquarePixels, Beside::WiderPixels, Beside::Part("CORNEA")] {
            row(format!("{of} {beside:?}"), Dicom { beside, ..base }, NoFigure);
        }
        row(format!("{of} of an eye"), Dicom { beside: Beside::Part("EYE"), ..base }, Same);
        for places in [Places::Below, Places::Shuffled, Places::Numbers] {
            row(format!("{of} {places:?}"), Dicom { places, ..base }, Same);
        }
        for names in [Called::Natural, Called::Uid, Called::Disc] {
            row(format!("{of} named {names:?}"), Dicom { names, ..base }, Same);
            if base.split == Split::PerBScan {
                let equal = Dicom { names, places: Places::PlacesAndEqualNumbers, ..base };
                row(format!("{of} named {names:?}, equal numbers"), equal, Same);
                let shuffled = Dicom { names, places: Places::Shuffled, ..base };
                row(format!("{of} named {names:?}, shuffled"), shuffled, Same);
            }
        }
    }
    for names in [Called::Natural, Called::Padded] {
        for places in [Places::NamesAlone, Places::EqualNumbers] {
            row(format!("dicom series {places:?} {names:?}"), Dicom { names, places, ..SERIES }, SameOrAsked);
        }
    }
    for missing in 0..5 {
        let it = Dicom { without: Some(missing), ..PARTS };
        row(format!("dicom parts without part {}", missing + 1), it, NoFigure);
    }
    for missing in [1, 4] {
        for places in [Places::Above, Places::Shuffled, Places::Numbers] {
            let it = Dicom { without: Some(missing), places, ..SERIES };
            row(format!("dicom series {places:?} without object {}", missing + 1), it, Expected::BoundOrNone);
        }
    }
    // Columns of nothing at both sides, and the file says so: the eye is narrower there.
    row("dicom padded".to_owned(), Dicom { padded: true, ..PLAIN }, SameOrAsked);
}

fn devices(rows: &mut Vec<Row<Container>>) {
    rows.push(keeps("vol", Container::Vol));
    rows.push(right("vol of longer B-scans", Container::VolLonger, Expected::NoFigure));
    rows.push(right("vol of flow", Container::AngioVol, Expected::NoFigure));
    rows.push(keeps("xml", Container::Xml(Kind::Png, true)));
    rows.push(keeps("xml of bitmaps", Container::Xml(Kind::Bmp, true)));
    rows.push(keeps("xml without names", Container::Xml(Kind::Png, false)));
    rows.push(keeps("e2e", Container::E2e));
    rows.push(keeps("topcon", Container::Topcon));
    rows.push(keeps("zeiss", Container::Zeiss));
    rows.push(keeps("optovue", Container::Optovue));
    rows.push(keeps("bioptigen", Container::Bioptigen(16)));
    rows.push(keeps("bioptigen 8 bits", Container::Bioptigen(8)));
}
