//! Results coming in, and whether they still go with the spacing.

use correct::Drawn;
use fluid::chances::{CONFIDENT, POSSIBLE};
use fluid::label::{THRESHOLD, THRESHOLDS};
use fluid::{
    Boundaries, Chances, ClassCorrection, DrawnBy, Figures, Measurement, PresenceAccumulator, SegmentedBScan,
    measure,
};
use oct::{ColumnCounts, FluidClass, LabelMask, MaskError, OctVolume, RunLengths, WorkingGrid, WorkingScale};

use crate::study::Study;

/// Working grids that differ by less than this show the network the same proportions.
const SAME_GRID: f64 = 0.03;

/// What was found out about a volume.
#[derive(Debug)]
pub(crate) struct Results {
    /// Labels in force.
    pub(crate) mask: LabelMask,
    /// What the network says of each B-scan, whatever a person drew there.
    model: Vec<ByModel>,
    /// Boundaries of the retina by B-scan; `None` where they are not known.
    pub(crate) boundaries: Vec<Option<Boundaries>>,
    presence: PresenceAccumulator,
    /// What the labels follow from, by B-scan.
    found: Vec<Found>,
    /// What is fluid reaches this.
    threshold: f32,
    measured_with: MeasuredWith,
    /// Devices, the first one first.
    computed_on: Vec<String>,
}

/// The network's labels of a B-scan.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ByModel {
    /// It is not segmented yet.
    Waits,
    /// It holds no picture.
    NoPicture,
    /// They are in force as they are.
    InForce,
    /// A person drew there: its own labels, and their voxels by class.
    DrawnOver(RunLengths, [u64; 3]),
}

/// What the network said of a B-scan beside its labels.
#[derive(Debug, Clone, Default)]
struct Found {
    chances: Option<Chances>,
    /// Voxels that are fluid without much doubt, and those that may be, by class.
    between: Option<[[f64; 3]; 2]>,
}

/// Why the threshold stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// No probability is compared with it.
    #[error("a threshold of {threshold} is not within {} to {}", THRESHOLDS[0], THRESHOLDS[1])]
    OutOfBounds {
        /// What was asked for.
        threshold: f32,
    },
    /// Labels were taken over without their probabilities, as after a restart: they cannot follow.
    #[error(
        "The probabilities of this scan went with the engine that stopped: segment it again to move the threshold."
    )]
    NotKnown,
}

/// The sizes of samples by which the network saw the measured B-scans.
#[derive(Debug, Clone, Copy, PartialEq)]
enum MeasuredWith {
    /// Nothing is measured.
    None,
    /// These.
    Scale(WorkingScale),
    /// Another one than now: taken over so from an engine that stopped.
    Another,
}

impl Results {
    /// No results of `volume` yet.
    pub(crate) fn of_none(volume: &OctVolume) -> Self {
        Self {
            mask: LabelMask::unmeasured(volume.columns(), volume.rows(), volume.bscans()),
            model: vec![ByModel::Waits; volume.bscans()],
            boundaries: vec![None; volume.bscans()],
            presence: PresenceAccumulator::new(),
            found: vec![Found::default(); volume.bscans()],
            threshold: THRESHOLD,
            measured_with: MeasuredWith::None,
            computed_on: Vec::new(),
        }
    }

    /// Takes in the network's `labels` of `bscan`, and puts over them what a person `drawn`.
    fn set_labels(
        &mut self,
        bscan: usize,
        mut labels: Vec<u8>,
        drawn: Option<&Drawn>,
    ) -> Result<(), MaskError> {
        let model = match drawn {
            None => ByModel::InForce,
            Some(drawn) => {
                let counts = ColumnCounts::of(&labels, self.mask.columns())?;
                let own = RunLengths::encode(&labels);
                drawn.over(&mut labels);
                ByModel::DrawnOver(own, FluidClass::ALL.map(|class| counts.total(class)))
            }
        };
        self.mask.set_bscan(bscan, labels)?;
        self.model[bscan] = model;
        Ok(())
    }
}

