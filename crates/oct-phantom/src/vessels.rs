//! Retinal vessels as curves over the macula, with their shadows.
//!
//! Trunks of 60 to 150 um leave the disc and arch around the fovea, branches
//! of 20 to 60 um run towards it and end before the avascular zone
//! (about 0.5 mm across, so r < 0.3 mm is left free).

use crate::random::Stream;

/// A piece of a vessel between two points, in mm.
#[derive(Debug, Clone, Copy)]
struct Segment {
    from: [f32; 2],
    to: [f32; 2],
    radius: f32,
    shade: f32,
}

/// All vessels of an eye.
#[derive(Debug, Clone)]
pub struct Vessels {
    segments: Vec<Segment>,
    /// How far below the ILM their centres lie, in mm, beyond one radius.
    depth: f32,
}

/// What vessels do to one column of a B-scan.
#[derive(Debug, Clone, Copy, Default)]
pub struct VesselAtColumn {
    /// Half-height of the lumen's section in mm; 0 where there is none.
    pub half_height: f32,
    /// Radius of the vessel in mm.
    pub radius: f32,
    /// Reflectivity lost below it.
    pub shade: f32,
}

impl Vessels {
    /// Draws the vessels around `fovea`; `nasal` is the sign of x towards the disc.
    pub fn draw(stream: &mut Stream, fovea: [f32; 2], nasal: f32) -> Self {
        let mut vessels = Self { segments: Vec::new(), depth: stream.between(0.005, 0.03) };
        let strength = stream.between(0.5, 1.3);
        for side in [-1.0_f32, 1.0] {
            for _ in 0..stream.count(1, 3) {
                let start = [fovea[0] + nasal * 4.2, fovea[1] + side * stream.between(0.1, 0.6)];
                let heading = (side * stream.between(0.5, 1.1)).atan2(-1.0);
                let radius = stream.between(0.025, 0.055);
                let turn = -side * stream.between(0.05, 0.25);
                vessels.walk(stream, fovea, nasal, start, heading, turn, radius, 90, strength, 2);
            }
        }
        for _ in 0..stream.count(2, 7) {
            let start = [stream.between(-3.2, 3.2), stream.between(-3.2, 3.2)];
            let heading = stream.between(-3.1, 3.1);
            let radius = stream.log_between(0.012, 0.035);
            let turn = stream.between(-0.3, 0.3);
            vessels.walk(stream, fovea, 1.0, start, heading, turn, radius, 40, strength, 1);
        }
        vessels
    }

    #[expect(clippy::too_many_arguments, reason = "one recursive walk; a struct would only rename them")]
    fn walk(
        &mut self,
        stream: &mut Stream,
        fovea: [f32; 2],
        nasal: f32,
        start: [f32; 2],
        heading: f32,
        turn: f32,
        mut radius: f32,
        steps: usize,
        strength: f32,
        branches: usize,
    ) {
        const STEP_MM: f32 = 0.08;
        let mut at = start;
        let mut direction = heading;
        let mut wobble = 0.0_f32;
        for _ in 0..steps {
            wobble = 0.8 * wobble + 0.25 * stream.normal();
            direction += (turn + wobble) * STEP_MM;
            // `heading` is written for a disc on the right; `nasal` mirrors it.
            let to = [at[0] + nasal * direction.cos() * STEP_MM, at[1] + direction.sin() * STEP_MM];
            let away = ((to[0] - fovea[0]).powi(2) + (to[1] - fovea[1]).powi(2)).sqrt();
            if away < 0.3 || to[0].abs() > 4.5 || to[1].abs() > 4.5 {
                return;
            }
            let shade = strength * (0.06 + 0.24 * (radius / 0.06).min(1.3));
            self.segments.push(Segment { from: at, to, radius, shade });
            at = to;
            radius *= 0.994;
            if branches > 0 && stream.chance(0.05) {
                let fork = direction + stream.between(0.4, 1.0) * if stream.chance(0.5) { 1.0 } else { -1.0 };
                let thinner = radius * stream.between(0.35, 0.7);
                self.walk(stream, fovea, nasal, at, fork, -turn, thinner, 30, strength, branches - 1);
            }
        }
    }

    /// What the vessels do to each column at `x[column]` of the slice at `y`.
    pub fn along(&self, x: &[f32], y: f32) -> Vec<VesselAtColumn> {
        let mut found = vec![VesselAtColumn::default(); x.len()];
        let Some((&first, &second)) = x.first().zip(x.get(1)) else { return found };
        let pitch = second - first;
        for segment in &self.segments {
            let reach = segment.radius * 1.5;
            let (low_y, high_y) = (segment.from[1].min(segment.to[1]), segment.from[1].max(segment.to[1]));
            if y < low_y - reach || y > high_y + reach {
                continue;
            }
            let (low_x, high_x) = (segment.from[0].min(segment.to[0]), segment.from[0].max(segment.to[0]));
            let begin = ((low_x - reach - first) / pitch).floor().max(0.0) as usize;
            let end = (((high_x + reach - first) / pitch).ceil().max(0.0) as usize).min(x.len());
            for column in begin..end {
                let distance = distance_to(segment, x[column], y);
                let q = distance / segment.radius;
                if q >= 1.5 {
                    continue;
                }
                let at = &mut found[column];
                // The shadow's edge is soft: beam about 15 um wide, and multiply scattered light fills it.
                let shade = segment.shade * (1.0 - crate::random::smoothstep(0.5, 1.5, q));
                at.shade = at.shade.max(shade);
                if q < 1.0 {
                    let half = segment.radius * (1.0 - q * q).sqrt();
                    if half > at.half_height {
                        at.half_height = half;
                        at.radius = segment.radius;
                    }
                }
            }
        }
        found
    }

    /// Depth of a lumen's centre below the ILM, in mm, for a vessel of `radius`.
    pub fn centre_below_ilm(&self, radius: f32) -> f32 {
        self.depth + radius
    }
}

fn distance_to(segment: &Segment, x: f32, y: f32) -> f32 {
    let (ax, ay) = (segment.to[0] - segment.from[0], segment.to[1] - segment.from[1]);
    let (bx, by) = (x - segment.from[0], y - segment.from[1]);
    let t = ((ax * bx + ay * by) / (ax * ax + ay * ay)).clamp(0.0, 1.0);
    ((bx - t * ax).powi(2) + (by - t * ay).powi(2)).sqrt()
}
