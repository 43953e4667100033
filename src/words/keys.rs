//! The help of the keys. Legends are as the keyboard has them.

texts! {
    THROUGH_THE_SCAN = "Through the scan", "浏览扫描";
    OVER_THE_PICTURE = "What lies over it", "叠加内容";
    PICTURE = "How it is shown", "显示方式";
    PAGE = "The page", "页面";
    IN_COMPARISON = "Comparing two visits", "比较两次检查";
    IN_MARKING = "Marking the same place, on a picture", "标记同一位置（在图上）";
    IN_SPACE = "In the view in space", "三维视图中";

    CROSS = "move the cross", "移动十字";
    SET_CROSS = "mark it", "标记";
    TURN = "walk around it", "环绕观看";
    NEARER = "nearer, farther", "拉近、拉远";
    START = "back to the start", "回到初始视角";
    ONE_BSCAN = "one B-scan", "前后一幅 B 扫描";
    TEN_BSCANS = "ten B-scans", "前后十幅 B 扫描";
    FIRST_LAST = "first, last", "第一幅、最后一幅";
    CLASSES = "IRF, SRF, PED", "IRF、SRF、PED";
    OVERLAY = "overlay on, off", "显示或隐藏叠加";
    LOOK_BENEATH = "hold to look beneath", "按住查看原图";
    TRUTH = "truth of a generated eye, check", "合成眼的真值、检查";
    FIND_NEXT = "next with fluid to find", "下一幅待寻找";
    SIMILARITY = "similarity map", "相似度图";
    LAYERS = "layers of the device", "设备的分层线";
    RETINA = "retina by the network", "模型找到的视网膜边界";
    DOUBT = "where it is in doubt", "不确定之处";
    PATTERNS = "patterns", "图案";
    WINDOW = "window and level", "窗宽窗位";
    MEAN = "mean of 1, 3, 5", "平均 1、3、5 幅";
    VIEWS = "views side by side", "并列视图";
    GRID = "ETDRS grid", "ETDRS 网格";
    DEPTH = "depth ×1, ×2, ×3", "深度 ×1、×2、×3";
    ZOOM = "zoom in, out, fit", "放大、缩小、适合窗口";
    TOOL_SIZE = "size of the tool", "工具大小";
    TOOLS_GROUP = "Correcting", "修正";
    UNDO = "undo (Ctrl Y: do it again)", "撤销（Ctrl Y：重做）";
    SCENE = "the fluid in space", "积液三维视图";
    KEEP = "keep for comparison, show the kept", "保留以供比较、显示所保留的扫描";
    COMPARE = "compare both", "比较两次检查";
    CANCEL = "close, or cancel the run", "关闭，或取消分割";
    HELP = "this help", "本帮助";
    SPACE = "Space", "空格";
}
