//! Which of the images are the stack.

use std::collections::BTreeMap;

use super::choose::{is_mask, is_mask_folder, taken_for_a_mask};
use super::several;
use crate::error::Fault;
use crate::formats::reader::Chosen;
use crate::images::{self, ImageType};
use crate::{InputFile, Opened};

/// Reads the stack among the images `files`: those of one folder, without masks.
pub(crate) fn open(files: Vec<InputFile>, _choice: Option<usize>) -> Result<Opened, Fault> {
    let mut warnings = Vec::new();
    let mut by_folder: BTreeMap<String, Vec<InputFile>> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        by_folder.entry(folder).or_default().push(file);
    }
    if by_folder.len() > 1 {
        let is_mask = |folder: &str| is_mask_folder(folder.rsplit('/').next().unwrap_or(""));
        if by_folder.keys().any(|folder| !is_mask(folder)) {
            by_folder.retain(|folder, _| {
                if is_mask(folder) {
                    warnings.push(format!("{folder} was taken for a folder of masks and left out."));
                }
                !is_mask(folder)
            });
        }
    }
    if by_folder.len() > 1 {
        let folders = by_folder
            .into_keys()
            .map(|folder| if folder.is_empty() { "the top folder".to_owned() } else { folder });
        return Err(several(folders.collect()).into());
    }
    let mut stack = by_folder.into_values().next().unwrap_or_default();
    if stack.iter().any(|file| !is_mask(file)) {
        stack.retain(|file| {
            let keep = !is_mask(file);
            if !keep {
                warnings.push(taken_for_a_mask(&file.path));
            }
            keep
        });
    }
    let mut multipage = Vec::new();
    for file in &stack {
        let is_tiff = ImageType::of(&file.bytes) == Some(ImageType::Tiff);
        if is_tiff && images::tiff::pages(&file.bytes).map_err(|cause| cause.in_file(&file.path))? > 1 {
            multipage.push(file.path.clone());
        }
    }
    // What is wrong with the stack as a whole is said of its folder.
    let blamed = match stack.as_slice() {
        [first, _, ..] => first.path.rsplit_once('/').map_or(first.path.as_str(), |(folder, _)| folder),
        [only] => only.path.as_str(),
        [] => "",
    }
    .to_owned();
    let mut opened = match (stack.len(), multipage.len()) {
        (1, 1) => {
            let read = Chosen { file: stack.remove(0), others: Vec::new(), choice: None };
            images::read_multipage_tiff(read).map_err(|fault| fault.of(&blamed))?
        }
        // A text file renamed to .png is refused by the decoder, in words and by name.
        (_, 0) => images::read_stack(stack).map_err(|fault| fault.of(&blamed))?,
        // Each of them is a volume: a stack of their first pages would be none.
        (_, 1) => return Err(several(stack.into_iter().map(|file| file.path).collect()).into()),
        _ => return Err(several(multipage).into()),
    };
    opened.warnings.splice(0..0, warnings);
    Ok(opened)
}
