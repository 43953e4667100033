//! Two visits: keeping one, and what is said of both.

use engine_protocol::{Laid, RegisteredBy};

use super::{Locale, Text, square_millimetres};

texts! {
    PANEL = "Two visits", "两次检查";
    ABOUT = "Keep this scan, open the other visit of the same eye, segment it, and compare.", "保留此扫描，打开同一只眼的另一次检查并分割，然后进行比较。";
    KEPT_HERE = "This scan is kept. Open the other visit of the same eye and segment it.", "已保留此扫描。请打开同一只眼的另一次检查并进行分割。";
    KEEP = "Keep for comparison", "保留以供比较";
    KEPT = "Kept for comparison: ", "保留以供比较：";
    COMPARE = "Compare", "比较";
    SHOW = "Show it", "显示";
    LET_GO = "Let go", "不再保留";
    NO_ROOM = "There was no room for the kept scan beside the others, so it was closed: keep it again once it is open.", "内存不足，无法同时保留该扫描，已将其关闭：重新打开后可再次保留。";

    OTHER_FIRST = "Open the other visit first.", "请先打开另一次检查。";
    THIS_FIRST = "Segment the scan in view first.", "请先分割当前扫描。";
    TITLE = "Two visits beside each other", "两次检查对比";
    SWAP = "Swap which is earlier", "交换先后";
    OVER = "Lay the other over it", "叠加另一次检查";
    MARK = "Mark the same place in both", "在两图中标记同一位置";
    UNDO = "Take back a mark", "撤销标记";
    FORGET = "Without marks", "清除标记";
    NO_MARK = "Nothing is marked.", "尚无标记。";
    SAVE = "Save the table (CSV)", "保存表格（CSV）";
    ABOUT_MARKING = "Press the same place of the retina, such as where a vessel branches, in both pictures from the front: one place shifts the scans, two turn them, too. By keyboard: the arrows move the cross of the picture that has the focus, Enter marks.", "请在两幅正面图中点按视网膜的同一位置（例如血管分叉处）：一处可确定平移，两处还可确定旋转。键盘操作：方向键移动获得焦点的图中的十字，回车键标记。";
    COMPARING = "comparing…", "正在比较…";
    NOT_LAID = "Not laid on each other, so each visit is scrolled by itself.", "两次扫描未能配准，因此各自滚动。";
    BY_FOVEA = "Laid on each other by the fovea of both, since their vessels do not agree surely.", "因血管无法可靠吻合，按两次的中心凹配准。";
    BY_HAND = "Laid on each other by what you marked.", "按您的标记配准。";
    BY_VESSELS_ALONE = "Laid on each other by their vessels, which agree nowhere else.", "按血管配准，其他位置均不吻合。";
    UNSEEN = "This visit does not see that place: its last B-scan stays.", "此次检查未扫描到该处：保留上一幅 B 扫描。";

    EARLIER_TITLE = "Earlier visit", "前一次检查";
    EARLIER_FRONT = "The earlier visit from the front: fluid, its B-scan in view as a line, the later visit's rim and B-scan dashed", "前一次检查正面图：积液，当前 B 扫描为实线，后一次检查的边界与 B 扫描为虚线";
    EARLIER_BSCAN = "B-scan of the earlier visit", "前一次检查的 B 扫描";
    LATER_TITLE = "Later visit", "后一次检查";
    LATER_FRONT = "The later visit from the front: fluid, its B-scan in view as a line, the earlier visit's rim and B-scan dashed", "后一次检查正面图：积液，当前 B 扫描为实线，前一次检查的边界与 B 扫描为虚线";
    LATER_BSCAN = "B-scan of the later visit", "后一次检查的 B 扫描";

    CHANGE = "What changed", "变化";
    BEFORE = "Earlier", "前次";
    AFTER = "Later", "后次";
    DIFFERENCE = "Change", "变化";
    PERCENT = "Percent", "百分比";
    WHOLE = "The whole scans, whatever each of them covers", "整个扫描（不论各自覆盖范围）";
    BOTH = "What both scans see", "两次扫描共同覆盖的范围";
    CENTRAL = "Central subfield", "中心区厚度";
    MAP = "Map of change", "变化图";
    MAP_RETINA = "Thickness of the retina, later less earlier", "视网膜厚度，后次减前次";
    MAP_FLUID = "Thickness of all fluid, later less earlier", "积液总厚度，后次减前次";
    NOT_BOTH = "not known in both", "未在两次中均测得";
    CAUTIONS = "Why a change need not be one of the eye", "变化未必来自眼部的原因";
    NO_CAUTION = "Nothing is to be said against comparing these two.", "未发现影响这两次检查可比性的因素。";
    KEPT_FIRST = "Segment the kept scan first: show it.", "请先显示并分割所保留的扫描。";
}

/// What one of the visits is called, and what its pictures show.
pub const EARLIER: [Text; 3] = [EARLIER_TITLE, EARLIER_FRONT, EARLIER_BSCAN];
/// As [`EARLIER`].
pub const LATER: [Text; 3] = [LATER_TITLE, LATER_FRONT, LATER_BSCAN];

/// How long the later visit was after the earlier one.
pub fn days(locale: Locale, days: i32) -> String {
    match locale {
        Locale::English if days.abs() == 1 => "A day apart.".to_owned(),
        Locale::English if days == 0 => "On one day.".to_owned(),
        Locale::English => format!("{} days apart.", days.abs()),
        Locale::Chinese => format!("相隔 {} 天。", days.abs()),
    }
}

/// How two scans lie on each other, and how much of them both see.
pub fn laid(locale: Locale, laid: &Laid) -> String {
    let by = match (laid.by, laid.agreement) {
        (RegisteredBy::Fovea, _) => BY_FOVEA.say(locale).to_owned(),
        (RegisteredBy::ByHand, _) => BY_HAND.say(locale).to_owned(),
        (RegisteredBy::Vessels, Some([strength, elsewhere])) if elsewhere > 0.0 => {
            let times = strength / elsewhere;
            match locale {
                Locale::English => {
                    format!(
                        "Laid on each other by their vessels, which agree {times:.1} times as well as anywhere else."
                    )
                }
                Locale::Chinese => format!("按血管配准，吻合程度为其他位置的 {times:.1} 倍。"),
            }
        }
        (RegisteredBy::Vessels, _) => BY_VESSELS_ALONE.say(locale).to_owned(),
    };
    let degrees = laid.transform.turned_degrees();
    let both = square_millimetres(laid.both_mm2);
    let part = 100.0 * laid.both_mm2 / laid.seen_mm2[0].min(laid.seen_mm2[1]).max(f64::MIN_POSITIVE);
    let part = part.min(100.0);
    match locale {
        Locale::English => {
            format!("{by} Turned by {degrees:.1}°. Both see {both}, {part:.0} % of the smaller scan.")
        }
        Locale::Chinese => {
            format!("{by}旋转 {degrees:.1}°。共同覆盖 {both}，占较小扫描的 {part:.0} %。")
        }
    }
}
