//! The innermost loop: products of whole numbers, summed exactly.
#![allow(unsafe_code, reason = "checks of bounds that hold cost the inner loop a third")]

use crate::lanes::{LANES, Lanes, Pair, PairWeights};

/// Adds to `sums` of `P` pixels and `B` blocks of eight channels: pixel p is the run of pairs
/// of `pixels` from `p * step` on, as long as the weights `of_blocks`.
#[inline(always)]
pub(crate) fn add_products<L: Lanes, const P: usize, const B: usize>(
    pixels: &[Pair],
    step: usize,
    of_blocks: [&[PairWeights]; B],
    sums: &mut [[L::Ints; B]; P],
) {
    let run = of_blocks[0].len();
    assert!(of_blocks.iter().all(|of_block| of_block.len() == run) && pixels.len() >= (P - 1) * step + run);
    // Kept in registers: the compiler does not see that nothing else points to them.
    let mut kept = *sums;
    for at in 0..run {
        let mut of_pair = [&[0i16; 2 * LANES]; B];
        for b in 0..B {
            of_pair[b] = unsafe { of_blocks[b].get_unchecked(at) };
        }
        for p in 0..P {
            let pixel = unsafe { pixels.get_unchecked(p * step + at) };
            for b in 0..B {
                kept[p][b] = L::add_products(kept[p][b], of_pair[b], pixel);
            }
        }
    }
    *sums = kept;
}

/// The same numbers as floats.
#[inline(always)]
pub(crate) fn as_floats<L: Lanes, const P: usize, const B: usize>(
    sums: &[[L::Ints; B]; P],
) -> [[L::Floats; B]; P] {
    let mut floats = [[L::splat(0.0); B]; P];
    for p in 0..P {
        for b in 0..B {
            floats[p][b] = L::to_floats(sums[p][b]);
        }
    }
    floats
}
