//! Held-out B-scans of real fluid, to be looked at.

use anyhow::{Result, anyhow};
use oct::FluidClass;

use crate::data::{Case, Planes};
use crate::judge::{Verdict, counted};

use super::tile::{Tile, colour};

/// Fluid below this many pixels is a speck, and its Dice chance.
const ENOUGH_PIXELS: u64 = 100;

/// B-scans of either kind in a picture.
const OF_EACH: usize = 5;

/// The five best and the five worst of `tiles`, best first; all where there are no more than ten.
pub fn best_and_worst(mut tiles: Vec<(f64, Tile)>) -> Vec<Tile> {
    tiles.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let count = tiles.len();
    let kept =
        tiles.into_iter().enumerate().filter(|(place, _)| *place < OF_EACH || place + OF_EACH >= count);
    kept.map(|(_, (_, tile))| tile).collect()
}

/// A case in which a superset of fluids (what real scans annotate) is there, as
/// a tile with its Dice; `None` where there is not enough of it.
///
/// # Errors
/// Where the verdict is of another grid than its case.
pub fn scored_tile(planes: &Planes, case: &Case, verdict: &Verdict) -> Result<Option<(f64, Tile)>> {
    let Ok(fluid) = planes.index("fluid") else { return Ok(None) };
    let Some(mask) = &verdict.masks[fluid] else { return Ok(None) };
    let overlap = counted(mask, &case.bits, fluid).map_err(|error| anyhow!("{}: {error}", case.name))?;
    let (Some(dice), Some(bscan)) = (overlap.dice(), case.volume.bscan(case.annotated())) else {
        return Ok(None);
    };
    if overlap.truth() < ENOUGH_PIXELS {
        return Ok(None);
    }
    let values = bscan.to_f32();
    let white = values.iter().copied().fold(1.0, f32::max);
    let classes = FluidClass::ALL.into_iter().filter_map(|class| {
        let name = class.abbreviation().to_lowercase();
        let plane = planes.index(&name).ok()?;
        Some((colour(&name), verdict.masks[plane].clone()?))
    });
    let tile = Tile {
        size: [bscan.rows(), bscan.columns()],
        greys: values.iter().map(|value| (value / white * 255.0) as u8).collect(),
        predicted: classes.collect(),
        truth: vec![(colour("fluid"), case.bits.iter().map(|bits| bits >> fluid & 1 == 1).collect())],
    };
    Ok(Some((dice, tile)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_of_each_end_are_kept_best_first_and_none_twice() {
        let tile =
            |n: usize| Tile { size: [1, n + 1], greys: vec![0; n + 1], predicted: vec![], truth: vec![] };
        let columns = |count: usize| -> Vec<usize> {
            let tiles = (0..count).map(|n| (n as f64, tile(n))).collect();
            best_and_worst(tiles).iter().map(|tile| tile.size[1] - 1).collect()
        };
        assert_eq!(columns(20), [19, 18, 17, 16, 15, 4, 3, 2, 1, 0]);
        assert_eq!(columns(7), [6, 5, 4, 3, 2, 1, 0]);
    }
}
