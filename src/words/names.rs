//! Names of fluids, axes, eyes, patterns and files. Where a crate has an English name, too,
//! a test holds both together.

use engine_protocol::SaveKind;
use oct::{Axis, BScanOrder, FluidClass, FundusKind, Laterality, ScanPattern};

use super::Text;

texts! {
    IRF = "intraretinal fluid", "视网膜内液";
    SRF = "subretinal fluid", "视网膜下液";
    PED = "pigment epithelial detachment", "色素上皮脱离";

    LATERAL = "lateral", "横向";
    AXIAL = "axial", "轴向";
    BETWEEN_BSCANS = "between B-scans", "B 扫描之间";
    LATERAL_TITLE = "Lateral", "横向";
    AXIAL_TITLE = "Axial", "轴向";
    BETWEEN_BSCANS_TITLE = "Between B-scans", "B 扫描之间";

    RIGHT_EYE = "right eye", "右眼";
    LEFT_EYE = "left eye", "左眼";
    OD = "right (OD)", "右眼（OD）";
    OS = "left (OS)", "左眼（OS）";

    RASTER = "parallel B-scans", "平行 B 扫描";
    UNEVEN_RASTER = "parallel B-scans at uneven distances", "间距不等的平行 B 扫描";
    SINGLE_BSCAN = "a single B-scan", "单幅 B 扫描";
    REPEATED = "one place scanned repeatedly", "同一位置重复扫描";
    RADIAL = "radial B-scans", "放射状 B 扫描";
    CIRCLE = "a circle scan", "环形扫描";
    OTHER_PATTERN = "B-scans that are not parallel", "不平行的 B 扫描";
    ANGIOGRAPHY = "OCT angiography", "OCT 血管成像（OCTA）";
    NO_SCAN = "no OCT scan, by its name", "从名称看不是 OCT 扫描";
    NO_RETINA = "a scan of another part than the retina", "非视网膜部位的扫描";
    LABELS = "a mask", "掩膜";
    INCOMPLETE = "a scan of which some B-scans are missing", "缺少部分 B 扫描的扫描";
    NOT_STATED = "not stated", "未注明";

    SLO = "SLO", "SLO";
    FUNDUS_PHOTOGRAPH = "fundus photograph", "眼底照片";
    EN_FACE_IMAGE = "en-face image", "en face 图像";

    SUPERIOR_FIRST = "superior first", "自上而下";
    INFERIOR_FIRST = "inferior first", "自下而上";
    LEFT_FIRST = "left of the fundus image first", "自眼底图像左侧起";
    RIGHT_FIRST = "right of the fundus image first", "自眼底图像右侧起";

    METAIMAGE_MASK = "MetaImage mask", "MetaImage 掩膜";
    NIFTI_MASK = "NIfTI mask", "NIfTI 掩膜";
    DICOM_SEGMENTATION = "DICOM segmentation", "DICOM 分割";
    JSON_REPORT = "JSON report", "JSON 报告";
    CSV_REPORT = "CSV report", "CSV 报告";
    CSV_OF_REGIONS = "CSV of the ETDRS grid", "ETDRS 网格 CSV";
    CSV_OF_BSCANS = "CSV of the B-scans", "B 扫描 CSV";
    TRAINING_DATA = "training data", "训练数据";
}

/// The class's name in lower case, as the style sheet and tests use it: no word.
pub fn slug(class: FluidClass) -> &'static str {
    match class {
        FluidClass::Irf => "irf",
        FluidClass::Srf => "srf",
        FluidClass::Ped => "ped",
    }
}

/// The full name of a fluid.
pub fn fluid(class: FluidClass) -> Text {
    match class {
        FluidClass::Irf => IRF,
        FluidClass::Srf => SRF,
        FluidClass::Ped => PED,
    }
}

/// The name of an axis within a sentence.
pub fn axis(axis: Axis) -> Text {
    match axis {
        Axis::Lateral => LATERAL,
        Axis::Axial => AXIAL,
        Axis::BetweenBScans => BETWEEN_BSCANS,
    }
}

