//! Which of the images are the stack.

use std::collections::BTreeSet;

use super::choose::{is_mask, is_mask_folder, taken_for_masks};
use super::image_groups::{Group, groups, missing_numbers};
use super::several;
use crate::error::{Fault, listed, was};
use crate::formats::reader::Chosen;
use crate::images::{self, ImageType};
use crate::names::Meaning;
use crate::{InputFile, OpenError, Opened};

/// Reads the stack among the images `files`, without masks; where they are several scans,
/// the chosen one.
pub(crate) fn open(files: Vec<InputFile>, choice: Option<usize>) -> Result<Opened, Fault> {
    let mut warnings = Vec::new();
    let mut groups = groups(without_masks(files, &mut warnings));
    if groups.iter().any(|group| !group.meaning.is_some_and(Meaning::is_no_bscan)) {
        groups.retain(|group| match group.meaning.filter(|meaning| meaning.is_no_bscan()) {
            Some(meaning) => {
                let (names, were) =
                    (listed(group.files.iter().map(|file| file.path.clone())), was(group.files.len()));
                warnings.push(format!("{names} {were} left out: {}, judging by the name.", meaning.called()));
                false
            }
            None => true,
        });
    }
    let (count, chosen) = (groups.len(), choice.unwrap_or(0));
    if count > 1 {
        let choices: Vec<String> = groups.iter().map(|group| group.called.clone()).collect();
        let Some(group) = groups.into_iter().nth(chosen) else {
            let name = "the images".to_owned();
            return Err(OpenError::NoSuchChoice { name, choice: chosen, count }.into());
        };
        let opened = open_stack(group, None, warnings)?;
        return Ok(Opened { choices, chosen, ..opened });
    }
    let Some(group) = groups.pop() else { return Err(OpenError::Nothing.into()) };
    open_stack(group, choice, warnings)
}

/// The images without masks that lie beside them.
fn without_masks(mut files: Vec<InputFile>, warnings: &mut Vec<String>) -> Vec<InputFile> {
    let folder = |file: &InputFile| file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let in_masks = |file: &InputFile| is_mask_folder(folder(file).rsplit('/').next().unwrap_or(""));
    if files.iter().any(|file| !in_masks(file)) {
        let left_out: BTreeSet<String> = files.iter().filter(|file| in_masks(file)).map(folder).collect();
        warnings.extend(
            left_out.iter().map(|folder| format!("{folder} was taken for a folder of masks and left out.")),
        );
        files.retain(|file| !in_masks(file));
    }
    if files.iter().any(|file| !is_mask(file)) {
        let masks: Vec<&str> =
            files.iter().filter(|file| is_mask(file)).map(|file| file.path.as_str()).collect();
        warnings.extend(taken_for_masks(masks.into_iter()));
        files.retain(|file| !is_mask(file));
    }
    files
}

/// Reads the images of one scan.
fn open_stack(group: Group, choice: Option<usize>, warnings: Vec<String>) -> Result<Opened, Fault> {
    let mut stack = group.files;
    let missing = missing_numbers(&stack);
    let mut multipage = Vec::new();
    for file in &stack {
        let is_tiff = ImageType::of(&file.bytes) == Some(ImageType::Tiff);
        if is_tiff && images::tiff::images(&file.bytes).map_err(|cause| cause.in_file(&file.path))? > 1 {
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
            let read = Chosen { file: stack.remove(0), others: Vec::new(), choice };
            images::read_multipage_tiff(read).map_err(|fault| fault.of(&blamed))?
        }
        // A text file renamed to .png is refused by the decoder, in words and by name.
        (_, 0) => images::read_stack(stack).map_err(|fault| fault.of(&blamed))?,
        // Each of them is a volume: a stack of their first pages would be none.
        (_, 1) => return Err(several(stack.into_iter().map(|file| file.path).collect()).into()),
        _ => return Err(several(multipage).into()),
    };
    if !missing.is_empty() && opened.volume.bscans() > 1 {
        let is = if missing.len() == 1 { "is" } else { "are" };
        let numbers = listed(missing.iter().map(u64::to_string));
        opened.warnings.push(format!(
            "The names count the images, and {numbers} {is} not among them: what was scanned there is not known."
        ));
        opened.volume.geometry.lack_bscans();
    }
    opened.warnings.splice(0..0, warnings);
    Ok(opened)
}
