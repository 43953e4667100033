//! The data file that a header names, of MetaImage and NRRD.

use crate::error::shortened;
use crate::{Cause, InputFile};

/// The file among `others` that `header` names as `wanted` in its `field`; it
/// must lie beside the header.
///
/// # Errors
/// [`Cause`] where it lies elsewhere, is several files, or was not dropped.
pub(crate) fn find(
    header: &str,
    field: &'static str,
    wanted: &str,
    mut others: Vec<InputFile>,
) -> Result<InputFile, Cause> {
    let wanted = wanted.strip_prefix("./").unwrap_or(wanted);
    if wanted.is_empty() {
        return Err(Cause::MissingField { field });
    }
    if wanted.contains(['/', '\\', ':']) || wanted == ".." {
        return Err(Cause::OutsideFolder { wanted: shortened(wanted) });
    }
    if wanted == "LIST" || wanted.starts_with("LIST ") || wanted.contains('%') {
        return Err(Cause::BadField {
            field,
            value: shortened(wanted),
            why: "spreads the volume over several files",
        });
    }
    let folder = header.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = if folder.is_empty() { wanted.to_owned() } else { format!("{folder}/{wanted}") };
    let place = others.iter().position(|file| file.path == path).or_else(|| {
        // Header and data zipped one by one, or a name that lost its capitals on the way.
        let path = without_zips(&path);
        let mut alike = (0..others.len()).filter(|index| without_zips(&others[*index].path) == path);
        alike.next().filter(|_| alike.next().is_none())
    });
    match place {
        Some(place) => Ok(others.swap_remove(place)),
        None => Err(Cause::MissingDataFile { wanted: shortened(wanted) }),
    }
}

/// The path as if zips were no folders, in lower case.
fn without_zips(path: &str) -> String {
    let path = path.to_lowercase();
    path.split('/').filter(|part| !part.ends_with(".zip")).collect::<Vec<_>>().join("/")
}
