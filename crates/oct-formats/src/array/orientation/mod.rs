//! Which axis of an array is depth, where its container does not say.
//!
//! NIfTI, MetaImage, NRRD and NumPy store boxes of numbers, and a TIFF pages. Most programs write
//! an OCT volume as columns, rows and B-scans, the column fastest, but some write
//! the rows first, or the B-scans. Read in a wrong order an eye has fluid that it
//! does not have. So the picture, the sides and the spacing decide together; where
//! they do not agree the person is asked, and nothing is measured before.

mod judge;
mod picture;
mod question;

use oct::{Axis, AxisOrder, OctVolume};

use self::judge::{Evidence, Judged, candidates, judge};
use self::picture::{Picture, brighter_behind};
pub use self::question::{AxisCandidate, AxisQuestion, Thumbnail};
use crate::{Cause, Format};

/// How much darker it must be behind the retina than before it for a scan to be
/// taken for upside down, in parts of the range of brightness. Upright eyes have
/// 0.03 and more, brighter behind.
const DARKER_BEHIND: f64 = -0.05;
/// Rows that it takes to tell.
const FEWEST_ROWS: usize = 48;

/// How a container lists the axes of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The order that most programs write, as the container lists it.
    pub(crate) usual: AxisOrder,
    /// Whether the axis that is listed last is the fastest in memory.
    pub(crate) fastest_last: bool,
    /// Whether the usual order is all but certain, so that only a clear picture is asked about.
    pub(crate) is_all_but_certain: bool,
}

impl Listing {
    /// Columns, rows, B-scans, the column fastest.
    pub(crate) const COLUMNS_FIRST: Self =
        Self { usual: AxisOrder::STANDARD, fastest_last: false, is_all_but_certain: false };
    /// Pages that are B-scans, unless they are planes en face.
    pub(crate) const PAGES: Self = Self { is_all_but_certain: true, ..Self::COLUMNS_FIRST };

    /// An order from the container's listing to the fastest axis first, or back.
    fn turned(self, order: AxisOrder) -> AxisOrder {
        if self.fastest_last { order.listed_backwards() } else { order }
    }
}

/// How the axes of an array were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AxesRead {
    /// The axes in the order in which the container lists them.
    pub order: AxisOrder,
    /// What that rests on.
    pub by: AxesBy,
}

/// What the order of axes rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxesBy {
    /// A person stated it.
    User,
    /// It is the usual one of the container, and the picture bears it out.
    UsualAndPicture,
    /// It is the usual one of the container; the picture says nothing clear.
    Usual,
    /// The picture, against the usual one.
    Picture,
    /// Nothing: it is asked.
    Asked,
}

impl AxesBy {
    /// In words, behind the order.
    pub fn words(self) -> &'static str {
        match self {
            Self::User => "as you said",
            Self::UsualAndPicture => "as usual, and the picture agrees",
            Self::Usual => "as usual, the picture does not tell",
            Self::Picture => "by the picture",
            Self::Asked => "not sure",
        }
    }

    /// A word for programs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::UsualAndPicture => "usual_and_picture",
            Self::Usual => "usual",
            Self::Picture => "picture",
            Self::Asked => "asked",
        }
    }
}

/// A volume in the order that was settled, and what is to be said of it.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) volume: OctVolume,
    pub(crate) read: AxesRead,
    pub(crate) question: Option<AxisQuestion>,
    pub(crate) warning: Option<String>,
}

