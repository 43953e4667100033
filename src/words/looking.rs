//! Ways of looking: window, means, doubt, layers, views side by side.

use engine_protocol::Slab;
use oct::FluidClass;

use super::{Locale, Text, names};
use crate::model::{Front, Views, Window};

texts! {
    PATTERNS = "Patterns", "图案";
    PATTERNS_TITLE = "A pattern for each class, to tell them apart without colour (key P)", "每类使用一种图案，无需颜色即可区分（按键 P）";
    WINDOW_TITLE = "Window and level: drag on the B-scan with the mouse, or go through the presets (key W)", "窗宽窗位：在 B 扫描上拖动鼠标，或切换预设（按键 W）";
    WINDOW = "Window", "窗宽窗位";
    MEAN_TITLE = "The mean of neighbouring B-scans, which has less speckle (key A)", "相邻 B 扫描的平均，斑点噪声更少（按键 A）";
    VIEWS_TITLE = "Views beside the B-scan: from the front, along the slow axis (key V)", "B 扫描旁的视图：正面、沿慢轴方向（按键 V）";
    VIEW_BSCAN = "B-scan only", "仅 B 扫描";
    VIEW_FRONT = "With front", "加正面图";
    VIEW_ALL = "All views", "全部视图";
    DOUBT = "Doubt", "不确定";
    DOUBT_TITLE = "Where the network is not sure whether there is fluid (key U)", "模型不能确定是否有积液之处（按键 U）";
    LAYERS = "Retina", "视网膜边界";
    LAYERS_TITLE = "Inner limiting membrane and Bruch's membrane as the network found them (key R)", "模型找到的内界膜和 Bruch 膜（按键 R）";

    FRONT = "From the front", "正面视图";
    FRONT_PICTURE = "The scan from the front with fluid, the B-scan in view as a line", "扫描的正面视图与积液，当前 B 扫描以线标出";
    FRONT_TITLE = "Press or drag to go there", "点按或拖动可跳转";
    SLAB = "Depth shown", "显示深度";
    SLAB_WHOLE = "All depths", "全部深度";
    SLAB_RETINA = "Retina", "视网膜";
    SLAB_RPE = "Above Bruch's membrane", "Bruch 膜上方";
    SLAB_CHOROID = "Below Bruch's membrane", "Bruch 膜下方";
    OVER_FRONT = "Shown over it", "叠加内容";
    OVER_CLASSES = "Fluid", "积液";
    OVER_RETINA = "Retinal thickness", "视网膜厚度";
    OVER_NOTHING = "Nothing", "无";
    GRID = "ETDRS grid", "ETDRS 网格";
    NO_THICKNESS = "Thickness needs a segmented scan with a known axial spacing.", "厚度需要已分割且轴向间距已知的扫描。";
    NO_LAYERS = "This depth needs a segmented scan.", "此深度需要已分割的扫描。";
    SECTION = "Across the B-scans", "跨 B 扫描切面";
    SECTION_PICTURE = "The picture across all B-scans at the column of the cursor, with fluid", "光标所在列跨全部 B 扫描的切面与积液";
    COMPUTING = "computing…", "正在计算…";
}

/// A window as the button shows it.
pub fn window(locale: Locale, window: Window) -> String {
    if window.is_default() {
        return WINDOW.say(locale).to_owned();
    }
    match locale {
        Locale::English => format!("Window {:.0} / level {:.0}", window.width, window.level),
        Locale::Chinese => format!("窗宽 {:.0} / 窗位 {:.0}", window.width, window.level),
    }
}

/// How many B-scans the picture is the mean of.
pub fn mean_of(locale: Locale, bscans: u32) -> String {
    match locale {
        Locale::English => format!("Mean of {bscans}"),
        Locale::Chinese => format!("平均 {bscans} 幅"),
    }
}

/// Which views stand beside each other.
pub fn views(views: Views) -> Text {
    match views {
        Views::BScan => VIEW_BSCAN,
        Views::Front => VIEW_FRONT,
        Views::All => VIEW_ALL,
    }
}

/// What the view from the front shows of the depth.
pub fn slab(slab: Slab) -> Text {
    match slab {
        Slab::Whole => SLAB_WHOLE,
        Slab::Retina => SLAB_RETINA,
        Slab::PigmentEpithelium => SLAB_RPE,
        Slab::Choroid => SLAB_CHOROID,
    }
}

/// What lies over the view from the front.
pub fn front(locale: Locale, front: Front) -> String {
    match front {
        Front::Classes => OVER_CLASSES.say(locale).to_owned(),
        Front::Retina => OVER_RETINA.say(locale).to_owned(),
        Front::Picture => OVER_NOTHING.say(locale).to_owned(),
        Front::Thickness(class) => thickness_of(locale, class),
    }
}

/// How thick a class is.
pub fn thickness_of(locale: Locale, class: FluidClass) -> String {
    match locale {
        Locale::English => format!("{} thickness", class.abbreviation()),
        Locale::Chinese => format!("{} 厚度（{}）", class.abbreviation(), names::fluid(class).say(locale)),
    }
}

/// A B-scan by its number, from 1.
pub fn bscan(locale: Locale, number: u32) -> String {
    match locale {
        Locale::English => format!("B-scan {number}"),
        Locale::Chinese => format!("第 {number} 幅 B 扫描"),
    }
}
