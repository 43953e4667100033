//! A volume to mask, report and output files.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use fluid::{Report, SegmentedBScan};
use indicatif::{ProgressBar, ProgressStyle};
use oct::{Axis, Doubt, FluidClass, Geometry, OctVolume, Proposal};
use oct_formats::Opened;
use serde_json::json;
use study::{SaveOptions, Study};
use time::OffsetDateTime;

use crate::args::{MeasureArgs, SegmentArgs, SpacingArg};
use crate::collect;
use crate::failure::Failure;
use crate::inference::{EngineSegmenter, Segmenter};
use crate::output::OutputSet;

/// Runs `lacuna segment`.
///
/// # Errors
/// [`Failure`] where the input, the engine or the output fails; nothing is
/// written then.
pub fn run(args: &SegmentArgs, json: bool) -> Result<(), Failure> {
    crate::print(&run_with(args, json, || {
        EngineSegmenter::start(args.how.weights.as_deref(), args.how.device)
    })?);
    Ok(())
}

/// As [`run`], by the segmenter that `start` gives: tests share one. Gives what
/// goes to stdout.
///
/// # Errors
/// As of [`run`].
pub fn run_with<S: Segmenter>(
    args: &SegmentArgs,
    json: bool,
    start: impl FnOnce() -> Result<S, Failure>,
) -> Result<String, Failure> {
    let opened = collect::open(&args.inputs, Some(&args.out), args.volume, args.how.axes)?;
    let opened = collect::with_known_axes(opened)?;
    let opened = collect::with_known_volume(opened, args.volume)?;
    let mut study = study_of(opened, &args.how)?;
    // The folder first: a bad place should fail before minutes of work.
    let mut outputs = OutputSet::new(&args.out)?;
    let segmenter = start()?;
    let progress = progress_bar(study.volume().bscans(), json);
    let segmented = segment_all(&mut study, &segmenter, || progress.inc(1));
    progress.finish_and_clear();
    segmented?;
    let report = stage(&study, &segmenter, args.how.identified, &mut outputs)?;
    let files = outputs.commit()?;

    for advice in spacing_advice(study.volume()) {
        eprintln!("lacuna: {advice}");
    }
    if json {
        crate::pretty(&json!({ "out": args.out, "files": files, "report": report }))
    } else {
        Ok(table(&report))
    }
}

/// The study of `opened`, with the spacing that was given for it.
///
/// # Errors
/// [`Failure::Spacing`] where no eye can have that spacing.
pub fn study_of(opened: Opened, how: &MeasureArgs) -> Result<Study, Failure> {
    let mut study = Study::of_files(opened);
    if let Some(SpacingArg(spacing)) = &how.spacing_mm {
        study.set_spacing(spacing)?;
    }
    if how.confirm_spacing {
        study.confirm_stated_spacing()?;
    }
    Ok(study)
}

/// Writes all files of `study` under temporary names, and gives its report.
///
/// # Errors
/// [`Failure`] where one cannot be made or written.
pub fn stage(
    study: &Study,
    segmenter: &dyn Segmenter,
    identified: bool,
    outputs: &mut OutputSet,
) -> Result<Report, Failure> {
    let (model, device) = (segmenter.model(), segmenter.device());
    let created = OffsetDateTime::now_utc();
    let options = SaveOptions { model: &model, device: &device, created, identified };
    for file in study.files(&options)? {
        outputs.stage(&file.name, &file.bytes)?;
    }
    Ok(study.report(&options))
}

/// Segments every B-scan of `study`; `done` is called after each.
///
/// # Errors
/// The first [`Failure`] of the segmenter.
pub fn segment_all(study: &mut Study, segmenter: &dyn Segmenter, done: impl Fn()) -> Result<(), Failure> {
    study.begin_run();
    let device = segmenter.device();
    for (index, segmented) in segmented(study.volume(), segmenter, done)? {
        match segmented {
            Some(segmented) => study.take_in(index, segmented, &device)?,
            None => study.take_in_without_picture(index)?,
        }
    }
    Ok(())
}

/// Every B-scan of `volume` with its index, in the order in which they were done: as many
/// side by side as the segmenter has seats.
fn segmented(
    volume: &OctVolume,
    segmenter: &dyn Segmenter,
    done: impl Fn(),
) -> Result<Vec<(usize, Option<SegmentedBScan>)>, Failure> {
    let next = AtomicUsize::new(0);
    let take_next = &|| {
        let index = next.fetch_add(1, Ordering::Relaxed);
        Some((index, volume.bscan(index)?))
    };
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..segmenter.seats().min(volume.bscans()) {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some((index, bscan)) = take_next() {
                    let found = segmenter.segment(bscan).map(|found| (index, found));
                    // Nobody listens any more where another one failed.
                    if sender.send(found).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        receiver.into_iter().inspect(|_| done()).collect()
    })
}

