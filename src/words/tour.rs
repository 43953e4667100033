//! A first way around the page, in five steps.

use super::{Locale, Text};

texts! {
    OFFER = "Tour of five steps", "五步导览";
    DECLINE = "No tour, thank you", "不需要导览";
    NEXT = "Next", "下一步";
    BACK = "Back", "上一步";
    DONE = "Done", "完成";
    END = "End the tour", "结束导览";

    OPEN = "Open a scan here, or drop files or a folder anywhere on the page. Nothing is uploaded: all is read and computed on this computer.", "在此打开扫描，或将文件、文件夹拖放到页面任意处。不会上传：读取与计算均在本机完成。";
    LOOK = "Go through the B-scans with the wheel or the arrow keys. Drag to change window and level; Ctrl and the wheel enlarge.", "用滚轮或方向键浏览 B 扫描。拖动可调整窗宽窗位；按住 Ctrl 并滚动滚轮可放大。";
    SEGMENT = "Segment marks the three fluids in every B-scan, the one in view first. You can go on looking meanwhile.", "“分割”在每幅 B 扫描中标出三种积液，从当前一幅开始。其间可继续浏览。";
    READ = "The figures appear here: volume, its bounds, and how sure the network is that the fluid is there. Look at the mask before you believe one.", "数值显示于此：体积及其区间，以及网络对积液存在的把握程度。采信之前，请查看掩膜。";
    HELP = "All keys, what the fluids are and where the network fails stand in the help, and this tour too. Files and a printed report are under Save.", "帮助中有全部快捷键、积液说明、网络的不足之处以及本导览。文件与打印报告在“保存”栏中。";
}

/// What is said at each step.
pub const SAID: [Text; 5] = [OPEN, LOOK, SEGMENT, READ, HELP];

/// Which step of how many.
pub fn step(locale: Locale, step: usize, steps: usize) -> String {
    match locale {
        Locale::English => format!("Tour, {step} of {steps}"),
        Locale::Chinese => format!("导览 {step} / {steps}"),
    }
}
