//! Cost as a picture: time and memory against B-scans and width.

use std::fmt::Write as _;

use super::cost::{Cost, Point};

const PANEL: [f64; 2] = [300.0, 200.0];
const MARGIN: f64 = 60.0;
const INK: &str = "#1b6ca8";

/// An SVG of four panels; both axes start at 0, so that what is linear looks it.
pub fn svg(cost: &Cost, machine: &str) -> String {
    let [width, height] = PANEL.map(|side| side + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"{MARGIN}\" y=\"20\">{machine}, one lane</text>\n",
        2.0 * width,
        2.0 * height
    );
    let bscans = |point: &Point| point.bscans as f64;
    let columns = |point: &Point| point.columns as f64;
    let seconds = |point: &Point| point.seconds.spread().map(|spread| spread.median);
    let mib = |point: &Point| point.peak_mib;
    let curve = |points: &[Point], x: &dyn Fn(&Point) -> f64, y: &dyn Fn(&Point) -> Option<f64>| {
        points.iter().filter_map(|point| Some([x(point), y(point)?])).collect::<Vec<_>>()
    };
    let panels = [
        (0.0, 0.0, "B-scans of 512 x 496", "s", curve(&cost.of_bscans, &bscans, &seconds)),
        (width, 0.0, "columns (8 B-scans)", "s", curve(&cost.of_width, &columns, &seconds)),
        (0.0, height, "B-scans of 512 x 496", "MiB at most", curve(&cost.of_bscans, &bscans, &mib)),
        (width, height, "columns (8 B-scans)", "MiB at most", curve(&cost.of_width, &columns, &mib)),
    ];
    for (left, top, x_label, y_label, points) in panels {
        panel(&mut svg, [left + MARGIN, top + MARGIN], [x_label, y_label], &points);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Writing to a string does not fail.
fn panel(svg: &mut String, [left, top]: [f64; 2], [x_label, y_label]: [&str; 2], points: &[[f64; 2]]) {
    let [width, height] = PANEL;
    let bottom = top + height;
    let most = |axis: usize| points.iter().map(|point| point[axis]).fold(0.0, f64::max).max(1e-9);
    let [most_x, most_y] = [most(0), most(1)];
    let place = |[x, y]: [f64; 2]| [left + x / most_x * width, bottom - y / most_y * height];
    let _ = writeln!(
        svg,
        "<path d=\"M{left} {top}V{bottom}H{}\" fill=\"none\" stroke=\"#444\"/>\n\
         <text x=\"{left}\" y=\"{}\">{y_label}</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{x_label}</text>",
        left + width,
        top - 8.0,
        left + width,
        bottom + 34.0
    );
    if points.is_empty() {
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\">not had</text>", left + 20.0, top + 40.0);
        return;
    }
    let line: Vec<String> =
        points.iter().map(|point| place(*point)).map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{INK}\"/>", line.join(" "));
    for point in points {
        let [x, y] = place(*point);
        let shown = if point[1] >= 100.0 { format!("{:.0}", point[1]) } else { format!("{:.2}", point[1]) };
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{INK}\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"10\">{shown}</text>\n\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" font-size=\"10\">{}</text>",
            y - 7.0,
            bottom + 16.0,
            point[0]
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Side;
    use super::*;

    #[test]
    fn a_point_without_a_figure_is_left_out_and_not_drawn_at_zero() {
        let point = |bscans, seconds| Point { bscans, columns: 512, seconds, peak_mib: None };
        let missing = Side::Missing("it failed".to_owned());
        let of_bscans = vec![point(1, Side::Runs(vec![0.5])), point(4, missing)];
        let svg = svg(&Cost { of_bscans, of_width: Vec::new() }, "two cores");
        assert_eq!(svg.matches("<circle").count(), 1);
        assert_eq!(svg.matches("not had").count(), 3);
    }
}
