//! A volume to mask, report and output files.

use std::collections::HashSet;
use std::fmt::Write;
use std::io::IsTerminal;

use fluid::{InputReport, ModelReport, PresenceAccumulator, Report, SoftwareReport, measure};
use indicatif::{ProgressBar, ProgressStyle};
use oct::{Axis, BScan, FluidClass, LabelMask, OctVolume};
use oct_formats::dicom::{SegOptions, scan_digest, write_segmentation};
use oct_formats::{Format, Opened, images, metaimage, nifti};
use serde_json::json;

use crate::args::SegmentArgs;
use crate::clock;
use crate::collect;
use crate::failure::Failure;
use crate::inference::EngineSegmenter;
use crate::output::OutputSet;

/// One B-scan, segmented.
#[derive(Debug, Clone)]
pub struct SegmentedBScan {
    /// Labels 0..=3, `rows * columns`, in the B-scan's own grid.
    pub labels: Vec<u8>,
    /// [`fluid::bscan_evidence`] by [`FluidClass::index`].
    pub evidence: [f32; 3],
}

/// What segments B-scans: the engine, or a stand-in for tests.
pub trait Segmenter {
    /// What it runs on, in words.
    fn device(&self) -> String;
    /// The model.
    fn model(&self) -> ModelReport;
    /// Segments one B-scan.
    ///
    /// # Errors
    /// [`Failure::Engine`] where it cannot.
    fn segment(&mut self, bscan: BScan<'_>) -> Result<SegmentedBScan, Failure>;
}

/// Runs `lacuna segment`.
///
/// # Errors
/// [`Failure`] where the input, the engine or the output fails; nothing is
/// written then.
pub fn run(args: &SegmentArgs, json: bool) -> Result<(), Failure> {
    let mut opened = collect::open(&args.inputs, Some(&args.out), args.volume)?;
    if let Some(spacing) = &args.spacing_mm {
        spacing.apply(&mut opened.volume.geometry);
    }
    // The folder first: a bad place should fail before minutes of work.
    let mut outputs = OutputSet::new(&args.out)?;
    let mut segmenter = EngineSegmenter::start(args.weights.as_deref(), args.device)?;
    let progress = progress_bar(opened.volume.bscans(), json);
    let segmented = segment_volume(&opened.volume, &mut segmenter, || progress.inc(1));
    progress.finish_and_clear();
    let (mask, presence) = segmented?;

    let mut report = report_of(&opened, &mask, &presence, &segmenter, args.identified);
    report.created = clock::now();
    for (name, bytes) in output_files(&opened, &mask, &report, args.identified)? {
        outputs.stage(&name, &bytes)?;
    }
    let files = outputs.commit()?;

    if let Some(advice) = spacing_advice(&opened.volume) {
        eprintln!("lacuna: {advice}");
    }
    crate::print(&if json {
        crate::pretty(&json!({ "out": args.out, "files": files, "report": report }))?
    } else {
        table(&report)
    });
    Ok(())
}

/// Segments every B-scan; `done` is called after each.
///
/// # Errors
/// The first [`Failure`] of the segmenter.
pub fn segment_volume(
    volume: &OctVolume,
    segmenter: &mut dyn Segmenter,
    done: impl Fn(),
) -> Result<(LabelMask, PresenceAccumulator), Failure> {
    let mut mask = LabelMask::unmeasured(volume.columns(), volume.rows(), volume.bscans());
    let mut presence = PresenceAccumulator::new();
    for bscan in (0..volume.bscans()).filter_map(|bscan| volume.bscan(bscan)) {
        let segmented = segmenter.segment(bscan)?;
        mask.set_bscan(bscan.index(), segmented.labels)?;
        for class in FluidClass::ALL {
            presence.add_evidence(bscan.index(), class, segmented.evidence[class.index()]);
        }
        done();
    }
    Ok((mask, presence))
}

/// The report, without a time; `identified` with the name of the file.
pub fn report_of(
    opened: &Opened,
    mask: &LabelMask,
    presence: &PresenceAccumulator,
    segmenter: &dyn Segmenter,
    identified: bool,
) -> Report {
    let volume = &opened.volume;
    Report::new(
        SoftwareReport { name: "lacuna".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        segmenter.model(),
        segmenter.device(),
        InputReport {
            name: identified.then(|| opened.name.clone()),
            volume: (!opened.choices.is_empty()).then_some(opened.chosen + 1),
            format: opened.format.name().to_owned(),
            columns: volume.columns(),
            rows: volume.rows(),
            bscans: volume.bscans(),
            vendor: volume.vendor.clone(),
            laterality: volume.geometry.laterality,
        },
        &volume.geometry,
        measure(mask, &volume.geometry, presence),
        if identified { opened.warnings.clone() } else { opened.nameless_warnings() },
    )
}

/// The files to write: name relative to the output folder, and content. The
/// report comes last, so that it stands for a whole set.
///
/// # Errors
/// [`Failure::Encode`] where a format cannot hold the mask.
pub fn output_files(
    opened: &Opened,
    mask: &LabelMask,
    report: &Report,
    identified: bool,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let geometry = &opened.volume.geometry;
    let meta = metaimage::write_mask(mask, geometry, "mask.raw").map_err(|e| encode("mask.mhd", &e))?;
    let nifti = nifti::write_mask(mask, geometry).map_err(|e| encode("mask.nii.gz", &e))?;
    let mut files = vec![
        ("mask.raw".to_owned(), meta.raw),
        ("mask.mhd".to_owned(), AsRef::<[u8]>::as_ref(&meta.header).to_vec()),
        ("mask.nii.gz".to_owned(), nifti),
    ];
    if let Some(created) = &report.created {
        let options = SegOptions {
            created,
            software_version: &report.software.version,
            algorithm_name: &report.model.name,
            algorithm_version: &report.model.weights_sha256,
            identify: opened.patient.as_ref().filter(|_| identified),
            scan: scan_digest(&opened.volume),
        };
        let seg = write_segmentation(mask, geometry, opened.dicom.as_ref(), &options);
        files.push(("mask.dcm".to_owned(), seg.map_err(|e| encode("mask.dcm", &e))?));
    }
    if opened.format == Format::ImageStack {
        let names = if identified { mask_names(&opened.bscan_names) } else { numbered(mask.bscans()) };
        for (bscan, name) in names.into_iter().enumerate() {
            let Some(labels) = mask.bscan(bscan) else { continue };
            let png =
                images::write_mask_png(mask.columns(), mask.rows(), labels).map_err(|e| encode(&name, &e))?;
            files.push((name, png));
        }
    }
    files.push(("report.csv".to_owned(), report.to_csv().into_bytes()));
    files.push(("report.json".to_owned(), report.to_json().into_bytes()));
    Ok(files)
}

fn encode(file: &str, reason: &impl ToString) -> Failure {
    Failure::Encode { file: file.to_owned(), reason: reason.to_string() }
}

/// `masks/bscan_0001.png` and so on: names of images may be those of patients.
fn numbered(bscans: usize) -> Vec<String> {
    (1..=bscans).map(|number| format!("masks/bscan_{number:04}.png")).collect()
}

/// `masks/<stem>.png` for every image. Images whose stems would fall together
/// (`a/1.png` and `b/1.png`, `1.png` and `1.jpg`, also where only the case
/// differs) go by their whole path with `_` between, and by their number where
/// even that is not enough.
fn mask_names(bscan_names: &[String]) -> Vec<String> {
    let stems: Vec<&str> = bscan_names.iter().map(|name| stem(name)).collect();
    let mut taken = HashSet::new();
    let mut names = Vec::new();
    for (bscan, (name, stem)) in bscan_names.iter().zip(&stems).enumerate() {
        let is_alone = stems.iter().filter(|other| other.to_lowercase() == stem.to_lowercase()).count() == 1;
        let mut mask = if is_alone { (*stem).to_owned() } else { name.replace(['/', '\\', ':'], "_") };
        if !taken.insert(mask.to_lowercase()) {
            mask = format!("{mask}_{bscan:04}");
            taken.insert(mask.to_lowercase());
        }
        names.push(format!("masks/{mask}.png"));
    }
    names
}

/// `B001` of `eye/B001.png`. Names come from archives too: no separator gets through.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\', ':']).next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    }
}

/// Why there are no nanolitres, and what to do about it, in one sentence.
fn spacing_advice(volume: &OctVolume) -> Option<String> {
    if let Some(sentence) = volume.geometry.pattern.why_no_volume() {
        return Some(sentence.to_owned());
    }
    let unknown: Vec<&str> = volume.geometry.unknown_axes().into_iter().map(Axis::name).collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "the spacing is unknown ({}), so there are no volumes in nanolitres; pass --spacing-mm LATERAL,AXIAL,BETWEEN to get them.",
            unknown.join(", ")
        )
    })
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
    for class in &report.measurement.classes {
        let volume = class.volume_nl.map_or_else(|| "unknown".to_owned(), |nl| format!("{nl:.1} nl"));
        let score = class.presence_score.map_or_else(|| "unknown".to_owned(), |score| format!("{score:.2}"));
        let _ = writeln!(
            text,
            "{:<6}{volume:>12}{:>18}{score:>18}",
            class.class.abbreviation(),
            class.bscans_with_fluid
        );
    }
    for warning in &report.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let _ = writeln!(text, "{}", report.research_use_notice);
    text
}

