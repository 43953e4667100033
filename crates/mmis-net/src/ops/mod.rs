//! The operations that the network is made of, apart from the network.
//!
//! [`seam`] says what each operation is: its formula, its shapes, its
//! parameters. [`Composed`] puts it together out of Burn's own operations; it
//! trains, it runs on every device, and it is the reference. Another
//! implementation (a kernel for one kind of device) stands beside it, and
//! [`agreement`] holds the two against each other on random shapes.
//!
//! The network calls the seam alone ([`crate::MmisNet::forward_by`]).
//!
//! | module | what it holds |
//! |---|---|
//! | [`seam`] | [`Operations`], what they take and what they return |
//! | [`composed`] | the operations out of Burn's, a file an operation |
//! | [`agreement`] | where two implementations differ |

pub mod agreement;
pub mod composed;
pub mod seam;

pub use composed::Composed;
pub use seam::{
    AttentionParameters, ConvBlockParameters, EmbeddingParameters, Gated, Operations, PointwiseParameters,
    SimilarityParameters,
};
