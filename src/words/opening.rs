//! Drops, file pickers, and what is being opened.

use oct_formats::formats::what_to_drop;

use super::Locale;

texts! {
    OPEN_FILES = "Open files", "打开文件";
    OPEN_FOLDER = "Open folder", "打开文件夹";
    SAMPLE_EYE = "Sample eye", "示例眼";
    FILES_OF_ONE_VOLUME = "Files of one volume", "同一扫描的文件";
    FOLDER_OF_ONE_VOLUME = "Folder of one volume", "同一扫描的文件夹";
    DROP = "Drop an OCT volume", "将 OCT 扫描拖放到此处";
    STAYS_HERE = "It stays on this computer.", "数据不会离开本机。";
    THE_SAMPLE_EYE = "the sample eye", "示例眼";
    NO_FILE = "There was no file in what you dropped, or none but small copies and what systems keep for themselves: drop the files of one volume, their folder, or a zip of it.",
        "拖放的内容中没有文件，或只有缩略图和系统文件：请拖放同一扫描的文件、其文件夹或 zip 压缩包。";
    NO_ENGINE = "The engine is not running, so nothing can be opened: restart it and try again.",
        "引擎未在运行，无法打开任何内容：请重新启动引擎后再试。";
}

/// What may be dropped. The English list is made of the table of formats.
pub fn may_be_dropped(locale: Locale) -> String {
    match locale {
        Locale::English => format!("{}: files, a folder or a zip", what_to_drop()),
        Locale::Chinese => "DICOM，Heidelberg、Topcon、Zeiss 或 Optovue 设备的文件，MetaImage、NIfTI，\
                            或 B 扫描图像：文件、文件夹或 zip 压缩包"
            .to_owned(),
    }
}

/// The name of several files that have no folder in common.
pub fn files(locale: Locale, count: usize) -> String {
    match locale {
        Locale::English => format!("{count} files"),
        Locale::Chinese => format!("{count} 个文件"),
    }
}

/// Why what was dropped is not read.
pub fn too_many_files(locale: Locale, most: usize) -> String {
    match locale {
        Locale::English => {
            format!("There are more than {most} files in it: choose the folder of one volume only.")
        }
        Locale::Chinese => format!("其中的文件超过 {most} 个：请只选择一个扫描的文件夹。"),
    }
}

/// Why a file or folder is not read.
pub fn unreadable(locale: Locale, name: &str) -> String {
    match locale {
        Locale::English => format!(
            "{name} could not be read: check that it still exists and that you may read it, then try again."
        ),
        Locale::Chinese => format!("无法读取 {name}：请确认该文件仍然存在且您有读取权限，然后重试。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_name_the_same_formats() {
        let chinese = may_be_dropped(Locale::Chinese);
        let is_name = |word: &&str| word.chars().any(char::is_uppercase) && *word != "B-scans";
        let list = what_to_drop();
        let names: Vec<&str> = list.split([' ', ',']).filter(is_name).collect();
        assert!(names.len() > 5, "{names:?}");
        for name in names {
            assert!(chinese.contains(name), "{name} is missing in {chinese}");
        }
    }
}
