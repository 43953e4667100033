//! A visit to compare: a scan that is segmented now, or what an earlier run wrote of one.

use std::path::{Path, PathBuf};
use std::{fs, io};

use fluid::{AxisReport, Boundaries, Figures, InputReport, Measurement, ModelReport, Report, SpacingReport};
use oct::{
    Axis, AxisSpacing, BScanPlace, FluidClass, Geometry, LabelMask, Laterality, ScanPattern, Side, Sides,
    SpacingSource,
};
use oct_formats::InputFile;
use study::{MeasuredVisit, SaveOptions, Study};
use time::OffsetDateTime;
use visits::{EnFacePicture, Visit};

use crate::args::MeasureArgs;
use crate::collect;
use crate::failure::Failure;
use crate::inference::Segmenter;
use crate::segment;

/// What an earlier run writes of a scan, as far as it is read here.
const REPORT: &str = "report.json";
const MASK_HEADER: &str = "mask.mhd";
const MASK_SAMPLES: &str = "mask.raw";

/// A visit with all that is compared of it.
#[derive(Debug)]
pub struct Measured {
    geometry: Geometry,
    mask: LabelMask,
    boundaries: Vec<Option<Boundaries>>,
    measurement: Measurement,
    figures: Figures,
    /// The network that labelled it.
    pub model: ModelReport,
    /// What was measured: its name only where names are wanted.
    pub input: InputReport,
    /// Sentences from reading and measuring it.
    pub warnings: Vec<String>,
    device: Option<String>,
    acquired: Option<String>,
    /// From the front; `None` for what an earlier run wrote, which holds no scan.
    pub picture: Option<EnFacePicture>,
}

/// Whether `path` is a folder that `lacuna segment` or `lacuna cohort` wrote of one scan.
pub fn is_of_earlier_run(path: &Path) -> bool {
    [REPORT, MASK_HEADER, MASK_SAMPLES].iter().all(|name| path.join(name).is_file())
}

impl Measured {
    /// Opens the scan at `path` and segments it.
    ///
    /// # Errors
    /// [`Failure`] as of `lacuna segment`.
    pub fn scan(
        path: &Path,
        how: &MeasureArgs,
        out: Option<&Path>,
        segmenter: &dyn Segmenter,
        json: bool,
    ) -> Result<Self, Failure> {
        let opened = collect::open(&[path.to_owned()], out, None, how.axes)?;
        let opened = collect::with_known_volume(collect::with_known_axes(opened)?, None)?;
        let mut study = segment::study_of(opened, how)?;
        let progress = segment::progress_bar(study.volume().bscans(), json);
        let segmented = segment::segment_all(&mut study, segmenter, || progress.inc(1));
        progress.finish_and_clear();
        segmented?;
        Ok(Self::of_study(&study, how, segmenter))
    }

    fn of_study(study: &Study, how: &MeasureArgs, segmenter: &dyn Segmenter) -> Self {
        let (model, device) = (segmenter.model(), segmenter.device());
        let options = SaveOptions {
            model: &model,
            device: &device,
            created: OffsetDateTime::now_utc(),
            identified: how.identified,
        };
        let report = study.report(&options);
        let volume = study.volume();
        let MeasuredVisit { boundaries, measurement, figures, picture } = study.measured_visit();
        Self {
            geometry: volume.geometry.clone(),
            mask: study.mask().clone(),
            picture,
            boundaries,
            measurement,
            figures,
            model,
            input: report.input,
            warnings: report.warnings,
            device: volume.acquisition.device.clone(),
            acquired: volume.acquisition.acquired.clone(),
        }
    }

