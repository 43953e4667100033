//! Trains, evaluates, quantises and exports MMIS-Net. Native only.
//!
//! A dataset is an entry in `datasets.toml`. Its samples are read once,
//! brought to the working grid by the engine's own preprocessing, and kept as
//! bytes: an image and, for each pixel, one bit for each *plane* that the
//! dataset annotates. A plane is a label or a superset of labels. A loader
//! thread draws, augments and batches while the device computes. The loss sees
//! for each sample only the planes its dataset teaches.
//!
//! | module | what it holds |
//! |---|---|
//! | [`datasets`] | the TOML entries, the readers, samples, splits, checks |
//! | [`augment`] | geometric and intensity augmentation |
//! | [`batch`] | drawing samples, the loader thread |
//! | [`loss`] | masked BCE + Dice with supersets and auxiliary heads |
//! | [`train`] | the loop and its schedule |
//! | [`average`] | the mean of several runs' weights |
//! | [`run_folder`], [`durable`] | a run on disk: configuration, metrics, checkpoints |
//! | [`validate`] | quick scores in the working grid, while training |
//! | [`curves`], [`overlay`] | pictures of a run |
//! | [`evaluate`] | RETOUCH's scores in the scans' own grids, with intervals |
//! | [`ablate`] | runs that differ in one thing, paired by subject |
//! | [`quantize`], [`quantization_aware`], [`calibrate`] | from a run to the int8 file that ships |
//! | [`onnx`] | the same network for onnxruntime |
//! | [`card`] | the model card, filled with what was measured |
//! | [`rules`] | what could follow the network, kept only where it helps |
//! | [`progress`] | bars with the time left |
//! | [`speed`] | images a second |

pub mod ablate;
pub mod augment;
pub mod average;
pub mod batch;
pub mod calibrate;
pub mod card;
pub mod curves;
pub mod datasets;
pub mod device;
pub mod durable;
pub mod evaluate;
pub mod loss;
pub mod onnx;
pub mod overlay;
pub mod progress;
pub mod quantization_aware;
pub mod quantize;
pub mod rules;
pub mod run_folder;
pub mod speed;
pub mod train;
pub mod validate;
