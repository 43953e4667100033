//! Where a scan comes from, so that a new worker can open it again.

use std::rc::Rc;

use oct::AxisOrder;

use crate::words::{Locale, opening, teaching};

/// Files that a person dropped or picked at once; the page's browser side holds them under this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DropId(pub u32);

/// The files of one drop, and which scan in them is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The drop.
    pub dropped: DropId,
    /// Relative path of each file.
    pub paths: Rc<[String]>,
    /// Which of several volumes the person chose.
    pub choice: Option<u32>,
    /// The order of the axes, where the person was asked for it.
    pub axes: Option<AxisOrder>,
}

impl Files {
    /// Whether it is one file of a network's weights, as the trainer writes them.
    pub fn is_weights(&self) -> bool {
        matches!(&*self.paths, [path] if path.to_ascii_lowercase().ends_with(".safetensors"))
    }
}

/// Where a scan comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// The generated eye that the page opens on.
    #[default]
    Sample,
    /// A generated eye of the series.
    Eye(u32),
    /// Files of the user.
    Files(Files),
}

impl Source {
    /// A short name: the file's, the common folder's, or the number of files.
    pub fn name(&self, locale: Locale) -> String {
        match self {
            Self::Sample => opening::THE_SAMPLE_EYE.say(locale).to_owned(),
            Self::Eye(number) => teaching::eye(locale, *number),
            Self::Files(files) => short_name(locale, &files.paths),
        }
    }
}

fn short_name(locale: Locale, paths: &[String]) -> String {
    match paths {
        [] => String::new(),
        [path] => path.rsplit('/').next().unwrap_or(path).to_owned(),
        [first, ..] => {
            let folder = first.split_once('/').map(|(folder, _)| folder);
            let common = folder.filter(|folder| {
                paths.iter().all(|path| path.split_once('/').is_some_and(|(other, _)| other == *folder))
            });
            common.map_or_else(|| opening::files(locale, paths.len()), str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(paths: &[&str]) -> String {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Source::Files(Files { dropped: DropId(1), paths, choice: None, axes: None }).name(Locale::English)
    }

    #[test]
    fn one_file_of_the_trainer_is_weights() {
        let is_weights = |paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            Files { dropped: DropId(1), paths, choice: None, axes: None }.is_weights()
        };
        assert!(is_weights(&["mine/net.SafeTensors"]));
        assert!(!is_weights(&["eye.vol"]) && !is_weights(&["a.safetensors", "b.safetensors"]));
    }

    #[test]
    fn files_are_named_by_their_file_folder_or_number() {
        assert_eq!(name(&["eye/oct.mhd"]), "oct.mhd");
        assert_eq!(name(&["eye/oct.mhd", "eye/oct.raw"]), "eye");
        assert_eq!(name(&["a.png", "b.png"]), "2 files");
        assert_eq!(name(&["a/1.png", "b/1.png", "c.png"]), "3 files");
        assert_eq!(name(&[]), "");
    }
}
