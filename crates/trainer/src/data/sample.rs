//! Cases as the files hold them, and samples in the working grid.

use std::sync::Arc;

use anyhow::{Context, Result};
use engine::PreparedBScan;
use engine::prepare::normalise;
use oct::{BScan, Framing, OctVolume, WorkingGrid, WorkingScale};

use super::catalogue::{DatasetEntry, Split};
use super::planes::{IGNORE_BIT, ImageLevel, Planes};

/// One image in its own grid, with its annotation.
#[derive(Debug, Clone)]
pub struct Case {
    /// File or seed it comes from.
    pub name: String,
    /// Whose eye (or brain) it shows.
    pub subject: String,
    /// The device or vendor style, where it is known.
    pub device: String,
    /// Its split.
    pub split: Split,
    /// A volume of one B-scan or slice, or of three: itself between its neighbours.
    pub volume: OctVolume,
    /// As [`Sample::bits`], in the image's own grid.
    pub bits: Vec<u32>,
    /// The same by each further grader.
    pub others: Vec<Vec<u32>>,
    /// What is known of the image as a whole.
    pub image_level: ImageLevel,
    /// Volume of a voxel of the whole scan, nl, where every spacing is known.
    /// The B-scan alone, as [`Self::volume`] holds it, has none.
    pub voxel_nl: Option<f64>,
}

impl Case {
    /// The B-scan that is annotated: the middle one.
    pub fn annotated(&self) -> usize {
        self.volume.bscans() / 2
    }
}

/// One image in the working grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// File or seed it comes from.
    pub name: String,
    /// Whose eye it shows.
    pub subject: String,
    /// Its split.
    pub split: Split,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// The network's input x 255, channel by channel: the image, or for 2.5D
    /// the image before it, itself and the one after it.
    pub channels: Vec<Vec<u8>>,
    /// Bit p of a pixel: it belongs to plane p. Bit [`IGNORE_BIT`]: leave it out.
    pub bits: Vec<u32>,
    /// The same by each further grader; none where there is one.
    pub others: Vec<Vec<u32>>,
    /// What is known of the image as a whole.
    pub image_level: ImageLevel,
    /// What it looks like, for style transfer.
    pub look: Look,
}

/// Greys and speckle of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Grey at 0, 1/16, ..., 16/16 of all pixels, 0..=255.
    pub quantiles: [f32; 17],
    /// Standard deviation of a pixel against the mean of its two neighbours in
    /// the row, over the mean grey: how strong the speckle is.
    pub speckle: f32,
}

impl Look {
    /// Measures `image`, row by row.
    pub fn of(image: &[u8], columns: usize) -> Self {
        let mut counts = [0usize; 256];
        for value in image {
            counts[usize::from(*value)] += 1;
        }
        let mut quantiles = [0f32; 17];
        let (mut grey, mut below) = (0usize, 0usize);
        for (part, quantile) in quantiles.iter_mut().enumerate() {
            let wanted = image.len() * part / 16;
            while grey < 255 && below + counts[grey] < wanted {
                below += counts[grey];
                grey += 1;
            }
            *quantile = grey as f32;
        }
        let (mut squares, mut sum, mut count) = (0f64, 0f64, 0usize);
        for row in image.chunks_exact(columns.max(3)) {
            for three in row.windows(3) {
                let [left, here, right] = [f64::from(three[0]), f64::from(three[1]), f64::from(three[2])];
                squares += (here - 0.5 * (left + right)).powi(2);
                sum += here;
                count += 1;
            }
        }
        let mean = sum / count.max(1) as f64;
        let speckle = ((squares / count.max(1) as f64).sqrt() / mean.max(1.0)) as f32;
        Self { quantiles, speckle }
    }
}

/// A dataset in memory.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Its entry.
    pub entry: DatasetEntry,
    /// Bits of the planes it teaches.
    pub taught: u32,
    /// Bits of the planes it marks only in part.
    pub partial: u32,
    /// Its samples.
    pub samples: Vec<Arc<Sample>>,
    /// Names of masks that have no image.
    pub unpaired: Vec<String>,
}

/// How images are brought to the network's grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Rows and columns are multiples of this.
    pub multiple: usize,
    /// Channels of the network: 1, or 3 for 2.5D.
    pub channels: usize,
}

impl Input {
    /// What the network sees of `case` as the page shows it: without the padding around it.
    ///
    /// # Errors
    /// Where the case holds no image.
    pub fn show(&self, entry: &DatasetEntry, case: &Case) -> Result<Shown> {
        let bscan = annotated(case)?;
        let size = [bscan.rows(), bscan.columns()];
        let framing = if entry.is_oct() {
            let scale = WorkingScale::of(bscan.geometry());
            Framing::of(&bscan.scanned().is_padding, size, scale, self.multiple)
        } else {
            Framing::whole(size, self.grid(entry, bscan))
        };
        self.framed(entry, case, framing)
    }

