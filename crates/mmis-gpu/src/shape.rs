//! What a network is made from. It is what the other forward passes take, too, and gives way
//! to the crate that all of them will take it from.

use std::collections::BTreeMap;

/// Arrays by the path of their parameter, each with its shape.
pub type Arrays = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// How many blocks of which width the network has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Labels, one probability each.
    pub labels: usize,
    /// Channels of each stage, finest first.
    pub widths: Vec<usize>,
    /// 3x3 blocks of each encoder stage.
    pub encoder_blocks: Vec<usize>,
    /// 3x3 blocks of each decoder stage, finest first.
    pub decoder_blocks: Vec<usize>,
}
