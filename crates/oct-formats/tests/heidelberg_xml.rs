//! Heidelberg XML exports: generated, eyepy's synthetic one, and Bonn's real volume.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod mutations;
mod shared_data;

use std::fmt::Write;
use std::path::Path;

use oct::{Axis, BScanOrder, BScanPlace, Laterality, OctVolume, Samples, ScanPattern, SpacingSource};
use oct_formats::{Cause, Format, InputFile, OpenError, Opened, images, open, open_choice};

const COLUMNS: usize = 5;
const ROWS: usize = 4;

/// What varies from export to export.
struct Export {
    kind: &'static str,
    /// Ends of each B-scan in mm.
    lines: Vec<[f64; 4]>,
    /// `Width` of all B-scans as the XML says it.
    width: usize,
    /// `ScaleX` of the last B-scan.
    last_scale: f64,
    with_names: bool,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            kind: "Volume",
            lines: (0..3).map(|n| [1.0, 5.0 - 0.25 * f64::from(n), 7.0, 5.0 - 0.25 * f64::from(n)]).collect(),
            width: COLUMNS,
            last_scale: 0.0112,
            with_names: true,
        }
    }
}

impl Export {
    fn series(&self, first: usize) -> String {
        let mut xml = format!(
            "<Series><Type>{}</Type><Laterality>L</Laterality><ExamDate><Date><Year>2019</Year><Month>3</Month>\
             <Day>05</Day></Date></ExamDate><GeneralEquipment><ManufacturerModelName>Spectralis\
             </ManufacturerModelName></GeneralEquipment><Image><ImageType><Type>LOCALIZER</Type></ImageType>\
             <OphthalmicAcquisitionContext><ScaleX>0.5</ScaleX><ScaleY>0.25</ScaleY>\
             </OphthalmicAcquisitionContext><ImageData><ExamURL>file:///\\\\share\\NIR{first}.tif</ExamURL>\
             </ImageData></Image>",
            self.kind
        );
        for (index, [x1, y1, x2, y2]) in self.lines.iter().enumerate() {
            let scale = if index + 1 == self.lines.len() { self.last_scale } else { 0.0112 };
            let url = format!("<ExamURL>file:///\\\\share\\B{}.tif</ExamURL>", first + index);
            let url = if self.with_names { url.as_str() } else { "" };
            write!(
                xml,
                "<Image><AcquisitionTime><Time><Hour>14</Hour><Minute>2</Minute><Second>11.5</Second></Time>\
                 </AcquisitionTime><ImageType><Type>OCT</Type></ImageType><OphthalmicAcquisitionContext>\
                 <Width>{}</Width><Height>{ROWS}</Height><ScaleX>{scale}</ScaleX><ScaleY>0.00387</ScaleY>\
                 <ImageQuality>{}</ImageQuality><Start><Coord><X>{x1}</X><Y>{y1}</Y></Coord></Start><End><Coord>\
                 <X>{x2}</X><Y>{y2}</Y></Coord></End></OphthalmicAcquisitionContext><ImageData>{url}</ImageData>\
                 <Segmentation><SegLine><Name>ILM</Name><Array>3e+038 1 1.5 2 0</Array></SegLine>\
                 <SegLine><Name>BM</Name><Array>1 2 3</Array></SegLine></Segmentation></Image>",
                self.width,
                30 + index
            )
            .unwrap();
        }
        xml + "</Series>"
    }

    fn xml(&self) -> String {
        document(&self.series(1))
    }

    fn open(&self) -> Result<Opened, OpenError> {
        open(self.files())
    }

    fn files(&self) -> Vec<InputFile> {
        let mut files = pictures(1, self.lines.len());
        files.push(file("export/eye.xml", self.xml().into_bytes()));
        files
    }
}

fn document(series: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><HEDX><BODY><ExportType>Data</ExportType><Patient><PatientID>MRN-4711</PatientID>\
         <LastName>M\u{fc}ller</LastName><FirstNames>Erika</FirstNames><Birthdate><Date><Year>1950</Year>\
         <Month>1</Month><Day>31</Day></Date></Birthdate><Sex>F</Sex><Study>{series}</Study></Patient></BODY></HEDX>"
    )
}

