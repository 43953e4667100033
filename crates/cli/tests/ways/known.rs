//! Ways that are answered wrongly, and why they still are. A row here that begins
//! to pass fails the test: it is to be struck off.

/// Names of ways, `*` for any letters, and the reason.
pub const KNOWN: &[(&str, &str)] = &[];

/// Why the way `name` of the table is known to be wrong.
pub fn why(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(pattern, _)| fits(pattern, name)).map(|(_, why)| *why)
}

/// Why a composition that has a part of a known way may be wrong.
pub fn why_perhaps(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(pattern, _)| name.contains(pattern.trim_start_matches('*'))).map(|(_, why)| *why)
}

/// Whether `name` is like `pattern`.
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}
