//! Correcting what the network found.

use oct::FluidClass;

use super::{Locale, Text, bscans};
use crate::model::Tool;

texts! {
    TITLE = "Correct", "修正";
    OPEN_TITLE = "Tools to correct the masks by hand", "手动修正掩膜的工具";
    TOOLS = "Tools", "工具";
    DRAWS = "Draws", "绘制";
    POCKET = "Pocket", "液腔";
    POCKET_TITLE = "Press on a dark pocket: it is outlined and filled (key C)", "点按暗腔：自动勾画并填充（按键 C）";
    BRUSH = "Brush", "画笔";
    BRUSH_TITLE = "Draw fluid; [ and ] change the size (key B)", "绘制积液；[ 和 ] 改变大小（按键 B）";
    ERASER = "Eraser", "橡皮";
    ERASER_TITLE = "Draw no fluid (key E)", "擦除积液（按键 E）";
    FILL = "Fill", "填充";
    FILL_TITLE = "Fill a bounded dark space (key F)", "填充封闭的暗区（按键 F）";
    LASSO = "Lasso", "套索";
    LASSO_TITLE = "Fill what you go around (key Q)", "填充圈出的区域（按键 Q）";
    PUSH = "Push", "推移";
    PUSH_TITLE = "Push an outline, outwards from within and inwards from outside (key Y)", "推移轮廓：从内向外扩大，从外向内缩小（按键 Y）";
    RECLASSIFY = "Other class", "改类别";
    RECLASSIFY_TITLE = "Give connected fluid the chosen class (key J)", "将相连积液改为所选类别（按键 J）";
    REMOVE = "Remove", "移除";
    REMOVE_TITLE = "Remove connected fluid (key X)", "移除相连积液（按键 X）";
    GIVE_BACK = "Give back", "还原";
    GIVE_BACK_TITLE = "Give back to the network what you drew (key N)", "将所绘部分还原为模型结果（按键 N）";
    SMALLER = "Smaller (key [)", "缩小（按键 [）";
    LARGER = "Larger (key ])", "放大（按键 ]）";
    THROUGH_VOLUME = "through all B-scans", "贯穿全部 B 扫描";
    INTERPOLATE = "Fill between", "层间填充";
    INTERPOLATE_TITLE = "Shapes between this B-scan and the nearest other one that you drew in (key I)", "在本 B 扫描与最近一幅已绘制的 B 扫描之间插值（按键 I）";
    REVIEW = "Looked at", "已核对";
    REVIEW_TITLE = "You looked at all of this B-scan and it is right (key K)", "已核对整幅 B 扫描且结果正确（按键 K）";
    UNDO = "Undo", "撤销";
    UNDO_TITLE = "Take the last change back (key Z, or Ctrl Z)", "撤销上一步（按键 Z 或 Ctrl Z）";
    REDO = "Redo", "重做";
    REDO_TITLE = "Do it again (Ctrl Y)", "重做（Ctrl Y）";
    NOTHING_TO_FILL_BETWEEN = "Draw in two B-scans that have others between them, then fill between.", "请先在两幅不相邻的 B 扫描上绘制，再进行层间填充。";
    KEPT = "What you draw is kept in this browser, unencrypted, until you clear it: run lengths and a digest of the scan, no picture and no name.", "所绘内容保存在本浏览器中（未加密），直至清除：仅含掩膜与扫描摘要，不含图像和姓名。";
    NOT_KEPT = "What you draw now lasts as long as the page.", "现在所绘内容仅在页面打开期间有效。";
    RESTORED = "What you drew in this scan earlier is in force again.", "您之前在此扫描中绘制的内容已恢复。";
    FORGET = "Clear all kept drawings", "清除所有已保存的绘制内容";
    STAGE_HELP = "Arrow keys move the cursor, Enter uses the tool there.", "方向键移动光标，回车键在该处使用工具。";
}

/// Name and explanation of a tool.
pub fn tool(tool: Tool) -> (Text, Text) {
    match tool {
        Tool::Pocket => (POCKET, POCKET_TITLE),
        Tool::Brush => (BRUSH, BRUSH_TITLE),
        Tool::Eraser => (ERASER, ERASER_TITLE),
        Tool::Fill => (FILL, FILL_TITLE),
        Tool::Lasso => (LASSO, LASSO_TITLE),
        Tool::Push => (PUSH, PUSH_TITLE),
        Tool::Reclassify => (RECLASSIFY, RECLASSIFY_TITLE),
        Tool::Remove => (REMOVE, REMOVE_TITLE),
        Tool::GiveBack => (GIVE_BACK, GIVE_BACK_TITLE),
    }
}

/// The class that a tool puts down, as its button says it.
pub fn draw_class(locale: Locale, class: FluidClass) -> String {
    let name = class.abbreviation();
    match locale {
        Locale::English => format!("Draw {name} (key {})", class.label()),
        Locale::Chinese => format!("绘制 {name}（按键 {}）", class.label()),
    }
}

/// How much a person drew and looked at.
pub fn drawn(locale: Locale, drawn: usize, reviewed: usize) -> String {
    match locale {
        Locale::English => format!("Drawn in {}, {reviewed} looked at", bscans(locale, drawn)),
        Locale::Chinese => format!("已在 {drawn} 幅 B 扫描中绘制，{reviewed} 幅已核对"),
    }
}
