//! Any file that Lacuna reads, as MetaImage: for tools that do not read it, and
//! to compare readers.

use oct::{Axis, OctVolume, Samples, ScanPattern};
use oct_formats::{Opened, images, metaimage};
use serde_json::json;

use crate::args::ConvertArgs;
use crate::collect;
use crate::failure::Failure;
use crate::output::OutputSet;

/// Runs `lacuna convert`. Nothing that it writes names the patient.
///
/// # Errors
/// [`Failure`] where the input cannot be read or the output not be written.
pub fn run(args: &ConvertArgs, json: bool) -> Result<(), Failure> {
    let opened = collect::open(&args.inputs, Some(&args.out), args.volume, args.axes)?;
    let opened = collect::with_known_axes(opened)?;
    let opened = collect::with_known_volume(opened, args.volume)?;
    let mut warnings = warnings(&opened);
    let volume = opened.volume;
    let mut outputs = OutputSet::new(&args.out)?;
    let files = match with_padding_as_nan(&volume) {
        Some(marked) => {
            warnings.push(
                "MetaImage has no word for the padding that the file states, so it is written as NaN, and \
                 all samples as 32-bit floats: Lacuna reads them back the same."
                    .to_owned(),
            );
            metaimage::write_volume(&marked, "oct.raw")
        }
        None => metaimage::write_volume(&volume, "oct.raw"),
    };
    outputs.stage("oct.raw", &files.raw)?;
    outputs.stage("oct.mhd", &files.header)?;
    if let Some(image) = &volume.fundus {
        let png = images::write_grey_png(image.columns(), image.rows(), image.greys())
            .map_err(|error| Failure::Encode { file: "fundus.png".to_owned(), reason: error.to_string() })?;
        outputs.stage("fundus.png", &png)?;
    }
    if !volume.surfaces.is_empty() {
        outputs.stage("layers.csv", layers(&volume).as_bytes())?;
    }
    let files = outputs.commit()?;
    crate::print(&if json {
        crate::pretty(&json!({ "out": args.out, "files": files, "warnings": warnings }))?
    } else {
        let warnings: String = warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
        format!("{warnings}{}\n", files.join("\n"))
    });
    Ok(())
}

/// The volume with NaN where the file states padding; `None` where there is none of that.
fn with_padding_as_nan(volume: &OctVolume) -> Option<OctVolume> {
    let samples = Samples::F32(volume.samples_without_stated_padding()?);
    let [columns, rows, bscans] = [volume.columns(), volume.rows(), volume.bscans()];
    OctVolume::new(columns, rows, bscans, samples, volume.geometry.clone()).ok()
}

/// What the reader noticed, and what of the spacing the MetaImage lacks or cannot be sure of.
fn warnings(opened: &Opened) -> Vec<String> {
    let mut warnings = opened.nameless_warnings();
    warnings.extend(about_spacing(&opened.volume));
    warnings
}

fn about_spacing(volume: &OctVolume) -> Option<String> {
    let geometry = &volume.geometry;
    if let Some(why) = metaimage::why_without_spacing(geometry) {
        return Some(format!("Written without spacing. {why}"));
    }
    if let Some(doubt) = geometry.doubt() {
        return Some(format!("Written with a spacing that is in doubt. {doubt}"));
    }
    let mut unknown = geometry.unknown_axes();
    // A single B-scan has no distance to a next one.
    unknown.retain(|axis| *axis != Axis::BetweenBScans || geometry.pattern != ScanPattern::SingleBScan);
    let names: Vec<&str> = unknown.into_iter().map(Axis::name).collect();
    (!names.is_empty())
        .then(|| format!("Written without spacing: the {} spacing is not known.", names.join(" and ")))
}

