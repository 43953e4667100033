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
use crate::stale;

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

    /// The staged files, relative to the folder, in the order in which they were staged.
    pub fn names(&self) -> Vec<String> {
        let named = |target: &Path| {
            let name = target.strip_prefix(&self.folder).unwrap_or(target);
            name.to_string_lossy().replace('\\', "/")
        };
        self.staged.iter().map(|(_, target)| named(target)).collect()
    }

    /// Renames all files into place, in the order they were staged, takes away what
    /// an earlier run left that this one does not replace, and gives the names of the
    /// new files relative to the folder. No interrupt comes in between.
    ///
    /// # Errors
    /// [`Failure::Write`] with the system's reason where nothing was written,
    /// [`Failure::WriteSome`] where the first files were; the rest is taken away.
    /// [`Failure::Stale`] where all is written and an old result stays.
    pub fn commit(mut self) -> Result<Vec<String>, Failure> {
        let names = self.names();
        let mut pending = pending();
        // Before the report of the earlier run is replaced, which tells its masks.
        let stale = stale::results(&self.folder, &names);
        let mut done = 0;
        let mut failed = None;
        for (temporary, target) in &self.staged {
            if let Err(source) = fs::rename(temporary, target) {
                failed = Some((target.clone(), source));
                break;
            }
            pending.retain(|path| path != temporary);
            done += 1;
        }
        // Dropping takes the lock itself.
        drop(pending);
        self.staged.drain(..done);
        match failed {
            Some((path, source)) if done == 0 => Err(Failure::Write { path, source }),
            Some((path, source)) => {
                let (written, missing) = names.split_at(done);
                Err(Failure::WriteSome { path, source, written: written.to_vec(), missing: missing.to_vec() })
            }
            None => stale::remove(stale).map(|()| names),
        }
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

    #[test]
    fn where_only_some_files_find_their_places_both_kinds_are_named() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("report.csv/inside")).unwrap();
        let mut set = OutputSet::new(root.path()).unwrap();
        for name in ["mask.raw", "report.csv", "report.json"] {
            set.stage(name, b"x").unwrap();
        }
        let sentence = set.commit().unwrap_err().sentence();
        assert!(sentence.contains("; written: mask.raw; not written: report.csv, report.json"), "{sentence}");
        assert_eq!(entries(root.path()), ["mask.raw", "report.csv"]);
    }

    #[test]
    fn what_a_longer_run_left_goes_and_what_a_person_put_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let masks = root.path().join("masks");
        fs::create_dir_all(&masks).unwrap();
        let plain = oct_formats::images::write_mask_png(1, 1, &[0]).unwrap();
        let ours = oct_formats::images::marked(plain.clone());
        fs::write(root.path().join("report.json"), r#"{"software":{"name":"lacuna"}}"#).unwrap();
        for (name, bytes) in [
            ("bscan_0001.png", &ours),
            ("bscan_0002.png", &ours),
            ("bscan_0003.png", &plain),
            ("Doe_7.png", &ours),
            ("drawn by hand.png", &plain),
        ] {
            fs::write(masks.join(name), bytes).unwrap();
        }
        let mut set = OutputSet::new(root.path()).unwrap();
        set.stage("masks/bscan_0001.png", &ours).unwrap();
        set.stage("report.json", b"{}").unwrap();
        set.commit().unwrap();
        assert_eq!(entries(&masks), ["bscan_0001.png", "drawn by hand.png"]);
    }

    #[test]
    fn a_run_without_a_report_removes_nothing() {
        let root = tempfile::tempdir().unwrap();
        let ours = oct_formats::images::marked(oct_formats::images::write_mask_png(1, 1, &[0]).unwrap());
        fs::create_dir_all(root.path().join("masks")).unwrap();
        fs::write(root.path().join("masks/bscan_0001.png"), ours).unwrap();
        let mut set = OutputSet::new(root.path()).unwrap();
        set.stage("sheet.png", b"x").unwrap();
        set.commit().unwrap();
        assert_eq!(entries(&root.path().join("masks")), ["bscan_0001.png"]);
    }
}
