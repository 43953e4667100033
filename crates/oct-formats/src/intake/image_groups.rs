//! Which images belong together. A folder may hold two eyes, two visits, flow beside
//! structure or images of other sizes, and a stack of all of them would be no eye.

use std::collections::{BTreeMap, BTreeSet};

use oct::Laterality;

use crate::InputFile;
use crate::images;
use crate::names::{Eye, Meaning, day, eye_in_path};

/// Images that make one scan.
#[derive(Debug)]
pub(super) struct Group {
    /// What tells it from the others.
    pub(super) called: String,
    /// What its names say that it shows, where that is no plain structure.
    pub(super) meaning: Option<Meaning>,
    /// Its images.
    pub(super) files: Vec<InputFile>,
}

/// What images of one scan have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Structure comes first.
    meaning: Option<Meaning>,
    eye: Option<&'static str>,
    day: Option<String>,
    folder: String,
    size: Option<[usize; 2]>,
    /// The name without its numbers, where the same numbers occur with several names.
    name: Option<String>,
}

/// The scans among `files`, the likeliest one first.
pub(super) fn groups(files: Vec<InputFile>) -> Vec<Group> {
    let eyes: Vec<Option<Eye>> = files.iter().map(|file| eye_in_path(&file.path)).collect();
    let any = |wanted: Laterality| eyes.iter().flatten().any(|eye| eye.laterality() == wanted);
    let short_words_count = any(Laterality::Od) && any(Laterality::Os) && eyes.iter().all(Option::is_some);
    let mut by_key: BTreeMap<Key, Vec<InputFile>> = BTreeMap::new();
    for (file, eye) in files.into_iter().zip(&eyes) {
        let eye = match eye {
            Some(Eye::Surely(eye)) => Some(*eye),
            Some(Eye::Perhaps(eye)) if short_words_count => Some(*eye),
            Some(Eye::Perhaps(_)) | None => None,
        };
        let key = Key {
            meaning: Meaning::of(file.name()),
            folder: file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
            eye: eye.map(Laterality::abbreviation),
            day: day(&file.path),
            size: images::size(&file.bytes),
            name: None,
        };
        by_key.entry(key).or_default().push(file);
    }
    let by_key: Vec<(Key, Vec<InputFile>)> = by_key.into_iter().flat_map(by_name).collect();
    let differ = |part: fn(&Key) -> Option<String>| {
        by_key.iter().map(|(key, _)| part(key)).collect::<BTreeSet<_>>().len() > 1
    };
    let parts: [fn(&Key) -> Option<String>; 6] = [
        |key| key.eye.map(str::to_owned),
        |key| key.day.clone(),
        |key| key.meaning.map(|meaning| meaning.called().to_owned()),
        |key| key.name.clone(),
        |key| Some(key.folder.clone()).filter(|folder| !folder.is_empty()),
        |key| key.size.map(|[columns, rows]| format!("{columns} x {rows}")),
    ];
    // The name of a folder may be a person's: it tells where nothing else does.
    let told_without_folder = {
        let without = |key: &Key| [0, 1, 2, 3, 5].map(|part| parts[part](key));
        by_key.iter().map(|(key, _)| without(key)).collect::<BTreeSet<_>>().len() == by_key.len()
    };
    let wanted: Vec<fn(&Key) -> Option<String>> = parts
        .into_iter()
        .enumerate()
        .filter(|(place, part)| differ(*part) && !(*place == 4 && told_without_folder))
        .map(|(_, part)| part)
        .collect();
    let called = |key: &Key, images: usize| {
        let mut words: Vec<String> = wanted.iter().filter_map(|part| part(key)).collect();
        words.push(if images == 1 { "1 image".to_owned() } else { format!("{images} images") });
        words.join(", ")
    };
    let mut groups: Vec<Group> = by_key
        .iter()
        .map(|(key, files)| called(key, files.len()))
        .collect::<Vec<_>>()
        .into_iter()
        .zip(by_key)
        .map(|(called, (key, files))| Group { called, meaning: key.meaning, files })
        .collect();
    // One image of another size beside a stack is hardly the scan.
    groups.sort_by_key(|group| (group.meaning, group.files.len() == 1));
    groups
}

