//! Many scans, measured one after the other: what waits, what is under way, what came of it.
//! Of a scan that is done the figures stay and the files, so that it can be opened; what else
//! there was of it is gone, however long the list.

use engine_protocol::{FoundScan, ModelInfo, ScanId, VolumeInfo};
use fluid::{CohortRow, CohortState, MeasuredScan};
use oct::FluidClass;

use super::notice::Notice;
use super::source::{DropId, Files};
use crate::words::{Locale, Text};

/// As reports call it.
const SOFTWARE: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// A row of the list, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowId(pub u32);

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowState {
    /// Its turn has not come.
    Waiting,
    /// Its files are read.
    Reading,
    /// So many of its B-scans are measured.
    Measuring {
        /// B-scans done.
        done: u32,
        /// B-scans in all.
        total: u32,
    },
    /// It is measured.
    Done(Box<MeasuredScan>),
    /// A person has to say something first.
    Asks(Text),
    /// It could not be measured.
    Failed(Notice),
}

/// One scan of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number for as long as the page lives.
    pub id: RowId,
    /// What tells it from the others.
    pub name: String,
    /// Its files.
    pub files: Files,
    /// What became of it.
    pub state: RowState,
    /// How long it took to segment, where it is done.
    pub seconds: Option<f64>,
    /// How many volumes its files hold, once that is known.
    pub(super) volumes: Option<usize>,
    /// Another number after each change.
    pub version: u32,
    /// The engine stopped once while it was at it.
    pub(super) is_retried: bool,
    /// How often the engine let go of it for the scan in view.
    pub(super) gave_way: u32,
}

/// How far the row is that the engine works at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its files are read.
    Reading,
    /// The engine holds it and does nothing with it.
    Held,
    /// It is segmented.
    Measuring,
    /// It was asked to stop.
    Stopping,
}

/// The row that the engine works at.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) row: RowId,
    /// What page and worker know it by.
    pub(super) scan: ScanId,
    pub(super) stage: Stage,
    /// What is known of it, once it is read.
    pub(super) info: Option<Box<VolumeInfo>>,
    /// The network of its last run.
    pub(super) network: Option<ModelInfo>,
    /// What earlier runs took, ms.
    pub(super) spent_ms: f64,
    /// What the run took so far, ms.
    pub(super) run_ms: f64,
    /// Mean thickness of the retina in the central subfield, µm.
    pub(super) thickness_um: Option<f64>,
}

/// By what the table is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The order of the list.
    Scan,
    /// What needs a person comes first.
    State,
    /// Volume of a fluid.
    Fluid(FluidClass),
    /// Where the spacing comes from.
    Spacing,
    /// Time that it took.
    Time,
}

/// Where a spacing comes from, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpacingFrom {
    /// All of it from the file.
    File,
    /// Some of it from a person.
    Person,
    /// Some of it is the usual one of the device.
    Assumed,
    /// What the file states is not believed.
    InDoubt,
    /// Some of it is not known.
    Nowhere,
}

impl SpacingFrom {
    /// Where the spacing of `scan` comes from.
    pub fn of(scan: &MeasuredScan) -> Self {
        let axes = [&scan.spacing.lateral, &scan.spacing.axial, &scan.spacing.between_bscans];
        let any = |ends: &str| axes.iter().any(|axis| axis.source.ends_with(ends));
        if any("unknown") {
            Self::Nowhere
        } else if scan.is_doubted {
            Self::InDoubt
        } else if any("default") {
            Self::Assumed
        } else if any("user") {
            Self::Person
        } else {
            Self::File
        }
    }
}

/// A drop in which there are several scans, while the person is asked what to do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Several {
    /// All of its files.
    pub files: Files,
    /// The scans.
    pub scans: Vec<FoundScan>,
}

