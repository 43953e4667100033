//! Labels of one B-scan as runs of equal labels: what is kept of a mask for long.

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
    fn each_column_shows_its_most_frequent_class_of_those_shown() {
        let runs = RunLengths::encode(&[0, 1, 3, 0, 2, 3, 0, 2, 0]);
        let (srf, ped) = (Some(FluidClass::Srf), Some(FluidClass::Ped));
        assert_eq!(runs.class_per_column(3, [true; 3]), [None, srf, ped]);
        assert_eq!(runs.class_per_column(3, [true, false, true]), [None, Some(FluidClass::Irf), ped]);
    }
}
