//! The report of the scan on show, on pages of A4: what was scanned, with what it was measured,
//! the figures, the maps, the B-scans that matter most. Nobody is named unless a person says so
//! for all that is saved ([`Input::Identify`]). What is drawn is drawn by the viewer's painters.

use leptos::prelude::*;
use oct::FluidClass;

use super::drawn::{Bars, Drawn, bars};
use crate::canvas::image::Placement;
use crate::effects::{Page, document};
use crate::model::{Answer, Front, Input, KeyBScan, Model, Scan, Sheet, View, Zoom, key_bscans};
use crate::panels::volume::{Fact, facts};
use crate::panels::{measurements as measured, regions as around};
use crate::viewer::etdrs::Grid;
use crate::viewer::front::{Painted, aspect};
use crate::viewer::overlay::Traced;
use crate::viewer::pattern;
use crate::viewer::picture::image_of;
use crate::viewer::placement::{pixel_aspect, place};
use crate::viewer::thickness::Thickness;
use crate::words::{
    Locale, Text, engine, looking, measurements, micrometres, names, nanolitres, regions, report, saving,
    slug, square_millimetres, use_words, viewer,
};

/// Width of a B-scan on a page, and of a map, CSS pixels: 96 to the inch of paper.
const BSCAN_WIDTH: f64 = 700.0;
const MAP_WIDTH: f64 = 330.0;
/// The tallest map, CSS pixels.
const MAP_HEIGHT: f64 = 250.0;
/// What all B-scans of a page have for their height, CSS pixels, with the lines beneath them.
const BSCANS_HEIGHT: f64 = 900.0;
/// The line beneath one of them.
const CAPTION_HEIGHT: f64 = 26.0;
/// The tallest B-scan.
const BSCAN_HEIGHT: f64 = 330.0;
/// So many warnings are printed at most.
const MOST_WARNINGS: usize = 6;
/// Pages there are.
const PAGES: usize = 2;

/// The button that opens the report.
#[component]
pub fn ReportButton() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let why_not = page.memo(why_not);
    view! {
        <button class="button export" data-testid="report" aria-haspopup="dialog"
            disabled=move || why_not.get().is_some()
            title=move || why_not.get().unwrap_or(report::BUTTON_IS).say(locale.get())
            on:click=move |_| page.send(Input::Sheet(Some(Sheet::Report)))>
            <strong>{t(report::BUTTON)}</strong>
            <small>{t(report::BUTTON_IS)}</small>
        </button>
    }
}

/// Why there is nothing to be printed, or `None` where there is.
fn why_not(model: &Model) -> Option<Text> {
    match model.scan().filter(|scan| scan.has_results()) {
        None => Some(saving::SEGMENT_FIRST),
        Some(scan) => scan.is_running().then_some(saving::WAIT),
    }
}

/// The report with what it is printed by.
pub fn contents(page: Page) -> impl IntoView {
    let t = use_words();
    let may_name_a_patient = page.peek(|model| model.scan().is_some_and(|scan| scan.info.may_name_a_patient));
    let identified = page.memo_scan(|scan| scan.identified);
    // Whatever of it changes, all of it is made anew: that is seldom.
    let shown = page.memo(|model| {
        let scan = model.scan()?;
        let bscans = &scan.bscans;
        let changed = [bscans.pictures_changed(), bscans.results_changed(), scan.front.changed()];
        Some((scan.id, changed, scan.identified, scan.figures.clone(), model.locale))
    });
    let pages = move || {
        shown.get();
        page.peek(|model| match (why_not(model), model.scan()) {
            (None, Some(scan)) => pages(model, scan),
            (why_not, _) => {
                view! { <p class="note">{why_not.map(|why| why.say(model.locale))}</p> }.into_any()
            }
        })
    };
    view! {
        <div class="sheet-body" tabindex="0" role="region" aria-labelledby="sheet-title">
            <div class="report-bar">
                <button class="button button-accent" data-testid="print" on:click=|_| document::print()>{t(report::PRINT)}</button>
                {may_name_a_patient.then(|| view! {
                    <label class="switch">
                        <input type="checkbox" data-testid="report-identified" prop:checked=move || identified.get() == Some(true)
                            on:change:target=move |event| page.send(Input::Identify(event.target().checked())) />
                        <span>{t(saving::KEEP_NAMES)}</span>
                    </label>
                })}
            </div>
            <div class="report" data-testid="report-pages">{pages}</div>
        </div>
    }
}