/// What is asked of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListInput {
    /// Measure the scans of a drop as a list (`true`), or open the drop as one scan.
    Answer(bool),
    /// Do nothing with the drop.
    Dismiss,
    /// Show the list.
    Show,
    /// Close it; the queue goes on.
    Close,
    /// Measure no more for now, or go on.
    Pause(bool),
    /// Measure a row again.
    Retry(RowId),
    /// Take a row off the list.
    Remove(RowId),
    /// Take all rows off the list.
    Clear,
    /// Open a row to look at it.
    Open(RowId),
    /// Sort by a column; the other way round where it is sorted by it.
    SortBy(Column),
    /// The saved table holds the names of files, or does not.
    Identify(bool),
    /// Save the table.
    Save,
}

/// The list.
#[derive(Debug, Clone)]
pub struct Worklist {
    pub(super) rows: Vec<Row>,
    /// Places of the rows as the table shows them.
    order: Vec<usize>,
    pub(super) current: Option<Current>,
    /// Whether the list is on show.
    pub is_open: bool,
    /// Whether nothing is measured for now.
    pub is_paused: bool,
    /// Whether the saved table holds the names of files.
    pub identified: bool,
    /// By what the table is sorted, and whether the largest comes first.
    pub sorted_by: (Column, bool),
    /// The drop that is looked through.
    pub(super) looked_through: Option<Files>,
    /// A drop of several scans, while the person is asked what to do with it.
    pub several: Option<Several>,
    /// Segmented as soon as they are open in the viewer: their figures are known already.
    pub(super) to_be_read: Option<Files>,
    last_row: u32,
}

impl Default for Worklist {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            order: Vec::new(),
            current: None,
            is_open: false,
            is_paused: false,
            identified: false,
            sorted_by: (Column::Scan, false),
            looked_through: None,
            several: None,
            to_be_read: None,
            last_row: 0,
        }
    }
}

impl Worklist {
    /// The rows in the order of the list.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row in place `place` of the table.
    pub fn at(&self, place: usize) -> Option<&Row> {
        self.rows.get(*self.order.get(place)?)
    }

    /// Rows that need nothing more of the engine: done, failed, or with a question.
    pub fn settled(&self) -> usize {
        let is_settled =
            |row: &&Row| matches!(row.state, RowState::Done(_) | RowState::Asks(_) | RowState::Failed(_));
        self.rows.iter().filter(is_settled).count()
    }

    /// Rows that failed, and rows that need a person: to answer or for their spacing.
    pub fn troubled(&self) -> [usize; 2] {
        let count = |is: fn(&RowState) -> bool| self.rows.iter().filter(|row| is(&row.state)).count();
        [count(|state| matches!(state, RowState::Failed(_))), count(needs_person)]
    }

    /// Adds scans of a drop.
    pub(super) fn add(&mut self, files: &Files, scans: Vec<FoundScan>) {
        for FoundScan { name, paths } in scans {
            let files = Files { paths: paths.into(), ..files.clone() };
            let row = self.new_row(name, files);
            self.rows.push(row);
        }
        self.resort();
    }

    fn new_row(&mut self, name: String, files: Files) -> Row {
        self.last_row += 1;
        Row {
            id: RowId(self.last_row),
            name,
            files,
            state: RowState::Waiting,
            seconds: None,
            volumes: None,
            version: 0,
            is_retried: false,
            gave_way: 0,
        }
    }

    /// Puts a row for each of `choices`, the volumes of its files, in the place of a row.
    pub(super) fn split(&mut self, id: RowId, choices: &[String]) {
        let Some(place) = self.rows.iter().position(|row| row.id == id) else { return };
        let Row { name, files, .. } = self.rows.remove(place);
        let rows: Vec<Row> = choices
            .iter()
            .zip(0..)
            .map(|(choice, index)| {
                let files = Files { choice: Some(index), ..files.clone() };
                let row = self.new_row(format!("{name} · {choice}"), files);
                Row { volumes: Some(choices.len()), ..row }
            })
            .collect();
        self.rows.splice(place..place, rows);
        self.resort();
    }

    /// A row, to be changed.
    pub(super) fn row_mut(&mut self, id: RowId) -> Option<&mut Row> {
        self.change(|row| row.id == id)
    }

