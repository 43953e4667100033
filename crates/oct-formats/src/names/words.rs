//! The words of a name.

/// The words of `text` in lower case, apart at signs, between letters and digits, and
/// where a capital begins one.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in text.chars() {
        let begins = !before.is_alphanumeric()
            || before.is_numeric() != letter.is_numeric()
            || before.is_lowercase() && letter.is_uppercase();
        if letter.is_alphanumeric() {
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
        before = letter;
    }
    words
}

/// Whether one of `wanted` is among `words`; `a b` stands for two in turn.
pub(super) fn has(words: &[String], wanted: &[&str]) -> bool {
    wanted.iter().any(|phrase| match phrase.split_once(' ') {
        Some((one, next)) => words.array_windows().any(|[a, b]| a == one && b == next),
        None => words.iter().any(|word| word == phrase),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_apart_at_signs_digits_and_capitals() {
        assert_eq!(words("OCT-A 12b EnFace"), ["oct", "a", "12", "b", "en", "face"]);
        assert_eq!(words("DERIVED\\PRIMARY\\\\EN-FACE"), ["derived", "primary", "en", "face"]);
        let said = words("scan of en face, flow");
        assert!(has(&said, &["en face"]) && has(&said, &["flow"]) && !has(&said, &["face flow of"]));
        assert!(!has(&words("overflow"), &["flow"]) && !has(&words("face en"), &["en face"]));
    }
}
