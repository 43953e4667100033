//! What a person's corrections did to the figures of a class.

use serde::{Deserialize, Serialize};

/// Whose the voxels of a class are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawnBy {
    /// The network's, as it labelled them.
    Model,
    /// A person's, all of them.
    Person,
    /// The network's, to which a person added or from which they took.
    Both,
}

impl DrawnBy {
    /// In a table: `model`, `person` or `both`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Person => "person",
            Self::Both => "both",
        }
    }
}

/// What a person changed of a class, beside what is in force.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassCorrection {
    /// Whose the voxels in force are.
    pub drawn_by: DrawnBy,
    /// Voxels in force that a person drew as this class, whether or not the network did, too.
    pub drawn_voxels: u64,
    /// Voxels that the network labelled so.
    pub model_voxels: u64,
    /// The network's own volume in nanolitres; `None` where there is no volume or the network
    /// has not segmented every B-scan.
    pub model_nl: Option<f64>,
    /// The volume in force less the network's own, nanolitres; `None` as [`Self::model_nl`].
    pub difference_nl: Option<f64>,
}

impl ClassCorrection {
    /// Of a class with `voxels` in force and `volume_nl` of them, of which a person drew
    /// `drawn_voxels`, where the network alone had `model_voxels`. `voxel_nl` is `None` where
    /// the network's volume is not known.
    pub fn of(
        voxels: u64,
        volume_nl: Option<f64>,
        drawn_voxels: u64,
        model_voxels: u64,
        voxel_nl: Option<f64>,
    ) -> Self {
        // Those that nobody drew over are in force.
        let model_left = voxels.saturating_sub(drawn_voxels);
        let drawn_by = if drawn_voxels == 0 && model_left == model_voxels {
            DrawnBy::Model
        } else if drawn_voxels > 0 && model_left == 0 {
            DrawnBy::Person
        } else {
            DrawnBy::Both
        };
        let both = volume_nl.zip(voxel_nl);
        let model_nl = both.map(|(_, voxel_nl)| model_voxels as f64 * voxel_nl);
        let difference_nl = both.zip(model_nl).map(|((volume_nl, _), model_nl)| volume_nl - model_nl);
        Self { drawn_by, drawn_voxels, model_voxels, model_nl, difference_nl }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_the_networks_a_persons_or_of_both() {
        let drawn_by = |voxels, drawn, model| ClassCorrection::of(voxels, None, drawn, model, None).drawn_by;
        assert_eq!(drawn_by(10, 0, 10), DrawnBy::Model);
        assert_eq!(drawn_by(0, 0, 0), DrawnBy::Model, "nothing was found and nothing drawn");
        assert_eq!(drawn_by(15, 5, 10), DrawnBy::Both, "added to");
        assert_eq!(drawn_by(6, 0, 10), DrawnBy::Both, "taken from");
        assert_eq!(drawn_by(0, 0, 10), DrawnBy::Both, "all taken away: no voxel is a person's");
        assert_eq!(drawn_by(5, 5, 0), DrawnBy::Person);
        assert_eq!(drawn_by(5, 5, 10), DrawnBy::Person, "drawn in place of the network's");
    }

    #[test]
    fn the_difference_is_the_volume_in_force_less_the_networks() {
        let corrected = ClassCorrection::of(6, Some(3.0), 0, 10, Some(0.5));
        assert_eq!((corrected.model_nl, corrected.difference_nl), (Some(5.0), Some(-2.0)));
        let unknown = ClassCorrection::of(6, Some(3.0), 0, 10, None);
        assert_eq!((unknown.model_nl, unknown.difference_nl), (None, None));
    }
}
