//! In which order B-scans are visited, and how long the rest will take.

use std::collections::VecDeque;

/// All B-scans, `first` before the others, then outward to both sides.
pub fn outward(first: u32, bscans: u32) -> VecDeque<u32> {
    let first = first.min(bscans.saturating_sub(1));
    let mut order = VecDeque::with_capacity(bscans as usize);
    if bscans > 0 {
        order.push_back(first);
    }
    for distance in 1..bscans {
        order.extend(first.checked_add(distance).filter(|bscan| *bscan < bscans));
        order.extend(first.checked_sub(distance));
    }
    order
}

/// Time left, ms, once two B-scans have told the pace.
pub fn remaining_ms(done: u32, total: u32, elapsed_ms: f64) -> Option<f64> {
    (done >= 2).then(|| elapsed_ms / f64::from(done) * f64::from(total.saturating_sub(done)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bscan_in_view_comes_first_then_its_neighbours() {
        assert_eq!(outward(2, 6), [2, 3, 1, 4, 0, 5]);
        assert_eq!(outward(0, 3), [0, 1, 2]);
        assert_eq!(outward(9, 3), [2, 1, 0]);
        assert!(outward(0, 0).is_empty());
    }

    #[test]
    fn every_bscan_is_visited_once() {
        for bscans in 1..20 {
            for first in 0..bscans {
                let mut order: Vec<u32> = outward(first, bscans).into();
                order.sort_unstable();
                assert_eq!(order, (0..bscans).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn no_time_is_promised_before_the_pace_is_known() {
        assert_eq!(remaining_ms(1, 10, 500.0), None);
        assert_eq!(remaining_ms(2, 10, 1000.0), Some(4000.0));
        assert_eq!(remaining_ms(10, 10, 5000.0), Some(0.0));
    }
}
