//! A network over cases, in their own grid.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use burn::tensor::{Device, Tensor, TensorData};
use engine::PreparedBScan;
use fluid::label::{THRESHOLD, label};
use fluid::presence::bscan_evidence;
use mmis_model::weights::{PresenceCalibration, WeightsFile};
use mmis_net::MmisNet;
use mmis_net::{load, load_parameters};
use oct::{FluidClass, Framing, WorkingGrid};

use crate::data::{self, Case, DatasetEntry, IGNORE_BIT, Input, Planes, Shown, Split, shrink_bits};
use crate::run::{CROP, NetworkWeights, weights_of};

use super::rules::Rule;

/// A network with what is needed to judge a case by it.
#[derive(Debug, Clone)]
pub struct Judge {
    network: MmisNet,
    device: Device,
    input: Input,
    /// Channel of each plane's leaves; `None` where the network lacks one.
    channels: Vec<Option<Vec<usize>>>,
    fluids: [usize; 3],
    presence: [PresenceCalibration; 3],
    /// Channels of the retina and of RPE to Bruch's membrane.
    layers: Option<[usize; 2]>,
    rule: Rule,
}

/// The held-out part of one dataset: not in memory, but read when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct HeldOut<'a> {
    /// Its entry.
    pub entry: &'a DatasetEntry,
    /// The folder that the entry's paths are relative to.
    pub data: &'a Path,
    /// Validation or test.
    pub split: Split,
}

/// What a network says of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Mask of each plane that the network knows, in the case's own grid.
    pub masks: Vec<Option<Vec<bool>>>,
    /// Chance that each plane occurs in the part of the case that the annotation
    /// counts, calibrated for the fluids.
    pub chances: Vec<Option<Chance>>,
}

/// How likely a label is on a B-scan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// 0..=1; of a superset that of its likeliest leaf.
    pub value: f32,
    /// Whether it, or any leaf, reaches its own operating point.
    pub called: bool,
}

impl Chance {
    /// That one of two is there: of leaves, or of B-scans of a volume.
    pub fn or(self, other: Self) -> Self {
        Self { value: self.value.max(other.value), called: self.called || other.called }
    }
}

impl Judge {
    /// Of a weight file, or of a run folder's newest checkpoint (all labels,
    /// float), on `device`.
    ///
    /// # Errors
    /// Where the weights are not there, damaged, or lack one of the fluids.
    pub fn open(path: &Path, planes: &Planes, device: &Device) -> Result<Self> {
        if path.is_dir() {
            let NetworkWeights { parameters, network: config, labels } = weights_of(path)?;
            let network = load_parameters(MmisNet::new(&config, device), &parameters, device)
                .with_context(|| path.display().to_string())?;
            let (channels, multiple) = (config.channels_in, config.size_multiple());
            return Self::new(network, channels, multiple, &labels, planes, device);
        }
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = WeightsFile::read(&bytes).with_context(|| path.display().to_string())?;
        Self::of_file(&file, planes, device)
    }

