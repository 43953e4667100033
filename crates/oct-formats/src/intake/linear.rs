//! Intensities that are stored as they were measured, not as they are shown.
//!
//! The light that comes back from an eye spans four orders of magnitude. Devices show its
//! logarithm or its fourth root (Heidelberg, whose raw exports hold the light itself), and
//! the network has seen nothing else: in the light itself all but the brightest layers are
//! black, and it finds fluid there. Programs that convert leave samples as they are.
//!
//! Told by how bright the brighter half of the picture is, the 75th percentile of the samples
//! above the lowest one, in parts of the 99th:
//!
//! | what | B-scans | 75th percentile |
//! |---|---|---|
//! | Duke, Bonn, Kermany, OCTDL, macular hole, Bioptigen, phantoms, as they are shown | 115 | 0.22 to 0.67 |
//! | with a black border, with black cut off at 30 or 60 of 255 | 345 | 0.22 to 0.67 |
//! | with a gamma of 1.6 | 115 | 0.086 to 0.55 |
//! | their fourth powers | 115 | Duke, Bonn, Kermany, OCTDL, phantoms 0.002 to 0.046; Bioptigen, macular hole 0.056 to 0.20 |
//! | shown as 30 and 40 dB of light | 230 | most 0.001 to 0.06, of pictures without black up to 0.16 |
//!
//! Their fourth root is measured instead, and that is said. What the network then finds, in
//! nanolitres of IRF and SRF, was compared on the phantom (7.2 and 228.7 as it is shown) and on
//! four B-scans with oedema (46.8 and 0) and four without (0 and 0):
//!
//! | light | as it is | fourth root | logarithm |
//! |---|---|---|---|
//! | fourth power | 215 + 50; 41 + 9; 0 + 5 | the same as shown | 2.4 + 241; 70 + 0, and 60 of PED; 0 |
//! | 30 dB | 162 + 19; 42 + 0; 0 + 5 | 9.1 + 210; 46 + 0; 0 | the same as shown |
//! | 40 dB | 123 + 12; 39 + 0; no figure | 8.5 + 198; 43 + 3; 0 + 0.6 | the same as shown |
//!
//! The logarithm would need to know the floor of the noise, and is worse where it is the
//! wrong one of the two. In 8 bits nothing is left of what was dark: such pictures are not told.

use oct::{OctVolume, Samples};

use crate::Cause;

/// Fewer samples are no picture.
const FEWEST_SAMPLES: usize = 64 * 64;
/// Samples that are looked at.
const LOOKED_AT: usize = 100_000;
/// The 75th percentile below which samples are light as it was measured, in parts of the 99th.
const DARK: f32 = 0.06;
/// Less of the samples above the lowest one tells nothing.
const FEWEST_ABOVE: usize = 20;

/// `volume` with the fourth root of its samples, where they are light as it was measured,
/// and what is to be said of it.
///
/// # Errors
/// [`Cause::Malformed`] where the volume cannot be put together again.
pub(super) fn shown(volume: OctVolume) -> Result<(OctVolume, Option<String>), Cause> {
    if volume.stated_padding.is_some() || !is_linear(volume.samples()) {
        return Ok((volume, None));
    }
    let volume = volume.with_samples(rooted).map_err(Cause::malformed)?;
    let warning = "The samples seem to be the light as it was measured, of which all but the brightest is black: \
                   their fourth root is shown and measured, as Heidelberg shows it, so figures may differ by a \
                   sixth from those of the scan as its device shows it.";
    Ok((volume, Some(warning.to_owned())))
}

fn is_linear(samples: &Samples) -> bool {
    let step = samples.len().div_ceil(LOOKED_AT).max(1);
    let mut values: Vec<f32> = match samples {
        _ if samples.len() < FEWEST_SAMPLES => return false,
        Samples::U8(_) => return false,
        Samples::U16(samples) => samples.iter().step_by(step).map(|sample| f32::from(*sample)).collect(),
        Samples::F32(samples) => {
            samples.iter().step_by(step).copied().filter(|sample| oct::padding::is_sample(*sample)).collect()
        }
    };
    let count = values.len();
    let lowest = values.iter().copied().fold(f32::INFINITY, f32::min);
    values.retain(|value| *value > lowest);
    if values.len() < count / FEWEST_ABOVE || values.is_empty() {
        return false;
    }
    let mut quantile = |percent: usize| {
        let at = (values.len() - 1) * percent / 100;
        *values.select_nth_unstable_by(at, f32::total_cmp).1 - lowest
    };
    quantile(75) < DARK * quantile(99)
}

fn rooted(samples: Samples) -> Samples {
    match samples {
        Samples::U8(samples) => Samples::U8(samples),
        Samples::U16(mut samples) => {
            let most = f32::from(u16::MAX);
            let root = |sample: u16| ((f32::from(sample) / most).sqrt().sqrt() * most).round() as u16;
            samples.iter_mut().for_each(|sample| *sample = root(*sample));
            Samples::U16(samples)
        }
        Samples::F32(mut samples) => {
            // What is no sample stays none.
            let is_light = |sample: &&mut f32| oct::padding::is_sample(**sample);
            samples.iter_mut().filter(is_light).for_each(|sample| *sample = sample.max(0.0).sqrt().sqrt());
            Samples::F32(samples)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::Geometry;

    /// As a picture has them: many dark samples, few bright ones.
    fn greys() -> Vec<f32> {
        (0..64 * 64)
            .map(|at: u32| f32::from((at.wrapping_mul(40_503) >> 3) as u16 % 1000) / 1000.0)
            .map(|part| 0.15 + 0.8 * part.powi(6))
            .collect()
    }

    fn is_changed(samples: Samples) -> bool {
        let volume = OctVolume::new(64, 64, 1, samples.clone(), Geometry::default()).unwrap();
        let (shown, said) = shown(volume).unwrap();
        assert_eq!(said.is_some(), *shown.samples() != samples);
        said.is_some()
    }

    #[test]
    fn greys_stay_and_light_becomes_its_fourth_root() {
        let powers = |power: i32| greys().into_iter().map(move |grey| grey.powi(power));
        assert!(!is_changed(Samples::F32(greys())));
        assert!(!is_changed(Samples::F32(powers(2).collect())), "a gamma");
        let volume =
            OctVolume::new(64, 64, 1, Samples::F32(powers(4).collect()), Geometry::default()).unwrap();
        let (found, said) = shown(volume).unwrap();
        assert!(said.unwrap().contains("fourth root"));
        let Samples::F32(found) = found.samples() else { unreachable!("floats stay floats") };
        assert!(found.iter().zip(greys()).all(|(found, grey)| (found - grey).abs() < 1e-5));
        assert!(is_changed(Samples::U16(powers(4).map(|light| (light * 65_535.0) as u16).collect())));
        assert!(!is_changed(Samples::U16(powers(1).map(|light| (light * 65_535.0) as u16).collect())));
    }

    #[test]
    fn black_around_a_picture_and_what_is_no_number_say_nothing() {
        let mut bordered = vec![0.0; 64 * 64];
        bordered[1000..1300].copy_from_slice(&greys()[..300]);
        assert!(!is_changed(Samples::F32(bordered)));
        let mut powers: Vec<f32> = greys().into_iter().map(|grey| grey.powi(4)).collect();
        powers[7] = f32::NAN;
        powers[8] = f32::MAX;
        assert!(is_changed(Samples::F32(powers)));
    }
}