    /// What an earlier run wrote into `folder`: its figures and its mask. The scan itself is not
    /// there, so neither vessels nor thickness of the retina are.
    ///
    /// # Errors
    /// [`Failure::Read`] where a file cannot be read, [`Failure::NoResults`] where they are not
    /// those of one scan.
    pub fn of_earlier_run(folder: &Path, identified: bool) -> Result<Self, Failure> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|source| Failure::Read { path, source })
        };
        let none =
            |because: &str| Failure::NoResults { path: folder.to_owned(), because: because.to_owned() };
        let report: Report =
            serde_json::from_slice(&read(REPORT)?).map_err(|_| none("report.json is no report"))?;
        let figures =
            report.figures.ok_or_else(|| none("report.json is from before figures were measured"))?;
        let files = [MASK_HEADER, MASK_SAMPLES].map(|name| {
            let bytes = read(name)?;
            Ok::<_, Failure>(InputFile { path: name.to_owned(), bytes })
        });
        let [header, samples] = files;
        let labels = oct_formats::open(vec![header?, samples?])?.volume;
        let size = [report.input.columns, report.input.rows, report.input.bscans];
        if [labels.columns(), labels.rows(), labels.bscans()] != size {
            return Err(none("the mask lies in other axes than the scan was measured in"));
        }
        let mut mask = LabelMask::unmeasured(size[0], size[1], size[2]);
        for bscan in 0..size[2] {
            if report.measurement.without_picture.contains(&bscan) {
                mask.set_without_picture(bscan)?;
            } else if let Some(labels) = labels.bscan(bscan) {
                mask.set_bscan(bscan, labels.to_f32().into_iter().map(|label| label as u8).collect())?;
            }
        }
        let mut voxels = [0; 3];
        for of_bscan in (0..size[2]).filter_map(|bscan| mask.class_voxels(bscan)) {
            voxels.iter_mut().zip(of_bscan).for_each(|(sum, voxels)| *sum += voxels);
        }
        let told = FluidClass::ALL.map(|class| report.measurement.class(class).voxels);
        if voxels != told {
            return Err(none("report.json tells of another mask"));
        }
        let mut geometry = geometry(&report.spacing, size, &figures.sides, report.input.laterality);
        // What was in doubt, or no volume, is so again.
        if figures.regions.is_none() {
            geometry.pattern = ScanPattern::Other;
        }
        Ok(Self {
            geometry,
            mask,
            boundaries: Vec::new(),
            measurement: report.measurement,
            figures,
            model: report.model,
            input: InputReport { name: report.input.name.filter(|_| identified), ..report.input },
            // Those of an identified report may name files.
            warnings: Vec::new(),
            device: None,
            acquired: None,
            picture: None,
        })
    }

    /// As it is compared.
    pub fn visit(&self) -> Visit<'_> {
        Visit {
            geometry: &self.geometry,
            mask: &self.mask,
            boundaries: &self.boundaries,
            measurement: &self.measurement,
            figures: &self.figures,
            model: &self.model,
            vendor: self.input.vendor.as_deref(),
            device: self.device.as_deref(),
            acquired: self.acquired.as_deref(),
        }
    }

    /// Where its columns lie.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }
}

/// The geometry that a report tells of: spacing, eye, and from its sides how B-scans lie.
fn geometry(
    spacing: &SpacingReport,
    samples: [usize; 3],
    sides: &Sides,
    laterality: Option<Laterality>,
) -> Geometry {
    let mut geometry = Geometry { samples: Some(samples), laterality, ..Geometry::default() };
    let reports = [&spacing.lateral, &spacing.axial, &spacing.between_bscans];
    for (axis, report) in Axis::ALL.into_iter().zip(reports) {
        let known = report.mm.and_then(|mm| AxisSpacing::new(axis, mm, source(report)).ok());
        geometry.set_spacing(axis, known.unwrap_or_else(AxisSpacing::unknown));
    }
    geometry.places = places(sides, laterality, samples, [spacing.lateral.mm, spacing.between_bscans.mm])
        .unwrap_or_default();
    geometry
}

fn source(report: &AxisReport) -> SpacingSource {
    let tag = report.tag.clone().or_else(|| report.why.clone()).unwrap_or_default();
    match (report.source.as_str(), report.stated_mm) {
        ("from_user", _) => SpacingSource::FromUser,
        ("confirmed_by_user", Some(stated_mm)) => {
            SpacingSource::ConfirmedByUser { tag, stated_mm, was_assumed: report.why.is_some() }
        }
        ("vendor_default", _) => SpacingSource::VendorDefault { why: tag },
        _ => SpacingSource::FromFile { tag },
    }
}

/// Where B-scans lie that end at these sides of the retina, without slant.
fn places(
    sides: &Sides,
    laterality: Option<Laterality>,
    [columns, _, bscans]: [usize; 3],
    [lateral_mm, slow_mm]: [Option<f64>; 2],
) -> Option<Vec<BScanPlace>> {
    // On the fundus image, to the right and down; the disc of a right eye is at its right.
    let towards = |side: Side| -> Option<[f64; 2]> {
        let nasal = if laterality? == Laterality::Od { 1.0 } else { -1.0 };
        Some(match side {
            Side::Nasal => [nasal, 0.0],
            Side::Temporal => [-nasal, 0.0],
            Side::Superior => [0.0, -1.0],
            Side::Inferior => [0.0, 1.0],
        })
    };
    let (along, across) = (towards(sides.last_column?)?, towards(sides.last_bscan?)?);
    let width_mm = lateral_mm? * columns.saturating_sub(1) as f64;
    let slow_mm = slow_mm?;
    let line = |bscan: usize| {
        let start_mm = across.map(|part| part * slow_mm * bscan as f64);
        BScanPlace::Line { start_mm, end_mm: [0, 1].map(|axis| start_mm[axis] + along[axis] * width_mm) }
    };
    Some((0..bscans).map(line).collect())
}

/// The two inputs, where both are there.
///
/// # Errors
/// [`Failure::Read`] for the first that is not.
pub fn check(inputs: [&PathBuf; 2]) -> Result<(), Failure> {
    for path in inputs {
        let there: io::Result<_> = fs::metadata(path);
        there.map_err(|source| Failure::Read { path: path.clone(), source })?;
    }
    Ok(())
}
