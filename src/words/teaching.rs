//! Generated eyes and their truth.

use super::{Locale, bscans};

texts! {
    TITLE = "Generated eye", "合成眼";
    ABOUT = "Nobody's eye: drawn from a number, the same everywhere, so its truth is known.", "并非任何人的眼：由编号生成，处处相同，因此真值已知。";
    PREVIOUS = "Previous eye", "上一只";
    NEXT = "Next eye", "下一只";
    LINK = "Link to this eye", "此眼的链接";
    TRUTH = "Show the truth", "显示真值";
    TRUTH_TITLE = "What is truly there, as a dashed white line (key T)", "真实的积液范围，以白色虚线标出（按键 T）";
    AGAINST_TRUTH = "Network and truth", "网络与真值";
    DICE = "Dice", "Dice";
    OFF_BY = "Volume off by", "体积相差";
    FIND = "Find the fluid", "寻找积液";
    FIND_TITLE = "Draw it yourself, then compare", "自己勾画，然后对照";
    ABOUT_FIND = "Draw what you take for fluid, then check. Masks, figures and maps are hidden meanwhile, and tools know nothing of the network. What you draw stays a correction of this eye.", "勾画您认为的积液，然后检查。其间掩膜、数值和地图均隐藏，工具不使用网络的结果。所绘内容作为此眼的修正。";
    CHECK = "Check", "检查";
    NEXT_BSCAN = "Next B-scan", "下一幅";
    NO_OTHER_BSCAN = "No further B-scan with fluid.", "没有更多含积液的 B 扫描。";
    YOU = "You", "您";
    NETWORK = "Network", "网络";
    MISSED = "Missed", "遗漏";
    INVENTED = "Invented", "多画";
    TRUTH_LINE = "Truth", "真值";
    NO_NETWORK = "The network: not segmented yet.", "网络：尚未分割。";
    ABOUT_DICE = "Dice: how well the two outlines overlap, 1 is perfect and 0 is not at all; — where neither has any. Over the B-scans measured so far.", "Dice：两个轮廓的重合程度，1 为完全一致，0 为毫无重合；双方均无时为 —。仅计已测量的 B 扫描。";
}

/// An eye of the series.
pub fn eye(locale: Locale, number: u32) -> String {
    match locale {
        Locale::English => format!("generated eye {number}"),
        Locale::Chinese => format!("合成眼 {number}"),
    }
}

/// How well a person found fluid.
pub fn score(locale: Locale, checked: usize, dice: Option<f64>) -> String {
    let dice = dice.map_or_else(|| "—".to_owned(), |dice| format!("{dice:.2}"));
    match locale {
        Locale::English => format!("{} checked, your mean Dice {dice}. ", bscans(locale, checked)),
        Locale::Chinese => format!("已检查 {checked} 幅 B 扫描，您的平均 Dice 为 {dice}。"),
    }
}
