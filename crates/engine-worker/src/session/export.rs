//! Files to save.

use engine_protocol::{Event, SaveKind, ScanId};
use fluid::{ByClass, ModelReport, OperatingPoint};
use oct::FluidClass;
use study::SaveOptions;
use time::OffsetDateTime;

use super::{Answer, RequestError, Session};

impl Session {
    /// The file of `kind`, made at `created`; `identified` with what names the patient.
    pub(super) fn export(
        &mut self,
        scan: ScanId,
        kind: SaveKind,
        identified: bool,
        created: OffsetDateTime,
    ) -> Result<Answer, RequestError> {
        let study = self.scans.used(scan).ok_or(RequestError::NotOpen)?;
        let engine = self.engine.as_ref().ok_or(RequestError::EngineStarting)?;
        // What these weights reached is in their card; a page does not carry it.
        let point = |class: FluidClass| {
            let threshold = engine.model.presence_thresholds[class.index()];
            Some(OperatingPoint { threshold, sensitivity: None, specificity: None, judged_on: None })
        };
        let model = ModelReport::new(&engine.model.name, &engine.model.sha256)
            .with_operating_points(ByClass::of(point));
        let device = engine.device.to_string();
        let options = SaveOptions { model: &model, device: &device, created, identified };
        let file = study.file(kind, &options)?;
        let files = vec![(file.name, file.mime.to_owned())];
        Ok(Answer { event: Event::Exported { scan, kind, files }, buffers: vec![file.bytes] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::session_with;

    const SCAN: ScanId = ScanId(1);

    #[test]
    fn a_report_is_saved_under_the_name_of_the_scan_and_names_the_device() {
        let mut session = session_with(&[SCAN]);
        let answer = session.export(SCAN, SaveKind::Json, false, OffsetDateTime::UNIX_EPOCH).unwrap();
        let files = vec![("sample-eye-report.json".to_owned(), "application/json".to_owned())];
        assert_eq!(answer.event, Event::Exported { scan: SCAN, kind: SaveKind::Json, files });
        let json = String::from_utf8_lossy(&answer.buffers[0]);
        assert!(json.contains("\"device\": \"CPU, 1 lane\""), "{json}");
        assert!(json.contains("\"created\": \"1970-01-01T00:00:00Z\""), "{json}");
    }

    #[test]
    fn nothing_is_saved_before_the_engine_has_a_name() {
        let mut session = session_with(&[SCAN]);
        session.engine = None;
        let refused = session.export(SCAN, SaveKind::Json, false, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(refused, Err(RequestError::EngineStarting));
    }
}
