//! What was found and what is true in one volume.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use anyhow::{Result, anyhow};
use fluid::scores::Overlap;
use serde::{Deserialize, Serialize};

use crate::data::{Case, DatasetEntry, IGNORE_BIT, Planes};

use super::predict::{HeldOut, Judge, Verdict};

/// One label in one volume: all scored B-scans of one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeScore {
    /// The dataset.
    pub dataset: String,
    /// The device or vendor style, where it is known.
    pub device: String,
    /// Whose eye it is.
    pub subject: String,
    /// Label or superset.
    pub label: String,
    /// B-scans scored.
    pub bscans: usize,
    /// Pixels found and true.
    pub overlap: Overlap,
    /// Volume of a voxel, nl, where every spacing is known and the same in all B-scans.
    pub voxel_nl: Option<f64>,
    /// Highest chance of presence over the B-scans.
    pub chance: f32,
    /// Whether a B-scan reaches the operating point.
    pub called: bool,
    /// Dice of each B-scan that holds or is said to hold the label, by name.
    pub bscan_dice: BTreeMap<String, f64>,
}

/// Scores the verdict on one case: a volume of one B-scan for each label.
///
/// # Errors
/// Where the verdict is of another grid than its case.
pub fn score(
    entry: &DatasetEntry,
    planes: &Planes,
    case: &Case,
    verdict: &Verdict,
) -> Result<Vec<VolumeScore>> {
    let mut scores = Vec::new();
    for plane in planes.in_bits(planes.marked_in_full(entry)) {
        let (Some(mask), Some(chance)) = (&verdict.masks[plane], verdict.chances[plane]) else {
            continue;
        };
        let overlap = counted(mask, &case.bits, plane).map_err(|error| anyhow!("{}: {error}", case.name))?;
        scores.push(VolumeScore {
            dataset: entry.name.clone(),
            device: case.device.clone(),
            subject: case.subject.clone(),
            label: planes.names()[plane].clone(),
            bscans: 1,
            overlap,
            voxel_nl: case.voxel_nl,
            chance: chance.value,
            called: chance.called,
            bscan_dice: overlap.dice().map(|dice| (case.name.clone(), dice)).into_iter().collect(),
        });
    }
    Ok(scores)
}

/// The scores of one dataset's B-scans put together to volumes: by device,
/// subject and label, labels in the order in which they come.
pub fn merged(bscans: impl IntoIterator<Item = VolumeScore>) -> Vec<VolumeScore> {
    let mut labels: Vec<String> = Vec::new();
    let mut volumes: BTreeMap<(String, String, usize), VolumeScore> = BTreeMap::new();
    for bscan in bscans {
        let label = labels.iter().position(|label| *label == bscan.label).unwrap_or_else(|| {
            labels.push(bscan.label.clone());
            labels.len() - 1
        });
        match volumes.entry((bscan.device.clone(), bscan.subject.clone(), label)) {
            Entry::Vacant(place) => {
                place.insert(bscan);
            }
            Entry::Occupied(mut volume) => volume.get_mut().add(bscan),
        }
    }
    volumes.into_values().collect()
}

