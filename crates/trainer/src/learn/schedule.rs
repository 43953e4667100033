//! The learning rate over the steps of a run, and the running average of its weights.

use mmis_model::weights::Arrays;

use crate::run::RunConfig;

/// Steps over which the learning rate rises.
const WARM_UP: u64 = 100;
/// Steps between updates of the averaged weights, and what they keep of the old average.
const AVERAGE_EVERY: u64 = 10;
const AVERAGE_KEEP: f32 = 0.97;

/// The learning rate of `step`, counted from 1: a rise, then a cosine to next to nothing.
pub(super) fn learning_rate(config: &RunConfig, step: u64) -> f64 {
    let rise = (step as f64 / WARM_UP as f64).min(1.0);
    let fall = 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / config.steps as f64).cos());
    config.learning_rate * rise * fall.max(0.002)
}

/// Takes `new`, the weights after `step`, into their running `average`, every tenth step.
pub(super) fn average_in(average: &mut Arrays, step: u64, new: impl FnOnce() -> Arrays) {
    if !step.is_multiple_of(AVERAGE_EVERY) {
        return;
    }
    // Early on the average would be mostly the random start.
    let keep = AVERAGE_KEEP.min(step as f32 / (step as f32 + 100.0));
    blend(average, &new(), keep);
}

fn blend(average: &mut Arrays, new: &Arrays, keep: f32) {
    for (name, (_, values)) in average {
        if let Some((_, new)) = new.get(name) {
            for (value, new) in values.iter_mut().zip(new) {
                *value = *value * keep + new * (1.0 - keep);
            }
        }
    }
}
