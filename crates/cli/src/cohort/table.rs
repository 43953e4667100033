//! The table of a cohort: a row a scan, units in the names of columns. A class that is absent
//! has 0, what is not measured is empty, and no text runs as a formula in a spreadsheet.

use fluid::AxisReport;
pub use fluid::cohort::COLUMNS;
use fluid::csv::{or_empty, push_record, safe_text};
use oct::Laterality;

use super::record::{ClassRecord, FiguresRecord, ScanRecord};

/// The first line of the table.
pub fn header() -> String {
    let mut line = String::new();
    push_record(&mut line, &COLUMNS);
    line
}

/// The row of `record`.
pub fn row(record: &ScanRecord) -> String {
    let text = |text: &Option<String>| safe_text(text.as_deref().unwrap_or_default());
    let figures = record.figures.as_ref();
    let input = &record.input;
    let of_classes = |figure: &dyn Fn(&ClassRecord) -> String| -> [String; 3] {
        let classes = figures.map(|figures| &figures.classes);
        let all = classes.map(|classes| [&classes.irf, &classes.srf, &classes.ped].map(figure));
        all.unwrap_or_default()
    };
    let of_figures = |figure: &dyn Fn(&FiguresRecord) -> String| figures.map(figure).unwrap_or_default();
    let of_axis = |axis: &dyn Fn(&FiguresRecord) -> &AxisReport| -> [String; 2] {
        let spacing = figures.map(axis);
        let source = spacing.map(|spacing| safe_text(&spacing.source));
        [or_empty(spacing.and_then(|spacing| spacing.mm)), source.unwrap_or_default()]
    };
    let mut fields = vec![
        record.number.to_string(),
        text(&record.scan),
        text(&input.name),
        input.volume.to_string(),
        or_empty((input.volumes > 0).then_some(input.volumes)),
        record.state.name().to_owned(),
        text(&record.message),
    ];
    fields.extend(of_classes(&|class| or_empty(class.volume_nl)));
    fields.extend(of_classes(&|class| class.voxels.to_string()));
    fields.extend(of_classes(&|class| class.bscans_with_fluid.to_string()));
    fields.extend(of_classes(&|class| or_empty(class.presence_score)));
    fields.extend([
        or_empty(figures.and_then(|figures| figures.central_subfield_thickness_um)),
        of_figures(&|figures| figures.coverage.slug().to_owned()),
        of_figures(&|figures| figures.bscans.to_string()),
        of_figures(&|figures| figures.measured_bscans.to_string()),
        of_figures(&|figures| figures.bscans_without_picture.to_string()),
        or_empty(input.columns),
        or_empty(input.rows),
    ]);
    fields.extend(of_axis(&|figures| &figures.spacing.lateral));
    fields.extend(of_axis(&|figures| &figures.spacing.axial));
    fields.extend(of_axis(&|figures| &figures.spacing.between_bscans));
    fields.extend([
        of_figures(&|figures| figures.spacing_in_doubt.to_string()),
        of_figures(&|figures| safe_text(&figures.no_volume_because.join(" "))),
        of_figures(&|figures| figures.threshold.to_string()),
        text(&input.format),
        text(&input.vendor),
        input.laterality.map_or("", Laterality::abbreviation).to_owned(),
        safe_text(&record.made_with.model),
        safe_text(&record.made_with.weights_sha256),
        safe_text(&record.made_with.device),
        safe_text(&record.made_with.software),
        record.seconds.to_string(),
        text(&record.folder),
        safe_text(&record.research_use_notice),
        // Nobody corrects in the program.
        of_figures(&|_| "0".to_owned()),
    ]);
    let mut line = String::new();
    push_record(&mut line, &fields);
    line
}
