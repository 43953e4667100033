//! One of two visits: the scan from the front, and a B-scan at the same place as the other's.

use oct::Axis;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::from_front::Pictures;
use super::visit_of;
use crate::canvas::image::Placement;
use crate::model::{Answer, Model, Scan, View, Zoom};
use crate::sheets::drawn::{Bars, RATIO, bars};
use crate::sheets::plain::{Picture, add, set_length};
use crate::viewer::etdrs::fovea_at;
use crate::viewer::front::aspect;
use crate::viewer::overlay::Traced;
use crate::viewer::pattern;
use crate::viewer::picture::image_of;
use crate::viewer::placement::{pixel_aspect, place};
use crate::words::{Text, compare, looking};

/// The largest picture from the front and the largest B-scan, CSS pixels.
const FRONT: (f64, f64) = (620.0, 300.0);
const BSCAN: (f64, f64) = (620.0, 330.0);

/// By what the pictures of both visits from the front are known to be other ones.
type Made = [Option<(engine_protocol::ScanId, u64, u64)>; 2];

/// A visit on the page: what of it changes.
pub struct Visit {
    index: usize,
    front_holder: Element,
    front: Picture,
    front_at: Placement,
    bscan: Picture,
    bscan_at: Placement,
    slider: Element,
    place: Element,
    note: Element,
    pictures: Option<(Made, Pictures)>,
}

impl Visit {
    /// Adds visit `index`, 0 the earlier and 1 the later, to `to`.
    pub fn add(to: &Element, model: &Model, index: usize) -> Option<Self> {
        let (scan, _) = visit_of(model, index)?;
        let number = index.to_string();
        let texts = if index == 0 { compare::EARLIER } else { compare::LATER };
        let [title, of_front, of_bscan] = texts.map(|text: Text| text.say(model.locale));
        let id = format!("visit-{index}");
        let section =
            [("class", "compare-visit"), ("aria-labelledby", id.as_str()), ("data-visit", number.as_str())];
        let section = add(to, "section", &section, "");
        let head = add(&section, "h3", &[("id", id.as_str())], title);
        let taken = scan.info.acquisition.acquired.as_ref();
        let taken = taken.map_or(String::new(), |acquired| acquired.replace('T', ", "));
        let is_private = scan.info.may_name_a_patient && !scan.identified;
        let class = if is_private { "is-private" } else { "" };
        add(&head, "span", &[("class", class)], &format!("{} {taken}", scan.info.name));

        let with_id = |class: &'static str, name: &str| {
            add(&section, "div", &[("class", class), ("data-testid", &format!("{name}-{index}"))], "")
        };
        let of_bscans = |scan: &Scan| (scan.info.columns, scan.info.bscans, aspect(scan));
        let front_at = scaled(model, scan, FRONT, of_bscans);
        let front_holder = with_id("compare-front", "compare-front");
        drop(front_holder.set_attribute("role", "group"));
        drop(front_holder.set_attribute("aria-label", of_front));
        fit(&front_holder, front_at, FRONT);
        let front = Picture::add(&front_holder, [front_at.width, front_at.height], of_front);

        let of_rows = |scan: &Scan| (scan.info.columns, scan.info.rows, pixel_aspect(&scan.info.geometry, 1));
        let bscan_at = scaled(model, scan, BSCAN, of_rows);
        let holder = with_id("compare-bscan", "compare-bscan");
        fit(&holder, bscan_at, BSCAN);
        let bscan = Picture::add(&holder, [bscan_at.width, bscan_at.height], of_bscan);
        if let Some(Bars { size: [width, height], said }) = bars(model.locale, scan, bscan_at) {
            let bars = add(&holder, "i", &[("class", "report-bars")], "");
            set_length(&bars, "width", &width);
            set_length(&bars, "height", &height);
            add(&holder, "span", &[("class", "compare-bars")], &said);
        }

