//! Files from drops and file pickers, with their relative paths, folders walked.

use js_sys::{Array, Function, Promise, Reflect};
use oct_formats::bounds::{DEEPEST_FOLDER, MOST_FILES};
use oct_formats::is_litter;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use crate::words::{Locale, Said, opening};

/// Files with their relative paths, in the order of the paths.
pub type PathsAndFiles = Vec<(String, File)>;

/// What a file picker gave, plain or of folders.
///
/// # Errors
/// [`IntakeError::TooManyFiles`].
pub fn picked(list: &FileList) -> Result<PathsAndFiles, IntakeError> {
    bounded(of_list(list))
}

fn of_list(list: &FileList) -> PathsAndFiles {
    let files = || {
        (0..list.length()).filter_map(|index| list.get(index)).map(|file| {
            let path =
                Reflect::get(&file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
            (path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name()), file)
        })
    };
    // Who picks nothing else is told what it is.
    let is_all_litter = files().all(|(path, _)| is_litter(&path));
    let kept = files().filter(|(path, _)| is_all_litter || !is_litter(path));
    sorted(kept.take(MOST_FILES + 1).collect())
}

fn sorted(mut files: PathsAndFiles) -> PathsAndFiles {
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

fn bounded(files: PathsAndFiles) -> Result<PathsAndFiles, IntakeError> {
    if files.len() > MOST_FILES { Err(IntakeError::TooManyFiles) } else { Ok(files) }
}

/// What a drop holds. Must be read while the drop event is handled: afterwards
/// the browser empties it.
pub struct Dropped {
    entries: Vec<FileSystemEntry>,
    plain: PathsAndFiles,
}

/// Why files could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Above [`MOST_FILES`].
    #[error("{}", opening::too_many_files(Locale::English, MOST_FILES))]
    TooManyFiles,
    /// The browser could not read a file or folder.
    #[error("{}", opening::unreadable(Locale::English, .0))]
    Unreadable(String),
}

impl IntakeError {
    /// The error in every language.
    pub fn said(&self) -> Said {
        Said::new(|locale| match self {
            Self::TooManyFiles => opening::too_many_files(locale, MOST_FILES),
            Self::Unreadable(name) => opening::unreadable(locale, name),
        })
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
        let plain = transfer.files().map(|list| of_list(&list)).unwrap_or_default();
        Self { entries, plain }
    }

    /// Walks the folders.
    ///
    /// # Errors
    /// [`IntakeError`] where there is too much or something cannot be read.
    pub async fn into_files(self) -> Result<PathsAndFiles, IntakeError> {
        if self.entries.is_empty() {
            return bounded(self.plain);
        }
        let is_all_litter = self.entries.iter().all(|entry| is_litter(&entry.name()));
        let mut files = Vec::new();
        let mut open: Vec<(FileSystemEntry, usize)> =
            self.entries.into_iter().map(|entry| (entry, 0)).collect();
        while let Some((entry, depth)) = open.pop() {
            // Who drops nothing else is told what it is.
            if is_litter(&entry.name()) && !(is_all_litter && depth == 0) {
                continue;
            }
            if entry.is_file() {
                let path = entry.full_path().trim_start_matches('/').to_owned();
                let file = file_of(entry.unchecked_ref()).await;
                files.push((path, file.map_err(|_| IntakeError::Unreadable(entry.name()))?));
            } else if depth < DEEPEST_FOLDER {
                let inside = entries_of(entry.unchecked_ref()).await;
                let inside = inside.map_err(|_| IntakeError::Unreadable(entry.name()))?;
                open.extend(inside.into_iter().map(|entry| (entry, depth + 1)));
            }
            if files.len() + open.len() > MOST_FILES {
                return Err(IntakeError::TooManyFiles);
            }
        }
        Ok(sorted(files))
    }
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
        if some.length() == 0 || all.len() > MOST_FILES {
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
