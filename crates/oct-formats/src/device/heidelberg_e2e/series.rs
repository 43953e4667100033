//! What the file holds of one series, and the volume that it makes.

use std::collections::BTreeMap;

use oct::{FundusImage, FundusKind, Laterality, LayerSurface, OctVolume, Samples, ScanPattern};

use super::containers::Container;
use super::geometry::{MM_PER_DEGREE, SLO_DEGREES, geometry};
use super::records::{
    BSCAN_META, BScan, BScanMeta, DEVICE, EXAM_TIME, IMAGE, IMAGE_HEADER, LATERALITY, OCT_MODALITY,
    SCAN_PATTERN, SLO_BYTES, STRUCTURE, SURFACE, bscan, image, strings, surface,
};
use crate::Cause;
use crate::bytes::fields::ByteFields;
use crate::device::heidelberg_boundaries;
use crate::names::{Meaning, is_front_of_eye};
use crate::stated::time::of_filetime;

/// A surface is taken where at least one in so many B-scans has it.
const SPARSEST_SURFACE: usize = 2;

/// What the file holds of one series.
#[derive(Default)]
pub(super) struct Series<'a> {
    /// By slice.
    pub(super) bscans: BTreeMap<i32, BScan<'a>>,
    meta: BTreeMap<i32, BScanMeta>,
    /// By number and slice: the rows as stored.
    surfaces: BTreeMap<u32, BTreeMap<i32, &'a [u8]>>,
    slo: Option<ByteFields<'a>>,
    laterality: Option<Laterality>,
    acquired: Option<String>,
    device: Option<String>,
    scan_pattern: Option<String>,
    is_angiography: bool,
    is_front_of_eye: bool,
}

impl<'a> Series<'a> {
    /// Files what `container` holds. What a slice has twice is taken once.
    pub(super) fn take(&mut self, container: &Container<'a>) {
        let data = container.data;
        match container.kind {
            IMAGE => {
                if let Some(bscan) = bscan(container) {
                    self.bscans.entry(container.slice).or_insert(bscan);
                } else if self.slo.is_none() && matches!(image(data), Some((SLO_BYTES, ..))) {
                    self.slo = Some(data);
                }
            }
            BSCAN_META => {
                if let Ok(meta) = BScanMeta::read(data) {
                    self.meta.entry(container.slice).or_insert(meta);
                }
            }
            SURFACE => {
                if let Some((number, rows)) = surface(data) {
                    self.surfaces.entry(number).or_default().entry(container.slice).or_insert(rows);
                }
            }
            LATERALITY => {
                self.laterality = self.laterality.or(match data.u8(14) {
                    Ok(b'R') => Some(Laterality::Od),
                    Ok(b'L') => Some(Laterality::Os),
                    _ => None,
                });
            }
            EXAM_TIME if self.acquired.is_none() => self.acquired = data.u64(16).ok().and_then(of_filetime),
            STRUCTURE => self.is_front_of_eye |= strings(data).iter().any(|text| is_front_of_eye(text)),
            DEVICE if self.device.is_none() => self.device = strings(data).into_iter().next(),
            SCAN_PATTERN | OCT_MODALITY => {
                let strings = strings(data);
                self.is_angiography |= strings.iter().any(|text| Meaning::of(text) == Some(Meaning::Flow));
                if container.kind == SCAN_PATTERN && self.scan_pattern.is_none() {
                    self.scan_pattern = strings.into_iter().next();
                }
            }
            _ => {}
        }
    }

    fn acquired(&self) -> Option<&String> {
        self.meta.values().find_map(|meta| meta.acquired.as_ref()).or(self.acquired.as_ref())
    }

    /// What tells the series from the others.
    pub(super) fn words(&self) -> String {
        let mut words = match self.laterality {
            Some(Laterality::Od) => "OD, ".to_owned(),
            Some(Laterality::Os) => "OS, ".to_owned(),
            None => String::new(),
        };
        words += &match self.bscans.len() {
            1 => "1 B-scan".to_owned(),
            count => format!("{count} B-scans"),
        };
        if let Some(first) = self.bscans.values().next() {
            words += &format!(" of {} x {}", first.columns, first.rows);
        }
        if let Some(pattern) = &self.scan_pattern {
            words += &format!(", {pattern}");
        }
        if let Some(acquired) = self.acquired() {
            words += &format!(", {}", acquired.replace('T', " "));
        }
        words
    }

