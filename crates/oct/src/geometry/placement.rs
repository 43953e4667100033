//! Where the B-scans lie on the retina, and what follows from it: the pattern,
//! the distance between them, their order.

use serde::{Deserialize, Serialize};

use super::pattern::ScanPattern;
use super::vector::{dot, minus, norm};

/// Where one B-scan lies, in mm. The frame is that of the fundus image where
/// the volume has one (x to its right, y down, from its top left corner), else
/// the file's own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum BScanPlace {
    /// A straight scan.
    Line {
        /// The first column.
        start_mm: [f64; 2],
        /// The last column.
        end_mm: [f64; 2],
    },
    /// A scan once around a centre.
    Circle {
        /// The centre.
        centre_mm: [f64; 2],
        /// The first column.
        start_mm: [f64; 2],
    },
}

/// From which side of the fundus the B-scans are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BScanOrder {
    /// The first B-scan lies at the top of the fundus image.
    SuperiorFirst,
    /// The first B-scan lies at the bottom of the fundus image.
    InferiorFirst,
    /// The first B-scan lies at the left of the fundus image.
    LeftFirst,
    /// The first B-scan lies at the right of the fundus image.
    RightFirst,
}

impl BScanOrder {
    /// In words a clinician reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::SuperiorFirst => "superior first",
            Self::InferiorFirst => "inferior first",
            Self::LeftFirst => "left of the fundus image first",
            Self::RightFirst => "right of the fundus image first",
        }
    }
}

/// How straight B-scans lie to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrangement {
    /// The pattern.
    pub pattern: ScanPattern,
    /// Mean distance from one B-scan to the next in mm, for a raster.
    pub between_bscans_mm: Option<f64>,
}

/// Distances that differ by less than this fraction of their mean are even:
/// positions are stored with rounding, on a Spectralis as multiples of a pixel.
const EVEN: f64 = 0.05;
/// Mean distances that differ less than this are one, in mm.
const EVEN_MM: f64 = 0.002;
/// Cosine of the angle up to which two B-scans are parallel (2.6 degrees).
const PARALLEL: f64 = 0.999;

/// Finds the pattern of straight B-scans from their ends in mm, three
/// coordinates each (the third 0 where the file knows two). `None` for fewer
/// than two, and where a coordinate is not finite or a B-scan has no length.
pub fn arrangement(ends_mm: &[([f64; 3], [f64; 3])]) -> Option<Arrangement> {
    if ends_mm.len() < 2 || ends_mm.iter().flat_map(|(a, b)| a.iter().chain(b)).any(|c| !c.is_finite()) {
        return None;
    }
    let along: Vec<[f64; 3]> = ends_mm
        .iter()
        .map(|(start, end)| {
            let step = minus(*end, *start);
            let length = norm(step);
            (length > 0.0).then(|| step.map(|c| c / length))
        })
        .collect::<Option<_>>()?;
    let middles: Vec<[f64; 3]> =
        ends_mm.iter().map(|(start, end)| [0, 1, 2].map(|c| (start[c] + end[c]) / 2.0)).collect();
    let pattern = |pattern| Some(Arrangement { pattern, between_bscans_mm: None });
    if along.iter().any(|direction| dot(*direction, along[0]).abs() < PARALLEL) {
        let length = norm(minus(ends_mm[0].1, ends_mm[0].0));
        let one_middle = middles.iter().all(|middle| norm(minus(*middle, middles[0])) < 0.05 * length);
        return pattern(if one_middle { ScanPattern::Radial } else { ScanPattern::Other });
    }
    // Turned round, a B-scan is mirrored against the one before.
    if along.iter().any(|direction| dot(*direction, along[0]) < 0.0) {
        return pattern(ScanPattern::Other);
    }
    // Only the part across counts: a B-scan that is shifted along itself is no farther away.
    let across = |from: [f64; 3], to: [f64; 3]| {
        let step = minus(to, from);
        let shift = dot(step, along[0]);
        minus(step, along[0].map(|c| c * shift))
    };
    let steps: Vec<[f64; 3]> = middles.array_windows().map(|[from, to]| across(*from, *to)).collect();
    let whole = across(middles[0], middles[middles.len() - 1]);
    let mean = norm(whole) / steps.len() as f64;
    if mean == 0.0 {
        return pattern(ScanPattern::Repeated);
    }
    let forward = whole.map(|c| c / norm(whole));
    let even = steps.iter().all(|step| {
        let distance = dot(*step, forward);
        (distance - mean).abs() < (EVEN * mean).max(EVEN_MM.min(mean / 2.0))
    });
    if !even {
        return pattern(ScanPattern::UnevenRaster);
    }
    Some(Arrangement { pattern: ScanPattern::Raster, between_bscans_mm: Some(mean) })
}

/// How far each straight B-scan lies from the first in mm, across it and towards the last.
/// `None` where one is not straight, and where first and last lie in one line.
pub fn offsets_mm(places: &[BScanPlace]) -> Option<Vec<f64>> {
    let line = |place: &BScanPlace| match place {
        BScanPlace::Line { start_mm, end_mm } => Some((*start_mm, *end_mm)),
        BScanPlace::Circle { .. } => None,
    };
    let lines: Vec<_> = places.iter().map(line).collect::<Option<_>>()?;
    let (start, end) = *lines.first()?;
    let length = (end[0] - start[0]).hypot(end[1] - start[1]);
    let across = [(start[1] - end[1]) / length, (end[0] - start[0]) / length];
    let offset = |(one, other): &([f64; 2], [f64; 2])| {
        let middle = [0, 1].map(|c| (one[c] + other[c] - start[c] - end[c]) / 2.0);
        middle[0] * across[0] + middle[1] * across[1]
    };
    let offsets: Vec<f64> = lines.iter().map(offset).collect();
    let whole = offsets.last().copied()?;
    let is_known = whole != 0.0 && offsets.iter().all(|mm| mm.is_finite());
    is_known.then(|| offsets.iter().map(|mm| mm * whole.signum()).collect())
}

