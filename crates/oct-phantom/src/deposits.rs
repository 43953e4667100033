//! What a macula holds besides fluid: drusen, hyperreflective foci, exudates,
//! atrophy. None of it is labelled: these are what fluid is mistaken for.

use crate::random::{Noise, Stream, smoothstep};

/// Drusen stay below this height in mm and are not PED. Grading schemes call
/// an elevation drusenoid PED by width (350 um in AREDS); a network sees
/// height first, so we draw the line there and leave a gap up to
/// [`crate::PED_MIN_HEIGHT_MM`] in which nothing is drawn.
pub const DRUSEN_MAX_HEIGHT_MM: f32 = 0.06;

/// A round bump of the RPE.
#[derive(Debug, Clone, Copy)]
struct Druse {
    at: [f32; 2],
    radius: f32,
    height: f32,
}

/// A bright grain in the retina.
#[derive(Debug, Clone, Copy)]
pub struct Focus {
    /// Place in mm.
    pub at: [f32; 2],
    /// Place between ILM (0) and RPE (1).
    pub depth: f32,
    /// Half-width in mm.
    pub radius: f32,
    /// Half-height over half-width.
    pub flatness: f32,
    /// Reflectivity at its centre.
    pub brightness: f32,
    /// Reflectivity lost below it.
    pub shade: f32,
}

/// All deposits of an eye.
#[derive(Debug, Clone)]
pub struct Deposits {
    drusen: Vec<Druse>,
    /// Bright grains: foci of 10 to 30 um, exudates up to 150 um with shadows.
    pub foci: Vec<Focus>,
    atrophic: Vec<([f32; 2], f32)>,
    outline: Noise,
    /// Reflectivity of drusen relative to the RPE: hyaline to dense.
    pub drusen_grey: f32,
}

impl Deposits {
    /// Draws the deposits of an eye; `diabetic` eyes get foci and exudates, others drusen.
    pub fn draw(stream: &mut Stream, fovea: [f32; 2], diabetic: bool) -> Self {
        let mut drusen = Vec::new();
        if stream.chance(if diabetic { 0.1 } else { 0.6 }) {
            let tallest = stream.log_between(0.015, DRUSEN_MAX_HEIGHT_MM);
            let spread = stream.between(0.5, 2.2);
            for _ in 0..stream.count(5, 110) {
                let radius = stream.log_between(0.03, 0.16);
                drusen.push(Druse {
                    at: [fovea[0] + spread * stream.normal(), fovea[1] + spread * stream.normal()],
                    radius,
                    height: (tallest * stream.between(0.3, 1.0)).min(0.6 * radius),
                });
            }
        }
        let mut foci = Vec::new();
        if stream.chance(if diabetic { 0.9 } else { 0.5 }) {
            let clusters: Vec<[f32; 2]> = (0..stream.count(1, 6))
                .map(|_| [fovea[0] + 1.1 * stream.normal(), fovea[1] + 1.1 * stream.normal()])
                .collect();
            for _ in 0..stream.log_between(20.0, if diabetic { 2500.0 } else { 500.0 }) as usize {
                let home = clusters[stream.count(0, clusters.len() - 1)];
                let spread = if stream.chance(0.5) { 1.4 } else { 0.3 };
                foci.push(Focus {
                    at: [home[0] + spread * stream.normal(), home[1] + spread * stream.normal()],
                    depth: stream.between(0.12, 0.9),
                    radius: stream.log_between(0.007, 0.022),
                    flatness: stream.between(0.5, 1.1),
                    brightness: stream.between(0.42, 0.95),
                    shade: if stream.chance(0.2) { stream.between(0.0, 0.12) } else { 0.0 },
                });
            }
            // Exudates: confluent plaques, mostly in the OPL, that shadow what lies below.
            let exudates =
                if diabetic && stream.chance(0.6) { stream.log_between(2.0, 60.0) as usize } else { 0 };
            for _ in 0..exudates {
                let home = clusters[stream.count(0, clusters.len() - 1)];
                foci.push(Focus {
                    at: [home[0] + 0.35 * stream.normal(), home[1] + 0.35 * stream.normal()],
                    depth: stream.between(0.4, 0.75),
                    radius: stream.log_between(0.02, 0.085),
                    flatness: stream.between(0.35, 0.9),
                    brightness: stream.between(0.7, 1.0),
                    shade: stream.between(0.08, 0.35),
                });
            }
        }
        let mut atrophic = Vec::new();
        if !diabetic && stream.chance(0.18) {
            for _ in 0..stream.count(1, 4) {
                let at = [fovea[0] + 0.8 * stream.normal(), fovea[1] + 0.8 * stream.normal()];
                atrophic.push((at, stream.between(0.15, 0.9)));
            }
        }
        Self { drusen, foci, atrophic, outline: Noise::new(stream), drusen_grey: stream.between(0.55, 0.95) }
    }

    /// Adds drusen of all sizes, single and confluent; those of [`crate::Finding::Drusen`].
    /// A base below the 350 um of a drusenoid PED (AREDS), however high they stand.
    pub(crate) fn add_drusen(&mut self, stream: &mut Stream, fovea: [f32; 2]) {
        let tallest = stream.between(0.02, 0.1);
        let spread = if stream.chance(0.4) { stream.between(0.25, 0.6) } else { stream.between(0.6, 2.0) };
        let largest = stream.between(0.05, 0.145);
        for _ in 0..stream.log_between(12.0, 350.0) as usize {
            let radius = stream.log_between(0.022, largest);
            self.drusen.push(Druse {
                at: [fovea[0] + spread * stream.normal(), fovea[1] + spread * stream.normal()],
                radius,
                height: (tallest * stream.between(0.35, 1.0)).min(0.75 * radius),
            });
        }
        self.drusen_grey = stream.between(0.4, 0.95);
    }

    /// Drops what a slice between `low` and `high` in y cannot meet.
    pub fn near(&self, y: f32) -> Self {
        let drusen = self.drusen.iter().filter(|d| (d.at[1] - y).abs() < 2.5 * d.radius).copied().collect();
        let foci = self.foci.iter().filter(|f| (f.at[1] - y).abs() < f.radius).copied().collect();
        Self { drusen, foci, ..self.clone() }
    }

    /// Height of drusen at (x, y) in mm.
    pub fn drusen_height(&self, x: f32, y: f32) -> f32 {
        let mut height = 0.0_f32;
        for druse in &self.drusen {
            let dx = (x - druse.at[0]) / druse.radius;
            if dx.abs() > 2.0 {
                continue;
            }
            let dy = (y - druse.at[1]) / druse.radius;
            let q = dx * dx + dy * dy;
            if q < 4.0 {
                height = height.max(druse.height * (-q * q).exp());
            }
        }
        // Below half a grain of speckle there is nothing to see.
        if height < 0.002 { 0.0 } else { height }
    }

    /// How far the outer retina and RPE are gone at (x, y): 0 healthy, 1 gone.
    pub fn atrophy(&self, x: f32, y: f32) -> f32 {
        let mut gone = 0.0_f32;
        for (at, radius) in &self.atrophic {
            let r = ((x - at[0]).powi(2) + (y - at[1]).powi(2)).sqrt();
            let edge = radius * (1.0 + 0.3 * self.outline.over_plane(x / 0.3, y / 0.3));
            gone = gone.max(1.0 - smoothstep(edge - 0.2, edge + 0.2, r));
        }
        gone
    }
}
