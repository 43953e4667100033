//! Writing all files or none.
//!
//! Every file is first written beside its place under a temporary name and
//! flushed to the disk; when all are there, they are renamed, which replaces
//! an older file in one step. A run that fails or is interrupted (Ctrl-C, or
//! the SIGTERM of a scheduler) takes its temporary files away.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::failure::Failure;

/// Temporary files that exist now. Whoever makes, renames or removes one holds the lock.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn pending() -> MutexGuard<'static, Vec<PathBuf>> {
    // A list of paths is never half changed.
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on an interrupt removes the temporary files and exits with 130.
pub fn clean_up_on_interrupt() {
    // Fails only where a handler is set already: then that one is at work.
    let _ = ctrlc::set_handler(|| {
        // The lock is never given back, so nothing is made or renamed after this.
        let pending = pending();
        for path in pending.iter() {
            let _ = fs::remove_file(path);
        }
        std::process::exit(130);
    });
}

/// Files on their way into one folder.
#[derive(Debug)]
pub struct OutputSet {
    folder: PathBuf,
    staged: Vec<(PathBuf, PathBuf)>,
}

impl OutputSet {
    /// Files for `folder`, which is made where missing.
    ///
    /// # Errors
    /// [`Failure::Write`] where it cannot be made.
    pub fn new(folder: &Path) -> Result<Self, Failure> {
        make_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), staged: Vec::new() })
    }

    /// Writes `bytes` under a temporary name. `name` is relative to the folder
    /// and may have subfolders.
    ///
    /// # Errors
    /// [`Failure::Write`] with the system's reason.
    pub fn stage(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let target = self.folder.join(name);
        if let Some(folder) = target.parent() {
            make_folder(folder)?;
        }
        let file_name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{file_name}.{}.part", std::process::id()));
        let failed = |source| Failure::Write { path: target.clone(), source };
        let mut file = {
            let mut pending = pending();
            let file = File::create(&temporary).map_err(failed)?;
            pending.push(temporary.clone());
            file
        };
        self.staged.push((temporary, target.clone()));
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Renames all files into place, in the order they were staged, and gives
    /// their names relative to the folder. No interrupt comes in between.
    ///
    /// # Errors
    /// [`Failure::Write`] with the system's reason; the rest is taken away.
    pub fn commit(mut self) -> Result<Vec<String>, Failure> {
        let mut pending = pending();
        let mut names = Vec::new();
        let mut failed = None;
        for (temporary, target) in &self.staged {
            if let Err(source) = fs::rename(temporary, target) {
                failed = Some(Failure::Write { path: target.clone(), source });
                break;
            }
            pending.retain(|path| path != temporary);
            let name = target.strip_prefix(&self.folder).unwrap_or(target);
            names.push(name.to_string_lossy().replace('\\', "/"));
        }
        // Dropping takes the lock itself.
        drop(pending);
        self.staged.drain(..names.len());
        failed.map_or(Ok(names), Err)
    }
}

impl Drop for OutputSet {
    fn drop(&mut self) {
        let mut pending = pending();
        for (temporary, _) in &self.staged {
            let _ = fs::remove_file(temporary);
            pending.retain(|path| path != temporary);
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|source| Failure::Write { path: folder.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together_and_replace_older_ones() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("out");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("mask.raw"), "old").unwrap();
        let mut set = OutputSet::new(&folder).unwrap();
        set.stage("mask.raw", b"new").unwrap();
        set.stage("masks/a.png", b"png").unwrap();
        assert_eq!(fs::read(folder.join("mask.raw")).unwrap(), b"old");
        assert_eq!(set.commit().unwrap(), ["mask.raw", "masks/a.png"]);
        assert_eq!(fs::read(folder.join("mask.raw")).unwrap(), b"new");
        assert_eq!(entries(&folder), ["mask.raw", "masks"]);
        assert_eq!(entries(&folder.join("masks")), ["a.png"]);
    }

    #[test]
    fn a_set_that_is_given_up_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut set = OutputSet::new(root.path()).unwrap();
        set.stage("mask.raw", b"half").unwrap();
        assert_eq!(entries(root.path()).len(), 1);
        drop(set);
        assert!(entries(root.path()).is_empty());
        assert!(!pending().iter().any(|path| path.starts_with(root.path())));
    }

    #[test]
    fn a_place_that_cannot_be_taken_is_a_failure_and_leaves_nothing_half() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("report.json/inside")).unwrap();
        let mut set = OutputSet::new(root.path()).unwrap();
        set.stage("report.json", b"{}").unwrap();
        assert!(matches!(set.commit(), Err(Failure::Write { .. })));
        assert_eq!(entries(root.path()), ["report.json"]);
    }
}
