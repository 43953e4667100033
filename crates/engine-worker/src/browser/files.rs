//! Dropped files and the sample eye.

use std::cell::RefCell;

use engine_protocol::worker::breathe;
use engine_protocol::{Event, FoundScan, ScanId, wire};
use js_sys::Array;
use oct::{LabelMask, MaskError, OctVolume, Samples, VolumeError};
use oct_formats::{DropListing, HEAD_BYTES, InputFile, OpenError, OpenOptions};
use study::Study;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::tell::{tell, tell_all};
use crate::sample;
use crate::session::Session;

/// A wasm memory holds 4 GiB, and the decoded volume needs room beside the files.
const MOST_BYTES: f64 = 1.5 * 1024.0 * 1024.0 * 1024.0;

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(
        "The files have {:.1} GB, more than a browser can hold at once: open one volume, or use the command line.",
        bytes / 1e9
    )]
    TooLarge { bytes: f64 },
    #[error("{file} could not be read ({cause}): check that it still exists and drop it again.")]
    Unreadable { file: String, cause: String },
    #[error(transparent)]
    NoVolume(#[from] OpenError),
    #[error(transparent)]
    Sample(#[from] VolumeError),
    #[error(transparent)]
    Truth(#[from] MaskError),
}

/// Tells which scans lie among the files of a drop, of which no more is read than how they begin.
pub async fn find_scans(dropped: u32, paths: Vec<String>, files: &Array) {
    let mut listing = DropListing::default();
    for (path, file) in paths.into_iter().zip(files.iter()) {
        let file: File = file.unchecked_into();
        let head = file.slice_with_f64_and_f64(0.0, HEAD_BYTES as f64).map(|head| head.array_buffer());
        // What cannot be read is told by its name; why, is said when it is opened.
        let bytes = match head {
            Ok(head) => JsFuture::from(head).await.map(|buffer| wire::bytes(&buffer)).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        listing.add(InputFile { path, bytes });
    }
    let scans = listing.scans().into_iter();
    let scans = scans.map(|scan| FoundScan { name: scan.name, paths: scan.paths }).collect();
    tell(Event::ScansFound { dropped, scans });
}

/// Opens what the person dropped. What is open stays, also where this fails.
pub async fn open(
    session: &RefCell<Session>,
    scan: ScanId,
    paths: Vec<String>,
    options: OpenOptions,
    files: &Array,
) {
    tell_all(session.borrow_mut().begin_opening(scan));
    let read = read(session, scan, paths, options, files).await;
    tell_read(session, scan, read);
}

async fn read(
    session: &RefCell<Session>,
    scan: ScanId,
    paths: Vec<String>,
    options: OpenOptions,
    files: &Array,
) -> Result<Option<Study>, ReadError> {
    let files: Vec<File> = files.iter().map(JsCast::unchecked_into).collect();
    let bytes: f64 = files.iter().map(|file| file.size()).sum();
    if bytes > MOST_BYTES {
        return Err(ReadError::TooLarge { bytes });
    }
    tell_all(session.borrow_mut().make_room(bytes as u64));
    let mut read = Vec::with_capacity(files.len());
    for (path, file) in paths.into_iter().zip(files) {
        match JsFuture::from(file.array_buffer()).await {
            Ok(buffer) => read.push(InputFile { path, bytes: wire::bytes(&buffer) }),
            Err(error) => {
                return Err(ReadError::Unreadable { file: path, cause: wire::describe(&error) });
            }
        }
        if !session.borrow().is_opening(scan) {
            return Ok(None);
        }
    }
    Ok(Some(Study::of_files(oct_formats::open_with(read, options)?)))
}

/// Draws a generated eye, B-scan by B-scan.
pub async fn open_sample(session: &RefCell<Session>, scan: ScanId, seed: Option<u32>) {
    tell_all(session.borrow_mut().begin_opening(scan));
    let drawn = draw(session, scan, seed).await;
    tell_read(session, scan, drawn);
}

async fn draw(
    session: &RefCell<Session>,
    scan: ScanId,
    seed: Option<u32>,
) -> Result<Option<Study>, ReadError> {
    let eye = sample::eye(seed);
    let mut samples = Vec::new();
    let mut truth = LabelMask::unmeasured(eye.columns(), eye.rows(), eye.bscans());
    for bscan in 0..eye.bscans() {
        let drawn = eye.bscan(bscan);
        if let Samples::U16(drawn) = drawn.samples {
            samples.extend(drawn);
        }
        truth.set_bscan(bscan, drawn.labels)?;
        breathe().await;
        if !session.borrow().is_opening(scan) {
            return Ok(None);
        }
    }
    let (columns, rows, bscans) = (eye.columns(), eye.rows(), eye.bscans());
    let volume = OctVolume::new(columns, rows, bscans, Samples::U16(samples), eye.geometry())?;
    Ok(Some(Study::generated(sample::name(seed), volume).with_truth(truth)))
}

/// Keeps what was read and tells so; `None` was given up on the way.
fn tell_read(session: &RefCell<Session>, scan: ScanId, read: Result<Option<Study>, ReadError>) {
    let mut session = session.borrow_mut();
    tell_all(match read {
        Ok(Some(study)) => session.opened(scan, Ok(study)),
        Ok(None) => Vec::new(),
        Err(error) => session.opened(scan, Err(&error)),
    });
}
