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
/// two stacks, `a1 a2 b3 b4` may be one.
fn by_name((key, files): (Key, Vec<InputFile>)) -> Vec<(Key, Vec<InputFile>)> {
    let mut by_name: BTreeMap<String, Vec<InputFile>> = BTreeMap::new();
    let mut numbers: BTreeMap<String, BTreeSet<Option<u64>>> = BTreeMap::new();
    for file in files {
        let (name, number) = without_numbers(file.name());
        numbers.entry(name.clone()).or_default().insert(number);
        by_name.entry(name).or_default().push(file);
    }
    let mut sets = numbers.values();
    let same = sets.next().is_some_and(|first| {
        first.len() > 1 && sets.all(|other| other.len() > 1 && other.intersection(first).count() > 1)
    });
    if by_name.len() < 2 || !same {
        return vec![(key, by_name.into_values().flatten().collect())];
    }
    by_name.into_iter().map(|(name, files)| (Key { name: Some(name), ..key.clone() }, files)).collect()
}

/// A name with `#` for each number, and its last number.
fn without_numbers(name: &str) -> (String, Option<u64>) {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (mut words, mut digits, mut last) = (String::new(), String::new(), None);
    for letter in stem.to_lowercase().chars().chain([' ']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        if !digits.is_empty() {
            last = digits.parse().ok();
            digits.clear();
            words.push('#');
        }
        words.push(letter);
    }
    (words.trim().to_owned(), last)
}

/// The numbers that are missing where the images of a stack are counted evenly but for
/// a few: `1 2 3 5` lacks 4. Empty where the names are not counted so.
pub(super) fn missing_numbers(files: &[InputFile]) -> Vec<u64> {
    let named: Vec<(String, Option<u64>)> = files.iter().map(|file| without_numbers(file.name())).collect();
    let Some((first, _)) = named.first() else { return Vec::new() };
    let mut numbers: Vec<u64> =
        named.iter().filter(|(name, _)| name == first).filter_map(|(_, n)| *n).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < 4 || numbers.len() != files.len() {
        return Vec::new();
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
    if !is_count {
        return Vec::new();
    }
    let there: BTreeSet<u64> = numbers.iter().copied().collect();
    let (low, high) = (numbers[0], numbers[numbers.len() - 1]);
    if (high - low) / step > 3 * numbers.len() as u64 {
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
    }

    #[test]
    fn a_number_that_is_missing_is_found_and_other_numbers_are_no_count() {
        let missing = |numbers: &[u64]| {
            let file = |number: &u64| InputFile { path: format!("b{number}.png"), bytes: Vec::new() };
            missing_numbers(&numbers.iter().map(file).collect::<Vec<_>>())
        };
        assert_eq!(missing(&[1, 2, 3, 4, 6, 7, 8]), [5]);
        assert_eq!(missing(&[0, 5, 10, 20, 25]), [15]);
        assert!(missing(&[3, 4, 5, 6]).is_empty());
        assert!(missing(&[0, 5, 10, 15]).is_empty());
        assert!(missing(&[101_523, 101_611, 101_655, 101_702]).is_empty());
        assert!(missing(&[u64::MAX, 0, 1, 2, 3]).is_empty());
    }
}
