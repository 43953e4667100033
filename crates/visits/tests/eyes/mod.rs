//! Generated eyes that are scanned twice, the second time elsewhere.

#![allow(dead_code, reason = "not every test needs all")]

use fluid::{Boundaries, Figures, Measurement, ModelReport, PresenceAccumulator};
use oct::{Axis, AxisSpacing, EnFacePlace, GreyRange, LabelMask, OctVolume, Samples, SpacingSource};
use oct_phantom::{Anatomy, Eye};
use visits::{EnFacePicture, Visit};

/// A scan with its true labels and boundaries, and what follows from them.
pub struct Scanned {
    pub volume: OctVolume,
    pub mask: LabelMask,
    pub boundaries: Vec<Option<Boundaries>>,
    pub measurement: Measurement,
    pub figures: Figures,
    pub model: ModelReport,
}

impl Scanned {
    pub fn of(eye: &Eye) -> Self {
        Self::denser(eye, 1)
    }

    /// With `times` as many B-scans in the same place.
    pub fn denser(eye: &Eye, times: usize) -> Self {
        let (columns, rows) = (eye.columns(), eye.rows());
        let bscans = eye.bscans() * times;
        let mut geometry = eye.geometry();
        let slow_mm = geometry.between_bscans.mm().unwrap() / times as f64;
        let [moved_x, moved_y] = eye.moved_mm();
        let mut mask = LabelMask::unmeasured(columns, rows, bscans);
        let mut boundaries = Vec::new();
        let mut greys: Vec<f32> = Vec::new();
        for bscan in 0..bscans {
            // From the middle of the first of the denser ones.
            let between = (bscan % times) as f64 - 0.5 * (times - 1) as f64;
            let eye = eye.clone().moved_to([moved_x, moved_y + between * slow_mm]);
            let seen = eye.bscan(bscan / times);
            boundaries.push(Some(truth(&seen.anatomy, columns)));
            mask.set_bscan(bscan, seen.labels).unwrap();
            match seen.samples {
                Samples::U8(samples) => greys.extend(samples.iter().map(|v| f32::from(*v))),
                Samples::U16(samples) => greys.extend(samples.iter().map(|v| f32::from(*v))),
                Samples::F32(samples) => greys.extend(samples),
            }
        }
        let source = SpacingSource::FromFile { tag: "phantom".to_owned() };
        geometry.between_bscans = AxisSpacing::new(Axis::BetweenBScans, slow_mm, source).unwrap();
        let volume = OctVolume::new(columns, rows, bscans, Samples::F32(greys), geometry).unwrap();
        Self::measured(volume, mask, boundaries)
    }

    pub fn measured(volume: OctVolume, mask: LabelMask, boundaries: Vec<Option<Boundaries>>) -> Self {
        let presence = PresenceAccumulator::new();
        let measurement = fluid::measure(&mask, &volume.geometry, &presence);
        let figures = Figures::measure(&mask, &volume.geometry, &presence, &boundaries, None);
        let model = ModelReport::new("the truth", "00");
        Self { volume, mask, boundaries, measurement, figures, model }
    }

    /// The same with other labels.
    pub fn relabelled(&self, mask: LabelMask) -> Self {
        Self::measured(self.volume.clone(), mask, self.boundaries.clone())
    }

    pub fn picture(&self) -> EnFacePicture {
        EnFacePicture::of(&self.volume, GreyRange::of(&self.volume), &self.boundaries).unwrap()
    }

    pub fn visit(&self) -> Visit<'_> {
        Visit {
            geometry: &self.volume.geometry,
            mask: &self.mask,
            boundaries: &self.boundaries,
            measurement: &self.measurement,
            figures: &self.figures,
            model: &self.model,
            vendor: Some("phantom"),
            device: None,
            acquired: None,
        }
    }
}

/// Where the retina begins and ends.
fn truth(anatomy: &[u8], columns: usize) -> Boundaries {
    let rows = anatomy.len() / columns;
    let at = |row: usize, column: usize| anatomy[row * columns + column];
    let ilm = |column| (0..rows).find(|row| at(*row, column) == Anatomy::Retina as u8);
    let bm = |column| (0..rows).rev().find(|row| at(*row, column) == Anatomy::RpeToBruch as u8);
    let line = |row: Option<usize>, more: f32| row.map_or(f32::NAN, |row| row as f32 + more);
    Boundaries {
        ilm_row: (0..columns).map(|column| line(ilm(column), 0.0)).collect(),
        bm_row: (0..columns).map(|column| line(bm(column), 1.0)).collect(),
    }
}

/// What a scan of `like`'s raster sees that is turned by `degrees` around the middle of the
/// denser scan `dense`; nothing beyond its edge.
pub fn turned(like: &EnFacePicture, dense: &EnFacePicture, degrees: f64) -> EnFacePicture {
    let (grid, from) = (like.grid(), dense.grid());
    let (sin, cos) = degrees.to_radians().sin_cos();
    let [middle, dense_middle] = [middle(like), middle(dense)];
    let mut greys = Vec::new();
    for bscan in 0..grid.bscans() {
        for column in 0..grid.columns() {
            let place = grid.place(bscan as f64, column as f64);
            let (x, y) = (place.lateral_mm - middle.lateral_mm, place.slow_mm - middle.slow_mm);
            let (bscan, column) = from.bscan_and_column(EnFacePlace {
                lateral_mm: dense_middle.lateral_mm + cos * x - sin * y,
                slow_mm: dense_middle.slow_mm + sin * x + cos * y,
            });
            greys.push(between(dense, bscan, column).unwrap_or(0));
        }
    }
    EnFacePicture::new(grid.clone(), greys).unwrap()
}

pub fn middle(picture: &EnFacePicture) -> EnFacePlace {
    let grid = picture.grid();
    grid.place(0.5 * (grid.bscans() - 1) as f64, 0.5 * (grid.columns() - 1) as f64)
}

fn between(picture: &EnFacePicture, bscan: f64, column: f64) -> Option<u8> {
    let grid = picture.grid();
    if bscan < 0.0 || column < 0.0 {
        return None;
    }
    let (top, left) = (bscan as usize, column as usize);
    if top + 1 >= grid.bscans() || left + 1 >= grid.columns() {
        return None;
    }
    let grey = |b: usize, c: usize| Some(picture.greys()[b * grid.columns() + c]).filter(|grey| *grey > 0);
    let (across, along) = (bscan.fract(), column.fract());
    let row =
        |b: usize| Some(f64::from(grey(b, left)?) * (1.0 - along) + f64::from(grey(b, left + 1)?) * along);
    Some((row(top)? * (1.0 - across) + row(top + 1)? * across).round() as u8)
}