/// What a person drew over nothing.
fn over(pixels: usize, drawn: Option<&Drawn>) -> Vec<u8> {
    let mut labels = vec![0; pixels];
    if let Some(drawn) = drawn {
        drawn.over(&mut labels);
    }
    labels
}

impl Study {
    /// Makes ready for a run. What an earlier one left unfinished stays, where
    /// the network saw it as it would see it now; else all is forgotten.
    pub fn begin_run(&mut self) {
        let bscans = self.volume().bscans();
        if (bscans > 0 && self.segmented_bscans() == bscans) || self.measured_otherwise() {
            self.forget_results();
        }
        if self.segmented_bscans() == 0 {
            self.results.measured_with = MeasuredWith::Scale(self.scale());
        }
    }

    /// Forgets all that a network found, as before the first run; what a person drew stays.
    pub fn forget_results(&mut self) {
        let threshold = self.results.threshold;
        self.results = Results { threshold, ..Results::of_none(self.volume()) };
        for bscan in self.drawing.corrections.bscans() {
            self.renew_mask(bscan as usize);
        }
    }

    /// Whether `bscan` was segmented or holds no picture.
    pub fn is_segmented(&self, bscan: usize) -> bool {
        self.results.model.get(bscan).is_some_and(|model| *model != ByModel::Waits)
    }

    /// B-scans that were segmented or hold no picture.
    pub fn segmented_bscans(&self) -> usize {
        self.results.model.iter().filter(|model| **model != ByModel::Waits).count()
    }

    /// Takes in B-scan `bscan`, which `device` segmented.
    ///
    /// # Errors
    /// [`MaskError`] where it does not fit the volume; nothing is changed then.
    pub fn take_in(
        &mut self,
        bscan: usize,
        segmented: SegmentedBScan,
        device: &str,
    ) -> Result<(), MaskError> {
        let SegmentedBScan { mut labels, evidence, chances, boundaries } = segmented;
        let unscanned = match &chances {
            Some(chances) => chances.unscanned_columns(),
            // Labels alone, as after a restart.
            None => {
                self.volume().bscan(bscan).map_or_else(Vec::new, |view| view.scanned().unscanned_columns())
            }
        };
        let results = &mut self.results;
        if let Some(chances) = chances.as_ref().filter(|_| results.threshold != THRESHOLD) {
            labels = chances.labels(results.threshold);
        }
        results.set_labels(bscan, labels, self.drawing.drawn(bscan))?;
        results.mask.set_unscanned(bscan, unscanned)?;
        let between =
            chances.as_ref().map(|chances| [CONFIDENT, POSSIBLE].map(|least| chances.voxels(least)));
        results.found[bscan] = Found { chances, between };
        results.boundaries[bscan] = boundaries;
        for class in FluidClass::ALL {
            results.presence.add_evidence(bscan, class, evidence[class.index()]);
        }
        if !results.computed_on.iter().any(|known| known == device) {
            results.computed_on.push(device.to_owned());
        }
        Ok(())
    }

    /// Takes in that B-scan `bscan` holds no picture: it gives no labels and no evidence.
    ///
    /// # Errors
    /// [`MaskError`] where there is none such.
    pub fn take_in_without_picture(&mut self, bscan: usize) -> Result<(), MaskError> {
        let results = &mut self.results;
        results.mask.set_without_picture(bscan)?;
        results.model[bscan] = ByModel::NoPicture;
        results.found[bscan] = Found { chances: None, between: Some([[0.0; 3]; 2]) };
        results.boundaries[bscan] = None;
        for class in FluidClass::ALL {
            results.presence.add_evidence(bscan, class, f32::NAN);
        }
        self.renew_mask(bscan);
        Ok(())
    }

