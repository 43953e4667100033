//! What is asked before anything is measured: which volume, which axis is depth, whether the
//! picture is right.

use super::Locale;

texts! {
    CHOOSE_VOLUME = "Choose which to measure", "请选择要测量的扫描";
    WHICH_VOLUME = "Which volume", "选择扫描";
    ON_SHOW = "on show", "当前显示";

    WHICH_IS_BSCAN = "Which picture is a B-scan?", "哪一幅图像是 B 扫描？";
    WHICH_IS_UPRIGHT = "Which picture is upright?", "哪一幅图像方向正确？";
    IS_RIGHT_AS_IT_IS = "Is the picture right as it is?", "图像本来就是这样吗？";
    ABOUT_ORDER = "The file does not say which of its axes is depth, and the picture does not tell for certain. In a B-scan the layers of the retina run across, and the vitreous lies above.",
        "文件没有说明哪个轴是深度方向，从图像也无法确定。在 B 扫描中，视网膜各层横向走行，玻璃体位于上方。";
    ABOUT_UPRIGHT = "In an upright B-scan the vitreous lies above. Nothing is measured before you choose.",
        "方向正确的 B 扫描中玻璃体位于上方。在您选择之前不会进行任何测量。";
    ABOUT_AS_IT_IS = "Nothing is measured before you say so.", "在您确认之前不会进行任何测量。";
    TURN_OVER = "Turn it over", "上下翻转";
    USE_AS_IT_IS = "Use as it is", "按原样使用";
    ON_ITS_SIDE = "on its side", "侧向放置";
    UPSIDE_DOWN = "upside down", "上下颠倒";

    VOLUME_FIRST = "Choose first which volume to measure.", "请先选择要测量的扫描。";
    PICTURE_FIRST = "Say first whether the picture is right as it is.", "请先确认图像是否正确。";
    BSCAN_FIRST = "Choose first which picture is a B-scan.", "请先选择哪一幅图像是 B 扫描。";
}

/// How many volumes there are, above all of them.
pub fn volumes_to_choose_from(locale: Locale, count: usize) -> String {
    match locale {
        Locale::English => format!(
            "There are {count} volumes in what you opened. Nothing is measured before you choose one."
        ),
        Locale::Chinese => format!("打开的内容中有 {count} 个扫描。在您选择其中一个之前不会进行任何测量。"),
    }
}

/// How many volumes there are, beside the one that is chosen.
pub fn there_are_volumes(locale: Locale, count: usize) -> String {
    match locale {
        Locale::English => format!("There are {count} volumes"),
        Locale::Chinese => format!("共有 {count} 个扫描"),
    }
}
