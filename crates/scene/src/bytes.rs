//! A [`SceneVolume`] as bytes, and back.
//!
//! All numbers are little-endian. The layout:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `LSC1` |
//! | 12 | columns, rows, B-scans, 32-bit |
//! | 12 | steps in mm, 32-bit floats |
//! | 1 | 1 where the last B-scan lies at the top, else 0 |
//! | 4 | letters of the first and last column, the first and last B-scan; 0 for none |
//! | 4 | number of masks; then for each its B-scan, its number of runs (32-bit), and its runs: a length (32-bit) and a label (a byte) |
//! | 4 | number of B-scans with boundaries; then for each its B-scan, the number of its ILM rows and of its BM rows (32-bit), and the rows (32-bit floats) |
//!
//! Reading reserves by what is there, never by what is stated.

use std::collections::BTreeMap;

use oct::RunLengths;

use crate::volume::{Ends, RetinaRows, SceneVolume};

const MAGIC: &[u8; 4] = b"LSC1";
/// Columns and rows at most, and B-scans at most: what no device exceeds.
const MOST_SAMPLES: u32 = 1 << 14;
/// A run: its length and its label.
const RUN_BYTES: usize = 5;

/// Why bytes are no [`SceneVolume`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// They begin otherwise.
    #[error("the bytes begin otherwise than a scene")]
    NoScene,
    /// They end before all is there that they state.
    #[error("the scene ends after {0} bytes, before all is there")]
    Short(usize),
    /// Something follows its end.
    #[error("{0} bytes follow the end of the scene")]
    Left(usize),
    /// A scan has at least one and at most 16384 columns, rows and B-scans.
    #[error("no scan has {0} columns, rows or B-scans")]
    Size(u32),
    /// A step is above 0 and a number.
    #[error("{0} mm is no step")]
    Step(f32),
    /// A B-scan past the end, or not after the one before.
    #[error("B-scan {0} has no place here")]
    BScan(u32),
    /// The runs of a mask have another number of labels than its B-scan has samples.
    #[error("{found} labels do not fit a B-scan of {expected} samples")]
    Labels {
        /// Samples in the B-scan.
        expected: u64,
        /// Labels in the runs.
        found: u64,
    },
    /// A label that means nothing here.
    #[error("label {0} is none of 0 background, 1 IRF, 2 SRF, 3 PED")]
    Label(u8),
    /// A boundary has a row for each column, or none.
    #[error("{found} rows of a boundary do not fit {columns} columns")]
    Boundary {
        /// Columns of a B-scan.
        columns: u32,
        /// Rows given.
        found: u32,
    },
}

/// `volume` as bytes.
pub fn write(volume: &SceneVolume) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(MAGIC);
    volume.sizes.iter().for_each(|size| bytes.extend(size.to_le_bytes()));
    volume.step_mm.iter().for_each(|mm| bytes.extend(mm.to_le_bytes()));
    bytes.push(u8::from(volume.is_upside_down));
    let Ends { first_column, last_column, first_bscan, last_bscan } = volume.ends;
    for letter in [first_column, last_column, first_bscan, last_bscan] {
        bytes.push(letter.and_then(|letter| u8::try_from(letter).ok()).unwrap_or(0));
    }
    bytes.extend((volume.masks.len() as u32).to_le_bytes());
    for (bscan, mask) in &volume.masks {
        bytes.extend(bscan.to_le_bytes());
        bytes.extend((mask.runs().len() as u32).to_le_bytes());
        for (length, label) in mask.runs() {
            bytes.extend(length.to_le_bytes());
            bytes.push(*label);
        }
    }
    bytes.extend((volume.retina.len() as u32).to_le_bytes());
    for (bscan, RetinaRows { ilm_row, bm_row }) in &volume.retina {
        bytes.extend(bscan.to_le_bytes());
        bytes.extend((ilm_row.len() as u32).to_le_bytes());
        bytes.extend((bm_row.len() as u32).to_le_bytes());
        ilm_row.iter().chain(bm_row).for_each(|row| bytes.extend(row.to_le_bytes()));
    }
    bytes
}

