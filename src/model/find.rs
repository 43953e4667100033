//! "Find the fluid": in a generated eye a person draws what they take for fluid, checks, and goes
//! on to the next B-scan. Until then everything that would give the answer away is hidden.

use std::collections::BTreeMap;

use engine_protocol::{ScanId, UNTOUCHED};
use fluid::{ByClass, Overlap};
use oct::{FluidClass, RunLengths};

use super::scan::Scan;

/// The game. It goes on from eye to eye of the series until a person leaves it.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// Each B-scan that was checked, with [`Compared::dice`] of the first time: whoever draws
    /// on has seen the truth.
    checked: BTreeMap<(ScanId, u32), Option<f64>>,
    /// The B-scan in view, where it was checked, as it was when results last changed.
    compared: Option<((ScanId, u32, u64), Compared)>,
}

/// What a person may do in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindInput {
    /// Begin, or leave.
    Toggle,
    /// See what was drawn in the B-scan in view beside truth and network.
    Check,
    /// Go to the next B-scan with fluid.
    Next,
}

/// What may be seen of the fluid in the B-scan in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// All: nobody plays.
    Open,
    /// What the person drew, and nothing else.
    Hidden,
    /// What they drew beside truth and network.
    Compared,
}

impl Find {
    /// A B-scan was checked.
    pub fn check(&mut self, scan: ScanId, bscan: u32, dice: Option<f64>) {
        self.checked.entry((scan, bscan)).or_insert(dice);
    }

    /// Whether a B-scan was.
    pub fn is_checked(&self, scan: ScanId, bscan: u32) -> bool {
        self.checked.contains_key(&(scan, bscan))
    }

    /// How many B-scans were, and the mean of their Dice.
    pub fn score(&self) -> (usize, Option<f64>) {
        (self.checked.len(), mean(self.checked.values().copied().flatten()))
    }

    /// The B-scan of `scan` to go on with: the next that holds fluid and was not checked; `None` where
    /// there is no other. Neighbours look alike, so each is far from the one before: multiples of the
    /// golden section, whose fractions are gone through, lie next to those of numbers far apart. It
    /// is the same for everybody.
    pub fn next(&self, scan: &Scan) -> Option<u32> {
        let place = |at: u32| at.wrapping_mul(0x9e37_79b9);
        let here = scan.truth.with_fluid().zip(0..).find(|(bscan, _)| *bscan == scan.cursor.bscan);
        let here = here.map_or(0, |(_, at)| place(at));
        let is_open =
            |(bscan, _): &(u32, u32)| *bscan != scan.cursor.bscan && !self.is_checked(scan.id, *bscan);
        let open = scan.truth.with_fluid().zip(0..).filter(is_open);
        open.min_by_key(|(_, at)| place(*at).wrapping_sub(here)).map(|(bscan, _)| bscan)
    }

    /// Compares the B-scan in view anew, where it was checked and something changed.
    pub fn compare(&mut self, scan: &Scan) {
        let bscan = scan.cursor.bscan;
        let key = (scan.id, bscan, scan.bscans.results_changed());
        if !self.is_checked(scan.id, bscan) {
            self.compared = None;
        } else if self.compared.as_ref().is_none_or(|(of, _)| *of != key) {
            self.compared = Compared::of(scan, bscan).map(|compared| (key, compared));
        }
    }

    /// The B-scan in view, where it was checked.
    pub fn compared(&self) -> Option<&Compared> {
        self.compared.as_ref().map(|(_, compared)| compared)
    }
}

/// A B-scan as a person drew it beside its truth, and as the network labelled it.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The person's.
    pub drawn: ByClass<Overlap>,
    /// The network's; `None` where it has not segmented the B-scan.
    pub network: Option<ByClass<Overlap>>,
}

impl Compared {
    /// That of `bscan`; `None` before the truth is there.
    pub fn of(scan: &Scan, bscan: u32) -> Option<Self> {
        let truth = scan.truth.labels(bscan);
        let against = |labels: &[u8]| {
            ByClass::of(|class| {
                let mut overlap = Overlap::default();
                // What is of another size is refused and adds nothing.
                drop(overlap.add_labels(labels, &truth, class));
                overlap
            })
        };
        let network = scan.bscans.network_labels(bscan).map(|labels| against(&labels.decode()));
        (!truth.is_empty()).then(|| Self { drawn: against(&drawn_labels(scan, bscan)), network })
    }

    /// The mean Dice of what the person drew, over the classes that they drew or that are there.
    pub fn dice(&self) -> Option<f64> {
        mean(FluidClass::ALL.into_iter().filter_map(|class| self.drawn.get(class).dice()))
    }
}

/// What a person drew in `bscan`, on background.
pub fn drawn_labels(scan: &Scan, bscan: u32) -> Vec<u8> {
    let drawn = scan.bscans.drawn(bscan).map(|drawn| drawn.drawn.runs());
    let on_background = |(length, label): &(u32, u8)| (*length, if *label == UNTOUCHED { 0 } else { *label });
    match drawn {
        Some(runs) => RunLengths::of_runs(runs.iter().map(on_background).collect()).decode(),
        None => vec![0; scan.pixels()],
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_check_of_a_bscan_counts_and_what_has_no_dice_does_not() {
        let mut find = Find::default();
        assert_eq!(find.score(), (0, None));
        let scan = ScanId(4);
        find.check(scan, 1, Some(0.5));
        find.check(scan, 1, Some(1.0));
        find.check(ScanId(5), 1, Some(0.0));
        find.check(scan, 2, None);
        assert_eq!(find.score(), (3, Some(0.25)));
        assert!(find.is_checked(scan, 2) && !find.is_checked(ScanId(5), 2));
    }
}