fn pages(model: &Model, scan: &Scan) -> AnyView {
    let locale = model.locale;
    let say = move |text: Text| text.say(locale);
    let made = report::made_by(locale, env!("CARGO_PKG_VERSION"), &document::now_utc());
    let footer = move |number| {
        let number = report::page(locale, number, PAGES);
        view! { <footer><strong>{say(report::NOTICE)}</strong><span>{number}</span></footer> }
    };
    let figures = scan.figures.as_ref();
    let fovea = figures.and_then(|it| it.fovea).map(|fovea| say(around::about(fovea.source)));
    let central = figures.and_then(|figures| figures.central_subfield_thickness_um);
    let central =
        central.map(|um| view! { <p><strong>{regions::central(locale, &micrometres(um))}</strong></p> });
    let table =
        figures.filter(|figures| figures.regions.is_some()).map(|figures| around::table(locale, figures));
    let maps = scan.has_neighbours().then(|| maps(locale, scan, model.view.slab));
    let keys = key_bscans(scan);
    let room = BSCANS_HEIGHT / keys.len() as f64 - CAPTION_HEIGHT;
    let bscans = keys.into_iter().map(|key| bscan(model, scan, key, room.min(BSCAN_HEIGHT))).collect_view();
    view! {
        <article class="report-page">
            <header><h3>{say(report::TITLE)}</h3><span>{made}</span></header>
            <dl class="facts">{all_facts(model, scan).into_iter().map(|fact| fact.shown(locale)).collect_view()}</dl>
            {fluid(model, scan)}
            <div class="report-columns">
                <section>
                    <h4>{say(regions::TITLE)}</h4>
                    {central}
                    {table}
                    <p class="fine">{fovea}</p>
                    {warnings(model, scan)}
                </section>
                <section>{maps}</section>
            </div>
            {footer(1)}
        </article>
        <article class="report-page">
            <h4>{say(report::KEY_BSCANS)}</h4>
            {legend()}
            {bscans}
            {footer(2)}
        </article>
    }
    .into_any()
}

fn all_facts(model: &Model, scan: &Scan) -> Vec<Fact> {
    let locale = model.locale;
    let name = match (scan.identified, scan.info.is_sample) {
        (true, _) => scan.info.name.clone(),
        (false, true) => viewer::SAMPLE.say(locale).to_owned(),
        (false, false) => report::NOT_NAMED.say(locale).to_owned(),
    };
    let mut all = vec![Fact(report::SCAN, name, None)];
    all.extend(facts(locale, &scan.info, scan.identified));
    if let Some(measurement) = &scan.measurement {
        all.push(Fact(report::COVERAGE, measured::coverage(locale, measurement), None));
    }
    all.push(Fact(report::THRESHOLD, format!("{:.2}", scan.threshold), None));
    let mut devices: Vec<&str> =
        scan.bscans.all_segmented().map(|(it, _)| it.result.device.as_str()).collect();
    devices.sort_unstable();
    devices.dedup();
    all.push(Fact(engine::TITLE, devices.join("; "), None));
    if let Some(network) = model.network() {
        let size = engine::network_size(locale, network.parameters);
        let note = match network.own_file {
            Some(_) => engine::OWN_WEIGHTS.say(locale).to_owned(),
            None => size,
        };
        all.push(Fact(engine::NETWORK, network.name.clone(), Some(note)));
        all.push(Fact(report::CHECKSUM, network.sha256.clone(), None));
    }
    all
}

