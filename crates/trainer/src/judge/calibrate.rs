//! Calibration of presence: from evidence to a chance, fitted on validation cases.
//!
//! \[ours\] after temperature scaling (Guo et al., ICML 2017) with a bias, and
//! Platt's smoothed targets (Platt, 1999), which keep the fit finite where
//! evidence separates the cases.

use mmis_model::weights::PresenceCalibration;

const ITERATIONS: usize = 50;
/// Fewer cases of either kind are not enough for two parameters.
const FEWEST: usize = 5;

/// Weight of specificity beside sensitivity at the operating point \[ours\]: a
/// volume takes the likeliest of its hundred B-scans, so that a false call on
/// one is a false call of the volume, and a miss on one is made good by the next.
const SPECIFICITY_WEIGHT: f64 = 4.0;

/// Fits temperature and bias to pairs of evidence and presence, and sets the
/// operating point where sensitivity + 4 x specificity is largest.
///
/// `None` where there are too few cases of either kind, or where more evidence
/// does not go with presence.
pub fn fit(cases: &[(f32, bool)]) -> Option<PresenceCalibration> {
    let present = cases.iter().filter(|(_, present)| *present).count();
    let absent = cases.len() - present;
    if present < FEWEST || absent < FEWEST {
        return None;
    }
    let high = (present as f64 + 1.0) / (present as f64 + 2.0);
    let low = 1.0 / (absent as f64 + 2.0);
    let points: Vec<(f64, f64)> = cases
        .iter()
        .map(|(evidence, present)| {
            let evidence = f64::from(*evidence).clamp(1e-6, 1.0 - 1e-6);
            ((evidence / (1.0 - evidence)).ln(), if *present { high } else { low })
        })
        .collect();
    let (mut slope, mut bias) = (1.0f64, 0.0f64);
    let mut steepness = f64::INFINITY;
    for _ in 0..ITERATIONS {
        // Newton's step on the cross-entropy; the small diagonal keeps it solvable.
        let (mut gradient, mut curvature) = ([0.0; 2], [1e-6, 0.0, 1e-6]);
        for (logit, target) in &points {
            let p = 1.0 / (1.0 + (-(slope * logit + bias)).exp());
            let weight = p * (1.0 - p);
            gradient[0] += (p - target) * logit;
            gradient[1] += p - target;
            curvature[0] += weight * logit * logit;
            curvature[1] += weight * logit;
            curvature[2] += weight;
        }
        steepness = (gradient[0].abs() + gradient[1].abs()) / points.len() as f64;
        let determinant = curvature[0] * curvature[2] - curvature[1] * curvature[1];
        let step = [
            (curvature[2] * gradient[0] - curvature[1] * gradient[1]) / determinant,
            (curvature[0] * gradient[1] - curvature[1] * gradient[0]) / determinant,
        ];
        // Far from the optimum a whole step can lead uphill.
        let before = cross_entropy(&points, slope, bias);
        let halvings = std::iter::successors(Some(1.0), |part: &f64| Some(part / 2.0)).take(30);
        let mut downhill = halvings
            .filter(|part| cross_entropy(&points, slope - part * step[0], bias - part * step[1]) < before);
        let Some(part) = downhill.next() else { break };
        slope -= part * step[0];
        bias -= part * step[1];
    }
    if steepness > 1e-6 {
        return None;
    }
    if !(slope.is_finite() && bias.is_finite() && slope > 1e-3) {
        return None;
    }
    let mut calibration =
        PresenceCalibration { temperature: (1.0 / slope) as f32, bias: bias as f32, threshold: 0.5 };
    let chances: Vec<(f32, bool)> =
        cases.iter().map(|(evidence, present)| (calibration.chance(*evidence), *present)).collect();
    calibration.threshold = operating_point(chances, present, absent);
    Some(calibration)
}

