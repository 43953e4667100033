//! Whether a spacing can be that of an OCT of a human retina.
//!
//! Judged are the extents of the field, the distances of the samples and their
//! proportions. The ranges are those of devices that exist, with room for volumes that
//! were cut or resampled:
//!
//! | what | range | devices at its ends |
//! |---|---|---|
//! | width, height | up to 27 mm | swept source in a wide field: 23 x 20 mm (Canon Xephilio OCT-S1), 26 x 21 mm (SVision VG200I); Spectralis with 55 degrees: 16 mm; usual are 3 to 12 mm |
//! | width | from 0.7 mm | high-definition lines of 1 mm (Optovue); Spectralis 15 degrees: 4.4 mm |
//! | depth | up to 7 mm | swept source: 3 and 6 mm (Zeiss PlexElite 9000, SVision), 5.3 mm (Xephilio); usual are 1.9 to 2.6 mm |
//! | depth | from 0.2 mm | the retina alone is 0.2 to 0.4 mm thick |
//! | from row to row | 0.0008 to 0.05 mm | Cirrus 1.95 µm (2 mm in 1024 rows) to Spectralis 3.9 µm; a picture of 64 rows has 30 µm |
//! | from column to column | 0.0008 to 0.25 mm | 1 mm in 1024 columns, to 12 mm in 64 |
//! | from B-scan to B-scan | 0.002 to 1.5 mm | dense cubes of 6 µm, to rasters of five and seven lines (Spectralis 240 µm, Cirrus HD 5 Line up to 1.25 mm) |
//!
//! Sources: Cirrus, Spectralis and Topcon as in RETOUCH (Bogunovic et al., IEEE TMI 2019)
//! and in the files of these devices that the tests open; a Cirrus cube of 6 x 6 x 2 mm in
//! 200 x 200 x 1024; for the others what their makers publish of the largest and smallest
//! scans, which was not checked on a file, so the ranges leave room beyond them. Front
//! segments and the eyes of animals lie outside, so a person is asked.

use super::spacing::{Axis, SaidBy};

/// Largest width and height of a field, mm.
const WIDEST_MM: f64 = 27.0;
/// Largest depth of a stored picture, mm.
const DEEPEST_MM: f64 = 7.0;
/// Smallest width and depth of a picture of [`FEWEST_WHOLE`] columns or rows, mm.
const NARROWEST_MM: f64 = 0.7;
const SHALLOWEST_MM: f64 = 0.2;
/// A picture of fewer columns or rows is a piece of one, which may be as small as it likes.
const FEWEST_WHOLE: usize = 64;
/// Least and most from sample to sample in mm, in the order of [`Axis::ALL`].
const STEPS_MM: [[f64; 2]; 3] = [[0.0008, 0.25], [0.0008, 0.05], [0.002, 1.5]];
/// So few columns or rows are an example of a format and no picture: any distance will do.
const FEWEST_SAMPLES: usize = 16;
/// As [`STEPS_MM`] for the steps that devices have, without room for what resampling makes.
const USUAL_STEPS_MM: [[f64; 2]; 3] = [[0.0009, 0.13], [0.0012, 0.035], [0.004, 1.0]];
/// Rows lie closer than columns; where A-scans are dense (1 mm in 1024) they lie farther
/// apart, but the picture is no deeper than usual then.
const ROWS_BEFORE_COLUMNS: f64 = 1.25;
const USUAL_DEPTH_MM: f64 = 2.4;
/// Rows as far apart as this show no layers, whatever the depth.
const COARSE_ROWS_MM: f64 = 0.02;
/// B-scans lie no closer than columns; where columns were thrown away they may, by this much.
const BSCANS_BEFORE_COLUMNS: f64 = 0.42;
/// Values that differ by less than this fraction are the same number.
const SAME: f64 = 1e-6;
/// As [`SAME`] for columns and rows: headers hold four digits and more.
const SAME_SQUARE: f64 = 1e-4;
/// As [`SAME`] for a length that people round: 96 dpi is 0.2646 or 0.265 mm.
const SAME_ROUNDED: f64 = 0.003;
/// Resolutions that image programs write where nobody gave one, in dots an inch.
const PRINT_DPI: [u32; 20] =
    [72, 75, 90, 96, 100, 120, 144, 150, 180, 192, 200, 240, 250, 300, 350, 360, 400, 600, 1200, 2400];
