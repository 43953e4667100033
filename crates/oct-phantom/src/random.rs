//! The pinned random generator and smooth noise over space.
//!
//! SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one word of state, so a
//! stream is forked by hashing, and any B-scan is reached without the others.

/// One step of SplitMix64's output mix.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A SplitMix64 stream.
#[derive(Debug, Clone)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of `seed` for one purpose; streams of different purposes are unrelated.
    pub fn new(seed: u64, purpose: u64) -> Self {
        Self { state: mix(seed ^ mix(purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x6C61_6375_6E61)) }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// Uniform in 0..1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform between `low` and `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Log-uniform between `low` and `high`, both positive: small sizes are as likely as large ones.
    pub fn log_between(&mut self, low: f32, high: f32) -> f32 {
        (self.between(low.ln(), high.ln())).exp()
    }

    /// A whole number in `low..=high`.
    pub fn count(&mut self, low: usize, high: usize) -> usize {
        low + (self.bits() % (high.saturating_sub(low) as u64 + 1)) as usize
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// About standard normal: the sum of four uniforms. Its tails end at 3.5
    /// sigma, which speckle (a Gamma variate made from it) does not miss.
    #[inline]
    pub fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
        // Variance of a sum of four uniforms on 0..65535 is 4 * 65535^2 / 12.
        (sum as f32 - 131_070.0) * (1.0 / 37_836.65)
    }
}

/// Smooth value noise over up to three coordinates, in -1..1, with features about one unit wide.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    seed: u64,
}

impl Noise {
    /// The field of a stream.
    pub fn new(stream: &mut Stream) -> Self {
        Self { seed: stream.bits() }
    }

    #[inline]
    fn corner(self, x: i32, y: i32, z: i32) -> f32 {
        // Cheaper than `mix`: corners are hashed millions of times a B-scan.
        let mut h = self.seed
            ^ (x as u32 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ (y as u32 as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
            ^ (z as u32 as u64).wrapping_mul(0x1656_67B1_9E37_79F9);
        h = (h ^ (h >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((h >> 40) as f32) * (2.0 / (1u64 << 24) as f32) - 1.0
    }

    /// The field over a plane.
    #[inline]
    pub fn over_plane(self, x: f32, y: f32) -> f32 {
        let ((ix, u), (iy, v)) = (cell(x), cell(y));
        let top = lerp(self.corner(ix, iy, 0), self.corner(ix + 1, iy, 0), u);
        let bottom = lerp(self.corner(ix, iy + 1, 0), self.corner(ix + 1, iy + 1, 0), u);
        lerp(top, bottom, v)
    }

    /// The field in space along a path whose points lie close together.
    pub fn walk(self) -> Walk {
        Walk { noise: self, cell: [0; 3], corners: self.corners([0; 3]) }
    }

    /// The corners of a cell, x fastest.
    fn corners(self, [x, y, z]: [i32; 3]) -> [f32; 8] {
        std::array::from_fn(|n| {
            let n = n as i32;
            self.corner(x + (n & 1), y + (n >> 1 & 1), z + (n >> 2))
        })
    }
}

/// [`Noise`] in space that keeps the corners of the cell that it was asked for last.
#[derive(Debug, Clone)]
pub struct Walk {
    noise: Noise,
    cell: [i32; 3],
    corners: [f32; 8],
}

impl Walk {
    /// The field in space.
    #[inline]
    pub fn in_space(&mut self, x: f32, y: f32, z: f32) -> f32 {
        let ((ix, u), (iy, v), (iz, w)) = (cell(x), cell(y), cell(z));
        if self.cell != [ix, iy, iz] {
            self.cell = [ix, iy, iz];
            self.corners = self.noise.corners(self.cell);
        }
        let c = &self.corners;
        let near = lerp(lerp(c[0], c[1], u), lerp(c[2], c[3], u), v);
        let far = lerp(lerp(c[4], c[5], u), lerp(c[6], c[7], u), v);
        lerp(near, far, w)
    }
}

/// The whole number at or below `x`, and how far `x` is faded from there to the next.
#[inline]
fn cell(x: f32) -> (i32, f32) {
    // `floor` is a call on processors as old as the ones that we build for.
    let towards_zero = x as i32;
    let below = towards_zero - i32::from(x < towards_zero as f32);
    (below, fade(x - below as f32))
}

#[inline]
fn fade(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

#[inline]
pub(crate) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0 below `low`, 1 above `high`, smooth between.
#[inline]
pub(crate) fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    fade(((value - low) / (high - low)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_variate_has_mean_0_and_variance_1() {
        let mut stream = Stream::new(1, 1);
        let draws: Vec<f32> = (0..40_000).map(|_| stream.normal()).collect();
        let mean = draws.iter().sum::<f32>() / draws.len() as f32;
        let variance = draws.iter().map(|d| d * d).sum::<f32>() / draws.len() as f32;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn a_walk_finds_what_the_field_holds_wherever_it_comes_from() {
        let noise = Noise::new(&mut Stream::new(4, 0));
        let (mut walk, mut stream) = (noise.walk(), Stream::new(5, 0));
        let mut at = [0.0_f32; 3];
        for _ in 0..2000 {
            at = at.map(|value| value + 0.4 * stream.normal());
            let [x, y, z] = at;
            assert_eq!(walk.in_space(x, y, z), noise.walk().in_space(x, y, z));
        }
        // At the corners of the lattice the field is the corners' own.
        assert_eq!(noise.walk().in_space(-3.0, 7.0, -2.0), noise.corner(-3, 7, -2));
        assert_eq!(noise.over_plane(-3.0, 7.0), noise.corner(-3, 7, 0));
    }

    #[test]
    fn noise_is_continuous_and_bounded() {
        let noise = Noise::new(&mut Stream::new(3, 0));
        for step in 0..2000 {
            let x = step as f32 * 0.01 - 10.0;
            let mut walk = noise.walk();
            let (a, b) = (walk.in_space(x, 0.3, -2.7), walk.in_space(x + 0.01, 0.3, -2.7));
            assert!(a.abs() <= 1.0 && (a - b).abs() < 0.05);
        }
    }
}
