//! The network: its parameters on a device, and its forward pass.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mmis_model::MmisNetConfig;
use mmis_model::weights::{Arrays, WeightsError};
use wgpu::Buffer;

use crate::device::{Device, DeviceError, Launch};
use crate::layers::Layers;
use crate::parameters::{Parameter, Parameters};
use crate::plan::{Binding, Grid, Plan, Step};

/// Most B-scans of a batch.
pub const MOST_BATCH: usize = 8;
/// Plans that keep their memory: a full batch and the rest of a volume.
const KEPT_PLANS: usize = 2;
/// Most pixels of a batch: what one binding of WebGPU's 128 MiB holds with eight channels.
const MOST_PIXELS: usize = 1 << 22;

/// What one forward pass gives for a B-scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// `labels * rows * columns`, 0..=1.
    pub probabilities: Vec<f32>,
    /// Similarity of each stage, finest first: `(rows >> i) * (columns >> i)`, 0..=1. Empty
    /// where it was not asked for.
    pub similarities: Vec<Vec<f32>>,
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// Rows and columns are no multiples of what the network halves, or too many.
    #[error("{rows} x {columns} pixels: rows and columns must be multiples of {multiple}, and not too many")]
    Size {
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
        /// What both must be multiples of.
        multiple: usize,
    },
    /// A batch is empty or too large.
    #[error("a batch of {batch} B-scans: 1 to {MOST_BATCH} are taken")]
    Batch {
        /// Its B-scans.
        batch: usize,
    },
    /// An image has not as many pixels as its size says.
    #[error("an image of {pixels} pixels where {wanted} were announced")]
    Pixels {
        /// Pixels that it has.
        pixels: usize,
        /// Pixels that it should have.
        wanted: usize,
    },
    /// The device refused, failed or is lost.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// MMIS-Net with Similarity Fusion by the scaled dot product, for one channel in.
#[derive(Debug)]
pub struct Network {
    device: Device,
    layers: Layers,
    parameters: Vec<Buffer>,
    /// The latest last.
    plans: Mutex<Vec<Prepared>>,
}

/// A plan with its memory.
#[derive(Debug)]
struct Prepared {
    plan: Plan,
    memory: Vec<Buffer>,
    launches: Vec<Launch>,
}

impl Network {
    /// From `parameters`, whose weights are rounded as the weight file rounds them: to whole
    /// numbers of -127 to 127 times one scale a channel. Of a weight file they are exact.
    ///
    /// # Errors
    /// [`WeightsError`] where `config` is of a network that is not known here, or the
    /// parameters are not of a network of `config`.
    pub fn new(device: &Device, config: &MmisNetConfig, parameters: &Arrays) -> Result<Self, WeightsError> {
        let mut read = Parameters::default();
        let layers = Layers::new(config, parameters, &mut read)?;
        let parameters = read.uploads.iter().map(|words| device.upload(words)).collect();
        Ok(Self { device: device.clone(), layers, parameters, plans: Mutex::default() })
    }

    /// Rows and columns of an image are multiples of this.
    pub fn size_multiple(&self) -> usize {
        self.layers.size_multiple()
    }

    /// Probabilities of `images` of `rows` x `columns`, row by row, 0..=1. Where an image holds
    /// what is no number, so does all of its output.
    ///
    /// # Errors
    /// [`NetworkError`] where sizes do not fit or the device fails.
    pub async fn forward(&self, images: &[&[f32]], size: [usize; 2]) -> Result<Vec<Output>, NetworkError> {
        self.run(images, size, false).await
    }