    /// Says of results that are taken over, as after a restart, whether they
    /// were measured with another spacing than now, and with which threshold. [`Self::take_in`]
    /// takes them.
    pub fn adopt_results(&mut self, measured_otherwise: bool, threshold: f32) {
        self.results.threshold = threshold.clamp(THRESHOLDS[0], THRESHOLDS[1]);
        self.results.measured_with =
            if measured_otherwise { MeasuredWith::Another } else { MeasuredWith::Scale(self.scale()) };
    }

    /// Whether what is measured, or being measured, was shown to the network in
    /// other proportions than the spacing says now.
    pub fn measured_otherwise(&self) -> bool {
        let then = match self.results.measured_with {
            MeasuredWith::None => return false,
            MeasuredWith::Another => return true,
            MeasuredWith::Scale(scale) => scale,
        };
        let (rows, columns) = (self.volume().rows(), self.volume().columns());
        let [then, now] = [then, self.scale()].map(|scale| WorkingGrid::choose(rows, columns, scale, 1));
        let differs = |a: usize, b: usize| a.abs_diff(b) as f64 > SAME_GRID * a.max(b) as f64;
        differs(then.rows, now.rows) || differs(then.columns, now.columns)
    }

    fn scale(&self) -> WorkingScale {
        WorkingScale::of(&self.volume().geometry)
    }

    /// The network's own labels of `bscan`, background where it holds no picture; `None` where
    /// it is not segmented.
    pub fn model_labels(&self, bscan: usize) -> Option<RunLengths> {
        match self.results.model.get(bscan)? {
            ByModel::Waits => None,
            ByModel::NoPicture => {
                let pixels = u32::try_from(self.volume().columns() * self.volume().rows()).ok()?;
                Some(RunLengths::of_runs(vec![(pixels, 0)]))
            }
            ByModel::InForce => self.mask().bscan(bscan).map(RunLengths::encode),
            ByModel::DrawnOver(labels, _) => Some(labels.clone()),
        }
    }

    /// The network's own labels; as many bytes as the volume has samples.
    pub fn model_mask(&self) -> LabelMask {
        let mut mask = self.mask().clone();
        for (bscan, model) in self.results.model.iter().enumerate() {
            let set = match model {
                ByModel::InForce => Ok(()),
                ByModel::Waits => mask.set_unmeasured(bscan),
                ByModel::NoPicture => mask.set_without_picture(bscan),
                ByModel::DrawnOver(labels, _) => mask.set_bscan(bscan, labels.decode()),
            };
            // They were a mask of this size before.
            debug_assert!(set.is_ok());
        }
        mask
    }

    /// Puts what a person drew in `bscan` over what the network says of it.
    pub(crate) fn renew_mask(&mut self, bscan: usize) {
        let drawn = self.drawing.drawn(bscan);
        let is_by_hand = self.drawing.is_reviewed(bscan);
        let pixels = self.volume().columns() * self.volume().rows();
        let results = &mut self.results;
        let Some(model) = results.model.get(bscan) else { return };
        let renewed = match model {
            ByModel::Waits | ByModel::NoPicture => match (drawn, model) {
                // What a person looked at whole is measured by them.
                (drawn, ByModel::Waits) if is_by_hand => results.mask.set_bscan(bscan, over(pixels, drawn)),
                (Some(drawn), ByModel::NoPicture) => results.mask.set_bscan(bscan, over(pixels, Some(drawn))),
                (_, ByModel::NoPicture) => results.mask.set_without_picture(bscan),
                _ => results.mask.set_unmeasured(bscan),
            },
            ByModel::InForce => {
                let labels = results.mask.bscan(bscan).unwrap_or_default().to_vec();
                results.set_labels(bscan, labels, drawn)
            }
            ByModel::DrawnOver(own, _) => {
                let mut labels = own.decode();
                match drawn {
                    Some(drawn) => drawn.over(&mut labels),
                    None => results.model[bscan] = ByModel::InForce,
                }
                results.mask.set_bscan(bscan, labels)
            }
        };
        // Sizes and labels were checked when they were taken in.
        debug_assert!(renewed.is_ok());
    }

