//! Where a MetaImage header says that its samples lie.

/// Fields that place the samples, under all names that MetaIO knows them by.
const PLACING: [&str; 11] = [
    "TransformMatrix",
    "Rotation",
    "Orientation",
    "Offset",
    "Position",
    "Origin",
    "CenterOfRotation",
    "AnatomicalOrientation",
    "ElementSpacing",
    "ElementSize",
    "DistanceUnits",
];
/// Letters in words such as `RAI` and `mm`: other texts may be about anybody.
const LONGEST_WORD: usize = 8;

/// The fields of a header that place its samples, as they stand in it.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedPlace {
    /// `NDims`; axes after the third have one sample.
    pub(super) axes: usize,
    fields: Vec<(String, String)>,
}

impl StatedPlace {
    /// `fields` are those of a header of `axes` axes.
    pub(super) fn of(axes: usize, fields: &[(String, String)]) -> Self {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (key, value) in fields {
            let is_new = !kept.iter().any(|(known, _)| known == key);
            if PLACING.contains(&key.as_str()) && is_new && names_nobody(value) {
                kept.push((key.clone(), value.clone()));
            }
        }
        Self { axes, fields: kept }
    }

    /// The lines of the header.
    pub(super) fn lines(&self) -> String {
        self.fields.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
    }
}

/// Numbers, or one short word.
fn names_nobody(value: &str) -> bool {
    let is_word = value.len() <= LONGEST_WORD && value.bytes().all(|byte| byte.is_ascii_graphic());
    is_word || value.split_whitespace().all(|word| word.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_places_the_samples_is_kept() {
        let field = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let place = StatedPlace::of(
            3,
            &[
                field("Comment", "Doe^John"),
                field("NDims", "3"),
                field("Offset", "1 2e1 -3.50"),
                field("Offset", "9 9 9"),
                field("AnatomicalOrientation", "RAI"),
                field("DistanceUnits", "of John Doe, born 1950"),
                field("ElementSpacing", "0.1 0.2 0.3"),
            ],
        );
        assert_eq!(
            place.lines(),
            "Offset = 1 2e1 -3.50\nAnatomicalOrientation = RAI\nElementSpacing = 0.1 0.2 0.3\n"
        );
    }
}
