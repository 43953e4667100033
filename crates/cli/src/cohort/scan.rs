//! One set of files: each scan in it measured and written, or what is done already taken over.

use std::fs;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use oct_formats::{Cause, InputFile, OpenError, OpenOptions, Opened, nameless};

use super::earlier::{self, RECORD, SCANS};
use super::inputs::ScanFiles;
use super::record::{MadeWith, ScanRecord, State};
use crate::args::{MeasureArgs, SpacingArg};
use crate::collect::{self, Found};
use crate::failure::Failure;
use crate::inference::Segmenter;
use crate::output::OutputSet;
use crate::segment;

/// What measures scan after scan.
pub struct Measurer<'a> {
    /// What segments.
    pub segmenter: &'a dyn Segmenter,
    /// How each is measured.
    pub how: &'a MeasureArgs,
    /// The folder of the cohort.
    pub out: &'a Path,
    /// Whether nobody watches.
    pub quiet: bool,
    made_with: MadeWith,
}

/// What became of a scan, for the person who watches and for the tables.
pub struct Outcome {
    /// What people call it.
    pub called: String,
    /// Why it is not done, with names.
    pub sentence: Option<String>,
    /// Whether an earlier run did it.
    pub was_done: bool,
    /// What is written of it.
    pub record: ScanRecord,
}

/// A place of a scan among all: volume, from 1, of so many in its files.
#[derive(Clone, Copy)]
struct Place {
    volume: usize,
    volumes: usize,
}

impl<'a> Measurer<'a> {
    /// What measures by `segmenter` as `how` says, into the folder `out`.
    pub fn new(segmenter: &'a dyn Segmenter, how: &'a MeasureArgs, out: &'a Path, quiet: bool) -> Self {
        let model = segmenter.model();
        let given = |wanted| {
            let spacing = how.spacing_mm.iter().flat_map(|SpacingArg(given)| given);
            spacing.filter(|(axis, _)| *axis == wanted).map(|(_, mm)| *mm).next()
        };
        let made_with = MadeWith {
            model: model.name,
            weights_sha256: model.weights_sha256,
            software: concat!("lacuna ", env!("CARGO_PKG_VERSION")).to_owned(),
            spacing_mm: oct::Axis::ALL.map(given),
            confirm_spacing: how.confirm_spacing,
            axes: how.axes.map(|axes| axes.to_string()),
            identified: how.identified,
            device: segmenter.device(),
        };
        Self { segmenter, how, out, quiet, made_with }
    }

    /// A scan of which there is nothing but why: what `path` is could not be looked at.
    pub fn unreadable(&self, path: &Path, failure: &Failure) -> Outcome {
        let called = path.to_string_lossy().into_owned();
        self.not_measured(&called, std::slice::from_ref(&called), None, failure)
    }