/// Finds the order of the axes of `volume`, which a reader filled as the samples
/// lie in memory, or takes the one that was `stated`.
///
/// # Errors
/// [`Cause::TooLarge`] where the memory does not suffice to put the samples in order.
pub(crate) fn settle(
    volume: OctVolume,
    listing: Listing,
    format: Format,
    stated: Option<AxisOrder>,
) -> Result<Settled, Cause> {
    if let Some(order) = stated {
        let order = fitted(listing.turned(order), &volume);
        let read = AxesRead { order: listing.turned(order), by: AxesBy::User };
        return Ok(Settled { volume: reordered(volume, order)?, read, question: None, warning: None });
    }
    let evidence = Evidence {
        sizes: sizes(&volume),
        spacing_mm: Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm()),
        // A device that its sizes and spacing tell has its own layout.
        picture: if volume.vendor.is_some() { None } else { Picture::of(&volume) },
        usual: listing.turned(listing.usual),
    };
    let mut judged = judge(&evidence);
    if listing.is_all_but_certain && !judged.by_picture {
        judged = Judged { order: evidence.usual, is_sure: true, by_picture: false };
    }
    let Judged { order, is_sure, by_picture } = judged;
    let is_upside_down = |order: AxisOrder| {
        let rows = order.place(Axis::Axial);
        evidence.picture.is_some()
            && evidence.sizes[rows] >= FEWEST_ROWS
            && brighter_behind(&volume, rows).is_some_and(|difference| difference <= DARKER_BEHIND)
    };
    let upright = |order: AxisOrder| if is_upside_down(order) { order.upside_down() } else { order };
    let asked = if !is_sure {
        candidates(&evidence, order).into_iter().map(upright).collect()
    } else if by_picture && is_upside_down(order) {
        vec![order.upside_down(), order]
    } else {
        Vec::new()
    };
    let question = (!asked.is_empty()).then(|| AxisQuestion::new(&volume, listing, &asked));
    let by = match (&question, order == evidence.usual, by_picture) {
        (Some(_), ..) => AxesBy::Asked,
        (None, true, true) => AxesBy::UsualAndPicture,
        (None, true, false) => AxesBy::Usual,
        (None, false, _) => AxesBy::Picture,
    };
    let read = AxesRead { order: listing.turned(order), by };
    let warning = (by == AxesBy::Picture).then(|| {
        format!(
            "The picture shows that the {} stores its axes as {}, not as {}: it was read so.",
            format.name(),
            read.order,
            listing.usual
        )
    });
    Ok(Settled { volume: reordered(volume, order)?, read, question, warning })
}

fn sizes(volume: &OctVolume) -> [usize; 3] {
    [volume.columns(), volume.rows(), volume.bscans()]
}

/// `order` with its B-scans where a single one lies: who states the order of two
/// axes says nothing of the third.
fn fitted(order: AxisOrder, volume: &OctVolume) -> AxisOrder {
    let sizes = sizes(volume);
    let mut single = (0..3).filter(|axis| sizes[*axis] == 1);
    match (single.next(), single.next()) {
        (Some(place), None) => order.with_bscans_at(place),
        _ => order,
    }
}

fn reordered(volume: OctVolume, order: AxisOrder) -> Result<OctVolume, Cause> {
    if order == AxisOrder::STANDARD {
        return Ok(volume);
    }
    volume.reordered(order).map_err(|_| Cause::out_of_memory())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::{Geometry, Samples};

    /// 40 x 64 x 50 samples, each by its place.
    fn volume(sample: impl Fn(usize, usize, usize) -> u32) -> OctVolume {
        let speckle = |at: usize| (at as u32).wrapping_mul(2_654_435_761) >> 26;
        let samples = (0..40 * 64 * 50).map(|at| sample(at % 40, at / 40 % 64, at / (40 * 64)) + speckle(at));
        let samples = Samples::U8(samples.map(|sample| sample as u8).collect());
        OctVolume::new(40, 64, 50, samples, Geometry::default()).unwrap()
    }

    #[test]
    fn pages_are_bscans_unless_the_picture_clearly_says_otherwise() {
        let settled = |volume, listing| settle(volume, listing, Format::MultiPageTiff, None).unwrap();
        let noise = || volume(|_, _, _| 0);
        assert!(settled(noise(), Listing::COLUMNS_FIRST).question.is_some());
        assert!(settled(noise(), Listing::PAGES).question.is_none());
        // Layers follow each other from page to page: planes en face.
        let en_face = || volume(|_, _, page| [10, 90, 180, 60, 30][page / 10]);
        let read = settled(en_face(), Listing::PAGES);
        assert!(read.question.is_some() || read.volume.rows() == 50, "{:?}", read.read);
        assert_ne!(read.read.by, AxesBy::UsualAndPicture);
    }
}
