//! Files of devices, as public readers and descriptions have their layout.

use std::fmt::Write as _;

use crate::File;
use crate::container::images::{Kind, encode};
use crate::scan::Scan;
use crate::spacing::Stated;

/// Degrees of the fundus image, and the millimetres that a degree is taken for.
const MM_PER_DEGREE: f64 = 0.2896;
/// 2019-03-05 14:02:11 in steps of 100 ns since 1601.
const FILETIME: u64 = 13_196_268_131 * 10_000_000;

/// Ends of each B-scan in mm: from below, `between` apart.
fn lines(scan: &Scan, wide: f64, between: f64) -> Vec<[f64; 4]> {
    let place = |number: &usize| {
        let y = 6.0 - between * *number as f64;
        [1.0, y, 1.0 + wide, y]
    };
    scan.numbers.iter().map(place).collect()
}

/// The reflectivity that devices of Heidelberg store: the fourth power of what they show.
fn reflectivity(grey: f32) -> f64 {
    (f64::from(grey) / 256.0).powi(4)
}

/// A `.vol` of Heidelberg whose B-scans are `longer` times as long as its scale makes them.
pub fn vol(scan: &Scan, stated: Stated, path: &str, longer: f64) -> Vec<File> {
    let mm = stated.map(|mm| mm.unwrap_or(0.0));
    let mut bytes = b"HSF-OCT-103\0".to_vec();
    for side in [scan.columns, scan.bscans, scan.rows] {
        bytes.extend((side as u32).to_le_bytes());
    }
    for mm in [mm[0], mm[2], mm[1]] {
        bytes.extend(mm.to_le_bytes());
    }
    for side in [48_u32, 48] {
        bytes.extend(side.to_le_bytes());
    }
    for mm in [0.18_f64, 0.18] {
        bytes.extend(mm.to_le_bytes());
    }
    bytes.extend(30_u32.to_le_bytes());
    bytes.extend(0.0_f64.to_le_bytes());
    bytes.extend(if scan.eye == 'R' { b"OD\0\0" } else { b"OS\0\0" });
    bytes.extend(FILETIME.to_le_bytes());
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(256_u32.to_le_bytes());
    bytes.resize(2048, 0);
    bytes.extend((0..48 * 48).map(|at| (at * 7 % 251) as u8));
    let wide = longer * mm[0] * scan.columns as f64;
    for (bscan, line) in lines(scan, wide, mm[2]).into_iter().enumerate() {
        let start = bytes.len();
        bytes.extend(b"HSF-BS-103\0\0");
        bytes.extend(256_u32.to_le_bytes());
        line.iter().for_each(|mm| bytes.extend(mm.to_le_bytes()));
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(256_u32.to_le_bytes());
        bytes.extend(30.0_f32.to_le_bytes());
        bytes.resize(start + 256, 0);
        let samples = scan.bscan(bscan).iter().map(|grey| reflectivity(*grey) as f32);
        samples.for_each(|sample| bytes.extend(sample.to_le_bytes()));
    }
    vec![File::new(path, bytes)]
}

/// An XML export of Heidelberg with its images; `named` where the XML still names them.
pub fn xml(scan: &Scan, stated: Stated, base: &str, kind: Kind, named: bool) -> Vec<File> {
    let mm = stated.map(|mm| mm.unwrap_or(0.0));
    let folder = base.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let ending = if matches!(kind, Kind::Bmp) { "bmp" } else { "png" };
    let mut series = format!(
        "<Series><Type>Volume</Type><Laterality>{}</Laterality><ExamDate><Date><Year>2019</Year><Month>3</Month>\
         <Day>05</Day></Date></ExamDate>",
        scan.eye
    );
    let mut files = Vec::new();
    for (bscan, [x1, y1, x2, y2]) in lines(scan, mm[0] * scan.columns as f64, mm[2]).into_iter().enumerate() {
        let name = format!("B{:02}.{ending}", scan.numbers[bscan] + 1);
        let url =
            if named { format!("<ExamURL>file:///\\\\share\\out\\{name}</ExamURL>") } else { String::new() };
        write!(
            series,
            "<Image><ImageType><Type>OCT</Type></ImageType><OphthalmicAcquisitionContext><Width>{}</Width>\
             <Height>{}</Height><ScaleX>{}</ScaleX><ScaleY>{}</ScaleY><Start><Coord><X>{x1}</X><Y>{y1}</Y></Coord>\
             </Start><End><Coord><X>{x2}</X><Y>{y2}</Y></Coord></End></OphthalmicAcquisitionContext>\
             <ImageData>{url}</ImageData></Image>",
            scan.columns, scan.rows, mm[0], mm[1]
        )
        .unwrap();
        files.push(File::new(format!("{folder}{name}"), encode(kind, scan, bscan)));
    }
    let document = format!(
        "<?xml version=\"1.0\"?><HEDX><BODY><ExportType>Data</ExportType><Patient><PatientID>1</PatientID><Study>\
         {series}</Series></Study></Patient></BODY></HEDX>"
    );
    files.push(File::new(format!("{base}.xml"), document));
    files
}

