//! Sentences without the names of files: a clinic's file names carry those of
//! its patients.

/// Shorter names tell nobody apart, and would be found inside of figures.
const SHORTEST: usize = 3;

/// The names by which `paths` could be told: each path, each of its parts, and
/// the last part without its endings; the longest first.
pub(crate) fn names_in<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        names.push(path.to_owned());
        for (at, _) in path.match_indices('/') {
            names.push(path[..at].to_owned());
        }
        for part in path.split('/') {
            names.push(part.to_owned());
            names.extend(part.match_indices('.').map(|(at, _)| part[..at].to_owned()));
        }
    }
    names.retain(|name| name.chars().count() >= SHORTEST);
    names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    names.dedup();
    names
}

/// `sentence` with "the file" in the place of each of `names` (longest first).
pub(crate) fn without(sentence: &str, names: &[String]) -> String {
    let mut nameless = String::with_capacity(sentence.len());
    let mut rest = sentence;
    let mut follows_a_word = false;
    while let Some(letter) = rest.chars().next() {
        let ends = |name: &str| !rest[name.len()..].starts_with(char::is_alphanumeric);
        let found = names
            .iter()
            .find(|name| !follows_a_word && rest.starts_with(name.as_str()) && ends(name.as_str()));
        let length = match found {
            Some(name) => {
                nameless.push_str(if nameless.is_empty() { "The file" } else { "the file" });
                follows_a_word = true;
                name.len()
            }
            None => {
                nameless.push(letter);
                follows_a_word = letter.is_alphanumeric();
                letter.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    nameless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_or_folder_stays_in_a_sentence() {
        let names = names_in(["Doe_John/P77_OD.mhd", "Doe_John/masks/1.png"].into_iter());
        for (sentence, nameless) in [
            ("P77_OD.mhd states 1 mm.", "The file states 1 mm."),
            ("The folder Doe_John/masks was left out.", "The folder the file was left out."),
            ("Drop P77_OD.raw beside Doe_John/P77_OD.mhd.", "Drop the file.raw beside the file."),
            ("1.png, 512 x 1 columns", "The file, 512 x 1 columns"),
            ("unmasks the masked", "unmasks the masked"),
        ] {
            assert_eq!(without(sentence, &names), nameless);
        }
    }

    #[test]
    fn a_sentence_without_names_stays_as_it_is() {
        assert_eq!(
            without("A single B-scan – 496 rows.", &names_in(["a/b.c"].into_iter())),
            "A single B-scan – 496 rows."
        );
    }
}
