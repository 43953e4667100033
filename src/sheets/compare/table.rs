//! The table of change: absent is 0, what is not measured is a dash, and there is no percent of 0.

use fluid::Subfield;
use fluid::regions::DIAMETERS_MM;
use oct::{FluidClass, Sides};
use web_sys::Element;

use crate::model::Scan;
use crate::model::compare::Found;
use crate::sheets::plain::add;
use crate::words::{Locale, Text, compare, looking, regions, slug};

/// The figure after those of the classes.
const THICKNESS: usize = 3;

/// Adds the table to `to`; the subfields beneath it, to be opened.
pub fn add_table(to: &Element, locale: Locale, before: &Scan, found: &Found) {
    let say = |text: Text| text.say(locale);
    add(to, "h4", &[], say(compare::CHANGE));
    let region =
        [("tabindex", "0"), ("data-scrolls", ""), ("role", "region"), ("aria-label", say(compare::CHANGE))];
    let holder = add(to, "div", &[("class", "table-holder")], "");
    region.iter().for_each(|(name, value)| drop(holder.set_attribute(name, value)));
    let mut names = vec![say(compare::WHOLE).to_owned()];
    let is_laid = found.compared.laid.is_some();
    if is_laid {
        names.push(say(compare::BOTH).to_owned());
        names.extend(DIAMETERS_MM.map(|mm| regions::disc(locale, mm)));
    }
    let subfields = names.len();
    add_groups(&add(&holder, "div", &[("data-testid", "compare-table")], ""), locale, found, 0, names);
    if is_laid {
        let details = add(&holder, "details", &[("data-testid", "compare-subfields")], "");
        add(&details, "summary", &[], say(looking::GRID));
        let all = Subfield::all(&Sides::of(&before.info.geometry));
        let names = all.iter().map(|subfield| regions::subfield(locale, subfield)).collect();
        add_groups(&details, locale, found, subfields, names);
    }
}

/// Adds a table of the regions from `first` on.
fn add_groups(to: &Element, locale: Locale, found: &Found, first: usize, names: Vec<String>) {
    let table = add(to, "table", &[("class", "figures")], "");
    let head = add(&add(&table, "thead", &[], ""), "tr", &[], "");
    add(&head, "td", &[], "");
    for text in [compare::BEFORE, compare::AFTER, compare::DIFFERENCE, compare::PERCENT] {
        add(&head, "th", &[("scope", "col")], text.say(locale));
    }
    for (at, name) in names.iter().enumerate() {
        let group = add(&table, "tbody", &[], "");
        add(&add(&group, "tr", &[], ""), "th", &[("scope", "rowgroup"), ("colspan", "5")], name);
        for figure in 0..=THICKNESS {
            add_line(&group, locale, found.change(first + at, figure), first + at, figure);
        }
    }
}

fn add_line(to: &Element, locale: Locale, change: [Option<f64>; 4], region: usize, figure: usize) {
    let line = add(to, "tr", &[], "");
    let head = add(&line, "th", &[("scope", "row")], "");
    let (name, unit) = match FluidClass::ALL.get(figure) {
        Some(class) => {
            drop(line.set_attribute("class", &format!("measure-{}", slug(*class))));
            add(&head, "i", &[("class", "swatch"), ("aria-hidden", "true")], "");
            (class.abbreviation(), "nl")
        }
        // Of the first two it is that of the central subfield.
        None if region < 2 => (compare::CENTRAL.say(locale), "µm"),
        None => (regions::THICKNESS.say(locale), "µm"),
    };
    add(&head, "span", &[], name);
    add(&head, "small", &[], unit);
    let percent = signed(change[3], 0).map(|percent| format!("{percent} %"));
    let cells = [plain(change[0], 1), plain(change[1], 1), signed(change[2], 1), percent];
    for cell in cells {
        add(&line, "td", &[], cell.as_deref().unwrap_or("—"));
    }
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
