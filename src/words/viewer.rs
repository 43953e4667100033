//! Stage, toolbar, strip and map.

use oct::FluidClass;

use super::{Locale, bscans, millimetres, names};

texts! {
    VIEWER = "B-scan viewer", "B 扫描浏览器";
    NO_VOLUME = "No volume is open", "未打开扫描";
    NO_VOLUME_NOTE = "No volume is open.", "未打开扫描。";
    STARTING = "Starting…", "正在启动…";
    NO_PICTURE = "No picture here: not measured", "此处无图像：未测量";

    SAMPLE = "Sample: generated eye, not a patient", "示例：合成眼，并非患者";
    ZOOM = "Zoom", "缩放";
    ZOOM_IN = "Zoom in", "放大";
    ZOOM_OUT = "Zoom out", "缩小";
    FIT_TITLE = "Fit (key 0)", "适合窗口（按键 0）";
    ZOOM_OUT_TITLE = "Zoom out (key −)", "缩小（按键 −）";
    ZOOM_IN_TITLE = "Zoom in (key +, or Ctrl and the wheel); drag with Shift or the middle button to move", "放大（按键 +，或 Ctrl 加滚轮）；按住 Shift 或鼠标中键拖动可移动";
    MEASURED = "measured", "已测量";
    NOT_MEASURED = "not measured", "未测量";
    COMPUTING_SIMILARITY = "computing the similarity map…", "正在计算相似度图…";
    DETAIL_KEPT = "detail kept", "保留细节";
    SEMANTICS_TRUSTED = "semantics trusted", "采信语义";

    WHAT_IS_SHOWN = "What is shown", "显示内容";
    OVERLAY = "Overlay", "叠加";
    OVERLAY_TITLE = "Show or hide all masks (space or M; hold H to look beneath)", "显示或隐藏全部掩膜（空格或 M；按住 H 查看原图）";
    FILL = "Fill", "填充";
    OPACITY = "Opacity of the fill in per cent", "填充不透明度（百分比）";
    SIMILARITY = "Similarity map", "相似度图";
    SIMILARITY_TITLE = "Where the network kept fine detail and where it trusted meaning (key S)", "网络在何处保留细节、在何处采信语义（按键 S）";
    SIMILARITY_LEVEL = "Level of the similarity map", "相似度图的层级";
    ABOUT_SIMILARITY = "Where the network joins fine detail with coarse meaning it asks, place by place, how alike the two are, and this map shows the answer: dark where the detail counted, light where the meaning did. It shows how the network came to its outline, not where fluid is nor how sure the network is.", "网络在融合精细细节与粗略语义时，逐处比较二者的相似程度，此图即为结果：暗处以细节为主，亮处以语义为主。它显示网络如何得出轮廓，并不表示积液所在，也不表示网络的把握程度。";
    LAYERS = "Layers", "分层线";
    DEPTH_TITLE = "True proportions, or depth drawn two or three times larger (key D)", "真实比例，或将深度方向放大两倍或三倍（按键 D）";

    PREVIOUS_BSCAN = "Previous B-scan", "上一幅 B 扫描";
    NEXT_BSCAN = "Next B-scan", "下一幅 B 扫描";
    BSCAN = "B-scan", "B 扫描";
    NO_FLUID = "no fluid", "无积液";
    EN_FACE_TITLE = "Fluid seen from the front, one row for each B-scan; press to go to a B-scan", "积液正面图，每行对应一幅 B 扫描；点按可跳转到该 B 扫描";
    EN_FACE = "Fluid seen from the front, one row for each B-scan", "积液正面图，每行对应一幅 B 扫描";
    EN_FACE_CAPTION = "en face", "正面图";
}

/// What the stage shows, for who does not see it; `number` counts from 1.
pub fn bscan_of(locale: Locale, number: u32, bscans: u32, scan: &str) -> String {
    match locale {
        Locale::English => format!("B-scan {number} of {bscans}, {scan}"),
        Locale::Chinese => format!("{scan}，B 扫描第 {number} 幅，共 {bscans} 幅"),
    }
}

/// Why there is no picture yet; `number` counts from 1.
pub fn reading(locale: Locale, number: u32) -> String {
    match locale {
        Locale::English => format!("Reading B-scan {number}…"),
        Locale::Chinese => format!("正在读取第 {number} 幅 B 扫描…"),
    }
}

