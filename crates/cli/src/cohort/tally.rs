//! How a cohort went: how many scans there are of each state, and what is to be done.

use std::fmt::Write;

use serde::Serialize;

use super::record::State;
use crate::failure::Failure;

/// How many scans there are of each state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Measured, those too that an earlier run did.
    pub done: usize,
    /// Of these, what an earlier run did.
    pub done_before: usize,
    /// Damaged, or the program failed on them.
    pub failed: usize,
    /// Nothing that is measured here.
    pub refused: usize,
    /// That wait for a person.
    pub needs_answer: usize,
    /// Lines of earlier runs that could not be read.
    pub lost: usize,
    /// What is not done: what people call it, with state and sentence. It may name patients.
    #[serde(skip)]
    pub open: Vec<(String, &'static str, String)>,
}

impl Tally {
    /// Counts a scan that people know as `called`.
    pub fn count(&mut self, called: &str, state: State, sentence: Option<String>) {
        match state {
            State::Done => self.done += 1,
            State::Failed => self.failed += 1,
            State::Refused => self.refused += 1,
            State::NeedsAnswer => self.needs_answer += 1,
        }
        if state != State::Done {
            self.open.push((called.to_owned(), state.name(), sentence.unwrap_or_default()));
        }
    }

    /// Counts a line that could not be read.
    pub fn lose(&mut self, called: &str, failure: &Failure) {
        self.lost += 1;
        self.open.push((called.to_owned(), "lost", failure.sentence()));
    }

    /// All scans.
    pub fn scans(&self) -> usize {
        self.done + self.failed + self.refused + self.needs_answer
    }

    /// Whether every scan is measured.
    pub fn is_all_done(&self) -> bool {
        self.lost == 0 && self.done == self.scans()
    }

    /// What is not done, a line each.
    pub fn open_in_words(&self) -> String {
        let mut text = String::new();
        for (called, state, sentence) in &self.open {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{state}: {called}: {sentence}");
        }
        text
    }

    /// The counts in one line, without those that are 0.
    pub fn in_words(&self) -> String {
        let scans = self.scans();
        let mut text = format!("{scans} {}, {} done", if scans == 1 { "scan" } else { "scans" }, self.done);
        let others = [
            (self.done_before, "of them before"),
            (self.failed, "failed"),
            (self.refused, "refused"),
            (self.needs_answer, "waiting for an answer"),
            (self.lost, "lost"),
        ];
        for (count, word) in others.iter().filter(|(count, _)| *count > 0) {
            let _ = write!(text, ", {count} {word}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cohort_of_which_all_is_measured_is_all_done() {
        let mut tally = Tally::default();
        tally.count("a", State::Done, None);
        assert!(tally.is_all_done());
        assert_eq!(tally.in_words(), "1 scan, 1 done");
        tally.count("b", State::NeedsAnswer, Some("Say it.".to_owned()));
        tally.count("c", State::Failed, Some("It is cut.".to_owned()));
        assert!(!tally.is_all_done());
        assert_eq!(tally.in_words(), "3 scans, 1 done, 1 failed, 1 waiting for an answer");
        assert_eq!(tally.open_in_words(), "needs-answer: b: Say it.\nfailed: c: It is cut.\n");
    }
}