/// Scores of every dataset in `data`.
///
/// # Errors
/// Where a case cannot be judged.
pub fn scores(judge: &Judge, data: &[HeldOut<'_>], planes: &Planes) -> Result<Vec<VolumeScore>> {
    let mut volumes = Vec::new();
    for part in data {
        let bscans =
            judge.judge_all(part, planes, |case, verdict| score(part.entry, planes, case, verdict))?;
        volumes.extend(merged(bscans.into_iter().flatten()));
    }
    Ok(volumes)
}

impl VolumeScore {
    fn add(&mut self, bscan: Self) {
        self.bscans += bscan.bscans;
        self.overlap += bscan.overlap;
        // Pixels of different voxels cannot be added up to a volume.
        self.voxel_nl = self.voxel_nl.filter(|nl| bscan.voxel_nl == Some(*nl));
        self.chance = self.chance.max(bscan.chance);
        self.called |= bscan.called;
        self.bscan_dice.extend(bscan.bscan_dice);
    }
}

/// Overlap of `mask` with plane `plane` of `bits`, over the pixels that count.
///
/// # Errors
/// Where the two differ in length.
pub fn counted(mask: &[bool], bits: &[u32], plane: usize) -> Result<Overlap, fluid::scores::ScoreError> {
    if mask.len() != bits.len() {
        return Err(fluid::scores::ScoreError::Size { pred: mask.len(), truth: bits.len() });
    }
    let counted = mask.iter().zip(bits).filter(|(_, bits)| **bits >> IGNORE_BIT & 1 == 0);
    let (found, truth): (Vec<bool>, Vec<bool>) =
        counted.map(|(found, bits)| (*found, bits >> plane & 1 == 1)).unzip();
    let mut overlap = Overlap::default();
    overlap.add_masks(&found, &truth)?;
    Ok(overlap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Catalogue, ImageLevel, Split};
    use crate::judge::Chance;
    use mmis_model::LabelSpace;
    use oct::{Geometry, OctVolume, Samples};

    fn case(subject: &str, bits: Vec<u32>) -> Case {
        let volume = OctVolume::new(4, 1, 1, Samples::U8(vec![0; 4]), Geometry::default()).unwrap();
        let (name, device) = (format!("{subject}_B"), String::new());
        let (others, image_level) = (Vec::new(), ImageLevel::default());
        let (subject, split, voxel_nl) = (subject.into(), Split::Test, Some(0.25));
        Case { name, subject, device, split, volume, bits, others, image_level, voxel_nl }
    }

    #[test]
    fn pixels_become_volumes_by_subject_without_what_is_ignored() {
        let entry = "[[dataset]]\nname='d'\nmodality='OCT'\norgans=[]\nlicence=''\nreader='image_pairs'\nmasks='m'\nfactor=1.0\nlabels={'1'='fluid'}\nabsent=['ped']";
        let space = LabelSpace::training().unwrap();
        let catalogue = Catalogue::from_toml(entry, &space).unwrap();
        let planes = Planes::over(&space, &catalogue).unwrap();
        let [fluid, ped] = ["fluid", "ped"].map(|name| planes.index(name).unwrap());
        let ignored = 1u32 << IGNORE_BIT;
        let cases = [
            case("a", vec![1 << fluid, 1 << fluid, 0, 1 << fluid | ignored]),
            case("a", vec![0, 0, 0, 0]),
            case("b", vec![0, 0, 0, 0]),
        ];
        let verdict = |fluid_mask: [bool; 4], value: f32| {
            let mut verdict = Verdict { masks: vec![None; planes.len()], chances: vec![None; planes.len()] };
            for (plane, mask) in [(fluid, fluid_mask), (ped, [false; 4])] {
                verdict.masks[plane] = Some(mask.to_vec());
                verdict.chances[plane] = Some(Chance { value, called: value > 0.6 });
            }
            verdict
        };
        let verdicts = [
            verdict([true, false, true, true], 0.7),
            verdict([true, false, false, false], 0.2),
            verdict([false; 4], 0.1),
        ];
        let judged = cases.iter().zip(&verdicts);
        let bscans =
            judged.flat_map(|(case, verdict)| score(&catalogue.datasets[0], &planes, case, verdict).unwrap());
        let volumes = merged(bscans);
        let of = |subject: &str, label: &str| {
            volumes.iter().find(|v| (v.subject.as_str(), v.label.as_str()) == (subject, label)).unwrap()
        };
        let a = of("a", "fluid");
        // The fourth pixel is ignored: found 3, true 2, both 1.
        assert_eq!((a.bscans, a.overlap), (2, Overlap { tp: 1, fp: 2, fn_: 1 }));
        assert_eq!((a.chance, a.called, a.voxel_nl), (0.7, true, Some(0.25)));
        assert_eq!((of("b", "fluid").overlap.truth(), of("b", "fluid").called), (0, false));
        assert_eq!(of("a", "ped").overlap, Overlap::default());
        assert_eq!(volumes.len(), 4);
    }

    #[test]
    fn bscans_of_different_voxels_have_no_volume_in_common() {
        let bscan = |voxel_nl| VolumeScore {
            dataset: "d".into(),
            device: String::new(),
            subject: "a".into(),
            label: "irf".into(),
            bscans: 1,
            overlap: Overlap { tp: 3, fp: 0, fn_: 0 },
            voxel_nl,
            chance: 0.5,
            called: true,
            bscan_dice: BTreeMap::new(),
        };
        let voxel = |all: [Option<f64>; 3]| {
            let volumes = merged(all.map(bscan));
            assert_eq!((volumes.len(), volumes[0].bscans, volumes[0].overlap.tp), (1, 3, 9));
            volumes[0].voxel_nl
        };
        assert_eq!(voxel([Some(0.5); 3]), Some(0.5));
        assert_eq!(voxel([Some(0.5), Some(0.5), Some(0.4)]), None);
        assert_eq!(voxel([Some(0.5), None, Some(0.5)]), None);
        assert_eq!(voxel([None, Some(0.5), Some(0.5)]), None);
    }
}
