//! Files that nobody means to open.

/// Names of files and folders that systems, stores and programs leave behind, in
/// lower case. Whatever begins with a dot or `~$` is left behind, too.
const LEFT_BEHIND: [&str; 20] = [
    // macOS, in zips and on shared disks.
    "__macosx",
    "icon\r",
    "network trash folder",
    "temporary items",
    // Windows.
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "$recycle.bin",
    "recycler",
    "system volume information",
    // Linux.
    "lost+found",
    // Stores in the network: Synology, QNAP, NetApp.
    "@eadir",
    "@tmp",
    "@recycle",
    "@recently-snapshot",
    "@sharebin",
    "#recycle",
    "#snapshot",
    "~snapshot",
];

/// Folders of small copies of images, in lower case.
const SMALL_COPIES: [&str; 2] = ["thumbnails", "thumbs"];

/// Endings of names that programs give what they have not finished or keep aside.
const KEPT_ASIDE: [&str; 3] = [".tmp", ".temp", ".lock"];

/// How the name of a small copy of an image ends, before the ending of the image.
const SMALL_COPY: [&str; 6] = ["_thumb", "-thumb", ".thumb", "_thumbnail", "-thumbnail", ".thumbnail"];

/// Whether a file is one that systems, stores and programs leave in folders and
/// zips, by its path with `/` between the parts.
pub fn is_litter(path: &str) -> bool {
    let is_left_behind = path.split('/').any(|part| {
        let part = part.to_lowercase();
        part.starts_with('.')
            || part.starts_with("~$")
            || LEFT_BEHIND.contains(&part.as_str())
            || KEPT_ASIDE.iter().any(|ending| part.ends_with(ending))
    });
    is_left_behind || is_small_copy(path)
}

/// Whether a file is a small copy of an image, by its path.
pub(crate) fn is_small_copy(path: &str) -> bool {
    path.split('/').any(|part| {
        let part = part.to_lowercase();
        let stem = part.rsplit_once('.').map_or(part.as_str(), |(stem, _)| stem);
        SMALL_COPIES.contains(&part.as_str())
            || SMALL_COPY.iter().any(|ending| stem.ends_with(ending) && stem.len() < part.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systems_and_stores_leave_behind_is_no_data() {
        for litter in [
            ".DS_Store",
            "eye/.DS_Store",
            "eye/.hidden/a.png",
            "eye/._oct.mhd",
            "__MACOSX/eye/oct.mhd",
            "eye/Thumbs.db",
            "THUMBS.DB",
            "eye/ehthumbs.db",
            "eye/desktop.ini",
            "eye/@eaDir/b1.png/SYNOPHOTO_THUMB_S.jpg",
            "eye/@Recycle/b1.png",
            "eye/#recycle/b1.png",
            "eye/$RECYCLE.BIN/$R1.png",
            "eye/.Trash-1000/files/b1.png",
            "eye/.Trashes/501/b1.png",
            "eye/.snapshot/daily/b1.png",
            "eye/@Recently-Snapshot/b1.png",
            "eye/.dropbox.cache/b1.png",
            "eye/System Volume Information/IndexerVolumeGuid",
            "lost+found/#1234",
            "eye/~$notes.docx",
            "eye/b1.png.tmp",
            "eye/b1_thumb.png",
            "eye/b1_Thumbnail.jpg",
            "eye/thumbnails/b1.png",
        ] {
            assert!(is_litter(litter), "{litter}");
        }
        for kept in
            ["eye/oct.mhd", "eye.v2/a.png", "notthumbs.db", "thumb/b1.png", "a_thumb", "recycled/a.png"]
        {
            assert!(!is_litter(kept), "{kept}");
        }
    }
}
