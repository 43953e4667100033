//! A stress upon a case: its samples, truth and spacing.

use anyhow::{Context, Result};
use oct::working_grid::{ASSUMED_DEPTH_UM, ASSUMED_LATERAL_UM};
use oct::{Axis, AxisSpacing, Geometry, OctVolume, SampleType, Samples, SpacingSource};

use crate::data::Case;

use super::super::predict::Verdict;
use super::{greys, places};

/// What a stress does to an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Nothing.
    AsItIs,
    /// Changes greys in their place.
    Greys(greys::Change),
    /// Moves pixels.
    Places(places::Change),
}

/// One B-scan on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Rows and columns.
    pub size: [usize; 2],
    /// Greys as fractions of white, row by row.
    pub greys: Vec<f32>,
    /// As which samples it is saved.
    pub sample_type: SampleType,
}

impl Picture {
    /// B-scan `index` of `volume`. White is the largest sample that the type holds, of
    /// floats the largest that is there.
    fn of(volume: &OctVolume, index: usize) -> Result<Self> {
        let bscan = volume.bscan(index).context("it is empty")?;
        let mut greys = bscan.to_f32();
        let white = match bscan.sample_type() {
            SampleType::U8 => 255.0,
            SampleType::U16 => 65535.0,
            SampleType::F32 => greys.iter().copied().fold(f32::MIN_POSITIVE, f32::max),
        };
        greys.iter_mut().for_each(|grey| *grey /= white);
        Ok(Self { size: [bscan.rows(), bscan.columns()], greys, sample_type: bscan.sample_type() })
    }

    /// Its samples: greys beyond black and white are cut off, whole numbers rounded.
    pub fn samples(&self) -> Samples {
        let greys = self.greys.iter().map(|grey| grey.clamp(0.0, 1.0));
        match self.sample_type {
            SampleType::U8 => Samples::U8(greys.map(|grey| (grey * 255.0).round() as u8).collect()),
            SampleType::U16 => Samples::U16(greys.map(|grey| (grey * 65535.0).round() as u16).collect()),
            SampleType::F32 => Samples::F32(greys.collect()),
        }
    }
}

impl Change {
    /// `case` as it is found after the change: image, truth and spacing.
    ///
    /// # Errors
    /// Where the case holds no image or a JPEG cannot be made of it.
    pub fn case(self, case: &Case) -> Result<Case> {
        if self == Self::AsItIs {
            return Ok(case.clone());
        }
        let volume = &case.volume;
        let pictures = (0..volume.bscans())
            .map(|index| {
                let picture = Picture::of(volume, index)?;
                match self {
                    Self::AsItIs => Ok(picture),
                    Self::Greys(change) => change.of(&picture),
                    Self::Places(change) => Ok(change.of(&picture)),
                }
            })
            .collect::<Result<Vec<Picture>>>()?;
        let [rows, columns] = pictures.first().context("it is empty")?.size;
        let samples = pictures.iter().map(Picture::samples).reduce(appended).context("it is empty")?;
        let spread = match self {
            Self::Places(change) => change.spread([volume.rows(), volume.columns()]),
            Self::AsItIs | Self::Greys(_) => [1.0; 2],
        };
        let geometry = wider(&volume.geometry, spread)?;
        Ok(Case {
            volume: OctVolume::new(columns, rows, volume.bscans(), samples, geometry)?,
            bits: self.labels(&case.bits, [volume.rows(), volume.columns()]),
            others: Vec::new(),
            voxel_nl: case.voxel_nl.map(|nl| nl * spread[0] * spread[1]),
            ..case.clone()
        })
    }

    /// `verdict` on the unchanged `case`, with its masks moved as the image is.
    pub fn verdict(self, verdict: &Verdict, case: &Case) -> Verdict {
        let size = [case.volume.rows(), case.volume.columns()];
        let moved = |mask: &Option<Vec<bool>>| {
            let bits: Vec<u32> = mask.as_ref()?.iter().map(|found| u32::from(*found)).collect();
            Some(self.labels(&bits, size).into_iter().map(|bits| bits == 1).collect())
        };
        Verdict { masks: verdict.masks.iter().map(moved).collect(), chances: verdict.chances.clone() }
    }

    fn labels(self, bits: &[u32], size: [usize; 2]) -> Vec<u32> {
        match self {
            Self::AsItIs | Self::Greys(_) => bits.to_vec(),
            Self::Places(change) => change.labels(bits, size),
        }
    }
}