/// Splits images whose names count the same numbers with other words: `a1 a2 b1 b2` are
/// two stacks, `a1 a2 b3 b4` may be one. A word may be a number itself, as a visit is, or
/// the ending of the file.
fn by_name((key, files): (Key, Vec<InputFile>)) -> Vec<(Key, Vec<InputFile>)> {
    let names: Vec<Name> = files.iter().map(|file| Name::of(file.name())).collect();
    let stems: BTreeSet<_> = names.iter().map(|name| (&name.words, &name.numbers)).collect();
    let with_endings: BTreeSet<_> =
        names.iter().map(|name| (&name.words, &name.numbers, &name.ending)).collect();
    let saved_twice = stems.len() < with_endings.len();
    let mut by_words: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    for (name, file) in names.into_iter().zip(files) {
        let words = if saved_twice { format!("{}.{}", name.words, name.ending) } else { name.words.clone() };
        by_words.entry(words).or_default().push((name, file));
    }
    let counts = by_words.values().map(|of_words| {
        let names: Vec<&Name> = of_words.iter().map(|(name, _)| name).collect();
        counted(&names).into_iter().collect::<BTreeSet<u64>>()
    });
    let counts: Vec<BTreeSet<u64>> = counts.collect();
    let same = counts.split_first().is_some_and(|(first, others)| {
        first.len() > 1 && others.iter().all(|other| other.len() > 1 && other.intersection(first).count() > 1)
    });
    let stacks: Vec<(Option<String>, Vec<Named>)> = if by_words.len() > 1 && (same || saved_twice) {
        by_words.into_iter().map(|(words, files)| (Some(words), files)).collect()
    } else {
        vec![(None, by_words.into_values().flatten().collect())]
    };
    let mut split = Vec::new();
    for (words, files) in stacks {
        for (number, files) in by_number(files) {
            let told: Vec<String> = words.iter().cloned().chain(number).collect();
            let name = (!told.is_empty()).then(|| told.join(" "));
            split.push((Key { name, ..key.clone() }, files));
        }
    }
    split
}

/// Splits images of one name by a number in it that stands before the same counts again:
/// `1001_1 1001_2 1002_1 1002_2` are two stacks, and so are `b1_1 b1_2 b2_1 b2_2 b3_1 b3_2`.
fn by_number(files: Vec<Named>) -> Vec<(Option<String>, Vec<InputFile>)> {
    let names: Vec<&Name> = files.iter().map(|(name, _)| name).collect();
    let telling = varying(&names).into_iter().filter_map(|place| {
        let mut rests: BTreeMap<u64, BTreeSet<Vec<u64>>> = BTreeMap::new();
        for name in &names {
            let mut rest = name.numbers.clone();
            let number = rest.remove(place);
            rests.entry(number).or_default().insert(rest);
        }
        let mut sets = rests.values();
        let first = sets.next()?;
        let again = first.len() > 1 && sets.all(|other| other.intersection(first).count() > 1);
        again.then_some((rests.len(), place))
    });
    let Some((_, place)) = telling.min() else {
        return vec![(None, files.into_iter().map(|(_, file)| file).collect())];
    };
    let mut by_number: BTreeMap<u64, (Option<String>, Vec<InputFile>)> = BTreeMap::new();
    for (name, file) in files {
        let of_number = by_number.entry(name.numbers[place]);
        of_number.or_insert_with(|| (Some(name.told_at(place)), Vec::new())).1.push(file);
    }
    by_number.into_values().collect()
}

/// A file beside its name.
type Named = (Name, InputFile);

/// A file name with its numbers apart.
struct Name {
    /// In lower case, with `#` for each number, without the ending.
    words: String,
    /// The numbers; those too large for 64 bits are 0.
    numbers: Vec<u64>,
    /// In lower case.
    ending: String,
}

impl Name {
    fn of(name: &str) -> Self {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let (mut words, mut digits, mut numbers) = (String::new(), String::new(), Vec::new());
        for letter in stem.to_lowercase().chars().chain([' ']) {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            if !digits.is_empty() {
                numbers.push(digits.parse().unwrap_or(0));
                digits.clear();
                words.push('#');
            }
            words.push(letter);
        }
        Self { words: words.trim().to_owned(), numbers, ending: ending.to_lowercase() }
    }

