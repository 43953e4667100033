//! Whether the fields of an entry make sense, alone and together.

use anyhow::{Result, bail, ensure};
use mmis_model::LabelSpace;

use super::catalogue::{DatasetEntry, RETINA, Reader, SubjectRule};

impl DatasetEntry {
    /// Whether its labels exist, its figures make sense and its reader heeds its fields.
    ///
    /// # Errors
    /// Where not, with the field and its value.
    pub(super) fn check(&self, space: &LabelSpace) -> Result<()> {
        let of_pixels = self.labels.values().chain(&self.absent).chain(&self.absent_in_scores);
        for name in of_pixels.chain(self.labels_of_images()) {
            space.leaves(name)?;
        }
        for of in &self.image_labels {
            let files = &of.files;
            ensure!(
                !of.absent.is_empty() || !of.present.is_empty(),
                "`image_labels` says nothing of the files {files}"
            );
            for name in &of.present {
                let leaves = space.leaves(name)?;
                for absent in &of.absent {
                    let absent_leaves = space.leaves(absent)?;
                    ensure!(
                        !leaves.iter().all(|leaf| absent_leaves.contains(leaf)),
                        "`image_labels` says that {name} is in the files {files} and that {absent} is not"
                    );
                }
            }
        }
        for name in &self.partial {
            ensure!(
                self.labels.values().any(|label| label == name),
                "`partial` names {name}, no label of it"
            );
        }
        if self.has_colours() {
            self.colours()?;
        } else {
            self.values()?;
        }
        ensure!(self.factor.is_finite() && self.factor >= 0.0, "the factor {} is not 0 or more", self.factor);
        if let Some(zoom) = self.zoom {
            ensure!((0.05..=20.0).contains(&zoom), "the zoom {zoom} is not 0.05 to 20");
        }
        if let Some([from, to]) = self.columns {
            ensure!(from < to, "the annotated columns {from} to {to} are none");
        }
        for name in &self.absent {
            let absent = space.leaves(name)?;
            for label in self.labels.values() {
                ensure!(
                    !space.leaves(label)?.iter().all(|leaf| absent.contains(leaf)),
                    "it lists {label} and says that it is absent (`absent` names {name}, which {label} is)"
                );
            }
        }
        self.check_reader()?;
        let teaches = !self.labels.is_empty() || !self.absent.is_empty() || !self.image_labels.is_empty();
        ensure!(
            self.factor == 0.0 || teaches,
            "it is to be learnt from (its factor is {}) and teaches nothing: list `labels`, `absent` or `image_labels`, or set the factor to 0",
            self.factor
        );
        Ok(())
    }

