//! The list of scans that are measured one after the other.

use super::{Locale, Text};
use crate::model::worklist::SpacingFrom;

texts! {
    TITLE = "Worklist", "任务列表";
    BUTTON_TITLE = "Show the list of scans that are measured one after the other", "显示逐个测量的扫描列表";
    CLOSE = "Close the list", "关闭列表";
    SEVERAL = "Several scans", "多个扫描";
    AS_ONE = "Open as one scan", "作为一个扫描打开";
    NOTHING = "Do nothing", "不处理";
    PAUSE = "Pause", "暂停";
    GO_ON = "Go on", "继续";
    SAVE = "Save table (CSV)", "保存表格（CSV）";
    CLEAR = "Clear", "清空";
    KEEP_NAMES = "with the names of files", "包含文件名";

    COLUMN_SCAN = "Scan", "扫描";
    COLUMN_STATE = "State", "状态";
    COLUMN_SPACING = "Spacing", "间距";
    COLUMN_TIME = "Time", "用时";
    COLUMN_DO = "Again, remove", "重试、移除";
    RETRY = "Measure again", "重新测量";
    REMOVE = "Take off the list", "从列表移除";

    WAITING = "waiting", "等待中";
    READING = "reading", "正在读取";
    DONE = "measured", "已测量";
    ASKS = "needs you", "需要您处理";
    FAILED = "failed", "失败";
    OPEN_TO_ANSWER = "Open it to answer.", "请打开后回答。";
    OPEN_FOR_SPACING = "Open it to give the spacing.", "请打开后输入间距。";

    FROM_FILE = "file", "文件";
    FROM_PERSON = "by you", "由您提供";
    ASSUMED = "assumed", "假定";
    IN_DOUBT = "in doubt", "存疑";
    NOWHERE = "not known", "未知";

    PAUSED = "Paused.", "已暂停。";
    NOW_IN_VIEW = "Waits for the scan in view.", "正在等待当前查看的扫描。";
    STAYS_HOW_LONG = "The list lasts as long as this page: a reload forgets it, so save the table. Press a name to look at a scan; what you answer or measure there comes back into its row.",
        "列表只在本页面打开期间保留：刷新即丢失，请保存表格。点击名称可查看扫描；您在其中的回答和测量会回填到对应的行。";

    ENGINE_STOPPED_TWICE = "The engine stopped twice while it measured this scan: try it alone, or with the command line.",
        "测量此扫描时引擎两次停止：请单独测量，或使用命令行。";
    NO_ROOM = "There is no room in memory for this scan beside the one in view: open it alone.",
        "内存不足以同时容纳此扫描和当前查看的扫描：请单独打开。";
}

/// Where a spacing comes from, in a word.
pub fn spacing_from(source: SpacingFrom) -> Text {
    match source {
        SpacingFrom::File => FROM_FILE,
        SpacingFrom::Person => FROM_PERSON,
        SpacingFrom::Assumed => ASSUMED,
        SpacingFrom::InDoubt => IN_DOUBT,
        SpacingFrom::Nowhere => NOWHERE,
    }
}

/// That there are several scans in a drop.
pub fn several(locale: Locale, scans: usize) -> String {
    match locale {
        Locale::English => format!(
            "There are {scans} scans in what you dropped. Measure them one after the other, in a list?"
        ),
        Locale::Chinese => format!("拖放的内容中有 {scans} 个扫描。是否列入列表逐个测量？"),
    }
}

/// The button that makes them a list.
pub fn as_list(locale: Locale, scans: usize) -> String {
    match locale {
        Locale::English => format!("List of {scans}"),
        Locale::Chinese => format!("{scans} 个扫描的列表"),
    }
}

/// How far the list is.
pub fn progress(locale: Locale, settled: usize, scans: usize, [failed, asking]: [usize; 2]) -> String {
    let mut parts = vec![match locale {
        Locale::English => format!("{settled} of {scans} done"),
        Locale::Chinese => format!("已完成 {settled}/{scans}"),
    }];
    let mut add = |count: usize, en: &str, zh: &str| {
        if count > 0 {
            parts.push(match locale {
                Locale::English => format!("{count} {en}"),
                Locale::Chinese => format!("{count} 个{zh}"),
            });
        }
    };
    add(failed, "failed", "失败");
    add(asking, if asking == 1 { "needs you" } else { "need you" }, "需要您处理");
    parts.join(if locale == Locale::English { ", " } else { "，" })
}