/// Nothing of an eye is larger, in mm: the human retina reaches 21 mm from the fovea to
/// its edge (Webvision, "Simple anatomy of the retina"), the eye of a horse measures 42 mm.
pub(super) const BEYOND_ANY_EYE_MM: f64 = 42.0;
/// No device stores a deeper picture of a retina; the whole front segment fits into it.
pub(super) const BEYOND_ANY_DEPTH_MM: f64 = 16.0;

/// The size of a volume, and how far apart its samples are said to lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stated {
    /// Columns, rows, B-scans.
    pub(super) samples: [usize; 3],
    /// mm in the order of [`Axis::ALL`]; `None` where unknown or of no meaning.
    pub(super) mm: [Option<f64>; 3],
    /// Who says so.
    pub(super) said_by: [Option<SaidBy>; 3],
}

impl Stated {
    /// Whether no person vouches for the spacing along `axis`.
    pub(super) fn is_claim(&self, axis: Axis) -> bool {
        self.said_by[axis.index()].is_some_and(SaidBy::is_claim)
    }
}

/// Why a spacing cannot be believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Implausible {
    /// Another field of the same file says otherwise.
    Contradicted {
        /// What was taken, by axis.
        stated_mm: [Option<f64>; 3],
        /// What the other field says; `None` where it only ties axes together.
        otherwise_mm: Option<[Option<f64>; 3]>,
    },
    /// Columns and rows as far apart as the dots of a printer or screen.
    PrintResolution {
        /// Dots an inch.
        dpi: u32,
        /// The distance that follows.
        mm: f64,
    },
    /// 1 mm, which programs write where there is no figure.
    Filler {
        /// The axis, or `None` for all three.
        axis: Option<Axis>,
    },
    /// The same along all three axes.
    AllEqual {
        /// The distance.
        mm: f64,
    },
    /// Rows as far apart as columns.
    Square {
        /// The distance.
        mm: f64,
    },
    /// A field larger than any.
    TooLarge {
        /// The axis that it is measured along.
        axis: Axis,
        /// The spacing.
        mm: f64,
        /// Width, depth or height that follows.
        extent_mm: f64,
        /// The largest there is.
        at_most_mm: f64,
    },
    /// A whole picture smaller than any.
    TooSmall {
        /// The axis that it is measured along.
        axis: Axis,
        /// The spacing.
        mm: f64,
        /// Width or depth that follows.
        extent_mm: f64,
        /// The smallest there is.
        at_least_mm: f64,
    },
    /// Samples farther apart than any device's.
    TooCoarse {
        /// The axis.
        axis: Axis,
        /// The spacing.
        mm: f64,
        /// The coarsest there is.
        at_most_mm: f64,
    },
    /// Samples closer than any device's.
    TooFine {
        /// The axis.
        axis: Axis,
        /// The spacing.
        mm: f64,
        /// The finest there is.
        at_least_mm: f64,
    },
    /// Rows farther apart than columns, which makes the picture deep and narrow.
    RowsBeforeColumns {
        /// From column to column.
        lateral_mm: f64,
        /// From row to row.
        axial_mm: f64,
    },
    /// B-scans closer together than the rows or columns in one.
    BScansTooClose {
        /// From B-scan to B-scan.
        mm: f64,
        /// What they are closer than.
        than: Axis,
        /// From sample to sample along it.
        than_mm: f64,
    },
}

