//! Real files of other modalities.

use oct::{Samples, ScanPattern};
use oct_formats::{InputFile, open, open_choice};

use crate::mutations;
use crate::shared_data::data;

fn folder(part: &str) -> Option<Vec<InputFile>> {
    let folder = data(part)?;
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = |path: std::path::PathBuf| InputFile {
        path: format!("eye/{}", path.file_name().unwrap().to_str().unwrap()),
        bytes: std::fs::read(&path).unwrap(),
    };
    Some(files.map(file).collect())
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_multi_frame_objects_are_volumes_of_their_own() {
    let Some(files) = folder("formats/dicom_enhanced_multiframe/dicom_4d_enhanced") else { return };
    let opened = open(files.clone()).unwrap();
    assert_eq!((opened.choices.len(), opened.chosen), (19, 0));
    let volume = &opened.volume;
    assert_eq!((volume.columns(), volume.rows(), volume.bscans()), (3, 2, 4));
    assert_eq!(volume.vendor.as_deref(), Some("TOSHIBA"));
    assert_eq!(volume.acquisition.device.as_deref(), Some("Aquilion ONE"));
    assert_eq!(volume.samples(), &Samples::F32(vec![0.0; 24]));
    let geometry = &volume.geometry;
    assert_eq!((geometry.axial.mm(), geometry.lateral.mm()), (Some(0.43), Some(0.43)));
    // Its anatomic region is none with a retina.
    assert_eq!((geometry.pattern, geometry.between_bscans.mm()), (ScanPattern::NoRetina, Some(0.5)));
    assert_eq!(geometry.origin_mm, [-103.378, -112.7536, -729.25]);
    assert_eq!(open_choice(files.clone(), 18).unwrap().volume.bscans(), 4);
    mutations::survives(&files[0].path, &files[0].bytes, &[]);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_single_images_with_slopes_are_one_volume() {
    for part in ["dicom_slope", "dicom_intercept", "dicom_window_level"] {
        let Some(files) = folder(&format!("formats/dicom_slope_window/{part}")) else { return };
        let opened = open(files).unwrap();
        assert_eq!((opened.volume.bscans(), opened.warnings.len()), (2, 1), "{:?}", opened.warnings);
        assert!(opened.warnings[0].ends_with("states that it shows this: HEAD."), "{:?}", opened.warnings);
        assert_eq!(opened.volume.geometry.between_bscans.mm(), Some(0.5));
        let Samples::F32(samples) = opened.volume.samples() else { panic!() };
        let second = if part == "dicom_intercept" { 0.01 } else { 0.0 };
        assert_eq!((samples[0], samples[6]), (0.0, second));
    }
}