/// The volume that `bytes` are of.
///
/// # Errors
/// [`SceneError`] where they are of none.
pub fn read(bytes: &[u8]) -> Result<SceneVolume, SceneError> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.take(4)? != MAGIC {
        return Err(SceneError::NoScene);
    }
    let sizes = [reader.size()?, reader.size()?, reader.size()?];
    let step_mm = [reader.step_mm()?, reader.step_mm()?, reader.step_mm()?];
    let is_upside_down = reader.byte()? != 0;
    let ends = Ends {
        first_column: reader.letter()?,
        last_column: reader.letter()?,
        first_bscan: reader.letter()?,
        last_bscan: reader.letter()?,
    };
    let masks = reader.by_bscan(sizes[2], |reader| reader.mask(sizes))?;
    let retina = reader.by_bscan(sizes[2], |reader| reader.retina_rows(sizes[0]))?;
    match bytes.len() - reader.at {
        0 => Ok(SceneVolume { sizes, step_mm, is_upside_down, ends, masks, retina }),
        left => Err(SceneError::Left(left)),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], SceneError> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        self.at = end.unwrap_or(usize::MAX);
        taken.ok_or(SceneError::Short(self.bytes.len()))
    }

    fn byte(&mut self) -> Result<u8, SceneError> {
        Ok(self.take(1)?[0])
    }

    fn four(&mut self) -> Result<[u8; 4], SceneError> {
        self.take(4)?.try_into().map_err(|_| SceneError::Short(self.bytes.len()))
    }

    fn number(&mut self) -> Result<u32, SceneError> {
        Ok(u32::from_le_bytes(self.four()?))
    }

    fn size(&mut self) -> Result<u32, SceneError> {
        let size = self.number()?;
        if (1..=MOST_SAMPLES).contains(&size) { Ok(size) } else { Err(SceneError::Size(size)) }
    }

    fn step_mm(&mut self) -> Result<f32, SceneError> {
        let mm = f32::from_le_bytes(self.four()?);
        if mm.is_finite() && mm > 0.0 { Ok(mm) } else { Err(SceneError::Step(mm)) }
    }

    fn letter(&mut self) -> Result<Option<char>, SceneError> {
        let letter = char::from(self.byte()?);
        Ok(Some(letter).filter(char::is_ascii_uppercase))
    }

    fn by_bscan<T>(
        &mut self,
        bscans: u32,
        mut one: impl FnMut(&mut Self) -> Result<T, SceneError>,
    ) -> Result<BTreeMap<u32, T>, SceneError> {
        let count = self.number()?;
        let mut all = BTreeMap::new();
        let mut next = 0;
        for _ in 0..count {
            let bscan = self.number()?;
            if !(next..bscans).contains(&bscan) {
                return Err(SceneError::BScan(bscan));
            }
            next = bscan + 1;
            all.insert(bscan, one(self)?);
        }
        Ok(all)
    }

    fn mask(&mut self, [columns, rows, _]: [u32; 3]) -> Result<RunLengths, SceneError> {
        let count = self.number()? as usize;
        let runs = self.take(count.saturating_mul(RUN_BYTES))?;
        let mut read = Vec::with_capacity(count);
        let mut found = 0_u64;
        for run in runs.chunks_exact(RUN_BYTES) {
            let (length, label) = (u32::from_le_bytes([run[0], run[1], run[2], run[3]]), run[4]);
            if label > 3 {
                return Err(SceneError::Label(label));
            }
            found += u64::from(length);
            read.push((length, label));
        }
        let expected = u64::from(columns) * u64::from(rows);
        if found == expected {
            Ok(RunLengths::of_runs(read))
        } else {
            Err(SceneError::Labels { expected, found })
        }
    }

    fn retina_rows(&mut self, columns: u32) -> Result<RetinaRows, SceneError> {
        let (ilm, bm) = (self.number()?, self.number()?);
        let mut boundary = |found: u32| {
            if found != 0 && found != columns {
                return Err(SceneError::Boundary { columns, found });
            }
            let rows = self.take(found as usize * 4)?.chunks_exact(4);
            Ok(rows.map(|row| f32::from_le_bytes([row[0], row[1], row[2], row[3]])).collect())
        };
        Ok(RetinaRows { ilm_row: boundary(ilm)?, bm_row: boundary(bm)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume() -> SceneVolume {
        let mask = |labels: &[u8]| RunLengths::encode(labels);
        SceneVolume {
            sizes: [3, 2, 4],
            step_mm: [0.01, 0.004, 0.12],
            is_upside_down: true,
            ends: Ends { first_column: Some('T'), last_column: Some('N'), ..Ends::default() },
            masks: BTreeMap::from([(0, mask(&[0, 0, 1, 2, 3, 3])), (3, mask(&[0; 6]))]),
            retina: BTreeMap::from([
                (1, RetinaRows { ilm_row: vec![0.5, 1.0, 1.5], bm_row: Vec::new() }),
                (2, RetinaRows::default()),
            ]),
        }
    }

    #[test]
    fn a_volume_survives_its_bytes() {
        assert_eq!(read(&write(&volume())), Ok(volume()));
    }

    #[test]
    fn bytes_that_end_early_or_late_are_refused_wherever_they_end() {
        let mut bytes = write(&volume());
        for end in 0..bytes.len() {
            assert!(matches!(read(&bytes[..end]), Err(SceneError::Short(_))), "{end}");
        }
        bytes.push(0);
        assert_eq!(read(&bytes), Err(SceneError::Left(1)));
    }

    #[test]
    fn any_changed_byte_is_read_or_refused_and_never_reserves_what_is_not_there() {
        let bytes = write(&volume());
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                // A mask holds no more than its runs, whatever they state.
                if let Ok(volume) = read(&changed) {
                    let runs: usize = volume.masks.values().map(|mask| mask.runs().len()).sum();
                    assert!(runs * RUN_BYTES <= bytes.len());
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let changed = |change: &dyn Fn(&mut SceneVolume)| {
            let mut volume = volume();
            change(&mut volume);
            read(&write(&volume))
        };
        assert_eq!(changed(&|volume| volume.sizes[1] = 0), Err(SceneError::Size(0)));
        assert!(matches!(changed(&|volume| volume.step_mm[2] = f32::NAN), Err(SceneError::Step(_))));
        assert_eq!(
            changed(&|volume| volume.sizes[0] = 5),
            Err(SceneError::Labels { expected: 10, found: 6 })
        );
        assert_eq!(changed(&|volume| volume.sizes[2] = 3), Err(SceneError::BScan(3)));
        let label = |volume: &mut SceneVolume| {
            volume.masks.insert(0, RunLengths::encode(&[4; 6]));
        };
        assert_eq!(changed(&label), Err(SceneError::Label(4)));
        let boundary = |volume: &mut SceneVolume| {
            volume.retina.insert(0, RetinaRows { ilm_row: vec![1.0; 2], bm_row: Vec::new() });
        };
        assert_eq!(changed(&boundary), Err(SceneError::Boundary { columns: 3, found: 2 }));
    }
}