fn file(path: &str, bytes: Vec<u8>) -> InputFile {
    InputFile { path: path.to_owned(), bytes }
}

/// B-scans whose greys are their number, and the SLO.
fn pictures(first: usize, count: usize) -> Vec<InputFile> {
    let picture = |name: String, grey: usize| {
        let png = images::write_grey_png(COLUMNS, ROWS, &[grey as u8; COLUMNS * ROWS]).unwrap();
        file(&format!("export/{name}.tif"), png)
    };
    let mut files = vec![picture(format!("NIR{first}"), 200)];
    files.extend((first..first + count).map(|number| picture(format!("B{number}"), number)));
    files
}

fn mm(volume: &OctVolume) -> [Option<f64>; 3] {
    Axis::ALL.map(|axis| volume.geometry.spacing(axis).mm())
}

/// An export whose B-scans are as long as their scale says, with `more` said of its series.
fn sound(more: &str) -> Opened {
    let lines = (0..3).map(|n| [1.0, 5.0 - 0.25 * f64::from(n), 1.056, 5.0 - 0.25 * f64::from(n)]).collect();
    let export = Export { lines, ..Export::default() };
    let mut files = export.files();
    let xml = export.xml().replace("<Series>", &format!("<Series>{more}"));
    *files.last_mut().unwrap() = file("export/eye.xml", xml.into_bytes());
    open(files).unwrap()
}

/// The grey of the first sample of each B-scan.
fn greys(volume: &OctVolume) -> Vec<u8> {
    match volume.samples() {
        Samples::U8(samples) => samples.iter().copied().step_by(COLUMNS * ROWS).collect(),
        other => panic!("{:?}", other.sample_type()),
    }
}

#[test]
fn a_volume_comes_with_all_that_the_export_says_of_it() {
    let opened = Export::default().open().unwrap();
    let volume = &opened.volume;
    assert_eq!(opened.format, Format::HeidelbergXml);
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (COLUMNS, ROWS, 3));
    assert_eq!(greys(volume), [1, 2, 3]);
    assert_eq!(mm(volume), [Some(0.0112), Some(0.00387), Some(0.25)]);
    assert_eq!(
        volume.geometry.between_bscans.source(),
        &SpacingSource::FromFile { tag: "Start, End".to_owned() }
    );
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(volume.geometry.bscan_order(), Some(BScanOrder::InferiorFirst));
    assert_eq!(volume.geometry.laterality, Some(Laterality::Os));
    assert_eq!(volume.acquisition.acquired.as_deref(), Some("2019-03-05T14:02:11"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("Spectralis"));
    assert_eq!(volume.acquisition.bscan_quality, [30.0, 31.0, 32.0]);
    assert_eq!(volume.fundus.as_ref().unwrap().size_mm(), Some([2.5, 1.0]));
    // The line with too few values is left out; 3e38 and 0 are none.
    assert_eq!(volume.surfaces.len(), 1);
    assert_eq!(volume.surfaces[0].coverage(), 0.6);
    assert_eq!(volume.surfaces[0].row[1..4], [1.0, 1.5, 2.0]);
    assert_eq!(opened.warnings, [""; 0]);
}

#[test]
fn the_patient_is_known_and_named_nowhere_else() {
    let mut opened = Export::default().open().unwrap();
    let patient = opened.patient.take().unwrap();
    assert_eq!(patient.name.as_deref(), Some("M\u{fc}ller^Erika"));
    assert_eq!(patient.id.as_deref(), Some("MRN-4711"));
    assert_eq!(patient.birth_date.as_deref(), Some("1950-01-31"));
    assert_eq!(patient.sex.as_deref(), Some("F"));
    let rest = format!("{opened:?}");
    assert!(!["ller", "Erika", "MRN-4711", "1950"].iter().any(|word| rest.contains(word)));
    // Latin-1, as older programs write it.
    let mut files = pictures(1, 3);
    let latin = Export::default().xml().chars().map(|letter| letter as u8).collect();
    files.push(file("export/eye.xml", latin));
    assert_eq!(open(files).unwrap().patient.unwrap(), patient);
}

