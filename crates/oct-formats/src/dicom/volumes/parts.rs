//! Parts of one image, and which of them is missing (PS3.3 C.7.6.16.1.4.2).

use std::collections::{BTreeMap, BTreeSet};

use super::Images;

/// Numbers that a sentence lists.
const LISTED: usize = 4;

/// What is missing of the image that the `members` are parts of, and what else is
/// to be said of them, in sentences.
pub(super) fn missing(images: &Images<'_>, members: &[usize]) -> (Vec<String>, Vec<String>) {
    let parts = || members.iter().map(|member| images.image(*member));
    let name = parts().map(|image| image.path.as_str()).min().unwrap_or_default();
    let sentence = |what: String| vec![format!("{name} is stored in parts: {what}.")];

    let numbers: Option<Vec<u32>> = parts().map(|image| image.facts.part.as_ref()?.number).collect();
    let totals: BTreeSet<u32> = parts().filter_map(|image| image.facts.part.as_ref()?.total).collect();
    let Some(mut numbers) = numbers else {
        if totals.iter().all(|total| *total == 1) && members.len() == 1 && !totals.is_empty() {
            return (Vec::new(), Vec::new());
        }
        return (sentence("not each of them says which one it is".to_owned()), Vec::new());
    };
    numbers.sort_unstable();
    // Some count from 0.
    if numbers.first() == Some(&0) {
        numbers.iter_mut().for_each(|number| *number += 1);
    }
    if let Some([twice, _]) = numbers.array_windows().find(|[one, other]| one == other) {
        return (sentence(format!("there are two different parts {twice}")), Vec::new());
    }
    let last = numbers.last().copied().unwrap_or(0);
    let total = totals.last().copied();
    let lost = missing_numbers(&numbers, total.unwrap_or(0).max(last));
    if !lost.is_empty() {
        let of = total.filter(|total| *total >= last).map(|total| format!(" of {total}")).unwrap_or_default();
        let (parts, are) = if lost.len() == 1 { ("part", "is") } else { ("parts", "are") };
        return (
            sentence(format!(
                "{parts} {}{of} {are} missing, add what is missing to what you open",
                listed(&lost)
            )),
            Vec::new(),
        );
    }
    if totals.len() > 1 || total.is_some_and(|total| total < last) {
        let totals: Vec<u32> = totals.into_iter().collect();
        return (
            sentence(format!(
                "there are {} of them, but they state {} in all",
                numbers.len(),
                listed(&totals)
            )),
            Vec::new(),
        );
    }
    let gap = gap(images, members);
    if let Some(what) = gap {
        return (sentence(what), Vec::new());
    }
    match total {
        None if members.len() == 1 => {
            (sentence(format!("only part {last} is here, add what is missing to what you open")), Vec::new())
        }
        None => (
            Vec::new(),
            sentence(format!(
                "how many is not stated, check that the {} that were opened are all of them",
                members.len()
            )),
        ),
        Some(_) => (Vec::new(), Vec::new()),
    }
}

/// Which of 1 to `total` are not among the sorted `numbers`.
fn missing_numbers(numbers: &[u32], total: u32) -> Vec<u32> {
    let mut missing = Vec::new();
    let mut there = numbers.iter().copied().peekable();
    for number in 1..=total {
        if there.peek() == Some(&number) {
            there.next();
        } else {
            missing.push(number);
        }
    }
    missing
}

/// Where the frames before a part, as it counts them, are not those that are here.
fn gap(images: &Images<'_>, members: &[usize]) -> Option<String> {
    let mut parts = BTreeMap::new();
    for member in members {
        let facts = &images.image(*member).facts;
        let part = facts.part.as_ref()?;
        parts.insert(part.number?, (part.offset? as usize, facts.layout.frames));
    }
    // Nobody filled the field.
    if parts.values().all(|(offset, _)| *offset == 0) {
        return None;
    }
    let mut before = 0;
    for (number, (offset, frames)) in parts {
        if offset != before {
            return Some(if offset > before {
                format!("B-scans {} to {offset} before part {number} are missing", before + 1)
            } else {
                format!(
                    "part {number} begins with B-scan {}, which the part before it holds, too",
                    offset + 1
                )
            });
        }
        before += frames;
    }
    None
}

/// `2`, `2 and 3`, `2, 3, 4, 5 and more`.
fn listed(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().take(LISTED).map(u32::to_string).collect();
    match words.as_slice() {
        _ if numbers.len() > LISTED => format!("{} and more", words.join(", ")),
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        words => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_missing_are_listed() {
        assert_eq!(missing_numbers(&[1, 3], 3), [2]);
        assert_eq!(missing_numbers(&[2], 3), [1, 3]);
        assert_eq!(missing_numbers(&[1, 2], 0), [0; 0]);
        assert_eq!(listed(&[2]), "2");
        assert_eq!(listed(&[1, 3]), "1 and 3");
        assert_eq!(listed(&[1, 2, 3, 4, 5]), "1, 2, 3, 4 and more");
    }
}
