//! Title, header and footer.

use super::{Locale, Text};

texts! {
    TITLE = "Lacuna – retinal fluid in OCT, measured in your browser", "Lacuna – 在浏览器中测量 OCT 视网膜积液";
    PANELS = "Measurements and volume", "测量结果与扫描信息";
    RESEARCH_USE = "For research and teaching only. Not a medical device.", "仅供科研与教学使用，非医疗器械。";
    STAYS_HERE = "Your scans stay on this computer.", "扫描数据不会离开本机。";
    LIGHT_PAGE = "Light page", "浅色页面";
}

/// The name of the choice of the language: in both, for who reads only one of them.
pub const LANGUAGE: Text = Text::same("Language / 语言");

/// What is being opened while another scan is on show.
pub fn opening(locale: Locale, name: &str) -> String {
    match locale {
        Locale::English => format!("Opening {name}…"),
        Locale::Chinese => format!("正在打开 {name}…"),
    }
}
