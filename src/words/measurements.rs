//! Figures of the fluids, and why some are missing.

use oct::{Axis, FluidClass};

use super::{Locale, bscans, names, nanolitres};

texts! {
    TITLE = "Fluid", "积液";
    PRESENCE = "presence ", "存在评分 ";
    ABOUT_PRESENCE = "Presence: how sure the network is that the class occurs, 0 to 1; calibrated mostly on generated eyes.",
        "存在评分：网络对该类积液存在的把握程度，0 至 1；主要在合成眼上校准。";
    MEASURED_OTHERWISE = "Segmented with another spacing than now: segment again, so that the network sees the scan in its true proportions.",
        "分割时所用的间距与现在不同：请重新分割，使网络按真实比例处理该扫描。";
    PRESENT = "· present", "· 存在";
    NOT_CALLED = "· not called", "· 未判定存在";
    THRESHOLD = "Threshold", "阈值";
    THRESHOLD_TITLE = "What reaches this probability counts as fluid; the figures follow", "达到此概率即算作积液；数值随之变化";
    THRESHOLD_STAYS = "The engine was restarted and the probabilities went with it: segment again to move the threshold.", "引擎已重启，概率已丢失：请重新分割后再调整阈值。";
    THRESHOLD_CHANGED = "Another threshold than the network was judged with.", "与评估网络时所用的阈值不同。";
    WORTH_A_LOOK = "Worth a look", "值得查看";
    ABOUT_DOUBT = "The B-scans in which the most area may be fluid or not, by the network's probabilities.", "按网络概率，积液与否最不确定的 B 扫描。";
    BETWEEN_TITLE = "The volume of what reaches a probability of 98 % and of what reaches 2 %. In about 8 of 10 of the B-scans by which these limits were chosen (generated eyes, and one with diabetic oedema) the truth lay between, else there was mostly more; for whole volumes it was not measured.", "概率达到 98 % 与达到 2 % 部分的体积。在用于选定该界限的 B 扫描（合成眼及一只糖尿病性黄斑水肿眼）中，约 8/10 的真值位于其间，其余多为更大；对整个体积未作检验。";
    NOT_MEASURED = "Not measured yet.", "尚未测量。";
    SPACING_IN_DOUBT = "the spacing is in doubt: confirm or correct it first", "间距存疑（请先确认或更正）";
}

/// The volume of a class, for who does not see the row that it stands in.
pub fn volume_of(locale: Locale, class: FluidClass) -> String {
    let class = class.abbreviation();
    match locale {
        Locale::English => format!("Volume of {class}"),
        Locale::Chinese => format!("{class} 体积"),
    }
}

/// In how many B-scans a class occurs.
pub fn with_fluid(locale: Locale, count: usize) -> String {
    let bscans = bscans(locale, count);
    match locale {
        Locale::English => format!("{bscans} with fluid"),
        Locale::Chinese => format!("{bscans}有积液"),
    }
}

/// How much is measured: `measured` of `all` B-scans, `missing` of which hold no picture.
pub fn coverage(locale: Locale, measured: usize, all: usize, missing: usize) -> String {
    let bscans = bscans(locale, all);
    let is_complete = all > 0 && measured == all;
    match (locale, missing) {
        (Locale::English, 0) if is_complete => format!("all {bscans} measured"),
        (Locale::English, 0) => format!("{measured} of {bscans} measured"),
        (Locale::English, 1) => format!("{measured} of {bscans} measured, 1 holds no picture"),
        (Locale::English, _) => format!("{measured} of {bscans} measured, {missing} hold no picture"),
        (Locale::Chinese, 0) if is_complete => format!("全部 {bscans}已测量"),
        (Locale::Chinese, 0) => format!("{bscans}中已测量 {measured} 幅"),
        (Locale::Chinese, _) => format!("{bscans}中已测量 {measured} 幅，{missing} 幅无图像"),
    }
}

