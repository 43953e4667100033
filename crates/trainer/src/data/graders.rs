//! Several graders of one B-scan, and what training takes of them.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::augment::Crop;
use super::planes::IGNORE_BIT;

/// What training takes of the masks of several graders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Graders {
    /// The first one's alone.
    #[default]
    First,
    /// Of each crop those of one, drawn by chance.
    Drawn,
    /// Their mean, as a soft target.
    Mean,
    /// The first one's, without the pixels where another says something else.
    Agreed,
}

impl Graders {
    /// Whether the masks of further graders are looked at.
    pub fn looks_at_others(self) -> bool {
        self != Self::First
    }

    /// Leaves in `crop` what is taken. Draws from `rng` only where there are several graders.
    pub(super) fn take(self, crop: &mut Crop, rng: &mut impl Rng) {
        if crop.others.is_empty() {
            return;
        }
        match self {
            Self::Mean => return,
            Self::First => {}
            Self::Drawn => {
                let drawn = rng.random_range(0..=crop.others.len());
                if let Some(other) = drawn.checked_sub(1) {
                    crop.bits = crop.others.swap_remove(other);
                }
            }
            Self::Agreed => {
                for other in &crop.others {
                    for (bits, other) in crop.bits.iter_mut().zip(other) {
                        *bits |= u32::from((*bits ^ other) & !(1 << IGNORE_BIT) != 0) << IGNORE_BIT;
                    }
                }
            }
        }
        crop.others.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const IGNORED: u32 = 1 << IGNORE_BIT;

    fn crop() -> Crop {
        Crop { image: vec![0.0; 4], bits: vec![1, 1, 0, IGNORED], others: vec![vec![1, 0, 2, IGNORED]] }
    }

    fn taken(graders: Graders, seed: u64) -> Crop {
        let mut crop = crop();
        graders.take(&mut crop, &mut ChaCha8Rng::seed_from_u64(seed));
        crop
    }

    #[test]
    fn where_graders_disagree_nothing_is_learnt() {
        let crop = taken(Graders::Agreed, 1);
        assert_eq!(crop.bits, [1, 1 | IGNORED, IGNORED, IGNORED]);
        assert!(crop.others.is_empty());
    }

    #[test]
    fn one_grader_is_drawn_each_as_often_as_the_other() {
        let second = (0..200).filter(|seed| taken(Graders::Drawn, *seed).bits == crop().others[0]).count();
        let first = (0..200).filter(|seed| taken(Graders::Drawn, *seed).bits == crop().bits).count();
        assert_eq!(first + second, 200);
        assert!((70..130).contains(&second), "{second} of 200");
    }

    #[test]
    fn the_first_grader_alone_is_what_it_was_before_there_were_others() {
        let crop = taken(Graders::First, 1);
        assert_eq!((crop.bits, crop.others.len()), (self::crop().bits, 0));
        assert_eq!(taken(Graders::Mean, 1).others.len(), 1);
    }
}
