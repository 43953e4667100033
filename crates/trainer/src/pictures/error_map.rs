//! Every judged pixel as a picture: what was found, what is true, what counts.
//!
//! To be looked at, and to be counted again by others: `tests/scores/check.py`
//! reads the colours back.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use image::{Rgb, RgbImage};

use crate::data::{Case, DatasetEntry, IGNORE_BIT, Planes};
use crate::judge::Verdict;

/// Neither found nor true.
const NEITHER: [u8; 3] = [0, 0, 0];
/// Found and true.
const HIT: [u8; 3] = [60, 200, 90];
/// Found where there is none.
const FALSE_ALARM: [u8; 3] = [235, 70, 70];
/// True and not found.
const MISSED: [u8; 3] = [80, 130, 255];
/// Takes no part in scores.
const NOT_COUNTED: [u8; 3] = [90, 90, 90];

/// Writes one PNG for each scored label of a case: `FOLDER/DATASET/LABEL/CASE.png`,
/// in the case's own grid. Green was found and is there, red is not there, blue
/// was missed, grey does not count.
///
/// # Errors
/// Where the verdict is of another grid than its case or a file cannot be written.
pub fn write_error_maps(
    folder: &Path,
    entry: &DatasetEntry,
    planes: &Planes,
    case: &Case,
    verdict: &Verdict,
) -> Result<()> {
    for plane in planes.in_bits(planes.marked_in_full(entry)) {
        let Some(found) = &verdict.masks[plane] else { continue };
        let image =
            error_map(found, &case.bits, plane, case.volume.columns()).with_context(|| case.name.clone())?;
        let labelled = folder.join(&entry.name).join(&planes.names()[plane]);
        fs::create_dir_all(&labelled).with_context(|| format!("cannot make {}", labelled.display()))?;
        // A case is named by the path of its file, a slice of a volume with its number.
        let name = case.name.strip_suffix(".png").unwrap_or(&case.name).replace(['/', '\\'], "_");
        let path = labelled.join(format!("{name}.png"));
        image.save(&path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn error_map(found: &[bool], bits: &[u32], plane: usize, columns: usize) -> Result<RgbImage> {
    ensure!(found.len() == bits.len(), "{} pixels judged, {} annotated", found.len(), bits.len());
    let mut image = RgbImage::new(columns as u32, (bits.len() / columns) as u32);
    for ((pixel, found), bits) in image.pixels_mut().zip(found).zip(bits) {
        *pixel = Rgb(match (bits >> IGNORE_BIT & 1 == 0, found, bits >> plane & 1 == 1) {
            (false, _, _) => NOT_COUNTED,
            (_, false, false) => NEITHER,
            (_, true, true) => HIT,
            (_, true, false) => FALSE_ALARM,
            (_, false, true) => MISSED,
        });
    }
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_pixel_has_its_colour_and_what_does_not_count_is_grey() {
        let (found, plane) = ([true, true, false, false, true, false], 1);
        let bits = [2, 1, 2, 0, 2 | 1 << IGNORE_BIT, 1 << IGNORE_BIT];
        let image = error_map(&found, &bits, plane, 3).unwrap();
        assert_eq!(image.dimensions(), (3, 2));
        let colours: Vec<[u8; 3]> = image.pixels().map(|pixel| pixel.0).collect();
        assert_eq!(colours, [HIT, FALSE_ALARM, MISSED, NEITHER, NOT_COUNTED, NOT_COUNTED]);
        let error = error_map(&found[1..], &bits, plane, 3).unwrap_err().to_string();
        assert_eq!(error, "5 pixels judged, 6 annotated");
    }
}
