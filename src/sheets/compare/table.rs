//! The table of change: absent is 0, what is not measured is a dash, and there is no percent of 0.

use fluid::Subfield;
use fluid::regions::DIAMETERS_MM;
use leptos::prelude::*;
use oct::{FluidClass, Sides};

use crate::model::Scan;
use crate::model::compare::Found;
use crate::words::{Locale, Text, compare, looking, regions};

/// The figure after those of the classes.
const THICKNESS: usize = 3;

/// The table; the subfields beneath it, to be opened.
pub fn table(locale: Locale, before: &Scan, found: &Found) -> AnyView {
    let say = |text: Text| text.say(locale).to_owned();
    let mut names = vec![say(compare::WHOLE)];
    if found.compared.laid.is_some() {
        names.push(say(compare::BOTH));
        names.extend(DIAMETERS_MM.map(|mm| regions::disc(locale, mm)));
    }
    let sides = Sides::of(&before.info.geometry);
    let subfields: Vec<String> =
        Subfield::all(&sides).iter().map(|subfield| regions::subfield(locale, subfield)).collect();
    let more = found.compared.laid.is_some().then(|| {
        view! {
            <details data-testid="compare-subfields">
                <summary>{say(looking::GRID)}</summary>
                {groups(locale, found, names.len(), subfields)}
            </details>
        }
    });
    view! {
        <h4>{say(compare::CHANGE)}</h4>
        <div class="table-holder" tabindex="0" data-scrolls role="region" aria-label=say(compare::CHANGE)>
            <div data-testid="compare-table">{groups(locale, found, 0, names)}</div>
            {more}
        </div>
    }
    .into_any()
}

/// A table of the regions from `first` on.
fn groups(locale: Locale, found: &Found, first: usize, names: Vec<String>) -> AnyView {
    let heads = [compare::BEFORE, compare::AFTER, compare::DIFFERENCE, compare::PERCENT];
    let heads = heads.map(|head| view! { <th scope="col">{head.say(locale)}</th> });
    let groups = names.into_iter().enumerate().map(|(at, name)| {
        let region = first + at;
        let lines = (0..=THICKNESS).map(|figure| line(locale, found.change(region, figure), region, figure));
        view! { <tbody><tr><th scope="rowgroup" colspan="5">{name}</th></tr>{lines.collect_view()}</tbody> }
    });
    view! {
        <table class="figures compare-table">
            <thead><tr><td></td>{heads}</tr></thead>
            {groups.collect_view()}
        </table>
    }
    .into_any()
}

fn line(locale: Locale, change: [Option<f64>; 4], region: usize, figure: usize) -> AnyView {
    let class = FluidClass::ALL.get(figure);
    let (name, unit, digits) = match class {
        Some(class) => (class.abbreviation().to_owned(), "nl", 1),
        // Of the first two it is that of the central subfield.
        None if region < 2 => (compare::CENTRAL.say(locale).to_owned(), "µm", 0),
        None => (regions::THICKNESS.say(locale).to_owned(), "µm", 0),
    };
    let cells = [
        plain(change[0], digits),
        plain(change[1], digits),
        signed(change[2], digits),
        signed(change[3], 0).map(|percent| format!("{percent} %")),
    ];
    let cells = cells.map(|cell| view! { <td>{cell.unwrap_or_else(|| "—".to_owned())}</td> });
    view! { <tr><th scope="row">{name}" "<small>{unit}</small></th>{cells}</tr> }.into_any()
}

/// A figure. What is there but rounds to nothing never reads as nothing.
fn plain(figure: Option<f64>, digits: usize) -> Option<String> {
    figure.map(|figure| match figure {
        0.0 => "0".to_owned(),
        figure if digits > 0 && figure < 0.01 => "< 0.01".to_owned(),
        figure if digits > 0 && figure < 1.0 => format!("{figure:.2}"),
        figure => format!("{figure:.digits$}"),
    })
}

/// A difference with its sign, 0 without one.
fn signed(figure: Option<f64>, digits: usize) -> Option<String> {
    figure.map(|figure| {
        let size = plain(Some(figure.abs()), digits).unwrap_or_default();
        let sign = match figure {
            _ if size == "0" => "",
            figure if figure < 0.0 => "−",
            _ => "+",
        };
        format!("{sign}{size}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_a_sign_and_what_is_small_is_not_nothing() {
        let all = [12.34, -3.0, 0.0, -0.004, 0.05].map(|figure| signed(Some(figure), 1));
        assert_eq!(all.map(Option::unwrap), ["+12.3", "−3.0", "0", "−< 0.01", "+0.05"]);
        assert_eq!(signed(Some(-0.3), 0).unwrap(), "0");
        assert_eq!(
            (plain(None, 1), plain(Some(0.0), 1), plain(Some(0.04), 1)),
            (None, Some("0".to_owned()), Some("0.04".to_owned()))
        );
    }
}
