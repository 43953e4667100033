//! What is known of the scan, and the fundus image that came with it.

use oct::{BScanOrder, FundusKind};

use super::{Locale, bscans, names};

texts! {
    TITLE = "Volume", "扫描信息";
    FORMAT = "Format", "格式";
    DEVICE_MAKER = "Device maker", "设备厂商";
    TAKEN = "Taken", "采集时间";
    PATTERN = "Pattern", "扫描模式";
    EYE = "Eye", "眼别";
    SIZE = "Size", "尺寸";
    NOT_IN_FILE = "not in the file", "文件中没有";
    FUNDUS_IMAGE = "Fundus image with the place of every B-scan, the one in view in yellow", "眼底图像，标有每幅 B 扫描的位置，当前显示的一幅为黄色";
}

/// The format with the bits of a sample.
pub fn format_and_bits(locale: Locale, format: &str, bits: u8) -> String {
    match locale {
        Locale::English => format!("{format}, {bits} bit"),
        Locale::Chinese => format!("{format}，{bits} 位"),
    }
}

/// What the two figures of a size are, and how many B-scans there are.
pub fn columns_and_rows(locale: Locale, count: usize) -> String {
    let bscans = bscans(locale, count);
    match locale {
        Locale::English => format!("columns × rows, {bscans}"),
        Locale::Chinese => format!("列 × 行，{bscans}"),
    }
}

/// The title of the fundus image.
pub fn fundus_title(locale: Locale, kind: FundusKind) -> String {
    let kind = names::fundus(kind).say(locale);
    match locale {
        Locale::English => format!("Fundus ({kind})"),
        Locale::Chinese => format!("眼底（{kind}）"),
    }
}

/// From which side B-scans are stored.
pub fn stored(locale: Locale, order: BScanOrder) -> String {
    let order = names::order(order).say(locale);
    match locale {
        Locale::English => format!("stored {order}"),
        Locale::Chinese => format!("存储顺序：{order}"),
    }
}