/// `case` with the spacing that the working grid takes where a file states none: what
/// happens to the image then happens to its spacing, too.
pub fn spaced(mut case: Case) -> Result<Case> {
    let assumed =
        [(Axis::Axial, ASSUMED_DEPTH_UM / case.volume.rows() as f64), (Axis::Lateral, ASSUMED_LATERAL_UM)];
    for (axis, um) in assumed {
        if case.volume.geometry.spacing(axis).mm().is_none() {
            let spacing = AxisSpacing::new(axis, um / 1000.0, SpacingSource::FromUser)?;
            case.volume.geometry.set_spacing(axis, spacing);
        }
    }
    Ok(case)
}

/// `geometry` with rows and columns this many times as far apart.
fn wider(geometry: &Geometry, spread: [f64; 2]) -> Result<Geometry> {
    let mut wider = geometry.clone();
    for (axis, spread) in [Axis::Axial, Axis::Lateral].into_iter().zip(spread) {
        let before = geometry.spacing(axis);
        if let Some(mm) = before.mm() {
            wider.set_spacing(axis, AxisSpacing::new(axis, mm * spread, before.source().clone())?);
        }
    }
    Ok(wider)
}

fn appended(first: Samples, second: Samples) -> Samples {
    match (first, second) {
        (Samples::U8(a), Samples::U8(b)) => Samples::U8([a, b].concat()),
        (Samples::U16(a), Samples::U16(b)) => Samples::U16([a, b].concat()),
        (Samples::F32(a), Samples::F32(b)) => Samples::F32([a, b].concat()),
        // One change saves all B-scans as the same type.
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::super::STRESSES;
    use super::*;
    use crate::data::{ImageLevel, Split};

    fn case(samples: Samples) -> Case {
        let volume = OctVolume::new(160, 120, 1, samples, Geometry::default()).unwrap();
        let bits = (0..19_200).map(|n| u32::from((40..80).contains(&(n / 160)) && n % 160 >= 60)).collect();
        let name = String::from("eye");
        let subject = name.clone();
        let device = String::new();
        let (others, image_level) = (Vec::new(), ImageLevel::default());
        let (split, voxel_nl) = (Split::Test, Some(0.001));
        let case = Case { name, subject, device, split, volume, bits, others, image_level, voxel_nl };
        spaced(case).unwrap()
    }

    fn nl(case: &Case) -> f64 {
        case.bits.iter().filter(|bits| **bits == 1).count() as f64 * case.voxel_nl.unwrap()
    }

    #[test]
    fn resampled_and_mirrored_eyes_keep_their_nanolitres_and_their_millimetres() {
        let before = case(Samples::U8((0..19_200u32).map(|n| (n % 251) as u8).collect()));
        let depth = |case: &Case| case.volume.geometry.axial.mm().unwrap() * case.volume.rows() as f64;
        let kept = ["resampled", "mirrored", "gain", "JPEG"];
        for stress in STRESSES.iter().filter(|stress| kept.iter().any(|name| stress.name.starts_with(name))) {
            let after = stress.change.case(&before).unwrap();
            let off = nl(&after) / nl(&before) - 1.0;
            assert!(off.abs() < 0.03, "{}: {off}", stress.name);
            assert!((depth(&after) / depth(&before) - 1.0).abs() < 1e-9, "{}", stress.name);
        }
    }

    #[test]
    fn every_stress_but_none_changes_something_and_keeps_image_truth_and_verdict_of_one_size() {
        let samples = Samples::U16((0..19_200u32).map(|n| (n * 7919 % 50_000) as u16).collect());
        let before = case(samples);
        let verdict = Verdict {
            masks: vec![Some(before.bits.iter().map(|bits| *bits == 1).collect()), None],
            chances: vec![None, None],
        };
        for stress in STRESSES {
            let after = stress.change.case(&before).unwrap();
            let pixels = after.volume.rows() * after.volume.columns();
            assert_eq!((after.volume.samples().len(), after.bits.len()), (pixels, pixels), "{}", stress.name);
            let moved = stress.change.verdict(&verdict, &before);
            let found: Vec<u32> = moved.masks[0].iter().flatten().map(|found| u32::from(*found)).collect();
            assert!(found == after.bits && moved.masks[1].is_none(), "{}", stress.name);
            let unchanged = after.volume.samples() == before.volume.samples();
            let expected = ["as it is", "16 bits"].contains(&stress.name);
            assert_eq!(unchanged, expected, "{}", stress.name);
        }
    }

    #[test]
    fn a_float_image_is_as_white_as_its_brightest_sample() {
        let floats = OctVolume::new(2, 1, 1, Samples::F32(vec![2.0, 8.0]), Geometry::default()).unwrap();
        let picture = Picture::of(&floats, 0).unwrap();
        assert_eq!(picture.greys, [0.25, 1.0]);
        assert_eq!(picture.samples(), Samples::F32(vec![0.25, 1.0]));
    }
}
