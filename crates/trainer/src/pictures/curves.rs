//! Loss and validation Dice over steps, as a picture in the run folder.

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use crate::run::RunFolder;

/// Draws `curves.svg` from the run's metrics.
///
/// # Errors
/// Where the file cannot be written.
pub fn draw_curves(folder: &RunFolder) -> Result<()> {
    let metrics = folder.metrics();
    let of = |line: &serde_json::Value, key: &str| line[key].as_f64();
    let loss: Vec<(f64, f64)> =
        metrics.iter().filter_map(|line| Some((of(line, "step")?, of(line, "loss")?))).collect();
    let mut dice: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for line in &metrics {
        let (Some(step), Some(values)) = (of(line, "step"), line["validation"].as_object()) else { continue };
        for (name, value) in values {
            let Some(value) = value.as_f64() else { continue };
            match dice.iter_mut().find(|(known, _)| known == name) {
                Some((_, points)) => points.push((step, value)),
                None => dice.push((name.clone(), vec![(step, value)])),
            }
        }
    }
    let path = folder.path().join("curves.svg");
    plot(&path, &loss, &dice).map_err(|error| anyhow!("cannot draw {}: {error}", path.display()))
}

type Failed = Box<dyn std::error::Error>;

fn plot(
    path: &std::path::Path,
    loss: &[(f64, f64)],
    dice: &[(String, Vec<(f64, f64)>)],
) -> Result<(), Failed> {
    let last = loss.iter().fold(1.0, |last, (step, _)| step.max(last));
    let highest = loss.iter().fold(0.1, |highest, (_, value)| value.max(highest));
    let root = SVGBackend::new(path, (960, 760)).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(300);
    let mut chart = ChartBuilder::on(&above)
        .caption("loss", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(50)
        .build_cartesian_2d(0.0..last, 0.0..highest * 1.05)?;
    chart.configure_mesh().x_desc("step").draw()?;
    chart.draw_series(LineSeries::new(loss.iter().copied(), BLUE.stroke_width(2)))?;
    let mut chart = ChartBuilder::on(&below)
        .caption("validation Dice, working grid", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(50)
        .build_cartesian_2d(0.0..last, 0.0..1.0)?;
    chart.configure_mesh().x_desc("step").draw()?;
    for (index, (name, points)) in dice.iter().enumerate() {
        let color = Palette99::pick(index).stroke_width(2);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), color))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    root.present()?;
    Ok(())
}
