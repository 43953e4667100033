//! Any file that Lacuna reads, as MetaImage: for tools that do not read it, and
//! to compare readers.

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
    let warnings = warnings(&opened);
    let volume = opened.volume;
    let mut outputs = OutputSet::new(&args.out)?;
    let files = metaimage::write_volume(&volume, "oct.raw");
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

/// What the reader noticed, and why the MetaImage has no spacing where the scan has one.
fn warnings(opened: &Opened) -> Vec<String> {
    let mut warnings = opened.nameless_warnings();
    if let Some(why) = metaimage::why_without_spacing(&opened.volume.geometry) {
        warnings.push(format!("Written without spacing. {why}"));
    }
    warnings
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
    use oct::{Geometry, LayerSurface, OctVolume, Samples};

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
