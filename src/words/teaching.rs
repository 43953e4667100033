//! Generated eyes and their truth.

use super::Locale;

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
    ABOUT_DICE = "Dice: how well the two outlines overlap, 1 is perfect and 0 is not at all; — where neither has any. Over the B-scans measured so far.", "Dice：两个轮廓的重合程度，1 为完全一致，0 为毫无重合；双方均无时为 —。仅计已测量的 B 扫描。";
}

/// An eye of the series.
pub fn eye(locale: Locale, number: u32) -> String {
    match locale {
        Locale::English => format!("generated eye {number}"),
        Locale::Chinese => format!("合成眼 {number}"),
    }
}