    /// The row of which a scan with these files is, whatever was answered about it meanwhile.
    pub(super) fn row_of(&mut self, files: &Files) -> Option<&mut Row> {
        self.change(|row| {
            row.files.dropped == files.dropped
                && row.files.paths == files.paths
                && (row.files.choice == files.choice || row.files.choice.is_none())
        })
    }

    /// Takes a row off the list.
    pub(super) fn remove(&mut self, id: RowId) {
        self.rows.retain(|row| row.id != id);
        self.is_open &= !self.rows.is_empty();
        self.resort();
    }

    /// The next row whose turn it is.
    pub(super) fn next_waiting(&mut self) -> Option<&mut Row> {
        self.change(|row| row.state == RowState::Waiting)
    }

    fn change(&mut self, is_it: impl Fn(&Row) -> bool) -> Option<&mut Row> {
        let row = self.rows.iter_mut().find(|row| is_it(row))?;
        row.version += 1;
        Some(row)
    }

    /// Puts the table in order again.
    pub(super) fn resort(&mut self) {
        let (column, falling) = self.sorted_by;
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let key = |place: &usize| key(&self.rows[*place], column);
        // What has no figure stands last either way.
        order.sort_by(|one, other| match (key(one), key(other)) {
            (Some(one), Some(other)) if falling => other.total_cmp(&one),
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        });
        if column == Column::Scan && falling {
            order.reverse();
        }
        self.order = order;
    }

    /// The table to save, in the order of the list.
    pub(super) fn table(&self) -> Vec<CohortRow> {
        let row = |(row, number): (&Row, usize)| {
            let (state, message) = match &row.state {
                RowState::Done(scan) if scan.lacks_spacing => (CohortState::NeedsAnswer, None),
                RowState::Done(_) => (CohortState::Done, None),
                RowState::Asks(question) => (CohortState::NeedsAnswer, Some(question.en.to_owned())),
                RowState::Failed(notice) => {
                    // Its sentence may name the file.
                    let sentence = || notice.sentence.say(Locale::English).to_owned();
                    (CohortState::Failed, self.identified.then(sentence))
                }
                _ => (CohortState::Waiting, None),
            };
            let measured = match &row.state {
                RowState::Done(scan) => Some(scan.clone()),
                _ => None,
            };
            CohortRow {
                number,
                scan: None,
                name: self.identified.then(|| row.name.clone()),
                volume: row.files.choice.map_or(1, |choice| choice as usize + 1),
                volumes: row.volumes,
                state,
                message,
                measured,
                software: SOFTWARE.to_owned(),
                seconds: row.seconds,
                folder: None,
            }
        };
        self.rows.iter().zip(1..).map(row).collect()
    }

    /// Whether files of `dropped` are still needed.
    pub(super) fn needs(&self, dropped: DropId) -> bool {
        let asked = self.several.as_ref().map(|several| &several.files);
        let others = [self.looked_through.as_ref(), self.to_be_read.as_ref(), asked];
        self.rows.iter().any(|row| row.files.dropped == dropped)
            || others.into_iter().flatten().any(|files| files.dropped == dropped)
    }
}

/// Whether a person has to answer, or to say the spacing that a volume lacks.
pub fn needs_person(state: &RowState) -> bool {
    match state {
        RowState::Asks(_) => true,
        RowState::Done(scan) => scan.lacks_spacing,
        _ => false,
    }
}

/// What a row is sorted by, `None` where it has nothing of the kind.
fn key(row: &Row, column: Column) -> Option<f64> {
    let done = match &row.state {
        RowState::Done(scan) => Some(scan),
        _ => None,
    };
    match column {
        Column::Scan => Some(0.0),
        Column::State => Some(match &row.state {
            RowState::Failed(_) => 0.0,
            state if needs_person(state) => 1.0,
            RowState::Measuring { .. } => 2.0,
            RowState::Reading => 3.0,
            RowState::Waiting => 4.0,
            RowState::Done(_) | RowState::Asks(_) => 5.0,
        }),
        Column::Fluid(class) => done?.measurement.class(class).volume_nl,
        Column::Spacing => Some(f64::from(SpacingFrom::of(done?) as u8)),
        Column::Time => row.seconds,
    }
}