        let row = add(&section, "div", &[("class", "compare-place")], "");
        let most = scan.info.bscans.to_string();
        let slider_id = format!("compare-slider-{index}");
        let slider = [
            ("type", "range"),
            ("min", "1"),
            ("max", &most),
            ("data-testid", &slider_id),
            ("aria-label", of_bscan),
        ];
        let slider = add(&row, "input", &slider, "");
        let place = add(&row, "output", &[("data-testid", &format!("compare-place-{index}"))], "");
        let note = add(&section, "p", &[("class", "compare-note"), ("role", "status")], "");
        Some(Self {
            index,
            front_holder,
            front,
            front_at,
            bscan,
            bscan_at,
            slider,
            place,
            note,
            pictures: None,
        })
    }

    /// Shows it as it is now.
    pub fn show(&mut self, model: &Model) {
        let Some((scan, compare)) = visit_of(model, self.index) else { return };
        let bscan = scan.cursor.bscan;
        if let Some(slider) = self.slider.dyn_ref::<HtmlInputElement>() {
            slider.set_value(&(bscan + 1).to_string());
        }
        let place = format!("{} / {}", looking::bscan(model.locale, bscan + 1), scan.info.bscans);
        let is_unseen = compare.is_unseen && compare.lead != self.index;
        let note = if is_unseen { compare::UNSEEN.say(model.locale) } else { "" };
        for (element, text) in [(&self.place, place.as_str()), (&self.note, note)] {
            // What is the same is not spoken again.
            if element.text_content().as_deref() != Some(text) {
                element.set_text_content(Some(text));
            }
        }
        if compare.is_marking {
            drop(self.front_holder.set_attribute("tabindex", "0"));
        } else {
            drop(self.front_holder.remove_attribute("tabindex"));
        }

        let made = [0, 1].map(|visit| {
            let (scan, _) = visit_of(model, visit)?;
            Some((scan.id, scan.bscans.results_changed(), scan.front.changed()))
        });
        if self.pictures.as_ref().is_none_or(|(of, _)| *of != made) {
            self.pictures = Pictures::of(model, self.index).map(|pictures| (made, pictures));
        }
        if let Some((context, (_, pictures))) = self.front.cleared().zip(self.pictures.as_ref()) {
            pictures.draw(&context, model, self.index, (self.front_at, RATIO));
        }
        let Some(context) = self.bscan.cleared() else { return };
        if let Some(picture) = image_of(scan, bscan, 1, model.view.window) {
            picture.draw(&context, self.bscan_at, RATIO);
        }
        let (patterns, opacity) = (model.view.patterns, model.view.opacity);
        let view = View { patterns, opacity, visible: model.view.visible, ..View::default() };
        let tiles = pattern::tiles();
        Traced::of(scan, bscan, &view, Answer::Open).draw(
            &context,
            scan,
            (&view, &tiles),
            (self.bscan_at, RATIO),
        );
    }

    /// B-scan and column of a place on the picture from the front, 0 to 1 across and down.
    pub fn pressed(&self, model: &Model, [across, down]: [f64; 2]) -> Option<[f64; 2]> {
        let at = [across * self.front_at.width, down * self.front_at.height];
        let place = fovea_at(visit_of(model, self.index)?.0, self.front_at, at);
        Some([place.bscan, place.column])
    }
}

/// Gives what holds a picture at `at` its width, and in a column that is narrower than `most` as
/// large a part of that: both visits stay to one scale.
fn fit(holder: &Element, at: Placement, most: (f64, f64)) {
    set_length(holder, "width", &format!("{:.2}%", at.width / most.0 * 100.0));
    set_length(holder, "max-width", &format!("{:.0}px", at.width));
}

/// Where the picture of `scan` lies on its canvas, all of which it fills: within `most` CSS pixels,
/// a mm along the B-scans as wide in both visits where that spacing is known of both.
fn scaled(
    model: &Model,
    scan: &Scan,
    most: (f64, f64),
    size: impl Fn(&Scan) -> (u32, u32, f64),
) -> Placement {
    let fitted = |scan: &Scan, most| {
        let (columns, rows, aspect) = size(scan);
        place(most, columns, rows, aspect, Zoom::default())
    };
    let mm = |scan: &Scan| Some(scan.info.geometry.trusted_mm(Axis::Lateral)? * f64::from(scan.info.columns));
    let scale = |visit: usize| {
        let (scan, _) = visit_of(model, visit)?;
        Some(fitted(scan, most).width / mm(scan)?)
    };
    let width = scale(0).zip(scale(1)).zip(mm(scan)).map_or(most.0, |((one, other), mm)| one.min(other) * mm);
    Placement { x: 0.0, y: 0.0, ..fitted(scan, (width.min(most.0), most.1)) }
}
