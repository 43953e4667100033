//! What changed between two visits of an eye, as the page shows it.

use visits::{EnFaceTransform, RegisteredBy};

/// Regions of which [`crate::Event::Compared`] brings figures: the whole scans, what both see, the
/// circles of [`fluid::regions::DIAMETERS_MM`], the subfields in the order of
/// [`fluid::Subfield::all`] of the earlier scan.
pub const COMPARED_REGIONS: usize = 14;
/// Figures of each of them: of the classes in their order (nl), then of the thickness (µm; of the
/// first two that of the central subfield); before, after, the difference, percent.
pub const COMPARED_FIGURES: usize = 16;

/// Numbers of [`Compared::numbers`].
const NUMBERS: usize = 16;
/// By what scans are laid on each other, in the order of its number.
const BY: [RegisteredBy; 3] = [RegisteredBy::Vessels, RegisteredBy::Fovea, RegisteredBy::ByHand];

/// What came of a comparison, beside figures and maps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compared {
    /// Days from the earlier to the later visit; `None` where a date is not known.
    pub days: Option<i32>,
    /// How the scans lie on each other; `None` where that is not known.
    pub laid: Option<Laid>,
    /// Why it is not known, a sentence.
    pub not_laid: Option<String>,
    /// Why a difference need not be a change of the eye, in sentences.
    pub cautions: Vec<String>,
    /// The grid of the maps; `None` where there are none.
    pub map: Option<ChangeGrid>,
}

/// How two scans lie on each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laid {
    /// From places of the earlier scan to those of the later one.
    pub transform: EnFaceTransform,
    /// By what.
    pub by: RegisteredBy,
    /// How well the vessels agree, and how well at most elsewhere; `None` where they were not
    /// sought.
    pub agreement: Option<[f64; 2]>,
    /// What both see, mm².
    pub both_mm2: f64,
    /// What each of them sees, mm².
    pub seen_mm2: [f64; 2],
}

/// The square cells of a map of change, in the earlier scan ([`visits::ChangeMap`]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeGrid {
    /// Side of a cell, mm.
    pub cell_mm: f64,
    /// Cells along the B-scans.
    pub columns: u32,
    /// Cells across them.
    pub rows: u32,
}

impl Compared {
    /// All but the sentences as numbers, as [`crate::Event::Compared`] brings them: a page that
    /// takes each of these structures apart from a message is larger. NaN is what is not known.
    pub fn numbers(&self) -> Vec<f32> {
        let mut numbers = vec![self.days.map_or(f64::NAN, f64::from)];
        if let Some(laid) = &self.laid {
            let by = BY.iter().position(|by| *by == laid.by).unwrap_or_default();
            let ([[a, b], [c, d]], [lateral, slow]) = laid.transform.parts();
            let [strength, elsewhere] = laid.agreement.unwrap_or([f64::NAN; 2]);
            let [one, other] = laid.seen_mm2;
            let all = [by as f64, a, b, c, d, lateral, slow, strength, elsewhere, laid.both_mm2, one, other];
            numbers.extend(all);
        }
        numbers.resize(NUMBERS - 3, f64::NAN);
        let map = self.map.map(|map| [map.cell_mm, f64::from(map.columns), f64::from(map.rows)]);
        numbers.extend(map.unwrap_or([f64::NAN; 3]));
        numbers.into_iter().map(|number| number as f32).collect()
    }

    /// What [`Self::numbers`] wrote, with the sentences; `None` where it did not.
    pub fn of(numbers: &[f32], not_laid: Option<String>, cautions: Vec<String>) -> Option<Self> {
        let numbers: [f32; NUMBERS] = numbers.try_into().ok()?;
        let [
            days,
            by,
            a,
            b,
            c,
            d,
            lateral,
            slow,
            strength,
            elsewhere,
            both,
            one,
            other,
            cell_mm,
            columns,
            rows,
        ] = numbers.map(f64::from);
        let known = |number: f64| number.is_finite().then_some(number);
        let laid = known(by).and_then(|by| {
            Some(Laid {
                transform: EnFaceTransform::of_parts([[a, b], [c, d]], [lateral, slow]),
                by: *BY.get(by as usize)?,
                agreement: known(strength).map(|strength| [strength, elsewhere]),
                both_mm2: both,
                seen_mm2: [one, other],
            })
        });
        let map =
            known(cell_mm).map(|cell_mm| ChangeGrid { cell_mm, columns: columns as u32, rows: rows as u32 });
        Some(Self { days: known(days).map(|days| days as i32), laid, not_laid, cautions, map })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_and_what_is_not_comes_back_from_its_numbers() {
        let transform = EnFaceTransform::of_parts([[0.0, 1.0], [-1.0, 0.0]], [0.5, -2.0]);
        let seen_mm2 = [35.5, 36.0];
        let laid = Laid {
            transform,
            by: RegisteredBy::ByHand,
            agreement: Some([0.5, 0.25]),
            both_mm2: 30.0,
            seen_mm2,
        };
        let map = Some(ChangeGrid { cell_mm: 0.0625, columns: 96, rows: 97 });
        let all = Compared { days: Some(-2), laid: Some(laid), map, ..Compared::default() };
        let blind = Compared { laid: Some(Laid { agreement: None, ..laid }), ..Compared::default() };
        for compared in [all, blind, Compared::default()] {
            assert_eq!(Compared::of(&compared.numbers(), None, Vec::new()), Some(compared));
        }
        assert_eq!(Compared::of(&[1.0], None, Vec::new()), None);
    }
}
