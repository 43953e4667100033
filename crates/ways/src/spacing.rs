//! What a file may say of its spacing.

/// Lateral, axial and between B-scans as the file states them, in the unit that
/// it states (mm unless it says otherwise); `None` is left out of the file.
pub type Stated = [Option<f64>; 3];

/// A way to state a spacing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Says {
    /// As it is.
    TheTruth,
    /// Nothing.
    Nothing,
    /// Nothing of how far the B-scans are apart.
    NothingBetween,
    /// Each figure times this, in the place of millimetres.
    Times(f64),
    /// These of the true figures on the three axes: exchanged.
    Exchanged([usize; 3]),
    /// This on these of the axes: a filler.
    Filler(f64, [bool; 3]),
}

impl Says {
    /// What is stated of a scan that truly has `mm`.
    pub fn of(self, mm: [f64; 3]) -> Stated {
        match self {
            Self::TheTruth => mm.map(Some),
            Self::Nothing => [None; 3],
            Self::NothingBetween => [Some(mm[0]), Some(mm[1]), None],
            Self::Times(factor) => mm.map(|mm| Some(mm * factor)),
            Self::Exchanged(from) => from.map(|axis| Some(mm[axis])),
            Self::Filler(filler, on) => [0, 1, 2].map(|axis| Some(if on[axis] { filler } else { mm[axis] })),
        }
    }
}