    /// Of a weight file.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of_file(file: &WeightsFile, planes: &Planes, device: &Device) -> Result<Self> {
        let labels: Vec<String> = file.metadata.label_space.names().map(str::to_owned).collect();
        let config = &file.metadata.config;
        let network = load(file, device)?;
        let mut judge =
            Self::new(network, config.channels_in, config.size_multiple(), &labels, planes, device)?;
        for class in FluidClass::ALL {
            if let Some(calibration) = file.metadata.presence.get(&class.abbreviation().to_lowercase()) {
                judge.presence[class.index()] = *calibration;
            }
        }
        Ok(judge)
    }

    fn new(
        network: MmisNet,
        channels: usize,
        multiple: usize,
        labels: &[String],
        planes: &Planes,
        device: &Device,
    ) -> Result<Self> {
        let channel = |name: &str| labels.iter().position(|label| label == name);
        let of_plane = |plane: usize| -> Option<Vec<usize>> {
            planes.leaves(plane).iter().map(|leaf| channel(&planes.names()[*leaf])).collect()
        };
        let mut fluids = [0; 3];
        for class in FluidClass::ALL {
            fluids[class.index()] = channel(&class.abbreviation().to_lowercase())
                .with_context(|| format!("the weights have no channel for {}", class.abbreviation()))?;
        }
        Ok(Self {
            network,
            device: device.clone(),
            input: Input { multiple, channels },
            channels: (0..planes.len()).map(of_plane).collect(),
            fluids,
            presence: [PresenceCalibration::IDENTITY; 3],
            layers: channel("retina").zip(channel("rpe_bm")).map(|(retina, below)| [retina, below]),
            rule: Rule::None,
        })
    }

    /// With a rule after the engine's labels.
    pub fn with_rule(self, rule: Rule) -> Self {
        Self { rule, ..self }
    }

    /// Whether the network knows a label that `entry` is scored by.
    pub fn can_score(&self, entry: &DatasetEntry, planes: &Planes) -> bool {
        planes.in_bits(planes.marked_in_full(entry)).any(|plane| self.channels[plane].is_some())
    }

    /// Whether the network knows a label that `entry` says something of image by image.
    pub fn can_score_images(&self, entry: &DatasetEntry, planes: &Planes) -> bool {
        planes.in_bits(planes.of_images(entry)).any(|plane| self.channels[plane].is_some())
    }

    /// Whether it wants the B-scans before and after the one that it judges.
    pub fn sees_neighbours(&self) -> bool {
        self.input.channels > 1
    }

    /// Probabilities of all channels in the working grid of what `case` shows.
    fn probabilities(&self, is_oct: bool, values: Vec<f32>, grid: WorkingGrid) -> Vec<f32> {
        // OCT is judged as the page judges it. Of the rest, what is smaller than a crop
        // was learnt standing in black, and instance norm tells the difference.
        let seen = if is_oct {
            grid
        } else {
            WorkingGrid { rows: grid.rows.max(CROP[0]), columns: grid.columns.max(CROP[1]) }
        };
        let input = centred(values, grid, seen);
        let input = TensorData::new(input, [1, self.input.channels, seen.rows, seen.columns]);
        let output = self.network.probabilities(Tensor::<4>::from_data(input, &self.device));
        let output: Vec<f32> = output.into_data().iter::<f32>().collect();
        centred(output, seen, grid)
    }

    /// Judges a case: fluids as the engine labels them, each pixel at most one;
    /// other labels where their probability reaches the engine's threshold.
    ///
    /// # Errors
    /// Where the case holds no image or the network gives no number.
    pub fn judge(&self, entry: &DatasetEntry, case: &Case) -> Result<Verdict> {
        let (prepared, probabilities) = self.seen(entry, case)?;
        let framing = prepared.framing;
        let grid = framing.grid;
        let pixels = grid.rows * grid.columns;
        let (rows, columns) = (case.volume.rows(), case.volume.columns());
        let map = |channel: usize| &probabilities[channel * pixels..(channel + 1) * pixels];
        let mut labels = label(self.fluids.map(map), framing, THRESHOLD);
        let back = |channel: usize| framing.to_bscan(map(channel), grid);
        let layers: Option<Vec<[f32; 2]>> =
            self.layers.filter(|_| self.rule == Rule::AnatomicalOrder).map(|layers| {
                let [retina, below] = layers.map(back);
                retina.into_iter().zip(below).map(|(retina, below)| [retina, below]).collect()
            });
        let share = (rows * columns) as f64 / pixels as f64;
        self.rule.apply(&mut labels, columns, share, layers.as_deref());
        prepared.clear_labels(&mut labels);
        let mask_of = |channel: usize| -> Vec<bool> {
            match self.fluid_of(channel) {
                Some(class) => labels.iter().map(|label| *label == class.label()).collect(),
                None => back(channel).into_iter().map(|p| p >= THRESHOLD).collect(),
            }
        };
        // Presence is looked for where the truth of it is.
        let counts = counting(&case.bits, framing);
        let chance = |channel: usize| {
            let calibration = match self.fluid_of(channel) {
                Some(class) => self.presence[class.index()],
                None => PresenceCalibration::IDENTITY,
            };
            let seen = map(channel).iter().zip(&counts).filter(|(_, counts)| **counts);
            let value = calibration.chance(bscan_evidence(&seen.map(|(p, _)| *p).collect::<Vec<_>>()));
            Chance { value, called: value >= calibration.threshold }
        };
        let masks = self.channels.iter().map(|channels| {
            channels.as_ref()?.iter().map(|channel| mask_of(*channel)).reduce(|mut all, mask| {
                all.iter_mut().zip(mask).for_each(|(all, mask)| *all |= mask);
                all
            })
        });
        let chances = self
            .channels
            .iter()
            .map(|channels| channels.as_ref()?.iter().map(|channel| chance(*channel)).reduce(Chance::or));
        Ok(Verdict { masks: masks.collect(), chances: chances.collect() })
    }

    /// Probabilities of IRF, SRF and PED in the case's own grid, by [`FluidClass::index`].
    ///
    /// # Errors
    /// As [`Self::judge`].
    pub fn fluid_probabilities(&self, entry: &DatasetEntry, case: &Case) -> Result<[Vec<f32>; 3]> {
        let (prepared, probabilities) = self.seen(entry, case)?;
        let grid = prepared.framing.grid;
        let pixels = grid.rows * grid.columns;
        let back = |channel: usize| {
            prepared.framing.to_bscan(&probabilities[channel * pixels..(channel + 1) * pixels], grid)
        };
        Ok(self.fluids.map(back))
    }

    /// What the network is shown of `case`, and its probabilities of all channels there.
    fn seen(&self, entry: &DatasetEntry, case: &Case) -> Result<(PreparedBScan, Vec<f32>)> {
        let Shown { values, prepared } = self.input.show(entry, case)?;
        let mut probabilities = self.probabilities(entry.is_oct(), values, prepared.framing.grid);
        ensure!(probabilities.iter().all(|p| p.is_finite()), "the network gives no number for {}", case.name);
        // As in the engine no fluid lies on padding.
        prepared.clear_probabilities(&mut probabilities, self.fluids);
        Ok((prepared, probabilities))
    }

    fn fluid_of(&self, channel: usize) -> Option<FluidClass> {
        FluidClass::ALL.into_iter().find(|class| self.fluids[class.index()] == channel)
    }

    /// What `turn` makes of every held-out case and the verdict on it, in order.
    /// Cases are read and judged a file at a time, on as many threads as there are cores.
    ///
    /// # Errors
    /// As [`Self::judge`]; where a case cannot be read; and where `turn` fails.
    pub fn judge_all<T: Send>(
        &self,
        held_out: &HeldOut<'_>,
        planes: &Planes,
        turn: impl Fn(&Case, &Verdict) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let entry = held_out.entry;
        self.over_all(held_out, planes, |case| turn(case, &self.judge(entry, case)?))
    }

    /// What `turn` makes of every held-out case, in order, as [`Self::judge_all`] reads them.
    ///
    /// # Errors
    /// Where a case cannot be read, and where `turn` fails.
    pub fn over_all<T: Send>(
        &self,
        held_out: &HeldOut<'_>,
        planes: &Planes,
        turn: impl Fn(&Case) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let HeldOut { entry, data, split } = *held_out;
        data::held_out(entry, data, planes, split, 1, self.sees_neighbours(), |cases| {
            cases.iter().map(&turn).collect()
        })
    }
}