/// The name of an axis at the start of a line.
pub fn axis_title(axis: Axis) -> Text {
    match axis {
        Axis::Lateral => LATERAL_TITLE,
        Axis::Axial => AXIAL_TITLE,
        Axis::BetweenBScans => BETWEEN_BSCANS_TITLE,
    }
}

/// Which eye it is, in full.
pub fn eye(eye: Laterality) -> Text {
    match eye {
        Laterality::Od => RIGHT_EYE,
        Laterality::Os => LEFT_EYE,
    }
}

/// Which eye it is, with the abbreviation.
pub fn eye_with_abbreviation(eye: Laterality) -> Text {
    match eye {
        Laterality::Od => OD,
        Laterality::Os => OS,
    }
}

/// How B-scans lie to each other.
pub fn pattern(pattern: ScanPattern) -> Text {
    match pattern {
        ScanPattern::Raster => RASTER,
        ScanPattern::UnevenRaster => UNEVEN_RASTER,
        ScanPattern::SingleBScan => SINGLE_BSCAN,
        ScanPattern::Repeated => REPEATED,
        ScanPattern::Radial => RADIAL,
        ScanPattern::Circle => CIRCLE,
        ScanPattern::Other => OTHER_PATTERN,
        ScanPattern::Angiography => ANGIOGRAPHY,
        ScanPattern::NoScan => NO_SCAN,
        ScanPattern::NoRetina => NO_RETINA,
        ScanPattern::Labels => LABELS,
        ScanPattern::Incomplete => INCOMPLETE,
        ScanPattern::NotStated => NOT_STATED,
    }
}

/// What took a fundus image.
pub fn fundus(kind: FundusKind) -> Text {
    match kind {
        FundusKind::Slo => SLO,
        FundusKind::Fundus => FUNDUS_PHOTOGRAPH,
        FundusKind::EnFace => EN_FACE_IMAGE,
    }
}

/// From which side of the fundus B-scans are stored.
pub fn order(order: BScanOrder) -> Text {
    match order {
        BScanOrder::SuperiorFirst => SUPERIOR_FIRST,
        BScanOrder::InferiorFirst => INFERIOR_FIRST,
        BScanOrder::LeftFirst => LEFT_FIRST,
        BScanOrder::RightFirst => RIGHT_FIRST,
    }
}

/// What is saved as `kind`.
pub fn saved(kind: SaveKind) -> Text {
    match kind {
        SaveKind::MetaImage => METAIMAGE_MASK,
        SaveKind::Nifti => NIFTI_MASK,
        SaveKind::DicomSeg => DICOM_SEGMENTATION,
        SaveKind::Json => JSON_REPORT,
        SaveKind::Csv => CSV_REPORT,
        SaveKind::RegionsCsv => CSV_OF_REGIONS,
        SaveKind::BScansCsv => CSV_OF_BSCANS,
        SaveKind::TrainingData => TRAINING_DATA,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_names_are_those_of_the_crates() {
        for class in FluidClass::ALL {
            assert_eq!(fluid(class).en, class.name());
        }
        for along in Axis::ALL {
            assert_eq!(axis(along).en, along.name());
            assert_eq!(axis_title(along).en.to_lowercase(), along.name().to_lowercase());
        }
        for kind in [FundusKind::Slo, FundusKind::Fundus, FundusKind::EnFace] {
            assert_eq!(fundus(kind).en, kind.name());
        }
        for from in [
            BScanOrder::SuperiorFirst,
            BScanOrder::InferiorFirst,
            BScanOrder::LeftFirst,
            BScanOrder::RightFirst,
        ] {
            assert_eq!(order(from).en, from.name());
        }
        for kind in [
            ScanPattern::Raster,
            ScanPattern::UnevenRaster,
            ScanPattern::SingleBScan,
            ScanPattern::Repeated,
            ScanPattern::Radial,
            ScanPattern::Circle,
            ScanPattern::Other,
            ScanPattern::Angiography,
            ScanPattern::NoScan,
            ScanPattern::NoRetina,
            ScanPattern::Labels,
            ScanPattern::Incomplete,
            ScanPattern::NotStated,
        ] {
            assert_eq!(pattern(kind).en, kind.name());
        }
    }
}
