//! The B-scan that is painted into.

use super::surfaces::{THINNEST_RETINA, brightest_band, inner_surface, marked, smoothed, steady};

/// A B-scan with the surfaces that fluid lies between.
#[derive(Debug, Clone)]
pub struct FluidFreeBScan {
    /// Greys of 0..=1, row by row.
    pub(super) grey: Vec<f32>,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Row of the inner limiting membrane, of the RPE's upper edge and of
    /// Bruch's membrane, a column.
    pub(super) ilm: Vec<f32>,
    pub(super) rpe: Vec<f32>,
    pub(super) bruch: Vec<f32>,
    /// Pixels that no eye is in: padding.
    pub(super) left_out: Vec<bool>,
    /// Typical grey of vitreous and of retina.
    pub(super) vitreous: f32,
    pub(super) retina: f32,
    /// How much stronger the retina's speckle is than the vitreous'.
    pub(super) graininess: f32,
}

impl FluidFreeBScan {
    /// Finds the surfaces of a B-scan of `columns` columns. `layers`, of the
    /// same size, is true from the RPE to Bruch's membrane; without it both are
    /// taken from the brightest band below the inner retina. `left_out`, of the
    /// same size, marks padding, which lends no texture and no typical grey.
    ///
    /// `None` where no retina is seen.
    pub fn new(grey: Vec<f32>, columns: usize, layers: Option<&[bool]>, left_out: Vec<bool>) -> Option<Self> {
        let rows = grey.len().checked_div(columns)?;
        let fits = left_out.len() == grey.len() && layers.is_none_or(|layers| layers.len() == grey.len());
        if rows < 64 || columns < 64 || !fits {
            return None;
        }
        let smooth = smoothed(&grey, columns, 7, 1);
        let ilm = steady(inner_surface(&smooth, columns), 15)?;
        let (rpe, bruch) = match layers {
            Some(layers) => marked(layers, columns)?,
            None => {
                let peak = steady(brightest_band(&smooth, columns, &ilm), 41)?;
                (peak.iter().map(|row| row - 3.0).collect(), peak.iter().map(|row| row + 4.0).collect())
            }
        };
        let mut source = Self {
            grey,
            columns,
            rows,
            ilm,
            rpe,
            bruch,
            left_out,
            vitreous: 0.0,
            retina: 0.0,
            graininess: 1.0,
        };
        let above = |source: &Self, x: usize| (2.0, source.ilm[x] - 8.0);
        let within = |source: &Self, x: usize| (source.ilm[x] + 4.0, source.rpe[x] - 4.0);
        source.vitreous = source.mean(above, |source, index| source.grey[index]);
        source.retina = source.mean(within, |source, index| source.grey[index]);
        let grain = |source: &Self, index: usize| {
            let beside = source.grey[if index > 0 { index - 1 } else { index + 1 }];
            (source.grey[index] - beside).abs()
        };
        let (smooth, grainy) = (source.mean(above, grain), source.mean(within, grain));
        source.graininess = if smooth > 0.0 { (grainy / smooth).clamp(1.0, 4.0) } else { 1.0 };
        let thick = (0..columns).filter(|x| source.rpe[*x] - source.ilm[*x] > THINNEST_RETINA).count();
        (thick * 2 > columns && source.retina > source.vitreous).then_some(source)
    }

    /// Rows of inner limiting membrane, RPE and Bruch's membrane at column `x`.
    pub fn surfaces(&self, x: usize) -> [f32; 3] {
        [self.ilm[x], self.rpe[x], self.bruch[x]]
    }

    fn mean(&self, rows: impl Fn(&Self, usize) -> (f32, f32), value: impl Fn(&Self, usize) -> f32) -> f32 {
        let (mut sum, mut count) = (0.0f64, 0usize);
        for x in 0..self.columns {
            let (from, to) = rows(self, x);
            for row in from.max(0.0) as usize..(to.max(0.0) as usize).min(self.rows) {
                let index = row * self.columns + x;
                if !self.left_out[index] {
                    sum += f64::from(value(self, index));
                    count += 1;
                }
            }
        }
        if count > 0 { (sum / count as f64) as f32 } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fluid_free;
    use super::*;

    #[test]
    fn surfaces_are_found_where_they_were_drawn() {
        let source = fluid_free();
        for x in (20..236).step_by(20) {
            let bend = (x as f32 * 0.02).sin() * 6.0;
            let [ilm, rpe, bruch] = source.surfaces(x);
            assert!((ilm - 120.0 - bend).abs() < 5.0, "ILM at {x}: {ilm}");
            assert!((rpe - 190.0 - bend).abs() < 5.0 && bruch > rpe, "RPE at {x}: {rpe}, {bruch}");
        }
    }

    #[test]
    fn an_image_without_a_retina_is_refused() {
        let nothing = vec![false; 128 * 128];
        assert!(FluidFreeBScan::new(vec![0.1; 128 * 128], 128, None, nothing.clone()).is_none());
        assert!(FluidFreeBScan::new(vec![], 0, None, vec![]).is_none());
        assert!(FluidFreeBScan::new(vec![0.1; 128 * 128], 128, Some(&[true; 3]), nothing).is_none());
        assert!(FluidFreeBScan::new(vec![0.1; 128 * 128], 128, None, vec![false; 3]).is_none());
    }
}
