//! What comes with a volume besides its samples: the fundus image taken with
//! it, layer surfaces that the device found, facts of the acquisition.

use serde::{Deserialize, Serialize};

/// What took a reference image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// Scanning laser ophthalmoscope, near infrared.
    Slo,
    /// Fundus photograph.
    Fundus,
    /// Projection of an OCT volume that the device stored.
    EnFace,
}

impl ReferenceKind {
    /// In words a clinician reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slo => "SLO",
            Self::Fundus => "fundus photograph",
            Self::EnFace => "en-face image",
        }
    }
}

/// The image of the fundus that came with a volume; greys, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceImage {
    kind: ReferenceKind,
    columns: usize,
    rows: usize,
    greys: Vec<u8>,
    pixel_mm: Option<[f64; 2]>,
}

impl ReferenceImage {
    /// An image of `columns` x `rows` greys whose pixels are `pixel_mm` wide and
    /// high, where the file says so. `None` where a side is zero or the count
    /// does not match; a size of a pixel that is none is not taken.
    pub fn new(
        kind: ReferenceKind,
        columns: usize,
        rows: usize,
        greys: Vec<u8>,
        pixel_mm: Option<[f64; 2]>,
    ) -> Option<Self> {
        let fits = columns > 0 && columns.checked_mul(rows) == Some(greys.len()) && rows > 0;
        let pixel_mm = pixel_mm.filter(|sides| sides.iter().all(|side| side.is_finite() && *side > 0.0));
        fits.then_some(Self { kind, columns, rows, greys, pixel_mm })
    }

    /// Width and height in mm, where the size of a pixel is known.
    pub fn size_mm(&self) -> Option<[f64; 2]> {
        let [wide, high] = self.pixel_mm?;
        Some([wide * self.columns as f64, high * self.rows as f64])
    }

    /// What took it.
    pub fn kind(&self) -> ReferenceKind {
        self.kind
    }

    /// Pixels per row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Greys row by row, the top row first.
    pub fn greys(&self) -> &[u8] {
        &self.greys
    }
}

/// A boundary between layers as the device stored it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSurface {
    /// The field's name for it, e.g. `ILM`, `BM`, else the file's.
    pub name: String,
    /// Row of the boundary by frame, then column (`frames * columns` values,
    /// 0 is the top of the first row); NaN where the device found none.
    pub row: Vec<f32>,
}

impl LayerSurface {
    /// Part of the columns in which the device found the boundary, 0..=1.
    pub fn coverage(&self) -> f64 {
        let found = self.row.iter().filter(|row| row.is_finite()).count();
        if self.row.is_empty() { 0.0 } else { found as f64 / self.row.len() as f64 }
    }
}

/// Facts of the acquisition; nothing that names a person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Acquisition {
    /// Date, or date and time, ISO 8601 without a zone, e.g. `2019-03-05T14:02:11`.
    pub acquired: Option<String>,
    /// Model of the device, e.g. `Spectralis`.
    pub device: Option<String>,
    /// Signal quality of each B-scan in the device's own unit; empty where the file has none.
    pub bscan_quality: Vec<f32>,
    /// What that unit is, e.g. `dB`; empty where not known.
    pub quality_unit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_needs_as_many_greys_as_pixels() {
        let image =
            |columns, rows, greys| ReferenceImage::new(ReferenceKind::Slo, columns, rows, greys, None);
        assert!(image(2, 2, vec![0; 4]).is_some());
        assert_eq!(image(2, 2, vec![0; 3]), None);
        assert_eq!(image(0, 2, vec![]), None);
        assert_eq!(image(usize::MAX, 2, vec![]), None);
    }

    #[test]
    fn the_size_of_an_image_is_known_only_where_that_of_a_pixel_is() {
        let image = |pixel_mm| ReferenceImage::new(ReferenceKind::Slo, 4, 2, vec![0; 8], pixel_mm).unwrap();
        assert_eq!(image(Some([0.5, 0.25])).size_mm(), Some([2.0, 0.5]));
        assert_eq!(image(Some([0.5, f64::NAN])).size_mm(), None);
        assert_eq!(image(None).size_mm(), None);
    }

    #[test]
    fn coverage_counts_where_the_device_found_a_boundary() {
        let surface = LayerSurface { name: "ILM".to_owned(), row: vec![1.0, f32::NAN, 2.0, f32::NAN] };
        assert_eq!(surface.coverage(), 0.5);
        assert_eq!(LayerSurface { name: "ILM".to_owned(), row: vec![] }.coverage(), 0.0);
    }
}