    /// Labels every B-scan anew, so that what reaches `threshold` is fluid, and says which ones:
    /// those of which the probabilities are known.
    ///
    /// # Errors
    /// [`ThresholdError`] outside of [`THRESHOLDS`], or where a measured B-scan's probabilities are
    /// not known; nothing is changed then.
    pub fn set_threshold(&mut self, threshold: f32) -> Result<Vec<usize>, ThresholdError> {
        if !(THRESHOLDS[0]..=THRESHOLDS[1]).contains(&threshold) {
            return Err(ThresholdError::OutOfBounds { threshold });
        }
        let results = &mut self.results;
        let is_labelled = |model: &ByModel| matches!(model, ByModel::InForce | ByModel::DrawnOver(..));
        let lacks = |(model, found): (&ByModel, &Found)| is_labelled(model) && found.chances.is_none();
        if results.model.iter().zip(&results.found).any(lacks) {
            return Err(ThresholdError::NotKnown);
        }
        results.threshold = threshold;
        let mut relabelled = Vec::new();
        for bscan in 0..results.found.len() {
            let Some(chances) = &results.found[bscan].chances else { continue };
            let labels = chances.labels(threshold);
            // They made labels of this size before.
            if results.set_labels(bscan, labels, self.drawing.drawn(bscan)).is_ok() {
                relabelled.push(bscan);
            }
        }
        Ok(relabelled)
    }

    /// What is fluid reaches this.
    pub fn threshold(&self) -> f32 {
        self.results.threshold
    }

    /// The probabilities of the fluids in B-scan `bscan`, where they are known.
    pub fn chances(&self, bscan: usize) -> Option<&Chances> {
        self.results.found.get(bscan)?.chances.as_ref()
    }

    /// The boundaries of the retina that the network found in B-scan `bscan`.
    pub fn boundaries(&self, bscan: usize) -> Option<&Boundaries> {
        self.results.boundaries.get(bscan)?.as_ref()
    }

    /// Voxels of B-scan `bscan` that may be fluid and are it not without doubt, of all classes.
    pub fn doubtful_voxels(&self, bscan: usize) -> Option<f64> {
        let [confident, possible] = self.results.found.get(bscan)?.between?;
        let doubtful = |class: FluidClass| (possible[class.index()] - confident[class.index()]).abs();
        Some(FluidClass::ALL.into_iter().map(doubtful).sum())
    }

    /// Figures so far.
    pub fn measurement(&self) -> Measurement {
        let mut measurement = measure(self.mask(), &self.volume().geometry, self.presence());
        measurement.threshold = self.results.threshold;
        self.add_corrections(&mut measurement);
        let voxel_nl = measurement.voxel_nl;
        for of_class in measurement.classes.iter_mut() {
            let (Some(voxel_nl), Some(volume_nl)) = (voxel_nl, of_class.volume_nl) else { continue };
            // What a person drew is not more or less probable.
            if of_class.corrected.is_some_and(|corrected| corrected.drawn_by != DrawnBy::Model) {
                continue;
            }
            let voxels = |end: usize| {
                let of_bscan = |found: &Found| Some(found.between?[end][of_class.class.index()]);
                self.results.found.iter().map(of_bscan).sum::<Option<f64>>()
            };
            of_class.between_nl = voxels(0).zip(voxels(1)).map(|(confident, possible)| {
                // Both are counted in a coarser grid than the labels.
                [(confident * voxel_nl).min(volume_nl), (possible * voxel_nl).max(volume_nl)]
            });
        }
        measurement
    }