/// The figures of each class.
fn fluid(model: &Model, scan: &Scan) -> AnyView {
    let locale = model.locale;
    let say = move |text: Text| text.say(locale);
    let dash = || "—".to_owned();
    let line = |class: FluidClass| {
        let measurement = scan.measurement.as_ref()?;
        let calling = measured::calling(model, class);
        let presence =
            calling.map(|of| format!("{:.2} {}", of.0, say(measured::called(of)))).unwrap_or_else(dash);
        let sizes =
            scan.figures.as_ref().map_or([(); 3].map(|()| dash()), |it| around::sizes(locale, it, class));
        let found = measurement.class(class).bscans_with_fluid.to_string();
        let between =
            measured::between_nl(scan, class).map(|nl| nl.map(nanolitres).join(" – ")).unwrap_or_else(dash);
        let cells =
            [measured::volume(scan, measurement, class).unwrap_or_else(dash), between, presence, found];
        Some(view! {
            <tr class=format!("measure-{}", slug(class))>
                <th scope="row"><i class="swatch" aria-hidden="true"></i>{class.abbreviation()}<small>{say(names::fluid(class))}</small>
                    {measured::corrected(model, class).map(|by| view! { <strong class="corrected">{by}</strong> })}</th>
                {cells.into_iter().chain(sizes).map(|cell| view! { <td>{cell}</td> }).collect_view()}
            </tr>
        })
    };
    let heads = [
        report::VOLUME,
        report::BETWEEN,
        report::PRESENCE,
        report::BSCANS,
        regions::HEIGHT,
        regions::WIDTH,
        regions::TO_FOVEA,
    ];
    view! {
        <table class="figures report-fluid" tabindex="0" data-testid="report-fluid">
            <thead><tr><th scope="col">{say(report::FLUID)}</th>{heads.map(|head| view! { <th scope="col">{say(head)}</th> })}</tr></thead>
            <tbody>{FluidClass::ALL.map(line)}</tbody>
        </table>
        <p class="fine">{say(report::ABOUT_FIGURES)}</p>
    }
    .into_any()
}

/// What has to be known to read the figures.
fn warnings(model: &Model, scan: &Scan) -> AnyView {
    let locale = model.locale;
    let info = &scan.info;
    let own = |text: String| (text, locale);
    let mut all: Vec<(String, Locale)> = measured::note(model).into_iter().map(own).collect();
    all.extend(scan.measured_otherwise.then(|| own(measurements::MEASURED_OTHERWISE.say(locale).to_owned())));
    let read = if scan.identified { &info.warnings } else { &info.nameless_warnings };
    // What a reader says is English in every language.
    all.extend(read.iter().map(|warning| (warning.clone(), Locale::English)));
    if all.is_empty() {
        all.push(own(report::NO_WARNING.say(locale).to_owned()));
    }
    all.truncate(MOST_WARNINGS);
    let items =
        all.into_iter().map(|(warning, of)| view! { <li lang=of.tag()>{warning}</li> }).collect_view();
    view! { <h4>{report::WARNINGS.say(locale)}</h4><ul class="report-warnings">{items}</ul> }.into_any()
}

