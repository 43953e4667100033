//! The image of the fundus that was taken with a volume.

use serde::{Deserialize, Serialize};

/// What took a fundus image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundusKind {
    /// Scanning laser ophthalmoscope, near infrared.
    Slo,
    /// Fundus photograph.
    Fundus,
    /// Projection of an OCT volume that the device stored.
    EnFace,
}

impl FundusKind {
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
pub struct FundusImage {
    kind: FundusKind,
    columns: usize,
    rows: usize,
    greys: Vec<u8>,
    pixel_mm: Option<[f64; 2]>,
}

impl FundusImage {
    /// An image of `columns` x `rows` greys whose pixels are `pixel_mm` wide and
    /// high, where the file says so. `None` where a side is zero or the count
    /// does not match; a size of a pixel that is none is not taken.
    pub fn new(
        kind: FundusKind,
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
    pub fn kind(&self) -> FundusKind {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_needs_as_many_greys_as_pixels() {
        let image = |columns, rows, greys| FundusImage::new(FundusKind::Slo, columns, rows, greys, None);
        assert!(image(2, 2, vec![0; 4]).is_some());
        assert_eq!(image(2, 2, vec![0; 3]), None);
        assert_eq!(image(0, 2, vec![]), None);
        assert_eq!(image(usize::MAX, 2, vec![]), None);
    }

    #[test]
    fn the_size_of_an_image_is_known_only_where_that_of_a_pixel_is() {
        let image = |pixel_mm| FundusImage::new(FundusKind::Slo, 4, 2, vec![0; 8], pixel_mm).unwrap();
        assert_eq!(image(Some([0.5, 0.25])).size_mm(), Some([2.0, 0.5]));
        assert_eq!(image(Some([0.5, f64::NAN])).size_mm(), None);
        assert_eq!(image(None).size_mm(), None);
    }
}
