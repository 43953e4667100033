//! Files to save.

texts! {
    TITLE = "Save", "保存";
    SAVING = "Saving…", "正在保存…";
    METAIMAGE = "MetaImage", "MetaImage";
    NIFTI = "NIfTI", "NIfTI";
    DICOM = "DICOM SEG", "DICOM SEG";
    JSON = "JSON", "JSON";
    CSV = "CSV", "CSV";
    REGIONS = "Regions CSV", "分区 CSV";
    BSCANS = "B-scans CSV", "B 扫描 CSV";
    REGIONS_IS = "ETDRS grid", "ETDRS 网格";
    BSCANS_IS = "figures per B-scan", "每幅 B 扫描的数值";
    TRAINING = "Training data", "训练数据";
    TRAINING_IS = "corrected B-scans, .zip", "已校正的 B 扫描，.zip";
    METAIMAGE_IS = "mask, .mhd + .raw", "掩膜，.mhd + .raw";
    NIFTI_IS = "mask, .nii.gz", "掩膜，.nii.gz";
    DICOM_IS = "mask, .dcm", "掩膜，.dcm";
    JSON_IS = "full report", "完整报告";
    CSV_IS = "figures per class", "各类积液的数值";
    KEEP_NAMES = "Keep the file's name and the patient's data", "保留文件名和患者信息";
    NAMES_ARE_OFF = "Off: nothing that is saved names the patient", "关闭时：保存的文件中不含患者姓名";

    NO_DEVICE = "The engine found no device: restart it to save.", "引擎未找到可用设备：请重新启动引擎后再保存。";
    SEGMENT_FIRST = "Segment the volume first.", "请先对扫描进行分割。";
    WAIT = "Wait until the run is over, or cancel it.", "请等待分割结束，或将其取消。";
    MASK_WHEN_COMPLETE = "A mask is saved once every B-scan is measured; the report can be saved now.", "全部 B 扫描测量完成后才能保存掩膜；报告现在即可保存。";
}
