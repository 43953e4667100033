//! What is said in and around the view in space, in English and in Chinese.

use oct::FluidClass;
use scene::{Camera, SceneFailure};

/// A sentence or a name in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub english: &'static str,
    /// Chinese.
    pub chinese: &'static str,
}

const fn words(english: &'static str, chinese: &'static str) -> Words {
    Words { english, chinese }
}

impl Words {
    /// In the language of the page.
    pub const fn said(self) -> &'static str {
        if IS_CHINESE { self.chinese } else { self.english }
    }
}

/// Whether the page speaks Chinese.
const IS_CHINESE: bool = false;

/// The button that opens the view.
pub const BUTTON: Words = words("3D", "3D");
/// What the button does.
pub const BUTTON_TITLE: Words = words("The fluid in space (key O)", "积液的三维视图（O 键）");
/// What the key does, in the help.
pub const KEY: Words = words("the fluid in space", "积液三维视图");
/// The title of the view.
pub const TITLE: Words = words("Fluid in space", "积液三维视图");
/// The button that closes it.
pub const CLOSE: Words = words("Close the view in space", "关闭三维视图");
/// The bar of switches.
pub const TOOLBAR: Words = words("The view in space", "三维视图");
/// Look as it opened.
pub const RESET: Words = words("Reset", "复位");
/// Look from the vitreous.
pub const ABOVE: Words = words("From above", "俯视");
/// Look along the B-scans' normal.
pub const FRONT: Words = words("From the front", "正视");
/// Look across the B-scans.
pub const SIDE: Words = words("From the side", "侧视");
/// What the switch of depth does.
pub const DEPTH_TITLE: Words = words(
    "True proportions, or depth drawn two or three times larger (key D)",
    "真实比例，或将深度放大两倍、三倍（D 键）",
);
/// Enlarge.
pub const ZOOM_IN: Words = words("Enlarge", "放大");
/// Take that back.
pub const ZOOM_OUT: Words = words("Make smaller", "缩小");
/// The slider through the scan.
pub const SLIDER: Words = words("B-scan in view", "当前 B 扫描");
/// How it is moved.
pub const HINT: Words = words(
    "Drag or arrow keys: walk around. Wheel, pinch, + and −: nearer. 0: as at the start. PgUp, PgDn: through the B-scans.",
    "拖动或方向键：环绕观察；滚轮、双指、+ 和 −：缩放；0：复位；PgUp、PgDn：切换 B 扫描。",
);
/// What it is not.
pub const NO_FIGURES: Words = words(
    "A picture to look at: every figure is measured in the B-scans.",
    "仅供观察：所有数值均在 B 扫描中测得。",
);
/// Its code or its first picture is on its way.
pub const LOADING: Words = words("Drawing…", "正在绘制…");
/// Nothing was segmented.
pub const NOT_MEASURED: Words = words(
    "Nothing is measured yet: segment the scan to see the fluid in it.",
    "尚未测量：请先分割该扫描以查看其中的积液。",
);
/// Everything was segmented and nothing was found.
pub const NO_FLUID: Words = words("No fluid was found.", "未发现积液。");
/// The spacing is unknown or in doubt.
pub const NOT_TO_SCALE: Words =
    words("Not to scale: the spacing is not known for certain.", "未按比例：间距未能确定。");

/// Why nothing is drawn, and what helps.
pub const fn failure(failure: &SceneFailure) -> Words {
    match failure {
        SceneFailure::NoOffscreenCanvas => words(
            "This browser cannot draw in the background: open the page in a current Chrome, Edge, Firefox or Safari.",
            "此浏览器无法在后台绘图：请使用新版 Chrome、Edge、Firefox 或 Safari 打开本页。",
        ),
        SceneFailure::NoWebGl2 => words(
            "This browser draws no 3D (WebGL 2 is missing or switched off): allow hardware acceleration in its settings. All figures stay as they are.",
            "此浏览器无法绘制三维图像（缺少 WebGL 2 或已关闭）：请在设置中启用硬件加速。所有数值不受影响。",
        ),
        SceneFailure::ContextLost => words(
            "The graphics were taken away by the system: close this view and open it again.",
            "图形资源被系统收回：请关闭此视图后重新打开。",
        ),
        SceneFailure::Other { .. } => words(
            "The view in space could not be drawn: close it and open it again.",
            "三维视图无法绘制：请关闭后重新打开。",
        ),
    }
}