    /// Says what of `measurement` a person changed.
    fn add_corrections(&self, measurement: &mut Measurement) {
        let corrections = &self.drawing.corrections;
        measurement.corrected_bscans = corrections.drawn_bscans().map(|bscan| bscan as usize).collect();
        measurement.reviewed_bscans = corrections.reviewed_bscans().map(|bscan| bscan as usize).collect();
        if measurement.corrected_bscans.is_empty() {
            return;
        }
        let voxel_nl = measurement.voxel_nl.filter(|_| self.segmented_bscans() == measurement.bscans);
        for of_class in measurement.classes.iter_mut() {
            let class = of_class.class;
            let in_force = |bscan: &usize| self.mask().class_voxels(*bscan).is_some();
            let drawn = measurement.corrected_bscans.iter().filter(|bscan| in_force(bscan));
            let drawn: u64 = drawn
                .filter_map(|bscan| self.drawing.drawn(*bscan))
                .map(|drawn| drawn.class_voxels(class))
                .sum();
            let of_bscan = |(bscan, model): (usize, &ByModel)| match model {
                ByModel::Waits | ByModel::NoPicture => 0,
                ByModel::InForce => of_class.voxels_per_bscan.get(bscan).copied().flatten().unwrap_or(0),
                ByModel::DrawnOver(_, voxels) => voxels[class.index()],
            };
            let model = self.results.model.iter().enumerate().map(of_bscan).sum();
            let (voxels, volume_nl) = (of_class.voxels, of_class.volume_nl);
            of_class.corrected = Some(ClassCorrection::of(voxels, volume_nl, drawn, model, voxel_nl));
        }
    }

    /// Sizes, the ETDRS grid and the fovea so far, with what they rest on. Cheap: fluid was
    /// counted when its B-scan was taken in.
    pub fn figures(&self) -> Figures {
        let results = &self.results;
        Figures::measure(
            &results.mask,
            &self.volume().geometry,
            &results.presence,
            &results.boundaries,
            self.fovea,
        )
    }

    /// Evidence that each class is present, by B-scan.
    pub fn presence(&self) -> &PresenceAccumulator {
        &self.results.presence
    }