    /// Measures every scan in `set` that is not done, and calls `told` with each as soon as it
    /// is written. Gives the files of `set` apart where each of them is a volume.
    ///
    /// # Errors
    /// What `told` gives, and a [`Failure`] of output, after which nothing can be written.
    /// Whatever is wrong with a scan is an [`Outcome`].
    pub fn measure(
        &self,
        set: &ScanFiles,
        mut told: impl FnMut(Outcome) -> Result<(), Failure>,
    ) -> Result<Vec<ScanFiles>, Failure> {
        let names = names(set);
        let unopened = |place, failure: &Failure| self.not_measured(&set.called, &names, place, failure);
        let started = Instant::now();
        let files = match read(set) {
            Ok(files) => files,
            Err(failure) => return told(unopened(None, &failure)).map(|()| Vec::new()),
        };
        let sha256 = earlier::fingerprint(&files);
        let done = earlier::done(self.out, &sha256, &self.made_with);
        let mut first = None;
        let mut volumes = done.len();
        if done.is_empty() {
            match self.open(set, files, None) {
                Ok(opened) => {
                    volumes = opened.choices.len().max(1);
                    first = Some(opened);
                }
                Err(Failure::Open(OpenError::SeveralVolumes { .. })) if set.files.len() > 1 => {
                    return Ok(set.clone().apart());
                }
                Err(failure) => {
                    let mut outcome = unopened(None, &failure);
                    outcome.record.scan = Some(earlier::id(&sha256, 1, 1));
                    outcome.record.input.sha256 = Some(sha256);
                    outcome.record.seconds = seconds(started);
                    return told(outcome).map(|()| Vec::new());
                }
            }
        } else {
            drop(files);
        }
        let mut started = Some(started);
        for (volume, done) in (1..=volumes).zip(done.into_iter().chain(std::iter::repeat(None))) {
            let place = Place { volume, volumes };
            if let Some(record) = done {
                told(self.taken_over(set, record, place))?;
                continue;
            }
            let started = started.take().unwrap_or_else(Instant::now);
            let opened = match first.take_if(|opened| volumes == 1 || opened.chosen + 1 == volume) {
                Some(opened) => Ok(opened),
                None => {
                    // One volume at a time: the one that was opened unasked is read again.
                    first = None;
                    self.open_again(set, &sha256, place)
                }
            };
            let measured = opened.and_then(|opened| self.measure_one(set, opened, &sha256, place, started));
            match measured {
                Ok(outcome) => told(outcome)?,
                Err(failure) if failure.is_of_output() => return Err(failure),
                Err(failure) => {
                    let mut outcome = unopened(Some(place), &failure);
                    outcome.record.scan = Some(earlier::id(&sha256, volume, volumes));
                    outcome.record.input.sha256 = Some(sha256.clone());
                    outcome.record.seconds = seconds(started);
                    told(outcome)?;
                }
            }
        }
        Ok(Vec::new())
    }

    fn open(&self, set: &ScanFiles, files: Vec<InputFile>, choice: Option<usize>) -> Result<Opened, Failure> {
        guarded(set, || Ok(oct_formats::open_with(files, OpenOptions { choice, axes: self.how.axes })?))
    }

    fn open_again(&self, set: &ScanFiles, sha256: &str, place: Place) -> Result<Opened, Failure> {
        let files = read(set)?;
        if earlier::fingerprint(&files) != sha256 {
            return Err(Failure::Changed { name: set.called.clone() });
        }
        self.open(set, files, (place.volumes > 1).then(|| place.volume - 1))
    }

    fn measure_one(
        &self,
        set: &ScanFiles,
        opened: Opened,
        sha256: &str,
        place: Place,
        started: Instant,
    ) -> Result<Outcome, Failure> {
        let opened = collect::with_known_axes(opened)?;
        let pattern = opened.volume.geometry.pattern;
        if let Some(because) = pattern.why_no_volume().filter(|_| !pattern.shows_structure()) {
            return Err(Failure::NoRetina { name: opened.name, because });
        }
        let mut study = segment::study_of(opened, self.how)?;
        let progress = segment::progress_bar(study.volume().bscans(), self.quiet);
        let segmented = guarded(set, || segment::segment_all(&mut study, self.segmenter, || progress.inc(1)));
        progress.finish_and_clear();
        segmented?;

        let id = earlier::id(sha256, place.volume, place.volumes);
        let folder = earlier::folder(self.out, &id);
        let mut outputs = OutputSet::new(&folder)?;
        let report = segment::stage(&study, self.segmenter, self.how.identified, &mut outputs)?;
        let mut record = self.record(set, Some(place));
        record.take_in(&report);
        record.input.sha256 = Some(sha256.to_owned());
        record.message = segment::spacing_question(&study.volume().geometry);
        record.state = if record.message.is_some() { State::NeedsAnswer } else { State::Done };
        record.folder = Some(format!("{SCANS}/{id}"));
        record.scan = Some(id);
        record.files = outputs.names();
        record.seconds = seconds(started);
        outputs.stage(RECORD, record.to_line()?.as_bytes())?;
        // From here on what an earlier run left is no longer whole.
        without(&folder.join(RECORD))?;
        outputs.commit()?;
        let sentence = record.message.clone();
        Ok(Outcome { called: called(set, Some(place)), sentence, was_done: false, record })
    }

