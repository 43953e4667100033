//! Prints how much the B-scans of some files look like pictures of an eye, and what of them
//! is padding: the table in `oct::picture` and the figures in `oct::padding::border`.
//!
//! ```text
//! cargo run -p oct-formats --features readers --example pictures -- ../shared/data/*/images
//! ```

use std::path::Path;

use oct::{Layering, OctVolume};
use oct_formats::InputFile;

fn main() {
    for argument in std::env::args().skip(1) {
        let mut found = Found::default();
        for volume in volumes(Path::new(&argument)) {
            (0..volume.bscans()).for_each(|bscan| found.add(&volume, bscan));
        }
        println!("{argument}: {}", found.in_words());
    }
}

/// Of each B-scan of one folder.
#[derive(Default)]
struct Found {
    likeness: Vec<f64>,
    contrast: Vec<f64>,
    padded: Vec<f64>,
    without_picture: usize,
}

impl Found {
    fn add(&mut self, volume: &OctVolume, bscan: usize) {
        let Some(bscan) = volume.bscan(bscan) else { return };
        let scanned = bscan.scanned();
        let layering = Layering::of(&scanned, bscan.columns());
        let padded = scanned.is_padding.iter().filter(|padding| **padding).count();
        self.likeness.push(layering.likeness);
        self.contrast.push(layering.contrast);
        self.padded.push(padded as f64 / scanned.is_padding.len() as f64);
        self.without_picture += usize::from(!layering.is_picture());
    }

    fn in_words(mut self) -> String {
        let bscans = self.likeness.len();
        let [likeness, contrast, padded] =
            [&mut self.likeness, &mut self.contrast, &mut self.padded].map(|values| {
                values.sort_unstable_by(f64::total_cmp);
                let at = |part: f64| values.get((values.len().saturating_sub(1) as f64 * part) as usize);
                let figures = [0.0, 0.05, 0.5, 0.95, 1.0].map(|part| at(part).copied().unwrap_or_default());
                figures.map(|figure| format!("{figure:.3}")).join(" ")
            });
        format!(
            "{bscans} B-scans, {} without a picture; least, 5th, 50th, 95th percentile, most: likeness {likeness}; contrast {contrast}; padded {padded}",
            self.without_picture
        )
    }
}

/// Each file of a folder alone, or a file.
fn volumes(path: &Path) -> Vec<OctVolume> {
    let files = match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => vec![path.to_owned()],
    };
    let open = |file: &std::path::PathBuf| {
        let name = file.file_name()?.to_string_lossy().into_owned();
        let bytes = std::fs::read(file).ok()?;
        Some(oct_formats::open(vec![InputFile { path: name, bytes }]).ok()?.volume)
    };
    files.iter().filter_map(open).collect()
}