/// Whether the annotation counts each working pixel, as training decides it of `bits`.
fn counting(bits: &[u32], framing: Framing) -> Vec<bool> {
    let left_out: Vec<u32> = bits.iter().map(|bits| bits & 1 << IGNORE_BIT).collect();
    shrink_bits(&left_out, framing.grid.rows * framing.grid.columns, |plane| framing.to_working(plane, 0.0))
        .into_iter()
        .map(|bits| bits == 0)
        .collect()
}

/// Each image of `values`, `from`'s rows by columns, in the middle of `to`: cut where it
/// is larger, in black where it is smaller.
fn centred(values: Vec<f32>, from: WorkingGrid, to: WorkingGrid) -> Vec<f32> {
    if from == to {
        return values;
    }
    let shared = [from.rows.min(to.rows), from.columns.min(to.columns)];
    let first = |of: WorkingGrid| [(of.rows - shared[0]) / 2, (of.columns - shared[1]) / 2];
    let (first_from, first_to) = (first(from), first(to));
    let pixels = to.rows * to.columns;
    let mut moved = vec![0.0; values.len() / (from.rows * from.columns) * pixels];
    for (image, moved) in values.chunks_exact(from.rows * from.columns).zip(moved.chunks_exact_mut(pixels)) {
        for row in 0..shared[0] {
            let source = (first_from[0] + row) * from.columns + first_from[1];
            let target = (first_to[0] + row) * to.columns + first_to[1];
            moved[target..target + shared[1]].copy_from_slice(&image[source..source + shared[1]]);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_slice_stands_in_the_middle_of_black_and_comes_back_from_there() {
        let small = WorkingGrid { rows: 2, columns: 3 };
        let large = WorkingGrid { rows: 4, columns: 5 };
        let values: Vec<f32> = (1..=12u8).map(f32::from).collect();
        let framed = centred(values.clone(), small, large);
        assert_eq!(framed.len(), 2 * 20);
        assert_eq!(framed[20..30], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 7.0, 8.0, 9.0, 0.0]);
        assert_eq!(centred(framed, large, small), values);
        // Higher and narrower: cut to the left and right, black above and below.
        let other = WorkingGrid { rows: 4, columns: 1 };
        assert_eq!(centred(values[..6].to_vec(), small, other), [0.0, 2.0, 5.0, 0.0]);
    }

    #[test]
    fn pixels_of_the_working_grid_count_where_those_beneath_them_do() {
        let ignored = 1u32 << IGNORE_BIT;
        // Two rows of six columns; the last two columns of the upper row are left out.
        let bits = [1, 0, 0, 0, ignored, ignored, 0, 0, 0, 0, 0, 0];
        let grid = WorkingGrid { rows: 2, columns: 3 };
        assert_eq!(counting(&bits, Framing::whole([2, 6], grid)), [true, true, false, true, true, true]);
        let finer = WorkingGrid { rows: 4, columns: 6 };
        let counts = counting(&bits, Framing::whole([2, 6], finer));
        assert_eq!(counts.iter().filter(|counts| !**counts).count(), 4);
    }
}