fn cross_entropy(points: &[(f64, f64)], slope: f64, bias: f64) -> f64 {
    // log(1 + exp(z)) - y z, written so that it never overflows.
    let of = |(logit, target): &(f64, f64)| {
        let z = slope * logit + bias;
        (-z.abs()).exp().ln_1p() + z.max(0.0) - target * z
    };
    points.iter().map(of).sum()
}

/// Halfway between the two neighbouring chances that part the cases best.
fn operating_point(mut chances: Vec<(f32, bool)>, present: usize, absent: usize) -> f32 {
    chances.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut missed, mut spared) = (0usize, 0usize);
    let (mut best, mut threshold) = (f64::MIN, 0.5);
    for pair in chances.windows(2) {
        if pair[0].1 {
            missed += 1
        } else {
            spared += 1
        }
        let gain = SPECIFICITY_WEIGHT * spared as f64 / absent as f64 - missed as f64 / present as f64;
        if pair[0].0 < pair[1].0 && gain > best {
            best = gain;
            threshold = 0.5 * (pair[0].0 + pair[1].0);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(temperature: f64, bias: f64) -> Vec<(f32, bool)> {
        // At each evidence as many present cases of 100 as the chance says.
        let mut cases = Vec::new();
        for step in 1..20 {
            let evidence = step as f64 / 20.0;
            let logit = (evidence / (1.0 - evidence)).ln() / temperature + bias;
            let present = (100.0 / (1.0 + (-logit).exp())).round() as usize;
            cases.extend((0..100).map(|n| (evidence as f32, n < present)));
        }
        cases
    }

    #[test]
    fn the_temperature_and_bias_that_made_the_cases_are_found_again() {
        let found = fit(&cases(2.5, -0.8)).unwrap();
        assert!((found.temperature - 2.5).abs() < 0.1 && (found.bias + 0.8).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn evidence_that_separates_the_cases_gives_a_finite_fit_and_a_threshold_between_them() {
        let cases: Vec<(f32, bool)> = (0..40).map(|n| (if n < 20 { 0.02 } else { 0.97 }, n >= 20)).collect();
        let found = fit(&cases).unwrap();
        assert!(found.chance(0.02) < found.threshold && found.threshold < found.chance(0.97));
        assert!(found.chance(0.97) > 0.9 && found.chance(0.02) < 0.1);
    }

    #[test]
    fn the_operating_point_rather_misses_a_bscan_than_calls_fluid_where_there_is_none() {
        let mut cases: Vec<(f32, bool)> =
            (0..40).map(|n| (if n < 20 { 0.02 } else { 0.97 }, n >= 20)).collect();
        // As good as each other where both count alike: to miss the one or to call the other.
        cases.extend([(0.2, true), (0.3, false)]);
        let found = fit(&cases).unwrap();
        assert!(found.chance(0.3) < found.threshold && found.threshold < found.chance(0.97), "{found:?}");
        // One B-scan that looks like fluid does not cost all the others.
        cases.push((0.99, false));
        let found = fit(&cases).unwrap();
        assert!(found.threshold < found.chance(0.97), "{found:?}");
    }

    #[test]
    fn a_few_present_cases_far_from_many_absent_ones_are_fitted_downhill() {
        let few: Vec<(f32, bool)> =
            (0..65).map(|n| if n < 60 { (1e-6, false) } else { (0.9, true) }).collect();
        let found = fit(&few).unwrap();
        // Platt's targets: 1/62 of 60 and 6/7 of 5.
        assert!((found.chance(1e-6) - 1.0 / 62.0).abs() < 1e-3, "{found:?}");
        assert!((found.chance(0.9) - 6.0 / 7.0).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn too_few_cases_or_evidence_against_presence_give_no_calibration() {
        assert_eq!(fit(&[(0.9, true), (0.1, false)]), None);
        let reversed: Vec<(f32, bool)> = cases(1.0, 0.0).into_iter().map(|(e, p)| (1.0 - e, p)).collect();
        assert_eq!(fit(&reversed), None);
    }
}