    /// The devices that computed what is measured, the first one first.
    pub fn computed_on(&self) -> &[String] {
        &self.results.computed_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluid::{FoveaPlace, FoveaSource};
    use oct::{Axis, AxisSpacing, Geometry, Samples, SpacingSource};

    fn study() -> Study {
        let volume = OctVolume::new(2, 1, 2, Samples::U8(vec![0, 9, 0, 9]), Geometry::default()).unwrap();
        Study::generated("Sample eye", volume)
    }

    /// B-scans large enough for a spacing to change their working grid.
    fn raster(bscans: usize) -> Study {
        let samples = Samples::U8(vec![0; bscans * 512 * 496]);
        let volume = OctVolume::new(512, 496, bscans, samples, Geometry::default()).unwrap();
        Study::generated("Sample eye", volume)
    }

    fn segmented(labels: Vec<u8>) -> SegmentedBScan {
        SegmentedBScan::of_labels(labels, [0.9, 0.0, 0.0])
    }

    #[test]
    fn no_nanolitres_before_every_spacing_and_every_bscan_is_known() {
        let mut study = study();
        study.take_in(0, segmented(vec![1, 0]), "CPU").unwrap();
        study.take_in(1, segmented(vec![0, 0]), "CPU").unwrap();
        assert_eq!(study.measurement().class(FluidClass::Irf).volume_nl, None);
        let spacing = [(Axis::Lateral, 0.1), (Axis::Axial, 0.01), (Axis::BetweenBScans, 1.0)];
        study.set_spacing(&spacing).unwrap();
        let volume_nl = study.measurement().class(FluidClass::Irf).volume_nl.unwrap();
        assert!((volume_nl - 1.0).abs() < 1e-9);
        assert_eq!(study.measurement().class(FluidClass::Ped).volume_nl, Some(0.0));
    }

    #[test]
    fn results_are_measured_otherwise_only_where_the_network_would_see_other_proportions() {
        let mut study = raster(1);
        let otherwise_with = |study: &mut Study, axis, mm| {
            study.set_spacing(&[(axis, mm)]).unwrap();
            study.measured_otherwise()
        };
        assert!(!otherwise_with(&mut study, Axis::Axial, 0.0039), "nothing is measured");
        // From the start of a run, before its first B-scan is there.
        study.begin_run();
        assert!(!otherwise_with(&mut study, Axis::BetweenBScans, 0.12), "it shows no B-scan otherwise");
        assert!(otherwise_with(&mut study, Axis::Axial, 0.0026));
        assert!(!otherwise_with(&mut study, Axis::Axial, 0.003_91), "as near as it was");
        study.adopt_results(false, THRESHOLD);
        assert!(otherwise_with(&mut study, Axis::Lateral, 0.006));
        study.adopt_results(false, THRESHOLD);
        assert!(!study.measured_otherwise());
        study.adopt_results(true, THRESHOLD);
        assert!(study.measured_otherwise());
    }

    #[test]
    fn a_run_that_was_stopped_goes_on_and_a_whole_one_begins_anew() {
        let mut study = study();
        study.begin_run();
        study.take_in(1, segmented(vec![1, 0]), "GPU").unwrap();
        study.begin_run();
        assert_eq!(study.mask().bscan(1), Some(&[1, 0][..]));
        study.take_in(0, segmented(vec![0, 0]), "CPU").unwrap();
        assert_eq!(study.computed_on(), ["GPU", "CPU"]);
        study.begin_run();
        assert_eq!(study.mask().measured_bscans(), 0);
        assert!(study.computed_on().is_empty());
        assert_eq!(study.measurement().class(FluidClass::Irf).presence_score, None);
    }

    #[test]
    fn a_bscan_without_a_picture_gives_no_evidence_and_ends_a_run_with_the_others() {
        let mut study = study();
        study.begin_run();
        study.take_in_without_picture(0).unwrap();
        assert_eq!(study.presence().score(FluidClass::Irf), None);
        study.take_in(1, segmented(vec![1, 0]), "CPU").unwrap();
        assert!(study.mask().is_complete() && study.measurement().is_complete());
        assert_eq!(study.measurement().without_picture, [0]);
        study.begin_run();
        assert!(!study.mask().lacks_picture(0), "a whole run begins anew");
        assert!(study.take_in_without_picture(2).is_err());
    }

    #[test]
    fn a_doubt_withholds_nanolitres_and_what_is_confirmed_afterwards_is_segmented_again() {
        let mut geometry = Geometry::default();
        for (axis, mm) in Axis::ALL.into_iter().zip([11.5, 3.87, 120.0]) {
            let source = SpacingSource::FromFile { tag: "ElementSpacing".to_owned() };
            geometry.set_spacing(axis, AxisSpacing::new(axis, mm, source).unwrap());
        }
        let samples = Samples::U8(vec![0; 2 * 512 * 300]);
        let mut study = Study::generated("eye", OctVolume::new(512, 300, 2, samples, geometry).unwrap());
        study.begin_run();
        for bscan in 0..2 {
            study.take_in(bscan, segmented(vec![1; 512 * 300]), "CPU").unwrap();
        }
        assert!(!study.measured_otherwise());
        assert_eq!(study.measurement().class(FluidClass::Irf).volume_nl, None);
        assert!(study.confirm_stated_spacing().is_err(), "an eye of 5.9 m");
        let meant = study.volume().geometry.doubt().unwrap().proposal.unwrap().spacing;
        study.confirm_spacing(&meant).unwrap();
        assert!(study.measurement().class(FluidClass::Irf).volume_nl.is_some());
        // 300 rows were taken for 2 mm, and are 1.2.
        assert!(study.measured_otherwise());
        assert_eq!(study.confirm_stated_spacing(), Ok(()), "there is nothing left to confirm");
    }

    #[test]
    fn a_run_that_was_stopped_does_not_go_on_in_other_proportions() {
        let mut study = raster(2);
        study.begin_run();
        study.take_in(1, segmented(vec![0; 512 * 496]), "CPU").unwrap();
        study.set_spacing(&[(Axis::BetweenBScans, 0.12)]).unwrap();
        study.begin_run();
        assert_eq!(study.mask().measured_bscans(), 1);
        study.set_spacing(&[(Axis::Axial, 0.0026)]).unwrap();
        study.begin_run();
        assert_eq!(study.mask().measured_bscans(), 0);
        assert!(!study.measured_otherwise(), "it is measured with the spacing that is in force");
    }

    #[test]
    fn a_fovea_placed_by_hand_outlasts_a_run_until_it_is_given_back() {
        let mut study = raster(2);
        study
            .set_spacing(&[(Axis::Lateral, 0.011), (Axis::Axial, 0.0039), (Axis::BetweenBScans, 0.2)])
            .unwrap();
        let source = |study: &Study| study.figures().fovea.unwrap().source;
        assert_eq!(source(&study), FoveaSource::Middle);
        study.set_fovea(Some(FoveaPlace { bscan: 0.5, column: 200.0 }));
        study.begin_run();
        let found = study.figures().fovea.unwrap();
        assert_eq!((found.bscan, found.column, found.source), (0.5, 200.0, FoveaSource::ByHand));
        study.set_fovea(Some(FoveaPlace { bscan: f64::NAN, column: 200.0 }));
        assert_eq!(source(&study), FoveaSource::Middle, "that is no place");
        study.set_fovea(None);
        assert_eq!(source(&study), FoveaSource::Middle);
    }

    #[test]
    fn thickness_follows_from_the_boundaries_and_a_new_run_forgets_them() {
        // 6 mm and 6.2 mm.
        let mut study = raster(31);
        study
            .set_spacing(&[(Axis::Lateral, 0.0117), (Axis::Axial, 0.004), (Axis::BetweenBScans, 0.2)])
            .unwrap();
        study.begin_run();
        for bscan in 0..31 {
            study.take_in(bscan, segmented(vec![0; 512 * 496]), "CPU").unwrap();
            let boundaries = Boundaries { ilm_row: vec![100.0; 512], bm_row: vec![170.0; 512] };
            study.results.boundaries[bscan] = Some(boundaries);
        }
        let found = study.figures().central_subfield_thickness_um.unwrap();
        assert!((found - 280.0).abs() < 1e-9);
        study.take_in_without_picture(15).unwrap();
        assert!(study.results.boundaries[15].is_none());
        study.begin_run();
        assert_eq!(study.figures().central_subfield_thickness_um, None);
    }

    #[test]
    fn columns_of_padding_are_not_scanned_whether_probabilities_are_known_or_not() {
        let mut samples: Vec<u16> = (0..512 * 496).map(|at| 40 + (at * 7919 % 131) as u16).collect();
        samples.chunks_exact_mut(512).for_each(|row| row[..32].fill(0));
        let volume = OctVolume::new(512, 496, 1, Samples::U16(samples), Geometry::default()).unwrap();
        let is_padding = volume.bscan(0).unwrap().scanned().is_padding;
        let mut study = Study::generated("Sample eye", volume);
        let is_known = |study: &Study| [0, 31, 32].map(|column| study.mask().is_scanned(0, column));
        study.take_in(0, segmented(vec![0; 512 * 496]), "CPU").unwrap();
        assert_eq!(is_known(&study), [false, false, true]);
        let grid = WorkingGrid { rows: 16, columns: 16 };
        let none = [0.0; 256];
        let framing = oct::Framing::whole([496, 512], grid);
        let chances = Chances::of_probabilities([&none; 3], framing, &is_padding);
        let known = SegmentedBScan { chances: Some(chances), ..segmented(vec![0; 512 * 496]) };
        study.take_in(0, known, "CPU").unwrap();
        assert_eq!(is_known(&study), [false, false, true]);
        study.set_threshold(0.3).unwrap();
        assert_eq!(is_known(&study), [false, false, true]);
    }

    #[test]
    fn a_result_that_does_not_fit_changes_nothing() {
        let mut study = study();
        assert!(study.take_in(2, segmented(vec![0, 0]), "CPU").is_err());
        assert!(study.take_in(0, segmented(vec![0]), "CPU").is_err());
        assert_eq!(study.mask().measured_bscans(), 0);
        assert_eq!(study.presence().score(FluidClass::Irf), None);
        assert!(study.computed_on().is_empty());
    }

    /// SRF of probability 1, 0.6 and 0.3 in the columns of one row.
    fn doubtful() -> SegmentedBScan {
        let grid = oct::WorkingGrid { rows: 1, columns: 3 };
        let none = [0.0; 3];
        let framing = oct::Framing::whole([1, 3], grid);
        let chances = Chances::of_probabilities([&none, &[1.0, 0.6, 0.3], &none], framing, &[]);
        SegmentedBScan {
            labels: chances.labels(THRESHOLD),
            evidence: [0.0, 0.9, 0.0],
            chances: Some(chances),
            boundaries: None,
        }
    }

    /// Two B-scans of one row of three, 1 nl a voxel.
    fn doubtful_study() -> Study {
        let geometry = Geometry {
            lateral: spacing(Axis::Lateral, 0.1),
            axial: spacing(Axis::Axial, 0.1),
            between_bscans: spacing(Axis::BetweenBScans, 0.1),
            ..Geometry::default()
        };
        let volume = OctVolume::new(3, 1, 2, Samples::U8(vec![0; 6]), geometry).unwrap();
        let mut study = Study::generated("Sample eye", volume);
        study.take_in(0, doubtful(), "CPU").unwrap();
        study
    }

    fn spacing(axis: Axis, mm: f64) -> AxisSpacing {
        AxisSpacing::new(axis, mm, SpacingSource::FromUser).unwrap()
    }

    #[test]
    fn a_threshold_labels_what_is_known_and_what_comes_and_goes_back_to_the_same() {
        let mut study = doubtful_study();
        assert_eq!(study.mask().bscan(0), Some(&[2, 2, 0][..]));
        assert_eq!(study.set_threshold(0.25), Ok(vec![0]));
        study.take_in(1, doubtful(), "CPU").unwrap();
        assert_eq!([0, 1].map(|bscan| study.mask().class_voxels(bscan)), [Some([0, 3, 0]); 2]);
        assert!(study.warnings(false).iter().any(|warning| warning.contains("0.25")));
        study.set_threshold(THRESHOLD).unwrap();
        assert_eq!(study.mask().bscan(1), Some(&[2, 2, 0][..]));
        assert_eq!(study.set_threshold(1.0), Err(ThresholdError::OutOfBounds { threshold: 1.0 }));
        assert!(study.set_threshold(f32::NAN).is_err());
        assert_eq!(study.threshold(), THRESHOLD);
        // Labels that cannot follow keep all others where they are.
        study.take_in(1, SegmentedBScan::of_labels(vec![0, 2, 2], [0.0; 3]), "CPU").unwrap();
        assert_eq!(study.set_threshold(0.25), Err(ThresholdError::NotKnown));
        assert_eq!((study.threshold(), study.measurement().threshold), (THRESHOLD, THRESHOLD));
    }

    #[test]
    fn a_volume_lies_between_what_is_sure_and_what_may_be_and_unknown_chances_give_no_bounds() {
        let mut study = doubtful_study();
        assert_eq!(study.doubtful_voxels(0), Some(2.0));
        study.take_in(1, doubtful(), "CPU").unwrap();
        let srf = |study: &Study| study.measurement().class(FluidClass::Srf).clone();
        let between = srf(&study).between_nl.unwrap();
        let voxel_nl = study.measurement().voxel_nl.unwrap();
        assert!((between[0] - 2.0 * voxel_nl).abs() < 1e-9 && (between[1] - 6.0 * voxel_nl).abs() < 1e-9);
        study.take_in(1, SegmentedBScan::of_labels(vec![0, 2, 2], [0.0; 3]), "CPU").unwrap();
        assert_eq!((srf(&study).between_nl, study.doubtful_voxels(1)), (None, None));
        assert!(srf(&study).volume_nl.is_some());
    }
}
