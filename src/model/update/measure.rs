//! Runs, spacing, saving.

use engine_protocol::{Measurement, Request, SaveKind, ScanId};
use fluid::FoveaPlace;
use fluid::label::THRESHOLDS;
use oct::{Axis, RunLengths};

use super::Change;
use crate::model::scan::Run;

impl Change<'_> {
    /// Segments what is not measured yet, the B-scan in view first, or the whole
    /// volume anew; which of them, the engine knows.
    pub(super) fn segment(&mut self) {
        if self.model.why_not_segment().is_some() {
            return;
        }
        let Some(scan) = self.model.scans.shown_mut().filter(|scan| scan.run.is_none()) else { return };
        scan.run_end = None;
        scan.run = Some(Run { done: 0, total: scan.info.bscans, remaining_ms: None, cancelling: false });
        let request = Request::Segment { scan: scan.id, first_bscan: scan.cursor.bscan };
        self.ask(request);
    }

    /// Stops the run, or else what is being opened; what is shown stays.
    pub(super) fn cancel(&mut self) {
        let running = self.model.scans.shown_mut().and_then(|scan| Some((scan.id, scan.run.as_mut()?)));
        let Some((scan, run)) = running else {
            // The kept scan is not what is waited for.
            let kept = self.model.scans.beside().map(|kept| kept.id);
            let openings = self.model.scans.openings().iter().map(|opening| opening.id);
            let openings: Vec<_> = openings.filter(|id| Some(*id) != kept).collect();
            for scan in openings {
                self.ask(Request::Close { scan });
            }
            return;
        };
        if !run.cancelling {
            run.cancelling = true;
            self.ask(Request::Cancel { scan });
        }
    }

    /// Sets spacing that the file does not carry, where the engine holds the scan.
    pub(super) fn set_spacing(&mut self, spacing: Vec<(Axis, f64)>) {
        if let Some(scan) = self.model.scan().filter(|scan| scan.is_held) {
            let scan = scan.id;
            self.ask(Request::SetSpacing { scan, spacing });
        }
    }

    /// Confirms a spacing that was in doubt, where the engine holds the scan.
    pub(super) fn confirm_spacing(&mut self, spacing: Vec<(Axis, f64)>) {
        if let Some(scan) = self.model.scan().filter(|scan| scan.is_held) {
            let scan = scan.id;
            self.ask(Request::ConfirmSpacing { scan, spacing });
        }
    }

    /// Labels the scan for another threshold, where the engine holds it. While one is under way
    /// the newest wish waits for it.
    pub(super) fn set_threshold(&mut self, threshold: f32) {
        let Some(scan) = self.model.scans.shown_mut().filter(|scan| scan.is_held && !scan.lacks_chances)
        else {
            return;
        };
        let threshold = threshold.clamp(THRESHOLDS[0], THRESHOLDS[1]);
        if scan.threshold_wanted.replace(threshold).is_none() {
            let request = Request::SetThreshold { scan: scan.id, threshold };
            self.ask(request);
        }
    }

    /// Puts the fovea where a person says, where the engine holds the scan; figures follow.
    pub(super) fn set_fovea(&mut self, fovea: Option<FoveaPlace>) {
        let Some(scan) = self.model.scans.shown_mut().filter(|scan| scan.is_held) else { return };
        scan.fovea = fovea;
        let request = Request::SetFovea { scan: scan.id, fovea };
        self.ask(request);
    }

    /// The scan is labelled for `threshold`.
    pub(super) fn relabelled(
        &mut self,
        id: ScanId,
        threshold: f32,
        masks: impl Iterator<Item = (u32, RunLengths)>,
        measurement: Measurement,
    ) {
        let Some(scan) = self.model.scans.get_mut(id) else { return };
        scan.threshold = threshold;
        scan.bscans.relabel(masks);
        if scan.has_results() {
            scan.measurement = Some(measurement);
        }
        let newer = scan.threshold_wanted.take().filter(|wanted| *wanted != threshold);
        if let Some(threshold) = newer {
            scan.threshold_wanted = newer;
            self.ask(Request::SetThreshold { scan: id, threshold });
        }
    }

    /// Asks for a file to save.
    pub(super) fn export(&mut self, kind: SaveKind) {
        let Some(scan) = self.model.scans.shown_mut().filter(|scan| scan.is_held) else { return };
        if scan.exporting.contains(&kind) {
            return;
        }
        scan.exporting.push(kind);
        let request = Request::Export { scan: scan.id, kind, identified: scan.identified };
        self.ask(request);
    }
}
