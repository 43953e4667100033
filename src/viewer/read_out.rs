//! What lies under the pointer: place, grey, class, probabilities.

use leptos::prelude::*;
use oct::{Axis, FluidClass};

use crate::effects::Page;
use crate::model::Model;
use crate::words::{Locale, viewer};

/// The line at the foot of the stage.
#[component]
pub fn ReadOut(
    /// Column and row under the pointer.
    at: ReadSignal<Option<[f64; 2]>>,
) -> impl IntoView {
    let page = Page::expect();
    let text = page.memo(move |model| read(model, at.get()?));
    view! {
        <output class="read-out" data-testid="read-out" aria-live="off">{text}</output>
    }
}

fn read(model: &Model, [column, row]: [f64; 2]) -> Option<String> {
    let scan = model.scan()?;
    let (columns, rows) = (scan.info.columns, scan.info.rows);
    let inside = column >= 0.0 && row >= 0.0 && column < f64::from(columns) && row < f64::from(rows);
    if !inside {
        return None;
    }
    let index = row as usize * columns as usize + column as usize;
    let bscan = scan.cursor.bscan;
    let geometry = &scan.info.geometry;
    let mut parts = vec![place(
        model.locale,
        [column, row],
        [Axis::Lateral, Axis::Axial].map(|axis| geometry.trusted_mm(axis)),
    )];
    let mean = scan.mean.get((bscan, model.view.mean_of));
    if let Some(grey) = mean.or_else(|| scan.bscans.picture(bscan)).and_then(|picture| picture.get(index)) {
        parts.push(viewer::grey(model.locale, grey));
    }
    if let Some(measured) =
        scan.bscans.measured(bscan).filter(|measured| measured.result.has_picture && model.find.is_none())
    {
        let class = measured.mask.at(index).and_then(FluidClass::from_label);
        parts.push(class.map_or_else(
            || viewer::NO_FLUID.say(model.locale).to_owned(),
            |class| class.abbreviation().to_owned(),
        ));
    }
    if let Some(maps) = scan.chances.get(bscan).filter(|_| model.view.doubt) {
        let of = |class: FluidClass| {
            let chance = maps.get(class.index() * scan.pixels() + index).unwrap_or(0);
            format!("{} {:.0} %", class.abbreviation(), f64::from(chance) / 2.55)
        };
        parts.push(FluidClass::ALL.map(of).join(", "));
    }
    Some(parts.join(" · "))
}

/// A place in mm where both spacings are known, else in samples from 1.
fn place(locale: Locale, [column, row]: [f64; 2], mm: [Option<f64>; 2]) -> String {
    match mm {
        [Some(lateral), Some(axial)] => viewer::place_mm(column * lateral, row * axial),
        _ => viewer::column_and_row(locale, column as u32 + 1, row as u32 + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_millimetres_only_where_both_spacings_are_known() {
        let read = |mm| place(Locale::English, [100.4, 20.5], mm);
        assert_eq!(read([Some(0.01), Some(0.004)]), "1.00 × 0.082 mm");
        assert_eq!(read([Some(0.01), None]), "column 101, row 21");
    }
}
