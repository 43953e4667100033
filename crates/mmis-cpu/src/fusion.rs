//! Similarity Fusion by the scaled dot product.
//!
//! Semantics lie in the coarser grid, where each pixel stands for four: nearest upsampling
//! commutes with 1x1 convolutions and changes no mean and no variance, so that it is never
//! written. With f = a sums + b by channel, and g of the semantics, the sum over c of
//! f_c g_c is (a_c g_c) sums_c and, by coarse pixel, b_c g_c.

use crate::lanes::{LANES, Lanes};
use crate::map::{Map, Memory, Sums};
use crate::norm::Affine;
use crate::sigmoid::sigmoid;

/// `(1 - s) detail + s semantics` with `s = sigmoid(f(detail) . g(semantics) / sqrt(channels))`,
/// and s row by row.
///
/// `f` and `g` are sums of `embedded` channels with what makes features of them.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
pub(crate) fn fuse<L: Lanes>(
    detail: &Map,
    semantics: &Map,
    [f, g]: [(&Sums, &Affine); 2],
    embedded: usize,
    memory: &mut Memory,
) -> (Map, Vec<f32>) {
    let scale = detail.scale.max(semantics.scale);
    let blocks = detail.pairs * 2 / LANES;
    let mut fused = Map::new([detail.rows, detail.columns], blocks, scale, memory);
    let mut similarity = vec![0f32; detail.rows * detail.columns];
    let of_detail = L::splat(detail.scale / scale);
    let of_semantics = L::splat(semantics.scale / scale);
    let root = L::splat(1.0 / (embedded as f32).sqrt());
    let embedded_blocks = f.0.blocks;
    for row in 0..semantics.rows {
        let line = &g.0.values[row * semantics.columns * embedded_blocks..];
        // By coarse pixel: what each of f's sums counts, and what its shifts come to.
        let mut counts = vec![[0f32; LANES]; semantics.columns * embedded_blocks];
        let mut rests = vec![0f32; semantics.columns];
        for (column, rest) in rests.iter_mut().enumerate() {
            let mut shifts = L::splat(0.0);
            for block in 0..embedded_blocks {
                let at = column * embedded_blocks + block;
                let scaled = L::multiply(L::load(&line[at]), L::load(&g.1.factor[block]));
                let feature = L::multiply(L::add(scaled, L::load(&g.1.shift[block])), root);
                shifts = L::add(shifts, L::multiply(feature, L::load(&f.1.shift[block])));
                L::store(L::multiply(feature, L::load(&f.1.factor[block])), &mut counts[at]);
            }
            *rest = L::sum(shifts);
        }
        let semantic = semantics.row(row).as_chunks::<{ LANES / 2 }>().0;
        for fine in 2 * row..(2 * row + 2).min(detail.rows) {
            let sums = &f.0.values[fine * detail.columns * embedded_blocks..];
            let gates = &mut similarity[fine * detail.columns..][..detail.columns];
            for (column, gate) in gates.iter_mut().enumerate() {
                let counts = &counts[column / 2 * embedded_blocks..][..embedded_blocks];
                let sums = &sums[column * embedded_blocks..][..embedded_blocks];
                let mut all = L::splat(0.0);
                for (sum, count) in sums.iter().zip(counts) {
                    all = L::add(all, L::multiply(L::load(sum), L::load(count)));
                }
                *gate = L::sum(all) + rests[column / 2];
            }
            for eight in gates.chunks_mut(LANES) {
                let mut padded = [0f32; LANES];
                padded[..eight.len()].copy_from_slice(eight);
                L::store(sigmoid::<L>(L::load(&padded)), &mut padded);
                eight.copy_from_slice(&padded[..eight.len()]);
            }
            let details = detail.row(fine).as_chunks::<{ LANES / 2 }>().0;
            let line = fused.row_mut(fine).as_chunks_mut::<{ LANES / 2 }>().0;
            for (column, gate) in gates.iter().enumerate() {
                let with_detail = L::multiply(L::splat(1.0 - gate), of_detail);
                let with_semantics = L::multiply(L::splat(*gate), of_semantics);
                let details = &details[column * blocks..][..blocks];
                let semantic = &semantic[column / 2 * blocks..][..blocks];
                let out = &mut line[column * blocks..][..blocks];
                for block in 0..blocks {
                    let detail = L::multiply(L::load_pairs(&details[block]), with_detail);
                    let semantic = L::multiply(L::load_pairs(&semantic[block]), with_semantics);
                    L::store_pairs(L::add(detail, semantic), &mut out[block]);
                }
            }
        }
    }
    (fused, similarity)
}
