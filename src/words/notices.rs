//! Failures, and whether a run may be stopped.

use engine_protocol::SaveKind;

use super::{Locale, names};

texts! {
    DETAILS = "Details", "详细信息";
    RESTART_ENGINE = "Restart the engine", "重新启动引擎";
    DISMISS = "Dismiss", "关闭";
    DISMISS_THIS = "Dismiss this message", "关闭此消息";

    ENGINE_STOPPED = "The engine stopped: what you see and what was measured stays, restart the engine to go on.",
        "引擎已停止：当前显示和已测量的内容都会保留，重新启动引擎即可继续。";
    ENGINE_NOT_STARTED = "The engine could not be started: restart it, and if that does not help reload the page.",
        "引擎无法启动：请重新启动引擎，如仍无效，请刷新页面。";

    VOLUME_WAITS = "A volume waits", "有扫描等待打开";
    STOP_AND_OPEN_WHAT = "Stop the run and open ", "停止当前分割并打开 ";
    OPEN_WHAT = "The run is over. Open ", "分割已结束。打开 ";
    END_OF_QUESTION = "?", "？";
    STOP_AND_OPEN = "Stop and open", "停止并打开";
    OPEN = "Open", "打开";
    KEEP_RUNNING = "Keep running", "继续分割";
    KEEP_VOLUME = "Keep this volume", "保留当前扫描";
}

/// A file that the browser did not take.
pub fn could_not_be_saved(locale: Locale, file: &str) -> String {
    match locale {
        Locale::English => {
            format!("{file} could not be saved: allow downloads for this page and export again.")
        }
        Locale::Chinese => format!("无法保存 {file}：请允许此页面下载文件，然后重新导出。"),
    }
}

/// Files that are lost with the engine; each with the name of its scan.
pub fn lost_with_engine(locale: Locale, files: &[(SaveKind, String)]) -> String {
    let named: Vec<String> = files
        .iter()
        .map(|(kind, scan)| {
            let kind = names::saved(*kind).say(locale);
            match locale {
                Locale::English => format!("{kind} of {scan}"),
                Locale::Chinese => format!("{scan} 的 {kind}"),
            }
        })
        .collect();
    match locale {
        Locale::English => {
            let verb = if files.len() == 1 { "was" } else { "were" };
            format!("{} {verb} not saved: save again when the engine runs.", named.join(", "))
        }
        Locale::Chinese => format!("{}未保存：请在引擎运行后重新保存。", named.join("、")),
    }
}
