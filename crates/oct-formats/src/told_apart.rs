//! Choices that a person can tell from each other.

use std::collections::{BTreeMap, BTreeSet};

/// `choices` with something added to those that are the same: the first of `more` that
/// differs for each of these, else their number.
pub(crate) fn told_apart(mut choices: Vec<String>, more: &[&dyn Fn(usize) -> Option<String>]) -> Vec<String> {
    let mut twins: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, choice) in choices.iter().enumerate() {
        twins.entry(choice.clone()).or_default().push(index);
    }
    for twins in twins.into_values().filter(|twins| twins.len() > 1) {
        let differs = |tell: &&&dyn Fn(usize) -> Option<String>| {
            let told: Option<BTreeSet<String>> = twins.iter().map(|index| tell(*index)).collect();
            told.is_some_and(|told| told.len() == twins.len())
        };
        let tell = more.iter().find(differs);
        for (number, index) in twins.iter().enumerate() {
            let word = match tell {
                Some(tell) => tell(*index).map(|word| format!(", {word}")),
                None => (number > 0).then(|| format!(" ({})", number + 1)),
            };
            if let Some(choice) = choices.get_mut(*index) {
                choice.push_str(&word.unwrap_or_default());
            }
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_choices_get_the_first_word_that_differs_for_all_of_them() {
        let choices = || ["a", "b", "a", "a"].map(str::to_owned).to_vec();
        let half = |index: usize| Some(format!("h{}", index / 3));
        let file = |index: usize| Some(format!("{index}.dcm"));
        assert_eq!(told_apart(choices(), &[&half, &file]), ["a, 0.dcm", "b", "a, 2.dcm", "a, 3.dcm"]);
        assert_eq!(told_apart(choices(), &[&half, &|_| None]), ["a", "b", "a (2)", "a (3)"]);
    }
}
