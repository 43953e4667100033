//! The Segment button, and the run while it lasts.

use super::{Locale, bscans, duration};

texts! {
    TITLE = "Segmentation", "分割";
    SEGMENT = "Segment", "开始分割";
    CONTINUE = "Continue", "继续";
    SEGMENT_AGAIN = "Segment again", "重新分割";
    CANCEL = "Cancel", "取消";
    STOPPING = "stopping…", "正在停止…";
    MEASURING_FIRST = "measuring the first B-scans…", "正在测量最初几幅 B 扫描…";
    NOTHING_MEASURED = "Nothing was measured yet.", "尚未测量任何 B 扫描。";

    ENGINE_STARTING = "The engine is still starting.", "引擎仍在启动。";
    NO_DEVICE = "No device is able to run the network.", "没有可运行神经网络的设备。";
    ENGINE_STOPPED = "The engine stopped: restart it first.", "引擎已停止：请先重新启动。";
    NO_VOLUME = "Open a volume first.", "请先打开一个扫描。";
    READING = "The engine is reading the volume.", "引擎正在读取扫描。";
    NOT_READ_AGAIN = "The engine could not read the volume again: open it once more.", "引擎无法再次读取该扫描：请重新打开。";
}

/// What the button is for.
pub fn finds(locale: Locale, count: usize) -> String {
    let bscans = bscans(locale, count);
    match locale {
        Locale::English => format!("Finds IRF, SRF and PED in {bscans}."),
        Locale::Chinese => format!("在 {bscans}中查找 IRF、SRF 和 PED。"),
    }
}

/// A run that is over; `went_on` where it measured what an earlier one had left.
pub fn finished(locale: Locale, went_on: bool, measured: usize, elapsed_ms: f64) -> String {
    let (bscans, time) = (bscans(locale, measured), duration(locale, elapsed_ms));
    match (locale, went_on) {
        (Locale::English, true) => format!("The other {bscans} measured in {time}."),
        (Locale::English, false) => format!("{bscans} measured in {time}."),
        (Locale::Chinese, true) => format!("其余 {bscans}已测量，用时 {time}。"),
        (Locale::Chinese, false) => format!("{bscans}已测量，用时 {time}。"),
    }
}

/// A run that was stopped, and what stays of it.
pub fn stopped(locale: Locale, what_stays: &str) -> String {
    match locale {
        Locale::English => format!("Stopped. {what_stays}"),
        Locale::Chinese => format!("已停止。{what_stays}"),
    }
}

/// A run that failed, and what stays of it.
pub fn failed(locale: Locale, what_stays: &str) -> String {
    match locale {
        Locale::English => format!("The run did not finish. {what_stays}"),
        Locale::Chinese => format!("分割未完成。{what_stays}"),
    }
}

/// What stays of a run that did not finish; `is_unfinished` where Continue measures the rest.
pub fn what_stays(locale: Locale, measured: usize, is_unfinished: bool) -> String {
    match locale {
        _ if measured == 0 => NOTHING_MEASURED.say(locale).to_owned(),
        Locale::English => {
            let stay = match measured {
                1 => "The measured B-scan stays".to_owned(),
                measured => format!("The {measured} measured B-scans stay"),
            };
            let until =
                if is_unfinished { "; Continue measures the rest." } else { " until you segment again." };
            stay + until
        }
        Locale::Chinese if is_unfinished => {
            format!("已测量的 {}会保留；点击“继续”测量其余部分。", bscans(locale, measured))
        }
        Locale::Chinese => format!("已测量的 {}会保留到您重新分割为止。", bscans(locale, measured)),
    }
}

/// How far the run is.
pub fn done_of(locale: Locale, done: u32, total: u32) -> String {
    match locale {
        Locale::English => format!("{done} of {total}"),
        Locale::Chinese => format!("已完成 {done} / {total}"),
    }
}
