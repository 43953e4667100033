//! Which part of the body words name.

use super::words::{has, words};

/// The front of the eye, and what lies around it.
const FRONT: [&str; 10] =
    ["iris", "lens", "lid", "limbus", "angle", "ciliary", "gonioscopy", "eyelash", "hornhaut", "cornee"];
/// Words that begin so name it, too.
const BEGIN_OF_FRONT: [&str; 9] =
    ["anterior", "cornea", "corneo", "irido", "conjunctiv", "scler", "lacrim", "eyelid", "vorder"];
/// What the retina, or something around it, is called; and what stands where nobody said.
const MAY_SHOW_RETINA: &[&str] = &[
    "eye",
    "eyes",
    "eyeball",
    "ocular",
    "ophthalmic",
    "ophthalmology",
    "orbit",
    "globe",
    "od",
    "os",
    "ou",
    "retina",
    "retinal",
    "macula",
    "macular",
    "fovea",
    "foveal",
    "foveola",
    "optic",
    "disc",
    "disk",
    "onh",
    "papilla",
    "choroid",
    "choroidal",
    "vitreous",
    "posterior",
    "fundus",
    "auge",
    "augen",
    "netzhaut",
    "makula",
    "papille",
    "oeil",
    "œil",
    "yeux",
    "rétine",
    "retine",
    "ojo",
    "ojos",
    "occhio",
    "occhi",
    "olho",
    "olhos",
    "oog",
    "unknown",
    "unspecified",
    "undefined",
    "other",
    "none",
    "na",
    "not",
];

/// Whether `text` names the front of the eye.
pub(crate) fn is_front_of_eye(text: &str) -> bool {
    names_front(&words(text))
}

fn names_front(words: &[String]) -> bool {
    let begins = |word: &String| BEGIN_OF_FRONT.iter().any(|begin| word.starts_with(begin));
    has(words, &FRONT) || words.iter().any(begins)
}

/// Whether `text`, the part of the body in an image, is none in which a retina is seen: the
/// front of the eye or another organ.
pub(crate) fn is_no_retina(text: &str) -> bool {
    let words = words(text);
    let says_something = words.iter().any(|word| word.chars().any(char::is_alphabetic));
    names_front(&words) || says_something && !has(&words, MAY_SHOW_RETINA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_retina_and_what_is_not_said_are_told_from_other_parts() {
        for other in ["CORNEA", "Anterior chamber of eye", "ANTERIORSEGMENT EYE", "Skin", "CHEST", "Lens"] {
            assert!(is_no_retina(other), "{other}");
        }
        for retina in ["EYE", "Retina", "Structure of macula lutea", "Optic nerve head", "", "-", "UNKNOWN"] {
            assert!(!is_no_retina(retina), "{retina}");
        }
        assert!(is_front_of_eye("3D Cornea Step 1") && !is_front_of_eye("3D Retina"));
    }
}