    /// As [`Self::forward`], with the similarities.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub async fn forward_with_maps(
        &self,
        images: &[&[f32]],
        size: [usize; 2],
    ) -> Result<Vec<Output>, NetworkError> {
        self.run(images, size, true).await
    }

    async fn run(
        &self,
        images: &[&[f32]],
        size: [usize; 2],
        with_maps: bool,
    ) -> Result<Vec<Output>, NetworkError> {
        let grid = self.grid(images, size)?;
        let words: Vec<u32> = images.iter().flat_map(|image| image.iter().map(|v| v.to_bits())).collect();
        let watch = self.device.watch();
        let reading = self.issue(grid, &words, with_maps);
        let answers = match watch.end().await {
            Ok(()) => reading.await,
            Err(error) => Err(error),
        };
        if answers.is_err() {
            // What was refused, memory perhaps, must not be met again.
            self.plans().clear();
        }
        let mut answers = answers?.into_iter();
        let probabilities = answers.next().unwrap_or_default();
        let mut outputs: Vec<Output> = Vec::new();
        for of_image in probabilities.chunks_exact(self.layers.labels() * grid.rows * grid.columns) {
            outputs.push(Output { probabilities: of_image.to_vec(), similarities: Vec::new() });
        }
        for (stage, maps) in answers.enumerate() {
            let pixels = (grid.rows >> stage) * (grid.columns >> stage);
            for (output, map) in outputs.iter_mut().zip(maps.chunks_exact(pixels)) {
                output.similarities.push(map.to_vec());
            }
        }
        // Shaders may take for granted that everything is a number, and lose what is none.
        for (output, image) in outputs.iter_mut().zip(images) {
            if image.iter().any(|value| !value.is_finite()) {
                output.probabilities.fill(f32::NAN);
                output.similarities.iter_mut().for_each(|map| map.fill(f32::NAN));
            }
        }
        Ok(outputs)
    }

    /// Has the device do it all; what is awaited is its answer: probabilities, then maps.
    fn issue(
        &self,
        grid: Grid,
        words: &[u32],
        with_maps: bool,
    ) -> impl Future<Output = Result<Vec<Vec<f32>>, DeviceError>> + use<> {
        let mut plans = self.plans();
        let known = plans.iter().position(|prepared| prepared.plan.grid() == grid);
        let prepared = match known {
            Some(at) => plans.remove(at),
            None => self.prepare(grid),
        };
        let Prepared { plan, memory, launches } = &prepared;
        let maps = plan.similarities().iter().filter(|_| with_maps);
        let wanted: Vec<&Buffer> = [plan.probabilities()].iter().chain(maps).map(|at| &memory[*at]).collect();
        let reading = self.device.run(&memory[plan.image()], words, launches, &wanted);
        if plans.len() == KEPT_PLANS {
            plans.remove(0);
        }
        plans.push(prepared);
        reading
    }

    fn prepare(&self, grid: Grid) -> Prepared {
        let plan = Plan::new(&self.layers, grid);
        let memory: Vec<Buffer> = plan.memory().iter().map(|bytes| self.device.reserve(*bytes)).collect();
        let launch = |step: &Step| {
            let buffer = |binding: &Binding| match *binding {
                Binding::Parameter(Parameter(at)) => &self.parameters[at],
                Binding::Memory(at) => &memory[at],
            };
            let buffers: Vec<&Buffer> = step.bindings.iter().map(buffer).collect();
            self.device.launch(step.shader, step.workgroups, &buffers, &step.uniform)
        };
        let launches = plan.steps().iter().map(launch).collect();
        Prepared { plan, memory, launches }
    }

    fn plans(&self) -> MutexGuard<'_, Vec<Prepared>> {
        // A thread that died in here left whole plans.
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grid(&self, images: &[&[f32]], [rows, columns]: [usize; 2]) -> Result<Grid, NetworkError> {
        let (batch, multiple) = (images.len(), self.size_multiple());
        if !(1..=MOST_BATCH).contains(&batch) {
            return Err(NetworkError::Batch { batch });
        }
        let fits = |length: usize| length > 0 && length.is_multiple_of(multiple);
        let pixels = rows.checked_mul(columns).filter(|pixels| pixels.saturating_mul(batch) <= MOST_PIXELS);
        let Some(wanted) = pixels.filter(|_| fits(rows) && fits(columns)) else {
            return Err(NetworkError::Size { rows, columns, multiple });
        };
        if let Some(image) = images.iter().find(|image| image.len() != wanted) {
            return Err(NetworkError::Pixels { pixels: image.len(), wanted });
        }
        Ok(Grid { batch, rows, columns })
    }
}