/// Which spacings are not known, as a part of a sentence.
pub fn spacing_unknown(locale: Locale, axes: &[Axis]) -> String {
    let names: Vec<&str> = axes.iter().map(|axis| names::axis(*axis).say(locale)).collect();
    match locale {
        Locale::English => format!("the spacing is not known ({})", names.join(", ")),
        Locale::Chinese => format!("间距未知（{}）", names.join("、")),
    }
}

/// Nothing is measured, and what stands in the way of volumes besides.
pub fn not_measured_while(locale: Locale, spacing: &str) -> String {
    match locale {
        Locale::English => format!("Not measured yet; and no volume in nl while {spacing}."),
        Locale::Chinese => format!("尚未测量；且因{spacing}，无法给出以 nl 为单位的体积。"),
    }
}

/// What is wrong with the spacing stands in the way of volumes.
pub fn no_volume_while(locale: Locale, spacing: &str) -> String {
    match locale {
        Locale::English => format!("No volume in nl while {spacing}."),
        Locale::Chinese => format!("因{spacing}，无法给出以 nl 为单位的体积。"),
    }
}

/// The pattern of the scan stands in the way of volumes, for a reason in a sentence of its own.
pub fn no_volume_because(locale: Locale, reason: &str) -> String {
    match locale {
        Locale::English => format!("No volume in nl. {reason}"),
        Locale::Chinese => format!("无法给出以 nl 为单位的体积。{reason}"),
    }
}

/// Volumes follow once everything is measured.
pub fn volumes_follow(locale: Locale, measured: usize, all: usize) -> String {
    let bscans = bscans(locale, all);
    match locale {
        Locale::English => format!("{measured} of {bscans} measured: volumes in nl follow when all are."),
        Locale::Chinese => format!("{bscans}中已测量 {measured} 幅：全部测量后给出以 nl 为单位的体积。"),
    }
}

/// A threshold, for who does not see the slider.
pub fn threshold(locale: Locale, threshold: f32) -> String {
    let percent = threshold * 100.0;
    match locale {
        Locale::English => format!("fluid from a probability of {percent:.0} % on"),
        Locale::Chinese => format!("概率达到 {percent:.0} % 即为积液"),
    }
}

/// The way back to the usual threshold.
pub fn back_to(locale: Locale, threshold: f32) -> String {
    let percent = threshold * 100.0;
    match locale {
        Locale::English => format!("back to {percent:.0} %"),
        Locale::Chinese => format!("恢复 {percent:.0} %"),
    }
}

/// Between which volumes the figure lies.
pub fn between(locale: Locale, [least_nl, most_nl]: [f64; 2]) -> String {
    let (least, most) = (super::nanolitres(least_nl), super::nanolitres(most_nl));
    match locale {
        Locale::English => format!("sure {least}, possible {most}"),
        Locale::Chinese => format!("确定 {least}，可能 {most}"),
    }
}

/// From which presence score on a class counts as present.
pub fn called_from(locale: Locale, threshold: f32) -> String {
    match locale {
        Locale::English => format!(
            "present from a score of {threshold:.2} on; how often that is right stands in the model card"
        ),
        Locale::Chinese => format!("评分达到 {threshold:.2} 即判定存在；其准确程度见模型卡"),
    }
}

/// That a person drew a class, all of it (`alone`) or over the network's, and what the network
/// alone had, with the difference to it, nl, where that is known.
pub fn corrected(locale: Locale, alone: bool, model_and_difference: Option<(f64, f64)>) -> String {
    let who = match (locale, alone) {
        (Locale::English, true) => "drawn by hand",
        (Locale::English, false) => "corrected by hand",
        (Locale::Chinese, true) => "手动绘制",
        (Locale::Chinese, false) => "已手动修正",
    };
    let Some((model, difference)) = model_and_difference else { return who.to_owned() };
    let sign = if difference < 0.0 { "−" } else { "+" };
    let (model, difference) = (nanolitres(model), nanolitres(difference.abs()));
    match locale {
        Locale::English => format!("{who}: network {model}, {sign}{difference}"),
        Locale::Chinese => format!("{who}：模型 {model}，{sign}{difference}"),
    }
}
