//! The view of the fluid in space.

use oct::FluidClass;
use scene::{Camera, SceneFailure};

use super::{Locale, Text};

texts! {
    BUTTON_TITLE = "The fluid in space (key O)", "积液的三维视图（O 键）";
    TITLE = "Fluid in space", "积液三维视图";
    CLOSE = "Close the view in space", "关闭三维视图";
    TOOLBAR = "The view in space", "三维视图";
    RESET = "Reset", "复位";
    ABOVE = "From above", "俯视";
    FRONT = "From the front", "正视";
    SIDE = "From the side", "侧视";
    HINT = "Drag or arrow keys: walk around. Wheel, pinch, + and −: nearer. 0: as at the start. PgUp, PgDn: through the B-scans.", "拖动或方向键：环绕观察；滚轮、双指、+ 和 −：缩放；0：复位；PgUp、PgDn：切换 B 扫描。";
    NO_FIGURES = "A picture to look at: every figure is measured in the B-scans.", "仅供观察：所有数值均在 B 扫描中测得。";
    LOADING = "Drawing…", "正在绘制…";
    NOT_MEASURED = "Nothing is measured yet: segment the scan to see the fluid in it.", "尚未测量：请先分割该扫描以查看其中的积液。";
    NO_FLUID = "No fluid was found.", "未发现积液。";
    NOT_TO_SCALE = "Not to scale: the spacing is not known for certain.", "未按比例：间距未能确定。";
    NO_OFFSCREEN_CANVAS = "This browser cannot draw in the background: open the page in a current Chrome, Edge, Firefox or Safari.", "此浏览器无法在后台绘图：请使用新版 Chrome、Edge、Firefox 或 Safari 打开本页。";
    NO_WEBGL2 = "This browser draws no 3D (WebGL 2 is missing or switched off): allow hardware acceleration in its settings. All figures stay as they are.", "此浏览器无法绘制三维图像（缺少 WebGL 2 或已关闭）：请在设置中启用硬件加速。所有数值不受影响。";
    CONTEXT_LOST = "The graphics were taken away by the system: close this view and open it again.", "图形资源被系统收回：请关闭此视图后重新打开。";
    NOT_DRAWN = "The view in space could not be drawn: close it and open it again.", "三维视图无法绘制：请关闭后重新打开。";
    SIZE_OF = "(across × along × deep)", "（横向 × 纵向 × 深度）";
    FROM_FRONT = "the front", "前方";
    FROM_FRONT_RIGHT = "the front right", "右前方";
    FROM_RIGHT = "the right", "右侧";
    FROM_BEHIND_RIGHT = "behind on the right", "右后方";
    FROM_BEHIND = "behind", "后方";
    FROM_BEHIND_LEFT = "behind on the left", "左后方";
    FROM_LEFT = "the left", "左侧";
    FROM_FRONT_LEFT = "the front left", "左前方";
    FROM_ABOVE = "from above, as the fundus", "自上方俯视，如眼底图";
    FROM_BELOW = "from below", "自下方仰视";
    AND_ABOVE = " and above", "偏上";
    AND_BELOW = " and below", "偏下";
}

/// The button that opens the view.
pub const BUTTON: Text = Text::same("3D");

/// Why nothing is drawn, and what helps.
pub fn failure(failure: &SceneFailure) -> Text {
    match failure {
        SceneFailure::NoOffscreenCanvas => NO_OFFSCREEN_CANVAS,
        SceneFailure::NoWebGl2 => NO_WEBGL2,
        SceneFailure::ContextLost => CONTEXT_LOST,
        SceneFailure::Other { .. } => NOT_DRAWN,
    }
}

/// How large the scan is, mm.
pub fn size(locale: Locale, [across, deep, along]: [f32; 3]) -> String {
    let words = SIZE_OF.say(locale);
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
pub fn alternative(locale: Locale, seen: &Seen) -> String {
    let Seen { bscans_with, visible, measured, bscans, marked, camera } = seen;
    let drawn = FluidClass::ALL.into_iter().filter(|class| visible[class.index()]);
    let found = drawn.filter(|class| bscans_with[class.index()] > 0).map(|class| {
        let count = bscans_with[class.index()];
        match (locale, count) {
            (Locale::Chinese, _) => format!("{} 见于 {count} 幅 B 扫描", class.abbreviation()),
            (Locale::English, 1) => format!("{} in 1 B-scan", class.name()),
            (Locale::English, _) => format!("{} in {count} B-scans", class.name()),
        }
    });
    let found: Vec<String> = found.collect();
    let from = standpoint(locale, *camera);
    if locale == Locale::Chinese {
        let found = if found.is_empty() { "未绘出积液".to_owned() } else { found.join("，") };
        return format!(
            "积液三维图：{found}；已测量 {measured}/{bscans} 幅 B 扫描；标出第 {marked} 幅；{from}。"
        );
    }
    let found = if found.is_empty() { "no fluid is drawn".to_owned() } else { found.join(", ") };
    format!(
        "The scan in space: {found}; {measured} of {bscans} B-scans measured; B-scan {marked} is marked; seen {from}."
    )
}

/// From where one looks, in words.
fn standpoint(locale: Locale, camera: Camera) -> String {
    // Eight directions: 0 in front, then to the right.
    const AROUND: [Text; 8] = [
        FROM_FRONT,
        FROM_FRONT_RIGHT,
        FROM_RIGHT,
        FROM_BEHIND_RIGHT,
        FROM_BEHIND,
        FROM_BEHIND_LEFT,
        FROM_LEFT,
        FROM_FRONT_LEFT,
    ];
    let around = AROUND[((camera.yaw_deg / 45.0).round() as i32).rem_euclid(8) as usize].say(locale);
    let height = match camera.pitch_deg {
        pitch if pitch >= 75.0 => return FROM_ABOVE.say(locale).to_owned(),
        pitch if pitch <= -75.0 => return FROM_BELOW.say(locale).to_owned(),
        pitch if pitch > 8.0 => AND_ABOVE.say(locale),
        pitch if pitch < -8.0 => AND_BELOW.say(locale),
        _ => "",
    };
    match locale {
        Locale::English => format!("from {around}{height}"),
        Locale::Chinese => format!("自{around}{height}观察"),
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
        let words = alternative(Locale::English, &seen(Camera::default()));
        assert_eq!(
            words,
            "The scan in space: subretinal fluid in 12 B-scans; 49 of 49 B-scans measured; \
             B-scan 25 is marked; seen from the front left and above."
        );
        let nothing =
            alternative(Locale::English, &Seen { visible: [true, false, false], ..seen(Camera::default()) });
        assert!(nothing.contains("no fluid is drawn"), "{nothing}");
    }

    #[test]
    fn every_direction_has_words() {
        let mut all = Vec::new();
        for yaw_deg in (-180..180).step_by(45) {
            for pitch_deg in [-90.0, -30.0, 0.0, 30.0, 90.0] {
                all.push(standpoint(
                    Locale::English,
                    Camera { yaw_deg: yaw_deg as f32, pitch_deg, zoom: 1.0 },
                ));
            }
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 8 * 3 + 2, "{all:?}");
    }
}
