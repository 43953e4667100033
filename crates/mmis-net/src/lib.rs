//! MMIS-Net on Burn: an encoder-decoder whose skip connections pass through
//! Similarity Fusion blocks, with one sigmoid channel for each label of a
//! label space that spans several datasets.
//!
//! MMIS-Net is published as arXiv 2508.13936 (Ndipenoch, Miron, Wang, Li,
//! 2025); only its abstract is public. So each choice in this crate carries its
//! standing: **\[paper\]** said in the abstract, **\[strong\]** or **\[medium\]**
//! inferred, **\[ours\]** our own design. Never take an inference for the paper's.
//!
//! ```text
//! B-scan ─► enc 0 ─► enc 1 ─► enc 2 ─► enc 3 ─► enc 4
//!             │        │        │        │        │
//!            SF 0 ◄── SF 1 ◄── SF 2 ◄── SF 3 ◄────┘    SF i = (1-s)·skip + s·decoder
//!             ├ aux    └ aux    └ aux    └ aux         (auxiliary heads: training only)
//!            head ─► one logit per label and pixel
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`network`] | [`MmisNet`], built after a [`mmis_model::MmisNetConfig`] |
//! | [`fusion`] | the SF block with its similarity map, and what it is compared with |
//! | [`conv_block`], [`pointwise`], [`instance_norm`] | parameters of the layers |
//! | [`ops`] | what the layers compute: a seam, and the operations out of Burn's own |
//! | [`parameters`] | between a network and the arrays of a weight file |

pub mod conv_block;
pub mod fusion;
pub mod instance_norm;
pub mod network;
pub mod ops;
pub mod parameters;
pub mod pointwise;

pub use network::{MmisNet, MmisNetOutput};
pub use parameters::{Parameters, load, load_parameters};