    /// The number at `place` with the word before it, as `visit 2`.
    fn told_at(&self, place: usize) -> String {
        let before = self.words.split('#').nth(place).unwrap_or("");
        let word = before.split(|letter: char| !letter.is_alphabetic()).rfind(|word| !word.is_empty());
        let number = self.numbers[place];
        word.map_or_else(|| number.to_string(), |word| format!("{word} {number}"))
    }
}

/// Places of the numbers that are not the same in all `names`, where these have as many.
fn varying(names: &[&Name]) -> Vec<usize> {
    let Some(first) = names.first() else { return Vec::new() };
    if names.iter().any(|name| name.numbers.len() != first.numbers.len()) {
        return Vec::new();
    }
    (0..first.numbers.len())
        .filter(|place| names.iter().any(|name| name.numbers[*place] != first.numbers[*place]))
        .collect()
}

/// The numbers that count `names`: the last that varies.
fn counted(names: &[&Name]) -> Vec<u64> {
    let place = varying(names).pop();
    place.map_or_else(Vec::new, |place| names.iter().map(|name| name.numbers[place]).collect())
}

/// How many images there should be, where each name says it after the count, as `b01of08`.
fn declared(names: &[&Name]) -> Option<u64> {
    let [place] = varying(names)[..] else { return None };
    let first = names.first()?;
    let between = first.words.split('#').nth(place + 1)?;
    let word = between.trim_matches(|letter: char| !letter.is_alphabetic());
    matches!(word, "of" | "von" | "de" | "sur" | "di" | "van")
        .then(|| first.numbers.get(place + 1).copied())?
}

