//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use oct::{Axis, AxisOrder, AxisSpacing};
use oct_phantom::{FluidMix, VendorStyle};

/// Retinal fluid in OCT volumes: segment, measure, report.
///
/// For research and teaching only; not a medical device.
#[derive(Debug, Parser)]
#[command(name = "lacuna", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print one JSON document on stdout, also on failure, and no progress bar.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Segment one volume and measure its fluid.
    Segment(SegmentArgs),
    /// Segment and measure every scan of folders of patients; what is done already is kept.
    Cohort(CohortArgs),
    /// Compare two visits of an eye: change of fluid and thickness, laid on each other.
    Compare(CompareArgs),
    /// Say what a file holds: size, spacing with its source, eye, device.
    Info(InfoArgs),
    /// Write a volume as MetaImage, with its fundus image and stored layers.
    Convert(ConvertArgs),
    /// Make a synthetic volume with its exact fluid mask, in RETOUCH's layout.
    Phantom(PhantomArgs),
}

/// Arguments of `lacuna segment`.
#[derive(Debug, Args)]
pub struct SegmentArgs {
    /// One volume: a file, several files, a folder or a zip.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Folder for the mask, the report and the mask images; made where missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Which volume, where a file holds several (`lacuna info` lists them).
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub volume: Option<u32>,
    /// How it is measured.
    #[command(flatten)]
    pub how: MeasureArgs,
}

/// How a scan is measured, of `lacuna segment` and `lacuna cohort`.
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// What to run on.
    #[arg(long, value_enum, default_value_t = DeviceArg::Auto)]
    pub device: DeviceArg,
    /// Spacing in mm, where the file does not state it or states it wrongly:
    /// `0.0117,0.0020,0.047`. An empty place keeps the file's figure: `,,0.12`.
    #[arg(long, value_name = "LATERAL,AXIAL,BETWEEN")]
    pub spacing_mm: Option<SpacingArg>,
    /// Take the spacing as it is stated or assumed, though it is in doubt (`lacuna info` says why).
    #[arg(long)]
    pub confirm_spacing: bool,
    /// Weights to use instead of those that come with the program.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// The axes in the order in which the file lists them, where it does not say
    /// which is which (NIfTI, MetaImage, NRRD, NumPy): `rows,columns,bscans`, or
    /// `rows-reversed` where the vitreous comes last.
    #[arg(long, value_name = "ORDER")]
    pub axes: Option<AxisOrder>,
    /// Keep what names the patient: names of files, and in DICOM the name, the
    /// number and the date of birth. Without it none of them is written.
    #[arg(long)]
    pub identified: bool,
}

/// Arguments of `lacuna cohort`.
#[derive(Debug, Args)]
pub struct CohortArgs {
    /// Folders of patients, files, zips; with `--gather`, folders or `cohort.jsonl` of earlier runs.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Folder for `cohort.csv`, `cohort.jsonl` and the files of each scan in `scans/`; made where missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Measure nothing: put the tables of earlier runs, one a scan or more, together to one.
    #[arg(long, conflicts_with_all = ["spacing_mm", "confirm_spacing", "weights", "axes", "identified"])]
    pub gather: bool,
    /// How each scan is measured: what is said here is said of all of them.
    #[command(flatten)]
    pub how: MeasureArgs,
}

/// Arguments of `lacuna compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The earlier visit: a scan (a file, a folder or a zip), or a folder that `lacuna segment` or
    /// `lacuna cohort` wrote of one.
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// The later visit, likewise.
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// Folder for `compare.json`, `compare.csv` and, where the scans lie on each other,
    /// `compare.png`; made where missing.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// One place of the retina in both scans, by B-scan and column from 1: `24,256=26,240`. Once
    /// for a shift, twice for a turn, too; then neither vessels nor foveas are asked.
    #[arg(long, value_name = "B-SCAN,COLUMN=B-SCAN,COLUMN")]
    pub landmark: Vec<LandmarkArg>,
    /// How scans are measured; what an earlier run measured stays as it is.
    #[command(flatten)]
    pub how: MeasureArgs,
}

/// Arguments of `lacuna info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// One volume: a file, several files, a folder or a zip.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Which volume, where a file holds several.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub volume: Option<u32>,
    /// The axes in the order in which the file lists them, where it does not say
    /// which is which (NIfTI, MetaImage, NRRD, NumPy): `rows,columns,bscans`, or
    /// `rows-reversed` where the vitreous comes last.
    #[arg(long, value_name = "ORDER")]
    pub axes: Option<AxisOrder>,
    /// Also write a picture: B-scans from all over the volume, with stored
    /// boundaries, and where they lie on the fundus image.
    #[arg(long, value_name = "PNG")]
    pub sheet: Option<PathBuf>,
}

/// Arguments of `lacuna convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// One volume: a file, several files, a folder or a zip.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Which volume, where a file holds several.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub volume: Option<u32>,
    /// The axes in the order in which the file lists them, where it does not say
    /// which is which (NIfTI, MetaImage, NRRD, NumPy): `rows,columns,bscans`, or
    /// `rows-reversed` where the vitreous comes last.
    #[arg(long, value_name = "ORDER")]
    pub axes: Option<AxisOrder>,
    /// Folder for oct.mhd, oct.raw, fundus.png and layers.csv.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Arguments of `lacuna phantom`.
