//! MMIS-Net's forward pass on processors, without Burn.
//!
//! Weights are the whole numbers of the weight file, features are whole numbers of 14 bits
//! with one scale a map, and their products are summed exactly in 32 bits; norms, gates and
//! probabilities are single floats, operation by operation. So every processor gives the
//! same answer, bit for bit, whatever its instructions, and one source serves browsers and
//! programs.
//!
//! | module | what it holds |
//! |---|---|
//! | `network` | [`Network`]: the plan and its forward pass |
//! | `first` | the convolution of the image |
//! | `convolution` | 3x3 and 1x1 convolutions of maps |
//! | `winograd` | 3x3 convolutions with fewer products |
//! | `products` | the innermost loop of both |
//! | `statistics` | what a norm wants to know of sums |
//! | `norm` | norm or bias, activation, rounding to the next map |
//! | `fusion` | Similarity Fusion |
//! | `head` | probabilities |
//! | `sigmoid` | the logistic function |
//! | `map` | feature maps and sums in memory |
//! | `lanes` | eight numbers at once, by processor |

#![allow(clippy::needless_range_loop, reason = "a kernel's index runs through several arrays at once")]

mod convolution;
mod first;
mod fusion;
mod head;
mod lanes;
mod map;
mod network;
mod norm;
mod products;
mod sigmoid;
mod statistics;
mod winograd;

pub use map::Memory;
pub use network::{Network, Output};
