//! The samples of a dataset in one compressed file: what is learnt from, without the files it came from.
//!
//! Deflated: the length of a JSON list (`u32`, little-endian), that list of what each sample is, then
//! sample by sample its channels, its masks and those of further graders (`u32` a pixel). A pixel
//! of an image is kept as the difference to the mean of those to its left and above.

use std::io::{Read, Write};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use super::catalogue::{DatasetEntry, Split};
use super::planes::{ImageLevel, Planes};
use super::sample::{Dataset, Look, Sample};

/// What a sample is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    name: String,
    subject: String,
    split: u8,
    rows: usize,
    columns: usize,
    channels: usize,
    graders: usize,
    absent: u32,
    present: u32,
}

/// Writes the samples of `dataset`.
///
/// # Errors
/// Where they cannot be written.
pub fn pack(dataset: &Dataset, into: impl Write) -> Result<()> {
    let described = |sample: &Arc<Sample>| Described {
        name: sample.name.clone(),
        subject: sample.subject.clone(),
        split: sample.split as u8,
        rows: sample.rows,
        columns: sample.columns,
        channels: sample.channels.len(),
        graders: 1 + sample.others.len(),
        absent: sample.image_level.absent,
        present: sample.image_level.present,
    };
    let list = serde_json::to_vec(&dataset.samples.iter().map(described).collect::<Vec<_>>())?;
    let mut into = DeflateEncoder::new(into, Compression::best());
    into.write_all(&u32::try_from(list.len())?.to_le_bytes())?;
    into.write_all(&list)?;
    for sample in &dataset.samples {
        for channel in &sample.channels {
            let step = |index: usize| channel[index].wrapping_sub(expected(channel, index, sample.columns));
            into.write_all(&(0..channel.len()).map(step).collect::<Vec<u8>>())?;
        }
        for bits in std::iter::once(&sample.bits).chain(&sample.others) {
            into.write_all(&bits.iter().flat_map(|bits| bits.to_le_bytes()).collect::<Vec<u8>>())?;
        }
    }
    into.finish()?;
    Ok(())
}

/// Reads the samples of `entry` back.
///
/// # Errors
/// Where they end early or are none.
pub fn unpack(entry: &DatasetEntry, planes: &Planes, from: impl Read) -> Result<Dataset> {
    let mut from = DeflateDecoder::new(from);
    let mut length = [0; 4];
    from.read_exact(&mut length).context("the packed samples end early")?;
    let list = bytes(&mut from, u32::from_le_bytes(length) as usize)?;
    let list: Vec<Described> = serde_json::from_slice(&list).context("the packed samples are damaged")?;
    let samples = list.into_iter().map(|described| sample(described, &mut from).map(Arc::new));
    Ok(Dataset {
        entry: entry.clone(),
        taught: planes.taught(entry),
        partial: planes.partial(entry),
        samples: samples.collect::<Result<_>>()?,
        unpaired: Vec::new(),
    })
}

fn sample(described: Described, from: &mut impl Read) -> Result<Sample> {
    let Described { name, subject, split, rows, columns, channels, graders, absent, present } = described;
    let split = match split {
        split if split == Split::Train as u8 => Split::Train,
        split if split == Split::Validation as u8 => Split::Validation,
        _ => Split::Test,
    };
    let pixels = rows.checked_mul(columns).filter(|pixels| *pixels > 0);
    let pixels = pixels.with_context(|| format!("{name} is {rows} x {columns}"))?;
    ensure!(channels > 0 && graders > 0, "{name} holds no image or no mask");
    let mut images = Vec::new();
    for _ in 0..channels {
        let mut image = bytes(from, pixels)?;
        for index in 0..pixels {
            image[index] = image[index].wrapping_add(expected(&image, index, columns));
        }
        images.push(image);
    }
    let mut masks = Vec::new();
    for _ in 0..graders {
        let values = bytes(from, pixels.saturating_mul(4))?;
        let value = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        masks.push(values.chunks_exact(4).map(value).collect::<Vec<u32>>());
    }
    let bits = masks.remove(0);
    let look = Look::of(&images[channels / 2], columns);
    let image_level = ImageLevel { absent, present };
    Ok(Sample {
        name,
        subject,
        split,
        rows,
        columns,
        channels: images,
        bits,
        others: masks,
        image_level,
        look,
    })
}

