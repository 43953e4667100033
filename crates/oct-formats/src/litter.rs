//! Files that nobody means to open.

/// Whether a file is one that systems leave in folders and zips, by its path
/// with `/` between the parts.
pub fn is_litter(path: &str) -> bool {
    const LEFT_BEHIND: [&str; 4] = ["__MACOSX", "thumbs.db", "ehthumbs.db", "desktop.ini"];
    path.split('/')
        .any(|part| part.starts_with('.') || LEFT_BEHIND.iter().any(|name| part.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_operating_systems_leave_behind_is_no_data() {
        for litter in [
            ".DS_Store",
            "eye/.DS_Store",
            "eye/.hidden/a.png",
            "__MACOSX/eye/oct.mhd",
            "eye/Thumbs.db",
            "THUMBS.DB",
            "eye/desktop.ini",
        ] {
            assert!(is_litter(litter), "{litter}");
        }
        for kept in ["eye/oct.mhd", "eye.v2/a.png", "notthumbs.db"] {
            assert!(!is_litter(kept), "{kept}");
        }
    }
}
