//! The one-hot label space over many datasets.
//!
//! \[paper\] The label space handles classes that are absent in one dataset but
//! annotated in another. \[strong\] How, after MultiTalent (Ulrich et al., 2023):
//! one sigmoid channel a label; for a sample only the channels that its dataset
//! annotates take part in the loss. A *superset* stands for leaves that a
//! dataset does not tell apart; its probability is the union of theirs.

use serde::{Deserialize, Serialize};

/// Labels in channel order, and the supersets over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSpace {
    /// One channel each.
    #[serde(rename = "label")]
    labels: Vec<Label>,
    /// Unions of leaves, without a channel.
    #[serde(rename = "superset", default)]
    supersets: Vec<Superset>,
}

/// A label with a channel of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Short name, e.g. `irf`.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// The organ it belongs to.
    pub organ: String,
}

/// A class that stands for several labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Superset {
    /// Short name, e.g. `fluid`.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// Names of the labels it unites.
    pub leaves: Vec<String>,
}

impl LabelSpace {
    /// The label space of training; shipped weights keep a part of it ([`Self::of_organ`]).
    ///
    /// # Errors
    /// None in practice: a test parses the bundled file.
    pub fn training() -> Result<Self, LabelSpaceError> {
        Self::from_toml(include_str!("../label_space.toml"))
    }

    /// Reads a label space from TOML.
    ///
    /// # Errors
    /// [`LabelSpaceError`] where the text is not TOML of this form, a name
    /// stands twice, or a superset names a leaf that does not exist.
    pub fn from_toml(text: &str) -> Result<Self, LabelSpaceError> {
        toml::from_str::<Self>(text).map_err(|error| LabelSpaceError::Toml(error.to_string()))?.checked()
    }

    /// Reads a label space from the JSON that a weight file carries.
    ///
    /// # Errors
    /// As [`Self::from_toml`].
    pub fn from_json(text: &str) -> Result<Self, LabelSpaceError> {
        serde_json::from_str::<Self>(text)
            .map_err(|error| LabelSpaceError::Json(error.to_string()))?
            .checked()
    }

    fn checked(self) -> Result<Self, LabelSpaceError> {
        if self.labels.is_empty() {
            return Err(LabelSpaceError::NoLabels);
        }
        let names: Vec<&str> =
            self.names().chain(self.supersets.iter().map(|set| set.name.as_str())).collect();
        for (position, name) in names.iter().enumerate() {
            if names[..position].contains(name) {
                return Err(LabelSpaceError::NameTwice { name: (*name).to_owned() });
            }
        }
        for set in &self.supersets {
            for leaf in &set.leaves {
                if self.channel(leaf).is_none() {
                    return Err(LabelSpaceError::UnknownLeaf {
                        superset: set.name.clone(),
                        leaf: leaf.clone(),
                    });
                }
            }
        }
        Ok(self)
    }

    /// The labels of one organ, in the same order, and the supersets that lie
    /// wholly among them. Empty where no label is of `organ`.
    pub fn of_organ(&self, organ: &str) -> Self {
        self.part(|label| label.organ == organ)
    }

    /// The labels called `names`, in the order of this space, and the supersets
    /// that lie wholly among them.
    pub fn named(&self, names: &[String]) -> Self {
        self.part(|label| names.contains(&label.name))
    }

    fn part(&self, wanted: impl Fn(&Label) -> bool) -> Self {
        let labels: Vec<Label> = self.labels.iter().filter(|label| wanted(label)).cloned().collect();
        let kept = |leaf: &String| labels.iter().any(|label| label.name == *leaf);
        let supersets = self.supersets.iter().filter(|set| set.leaves.iter().all(kept)).cloned().collect();
        Self { labels, supersets }
    }

    /// Number of channels.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Never true of a checked label space.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Names in channel order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|label| label.name.as_str())
    }

    /// The labels in channel order.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Channel of the label `name`.
    pub fn channel(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|label| label.name == name)
    }

    /// Channels of the leaves of `name`: of a superset all its leaves, of a
    /// label itself.
    ///
    /// # Errors
    /// [`LabelSpaceError::UnknownName`] where `name` is neither.
    pub fn leaves(&self, name: &str) -> Result<Vec<usize>, LabelSpaceError> {
        if let Some(channel) = self.channel(name) {
            return Ok(vec![channel]);
        }
        self.supersets
            .iter()
            .find(|set| set.name == name)
            .map(|set| set.leaves.iter().filter_map(|leaf| self.channel(leaf)).collect())
            .ok_or_else(|| LabelSpaceError::UnknownName { name: name.to_owned() })
    }
}

/// What can be wrong with a label space.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelSpaceError {
    /// Not TOML of this form.
    #[error("the label space is not valid TOML: {0}")]
    Toml(String),
    /// Not JSON of this form.
    #[error("the label space in the weight file is not valid JSON: {0}")]
    Json(String),
    /// Nothing declared.
    #[error("the label space declares no label")]
    NoLabels,
    /// A name stands twice.
    #[error("the label space names `{name}` twice")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// A superset of something unknown.
    #[error("the superset `{superset}` names the leaf `{leaf}`, which is no label")]
    UnknownLeaf {
        /// The superset.
        superset: String,
        /// Its unknown leaf.
        leaf: String,
    },
    /// Neither label nor superset.
    #[error("`{name}` is neither a label nor a superset of the label space")]
    UnknownName {
        /// The name asked for.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_space_holds_the_fluids_retina_and_another_organ() {
        let space = LabelSpace::training().unwrap();
        let names: Vec<_> = space.names().collect();
        assert_eq!(&names[..4], ["irf", "srf", "ped", "retina"]);
        assert!(space.labels().iter().any(|label| label.organ != "retina"));
        assert_eq!(space.leaves("fluid").unwrap(), vec![0, 1]);
        assert_eq!(space.leaves("ped").unwrap(), vec![2]);
    }

    #[test]
    fn an_organ_keeps_its_labels_and_the_supersets_over_them() {
        let retina = LabelSpace::training().unwrap().of_organ("retina");
        assert_eq!(retina.names().collect::<Vec<_>>(), ["irf", "srf", "ped", "retina", "rpe_bm"]);
        assert_eq!(retina.leaves("fluid").unwrap(), vec![0, 1]);
        assert!(LabelSpace::training().unwrap().of_organ("toe").is_empty());
    }

    #[test]
    fn contradictions_are_named() {
        let twice = "[[label]]\nname='a'\nmeaning=''\norgan=''\n[[label]]\nname='a'\nmeaning=''\norgan=''";
        assert_eq!(LabelSpace::from_toml(twice), Err(LabelSpaceError::NameTwice { name: "a".into() }));
        let leaf =
            "[[label]]\nname='a'\nmeaning=''\norgan=''\n[[superset]]\nname='s'\nmeaning=''\nleaves=['b']";
        assert!(matches!(LabelSpace::from_toml(leaf), Err(LabelSpaceError::UnknownLeaf { .. })));
        assert!(matches!(
            LabelSpace::training().unwrap().leaves("toe"),
            Err(LabelSpaceError::UnknownName { .. })
        ));
    }
}