/// How deep the scan is drawn.
pub fn depth(times: u8) -> String {
    if IS_CHINESE { format!("深度 ×{times}") } else { format!("Depth ×{times}") }
}

/// How large the scan is, mm.
pub fn size([across, deep, along]: [f32; 3]) -> String {
    let words = if IS_CHINESE { "（横向 × 纵向 × 深度）" } else { "(across × along × deep)" };
    format!("{across:.1} × {along:.1} × {deep:.1} mm {words}")
}

/// What is drawn, for who does not see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// B-scans in which each class was found, by [`FluidClass::index`].
    pub bscans_with: [u32; 3],
    /// Classes that are drawn.
    pub visible: [bool; 3],
    /// Measured B-scans.
    pub measured: u32,
    /// All of them.
    pub bscans: u32,
    /// The one that is marked, from 1.
    pub marked: u32,
    /// From where one looks.
    pub camera: Camera,
}

/// The alternative in words to the picture.
pub fn alternative(seen: &Seen) -> String {
    let Seen { bscans_with, visible, measured, bscans, marked, camera } = seen;
    let drawn = FluidClass::ALL.into_iter().filter(|class| visible[class.index()]);
    let found = drawn.filter(|class| bscans_with[class.index()] > 0).map(|class| {
        let count = bscans_with[class.index()];
        match (IS_CHINESE, count) {
            (true, _) => format!("{} 见于 {count} 个 B 扫描", class.abbreviation()),
            (false, 1) => format!("{} in 1 B-scan", class.name()),
            (false, _) => format!("{} in {count} B-scans", class.name()),
        }
    });
    let found: Vec<String> = found.collect();
    let from = standpoint(*camera);
    if IS_CHINESE {
        let found = if found.is_empty() { "未绘出积液".to_owned() } else { found.join("，") };
        return format!(
            "积液三维图：{found}；已测量 {measured}/{bscans} 个 B 扫描；标出第 {marked} 个；{from}。"
        );
    }
    let found = if found.is_empty() { "no fluid is drawn".to_owned() } else { found.join(", ") };
    format!(
        "The scan in space: {found}; {measured} of {bscans} B-scans measured; B-scan {marked} is marked; seen {from}."
    )
}

/// From where one looks, in words.
fn standpoint(camera: Camera) -> String {
    // Eight directions: 0 in front, then to the right.
    const AROUND: [Words; 8] = [
        words("the front", "前方"),
        words("the front right", "右前方"),
        words("the right", "右侧"),
        words("behind on the right", "右后方"),
        words("behind", "后方"),
        words("behind on the left", "左后方"),
        words("the left", "左侧"),
        words("the front left", "左前方"),
    ];
    let around = AROUND[((camera.yaw_deg / 45.0).round() as i32).rem_euclid(8) as usize].said();
    let height = match camera.pitch_deg {
        pitch if pitch >= 75.0 => {
            return words("from above, as the fundus", "自上方俯视，如眼底图").said().to_owned();
        }
        pitch if pitch <= -75.0 => return words("from below", "自下方仰视").said().to_owned(),
        pitch if pitch > 8.0 => words(" and above", "偏上"),
        pitch if pitch < -8.0 => words(" and below", "偏下"),
        _ => words("", ""),
    };
    if IS_CHINESE {
        format!("自{around}{}观察", height.said())
    } else {
        format!("from {around}{}", height.said())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(camera: Camera) -> Seen {
        Seen {
            bscans_with: [0, 12, 1],
            visible: [true, true, false],
            measured: 49,
            bscans: 49,
            marked: 25,
            camera,
        }
    }

    #[test]
    fn the_alternative_says_what_is_drawn_and_from_where() {
        let words = alternative(&seen(Camera::default()));
        assert_eq!(
            words,
            "The scan in space: subretinal fluid in 12 B-scans; 49 of 49 B-scans measured; \
             B-scan 25 is marked; seen from the front left and above."
        );
        let nothing = alternative(&Seen { visible: [true, false, false], ..seen(Camera::default()) });
        assert!(nothing.contains("no fluid is drawn"), "{nothing}");
    }

    #[test]
    fn every_direction_has_words() {
        let mut all = Vec::new();
        for yaw_deg in (-180..180).step_by(45) {
            for pitch_deg in [-90.0, -30.0, 0.0, 30.0, 90.0] {
                all.push(standpoint(Camera { yaw_deg: yaw_deg as f32, pitch_deg, zoom: 1.0 }));
            }
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 8 * 3 + 2, "{all:?}");
    }
}