impl Implausible {
    /// The axes that it speaks of.
    pub(super) fn axes(self) -> Vec<Axis> {
        match self {
            Self::PrintResolution { .. } | Self::Square { .. } | Self::RowsBeforeColumns { .. } => {
                vec![Axis::Lateral, Axis::Axial]
            }
            Self::AllEqual { .. } | Self::Filler { axis: None } => Axis::ALL.to_vec(),
            Self::BScansTooClose { than, .. } => vec![than, Axis::BetweenBScans],
            Self::Contradicted { stated_mm, .. } => {
                Axis::ALL.into_iter().filter(|axis| stated_mm[axis.index()].is_some()).collect()
            }
            Self::Filler { axis: Some(axis) }
            | Self::TooLarge { axis, .. }
            | Self::TooSmall { axis, .. }
            | Self::TooCoarse { axis, .. }
            | Self::TooFine { axis, .. } => vec![axis],
        }
    }
}

/// Why what is `stated` cannot be, the cause that says most first; `None` where it can.
/// What somebody vouches for is not doubted, but the rest is seen in its light.
pub(super) fn implausible(stated: &Stated) -> Option<Implausible> {
    candidates(stated).into_iter().flatten().find(|cause| rests_on_a_claim(stated, *cause))
}

/// As [`implausible`], of what persons alone vouch for.
pub(super) fn implausible_entry(stated: &Stated) -> Option<Implausible> {
    candidates(stated).into_iter().flatten().find(|cause| !rests_on_a_claim(stated, *cause))
}

fn rests_on_a_claim(stated: &Stated, cause: Implausible) -> bool {
    cause.axes().into_iter().any(|axis| stated.is_claim(axis))
}

/// The largest spacing that is taken from a person, mm: the finest that there is, written
/// in µm, so a larger figure is one in µm.
pub(super) fn most_typed_mm(axis: Axis) -> f64 {
    STEPS_MM[axis.index()][0] * 1000.0
}

/// Whether what is `stated` is possible and as fine as devices store it: what may be proposed.
pub(super) fn is_usual(stated: &Stated) -> bool {
    let in_range = |axis: Axis| {
        let [least, most] = USUAL_STEPS_MM[axis.index()];
        stated.mm[axis.index()].is_none_or(|mm| (least..=most).contains(&mm))
    };
    Axis::ALL.into_iter().all(in_range) && candidates(stated).iter().flatten().next().is_none()
}

fn candidates(stated: &Stated) -> Vec<Option<Implausible>> {
    let mut causes = vec![print_resolution(stated), filler(stated), all_equal(stated)];
    causes.extend(Axis::ALL.map(|axis| too_large(stated, axis)));
    causes.extend(Axis::ALL.map(|axis| step_out_of_range(stated, axis)));
    causes.extend(Axis::ALL.map(|axis| too_small(stated, axis)));
    causes.push(square(stated));
    causes.push(rows_before_columns(stated));
    causes.push(bscans_too_close(stated));
    causes
}

fn is_same(a: f64, b: f64, fraction: f64) -> bool {
    (a - b).abs() <= fraction * b.abs()
}

fn print_resolution(stated: &Stated) -> Option<Implausible> {
    let [lateral, axial, _] = stated.mm;
    let (mm, axial) = (lateral?, axial?);
    let is_dots = |dpi: &&u32| is_same(mm, 25.4 / f64::from(**dpi), SAME_ROUNDED);
    let dpi = PRINT_DPI.iter().find(is_dots).filter(|_| is_same(axial, mm, SAME_ROUNDED))?;
    Some(Implausible::PrintResolution { dpi: *dpi, mm })
}

fn filler(stated: &Stated) -> Option<Implausible> {
    let is_one = |axis: Axis| stated.mm[axis.index()].is_some_and(|mm| is_same(mm, 1.0, SAME));
    if Axis::ALL.into_iter().all(is_one) {
        return Some(Implausible::Filler { axis: None });
    }
    // What somebody typed in is no filler.
    let claimed = |axis: &Axis| is_one(*axis) && stated.is_claim(*axis);
    Axis::ALL.into_iter().find(claimed).map(|axis| Implausible::Filler { axis: Some(axis) })
}

