//! Which eye names and descriptions tell.

use oct::Laterality;

use super::words::{has, words};

/// What words say of the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eye {
    /// For certain.
    Surely(Laterality),
    /// With a word so short that it may mean anything: it counts where the other
    /// eye's word is there, too.
    Perhaps(Laterality),
}

impl Eye {
    /// The eye, however sure.
    pub(crate) fn laterality(self) -> Laterality {
        match self {
            Self::Surely(eye) | Self::Perhaps(eye) => eye,
        }
    }

    /// The eye, where the words leave no doubt.
    pub(crate) fn surely(self) -> Option<Laterality> {
        match self {
            Self::Surely(eye) => Some(eye),
            Self::Perhaps(_) => None,
        }
    }
}

/// Right, in Latin (oculus dexter) and some other languages.
const RIGHT: [&str; 16] = [
    "righteye", "od", "right", "rechts", "rechtes", "rechter", "droit", "droite", "derecho", "derecha",
    "destro", "destra", "direito", "direita", "dexter", "prawe",
];
const LEFT: [&str; 15] = [
    "lefteye",
    "os",
    "left",
    "links",
    "linkes",
    "linker",
    "gauche",
    "izquierdo",
    "izquierda",
    "sinistro",
    "sinistra",
    "esquerdo",
    "esquerda",
    "sinister",
    "lewe",
];
/// Right eye, rechtes Auge.
const PERHAPS_RIGHT: [&str; 3] = ["r", "re", "ra"];
/// Left eye, linkes Auge, and with OD for the other: œil gauche, ojo izquierdo, olho esquerdo.
const PERHAPS_LEFT: [&str; 7] = ["l", "le", "li", "la", "og", "oi", "oe"];

/// The eye that `text` names; `None` where it names both.
pub(crate) fn eye(text: &str) -> Option<Eye> {
    let words = words(text);
    let is_among = |list: &[&str], sign: char| {
        words.iter().any(|word| list.contains(&word.as_str()) || word.contains(sign))
    };
    // O.D. and O.S.
    let spelt = |letter: &str| has(&words, &[&format!("o {letter}")]);
    match (is_among(&RIGHT, '右') || spelt("d"), is_among(&LEFT, '左') || spelt("s")) {
        (true, false) => return Some(Eye::Surely(Laterality::Od)),
        (false, true) => return Some(Eye::Surely(Laterality::Os)),
        (true, true) => return None,
        (false, false) => {}
    }
    words.iter().rev().find_map(|word| match word.as_str() {
        word if PERHAPS_RIGHT.contains(&word) => Some(Eye::Perhaps(Laterality::Od)),
        word if PERHAPS_LEFT.contains(&word) => Some(Eye::Perhaps(Laterality::Os)),
        _ => None,
    })
}

/// The eye that `path` names, the last part of it first, a sure word anywhere before a
/// short one.
pub(crate) fn eye_in_path(path: &str) -> Option<Eye> {
    let mut perhaps = None;
    for (index, part) in path.rsplit('/').enumerate() {
        let ending = part.rsplit_once('.').filter(|_| index == 0);
        match eye(ending.map_or(part, |(stem, _)| stem)) {
            Some(Eye::Surely(eye)) => return Some(Eye::Surely(eye)),
            found => perhaps = perhaps.or(found),
        }
    }
    perhaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_eye_and_short_words_only_perhaps() {
        let (od, os) = (Laterality::Od, Laterality::Os);
        for (path, said) in [
            ("OD_01.png", Some(Eye::Surely(od))),
            ("x/left eye/b1.png", Some(Eye::Surely(os))),
            ("a left/right-3", Some(Eye::Surely(od))),
            ("left/OD and OS 3.dcm", Some(Eye::Surely(os))),
            ("Auge links – Schnitt 1.png", Some(Eye::Surely(os))),
            ("右眼/1.png", Some(Eye::Surely(od))),
            ("Doe O.S. macula.dcm", Some(Eye::Surely(os))),
            ("lefteye03.png", Some(Eye::Surely(os))),
            ("scan1_R.png", Some(Eye::Perhaps(od))),
            ("eye/R12.dcm", Some(Eye::Perhaps(od))),
            ("OG_b03.png", Some(Eye::Perhaps(os))),
            ("scan_l1.png", Some(Eye::Perhaps(os))),
            ("model.png", None),
            ("model/rods.dcm", None),
            ("ORIGINAL", None),
            ("pos1.png", None),
        ] {
            assert_eq!(eye_in_path(path), said, "{path}");
        }
        assert_eq!(eye("OCT macula, OS and OD"), None);
    }
}
