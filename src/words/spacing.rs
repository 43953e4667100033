//! The form for the spacing, and where a spacing comes from.

use oct::{Axis, AxisSpacing, SpacingSource};

use super::{Locale, Text, millimetres, names};

texts! {
    TITLE = "Spacing", "间距";
    TITLE_IN_DOUBT = "Spacing in doubt", "间距存疑";
    TITLE_MISSING = "Spacing not in the file", "文件中无间距";
    NEEDED = "Needed for volumes in nl. It stands in the scan protocol of the device.", "计算以 nl 为单位的体积需要间距，可在设备的扫描方案中查到。";
    ASSUMED = "Not in the file: the usual one of the device is assumed. Correct it where you know better.", "文件中没有间距：已采用该设备的常用值。如您知道确切数值，请更正。";
    APPLY = "Apply spacing", "应用间距";
    CHANGE = "Change spacing", "更改间距";
    FILE_IS_RIGHT = "The file is right", "文件中的数值正确";
    IS_RIGHT = "It is right", "数值正确";
    OR_ENTER = "Or enter the spacing that is right; until then there are no volumes in nl.", "或输入正确的间距；在此之前不给出以 nl 为单位的体积。";
    ENGINE_STOPPED = "The engine stopped: restart it, what you typed stays.", "引擎已停止：请重新启动，您输入的内容会保留。";
    LATERAL_EXAMPLE = "e.g. 0.0117", "如 0.0117";
    AXIAL_EXAMPLE = "e.g. 0.0039", "如 0.0039";
    BETWEEN_EXAMPLE = "e.g. 0.120", "如 0.120";
}

/// Figures of a usual macular raster, to show the unit's order of magnitude.
pub fn example(axis: Axis) -> Text {
    match axis {
        Axis::Lateral => LATERAL_EXAMPLE,
        Axis::Axial => AXIAL_EXAMPLE,
        Axis::BetweenBScans => BETWEEN_EXAMPLE,
    }
}

/// Where a spacing comes from, e.g. `from the file (ElementSpacing)`.
pub fn source(locale: Locale, spacing: &AxisSpacing) -> String {
    match (locale, spacing.source()) {
        (Locale::English, SpacingSource::FromFile { tag }) => format!("from the file ({tag})"),
        (Locale::Chinese, SpacingSource::FromFile { tag }) => format!("来自文件（{tag}）"),
        (Locale::English, SpacingSource::FromUser) => "entered by you".to_owned(),
        (Locale::Chinese, SpacingSource::FromUser) => "由您输入".to_owned(),
        (_, SpacingSource::ConfirmedByUser { tag, stated_mm, was_assumed }) => {
            let is_as_stated = spacing.mm() == Some(*stated_mm);
            let stated = millimetres(*stated_mm);
            match (locale, was_assumed, is_as_stated) {
                (Locale::English, true, _) => format!("assumed ({tag}), confirmed by you"),
                (Locale::English, _, true) => format!("from the file ({tag}), confirmed by you"),
                (Locale::English, _, false) => {
                    format!("meant by {stated} in the file ({tag}), confirmed by you")
                }
                (Locale::Chinese, true, _) => format!("假定值（{tag}），经您确认"),
                (Locale::Chinese, _, true) => format!("来自文件（{tag}），经您确认"),
                (Locale::Chinese, _, false) => format!("由文件中的 {stated}（{tag}）推得，经您确认"),
            }
        }
        (Locale::English, SpacingSource::VendorDefault { why }) => format!("assumed: {why}"),
        (Locale::Chinese, SpacingSource::VendorDefault { why }) => format!("假定值：{why}"),
        (Locale::English, SpacingSource::Unknown) => "not in the file".to_owned(),
        (Locale::Chinese, SpacingSource::Unknown) => "文件中没有".to_owned(),
    }
}

/// The button that takes what is proposed.
pub fn use_proposal(locale: Locale, spacing: &[(Axis, f64)]) -> String {
    match locale {
        Locale::English => format!("Use {}", oct::doubt::in_words(spacing)),
        Locale::Chinese => {
            let figure =
                |(axis, mm): &(Axis, f64)| format!("{} {}", names::axis(*axis).say(locale), millimetres(*mm));
            let figures: Vec<String> = spacing.iter().map(figure).collect();
            format!("采用：{}", figures.join("，"))
        }
    }
}

/// A field that is empty.
pub fn is_missing(locale: Locale, axis: Axis) -> String {
    let name = names::axis_title(axis).say(locale);
    match locale {
        Locale::English => format!("{name} spacing is missing: give it in mm."),
        Locale::Chinese => format!("缺少{name}间距：请以 mm 为单位输入。"),
    }
}

/// A field that holds no number.
pub fn is_no_number(locale: Locale, axis: Axis, text: &str) -> String {
    let name = names::axis_title(axis).say(locale);
    match locale {
        Locale::English => {
            format!("{name} spacing \"{text}\" is no number: give it in mm, for example 0.0039.")
        }
        Locale::Chinese => format!("{name}间距“{text}”不是数字：请以 mm 为单位输入，例如 0.0039。"),
    }
}

/// A number that no spacing can be.
pub fn is_out_of_bounds(locale: Locale, axis: Axis, most_mm: f64) -> String {
    let name = names::axis_title(axis).say(locale);
    match locale {
        Locale::English => format!(
            "{name} spacing must be above 0 and at most {most_mm} mm; if yours is in µm, divide it by 1000."
        ),
        Locale::Chinese => {
            format!("{name}间距必须大于 0 且不超过 {most_mm} mm；如果您的数值以 µm 为单位，请除以 1000。")
        }
    }
}
