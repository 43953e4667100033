//! What a stated spacing says.

use std::fmt::Display;

use oct::{Axis, AxisSpacing, Geometry, SpacingSource};

/// Whether a header's `step` (in the file's own unit) is there only because the
/// field wants a number: one B-scan has no distance to a next one, and most
/// programs then write 1.
pub(crate) fn is_filler(axis: Axis, bscans: u64, step: f64) -> bool {
    axis == Axis::BetweenBScans && bscans == 1 && !(step.is_finite() && step > 0.0 && step != 1.0)
}

/// Sets the spacing along `axis` to the `mm` that a file states in its field `tag`,
/// there written as `said`. Whether an eye can have it, [`Geometry::doubt`] judges. What
/// is not above 0, or no number, is no distance: the spacing stays unknown, to be
/// entered by hand, and the sentence that says so is returned. A sign is not taken for a
/// direction: no format that Lacuna reads allows a negative one for an OCT (DICOM allows
/// it in nuclear medicine alone, PS3.3 C.7.6.2.1.1 and C.8.4.15; NIfTI-1 asks for
/// positive figures).
pub(crate) fn take(
    geometry: &mut Geometry,
    axis: Axis,
    mm: f64,
    tag: &str,
    said: impl Display,
) -> Option<String> {
    let source = SpacingSource::FromFile { tag: tag.to_owned() };
    match AxisSpacing::new(axis, mm, source) {
        Ok(spacing) => geometry.set_spacing(axis, spacing),
        Err(_) => {
            return Some(format!(
                "The file states {said} as the {} spacing ({tag}), which is no distance and was not taken.",
                axis.name()
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_distance_is_unknown_with_a_word_and_what_is_too_large_is_kept() {
        for wrong in [0.0, -0.12, f64::NAN, f64::INFINITY] {
            let mut geometry = Geometry::default();
            let said = take(&mut geometry, Axis::BetweenBScans, wrong, "Distance", wrong).unwrap();
            assert_eq!(geometry.between_bscans.mm(), None);
            assert!(
                said.contains(&format!("states {wrong} as the between B-scans spacing (Distance)")),
                "{said}"
            );
        }
        let mut geometry = Geometry::default();
        assert_eq!(take(&mut geometry, Axis::Lateral, 11.7, "ScaleX", 11.7), None);
        assert_eq!(geometry.lateral.mm(), Some(11.7));
    }
}