fn all_equal(stated: &Stated) -> Option<Implausible> {
    let [lateral, axial, between] = stated.mm;
    let (mm, axial, between) = (lateral?, axial?, between?);
    (is_same(axial, mm, SAME) && is_same(between, mm, SAME)).then_some(Implausible::AllEqual { mm })
}

/// Devices sample depth 2 to 8 times as finely as width. Pictures that were scaled to
/// square pixels exist, but one figure written for both is as likely.
fn square(stated: &Stated) -> Option<Implausible> {
    let [lateral, axial, _] = stated.mm;
    let (mm, axial) = (lateral?, axial?);
    let is_picture = stated.samples[0] >= FEWEST_WHOLE && stated.samples[1] >= FEWEST_WHOLE;
    (is_picture && is_same(axial, mm, SAME_SQUARE)).then_some(Implausible::Square { mm })
}

/// Width, depth or height in mm.
pub(super) fn extent_mm(samples: [usize; 3], axis: Axis, mm: f64) -> f64 {
    samples[axis.index()] as f64 * mm
}

fn too_large(stated: &Stated, axis: Axis) -> Option<Implausible> {
    let mm = stated.mm[axis.index()]?;
    let extent_mm = extent_mm(stated.samples, axis, mm);
    let at_most_mm = if axis == Axis::Axial { DEEPEST_MM } else { WIDEST_MM };
    (extent_mm > at_most_mm).then_some(Implausible::TooLarge { axis, mm, extent_mm, at_most_mm })
}

fn too_small(stated: &Stated, axis: Axis) -> Option<Implausible> {
    let at_least_mm = match axis {
        Axis::Lateral => NARROWEST_MM,
        Axis::Axial => SHALLOWEST_MM,
        // Few B-scans, close together, are scanned on purpose.
        Axis::BetweenBScans => return None,
    };
    let mm = stated.mm[axis.index()]?;
    let extent_mm = extent_mm(stated.samples, axis, mm);
    let is_whole = stated.samples[axis.index()] >= FEWEST_WHOLE;
    (is_whole && extent_mm < at_least_mm).then_some(Implausible::TooSmall {
        axis,
        mm,
        extent_mm,
        at_least_mm,
    })
}

fn step_out_of_range(stated: &Stated, axis: Axis) -> Option<Implausible> {
    let mm = stated.mm[axis.index()]?;
    let [at_least_mm, at_most_mm] = STEPS_MM[axis.index()];
    let is_picture = axis == Axis::BetweenBScans || stated.samples[axis.index()] >= FEWEST_SAMPLES;
    if mm > at_most_mm && is_picture {
        return Some(Implausible::TooCoarse { axis, mm, at_most_mm });
    }
    (mm < at_least_mm).then_some(Implausible::TooFine { axis, mm, at_least_mm })
}

fn rows_before_columns(stated: &Stated) -> Option<Implausible> {
    let [lateral, axial, _] = stated.mm;
    let (lateral_mm, axial_mm) = (lateral?, axial?);
    let is_deep = extent_mm(stated.samples, Axis::Axial, axial_mm) > USUAL_DEPTH_MM;
    let is_coarse = is_deep || axial_mm > COARSE_ROWS_MM;
    (is_coarse && axial_mm > ROWS_BEFORE_COLUMNS * lateral_mm)
        .then_some(Implausible::RowsBeforeColumns { lateral_mm, axial_mm })
}

fn bscans_too_close(stated: &Stated) -> Option<Implausible> {
    let [lateral, axial, between] = stated.mm;
    let mm = between?;
    let closer = |than, than_mm: Option<f64>, part: f64| {
        than_mm.filter(|than_mm| mm <= part * than_mm).map(|than_mm| Implausible::BScansTooClose {
            mm,
            than,
            than_mm,
        })
    };
    closer(Axis::Axial, axial, 1.0).or_else(|| closer(Axis::Lateral, lateral, BSCANS_BEFORE_COLUMNS))
}
