//! What is truly in a generated eye.

use oct::RunLengths;

/// The truth of one scan: asked for once, when somebody wants to see it.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    /// Labels of each B-scan; none before they came.
    labels: Vec<RunLengths>,
    is_awaited: bool,
}

impl Truth {
    /// Whether it is to be asked for now; it counts as asked for then.
    pub fn ask(&mut self) -> bool {
        let asks = self.labels.is_empty() && !self.is_awaited;
        self.is_awaited = true;
        asks
    }

    /// It came.
    pub fn arrived(&mut self, labels: Vec<RunLengths>) {
        self.labels = labels;
    }

    /// What was asked for does not come any more.
    pub fn forget_request(&mut self) {
        self.is_awaited = false;
    }

    /// Whether it is there.
    pub fn is_there(&self) -> bool {
        !self.labels.is_empty()
    }

    /// B-scans that hold fluid, in order.
    pub fn with_fluid(&self) -> impl Iterator<Item = u32> {
        let is_wet = |(_, labels): &(u32, &RunLengths)| labels.runs().iter().any(|(_, label)| *label > 0);
        (0..).zip(&self.labels).filter(is_wet).map(|(bscan, _)| bscan)
    }

    /// Labels of a B-scan as [`RunLengths::decode`] gives them; empty where they are not known.
    pub fn labels(&self, bscan: u32) -> Vec<u8> {
        self.labels.get(bscan as usize).map(RunLengths::decode).unwrap_or_default()
    }
}