#[test]
fn circles_and_stars_have_no_volume() {
    let around = |angle: f64| {
        let (sin, cos) = angle.to_radians().sin_cos();
        [4.0 - 3.0 * cos, 4.0 - 3.0 * sin, 4.0 + 3.0 * cos, 4.0 + 3.0 * sin]
    };
    let star = Export { lines: vec![around(0.0), around(60.0), around(120.0)], ..Export::default() };
    assert_eq!(star.open().unwrap().volume.geometry.pattern, ScanPattern::Radial);
    let circle = Export { kind: "Circle", lines: vec![[2.0, 4.0, 4.0, 4.0]], ..Export::default() };
    let geometry = circle.open().unwrap().volume.geometry;
    assert_eq!(geometry.pattern, ScanPattern::Circle);
    assert_eq!(geometry.places, [BScanPlace::Circle { centre_mm: [4.0, 4.0], start_mm: [2.0, 4.0] }]);
}

#[test]
fn spacing_that_does_not_fit_the_images_is_unknown_with_a_word() {
    let resized = Export { width: 10, ..Export::default() }.open().unwrap();
    assert_eq!(mm(&resized.volume), [None, Some(0.00387), Some(0.25)]);
    assert!(resized.warnings[0].contains("Width"));
    let mixed = Export { last_scale: 0.02, ..Export::default() }.open().unwrap();
    assert_eq!(mm(&mixed.volume)[0], None);
    assert!(mixed.warnings[0].contains("ScaleX"));
    let impossible = Export { last_scale: -0.0112, lines: vec![[1.0, 1.0, 2.0, 1.0]], ..Export::default() };
    let opened = impossible.open().unwrap();
    assert_eq!(mm(&opened.volume)[0], None);
    assert!(opened.warnings[0].contains("-0.0112 as the lateral spacing"), "{:?}", opened.warnings);
}

#[test]
fn images_that_were_not_dropped_are_named() {
    let mut files = Export::default().files();
    files.retain(|file| file.name() != "B2.tif");
    let error = open(files).unwrap_err();
    assert_eq!(
        error.to_string(),
        "export/eye.xml needs B2.tif, which was not dropped: drop both files together."
    );
    // Without its SLO the volume opens all the same.
    let mut files = Export::default().files();
    files.retain(|file| file.name() != "NIR1.tif");
    let opened = open(files).unwrap();
    assert!(opened.volume.fundus.is_none() && opened.warnings[0].contains("export/eye.xml"));
    assert!(!opened.warnings[0].contains("NIR1"), "its name may be the patient's");
    assert_eq!(opened.nameless_warnings(), ["The fundus image that the file names was not dropped with it."]);
}

#[test]
fn images_stored_anew_are_found_by_their_stem_and_unnamed_ones_by_their_number() {
    let mut files = Export::default().files();
    for file in &mut files {
        file.path = file.path.replace(".tif", ".PNG");
    }
    assert_eq!(greys(&open(files).unwrap().volume), [1, 2, 3]);
    let unnamed = Export { with_names: false, ..Export::default() };
    let mut files: Vec<InputFile> = unnamed.files();
    for file in files.iter_mut().filter(|file| file.name().starts_with('B')) {
        file.path = file.path.replace("export/", "export/images/");
    }
    let masks = pictures(1, 3).split_off(1);
    files.extend(
        masks.into_iter().map(|mask| file(&mask.path.replace("export/", "export/masks/"), mask.bytes)),
    );
    assert_eq!(greys(&open(files.clone()).unwrap().volume), [1, 2, 3]);
    // A folder around the export may be called as it likes.
    let mut inside = files.clone();
    inside.iter_mut().for_each(|file| file.path = format!("labels/{}", file.path));
    assert_eq!(greys(&open(inside).unwrap().volume), [1, 2, 3]);
    files.pop();
    files.retain(|file| !file.path.contains("images/B3"));
    let error = open(files).unwrap_err().to_string();
    assert!(error.contains("a folder of 3 images"), "{error}");
}