/// A Heidelberg database with each of `scans` as a series.
pub fn e2e(scans: &[&Scan], path: &str) -> Vec<File> {
    let mut parts: Vec<(i32, i32, u32, Vec<u8>)> = Vec::new();
    for (series, scan) in scans.iter().enumerate() {
        let series = series as i32 + 3;
        let mut eye = vec![0; 27];
        eye[14] = scan.eye as u8;
        parts.push((series, -1, 11, eye));
        let degrees = |mm: f64| mm / MM_PER_DEGREE - 15.0;
        for (bscan, line) in lines(scan, scan.mm[0] * scan.columns as f64, scan.mm[2]).into_iter().enumerate()
        {
            let slice = 2 * bscan as i32;
            let samples: Vec<u8> =
                scan.bscan(bscan).iter().flat_map(|grey| half(reflectivity(*grey)).to_le_bytes()).collect();
            let mut image = Vec::new();
            let pixels = (scan.columns * scan.rows) as u32;
            for word in
                [20 + samples.len() as u32, 0x0220_0201, pixels, scan.rows as u32, scan.columns as u32]
            {
                image.extend(word.to_le_bytes());
            }
            image.extend(samples);
            parts.push((series, slice, 0x4000_0000, image));
            let mut meta = vec![0; 164];
            let mut put = |at: usize, bytes: [u8; 4]| meta[at..at + 4].copy_from_slice(&bytes);
            let ends = line.map(|mm| degrees(mm) as f32);
            ends.iter().enumerate().for_each(|(index, end)| put(12 + 4 * index, end.to_le_bytes()));
            put(36, (scan.mm[1] as f32).to_le_bytes());
            put(60, (scan.columns as u32).to_le_bytes());
            put(64, (scan.bscans as u32).to_le_bytes());
            put(72, 3_u32.to_le_bytes());
            put(76, ((ends[0] + ends[2]) / 2.0).to_le_bytes());
            put(80, ((ends[1] + ends[3]) / 2.0).to_le_bytes());
            put(156, 31.5_f32.to_le_bytes());
            meta[88..96].copy_from_slice(&FILETIME.to_le_bytes());
            parts.push((series, slice, 10_004, meta));
        }
    }
    let header = |letters: &[u8], entries: u32| {
        let mut bytes = letters.to_vec();
        bytes.resize(12, 0);
        bytes.extend(100_u32.to_le_bytes());
        bytes.resize(36, 0xFF);
        [entries, 88, 0, 0].iter().for_each(|word: &u32| bytes.extend(word.to_le_bytes()));
        bytes
    };
    let mut bytes = b"CMDb".to_vec();
    bytes.resize(36, 0);
    bytes.extend(header(b"MDbMDir", 512));
    bytes.extend(header(b"MDbDir", parts.len() as u32));
    let mut start = bytes.len() + 44 * parts.len();
    for (.., data) in &parts {
        [0, start as u32, data.len() as u32, 0]
            .iter()
            .for_each(|word: &u32| bytes.extend(word.to_le_bytes()));
        bytes.resize(bytes.len() + 28, 0);
        start += 60 + data.len();
    }
    for (series, slice, kind, data) in parts {
        bytes.extend(b"MDbData\0\0\0\0\0");
        bytes.extend([0; 12]);
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend([0; 4]);
        [7, 8, series, slice, 0].iter().for_each(|word: &i32| bytes.extend(word.to_le_bytes()));
        bytes.extend(kind.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(data);
    }
    vec![File::new(path, bytes)]
}

/// 6 bits of exponent and 10 of mantissa.
fn half(value: f64) -> u16 {
    if value <= 0.0 {
        return 0;
    }
    let exponent = value.log2().floor().max(-62.0);
    let mantissa = ((value / exponent.exp2() - 1.0) * 1024.0).round().clamp(0.0, 1023.0);
    (((exponent + 63.0) as u16) << 10) | mantissa as u16
}

/// A `.fds` of Topcon, 16 bits.
pub fn topcon(scan: &Scan, stated: Stated, path: &str) -> Vec<File> {
    let mm = stated.map(|mm| mm.unwrap_or(0.0));
    let mut bytes = b"FOCTFDS".to_vec();
    bytes.extend([1, 0, 0, 0, 0xE9, 3, 0, 0]);
    let mut chunk = |name: &str, content: &[u8]| {
        bytes.push(name.len() as u8);
        bytes.extend(name.as_bytes());
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(content);
    };
    let mut capture = vec![u8::from(scan.eye == 'L'), 2, 0, 0, 0, 0];
    capture.resize(106, 0);
    capture.extend([2019_u16, 3, 5, 14, 2, 11].iter().flat_map(|part| part.to_le_bytes()));
    chunk("@CAPTURE_INFO_02", &capture);
    let mut content = vec![2];
    for side in [scan.columns, scan.rows, 16, scan.bscans] {
        content.extend((side as u32).to_le_bytes());
    }
    content.push(0);
    content.extend((2 * scan.greys.len() as u32).to_le_bytes());
    content.extend(scan.greys.iter().flat_map(|grey| (200 * *grey as u16).to_le_bytes()));
    chunk("@IMG_SCAN_03", &content);
    let mut content = vec![3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
    for size in [mm[0] * scan.columns as f64, mm[2] * scan.bscans as f64, 1000.0 * mm[1]] {
        content.extend(size.to_le_bytes());
    }
    content.extend([0; 18]);
    chunk("@PARAM_SCAN_04", &content);
    bytes.push(0);
    vec![File::new(path, bytes)]
}

/// A cube of Zeiss: 1024 rows by nature, so that the rows are drawn out; each
/// B-scan turned by half a circle. No spacing follows for a cube of this size.
pub fn zeiss(scan: &Scan, folder: &str) -> Vec<File> {
    let mut bytes = Vec::new();
    for bscan in 0..scan.bscans {
        let greys = scan.bytes(bscan);
        let upright = (0..1024).flat_map(|row| {
            let from = row * scan.rows / 1024;
            greys[from * scan.columns..][..scan.columns].to_vec()
        });
        let mut turned: Vec<u8> = upright.collect();
        turned.reverse();
        bytes.extend(turned);
    }
    let eye = if scan.eye == 'R' { "OD" } else { "OS" };
    let size = format!("{}x{}", scan.columns, scan.bscans);
    vec![File::new(format!("{folder}P1_Macular Cube {size}_3-25-2019_14-2-11_{eye}_sn99_cube_z.img"), bytes)]
}

/// A scan of Optovue with its text: floats, each A-scan from its end.
pub fn optovue(scan: &Scan, stated: Stated, base: &str) -> Vec<File> {
    let mm = stated.map(|mm| mm.unwrap_or(0.0));
    let text = format!(
        "[3D Retina Step 1]\r\nXY Scan Length={}\r\nXY Scan Usage={}\r\nXY Scan Size1= {} mm\r\n\
         XY Scan Interval1= {} mm\r\n[General]\r\nOCT Window Height={}\r\nScan Depth={} mm\r\nEye Scanned={}\r\n",
        scan.columns,
        scan.bscans,
        mm[0] * scan.columns as f64,
        mm[2],
        scan.rows,
        mm[1] * scan.rows as f64,
        if scan.eye == 'R' { "OD" } else { "OS" }
    );
    let mut bytes = Vec::new();
    for bscan in 0..scan.bscans {
        for column in 0..scan.columns {
            for row in (0..scan.rows).rev() {
                bytes.extend(scan.bscan(bscan)[row * scan.columns + column].to_le_bytes());
            }
        }
    }
    vec![File::new(format!("{base}.OCT"), bytes), File::new(format!("{base}.txt"), text)]
}

/// A scan of Bioptigen, A-scan by A-scan; `bits` 8 or 16.
pub fn bioptigen(scan: &Scan, stated: Stated, path: &str, bits: u8) -> Vec<File> {
    let mm = stated.map(|mm| mm.unwrap_or(0.0));
    let mut bytes = vec![0xAE, 0x0C, 0, 0, 2, 0];
    let record = |bytes: &mut Vec<u8>, key: &str, value: &[u8]| {
        bytes.extend((key.len() as u32).to_le_bytes());
        bytes.extend(key.as_bytes());
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend(value);
    };
    let whole = |value: usize| (value as u32).to_le_bytes().to_vec();
    for (key, value) in [
        ("FRAMEHEADER", vec![]),
        ("FRAMECOUNT", whole(scan.bscans)),
        ("LINECOUNT", whole(scan.columns)),
        ("LINELENGTH", whole(scan.rows)),
        ("SAMPLEFORMAT", whole(usize::from(bits / 8))),
        ("SCANTYPE", whole(1)),
        ("SCANDEPTH", (mm[1] * scan.rows as f64).to_le_bytes().to_vec()),
        ("SCANLENGTH", (mm[0] * scan.columns as f64).to_le_bytes().to_vec()),
        ("AZSCANLENGTH", (mm[0] * scan.columns as f64).to_le_bytes().to_vec()),
        ("ELSCANLENGTH", (mm[2] * scan.bscans as f64).to_le_bytes().to_vec()),
        ("SCANS", whole(scan.bscans)),
        ("DOPPLERFLAG", vec![0, 0]),
    ] {
        record(&mut bytes, key, &value);
    }
    bytes.extend([0; 4]);
    for bscan in 0..scan.bscans {
        record(&mut bytes, "FRAMEDATA", &[]);
        record(&mut bytes, "FRAMELINES", &whole(scan.columns));
        let mut samples = Vec::new();
        for column in 0..scan.columns {
            for row in 0..scan.rows {
                let grey = scan.bscan(bscan)[row * scan.columns + column];
                match bits {
                    8 => samples.push(grey as u8),
                    _ => samples.extend((200 * grey as u16).to_le_bytes()),
                }
            }
        }
        record(&mut bytes, "FRAMESAMPLES", &samples);
        bytes.extend([0; 4]);
    }
    vec![File::new(path, bytes)]
}
