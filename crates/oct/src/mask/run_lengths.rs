//! Labels of one B-scan as runs of equal labels: what is kept of a mask for long.

use std::ops::Range;

use super::fluid_class::FluidClass;

/// A label mask of one B-scan as runs of equal labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunLengths(Vec<(u32, u8)>);

impl RunLengths {
    /// Encodes labels.
    pub fn encode(labels: &[u8]) -> Self {
        Self(labels.chunk_by(|a, b| a == b).map(|run| (run.len() as u32, run[0])).collect())
    }

    /// The mask that `runs` make up: lengths and labels, row by row.
    pub fn of_runs(runs: Vec<(u32, u8)>) -> Self {
        Self(runs)
    }

    /// Lengths and labels of its runs, row by row.
    pub fn runs(&self) -> &[(u32, u8)] {
        &self.0
    }

    /// The labels again.
    pub fn decode(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(length, label)| std::iter::repeat_n(*label, *length as usize)).collect()
    }

    /// How many labels there are.
    pub fn length(&self) -> usize {
        self.0.iter().map(|(length, _)| *length as usize).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Calls `of` with the places of each run of `label`.
    pub fn for_each_of(&self, label: u8, mut of: impl FnMut(Range<usize>)) {
        let mut at = 0;
        for (length, run) in &self.0 {
            let end = at + *length as usize;
            if *run == label {
                of(at..end);
            }
            at = end;
        }
    }

    /// The label at `index`, or `None` past the end.
    pub fn at(&self, index: usize) -> Option<u8> {
        let mut end = 0;
        self.0.iter().find_map(|(length, label)| {
            end += *length as usize;
            (index < end).then_some(*label)
        })
    }

    /// The labels of `column` of `columns`, from the first row on.
    pub fn column(&self, columns: usize, column: usize) -> Vec<u8> {
        let mut labels = Vec::new();
        let (mut end, mut next) = (0, column);
        for (length, label) in &self.0 {
            end += *length as usize;
            while next < end {
                labels.push(*label);
                next += columns.max(1);
            }
        }
        labels
    }

    /// For each of `columns` the rows that have `label`.
    pub fn rows_per_column(&self, columns: usize, label: u8) -> Vec<u32> {
        let mut rows = vec![0; columns];
        self.for_each_of(label, |places| places.for_each(|place| rows[place % columns] += 1));
        rows
    }

    /// As bytes: five a run, its length little-endian and its label.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = |(length, label): &(u32, u8)| {
            let [a, b, c, d] = length.to_le_bytes();
            [a, b, c, d, *label]
        };
        self.0.iter().flat_map(bytes).collect()
    }

    /// What [`Self::to_bytes`] wrote; `None` where they are no whole runs.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (runs, []) = bytes.as_chunks::<5>() else { return None };
        let run = |[a, b, c, d, label]: &[u8; 5]| (u32::from_le_bytes([*a, *b, *c, *d]), *label);
        Some(Self(runs.iter().map(run).collect()))
    }

    /// For each column the class with the most pixels in it, of those `shown`.
    pub fn class_per_column(&self, columns: usize, shown: [bool; 3]) -> Vec<Option<FluidClass>> {
        let mut counts = vec![[0_u32; 3]; columns];
        let mut at = 0;
        for (length, label) in &self.0 {
            if let Some(class) = FluidClass::from_label(*label).filter(|class| shown[class.index()]) {
                for pixel in at..at + *length as usize {
                    counts[pixel % columns][class.index()] += 1;
                }
            }
            at += *length as usize;
        }
        counts
            .into_iter()
            .map(|counts| {
                let most = FluidClass::ALL.into_iter().max_by_key(|class| counts[class.index()])?;
                (counts[most.index()] > 0).then_some(most)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_survives_its_run_lengths() {
        let labels = [0, 0, 0, 1, 1, 3, 0, 2, 2, 2];
        let runs = RunLengths::encode(&labels);
        assert_eq!(runs.runs(), [(3, 0), (2, 1), (1, 3), (1, 0), (3, 2)]);
        assert_eq!(RunLengths::of_runs(runs.runs().to_vec()), runs);
        assert_eq!(runs.decode(), labels);
        assert_eq!(RunLengths::encode(&[]).decode(), Vec::<u8>::new());
    }

    #[test]
    fn runs_survive_their_bytes_and_what_is_cut_is_refused() {
        let runs = RunLengths::encode(&[0, 0, 3, 1, 1, 1]);
        assert_eq!(RunLengths::of_bytes(&runs.to_bytes()).as_ref(), Some(&runs));
        assert_eq!(RunLengths::of_bytes(&runs.to_bytes()[1..]), None);
        assert_eq!((runs.length(), runs.is_empty()), (6, false));
        let mut places = Vec::new();
        runs.for_each_of(1, |place| places.push([place.start, place.end]));
        assert_eq!(places, [[3, 6]]);
    }

    #[test]
    fn columns_are_read_without_the_rest() {
        let runs = RunLengths::encode(&[0, 0, 3, 1, 1, 3]);
        assert_eq!((0..3).map(|column| runs.column(3, column)).collect::<Vec<_>>(), [[0, 1], [0, 1], [3, 3]]);
        assert_eq!(runs.rows_per_column(3, 3), [0, 0, 2]);
        assert_eq!((runs.at(2), runs.at(4), runs.at(6)), (Some(3), Some(1), None));
    }

    #[test]
    fn each_column_shows_its_most_frequent_class_of_those_shown() {
        let runs = RunLengths::encode(&[0, 1, 3, 0, 2, 3, 0, 2, 0]);
        let (srf, ped) = (Some(FluidClass::Srf), Some(FluidClass::Ped));
        assert_eq!(runs.class_per_column(3, [true; 3]), [None, srf, ped]);
        assert_eq!(runs.class_per_column(3, [true, false, true]), [None, Some(FluidClass::Irf), ped]);
    }
}