/// The scan from the front: the classes, and how thick the retina is.
fn maps(locale: Locale, scan: &Scan, slab: engine_protocol::Slab) -> AnyView {
    let map = |front: Front, title: Text| {
        let (columns, bscans) = (scan.info.columns, scan.info.bscans);
        let at = place((MAP_WIDTH, MAP_HEIGHT), columns, bscans, aspect(scan), Zoom::default());
        let at = Placement { x: 0.0, y: 0.0, ..at };
        let painted = Painted::of(scan, front, [true; 3]);
        let grid = Grid::of(scan, at);
        let draw = Box::new(move |context: &web_sys::CanvasRenderingContext2d, ratio: f64| {
            painted.draw(context, at, ratio);
            if let Some(grid) = &grid {
                grid.draw(context, at);
            }
        });
        let scale = Thickness::of(scan, front).map(|map| view! {
            <div class="colour-bar"><span>{format!("{:.0}", map.scale.least_um)}</span><i aria-hidden="true"></i>
                <span>{micrometres(f64::from(map.scale.most_um))}</span></div>
        });
        view! {
            <figure>
                <Drawn width=at.width height=at.height label=title.say(locale).to_owned() draw />
                <figcaption>{title.say(locale)}" ("{looking::slab(slab).say(locale)}")"{scale}</figcaption>
            </figure>
        }
    };
    view! {
        {map(Front::Classes, report::CLASSES_FROM_THE_FRONT)}
        {map(Front::Retina, report::THICKNESS_FROM_THE_FRONT)}
    }
    .into_any()
}

/// A B-scan with what was found in it, at most `room` CSS pixels high.
fn bscan(model: &Model, scan: &Scan, key: KeyBScan, room: f64) -> AnyView {
    let locale = model.locale;
    let (columns, rows) = (scan.info.columns, scan.info.rows);
    let of = pixel_aspect(&scan.info.geometry, 1);
    let at = place((BSCAN_WIDTH, room), columns, rows, of, Zoom::default());
    let at = Placement { x: 0.0, y: 0.0, ..at };
    let picture = image_of(scan, key.bscan, 1, model.view.window);
    let waits = picture.is_none().then(|| report::NO_PICTURE.say(locale));
    let view = View { patterns: model.view.patterns, opacity: model.view.opacity, ..View::default() };
    let traced = Traced::of(scan, key.bscan, &view, Answer::Open);
    let page = Page::expect();
    let draw = Box::new(move |context: &web_sys::CanvasRenderingContext2d, ratio: f64| {
        if let Some(picture) = &picture {
            picture.draw(context, at, ratio);
        }
        page.peek(|model| {
            if let Some(scan) = model.scan() {
                traced.draw(context, scan, (&view, &pattern::tiles()), (at, ratio));
            }
        });
    });
    let why = key.is_foveal.map(|is_foveal| {
        if is_foveal { report::THROUGH_THE_FOVEA } else { report::IN_THE_MIDDLE }.say(locale).to_owned()
    });
    let most = key.most_of.iter().map(|class| report::most_of(locale, *class));
    let why: Vec<String> = why.into_iter().chain(most).collect();
    let areas: Vec<String> =
        FluidClass::ALL.into_iter().filter_map(|class| area(scan, key.bscan, class)).collect();
    let title = looking::bscan(locale, key.bscan + 1);
    let (bars, said) = bars(locale, scan, at)
        .map(|Bars { size: [width, height], said }| {
            (view! { <i class="report-bars" style:width=width style:height=height></i> }, said)
        })
        .unzip();
    view! {
        <figure class="report-bscan">
            <div><Drawn width=at.width height=at.height label=title.clone() draw />{bars}</div>
            <figcaption><strong>{title}</strong>" "{why.join(", ")}" "{areas.join(", ")}" "{waits}<span>{said}</span></figcaption>
        </figure>
    }
    .into_any()
}

/// The area of a class in a B-scan that has some.
fn area(scan: &Scan, bscan: u32, class: FluidClass) -> Option<String> {
    let voxels = scan.measurement.as_ref()?.class(class).voxels_per_bscan.get(bscan as usize).copied()??;
    let area = square_millimetres(voxels as f64 * scan.pixel_mm2()?);
    (voxels > 0).then(|| format!("{} {area}", class.abbreviation()))
}

/// Which colour is which fluid.
fn legend() -> AnyView {
    let classes = FluidClass::ALL.map(|class| {
        view! { <span class=format!("measure-{}", slug(class))><i class="swatch" aria-hidden="true"></i>{class.abbreviation()}</span> }
    });
    view! { <p class="report-legend">{classes}</p> }.into_any()
}