    /// What an earlier run wrote of a scan, which is now called as `set` is.
    fn taken_over(&self, set: &ScanFiles, record: ScanRecord, place: Place) -> Outcome {
        let mut record = record;
        record.input.name = self.how.identified.then(|| set.called.clone());
        let sentence = record.message.clone();
        Outcome { called: called(set, Some(place)), sentence, was_done: true, record }
    }

    fn record(&self, set: &ScanFiles, place: Option<Place>) -> ScanRecord {
        let mut record = ScanRecord::new(0, self.made_with.clone());
        record.input.name = self.how.identified.then(|| set.called.clone());
        record.input.volume = place.map_or(1, |place| place.volume);
        record.input.volumes = place.map_or(0, |place| place.volumes);
        record
    }

    fn not_measured(&self, name: &str, names: &[String], place: Option<Place>, failure: &Failure) -> Outcome {
        let set = ScanFiles { called: name.to_owned(), files: Vec::new() };
        let mut record = self.record(&set, place);
        let sentence = failure.sentence();
        let named = named_in(failure);
        let names = names.iter().chain(&named).map(String::as_str);
        record.state = State::of(failure);
        record.message =
            Some(if self.how.identified { sentence.clone() } else { nameless(&sentence, names) });
        Outcome { called: called(&set, place), sentence: Some(sentence), was_done: false, record }
    }
}

/// What `set` is called, with the number of the volume where it holds several.
fn called(set: &ScanFiles, place: Option<Place>) -> String {
    match place {
        Some(Place { volume, volumes }) if volumes > 1 => {
            format!("{}, volume {volume} of {volumes}", set.called)
        }
        _ => set.called.clone(),
    }
}

/// By which names a sentence could tell the files of `set`.
fn names(set: &ScanFiles) -> Vec<String> {
    let files = set.files.iter().flat_map(|file| collect::with_companions(file.clone()));
    let both = |file: Found| [file.name, file.path.to_string_lossy().replace('\\', "/")];
    files.flat_map(both).chain([set.called.clone()]).collect()
}

/// Names in `failure` that stand in the files themselves: in a zip, or in a header.
fn named_in(failure: &Failure) -> Vec<String> {
    let listed = |names: &String| names.split(", ").map(str::to_owned).collect();
    match failure {
        Failure::Open(OpenError::InFile { file, cause }) => {
            let wanted = match cause {
                Cause::MissingDataFile { wanted } | Cause::OutsideFolder { wanted } => Some(wanted),
                Cause::Truncated { promised_by, .. } => Some(promised_by),
                _ => None,
            };
            wanted.into_iter().chain([file]).cloned().collect()
        }
        Failure::Open(
            OpenError::NoVolume { names, .. }
            | OpenError::SeveralVolumes { names, .. }
            | OpenError::OnlyLitter { names, .. },
        ) => listed(names),
        Failure::AxesInDoubt { name, .. } | Failure::NoRetina { name, .. } => vec![name.clone()],
        _ => Vec::new(),
    }
}

fn read(set: &ScanFiles) -> Result<Vec<InputFile>, Failure> {
    let files = set.files.iter().flat_map(|file| collect::with_companions(file.clone()));
    collect::read_together(files.collect())
}

/// What `work` gives; a panic in it, which must not be, ends this scan and not the night's run.
fn guarded<T>(set: &ScanFiles, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Failure::Fault { name: set.called.clone() }))
}

/// Removes `path`, where there is such a file.
fn without(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(Failure::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// To the hundredth: more says nothing of a machine.
fn seconds(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 100.0).round() / 100.0
}