#[test]
fn bitmaps_are_read_as_other_images_are() {
    let bitmap = |grey: u8| {
        // Rows from the bottom, each a multiple of four bytes; 24 bits a pixel.
        let mut bytes = b"BM".to_vec();
        for word in [54 + 16 * ROWS as u32, 0, 54, 40, COLUMNS as u32, ROWS as u32] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend([1, 0, 24, 0]);
        bytes.resize(54, 0);
        bytes.resize(54 + 16 * ROWS, grey);
        bytes
    };
    let mut files = Export::default().files();
    for number in 1..=3 {
        let picture = files.iter_mut().find(|file| file.name() == format!("B{number}.tif")).unwrap();
        *picture = file(&format!("export/B{number}.bmp"), bitmap(number));
    }
    assert_eq!(greys(&open(files).unwrap().volume), [1, 2, 3]);
    let alone = open(vec![file("scan.bmp", bitmap(9))]).unwrap();
    assert_eq!(greys(&alone.volume), [9]);
    mutations::survives("scan.bmp", &bitmap(9), &[]);
}

#[test]
fn of_several_series_one_can_be_chosen() {
    let one = Export::default();
    let other = Export { lines: vec![[1.0, 2.0, 7.0, 2.0]; 2], ..Export::default() };
    let files = || {
        let mut files = pictures(1, 3);
        files.extend(pictures(11, 2));
        files.push(file("export/eye.xml", document(&(other.series(11) + &one.series(1))).into_bytes()));
        files
    };
    let opened = open(files()).unwrap();
    assert_eq!(opened.choices, ["OS, 2 B-scans, 2019-03-05 14:02:11", "OS, 3 B-scans, 2019-03-05 14:02:11"]);
    assert_eq!((opened.chosen, greys(&opened.volume)), (1, vec![1, 2, 3]));
    let opened = open_choice(files(), 0).unwrap();
    assert_eq!((opened.chosen, greys(&opened.volume)), (0, vec![11, 12]));
    assert_eq!(opened.volume.geometry.pattern, ScanPattern::Repeated);
    assert!(matches!(open_choice(files(), 2), Err(OpenError::NoSuchChoice { choice: 2, count: 2, .. })));
}

#[test]
fn hostile_documents_are_refused_in_words() {
    let with = |xml: String| {
        let mut files = pictures(1, 3);
        files.push(file("export/eye.xml", xml.into_bytes()));
        open(files).unwrap_err()
    };
    assert!(matches!(
        with("<HEDX><BODY>".to_owned()),
        OpenError::InFile { cause: Cause::Malformed { .. }, .. }
    ));
    assert!(matches!(with(document("<Series/>")), OpenError::InFile { cause: Cause::NoBScans { .. }, .. }));
    let laughs = "<!DOCTYPE HEDX [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><HEDX>&b;</HEDX>";
    assert!(matches!(with(laughs.to_owned()), OpenError::InFile { cause: Cause::Malformed { .. }, .. }));
    let deep = format!("<HEDX>{}", "<a>".repeat(500_000));
    assert!(matches!(with(deep), OpenError::InFile { cause: Cause::Malformed { .. }, .. }));
    let wide = document(&"<a/>".repeat(500_000));
    assert!(matches!(with(wide), OpenError::InFile { cause: Cause::Malformed { .. }, .. }));
    // One image cannot stand for many B-scans.
    let twice = Export::default().xml().replace("B2.tif", "B1.tif");
    assert!(matches!(with(twice), OpenError::InFile { cause: Cause::MissingDataFile { .. }, .. }));
}

