//! What is shown, where it is no plain structure of a retina.

use oct::ScanPattern;

use super::words::{has, words};

/// What a picture shows, where it is no plain B-scan of a retina's structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// Flow: OCT angiography.
    Flow,
    /// The mean of several B-scans of one place.
    Averaged,
    /// The front of the eye.
    FrontOfEye,
    /// A section along the retina.
    EnFace,
    /// A volume looked at from above.
    Projection,
    /// How thick the retina is.
    ThicknessMap,
    /// A photograph of the fundus.
    Fundus,
    /// A small copy.
    Thumbnail,
    /// A page made for reading.
    Report,
}

const FLOW: &[&str] = &["flow", "flows", "flowcube", "flowmap"];
const ANGIOGRAPHY: &[&str] = &[
    "angio",
    "angiography",
    "angiographic",
    "angiogram",
    "angiograms",
    "angioplex",
    "angiovue",
    "octangio",
    "octangiography",
    "octa",
    "oct a",
    "perfusion",
    "decorrelation",
    "motion contrast",
    "ssada",
    "omag",
];
/// One of these beside flow says that this part of an angiography is none.
const STRUCTURE: &[&str] = &["struct", "structure", "structural", "reflectance", "reflectivity", "intensity"];
const FRONT_OF_EYE: &[&str] = &[
    "cornea",
    "corneal",
    "cornee",
    "hornhaut",
    "pachymetry",
    "asoct",
    "as oct",
    "anterior segment",
    "anterior chamber",
    "vorderabschnitt",
    "vorderkammer",
];
const EN_FACE: &[&str] = &["enface", "en face", "cscan", "c scan", "slab"];
const PROJECTION: &[&str] = &["projection", "mip", "aip"];
const THICKNESS: &[&str] = &["thickness", "heatmap", "etdrs", "deviation"];
const THUMBNAIL: &[&str] = &["thumb", "thumbs", "thumbnail", "thumbnails", "preview"];
const FUNDUS: &[&str] = &["fundus", "slo", "cslo", "lso", "faf", "infrared", "photo"];
const REPORT: &[&str] = &["report", "overview", "printout", "screenshot"];
const AVERAGED: &[&str] = &["avg", "average", "averaged", "mean", "art"];

impl Meaning {
    /// In a word or two.
    pub(crate) fn called(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Averaged => "averaged",
            Self::FrontOfEye => "the front of the eye",
            Self::EnFace => "an en-face image",
            Self::Projection => "a projection of a scan",
            Self::ThicknessMap => "a thickness map",
            Self::Fundus => "a fundus image",
            Self::Thumbnail => "a thumbnail",
            Self::Report => "a report",
        }
    }

    /// Whether it never is a B-scan.
    pub(crate) fn is_no_bscan(self) -> bool {
        self.pattern() == Some(ScanPattern::NoScan)
    }

    /// The pattern of a scan of which words say so, where it must not be measured.
    pub(crate) fn pattern(self) -> Option<ScanPattern> {
        match self {
            Self::Flow => Some(ScanPattern::Angiography),
            Self::Averaged => None,
            Self::FrontOfEye => Some(ScanPattern::NoRetina),
            Self::EnFace
            | Self::Projection
            | Self::ThicknessMap
            | Self::Fundus
            | Self::Thumbnail
            | Self::Report => Some(ScanPattern::NoScan),
        }
    }

    /// What `text`, a name or a description, says.
    ///
    /// Zeiss calls the structure of an angiography `Angiography ..._cube_z.img` and its
    /// flow `..._FlowCube_z.img`; Heidelberg's `.vol` of flow end in `_Angio`.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let words = words(text);
        let says = |wanted: &[&str]| has(&words, wanted);
        let is_structure = says(STRUCTURE);
        if says(EN_FACE) {
            return Some(Self::EnFace);
        }
        if says(PROJECTION) {
            return Some(Self::Projection);
        }
        let is_flow = says(FLOW) || says(ANGIOGRAPHY) && !says(&["cube z"]);
        if is_flow && !is_structure {
            return Some(Self::Flow);
        }
        let others: [(&[&str], Self); 5] = [
            (THUMBNAIL, Self::Thumbnail),
            (THICKNESS, Self::ThicknessMap),
            (FUNDUS, Self::Fundus),
            (REPORT, Self::Report),
            (FRONT_OF_EYE, Self::FrontOfEye),
        ];
        let other = others.into_iter().find(|(wanted, _)| says(wanted)).map(|(_, meaning)| meaning);
        other.or_else(|| says(AVERAGED).then_some(Self::Averaged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_flow_from_structure() {
        for (name, meaning) in [
            ("2390_Angio.vol", Some(Meaning::Flow)),
            ("2390.vol", None),
            ("P1_Angiography 3x3 mm_OD_sn1_FlowCube_z.img", Some(Meaning::Flow)),
            ("P1_Angiography 3x3 mm_OD_sn1_cube_z.img", None),
            ("OCTA_b07.png", Some(Meaning::Flow)),
            ("OCT-A 12.tif", Some(Meaning::Flow)),
            ("IR_OCTA", Some(Meaning::Flow)),
            ("OCTA, structural", None),
            ("ORIGINAL\\PRIMARY\\VOLUME\\MOTION_CONTRAST", Some(Meaning::Flow)),
            ("octagon.png", None),
            ("angioid streaks.png", None),
            ("overflow.png", None),
            ("b3_avg.png", Some(Meaning::Averaged)),
            ("EnFace.png", Some(Meaning::EnFace)),
            ("OCTA en face", Some(Meaning::EnFace)),
            ("OCTA projection", Some(Meaning::Projection)),
            ("DERIVED\\SECONDARY\\PROJECTION IMAGE", Some(Meaning::Projection)),
            ("Thickness map OD", Some(Meaning::ThicknessMap)),
            ("scan1_thumb.png", Some(Meaning::Thumbnail)),
            ("Fundus.jpg", Some(Meaning::Fundus)),
            ("AS-OCT 3.png", Some(Meaning::FrontOfEye)),
            ("Anterior Segment 5 Line", Some(Meaning::FrontOfEye)),
            ("anterior ischaemia", None),
        ] {
            assert_eq!(Meaning::of(name), meaning, "{name}");
        }
    }
}
