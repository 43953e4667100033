//! Files from drops and file pickers, with their relative paths, folders walked.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

/// Files taken in at most. The largest public volumes have some hundred B-scan
/// images; more than this is somebody's whole archive.
pub const MAX_FILES: usize = 4096;
/// Folders inside folders at most.
const MAX_DEPTH: usize = 12;

/// Files with their relative paths, in the order of the paths.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    files: Vec<(String, File)>,
    choice: Option<u32>,
}

impl Intake {
    /// The files.
    pub fn files(&self) -> &[(String, File)] {
        &self.files
    }

    /// Which volume of several the person chose.
    pub fn choice(&self) -> Option<u32> {
        self.choice
    }

    /// The same files, for another volume in them.
    pub fn with_choice(self, choice: u32) -> Self {
        Self { choice: Some(choice), ..self }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// A short name: the file's, the common folder's, or the number of files.
    pub fn name(&self) -> String {
        let paths: Vec<&str> = self.files.iter().map(|(path, _)| path.as_str()).collect();
        short_name(&paths)
    }

    /// From a file picker, plain or of folders.
    pub fn from_list(list: &FileList) -> Self {
        let files = (0..list.length()).filter_map(|index| list.get(index)).map(|file| {
            let path =
                Reflect::get(&file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
            (path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name()), file)
        });
        Self::sorted(files.filter(|(path, _)| !is_litter(path)).take(MAX_FILES + 1).collect())
    }

    fn sorted(mut files: Vec<(String, File)>) -> Self {
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Self { files, choice: None }
    }
}

/// What a drop holds. Must be read while the drop event is handled: afterwards
/// the browser empties it.
pub struct Dropped {
    entries: Vec<FileSystemEntry>,
    plain: Intake,
}

/// More files or deeper folders than we take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeError {
    /// Above [`MAX_FILES`].
    TooManyFiles,
    /// The browser could not read a file or folder.
    Unreadable(String),
}

impl IntakeError {
    /// One sentence: what, why, what to do.
    pub fn sentence(&self) -> String {
        match self {
            Self::TooManyFiles => {
                format!("There are more than {MAX_FILES} files in it: choose the folder of one volume only.")
            }
            Self::Unreadable(name) => {
                format!(
                    "{name} could not be read: check that it still exists and that you may read it, then try again."
                )
            }
        }
    }
}

impl Dropped {
    /// Takes the entries out of a drop event.
    pub fn take(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let entries = (0..items.length())
            .filter_map(|index| items.get(index))
            .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
            .collect();
        let plain = transfer.files().map(|list| Intake::from_list(&list)).unwrap_or_default();
        Self { entries, plain }
    }

    /// Walks the folders.
    ///
    /// # Errors
    /// [`IntakeError`] where there is too much or something cannot be read.
    pub async fn into_intake(self) -> Result<Intake, IntakeError> {
        if self.entries.is_empty() {
            return bounded(self.plain);
        }
        let mut files = Vec::new();
        let mut open: Vec<(FileSystemEntry, usize)> =
            self.entries.into_iter().map(|entry| (entry, 0)).collect();
        while let Some((entry, depth)) = open.pop() {
            if is_litter(&entry.name()) {
                continue;
            }
            if entry.is_file() {
                let path = entry.full_path().trim_start_matches('/').to_owned();
                let file = file_of(entry.unchecked_ref()).await;
                files.push((path, file.map_err(|_| IntakeError::Unreadable(entry.name()))?));
            } else if depth < MAX_DEPTH {
                let inside = entries_of(entry.unchecked_ref()).await;
                let inside = inside.map_err(|_| IntakeError::Unreadable(entry.name()))?;
                open.extend(inside.into_iter().map(|entry| (entry, depth + 1)));
            }
            if files.len() + open.len() > MAX_FILES {
                return Err(IntakeError::TooManyFiles);
            }
        }
        Ok(Intake::sorted(files))
    }
}

/// Refuses more files than we take.
///
/// # Errors
/// [`IntakeError::TooManyFiles`].
pub fn bounded(intake: Intake) -> Result<Intake, IntakeError> {
    if intake.files.len() > MAX_FILES { Err(IntakeError::TooManyFiles) } else { Ok(intake) }
}

async fn file_of(entry: &FileSystemFileEntry) -> Result<File, JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    JsFuture::from(promise).await?.dyn_into()
}

async fn entries_of(folder: &FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    // A reader gives at most 100 entries a call and an empty list at the end.
    loop {
        let some = next_entries(&reader).await?;
        if some.length() == 0 || all.len() > MAX_FILES {
            return Ok(all);
        }
        all.extend(some.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}

async fn next_entries(reader: &FileSystemDirectoryReader) -> Result<Array, JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        if let Err(error) = reader.read_entries_with_callback_and_callback(&resolve, &reject) {
            // The promise is still pending, so this settles it.
            let _settled = reject.call1(&JsValue::UNDEFINED, &error);
        }
    });
    JsFuture::from(promise).await?.dyn_into()
}

/// Files that operating systems leave in folders and zips.
fn is_litter(path: &str) -> bool {
    path.split('/').any(|part| {
        part.starts_with('.')
            || part == "__MACOSX"
            || part.eq_ignore_ascii_case("thumbs.db")
            || part == "desktop.ini"
    })
}

fn short_name(paths: &[&str]) -> String {
    match paths {
        [] => String::new(),
        [path] => path.rsplit('/').next().unwrap_or(path).to_owned(),
        [first, ..] => {
            let folder = first.split_once('/').map(|(folder, _)| folder);
            let common = folder.filter(|folder| {
                paths.iter().all(|path| path.split_once('/').is_some_and(|(other, _)| other == *folder))
            });
            common.map_or_else(|| format!("{} files", paths.len()), str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intake_is_named_by_its_file_folder_or_number() {
        assert_eq!(short_name(&["eye/oct.mhd"]), "oct.mhd");
        assert_eq!(short_name(&["eye/oct.mhd", "eye/oct.raw"]), "eye");
        assert_eq!(short_name(&["a.png", "b.png"]), "2 files");
        assert_eq!(short_name(&["a/1.png", "b/1.png", "c.png"]), "3 files");
    }

    #[test]
    fn what_operating_systems_leave_behind_is_no_data() {
        assert!(is_litter("eye/.DS_Store"));
        assert!(is_litter("__MACOSX/eye/oct.mhd"));
        assert!(is_litter("eye/Thumbs.db"));
        assert!(!is_litter("eye/oct.mhd"));
    }
}
