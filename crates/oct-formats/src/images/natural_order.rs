//! The order in which people count: B2 before B10.

/// A run of a name: digits compare as numbers, the rest as lower-case text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Count of significant digits, then the digits: as numbers of any length.
    Number(usize, String),
    Text(String),
}

/// Sorts B2 before B10. The name itself breaks ties (B2 and b02).
pub(crate) fn natural_key(name: &str) -> (Vec<Part>, String) {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        parts.push(if digits {
            let number = run.trim_start_matches('0');
            Part::Number(number.len(), number.to_owned())
        } else {
            Part::Text(run.to_lowercase())
        });
        rest = after;
    }
    (parts, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names =
            ["B10.png", "b2.png", "B1.png", "B02.png", "A9.png", "B2 (1).png", "B999999999999999999999.png"];
        names.sort_by_cached_key(|name| natural_key(name));
        assert_eq!(
            names,
            ["A9.png", "B1.png", "B2 (1).png", "B02.png", "b2.png", "B10.png", "B999999999999999999999.png"]
        );
    }
}