/// How far the B-scan is enlarged, and what a click does about it.
pub fn enlarged(locale: Locale, scale: f64) -> String {
    match locale {
        Locale::English => format!("{scale:.1}× · fit"),
        Locale::Chinese => format!("{scale:.1}× · 适合窗口"),
    }
}

/// The two scale bars, for who does not see them.
pub fn scale_bars(locale: Locale, across_mm: f64, deep_mm: f64) -> String {
    let (across, deep) = (millimetres(across_mm), millimetres(deep_mm));
    match locale {
        Locale::English => format!("Scale: {across} across, {deep} deep"),
        Locale::Chinese => format!("比例尺：横向 {across}，深度 {deep}"),
    }
}

/// The switch of a class.
pub fn class_title(locale: Locale, class: FluidClass) -> String {
    let (name, key) = (names::fluid(class).say(locale), class.label());
    match locale {
        Locale::English => format!("{name} (key {key})"),
        Locale::Chinese => format!("{name}（按键 {key}）"),
    }
}

/// The switch of the device's layers; `boundaries` are their names.
pub fn layers_title(locale: Locale, boundaries: &str) -> String {
    match locale {
        Locale::English => format!("Layer boundaries as the device stored them: {boundaries} (key L)"),
        Locale::Chinese => format!("设备保存的分层边界：{boundaries}（按键 L）"),
    }
}

/// A level of the similarity maps; `level` counts from the finest, 0.
pub fn level(locale: Locale, level: usize) -> String {
    let number = level + 1;
    match (locale, level) {
        (Locale::English, 0) => format!("level {number}, finest"),
        (Locale::English, _) => format!("level {number}"),
        (Locale::Chinese, 0) => format!("第 {number} 层（最精细）"),
        (Locale::Chinese, _) => format!("第 {number} 层"),
    }
}

/// How many times deeper than in truth the B-scan is drawn.
pub fn depth(locale: Locale, times: u8) -> String {
    match locale {
        Locale::English => format!("Depth ×{times}"),
        Locale::Chinese => format!("深度 ×{times}"),
    }
}

/// What the strip shows; `missing` B-scans hold no picture.
pub fn strip_title(locale: Locale, missing: usize) -> String {
    match (locale, missing) {
        (Locale::English, 0) => "Each bar is one B-scan; its height is the fluid in it".to_owned(),
        (Locale::English, 1) => {
            "Each bar is one B-scan; its height is the fluid in it. The thin amber line marks a B-scan \
             without a picture, which is not measured"
                .to_owned()
        }
        (Locale::English, count) => format!(
            "Each bar is one B-scan; its height is the fluid in it. Thin amber lines mark {} without a \
             picture, which are not measured",
            bscans(locale, count)
        ),
        (Locale::Chinese, 0) => "每个柱条对应一幅 B 扫描，高度表示其中的积液量".to_owned(),
        (Locale::Chinese, count) => format!(
            "每个柱条对应一幅 B 扫描，高度表示其中的积液量。琥珀色细线标出 {} 无图像，不予测量",
            bscans(locale, count)
        ),
    }
}

/// A place in the B-scan where its spacing is not known; both count from 1.
pub fn column_and_row(locale: Locale, column: u32, row: u32) -> String {
    match locale {
        Locale::English => format!("column {column}, row {row}"),
        Locale::Chinese => format!("第 {column} 列，第 {row} 行"),
    }
}

/// A grey of the picture, 0 to 255.
pub fn grey(locale: Locale, grey: u8) -> String {
    match locale {
        Locale::English => format!("grey {grey}"),
        Locale::Chinese => format!("灰度 {grey}"),
    }
}

/// A place along the retina and into the eye.
pub fn place_mm(lateral_mm: f64, axial_mm: f64) -> String {
    format!("{lateral_mm:.2} × {axial_mm:.3} mm")
}

/// An area where a spacing is not known.
pub fn pixels(locale: Locale, pixels: f64) -> String {
    match locale {
        Locale::English => format!("{pixels:.0} pixels"),
        Locale::Chinese => format!("{pixels:.0} 像素"),
    }
}
