//! The report that is printed.

use oct::FluidClass;

use super::Locale;

texts! {
    BUTTON = "Print report", "打印报告";
    BUTTON_IS = "one or two pages, for paper or PDF", "一至两页，可打印或存为 PDF";
    PRINT = "Print", "打印";
    TITLE = "Fluid in an OCT scan of the retina", "视网膜 OCT 扫描积液报告";
    NOTICE = "For research and teaching only. Not a medical device: not for diagnosis, treatment or any clinical decision.", "仅供科研与教学使用。非医疗器械：不得用于诊断、治疗或任何临床决策。";

    SCAN = "Scan", "扫描";
    NOT_NAMED = "not named", "未具名";
    COVERAGE = "Coverage", "覆盖范围";
    THRESHOLD = "Threshold", "阈值";
    CHECKSUM = "Weights (SHA-256)", "权重（SHA-256）";

    FLUID = "Fluid", "积液";
    VOLUME = "Volume", "体积";
    BETWEEN = "Between", "区间";
    PRESENCE = "Presence", "存在评分";
    BSCANS = "B-scans", "B 扫描";
    ABOUT_FIGURES = "Between: the volume of what reaches a probability of 98 % and of what reaches 2 %. Presence: how sure the network is, 0 to 1; no probability.", "区间：概率达到 98 % 与达到 2 % 部分的体积。存在评分：网络的把握程度，0 至 1；并非概率。";
    WARNINGS = "To be minded", "注意";
    NO_WARNING = "Reading the scan and measuring it gave no warning.", "读取与测量过程中没有警告。";

    CLASSES_FROM_THE_FRONT = "Fluid, seen from the front", "积液正面图";
    THICKNESS_FROM_THE_FRONT = "Thickness of the retina, seen from the front", "视网膜厚度正面图";
    KEY_BSCANS = "Key B-scans", "关键 B 扫描";
    THROUGH_THE_FOVEA = "through the fovea", "经过中心凹";
    IN_THE_MIDDLE = "in the middle", "位于中央";
    NO_PICTURE = "its picture is being read", "正在读取图像";
}

/// When and by what it was made.
pub fn made_by(locale: Locale, version: &str, made: &str) -> String {
    match locale {
        Locale::English => format!("Lacuna {version}, {made}"),
        Locale::Chinese => format!("Lacuna {version}，{made} 生成"),
    }
}

/// The number of a page.
pub fn page(locale: Locale, number: usize, pages: usize) -> String {
    match locale {
        Locale::English => format!("page {number} of {pages}"),
        Locale::Chinese => format!("第 {number} 页，共 {pages} 页"),
    }
}

/// It holds the most of a class.
pub fn most_of(locale: Locale, class: FluidClass) -> String {
    let class = class.abbreviation();
    match locale {
        Locale::English => format!("most {class}"),
        Locale::Chinese => format!("{class} 最多"),
    }
}

/// What a bar in the corner of a picture stands for.
pub fn bars(locale: Locale, across: &str, deep: &str) -> String {
    match locale {
        Locale::English => format!("bars: {across} across, {deep} deep"),
        Locale::Chinese => format!("标尺：横向 {across}，深度 {deep}"),
    }
}

#[cfg(test)]
mod tests {
    use super::NOTICE;

    #[test]
    fn paper_says_what_files_say() {
        assert_eq!(NOTICE.en, fluid::report::RESEARCH_USE_NOTICE);
    }
}
