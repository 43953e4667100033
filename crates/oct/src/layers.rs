//! Boundaries between retinal layers as the device stored them.

/// A boundary between layers as the device stored it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSurface {
    /// The field's name for it, e.g. `ILM`, `BM`, else the file's.
    pub name: String,
    /// Row of the boundary by B-scan, then column (`bscans * columns` values,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_counts_where_the_device_found_a_boundary() {
        let surface = LayerSurface { name: "ILM".to_owned(), row: vec![1.0, f32::NAN, 2.0, f32::NAN] };
        assert_eq!(surface.coverage(), 0.5);
        assert_eq!(LayerSurface { name: "ILM".to_owned(), row: vec![] }.coverage(), 0.0);
    }
}