#[derive(Debug, Args)]
pub struct PhantomArgs {
    /// The device to imitate: size, spacing, noise.
    #[arg(long, value_enum)]
    pub style: StyleArg,
    /// The eye; the same number gives the same eye.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// B-scans, where not the device's usual number.
    #[arg(long = "frames", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub bscans: Option<u16>,
    /// `random`, `free`, or the classes to be present: `irf,ped`.
    #[arg(long, default_value = "random")]
    pub fluid: FluidArg,
    /// Folder for oct.mhd, oct.raw, reference.mhd and reference.raw.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// What to run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceArg {
    /// The GPU where it passes the self-test, else the CPU.
    Auto,
    /// The GPU, or failure.
    Gpu,
    /// The CPU.
    Cpu,
}

/// The device that a phantom imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StyleArg {
    /// Zeiss Cirrus.
    Cirrus,
    /// Heidelberg Spectralis.
    Spectralis,
    /// Topcon.
    Topcon,
}

impl From<StyleArg> for VendorStyle {
    fn from(style: StyleArg) -> Self {
        match style {
            StyleArg::Cirrus => Self::Cirrus,
            StyleArg::Spectralis => Self::Spectralis,
            StyleArg::Topcon => Self::Topcon,
        }
    }
}

/// `--fluid`: which classes a phantom has.
#[derive(Debug, Clone, Copy)]
pub struct FluidArg(pub FluidMix);

impl FromStr for FluidArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "random" => return Ok(Self(FluidMix::Random)),
            "free" => return Ok(Self(FluidMix::Free)),
            _ => {}
        }
        let (mut irf, mut srf, mut ped) = (false, false, false);
        for class in text.split(',') {
            match class.trim().to_ascii_lowercase().as_str() {
                "irf" => irf = true,
                "srf" => srf = true,
                "ped" => ped = true,
                other => return Err(format!("`{other}` is none of random, free, irf, srf, ped")),
            }
        }
        Ok(Self(FluidMix::Present { irf, srf, ped }))
    }
}

/// `--landmark`: B-scan and column from 1, in the earlier scan and in the later one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LandmarkArg {
    /// In the earlier scan.
    pub before: [f64; 2],
    /// In the later one.
    pub after: [f64; 2],
}

impl FromStr for LandmarkArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let place = |text: &str| -> Result<[f64; 2], String> {
            let (bscan, column) = text
                .split_once(',')
                .ok_or_else(|| format!("`{text}` is not a B-scan and a column, such as 24,256"))?;
            let read = |part: &str| match part.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(format!("`{part}` is not a number")),
            };
            Ok([read(bscan)?, read(column)?])
        };
        let (before, after) = text
            .split_once('=')
            .ok_or_else(|| "two places are needed, one in each scan: 24,256=26,240".to_owned())?;
        Ok(Self { before: place(before)?, after: place(after)? })
    }
}

/// `--spacing-mm`: millimetres along the axes given; along the others the file's figure stays.
#[derive(Debug, Clone, PartialEq)]
pub struct SpacingArg(pub Vec<(Axis, f64)>);

impl FromStr for SpacingArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let [lateral, axial, between] = parts.as_slice() else {
            return Err(format!(
                "three figures are needed, LATERAL,AXIAL,BETWEEN; there are {}",
                parts.len()
            ));
        };
        let read = |(axis, part): (Axis, &&str)| -> Result<(Axis, f64), String> {
            let mm: f64 = part.parse().map_err(|_| format!("`{part}` is not a number"))?;
            AxisSpacing::from_user(axis, mm).map_err(|error| error.to_string())?;
            Ok((axis, mm))
        };
        let given = Axis::ALL.into_iter().zip([lateral, axial, between]);
        given.filter(|(_, part)| !part.is_empty()).map(read).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use oct::{Geometry, SpacingSource};

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn spacing_of_the_user_replaces_that_of_the_file_axis_by_axis() {
        let tag = SpacingSource::FromFile { tag: "ElementSpacing".into() };
        let mut geometry = Geometry::default();
        geometry.set_spacing(Axis::Axial, AxisSpacing::new(Axis::Axial, 0.002, tag.clone()).unwrap());
        geometry.set_typed(&"0.0117,,0.047".parse::<SpacingArg>().unwrap().0).unwrap();
        assert_eq!(geometry.lateral.mm(), Some(0.0117));
        assert_eq!(geometry.lateral.source(), &SpacingSource::FromUser);
        assert_eq!(geometry.axial.source(), &tag);
        assert_eq!(geometry.between_bscans.mm(), Some(0.047));
    }

    #[test]
    fn impossible_spacings_are_refused_with_a_reason() {
        for text in ["1,2", "1,2,3,4", "a,b,c", "0,1,1", "-1,1,1", "11.7,2,47", "nan,1,1"] {
            assert!(text.parse::<SpacingArg>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_landmark_is_a_place_in_both_scans() {
        let landmark = "24,256=26.5, 240".parse::<LandmarkArg>();
        assert_eq!(landmark, Ok(LandmarkArg { before: [24.0, 256.0], after: [26.5, 240.0] }));
        for text in ["24,256", "24=26", "24,256=a,1", "24,256=nan,1", ""] {
            assert!(text.parse::<LandmarkArg>().is_err(), "{text}");
        }
    }

    #[test]
    fn fluid_is_a_word_or_a_list_of_classes() {
        let fluid = |text: &str| text.parse::<FluidArg>().map(|fluid| fluid.0);
        assert_eq!(fluid("random"), Ok(FluidMix::Random));
        assert_eq!(fluid("Free"), Ok(FluidMix::Free));
        assert_eq!(fluid("PED,irf"), Ok(FluidMix::Present { irf: true, srf: false, ped: true }));
        assert!(fluid("irf,water").is_err());
        assert!(fluid("").is_err());
    }
}
