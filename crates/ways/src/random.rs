//! Compositions that nobody thought of, by seed.

use crate::packing::BASES;
use crate::table::{Parts, Row, compose, containers, packings, pictures, sayings};
use crate::way::Way;

/// A small generator (xorshift), pinned so that a seed means the same ways for ever.
struct Draw(u64);

impl Draw {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % count
    }

    fn of<'a, T>(&mut self, rows: &'a [Row<T>]) -> &'a Row<T> {
        &rows[self.below(rows.len())]
    }

    /// One of `rows` in one of `times`.
    fn perhaps<'a, T>(&mut self, rows: &'a [Row<T>], times: usize) -> Option<&'a Row<T>> {
        (self.below(times) == 0).then(|| self.of(rows))
    }
}

/// `count` ways of `seed`, each with a name of its own.
pub fn ways(seed: u64, count: usize) -> Vec<Way> {
    let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (containers, pictures, sayings, packings) = (containers(), pictures(), sayings(), packings());
    let mut ways: Vec<Way> = Vec::new();
    while ways.len() < count {
        let container = draw.of(&containers);
        let parts = Parts {
            container,
            picture: draw.perhaps(&pictures, 3),
            says: draw.perhaps(&sayings, 4),
            told: draw.below(2) == 0,
            packing: draw.perhaps(&packings, 2),
            base: (draw.below(3) == 0).then(|| BASES[draw.below(BASES.len())]),
        };
        if let Some(way) = compose(parts)
            && !ways.iter().any(|other| other.name == way.name)
        {
            ways.push(way);
        }
    }
    ways
}