    pub(super) fn volume(
        mut self,
        path: &str,
        file_bytes: usize,
        warnings: &mut Vec<String>,
    ) -> Result<OctVolume, Cause> {
        // Most B-scans decide on the size; another one is a test shot of the same series.
        let mut sizes: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for bscan in self.bscans.values() {
            *sizes.entry((bscan.columns, bscan.rows)).or_default() += 1;
        }
        let size = sizes.into_iter().max_by_key(|(_, count)| *count).map(|(size, _)| size);
        let Some((columns, rows)) = size else {
            return Err(Cause::NoBScans { found: "an empty series".to_owned() });
        };
        let all = self.bscans.len();
        self.bscans.retain(|_, bscan| (bscan.columns, bscan.rows) == (columns, rows));
        let bscans = self.bscans.len();
        if bscans < all {
            warnings.push(format!(
                "{} B-scans of another size than {columns} x {rows} were left out.",
                all - bscans
            ));
        }
        let slices: Vec<i32> = self.bscans.keys().copied().collect();
        let meta: Vec<&BScanMeta> = slices.iter().filter_map(|slice| self.meta.get(slice)).collect();
        let promised = meta.iter().map(|meta| meta.bscans as usize).max().unwrap_or(0);
        if promised > bscans {
            warnings.push(format!(
                "{path} holds {bscans} of the {promised} B-scans that were taken: the copy may be incomplete."
            ));
        }
        let mut geometry = geometry(&meta, bscans, columns, warnings);
        if promised > bscans {
            geometry.lack_bscans();
        }

        let mut samples = Vec::new();
        let fits = samples.try_reserve_exact(columns * rows * bscans);
        fits.map_err(|_| Cause::out_of_memory())?;
        let shown = fourth_roots();
        for bscan in self.bscans.values() {
            let (values, _) = bscan.samples.as_chunks();
            samples.extend(values.iter().map(|bytes| shown[usize::from(u16::from_le_bytes(*bytes))]));
        }
        let mut volume = OctVolume::new(columns, rows, bscans, Samples::F32(samples), geometry)
            .map_err(Cause::malformed)?;
        if self.is_angiography {
            volume.geometry.pattern = ScanPattern::Angiography;
        } else if self.is_front_of_eye {
            volume.geometry.pattern = ScanPattern::NoRetina;
        }
        volume.geometry.laterality = self.laterality;
        volume.vendor = Some("Heidelberg".to_owned());
        volume.acquisition.acquired = self.acquired().cloned();
        let quality: Vec<f32> = meta.iter().filter_map(|meta| meta.quality).collect();
        if quality.len() == bscans {
            volume.acquisition.bscan_quality = quality;
            "dB".clone_into(&mut volume.acquisition.quality_unit);
        }
        volume.surfaces = self.surfaces(&slices, columns, rows, file_bytes);
        volume.acquisition.device = self.device;
        volume.fundus = self.slo.and_then(slo);
        Ok(volume)
    }

    /// The boundaries that the device found, each by B-scan, then column.
    fn surfaces(&self, slices: &[i32], columns: usize, rows: usize, file_bytes: usize) -> Vec<LayerSurface> {
        let mut surfaces = Vec::new();
        for (number, by_slice) in &self.surfaces {
            let found = slices.iter().filter(|slice| by_slice.contains_key(slice)).count();
            let taken = (surfaces.len() + 1) * columns * slices.len() * size_of::<f32>();
            // Containers may overlap in a file that lies, and then hold more than it.
            if found * SPARSEST_SURFACE < slices.len() || taken > SPARSEST_SURFACE * file_bytes {
                continue;
            }
            let mut row = vec![f32::NAN; columns * slices.len()];
            for (slice, into) in slices.iter().zip(row.chunks_exact_mut(columns)) {
                let (values, _) = by_slice.get(slice).copied().unwrap_or_default().as_chunks();
                for (row, value) in into.iter_mut().zip(values.iter().map(|bytes| f32::from_le_bytes(*bytes)))
                {
                    *row = heidelberg_boundaries::row(value, rows);
                }
            }
            let name = heidelberg_boundaries::name(*number as usize);
            let name = name.unwrap_or_else(|| format!("boundary {number}"));
            surfaces.push(LayerSurface { name, row });
        }
        surfaces.retain(|surface| surface.coverage() > 0.0);
        surfaces
    }
}

/// The image of the fundus in a container, as large as the usual objective shows it.
fn slo(data: ByteFields<'_>) -> Option<FundusImage> {
    let (_, columns, rows) = image(data)?;
    let greys = data.slice(IMAGE_HEADER, columns * rows).ok()?;
    let pixel_mm = [columns, rows].map(|side| SLO_DEGREES * MM_PER_DEGREE / side as f64);
    FundusImage::new(FundusKind::Slo, columns, rows, greys.to_vec(), Some(pixel_mm))
}

/// The shown value of each 16-bit float: its fourth root, 0 for what is empty.
fn fourth_roots() -> Vec<f32> {
    /// Values from here on fill what was not scanned.
    const EMPTY_FROM: f64 = 1.99;
    let value = |bits: u16| {
        let (exponent, mantissa) = (i32::from(bits >> 10) - 63, f64::from(bits & 0x3FF) / 1024.0);
        if bits == 0 { 0.0 } else { (1.0 + mantissa) * f64::from(exponent).exp2() }
    };
    let root = |value: f64| if value > EMPTY_FROM { 0.0 } else { value.sqrt().sqrt() as f32 };
    (0..=u16::MAX).map(|bits| root(value(bits))).collect()
}
