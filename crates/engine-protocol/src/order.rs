//! In which order B-scans are visited.

/// Every one of `bscans` B-scans once: `first` before the others, then outward to both sides.
pub fn outward(first: u32, bscans: u32) -> impl Iterator<Item = u32> {
    let first = first.min(bscans.saturating_sub(1));
    (0..bscans)
        .flat_map(move |distance| {
            let after = first.checked_add(distance);
            let before = first.checked_sub(distance).filter(|_| distance > 0);
            [after, before].into_iter().flatten()
        })
        .filter(move |bscan| *bscan < bscans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(first: u32, bscans: u32) -> Vec<u32> {
        outward(first, bscans).collect()
    }

    #[test]
    fn the_bscan_in_view_comes_first_then_its_neighbours() {
        assert_eq!(order(2, 6), [2, 3, 1, 4, 0, 5]);
        assert_eq!(order(0, 3), [0, 1, 2]);
        assert_eq!(order(9, 3), [2, 1, 0]);
        assert!(order(0, 0).is_empty());
    }

    #[test]
    fn every_bscan_is_visited_once() {
        for bscans in 1..20 {
            for first in 0..bscans {
                let mut visited = order(first, bscans);
                visited.sort_unstable();
                assert_eq!(visited, (0..bscans).collect::<Vec<_>>());
            }
        }
    }
}
