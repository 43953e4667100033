//! A mask image for each image of a stack, beside which it belongs.

use std::collections::HashSet;

use crate::study::Study;

/// The mask image of every B-scan in its order, as paths within the folder of
/// the results; none unless `study` was read from an image stack.
pub(crate) fn names(study: &Study, identified: bool) -> Vec<String> {
    if identified { after_images(study.image_names()) } else { numbered(study.image_names().len()) }
}

/// `masks/bscan_0001.png` and so on: names of images may be those of patients.
fn numbered(bscans: usize) -> Vec<String> {
    (1..=bscans).map(|number| format!("masks/bscan_{number:04}.png")).collect()
}

/// `masks/<stem>.png` for every image. Images whose stems would fall together
/// (`a/1.png` and `b/1.png`, `1.png` and `1.jpg`, also where only the case
/// differs) go by their whole path with `_` between, and by their number where
/// even that is not enough.
fn after_images(image_names: &[String]) -> Vec<String> {
    let stems: Vec<&str> = image_names.iter().map(|name| stem(name)).collect();
    let mut taken = HashSet::new();
    let mut names = Vec::new();
    for (bscan, (name, stem)) in image_names.iter().zip(&stems).enumerate() {
        let is_alone = stems.iter().filter(|other| other.to_lowercase() == stem.to_lowercase()).count() == 1;
        let mut mask = if is_alone { (*stem).to_owned() } else { name.replace(['/', '\\', ':'], "_") };
        if !taken.insert(mask.to_lowercase()) {
            mask = format!("{mask}_{bscan:04}");
            taken.insert(mask.to_lowercase());
        }
        names.push(format!("masks/{mask}.png"));
    }
    names
}

/// `B001` of `eye/B001.png`. Names come from archives too: no separator gets through.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\', ':']).next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_mask_image_has_the_stem_of_its_bscan() {
        let names = strings(&["eye/B001.png", "eye/B002.jpeg", "B.3.tif"]);
        assert_eq!(after_images(&names), ["masks/B001.png", "masks/B002.png", "masks/B.3.png"]);
    }

    #[test]
    fn mask_images_never_overwrite_each_other() {
        let names = strings(&["a/1.png", "b/1.png", "x.png", "X.jpg", "q.png"]);
        assert_eq!(
            after_images(&names),
            ["masks/a_1.png.png", "masks/b_1.png.png", "masks/x.png.png", "masks/X.jpg.png", "masks/q.png"]
        );
    }

    #[test]
    fn no_name_leaves_the_masks_folder() {
        let names = strings(&["../../etc/x.png", "C:\\y.png", "..\\z.png"]);
        assert_eq!(after_images(&names), ["masks/x.png", "masks/y.png", "masks/z.png"]);
    }
}