/// The numbers that are missing where the images of a stack are counted evenly but for
/// a few: `1 2 3 5` lacks 4, `1of4 2of4 3of4` lacks 4. Empty where the names are not
/// counted so.
pub(super) fn missing_numbers(files: &[InputFile]) -> Vec<u64> {
    let named: Vec<Name> = files.iter().map(|file| Name::of(file.name())).collect();
    let names: Vec<&Name> = named.iter().collect();
    if names.iter().any(|name| name.words != named[0].words) {
        return Vec::new();
    }
    let mut numbers = counted(&names);
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < 4 || numbers.len() != files.len() {
        return Vec::new();
    }
    let there: BTreeSet<u64> = numbers.iter().copied().collect();
    let (low, high) = (numbers[0], numbers[numbers.len() - 1]);
    if let Some(total) = declared(&names).filter(|total| high <= *total && *total <= 4 * numbers.len() as u64)
    {
        let counts = if low == 0 { 0..total } else { 1..total + 1 };
        return counts.filter(|number| !there.contains(number)).collect();
    }
    let mut steps: BTreeMap<u64, usize> = BTreeMap::new();
    for [one, next] in numbers.array_windows() {
        *steps.entry(next - one).or_default() += 1;
    }
    let Some((step, often)) =
        steps.iter().max_by_key(|(_, often)| **often).map(|(step, often)| (*step, *often))
    else {
        return Vec::new();
    };
    // Times of day and the like are no count: most steps must be one and the same.
    let is_count = often * 3 >= (numbers.len() - 1) * 2 && steps.keys().all(|other| other % step == 0);
    if !is_count || (high - low) / step > 3 * numbers.len() as u64 {
        return Vec::new();
    }
    (low..=high)
        .step_by(usize::try_from(step).unwrap_or(1))
        .filter(|number| !there.contains(number))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(names: &[&str]) -> Vec<(String, usize)> {
        let file = |name: &&str| InputFile { path: (*name).to_owned(), bytes: Vec::new() };
        groups(names.iter().map(file).collect()).into_iter().map(|g| (g.called, g.files.len())).collect()
    }

    #[test]
    fn eyes_days_and_flow_are_scans_of_their_own() {
        let told = |names: &[&str]| called(names).into_iter().map(|(called, _)| called).collect::<Vec<_>>();
        assert_eq!(told(&["OD_1.png", "OD_2.png", "OS_1.png"]), ["OD, 2 images", "OS, 1 image"]);
        assert_eq!(told(&["a/left/1.png", "a/right/1.png"]), ["OD, 1 image", "OS, 1 image"]);
        assert_eq!(told(&["s1_R.png", "s2_R.png", "s1_L.png"]), ["OD, 2 images", "OS, 1 image"]);
        assert_eq!(
            told(&["20240101_1.png", "20240101_2.png", "20240601_1.png", "20240601_2.png"]),
            ["2024-01-01, 2 images", "2024-06-01, 2 images"]
        );
        assert_eq!(
            told(&["b1_angio.png", "b1.png", "b2.png", "b2_angio.png"]),
            ["2 images", "flow, 2 images"]
        );
        assert_eq!(told(&["x/1.png", "y/1.png"]), ["x, 1 image", "y, 1 image"]);
    }

    #[test]
    fn the_same_numbers_with_other_words_are_two_stacks() {
        assert_eq!(called(&["a1.png", "a2.png", "b1.png", "b2.png"]).len(), 2);
        assert_eq!(called(&["a1.png", "a2.png", "b3.png", "b4.png"]).len(), 1);
        assert_eq!(called(&["scan_l1.png", "scan_l2.png"]), [("2 images".to_owned(), 2)]);
        assert_eq!(called(&["A9.png", "B1.png", "B02.png", "b2.png"]).len(), 1);
        assert_eq!(called(&["b1.png", "b2.png", "b1 (1).png", "b2 (1).png"]).len(), 2, "copies");
        assert_eq!(called(&["b1.png", "b2.png", "b1.jpg", "b2.jpg"]).len(), 2, "saved twice");
        assert_eq!(called(&["b1.png", "b2.jpg", "b3.png"]).len(), 1);
    }

    #[test]
    fn the_same_counts_after_another_number_are_two_stacks() {
        let told = |names: &[&str]| called(names).into_iter().map(|(called, _)| called).collect::<Vec<_>>();
        assert_eq!(
            told(&["1001_1.png", "1001_2.png", "1002_1.png", "1002_2.png"]),
            ["1001, 2 images", "1002, 2 images"]
        );
        assert_eq!(
            told(&["v1_b1.png", "v1_b2.png", "v1_b3.png", "v2_b1.png", "v2_b2.png", "v2_b3.png"]),
            ["v 1, 3 images", "v 2, 3 images"]
        );
        assert_eq!(
            told(&["b1_1.png", "b1_2.png", "b2_1.png", "b2_2.png", "b3_1.png", "b3_2.png"]),
            ["1, 3 images", "2, 3 images"]
        );
        let counted = ["s7_101523_b1.png", "s7_101524_b2.png", "s7_101525_b3.png"];
        assert_eq!(called(&counted).len(), 1, "a time of day counts with the B-scans");
        let of_eight: Vec<String> = (1..=8).map(|n| format!("b{n:02}of08.png")).collect();
        assert_eq!(called(&of_eight.iter().map(String::as_str).collect::<Vec<_>>()).len(), 1);
    }

    /// What is missing among `numbers` in names that `named` makes of them.
    fn missing_of(numbers: &[u64], named: impl Fn(u64) -> String) -> Vec<u64> {
        let file = |number: &u64| InputFile { path: named(*number), bytes: Vec::new() };
        missing_numbers(&numbers.iter().map(file).collect::<Vec<_>>())
    }

    #[test]
    fn names_that_say_how_many_there_are_show_that_the_last_is_missing() {
        let missing = |numbers: &[u64]| missing_of(numbers, |number| format!("b{number:02}of08.png"));
        assert_eq!(missing(&[1, 2, 3, 4, 5, 6, 7]), [8]);
        assert_eq!(missing(&[0, 1, 2, 3, 4, 5, 6]), [7]);
        assert!(missing(&[1, 2, 3, 4, 5, 6, 7, 8]).is_empty());
    }

    #[test]
    fn a_number_that_is_missing_is_found_and_other_numbers_are_no_count() {
        let missing = |numbers: &[u64]| missing_of(numbers, |number| format!("b{number}.png"));
        assert_eq!(missing(&[1, 2, 3, 4, 6, 7, 8]), [5]);
        assert_eq!(missing(&[0, 5, 10, 20, 25]), [15]);
        assert!(missing(&[3, 4, 5, 6]).is_empty());
        assert!(missing(&[0, 5, 10, 15]).is_empty());
        assert!(missing(&[101_523, 101_611, 101_655, 101_702]).is_empty());
        assert!(missing(&[u64::MAX, 0, 1, 2, 3]).is_empty());
    }
}