/// Why there are no nanolitres or what is odd about their spacing, and what to do about it.
fn spacing_advice(volume: &OctVolume) -> Vec<String> {
    let why_no_volume = why_no_volume(&volume.geometry);
    let unlikely = volume.geometry.unlikely_entry().map(|entry| entry.to_string());
    why_no_volume.into_iter().chain(unlikely).collect()
}

fn why_no_volume(geometry: &Geometry) -> Option<String> {
    let never = geometry.pattern.why_no_volume().map(str::to_owned);
    never.or_else(|| spacing_question(geometry))
}

/// What a person has to say of the spacing before there is a volume in nanolitres, where the
/// B-scans make one.
pub fn spacing_question(geometry: &Geometry) -> Option<String> {
    if geometry.pattern.why_no_volume().is_some() {
        return None;
    }
    if let Some(doubt) = geometry.doubt() {
        return Some(doubt_advice(&doubt, geometry));
    }
    let unknown: Vec<&str> = geometry.unknown_axes().into_iter().map(Axis::name).collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "the spacing is unknown ({}), so there are no volumes in nanolitres; pass --spacing-mm LATERAL,AXIAL,BETWEEN to get them.",
            unknown.join(", ")
        )
    })
}

/// What is in doubt, and the options that settle it.
fn doubt_advice(doubt: &Doubt, geometry: &Geometry) -> String {
    let spacing = match &doubt.proposal {
        Some(Proposal { spacing, .. }) => {
            let figure = |wanted: Axis| {
                let mm = spacing.iter().find(|(axis, _)| *axis == wanted).map(|(_, mm)| *mm);
                // To a tenth of a nanometre.
                mm.map(|mm| format!("{mm:.7}").trim_end_matches('0').to_owned()).unwrap_or_default()
            };
            format!("{} if that is what it means", Axis::ALL.map(figure).join(","))
        }
        None => "LATERAL,AXIAL,BETWEEN with the right one".to_owned(),
    };
    // What is larger than any eye is not taken from anybody.
    let can_be_right = geometry.clone().confirm(&doubt.stated).is_ok();
    let confirm = if can_be_right { ", or --confirm-spacing if it is right as it stands" } else { "" };
    format!(
        "the spacing is in doubt, so there are no volumes in nanolitres. {doubt} Pass --spacing-mm {spacing}{confirm}."
    )
}

/// The figures for people.
fn table(report: &Report) -> String {
    let mut text = format!(
        "{}, {} of {} B-scans, on {}\n",
        report.input.name.as_deref().unwrap_or(&report.input.format),
        report.measurement.measured_bscans,
        report.measurement.bscans,
        report.device
    );
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{:<6}{:>12}{:>18}{:>18}", "", "volume", "B-scans with it", "presence score");
    for class in report.measurement.classes.iter() {
        let least = if report.measurement.is_lower_bound() { "≥ " } else { "" };
        let volume = match (class.volume_nl, area_mm2(report, class.class)) {
            (Some(nl), _) => format!("{least}{nl:.1} nl"),
            (None, Some(mm2)) => format!("{mm2:.3} mm²"),
            (None, None) => "unknown".to_owned(),
        };
        let score = class.presence_score.map_or_else(|| "unknown".to_owned(), |score| format!("{score:.2}"));
        let _ = writeln!(
            text,
            "{:<6}{volume:>12}{:>18}{score:>18}",
            class.class.abbreviation(),
            class.bscans_with_fluid
        );
    }
    if let Some(um) = report.figures.as_ref().and_then(|figures| figures.central_subfield_thickness_um) {
        let _ = writeln!(text, "central subfield {um:.0} µm thick");
    }
    for warning in &report.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let _ = writeln!(text, "{}", report.research_use_notice);
    text
}

/// The area of `class` where there is one B-scan and so no volume.
fn area_mm2(report: &Report, class: FluidClass) -> Option<f64> {
    match report.figures.as_ref()?.extents.get(class).area_mm2.as_slice() {
        [area] => *area,
        _ => None,
    }
}

