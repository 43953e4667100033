//! What names say of a picture: which eye, which day, and whether it is structure at
//! all. Devices export flow, maps and averages in the layout of the scan itself, so that
//! often nothing but the name tells them apart.

use oct::Laterality;

/// What a picture shows, where it is no plain B-scan of structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// Flow: OCT angiography.
    Flow,
    /// The mean of several B-scans of one place.
    Averaged,
    /// A map of the retina from above: thickness, projection, en-face.
    Map,
    /// A photograph of the fundus.
    Fundus,
    /// A small copy.
    Thumbnail,
    /// A page made for reading.
    Report,
}

impl Meaning {
    /// In a word or two.
    pub(super) fn called(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Averaged => "averaged",
            Self::Map => "a map",
            Self::Fundus => "a fundus image",
            Self::Thumbnail => "a thumbnail",
            Self::Report => "a report",
        }
    }

    /// Whether it never is a B-scan.
    pub(super) fn is_no_bscan(self) -> bool {
        matches!(self, Self::Map | Self::Fundus | Self::Thumbnail | Self::Report)
    }

    /// What `name`, of a file or a folder, says.
    ///
    /// Zeiss calls the structure of an angiography `Angiography ..._cube_z.img` and its
    /// flow `..._FlowCube_z.img`; Heidelberg's `.vol` of flow end in `_Angio`.
    pub(super) fn of(name: &str) -> Option<Self> {
        let words = words(name);
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        let in_turn = |one: &str, next: &str| words.array_windows().any(|[a, b]| a == one && b == next);
        let is_structure = has(&["structure", "structural"]) || in_turn("cube", "z");
        if has(&["flow", "flowcube"]) {
            return Some(Self::Flow);
        }
        if !is_structure
            && (has(&[
                "angio",
                "angiography",
                "angiogram",
                "octa",
                "perfusion",
                "decorrelation",
                "ssada",
                "omag",
            ]) || in_turn("oct", "a"))
        {
            return Some(Self::Flow);
        }
        if has(&["thumb", "thumbs", "thumbnail", "thumbnails", "preview"]) {
            return Some(Self::Thumbnail);
        }
        if has(&["enface", "thickness", "projection", "slab", "heatmap", "etdrs", "mip", "aip", "deviation"])
            || in_turn("en", "face")
        {
            return Some(Self::Map);
        }
        if has(&["fundus", "slo", "cslo", "lso", "faf", "infrared", "photo"]) {
            return Some(Self::Fundus);
        }
        if has(&["report", "overview", "printout", "screenshot"]) {
            return Some(Self::Report);
        }
        has(&["avg", "average", "averaged", "mean", "art"]).then_some(Self::Averaged)
    }
}

/// The words of a name in lower case, apart at signs, between letters and digits, and
/// where a capital begins one.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in name.chars() {
        let begins = !before.is_alphanumeric()
            || before.is_numeric() != letter.is_numeric()
            || before.is_lowercase() && letter.is_uppercase();
        if letter.is_alphanumeric() {
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
        before = letter;
    }
    words
}

/// What a path says of the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eye {
    /// For certain.
    Surely(Laterality),
    /// With a word so short that it may mean anything: it counts where the other
    /// eye's word is there, too.
    Perhaps(Laterality),
}

/// The eye that `path` names, the last part of it first.
pub(super) fn eye(path: &str) -> Option<Eye> {
    const RIGHT: [&str; 10] =
        ["od", "right", "rechts", "rechtes", "droit", "droite", "derecho", "derecha", "destro", "destra"];
    const LEFT: [&str; 10] = [
        "os",
        "left",
        "links",
        "linkes",
        "gauche",
        "izquierdo",
        "izquierda",
        "sinistro",
        "sinistra",
        "linker",
    ];
    let mut perhaps = None;
    for part in path.rsplit('/') {
        let part = part.rsplit_once('.').map_or(part, |(stem, _)| stem);
        for word in words(part).iter().rev() {
            let word = word.as_str();
            if RIGHT.contains(&word) || word.contains('右') {
                return Some(Eye::Surely(Laterality::Od));
            }
            if LEFT.contains(&word) || word.contains('左') {
                return Some(Eye::Surely(Laterality::Os));
            }
            perhaps = perhaps.or(match word {
                "r" | "re" => Some(Eye::Perhaps(Laterality::Od)),
                "l" | "le" | "li" => Some(Eye::Perhaps(Laterality::Os)),
                _ => None,
            });
        }
    }
    perhaps
}

/// The day that `path` names, as `2024-11-03`, the last part of it first.
pub(super) fn day(path: &str) -> Option<String> {
    path.rsplit('/').find_map(|part| {
        let digits: Vec<&str> =
            part.split(|letter: char| !letter.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
        let whole =
            digits.iter().find_map(|run| (run.len() == 8).then(|| as_day(&run[..4], &run[4..6], &run[6..])));
        let apart = digits.array_windows().find_map(|[a, b, c]| match [a.len(), b.len(), c.len()] {
            [4, 2, 2] => as_day(a, b, c),
            [2, 2, 4] => as_day(c, b, a).or_else(|| as_day(c, a, b)),
            _ => None,
        });
        whole.flatten().or(apart)
    })
}

fn as_day(year: &str, month: &str, day: &str) -> Option<String> {
    let is_in = |text: &str, from, to| text.parse::<u32>().is_ok_and(|number| (from..=to).contains(&number));
    (is_in(year, 1990, 2099) && is_in(month, 1, 12) && is_in(day, 1, 31))
        .then(|| format!("{year}-{month}-{day}"))
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
            ("octagon.png", None),
            ("overflow.png", None),
            ("b3_avg.png", Some(Meaning::Averaged)),
            ("EnFace.png", Some(Meaning::Map)),
            ("scan1_thumb.png", Some(Meaning::Thumbnail)),
            ("Fundus.jpg", Some(Meaning::Fundus)),
        ] {
            assert_eq!(Meaning::of(name), meaning, "{name}");
        }
    }

    #[test]
    fn names_tell_the_eye_and_short_words_only_perhaps() {
        let (od, os) = (Laterality::Od, Laterality::Os);
        for (path, said) in [
            ("OD_01.png", Some(Eye::Surely(od))),
            ("x/left eye/b1.png", Some(Eye::Surely(os))),
            ("Auge links – Schnitt 1.png", Some(Eye::Surely(os))),
            ("右眼/1.png", Some(Eye::Surely(od))),
            ("scan1_R.png", Some(Eye::Perhaps(od))),
            ("scan_l1.png", Some(Eye::Perhaps(os))),
            ("model.png", None),
            ("pos1.png", None),
        ] {
            assert_eq!(eye(path), said, "{path}");
        }
    }

    #[test]
    fn names_tell_the_day_in_the_usual_ways() {
        for (path, said) in [
            ("20240103_OD_001.png", Some("2024-01-03")),
            ("2024-01-03/b1.png", Some("2024-01-03")),
            ("b_03.01.2024_7.png", Some("2024-01-03")),
            ("10162422.png", None),
            ("IM00000001.png", None),
        ] {
            assert_eq!(day(path).as_deref(), said, "{path}");
        }
    }
}
