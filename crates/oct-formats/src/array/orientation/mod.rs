//! Which axis of an array is depth, where its container does not say.
//!
//! NIfTI, MetaImage, NRRD and NumPy store boxes of numbers, and a TIFF pages. Most programs write
//! an OCT volume as columns, rows and B-scans, the column fastest, but some write
//! the rows first, or the B-scans. Read in a wrong order an eye has fluid that it
//! does not have. So the picture, the sides and the spacing decide together; where
//! they do not agree the person is asked, and nothing is measured before.

mod judge;
mod odd;
mod picture;
mod question;

use oct::{Axis, AxisOrder, OctVolume, Samples};

use self::judge::{Evidence, Judged, candidates, judge};
use self::odd::Odd;
use self::picture::Picture;
pub use self::question::{AxisCandidate, AxisQuestion, Thumbnail};
use crate::{Cause, Format};

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
    /// `None` where the format says which axis is which.
    pub(crate) read: Option<AxesRead>,
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
    let odd_numbers = Odd::of_numbers(&volume, !listing.is_all_but_certain);
    if let Some(order) = stated {
        let order = fitted(listing.turned(order), &volume);
        let read = AxesRead { order: listing.turned(order), by: AxesBy::User };
        let volume = reordered(volume, order)?;
        return Ok(Settled { volume, read: Some(read), question: None, warning: odd_numbers.map(confirmed) });
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
    let odd = |order: AxisOrder| evidence.picture.and_then(|_| Odd::of(&volume, order));
    let upright =
        |order: AxisOrder| if odd(order) == Some(Odd::UpsideDown) { order.upside_down() } else { order };
    let found = odd(order).filter(|odd| is_sure && (by_picture || *odd == Odd::Negative));
    let found = odd_numbers.or(found);
    let asked = match found {
        Some(odd) if is_sure || odd_numbers.is_some() => odd.candidates(order),
        _ if !is_sure => candidates(&evidence, order).into_iter().map(upright).collect(),
        Some(odd) => odd.candidates(order),
        None => Vec::new(),
    };
    let question = (!asked.is_empty()).then(|| AxisQuestion {
        because: found.map(Odd::because),
        ..AxisQuestion::new(&volume, listing, &asked)
    });
    let by = match (&question, order == evidence.usual, by_picture) {
        (Some(_), ..) => AxesBy::Asked,
        (None, true, true) => AxesBy::UsualAndPicture,
        (None, true, false) => AxesBy::Usual,
        (None, false, _) => AxesBy::Picture,
    };
    let read = AxesRead { order: listing.turned(order), by };
    let odd_one = found.map(|odd| format!("It is not measured as it is: {}.", odd.because()));
    let warning = (by == AxesBy::Picture).then(|| {
        format!(
            "The picture shows that the {} stores its axes as {}, not as {}: it was read so.",
            format.name(),
            read.order,
            listing.usual
        )
    });
    let warning = odd_one.or(warning);
    Ok(Settled { volume: reordered(volume, order)?, read: Some(read), question, warning })
}

/// The same for a `volume` whose format says which axis is which: only whether its picture
/// is upright and no negative is asked, and only that may be `stated`.
///
/// # Errors
/// [`Cause::TooLarge`] where the memory does not suffice to put the samples in order.
pub(crate) fn settle_upright(
    volume: OctVolume,
    format: Format,
    stated: Option<AxisOrder>,
) -> Result<Settled, Cause> {
    let order = AxisOrder::STANDARD;
    if let Some(stated) = stated {
        let is_used = [order, order.upside_down()].contains(&stated);
        let warning = (!is_used).then(|| {
            format!(
                "{} says itself which axis is which: the order that was given was not used.",
                format.name()
            )
        });
        if is_used {
            let warning = Odd::of_numbers(&volume, false).map(confirmed);
            let volume = reordered(volume, stated)?;
            let read = Some(AxesRead { order: stated, by: AxesBy::User });
            return Ok(Settled { volume, read, question: None, warning });
        }
        return Ok(Settled { volume, read: None, question: None, warning });
    }
    let look = || Odd::of_numbers(&volume, false).or_else(|| Odd::of(&volume, order));
    let odd = volume.geometry.pattern.why_no_volume().is_none().then(look).flatten();
    let question = odd.map(|odd| AxisQuestion {
        because: Some(odd.because()),
        ..AxisQuestion::new(&volume, Listing::COLUMNS_FIRST, &odd.candidates(order))
    });
    let read = odd.map(|_| AxesRead { order, by: AxesBy::Asked });
    Ok(Settled {
        volume,
        read,
        question,
        warning: odd.map(|odd| format!("It is not measured as it is: {}.", odd.because())),
    })
}

/// What is said of an oddity that a person took for right.
fn confirmed(odd: Odd) -> String {
    format!("It was measured as it is, as you said, though {}.", odd.because())
}

/// Sample `index` of all; what is no number is 0.
fn sample_at(volume: &OctVolume, index: usize) -> f32 {
    match volume.samples() {
        Samples::U8(samples) => f32::from(samples[index]),
        Samples::U16(samples) => f32::from(samples[index]),
        Samples::F32(samples) => oct::padding::sample_or_zero(samples[index]),
    }
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
    use oct::Geometry;

    /// 40 x 64 x 50 samples, each by its place.
    fn volume(sample: impl Fn(usize, usize, usize) -> u32) -> OctVolume {
        // A product alone would repeat itself after some rows.
        let hash = |at: u32| (at ^ at >> 15).wrapping_mul(0x85EB_CA6B) >> 26;
        let speckle = |at: usize| hash((at as u32).wrapping_mul(2_654_435_761));
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
        assert_ne!(read.read.unwrap().by, AxesBy::UsualAndPicture);
    }
}