/// A bar on stderr with the time left; none where nobody watches.
fn progress_bar(bscans: usize, json: bool) -> ProgressBar {
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
    use oct::{Geometry, Samples};

    /// Calls everything above 100 IRF.
    struct Threshold;

    impl Segmenter for Threshold {
        fn device(&self) -> String {
            "a threshold".into()
        }
        fn model(&self) -> ModelReport {
            ModelReport::new("threshold", "00")
        }
        fn segment(&mut self, bscan: BScan<'_>) -> Result<SegmentedBScan, Failure> {
            let labels: Vec<u8> = bscan.to_f32().iter().map(|sample| u8::from(*sample > 100.0)).collect();
            let evidence = [fluid::bscan_evidence(&[f32::from(labels[0])]), 0.0, 0.0];
            Ok(SegmentedBScan { labels, evidence })
        }
    }

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_bscan_is_segmented_into_its_own_place() {
        let samples = Samples::U8(vec![200, 0, 0, 0, 0, 200, 0, 0]);
        let volume = OctVolume::new(2, 2, 2, samples, Geometry::default()).unwrap();
        let count = std::cell::Cell::new(0);
        let (mask, presence) =
            segment_volume(&volume, &mut Threshold, || count.set(count.get() + 1)).unwrap();
        assert_eq!(mask.bscan(0), Some(&[1, 0, 0, 0][..]));
        assert_eq!(mask.bscan(1), Some(&[0, 1, 0, 0][..]));
        assert_eq!(presence.score(FluidClass::Irf), Some(1.0));
        assert_eq!(presence.evidence(1, FluidClass::Irf), Some(0.0));
        assert_eq!(count.get(), 2);
    }

    #[test]
    fn unknown_spacing_comes_with_the_option_that_helps() {
        let volume =
            |bscans| OctVolume::new(1, 1, bscans, Samples::U8(vec![0; bscans]), Geometry::default()).unwrap();
        let advice = spacing_advice(&volume(2)).unwrap();
        assert!(advice.contains("--spacing-mm LATERAL,AXIAL,BETWEEN"), "{advice}");
        let advice = spacing_advice(&volume(1)).unwrap();
        assert!(advice.contains("single B-scan") && !advice.contains("--spacing-mm"), "{advice}");
    }

    #[test]
    fn a_mask_image_has_the_stem_of_its_bscan() {
        let names = strings(&["eye/B001.png", "eye/B002.jpeg", "B.3.tif"]);
        assert_eq!(mask_names(&names), ["masks/B001.png", "masks/B002.png", "masks/B.3.png"]);
    }

    #[test]
    fn mask_images_never_overwrite_each_other() {
        let names = strings(&["a/1.png", "b/1.png", "x.png", "X.jpg", "q.png"]);
        assert_eq!(
            mask_names(&names),
            ["masks/a_1.png.png", "masks/b_1.png.png", "masks/x.png.png", "masks/X.jpg.png", "masks/q.png"]
        );
    }

    #[test]
    fn no_name_leaves_the_masks_folder() {
        let names = strings(&["../../etc/x.png", "C:\\y.png", "..\\z.png"]);
        assert_eq!(mask_names(&names), ["masks/x.png", "masks/y.png", "masks/z.png"]);
    }
}
