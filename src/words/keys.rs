//! The help of the keys. Legends are as the keyboard has them.

texts! {
    ONE_BSCAN = "one B-scan", "前后一幅 B 扫描";
    TEN_BSCANS = "ten B-scans", "前后十幅 B 扫描";
    FIRST_LAST = "first, last", "第一幅、最后一幅";
    CLASSES = "IRF, SRF, PED", "IRF、SRF、PED";
    OVERLAY = "overlay on, off", "显示或隐藏叠加";
    LOOK_BENEATH = "hold to look beneath", "按住查看原图";
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
    TOOLS = "tools to correct masks", "修正掩膜的工具";
    TOOL_SIZE = "size of the tool", "工具大小";
    BETWEEN_AND_LOOKED_AT = "fill between, looked at", "层间填充、已核对";
    UNDO_REDO = "undo, redo", "撤销、重做";
    SCENE = "the fluid in space", "积液三维视图";
    CANCEL = "cancel the run", "取消分割";
    SPACE = "Space", "空格";
}
