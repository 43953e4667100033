//! MMIS-Net's forward pass on graphics processors, as a static plan over hand-written WGSL.
//!
//! A plan is made once for a batch of one size: a list of dispatches and the buffers between
//! them, which are reused as soon as they are read. A convolution writes raw sums and, tile by
//! tile, their mean and spread; a small dispatch makes a factor and a shift of them; whoever
//! reads the sums next normalises and activates them on the way. So no map is walked for its
//! norm, its activation, its upsampling or its fusion alone.
//!
//! Maps are `[sample][group of four channels][row][column]`, so that neighbouring invocations
//! read neighbours. Weights of 3x3 convolutions are the whole numbers of the weight file, four
//! to a word. wgpu launches everything, in browsers and natively.
//!
//! | module | what it holds |
//! |---|---|
//! | `network` | [`Network`]: parameters on a device and the forward pass |
//! | `plan` | [`Plan`]: dispatches and buffers of a batch |
//! | `layers` | which shaders and parameters the layers are |
//! | `parameters` | weights and norms as the shaders read them |
//! | `shader` | the shaders' variants; their text stands in `shaders/` |
//! | `template` | loops of WGSL that are written out |
//! | `device` | [`Device`]: memory, launches, reading back |

mod device;
mod layers;
mod network;
mod parameters;
mod plan;
mod shader;
mod template;

pub use device::{AdapterInfo, Device, DeviceError};
pub use network::{MOST_BATCH, Network, NetworkError, Output};
pub use plan::{Grid, Plan};