    /// Brings a case to the working grid, all of it.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub fn sample(&self, entry: &DatasetEntry, case: Case) -> Result<Sample> {
        let bscan = annotated(&case)?;
        let own = [bscan.rows(), bscan.columns()];
        let framing = Framing::whole(own, self.grid(entry, bscan));
        let WorkingGrid { rows, columns } = framing.grid;
        let values = self.framed(entry, &case, framing)?.values;
        let bytes = |values: &[f32]| values.iter().map(|value| (value * 255.0).round() as u8).collect();
        let channels: Vec<Vec<u8>> = values.chunks_exact(rows * columns).map(bytes).collect();
        let shrunk = |bits: &[u32]| shrink_bits(bits, rows * columns, |plane| framing.to_working(plane, 0.0));
        let bits = shrunk(&case.bits);
        let others = case.others.iter().map(|bits| shrunk(bits)).collect();
        let look = Look::of(&channels[self.channels / 2], columns);
        Ok(Sample {
            name: case.name,
            subject: case.subject,
            split: case.split,
            rows,
            columns,
            channels,
            bits,
            others,
            image_level: case.image_level,
            look,
        })
    }

    /// The working grid for all of `bscan`, as the engine or `entry` chooses it.
    fn grid(&self, entry: &DatasetEntry, bscan: BScan<'_>) -> WorkingGrid {
        let (rows, columns) = (bscan.rows(), bscan.columns());
        match entry.zoom {
            None => WorkingGrid::choose(rows, columns, WorkingScale::of(bscan.geometry()), self.multiple),
            Some(zoom) => {
                let size =
                    |size: usize| ((size as f64 * zoom) as usize).max(1).next_multiple_of(self.multiple);
                WorkingGrid { rows: size(rows), columns: size(columns) }
            }
        }
    }

    fn framed(&self, entry: &DatasetEntry, case: &Case, framing: Framing) -> Result<Shown> {
        let middle = case.annotated();
        let of_channel = |channel: usize| {
            // A case without neighbours stands in for them itself.
            let bscan = (middle + channel).saturating_sub(self.channels / 2);
            let bscan = case.volume.bscan(bscan).or_else(|| case.volume.bscan(middle));
            let bscan = bscan.with_context(|| format!("{} is empty", case.name))?;
            Ok(if entry.is_oct() {
                PreparedBScan::framed(bscan.scanned(), framing)
            } else {
                let mut image = framing.to_working(&bscan.to_f32(), 0.0);
                normalise(&mut image);
                PreparedBScan { framing, image, padding: Vec::new() }
            })
        };
        let mut channels = (0..self.channels).map(of_channel).collect::<Result<Vec<_>>>()?;
        let values = channels.iter().flat_map(|channel| channel.image.iter().copied()).collect();
        Ok(Shown { values, prepared: channels.swap_remove(self.channels / 2) })
    }
}

/// What a network is shown of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Values 0..=1 of every channel, `channels * rows * columns` of the working grid.
    pub values: Vec<f32>,
    /// The annotated B-scan among them.
    pub prepared: PreparedBScan,
}

fn annotated(case: &Case) -> Result<BScan<'_>> {
    case.volume.bscan(case.annotated()).with_context(|| format!("{} is empty", case.name))
}

/// `bits` in a coarser grid of `pixels`, to which `shrink` brings a plane of 0 and 1: a pixel
/// carries a bit where at least half of its area does.
pub(crate) fn shrink_bits(bits: &[u32], pixels: usize, shrink: impl Fn(&[f32]) -> Vec<f32>) -> Vec<u32> {
    let mut shrunk = vec![0u32; pixels];
    let any = bits.iter().fold(0, |any, bits| any | bits);
    for bit in (0..=IGNORE_BIT).filter(|bit| any >> bit & 1 == 1) {
        let plane: Vec<f32> = bits.iter().map(|bits| (bits >> bit & 1) as f32).collect();
        for (shrunk, area) in shrunk.iter_mut().zip(shrink(&plane)) {
            *shrunk |= u32::from(area >= 0.5) << bit;
        }
    }
    shrunk
}

/// What a run learns from.
#[derive(Clone, Copy)]
pub struct TrainingData<'a> {
    /// The dataset entries, as written.
    pub entries: &'a str,
    /// The datasets.
    pub datasets: &'a [Dataset],
    /// The planes over them.
    pub planes: &'a Planes,
}

#[cfg(test)]
mod tests {
    use oct::resample::Resampler;

    use super::*;

    #[test]
    fn a_pixel_keeps_a_bit_where_half_of_it_does_and_bits_do_not_mix() {
        let bits: Vec<u32> = (0..64).map(|n| if n % 8 < 4 { 0b01 } else { 1 << 16 }).collect();
        let resampler = Resampler::new([8, 8], [4, 4]);
        let shrunk = shrink_bits(&bits, 16, |plane| resampler.apply(plane));
        assert_eq!(&shrunk[..4], [1, 1, 1 << 16, 1 << 16]);
    }

    #[test]
    fn a_look_orders_its_quantiles_and_sees_speckle() {
        let smooth: Vec<u8> = (0..4096).map(|n| (n % 64) as u8 * 3).collect();
        let noisy: Vec<u8> =
            smooth.iter().enumerate().map(|(n, v)| if n * 7919 % 2 == 0 { *v } else { v / 2 }).collect();
        let (smooth, noisy) = (Look::of(&smooth, 64), Look::of(&noisy, 64));
        assert!(smooth.quantiles.is_sorted());
        assert!(noisy.speckle > 5.0 * smooth.speckle, "{} and {}", noisy.speckle, smooth.speckle);
    }
}