    /// Whether the reader heeds what the entry asks for: a field that it does
    /// not read would be lost in silence.
    fn check_reader(&self) -> Result<()> {
        use Reader::{ImagePairs, NiftiPairs, Painted, Phantom, Retouch};
        let from_files = &[ImagePairs, NiftiPairs, Painted][..];
        let split_by_name = &[ImagePairs, NiftiPairs, Painted, Retouch][..];
        let fields: [(&str, bool, &[Reader]); 18] = [
            ("images", self.images.is_some(), split_by_name),
            ("masks", self.masks.is_some(), &[ImagePairs, NiftiPairs]),
            ("graders", !self.graders.is_empty(), &[ImagePairs]),
            ("image_labels", !self.image_labels.is_empty(), &[ImagePairs]),
            ("pairs", !self.pairs.is_empty(), &[NiftiPairs]),
            ("layers", self.layers.is_some(), &[Painted]),
            ("free_of", self.free_of.is_some(), &[Painted]),
            ("columns", self.columns.is_some(), &[ImagePairs, Painted]),
            ("exclude", self.exclude.is_some(), &[ImagePairs]),
            ("zoom", self.zoom.is_some(), &[ImagePairs, NiftiPairs]),
            ("slices", self.slices.is_some(), &[NiftiPairs]),
            ("variants", self.variants > 0, &[Phantom, Painted]),
            ("spacing_mm", self.spacing_mm.is_some(), from_files),
            ("device", !self.device.is_empty(), from_files),
            ("subject", self.subject != SubjectRule::default(), from_files),
            ("train", !self.train.is_empty(), split_by_name),
            ("validation", !self.validation.is_empty(), split_by_name),
            ("test", !self.test.is_empty() || self.test_last > 0, split_by_name),
        ];
        for (field, given, readers) in fields {
            ensure!(
                !given || readers.contains(&self.reader),
                "`{field}` is not for the reader {:?}",
                self.reader
            );
        }
        ensure!(
            !self.has_colours() || self.reader == ImagePairs,
            "colours in `labels` are not for the reader {:?}",
            self.reader
        );
        ensure!(
            self.labels.is_empty() || self.masks.is_some() || self.reader != ImagePairs,
            "it lists labels and names no folder `masks` that holds them"
        );
        ensure!(
            self.graders.is_empty() || self.masks.is_some(),
            "`graders` are those beside the first, whose masks are in the folder `masks`, and it names none"
        );
        if self.reader == Painted
            && let Some((_, label)) = self.values()?.iter().find(|(values, _)| values.contains(&RETINA))
        {
            bail!(
                "painted B-scans do not know where the retina is: mask value {RETINA} ({label}) never occurs"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;
    use super::*;

    fn refused(reader: &str, entry: &str) -> String {
        let text = format!(
            "[[dataset]]\nname='x'\nmodality=''\norgans=[]\nlicence=''\nreader='{reader}'\nfactor=1.0\n{entry}"
        );
        format!("{:#}", Catalogue::from_toml(&text, &LabelSpace::training().unwrap()).unwrap_err())
    }

    #[test]
    fn mistakes_in_an_entry_are_named_with_its_dataset() {
        for (entry, cause) in [
            ("labels={'1'='wing'}", "wing"),
            ("labels={'0'='irf'}", "mask value `0`"),
            ("labels={'1-3'='irf','2'='srf'}", "mask value `2`"),
            ("labels={'1'='irf'}\npartial=['srf']", "srf"),
            ("zoom=-1.0", "zoom -1"),
            ("columns=[5,5]", "columns"),
            ("labels={'1'='irf'}\nabsent=['irf']", "says that it is absent"),
            ("labels={'1'='irf'}\nabsent=['fluid']", "fluid, which irf is"),
            ("absent_in_scores=['irf']", "teaches nothing"),
            ("labels={'1'='irf'}", "no folder `masks`"),
            ("absent=['irf']\ngraders=['g']", "the folder `masks`"),
            ("image_labels=[{files='A'}]", "nothing of the files A"),
            ("image_labels=[{files='A',present=['wing']}]", "wing"),
            ("image_labels=[{files='A',absent=['fluid'],present=['irf']}]", "irf is in the files A"),
        ] {
            let error = refused("image_pairs", entry);
            assert!(error.contains("dataset x") && error.contains(cause), "{entry}: {error}");
        }
        assert!(refused("image_pairs", "colour='red'").contains("colour"));
    }

    #[test]
    fn a_field_that_the_reader_would_not_heed_is_refused() {
        for (reader, entry, cause) in [
            ("retouch", "exclude='out'", "`exclude`"),
            ("nifti_pairs", "columns=[5,9]", "`columns`"),
            ("painted", "labels={'4'='retina'}", "retina"),
            ("phantom", "zoom=2.0", "`zoom`"),
            ("phantom", "test=['1']", "`test`"),
            ("retouch", "spacing_mm=[0.01,0.004,0.1]", "`spacing_mm`"),
            ("retouch", "masks='m'", "`masks`"),
            ("image_pairs", "slices=3", "`slices`"),
            ("image_pairs", "variants=3", "`variants`"),
            ("image_pairs", "free_of='m'", "`free_of`"),
            ("retouch", "graders=['g']", "`graders`"),
            ("phantom", "image_labels=[{files='A',absent=['irf']}]", "`image_labels`"),
        ] {
            let error = refused(reader, entry);
            assert!(error.contains(cause), "{reader}, {entry}: {error}");
        }
    }
}
