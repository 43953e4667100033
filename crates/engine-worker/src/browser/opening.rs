//! Dropped files and the sample eye.

use engine_protocol::{Event, FailedStep, JobId};
use js_sys::Array;
use oct::{OctVolume, Samples};
use oct_formats::InputFile;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::link::{breathe, bytes, describe, tell, tell_failure};
use super::primary::Primary;
use crate::sample;
use crate::session::Session;

/// A wasm memory holds 4 GiB, and the decoded volume needs room beside the files.
const MOST_BYTES: f64 = 1.5 * 1024.0 * 1024.0 * 1024.0;

/// Why files could not be taken in.
#[derive(Debug, Clone, PartialEq)]
enum IntakeError {
    TooLarge { bytes: f64 },
    Unreadable { file: String, cause: String },
}

impl std::fmt::Display for IntakeError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                formatter,
                "The files have {:.1} GB, more than a browser can hold at once: open one volume, or use the command line.",
                bytes / 1e9
            ),
            Self::Unreadable { file, cause } => {
                write!(
                    formatter,
                    "{file} could not be read ({cause}): check that it still exists and drop it again."
                )
            }
        }
    }
}

impl std::error::Error for IntakeError {}

impl Primary {
    /// Opens what the person dropped. What was open stays until it worked.
    pub async fn open_files(&self, job: JobId, paths: Vec<String>, choice: Option<u32>, files: Array) {
        self.opening.set(Some(job));
        let files = match read_files(paths, &files).await {
            Ok(files) => files,
            Err(error) => return tell_failure(Some(job), FailedStep::Open, &error),
        };
        if self.given_up(job) {
            return;
        }
        let opened = match choice {
            Some(choice) => oct_formats::open_choice(files, choice as usize),
            None => oct_formats::open(files),
        };
        match opened {
            Ok(opened) => self.replace(job, Session::of_files(opened)),
            Err(error) => tell_failure(Some(job), FailedStep::Open, &error),
        }
    }

    /// Draws the sample eye, B-scan by B-scan.
    pub async fn open_sample(&self, job: JobId) {
        self.opening.set(Some(job));
        let eye = sample::eye();
        let mut samples = Vec::new();
        for bscan in 0..eye.bscans() {
            if let Samples::U16(bscan) = eye.bscan(bscan).samples {
                samples.extend(bscan);
            }
            breathe().await;
            if self.given_up(job) {
                return;
            }
        }
        let drawn =
            OctVolume::new(eye.columns(), eye.rows(), eye.bscans(), Samples::U16(samples), eye.geometry());
        match drawn {
            Ok(volume) => self.replace(job, Session::of_sample(volume)),
            Err(error) => tell_failure(Some(job), FailedStep::Open, &error),
        }
    }

    /// Whether `job` was cancelled or another one came after it.
    fn given_up(&self, job: JobId) -> bool {
        let given_up = self.opening.get() != Some(job);
        if given_up {
            tell(&Event::Cancelled { job }, Vec::new());
        }
        given_up
    }

    fn replace(&self, job: JobId, session: Session) {
        self.stop_running();
        self.opening.set(None);
        self.volume.set(Some(job));
        let volume = session.info();
        *self.session.borrow_mut() = Some(session);
        tell(&Event::Opened { job, volume }, Vec::new());
    }
}

async fn read_files(paths: Vec<String>, files: &Array) -> Result<Vec<InputFile>, IntakeError> {
    let files: Vec<File> = files.iter().map(JsCast::unchecked_into).collect();
    let size: f64 = files.iter().map(|file| file.size()).sum();
    if size > MOST_BYTES {
        return Err(IntakeError::TooLarge { bytes: size });
    }
    let mut read = Vec::with_capacity(files.len());
    for (path, file) in paths.into_iter().zip(files) {
        match JsFuture::from(file.array_buffer()).await {
            Ok(buffer) => read.push(InputFile { path, bytes: bytes(&buffer) }),
            Err(error) => return Err(IntakeError::Unreadable { file: path, cause: describe(&error) }),
        }
    }
    Ok(read)
}