/// What a pixel is expected to be of those before it: the mean of its neighbours left and above.
fn expected(image: &[u8], index: usize, columns: usize) -> u8 {
    let left = (!index.is_multiple_of(columns)).then(|| image[index - 1]);
    let above = index.checked_sub(columns).map(|above| image[above]);
    match (left, above) {
        (Some(left), Some(above)) => left.midpoint(above),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => 0,
    }
}

/// So many bytes; none are reserved before they are there.
fn bytes(from: &mut impl Read, count: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(count as u64).read_to_end(&mut bytes).context("the packed samples are damaged")?;
    ensure!(bytes.len() == count, "the packed samples end early");
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Catalogue;
    use mmis_model::LabelSpace;

    fn dataset() -> (Dataset, Planes) {
        let text = "[[dataset]]\nname='x'\nmodality='OCT'\norgans=[]\nlicence=''\nreader='image_pairs'\nmasks='m'\nfactor=1.0\nlabels={'1'='irf'}";
        let space = LabelSpace::training().unwrap();
        let entry = Catalogue::from_toml(text, &space).unwrap().datasets.swap_remove(0);
        let planes = Planes::of(&space, &[]).unwrap();
        let sample = |n: u32| {
            let image: Vec<u8> = (0..48u32).map(|pixel| (pixel * 37 * (n + 1) % 251) as u8).collect();
            Arc::new(Sample {
                name: format!("eye{n}"),
                subject: n.to_string(),
                split: [Split::Train, Split::Validation, Split::Test][n as usize % 3],
                rows: 6,
                columns: 8,
                look: Look::of(&image, 8),
                channels: vec![image],
                bits: (0..48).map(|pixel| pixel << 20 | n).collect(),
                others: vec![vec![n; 48]; n as usize % 2],
                image_level: ImageLevel { absent: n, present: 1 << n },
            })
        };
        let samples = (0..5).map(sample).collect();
        let (taught, partial) = (planes.taught(&entry), planes.partial(&entry));
        (Dataset { entry, taught, partial, samples, unpaired: Vec::new() }, planes)
    }

    #[test]
    fn packed_samples_come_back_as_they_were() {
        let (dataset, planes) = dataset();
        let mut file = Vec::new();
        pack(&dataset, &mut file).unwrap();
        let back = unpack(&dataset.entry, &planes, file.as_slice()).unwrap();
        assert_eq!((back.samples, back.taught), (dataset.samples, dataset.taught));
    }

    #[test]
    fn a_file_that_ends_early_is_named_and_reserves_nothing() {
        let (dataset, planes) = dataset();
        let mut file = Vec::new();
        pack(&dataset, &mut file).unwrap();
        for end in [0, 3, file.len() / 2, file.len() - 4] {
            let error = unpack(&dataset.entry, &planes, &file[..end]).unwrap_err();
            assert!(format!("{error:#}").contains("packed samples"), "{end}: {error:#}");
        }
        let mut hostile = Vec::new();
        let mut into = DeflateEncoder::new(&mut hostile, Compression::fast());
        let list = br#"[{"name":"a","subject":"a","split":0,"rows":4000000000,"columns":4000000,"channels":1,"graders":1,"absent":0,"present":0}]"#;
        into.write_all(&(list.len() as u32).to_le_bytes()).unwrap();
        into.write_all(list).unwrap();
        into.finish().unwrap();
        assert!(unpack(&dataset.entry, &planes, hostile.as_slice()).is_err());
    }
}
