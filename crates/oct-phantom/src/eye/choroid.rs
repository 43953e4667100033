//! Grey of choroid and sclera: vessels whose lumina grow with depth.

use crate::anatomy::Region;
use crate::random::{Noise, Walk, lerp, smoothstep};
use crate::reflectivity::Reflectivity;

/// The noise that vessels are read off, walked pixel by pixel.
pub(super) struct Choroid {
    /// Haller's layer. The sum of two fields hides the lattice; a slanted one breaks its upright grid.
    haller: [Walk; 2],
    sattler: Walk,
    grain: Walk,
}

impl Choroid {
    pub fn of(texture: Noise) -> Self {
        Self { haller: [texture.walk(), texture.walk()], sattler: texture.walk(), grain: texture.walk() }
    }

    /// Grey at `[x, y, z]` mm of the eye, which lies `below` mm under Bruch's
    /// membrane and `past_choroid` mm under the choroid (negative within it), where
    /// the tissue above has swallowed `lost`.
    #[inline]
    pub fn grey(
        &mut self,
        r: &Reflectivity,
        [x, y, deep]: [f32; 3],
        [below, past_choroid]: [f32; 2],
        lost: f32,
    ) -> f32 {
        let in_choroid = 1.0 - smoothstep(-0.03, 0.04, past_choroid);
        // Choriocapillaris, Sattler, Haller. Most pixels lie too deep for either,
        // and noise is what painting costs.
        let large = smoothstep(0.03, 0.14, below) * in_choroid;
        let small = (1.0 - smoothstep(0.05, 0.2, below)) * smoothstep(0.0, 0.02, below);
        let mut vessels = 0.0;
        if large > 0.0 {
            let [upright, slanted] = &mut self.haller;
            let haller = upright.in_space((x + 0.6 * deep) / r.haller, y / 0.2, deep / (0.6 * r.haller));
            let second =
                slanted.in_space((x - 0.8 * deep) / r.haller * 1.7 + 9.0, y / 0.12, deep / (0.4 * r.haller));
            vessels = (0.3 - smoothstep(-0.25, 0.6, 0.7 * haller + 0.5 * second)) * large;
        }
        if small > 0.0 {
            let sattler =
                self.sattler.in_space((x + deep) / 0.045 + 50.0, y / 0.06, (deep - 0.3 * x) / 0.035);
            vessels += 0.35 * sattler * small;
        }
        let fine = self.grain.in_space(x / 0.022 + 80.0, y / 0.03, deep / 0.016);
        let mut grey = lerp(r.grey[Region::Sclera as usize], r.grey[Region::Choroid as usize], in_choroid);
        grey += r.choroid_contrast * vessels;
        grey += 0.035 * fine + 0.08 * (1.0 - smoothstep(0.0, 0.03, below));
        grey - (r.loss_choroid * below + lost)
    }
}