/// A line for each column of each B-scan: its number, the column, the row of
/// each boundary; empty where the device found none.
fn layers(volume: &oct::OctVolume) -> String {
    let names: Vec<String> = volume
        .surfaces
        .iter()
        .map(|surface| format!("{}_row", surface.name.replace([',', '"', ' '], "_")))
        .collect();
    let mut csv = format!("bscan,column,{}\r\n", names.join(","));
    let columns = volume.columns();
    for at in 0..volume.bscans() * columns {
        csv.push_str(&format!("{},{}", at / columns + 1, at % columns));
        for surface in &volume.surfaces {
            let row = surface.row.get(at).copied().filter(|row| row.is_finite());
            csv.push(',');
            csv.push_str(&row.map(|row| row.to_string()).unwrap_or_default());
        }
        csv.push_str("\r\n");
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use oct::padding::StatedPadding;
    use oct::{AxisSpacing, Geometry, LayerSurface, SpacingSource};
    use oct_formats::InputFile;

    /// A volume that states `mm` along its axes (0 for nothing).
    fn stating(mm: [f64; 3]) -> OctVolume {
        let mut geometry = Geometry::default();
        for (axis, mm) in Axis::ALL.into_iter().zip(mm) {
            let source = SpacingSource::FromFile { tag: "Pixel Spacing".to_owned() };
            if let Ok(spacing) = AxisSpacing::new(axis, mm, source) {
                geometry.set_spacing(axis, spacing);
            }
        }
        let samples = (0..64 * 64 * 2).map(|at: u32| (at.wrapping_mul(2_654_435_761) >> 22) as u16);
        OctVolume::new(64, 64, 2, Samples::U16(samples.collect()), geometry).unwrap()
    }

    fn read_back(volume: &OctVolume) -> OctVolume {
        let written = metaimage::write_volume(volume, "oct.raw");
        let file = |path: &str, bytes| InputFile { path: path.to_owned(), bytes };
        let files = vec![file("oct.mhd", written.header), file("oct.raw", written.raw)];
        oct_formats::open(files).unwrap().volume
    }

    #[test]
    fn what_the_file_states_to_be_padding_is_padding_in_what_is_written() {
        let mut volume = stating([0.09, 0.03, 0.12]);
        assert_eq!(with_padding_as_nan(&volume), None);
        volume.stated_padding = Some(StatedPadding::new(2000.0, 4000.0));
        let Samples::U16(mut samples) = volume.samples().clone() else { panic!("it is of 16 bits") };
        samples[64 * 20..64 * 22].fill(3000);
        let stated_padding = volume.stated_padding;
        let mut volume = OctVolume::new(64, 64, 2, Samples::U16(samples), volume.geometry).unwrap();
        volume.stated_padding = stated_padding;
        let back = read_back(&with_padding_as_nan(&volume).unwrap());
        assert_eq!(back.stated_padding, None, "MetaImage cannot say so");
        for bscan in 0..2 {
            let scanned = |volume: &OctVolume| volume.bscan(bscan).unwrap().scanned();
            assert_eq!(scanned(&back), scanned(&volume));
        }
        assert!(volume.bscan(0).unwrap().scanned().is_padding[64 * 20]);
    }

    #[test]
    fn a_spacing_in_doubt_is_written_with_a_word_and_doubted_again_and_one_that_is_lost_is_named() {
        assert_eq!(about_spacing(&stating([0.09, 0.03, 0.12])), None);
        let doubted = stating([0.09, 0.03, 1.0]);
        let said = about_spacing(&doubted).unwrap();
        assert!(said.starts_with("Written with a spacing that is in doubt. The file says"), "{said}");
        assert_eq!(read_back(&doubted).geometry.doubt(), doubted.geometry.doubt());
        let partly = stating([0.09, 0.03, 0.0]);
        let said = about_spacing(&partly).unwrap();
        assert_eq!(said, "Written without spacing: the between B-scans spacing is not known.");
        assert_eq!(read_back(&partly).geometry.unknown_axes(), Axis::ALL);
    }

    #[test]
    fn a_boundary_that_was_not_found_is_an_empty_field() {
        let mut volume = OctVolume::new(2, 4, 1, Samples::U8(vec![0; 8]), Geometry::default()).unwrap();
        volume.surfaces = vec![
            LayerSurface { name: "ILM".to_owned(), row: vec![1.5, f32::NAN] },
            LayerSurface { name: "BM, outer".to_owned(), row: vec![3.0, 3.25] },
        ];
        assert_eq!(layers(&volume), "bscan,column,ILM_row,BM__outer_row\r\n1,0,1.5,3\r\n1,1,,3.25\r\n");
    }
}