/// A bar on stderr with the time left; none where nobody watches.
pub fn progress_bar(bscans: usize, json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bscans as u64);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} B-scans, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluid::ModelReport;
    use oct::{AxisSpacing, BScan, Samples, SpacingSource};

    /// Calls everything above 100 IRF.
    struct Threshold;

    impl Segmenter for Threshold {
        fn device(&self) -> String {
            "a threshold".into()
        }
        fn model(&self) -> ModelReport {
            ModelReport::new("threshold", "00")
        }
        fn seats(&self) -> usize {
            3
        }
        fn segment(&self, bscan: BScan<'_>) -> Result<Option<SegmentedBScan>, Failure> {
            if bscan.to_f32().iter().all(|sample| *sample == 7.0) {
                return Ok(None);
            }
            let labels: Vec<u8> = bscan.to_f32().iter().map(|sample| u8::from(*sample > 100.0)).collect();
            let evidence = [fluid::bscan_evidence(&[f32::from(labels[0])]), 0.0, 0.0];
            Ok(Some(SegmentedBScan::of_labels(labels, evidence)))
        }
    }

    #[test]
    fn every_bscan_is_segmented_into_its_own_place() {
        let samples = Samples::U8(vec![200, 0, 0, 0, 0, 200, 0, 0]);
        let volume = OctVolume::new(2, 2, 2, samples, Geometry::default()).unwrap();
        let mut study = Study::generated("two B-scans", volume);
        let count = std::cell::Cell::new(0);
        segment_all(&mut study, &Threshold, || count.set(count.get() + 1)).unwrap();
        assert_eq!(study.mask().bscan(0), Some(&[1, 0, 0, 0][..]));
        assert_eq!(study.mask().bscan(1), Some(&[0, 1, 0, 0][..]));
        assert_eq!(study.presence().score(FluidClass::Irf), Some(1.0));
        assert_eq!(study.presence().evidence(1, FluidClass::Irf), Some(0.0));
        assert_eq!(study.computed_on(), ["a threshold"]);
        assert_eq!(count.get(), 2);
    }

    #[test]
    fn a_bscan_without_a_picture_is_no_figure_and_the_table_says_so() {
        let samples = [[200u8; 4], [7; 4], [0; 4], [0; 4], [0; 4]].concat();
        let mut volume = OctVolume::new(2, 2, 5, Samples::U8(samples), Geometry::default()).unwrap();
        for (axis, mm) in Axis::ALL.into_iter().zip([0.2, 0.05, 0.1]) {
            let spacing = oct::AxisSpacing::from_user(axis, mm).unwrap();
            volume.geometry.set_spacing(axis, spacing);
        }
        let mut study = Study::generated("an eye that blinks", volume);
        segment_all(&mut study, &Threshold, || ()).unwrap();
        let model = Threshold.model();
        let created = OffsetDateTime::UNIX_EPOCH;
        let options = SaveOptions { model: &model, device: "CPU", created, identified: false };
        let text = table(&study.report(&options));
        assert!(text.contains("4 of 5 B-scans") && text.contains("≥ 4.0 nl"), "{text}");
        assert!(text.contains("1 of 5 B-scans holds no picture"), "{text}");
        assert!(study.files(&options).is_ok(), "it is saved, as background");
    }

    #[test]
    fn a_single_bscan_has_an_area_in_the_table() {
        let mut volume =
            OctVolume::new(2, 2, 1, Samples::U8(vec![200, 0, 0, 0]), Geometry::default()).unwrap();
        let spacing = [(Axis::Lateral, 0.2), (Axis::Axial, 0.05)];
        volume.geometry.set_typed(&spacing).unwrap();
        let mut study = Study::generated("a line scan", volume);
        segment_all(&mut study, &Threshold, || ()).unwrap();
        let model = Threshold.model();
        let created = OffsetDateTime::UNIX_EPOCH;
        let options = SaveOptions { model: &model, device: "CPU", created, identified: false };
        let text = table(&study.report(&options));
        assert!(text.contains("0.010 mm²") && text.contains("0.000 mm²"), "{text}");
    }

    #[test]
    fn unknown_spacing_comes_with_the_option_that_helps() {
        let volume =
            |bscans| OctVolume::new(1, 1, bscans, Samples::U8(vec![0; bscans]), Geometry::default()).unwrap();
        let advised = |volume: &OctVolume| spacing_advice(volume).join("\n");
        let advice = advised(&volume(2));
        assert!(advice.contains("--spacing-mm LATERAL,AXIAL,BETWEEN"), "{advice}");
        let mut doubted = volume(2);
        for axis in Axis::ALL {
            let source = SpacingSource::FromFile { tag: "ElementSpacing".to_owned() };
            let one = AxisSpacing::new(axis, 1.0, source).unwrap();
            doubted.geometry.set_spacing(axis, one);
        }
        let advice = advised(&doubted);
        for said in ["1 mm apart along every axis", "--spacing-mm LATERAL", "--confirm-spacing"] {
            assert!(advice.contains(said), "{advice}");
        }
        let advice = advised(&volume(1));
        assert!(advice.contains("single B-scan") && !advice.contains("--spacing-mm"), "{advice}");
        let mut entered = volume(40);
        entered.geometry.set_typed(&Axis::ALL.map(|axis| (axis, 0.02))).unwrap();
        let advice = advised(&entered);
        assert!(advice.starts_with("By what was entered, samples lie 0.02 mm apart along every"), "{advice}");
    }
}
