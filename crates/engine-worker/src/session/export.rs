//! Files to save.

use engine_protocol::{Event, ModelInfo, SaveKind, ScanId};
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
        self.scans.used(scan).ok_or(RequestError::NotOpen)?;
        let study = self.scans.get(scan).ok_or(RequestError::NotOpen)?;
        let engine = self.engine.as_ref().ok_or(RequestError::EngineStarting)?;
        let network = self.model_of(scan).unwrap_or(&engine.model);
        let model = model_report(network);
        let device = engine.device.to_string();
        let options = SaveOptions { model: &model, device: &device, created, identified };
        let (files, buffers) = study
            .files_of(kind, &options)?
            .into_iter()
            .map(|file| ((file.name, file.mime.to_owned()), file.bytes))
            .unzip();
        Ok(Answer { event: Event::Exported { scan, kind, files }, buffers })
    }
}

/// A network, as reports name it.
pub(super) fn model_report(network: &ModelInfo) -> ModelReport {
    // What these weights reached is in their card; a page does not carry it.
    let point = |class: FluidClass| {
        let threshold = network.presence_thresholds[class.index()];
        Some(OperatingPoint { threshold, sensitivity: None, specificity: None, judged_on: None })
    };
    // The file's name may be anybody's; that it is not the shipped one is said.
    let name = match network.own_file {
        Some(_) => format!("{} (own weights)", network.name),
        None => network.name.clone(),
    };
    ModelReport::new(name, &network.sha256).with_operating_points(ByClass::of(point))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{EngineNames, session_with};
    use fluid::SegmentedBScan;

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
    fn what_is_measured_names_the_network_that_measured_it_after_another_took_its_place() {
        let mut session = session_with(&[SCAN]);
        let segment = |session: &mut Session| {
            let (run, begun) = session.begin_run(SCAN, 0, 0.0).unwrap();
            while let Some(bscan) = session.next_bscan(run) {
                let segmented = SegmentedBScan::of_labels(vec![1, 0], [0.9, 0.0, 0.0]);
                session.take_in(run, bscan, Some(segmented), 1.0).unwrap();
            }
            session.end_run(run, Ok(()), 1.0);
            begun.event
        };
        let named = |session: &mut Session| {
            let answer = session.export(SCAN, SaveKind::Json, false, OffsetDateTime::UNIX_EPOCH).unwrap();
            let report: serde_json::Value = serde_json::from_slice(&answer.buffers[0]).unwrap();
            report["model"]["name"].as_str().unwrap().to_owned()
        };
        segment(&mut session);
        let EngineNames { device, model } = session.engine.as_ref().unwrap();
        let own = ModelInfo {
            name: "mine".to_owned(),
            sha256: "cd34".to_owned(),
            own_file: Some("Doe.safetensors".to_owned()),
            ..model.clone()
        };
        let answer = session.engine_started(device.clone(), own);
        assert!(matches!(answer.event, Event::DeviceChosen { .. }));
        assert_eq!(named(&mut session), "tiny");
        assert_eq!(segment(&mut session), Event::Begun { scan: SCAN, kept: 0 });
        assert_eq!(named(&mut session), "mine (own weights)");
    }

    #[test]
    fn nothing_is_saved_before_the_engine_has_a_name() {
        let mut session = session_with(&[SCAN]);
        session.engine = None;
        let refused = session.export(SCAN, SaveKind::Json, false, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(refused, Err(RequestError::EngineStarting));
    }
}