#[test]
fn damaged_copies_never_panic() {
    mutations::survives("export/eye.xml", Export::default().xml().as_bytes(), &pictures(1, 3));
}

fn folder(path: &Path) -> Vec<InputFile> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(folder(&path).into_iter().map(|inner| {
                file(&format!("{}/{}", path.file_name().unwrap().to_string_lossy(), inner.path), inner.bytes)
            }));
        } else {
            files.push(file(&path.file_name().unwrap().to_string_lossy(), std::fs::read(&path).unwrap()));
        }
    }
    files
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn eyepys_export_is_read() {
    let Some(path) = shared_data::data("formats/heidelberg_xml_eyepy") else { return };
    let opened = open(folder(&path)).unwrap();
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (50, 40, 10));
    assert_eq!(mm(volume)[..2], [Some(0.011819), Some(0.003872)]);
    assert_eq!(volume.geometry.laterality, Some(Laterality::Od));
    assert_eq!(volume.geometry.bscan_order(), Some(BScanOrder::InferiorFirst));
    assert_eq!(opened.patient.unwrap().name.as_deref(), Some("Doe^John"));
    assert!(volume.fundus.is_some());
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn bonns_real_volume_has_the_spacing_of_its_positions() {
    let Some(path) = shared_data::data("bonn_amd_volume") else { return };
    let volume = open(folder(&path)).unwrap().volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (512, 496, 145));
    let [lateral, axial, between] = mm(&volume).map(Option::unwrap);
    assert_eq!((lateral, axial), (0.011_182, 0.003_872));
    assert!((between - 0.029_82).abs() < 2e-5, "{between}");
    assert_eq!(volume.geometry.pattern, ScanPattern::Raster);
    assert_eq!(volume.geometry.bscan_order(), Some(BScanOrder::InferiorFirst));
}

#[test]
fn lengths_that_the_file_states_twice_have_to_agree() {
    let field = |wide: f64, high: f64| {
        let field = format!("<OCTFieldSize><Width>{wide}</Width><Height>{high}</Height></OCTFieldSize>");
        sound(&field).volume.geometry.contradictions.len()
    };
    assert_eq!(sound("").volume.geometry.contradictions, []);
    // 0.056 mm wide, and 0.5 mm from the first B-scan to the last.
    assert_eq!((field(1.12, 10.0), field(10.0, 10.0)), (0, 1));
    let longer = Export::default().open().unwrap().volume.geometry;
    assert!(longer.doubt().unwrap().to_string().contains("(ScaleX; Start, End)"), "{:?}", longer.doubt());
}

#[test]
fn a_series_that_is_no_whole_structure_of_a_retina_by_its_own_words_is_not_measured() {
    for (more, pattern) in [
        ("<ModalityProcedure>IR_OCT</ModalityProcedure>", ScanPattern::Raster),
        ("<ModalityProcedure>IR_OCTA</ModalityProcedure>", ScanPattern::Angiography),
        ("<Modality>OCT Angiography</Modality>", ScanPattern::Angiography),
        ("<ExaminedStructure>Retina</ExaminedStructure>", ScanPattern::Raster),
        ("<ExaminedStructure>Anterior Segment</ExaminedStructure>", ScanPattern::NoRetina),
        ("<NumImages>4</NumImages>", ScanPattern::Raster),
        ("<NumImages>9</NumImages>", ScanPattern::Incomplete),
    ] {
        assert_eq!(sound(more).volume.geometry.pattern, pattern, "{more}");
    }
}

#[test]
fn series_of_the_same_words_are_told_apart() {
    let series = |first: usize| Export { last_scale: 0.0112, ..Export::default() }.series(first);
    let mut files = [pictures(1, 3), pictures(11, 3)].concat();
    files.push(file("export/eye.xml", document(&[series(1), series(11)].concat()).into_bytes()));
    let choices = open(files).unwrap().choices;
    assert!(choices[0].ends_with("series 1 of the file"), "{choices:?}");
    assert!(choices[1].ends_with("series 2 of the file"), "{choices:?}");
}
