//! Figures by region around the fovea, and how large the fluid is.

use fluid::figures::Figures;
use fluid::{FoveaPlace, FoveaSource, RegionFigures};
use leptos::prelude::*;
use oct::FluidClass;

use crate::effects::Page;
use crate::model::{Input, Scan};
use crate::words::{Locale, Text, micrometres, nanolitres, regions, use_words};

/// A line of the table: what it is of, its figures.
type Line = (String, RegionFigures);

/// The panel.
#[component]
pub fn Regions() -> impl IntoView {
    let page = Page::expect();
    let (t, locale) = (use_words(), page.locale());
    let figures = page.memo_scan(|scan| scan.figures.clone());
    let figures = move || figures.get().flatten();
    let has_figures = Memo::new(move |_| figures().is_some());
    let is_held = page.memo(|model| model.why_not_held().is_none());
    let about_fovea = move || figures()?.fovea.map(|fovea| about(fovea.source).say(locale.get()));
    let is_by_hand =
        move || figures().and_then(|it| it.fovea).is_some_and(|it| it.source == FoveaSource::ByHand);
    let put_here = move |_| {
        let place = page.peek(|model| model.scan().map(place_of_cursor));
        if place.is_some() {
            page.send(Input::SetFovea(place));
        }
    };
    let central = move || figures().and_then(|it| it.central_subfield_thickness_um).map(micrometres);
    let sizes = move || {
        let figures = figures()?;
        Some(FluidClass::ALL.map(|class| {
            let cells = sizes(locale.get(), &figures, class).map(|size| view! { <td>{size}</td> });
            view! { <tr><th scope="row">{class.abbreviation()}</th>{cells}</tr> }
        }))
    };
    view! {
        <Show when=move || has_figures.get()>
            <section class="panel unless-finding" aria-labelledby="regions-title">
                <header class="panel-head">
                    <h2 id="regions-title">{t(regions::TITLE)}</h2>
                    <span class="quiet" data-testid="central-thickness">
                        {move || central().map(|um| regions::central(locale.get(), &um))}
                    </span>
                </header>
                <p class="fine" role="status" data-testid="about-fovea">{about_fovea}</p>
                <div class="fovea-buttons">
                    <button class="button button-small" data-testid="fovea-here" disabled=move || !is_held.get()
                        title=t(regions::FOVEA_HERE_TITLE) on:click=put_here>{t(regions::FOVEA_HERE)}</button>
                    <Show when=is_by_hand>
                        <button class="button button-small" data-testid="fovea-guess" disabled=move || !is_held.get()
                            on:click=move |_| page.send(Input::SetFovea(None))>{t(regions::FOVEA_GUESS)}</button>
                    </Show>
                </div>
                <div class="table-holder" tabindex="0" data-scrolls role="region" aria-labelledby="regions-title">
                    {move || figures().map(|figures| table(locale.get(), &figures))}
                    <table class="figures" data-testid="extents">
                        <thead><tr>
                            <th scope="col">{t(regions::SIZE)}</th>
                            <th scope="col">{t(regions::HEIGHT)}</th>
                            <th scope="col">{t(regions::WIDTH)}</th>
                            <th scope="col">{t(regions::TO_FOVEA)}</th>
                        </tr></thead>
                        <tbody>{sizes}</tbody>
                    </table>
                </div>
            </section>
        </Show>
    }
}

/// The table of the regions; without lines where places are not known in mm.
pub fn table(locale: Locale, figures: &Figures) -> AnyView {
    let say = |text: Text| text.say(locale);
    let line = |(name, figures): Line| {
        let volume = |class: FluidClass| {
            figures.volume_nl.get(class).map_or_else(|| "—".to_owned(), |nl| without_unit(&nanolitres(nl)))
        };
        let thickness =
            figures.thickness_um.map_or_else(|| "—".to_owned(), |um| without_unit(&micrometres(um)));
        view! {
            <tr>
                <th scope="row">{name}</th>
                {FluidClass::ALL.map(|class| view! { <td>{volume(class)}</td> })}
                <td>{thickness}</td>
                <td>{format!("{:.0}", figures.scanned * 100.0)}</td>
            </tr>
        }
    };
    let lines = lines(locale, figures).map(|lines| lines.into_iter().map(line).collect_view());
    view! {
        <table class="figures" data-testid="regions">
            <thead><tr>
                <th scope="col">{say(regions::REGION)}</th>
                {FluidClass::ALL.map(|class| view! { <th scope="col">{class.abbreviation()}<small>"nl"</small></th> })}
                <th scope="col">{say(regions::THICKNESS)}<small>"µm"</small></th>
                <th scope="col">{say(regions::SCANNED)}<small>"%"</small></th>
            </tr></thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

/// The largest height and width of a class, and how far it is from the fovea.
pub fn sizes(locale: Locale, figures: &Figures, class: FluidClass) -> [String; 3] {
    let extents = figures.extents.get(class);
    // Only where all of the scan is measured: else there may be some yet.
    let is_absent = extents.height_um == Some(0.0) || extents.width_um == Some(0.0);
    [extents.height_um, extents.width_um, extents.fovea_distance_um].map(|um| match um {
        _ if is_absent => regions::NONE.say(locale).to_owned(),
        Some(um) => micrometres(um),
        None => "—".to_owned(),
    })
}

/// A figure whose unit stands at the head of its column.
fn without_unit(figure: &str) -> String {
    figure.rsplit_once(' ').map_or(figure, |(figure, _)| figure).to_owned()
}

/// The three discs, then the nine subfields; `None` where places are not known in mm.
fn lines(locale: Locale, figures: &Figures) -> Option<Vec<Line>> {
    let found = figures.regions.as_ref()?;
    let discs = found.discs.iter().map(|disc| (regions::disc(locale, disc.diameter_mm), disc.figures));
    let fields =
        found.subfields.iter().map(|field| (regions::subfield(locale, &field.subfield), field.figures));
    Some(discs.chain(fields).collect())
}

/// Who says where the fovea lies.
pub fn about(source: FoveaSource) -> Text {
    match source {
        FoveaSource::Guessed => regions::FOVEA_GUESSED,
        FoveaSource::Middle => regions::FOVEA_MIDDLE,
        FoveaSource::ByHand => regions::FOVEA_BY_HAND,
    }
}

/// The place of the cursor as one of the fovea.
fn place_of_cursor(scan: &Scan) -> FoveaPlace {
    FoveaPlace { bscan: f64::from(scan.cursor.bscan), column: f64::from(scan.column()) }
}
