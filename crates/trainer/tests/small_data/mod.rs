//! Two small datasets in memory: bright squares to find.

use std::sync::Arc;

use mmis_model::LabelSpace;
use trainer::data::{Catalogue, Dataset, ImageLevel, Look, Planes, Sample, Split};

pub const ENTRIES: &str = r#"
[[dataset]]
name = "squares"
modality = "OCT"
organs = ["retina"]
licence = "ours"
reader = "image_pairs"
masks = "masks"
labels = { "1" = "irf" }
factor = 1.0

[[dataset]]
name = "unions"
modality = "OCT"
organs = ["retina"]
licence = "ours"
reader = "image_pairs"
masks = "masks"
labels = { "1" = "fluid" }
absent = ["ped"]
factor = 1.0
"#;

const SIDE: usize = 48;

fn sample(name: &str, number: usize, plane: usize) -> Sample {
    let (top, left) = (8 + number * 3 % 20, 6 + number * 7 % 24);
    let inside = |n: usize| (top..top + 10).contains(&(n / SIDE)) && (left..left + 12).contains(&(n % SIDE));
    let grey = |n: usize| if inside(n) { 200 } else { (n * 31 % 60) as u8 };
    let image: Vec<u8> = (0..SIDE * SIDE).map(grey).collect();
    Sample {
        name: format!("{name}{number}"),
        subject: number.to_string(),
        split: if number < 6 { Split::Train } else { Split::Validation },
        rows: SIDE,
        columns: SIDE,
        look: Look::of(&image, SIDE),
        channels: vec![image],
        bits: (0..SIDE * SIDE).map(|n| u32::from(inside(n)) << plane).collect(),
        others: Vec::new(),
        image_level: ImageLevel::default(),
    }
}

pub fn datasets() -> (Vec<Dataset>, Planes) {
    let space = LabelSpace::training().unwrap();
    let catalogue = Catalogue::from_toml(ENTRIES, &space).unwrap();
    let planes = Planes::over(&space, &catalogue).unwrap();
    let dataset = |(position, label): (usize, &str)| {
        let entry = catalogue.datasets[position].clone();
        let plane = planes.index(label).unwrap();
        let samples = (0..8).map(|number| Arc::new(sample(&entry.name, number, plane))).collect();
        Dataset {
            taught: planes.taught(&entry),
            partial: planes.partial(&entry),
            entry,
            samples,
            unpaired: Vec::new(),
        }
    };
    (["irf", "fluid"].into_iter().enumerate().map(dataset).collect(), planes)
}
