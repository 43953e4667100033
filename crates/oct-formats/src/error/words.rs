//! Parts of sentences.

use crate::formats::what_to_drop;

/// "None of the 3 files is", "The file dropped is not".
pub(super) fn none_of(count: usize) -> String {
    if count == 1 { "The file dropped is not".to_owned() } else { format!("None of the {count} files is") }
}

/// What litter is, behind its names, and what to drop in its place.
pub(super) fn only_litter(count: usize, are_small_copies: bool) -> String {
    match (are_small_copies, count) {
        (true, 1) => "is a small copy of an image and no scan: drop the image itself.".to_owned(),
        (true, _) => "are small copies of images and no scan: drop the images themselves.".to_owned(),
        (false, _) => {
            let is = if count == 1 { "is a file" } else { "are files" };
            format!("{is} that a system or program keeps for itself and no scan: drop {}.", what_to_drop())
        }
    }
}

/// Digits in groups of three: 25,165,824.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `holds 12 bytes, more than the 10 that`.
pub(super) fn more_than(found: Option<u64>, expected: u64) -> String {
    let expected = grouped(expected);
    match found {
        Some(found) => format!("holds {} bytes, more than the {expected} that", grouped(found)),
        None => format!("unpacks to more than the {expected} bytes that"),
    }
}

/// ` (text)`, nothing where there is no text.
pub(super) fn in_brackets(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

/// The words of a library, cut to one short clause.
pub(super) fn clause(words: impl std::fmt::Display) -> String {
    let words = words.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    words.trim_end_matches('.').chars().take(160).collect()
}

/// Names that a sentence lists.
const LISTED: usize = 3;
/// What stands behind them where there are more.
pub(crate) const MORE: &str = ", …";

/// The first few of `names`: `a, b, c, …`.
pub(crate) fn listed<Name: AsRef<str>>(names: impl ExactSizeIterator<Item = Name>) -> String {
    let more = if names.len() > LISTED { MORE } else { "" };
    let first: Vec<Name> = names.take(LISTED).collect();
    let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
    format!("{}{more}", first.join(", "))
}

/// "was" or "were", behind `count` names.
pub(crate) fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// Text of a file for an error: cut to one line that a person reads.
pub(crate) fn shortened(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut short: String = text.chars().take(60).map(shown).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn text_of_a_hostile_file_is_cut_to_one_line() {
        assert_eq!(shortened("a\r\nb"), "a  b");
        assert_eq!(shortened(&"x".repeat(1 << 20)).chars().count(), 61);
    }
}
