//! Figures by region around the fovea, and sizes.

use fluid::{Ring, ScanEdge, Subfield};
use oct::Side;

use super::Locale;

texts! {
    TITLE = "Around the fovea", "中心凹周围";
    FOVEA_GUESSED = "The fovea is guessed from the thickness of the retina: check it, and move it on the view from the front where it is wrong.", "中心凹由视网膜厚度推测得出：请核对，如有误可在正面视图中移动。";
    FOVEA_MIDDLE = "No fovea was found, so the grid lies on the middle of the scan: put it where the fovea is.", "未找到中心凹，网格位于扫描中央：请将其放到中心凹处。";
    FOVEA_BY_HAND = "The fovea lies where you put it.", "中心凹位于您所放的位置。";
    FOVEA_HERE = "Fovea at the cursor", "以光标处为中心凹";
    FOVEA_HERE_TITLE = "Put the fovea in the B-scan in view, at the column that was pressed last", "将中心凹放在当前 B 扫描中最后点按的列";
    FOVEA_GUESS = "Guess again", "重新推测";
    REGION = "Region", "区域";
    THICKNESS = "Retina", "视网膜";
    SCANNED = "Scanned", "已扫描";
    SIZE = "Largest", "最大";
    HEIGHT = "Height", "高度";
    WIDTH = "Width", "宽度";
    TO_FOVEA = "To the fovea", "距中心凹";
    NONE = "none", "无";
}

/// The thickness of the central subfield.
pub fn central(locale: Locale, um: &str) -> String {
    match locale {
        Locale::English => format!("central subfield {um}"),
        Locale::Chinese => format!("中心区厚度 {um}"),
    }
}

/// All within a circle.
pub fn disc(locale: Locale, diameter_mm: f64) -> String {
    match locale {
        Locale::English => format!("within {diameter_mm} mm"),
        Locale::Chinese => format!("直径 {diameter_mm} mm 内"),
    }
}

/// A subfield of the ETDRS grid.
pub fn subfield(locale: Locale, subfield: &Subfield) -> String {
    if locale == Locale::English {
        return subfield.name();
    }
    let ring = match subfield.ring {
        Ring::Central => return "中心区".to_owned(),
        Ring::Inner => "内环",
        Ring::Outer => "外环",
    };
    let towards = match (subfield.side, subfield.edge) {
        (Some(Side::Superior), _) => "上方",
        (Some(Side::Inferior), _) => "下方",
        (Some(Side::Nasal), _) => "鼻侧",
        (Some(Side::Temporal), _) => "颞侧",
        (None, Some(ScanEdge::FirstBScan)) => "（图中上方）",
        (None, Some(ScanEdge::LastBScan)) => "（图中下方）",
        (None, Some(ScanEdge::FirstColumn)) => "（图中左侧）",
        (None, Some(ScanEdge::LastColumn)) => "（图中右侧）",
        (None, None) => "",
    };
    format!("{ring}{towards}")
}
