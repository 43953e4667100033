//! A scan for tests: greys, the network's labels, probabilities, and what was drawn.

use std::borrow::Cow;

use correct::{CorrectError, Corrections, Drawn, Edit, Grid, History, Planes};

pub struct Scan {
    pub greys: Vec<Vec<u8>>,
    /// The network's labels.
    pub model: Vec<Vec<u8>>,
    /// Three planes a B-scan.
    pub chances: Vec<Option<Vec<u8>>>,
    pub corrections: Corrections,
    pub history: History,
}

impl Scan {
    /// Black, without fluid.
    pub fn blank(columns: u32, rows: u32, bscans: u32) -> Self {
        let grid = Grid { columns, rows, bscans };
        let plane = vec![vec![0; grid.pixels() as usize]; bscans as usize];
        Self {
            greys: plane.clone(),
            model: plane,
            chances: vec![None; bscans as usize],
            corrections: Corrections::none(grid),
            history: History::default(),
        }
    }

    /// Makes an edit, and gives the B-scans that it changed.
    pub fn make(&mut self, bscan: u32, edit: &Edit) -> Result<Vec<u32>, CorrectError> {
        let changes = correct::changes(edit, bscan, self)?;
        let entry = self.corrections.apply(&changes);
        let changed = entry.bscans();
        self.history.push(entry);
        Ok(changed)
    }

    /// The labels in force.
    pub fn labels_of(&self, bscan: usize) -> Vec<u8> {
        let mut labels = self.model[bscan].clone();
        if let Some(drawn) = self.corrections.drawn(bscan as u32) {
            drawn.over(&mut labels);
        }
        labels
    }

    #[allow(dead_code, reason = "not every test looks at single labels")]
    pub fn label(&self, bscan: usize, column: usize, row: usize) -> u8 {
        self.labels_of(bscan)[row * self.corrections.grid().columns as usize + column]
    }
}

impl Planes for Scan {
    fn grid(&self) -> Grid {
        self.corrections.grid()
    }

    fn labels(&self, bscan: u32) -> Option<Cow<'_, [u8]>> {
        ((bscan as usize) < self.model.len()).then(|| self.labels_of(bscan as usize).into())
    }

    fn greys(&self, bscan: u32) -> Option<Cow<'_, [u8]>> {
        self.greys.get(bscan as usize).map(Into::into)
    }

    fn chances(&self, bscan: u32) -> Option<Cow<'_, [u8]>> {
        self.chances.get(bscan as usize)?.as_ref().map(Into::into)
    }

    fn drawn(&self, bscan: u32) -> Option<&Drawn> {
        self.corrections.drawn(bscan)
    }
}
