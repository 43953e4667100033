//! What the chunks say of how large a scan is and how its B-scans lie.

use oct::{Axis, Geometry, ScanPattern};

use super::{Chunks, Scan};
use crate::stated::spacing::take;

/// The place of a scan on the photograph is right to this fraction.
const ROUGHLY: f64 = 0.1;

impl Chunks<'_> {
    /// Size of the field in mm, lateral and between B-scans, and µm of a row; the newer
    /// chunk first where there are both.
    fn parameters(&self) -> impl Iterator<Item = (&'static str, [f64; 3])> {
        [("@PARAM_SCAN_04", 12), ("@PARAM_SCAN_02", 21)].into_iter().filter_map(|(name, at)| {
            let chunk = self.each(name).next()?;
            Some((name, [chunk.f64(at).ok()?, chunk.f64(at + 8).ok()?, chunk.f64(at + 16).ok()?]))
        })
    }

    pub(super) fn geometry(&self, scan: &Scan, warnings: &mut Vec<String>) -> Geometry {
        let mut geometry = Geometry { laterality: self.laterality(), ..Geometry::default() };
        geometry.pattern = match scan.mode {
            _ if self.is_anterior() => ScanPattern::NoRetina,
            _ if self.is_angiography() => ScanPattern::Angiography,
            _ if scan.bscans == 1 && scan.mode != Some(1) => ScanPattern::SingleBScan,
            // One line, or several along the same.
            Some(0) => ScanPattern::Repeated,
            Some(1) => ScanPattern::Circle,
            Some(2 | 6) => ScanPattern::Raster,
            Some(3) => ScanPattern::Radial,
            // Crosses of one or five lines either way.
            Some(4 | 11) => ScanPattern::Other,
            _ => ScanPattern::NotStated,
        };
        let mut parameters = self.parameters();
        let Some((tag, [wide, high, row_um])) = parameters.next() else { return geometry };
        // Whether the width of a vertical scan is that of a B-scan nobody says.
        let is_plain = scan.mode == Some(2) || scan.mode == Some(6) && wide == high;
        let is_straight = is_plain || matches!(scan.mode, Some(0 | 3 | 7));
        let is_whole = self.bscans_taken().is_none_or(|taken| taken == scan.bscans as u64);
        let stated = [
            (Axis::Lateral, is_straight, wide / scan.columns as f64),
            (Axis::Axial, true, row_um / 1000.0),
            (Axis::BetweenBScans, is_plain && is_whole && scan.bscans > 1, high / scan.bscans as f64),
        ];
        for (axis, is_known, mm) in stated {
            // Scans without a height have 0 there.
            if !is_known || mm == 0.0 {
                continue;
            }
            warnings.extend(take(&mut geometry, axis, mm, tag, mm));
        }
        if let Some((other, [other_wide, other_high, other_row_um])) = parameters.next() {
            let [lateral, between] =
                [other_wide / scan.columns as f64, other_high / scan.bscans as f64].map(Some);
            geometry.contradict(other, [[lateral, Some(other_row_um / 1000.0), between]]);
        }
        if let Some(shape) = self.shape_on_fundus().filter(|_| is_plain) {
            let ratio = wide / high / shape;
            // Drawn by registration, so it is no measure.
            if !(1.0 - ROUGHLY..=1.0 + ROUGHLY).contains(&ratio) {
                let readings = [
                    [Some(high * shape / scan.columns as f64), None, None],
                    [None, None, Some(wide / shape / scan.bscans as f64)],
                ];
                geometry.contradict("@EFFECTIVE_SCAN_RANGE", readings);
            }
        }
        geometry
    }

    /// Width of the scan to its height on the fundus photograph: `@EFFECTIVE_SCAN_RANGE` has
    /// left, top, right and bottom in pixels (UOCTE, OCT-Converter; 694 x 694 for 6 x 6 mm in
    /// the files of two devices).
    fn shape_on_fundus(&self) -> Option<f64> {
        let (_, chunk) = self.find(&["@EFFECTIVE_SCAN_RANGE"])?;
        let side = |from, to| Some(f64::from(chunk.i32(to).ok()?) - f64::from(chunk.i32(from).ok()?));
        let (wide, high) = (side(0, 8)?, side(4, 12)?);
        (wide > 0.0 && high > 0.0).then_some(wide / high)
    }

    /// Whether the scan was taken for flow. Which samples such a file holds no public
    /// description says; private-eye knows the chunk by its name alone.
    fn is_angiography(&self) -> bool {
        self.find(&["@PARAM_ANGIOGRAPHY"]).is_some()
    }
}