/// From which side straight B-scans are stored, from their places on the
/// fundus image. `None` for fewer than two, and for other patterns.
pub fn order(places: &[BScanPlace]) -> Option<BScanOrder> {
    let middle = |place: &BScanPlace| match place {
        BScanPlace::Line { start_mm, end_mm } => {
            Some([(start_mm[0] + end_mm[0]) / 2.0, (start_mm[1] + end_mm[1]) / 2.0])
        }
        BScanPlace::Circle { .. } => None,
    };
    let (first, last) = (middle(places.first()?)?, middle(places.last()?)?);
    let [x, y] = [last[0] - first[0], last[1] - first[1]];
    match (x.abs() > y.abs(), x > 0.0, y > 0.0) {
        (true, true, _) => Some(BScanOrder::LeftFirst),
        (true, false, _) => Some(BScanOrder::RightFirst),
        (false, _, true) => Some(BScanOrder::SuperiorFirst),
        (false, _, false) if y < 0.0 => Some(BScanOrder::InferiorFirst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(distances: &[f64]) -> Vec<([f64; 3], [f64; 3])> {
        let mut y = 1.0;
        let line = |y: f64| ([1.0, y, 0.0], [7.0, y, 0.0]);
        let mut lines = vec![line(y)];
        for distance in distances {
            y += distance;
            lines.push(line(y));
        }
        lines
    }

    #[test]
    fn even_parallel_bscans_are_a_raster_with_their_distance() {
        let found = arrangement(&raster(&[-0.120, -0.121, -0.119])).unwrap();
        assert_eq!(found.pattern, ScanPattern::Raster);
        assert!((found.between_bscans_mm.unwrap() - 0.120).abs() < 1e-9);
        // Slanted and shifted along itself: the distance is measured across.
        let slanted: Vec<_> =
            (0..4).map(f64::from).map(|n| ([n * 0.3, n * 0.1, 0.0], [6.0 + n * 0.3, n * 0.1, 0.0])).collect();
        assert!((arrangement(&slanted).unwrap().between_bscans_mm.unwrap() - 0.1).abs() < 1e-9);
    }

    #[test]
    fn other_patterns_are_told_apart_and_have_no_distance() {
        let radial: Vec<_> = (0..6)
            .map(|n| (f64::from(n) * 30.0).to_radians())
            .map(|a| {
                (
                    [4.0 - 3.0 * a.cos(), 4.0 - 3.0 * a.sin(), 0.0],
                    [4.0 + 3.0 * a.cos(), 4.0 + 3.0 * a.sin(), 0.0],
                )
            })
            .collect();
        let mut turned = raster(&[0.1, 0.1]);
        turned[1] = (turned[1].1, turned[1].0);
        let mut crossed = raster(&[0.1]);
        crossed.push(([9.0, 0.0, 0.0], [9.0, 6.0, 0.0]));
        for (lines, pattern) in [
            (raster(&[0.1, 0.1, 0.2]), ScanPattern::UnevenRaster),
            (raster(&[0.1, -0.1, 0.1]), ScanPattern::UnevenRaster),
            (raster(&[0.0, 0.0]), ScanPattern::Repeated),
            (radial, ScanPattern::Radial),
            (turned, ScanPattern::Other),
            (crossed, ScanPattern::Other),
        ] {
            let found = arrangement(&lines).unwrap();
            assert_eq!((found.pattern, found.between_bscans_mm), (pattern, None));
        }
        assert_eq!(arrangement(&raster(&[])), None);
        assert_eq!(arrangement(&raster(&[f64::NAN])), None);
        assert_eq!(arrangement(&[([1.0; 3], [1.0; 3]), ([2.0; 3], [2.0; 3])]), None);
    }

    #[test]
    fn offsets_count_across_the_bscans_from_the_first_to_the_last() {
        let line = |x: f64, y: f64| BScanPlace::Line { start_mm: [x, y], end_mm: [x + 6.0, y] };
        // Shifted along itself, the second is no farther away.
        let offsets = offsets_mm(&[line(0.0, 5.0), line(1.0, 4.5), line(0.0, 2.0)]).unwrap();
        assert_eq!(offsets, [0.0, 0.5, 3.0]);
        assert_eq!(offsets_mm(&[line(0.0, 1.0), line(0.0, 1.0)]), None);
        let circle = BScanPlace::Circle { centre_mm: [1.0, 1.0], start_mm: [2.0, 1.0] };
        assert_eq!(offsets_mm(&[line(0.0, 1.0), circle]), None);
    }

    #[test]
    fn the_order_is_read_from_the_fundus_image() {
        let line = |x: f64, y: f64| BScanPlace::Line { start_mm: [x, y], end_mm: [x + 1.0, y] };
        assert_eq!(order(&[line(0.0, 5.0), line(0.0, 1.0)]), Some(BScanOrder::InferiorFirst));
        assert_eq!(order(&[line(0.0, 1.0), line(0.0, 5.0)]), Some(BScanOrder::SuperiorFirst));
        assert_eq!(order(&[line(1.0, 1.0), line(0.0, 1.0)]), Some(BScanOrder::RightFirst));
        assert_eq!(order(&[line(1.0, 1.0)]), None);
        let circle = BScanPlace::Circle { centre_mm: [1.0, 1.0], start_mm: [2.0, 1.0] };
        assert_eq!(order(&[circle, circle]), None);
    }
}
