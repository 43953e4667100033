//! A corrected scan as the trainer reads it: RETOUCH's layout in a folder of its own, with which
//! B-scans a person looked at. Nothing in it names anybody.

use std::collections::BTreeSet;
use std::fmt::Write;

use oct::{OctVolume, Samples};
use oct_formats::{WriteError, metaimage};

use crate::study::Study;

/// Names of the two arrays, each of a header and its samples.
const SCAN: &str = "oct";
const REFERENCE: &str = "reference";
/// The file that says what was looked at; `crates/trainer` reads it.
const LOOKED_AT: &str = "looked_at.json";
/// Version of its shape.
const SCHEMA: &str = "lacuna.looked_at/1";

/// The files of a corrected scan, as paths below one folder that is the scan's own: the trainer
/// takes its name for the subject.
///
/// # Errors
/// [`WriteError::NothingLookedAt`] where nobody drew in a B-scan or looked at one.
pub(crate) fn files(study: &Study) -> Result<Vec<(String, Vec<u8>)>, WriteError> {
    let corrections = study.corrections();
    let looked_at: BTreeSet<u32> = corrections.bscans().into_iter().collect();
    if looked_at.is_empty() {
        return Err(WriteError::NothingLookedAt);
    }
    let volume = study.volume();
    let mut labels = Vec::with_capacity(volume.samples().len());
    for bscan in 0..volume.bscans() {
        labels.extend_from_slice(&study.labels_in_force(bscan).unwrap_or_default());
    }
    let (columns, rows, bscans) = (volume.columns(), volume.rows(), volume.bscans());
    let reference = OctVolume::new(columns, rows, bscans, Samples::U8(labels), volume.geometry.clone())
        .map_err(|error| WriteError::Encode(error.to_string()))?;
    let folder = folder(study);
    let mut files = Vec::new();
    for (name, volume) in [(SCAN, volume), (REFERENCE, &reference)] {
        let raw = format!("{name}.raw");
        let written = metaimage::write_volume(volume, &raw);
        files.push((format!("{folder}/{raw}"), written.raw));
        files.push((format!("{folder}/{name}.mhd"), written.header));
    }
    let list = |bscans: &mut dyn Iterator<Item = u32>| {
        bscans.map(|bscan| bscan.to_string()).collect::<Vec<_>>().join(", ")
    };
    let json = format!(
        "{{\n  \"schema\": \"{SCHEMA}\",\n  \"bscans\": [{}],\n  \"corrected\": [{}],\n  \"reviewed\": [{}]\n}}\n",
        list(&mut looked_at.iter().copied()),
        list(&mut corrections.drawn_bscans()),
        list(&mut corrections.reviewed_bscans()),
    );
    files.push((format!("{folder}/{LOOKED_AT}"), json.into_bytes()));
    Ok(files)
}

/// The device, as RETOUCH calls it where it has it, and by what the scan is known again.
fn folder(study: &Study) -> String {
    let vendor = study.volume().vendor.as_deref().unwrap_or_default();
    let devices = [("Heidelberg", "Spectralis"), ("Zeiss", "Cirrus"), ("Topcon", "Topcon")];
    let device =
        devices.into_iter().find(|(maker, _)| vendor.contains(maker)).map_or("oct", |(_, name)| name);
    let mut folder = format!("{device}-");
    for byte in &study.digest()[..8] {
        // Writing to a string does not fail.
        let _written = write!(folder, "{byte:02x}");
    }
    folder
}
