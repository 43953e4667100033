//! Images as B-scans: what is decoded, what is refused, and that nothing panics.

#![cfg(feature = "readers")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod shared_data;

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};
use oct::{Axis, Samples, SpacingSource};
use oct_formats::images::{decode_colours, decode_grey, write_mask_png};
use oct_formats::{Cause, Format, InputFile, OpenError, WriteError, open};
use shared_data::data;
use tiff::encoder::{Compression, TiffEncoder, colortype};

fn png(columns: u32, rows: u32, colour: ExtendedColorType, bytes: &[u8]) -> Vec<u8> {
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(bytes, columns, rows, colour).unwrap();
    png
}

fn grey_png(columns: u32, rows: u32, value: u8) -> Vec<u8> {
    png(columns, rows, ExtendedColorType::L8, &vec![value; (columns * rows) as usize])
}

fn file(path: &str, bytes: Vec<u8>) -> InputFile {
    InputFile { path: path.to_owned(), bytes }
}

fn pages(compression: Compression, pages: &[[u8; 12]]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).unwrap().with_compression(compression);
    for page in pages {
        encoder.write_image::<colortype::Gray8>(4, 3, page).unwrap();
    }
    bytes.into_inner()
}

fn value(tag: u16, value: u32) -> (u16, u16, u32, u32) {
    (tag, 4, 1, value)
}

/// A TIFF of one directory at byte 8, followed by `data`; offset entries point there.
fn tiff(entries: &[(u16, u16, u32, u32)], data: &[u8]) -> Vec<u8> {
    let mut bytes = b"II\x2A\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, field_type, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(field_type.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(data);
    bytes
}

/// Where the data of such a TIFF start.
fn after(entries: u32) -> u32 {
    8 + 2 + entries * 12 + 4
}

fn mutations(original: &[u8], mut check: impl FnMut(&[u8])) {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    for round in 0..400 {
        let mut bytes = original.to_vec();
        for _ in 0..=random(4) {
            let near = if round % 2 == 0 { bytes.len().min(256) } else { bytes.len() };
            let at = random(near);
            bytes[at] = [0, 1, 0x7F, 0xFF, random(256) as u8][random(5)];
        }
        if round % 5 == 0 {
            bytes.truncate(random(bytes.len()));
        }
        check(&bytes);
    }
}

#[test]
fn a_written_mask_reads_back_with_its_labels() {
    let labels: Vec<u8> = (0..35).map(|n| n % 4).collect();
    let png = write_mask_png(7, 5, &labels).unwrap();
    let mask = decode_grey(&png, "mask.png").unwrap();
    assert_eq!((mask.columns, mask.rows), (7, 5));
    assert_eq!(mask.samples, Samples::U8(labels));
}

#[test]
fn labels_that_do_not_fill_the_mask_are_refused() {
    let refused = WriteError::LabelCount { labels: 3, columns: 2, rows: 2 };
    assert_eq!(write_mask_png(2, 2, &[0; 3]), Err(refused));
    assert!(write_mask_png(usize::MAX, 2, &[0; 3]).is_err());
    assert!(write_mask_png(0, 2, &[]).is_err());
}

#[test]
fn sixteen_bits_and_alpha_keep_the_grey_values() {
    let values: [u16; 4] = [0, 1, 40_000, 65_535];
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    let image = decode_grey(&png(2, 2, ExtendedColorType::L16, &bytes), "a.png").unwrap();
    assert_eq!(image.samples, Samples::U16(values.to_vec()));
    let image = decode_grey(&png(2, 1, ExtendedColorType::La8, &[9, 0, 8, 255]), "a.png").unwrap();
    assert_eq!(image.samples, Samples::U8(vec![9, 8]));
}

#[test]
fn rgb_with_equal_channels_is_grey_and_colour_is_refused() {
    let image = decode_grey(&png(2, 1, ExtendedColorType::Rgb8, &[7, 7, 7, 200, 200, 200]), "a.png");
    assert_eq!(image.unwrap().samples, Samples::U8(vec![7, 200]));
    let image = decode_grey(&png(2, 1, ExtendedColorType::Rgb8, &[7, 7, 7, 200, 201, 200]), "a.png");
    assert_eq!(image, Err(OpenError::InFile { file: "a.png".to_owned(), cause: Cause::Colour }));
}

#[test]
fn colours_are_those_of_pixels_or_of_a_palette_and_never_those_of_a_jpeg() {
    let rgba = png(2, 1, ExtendedColorType::Rgba8, &[1, 2, 3, 0, 200, 201, 202, 255]);
    let image = decode_colours(&rgba, "a.png").unwrap();
    assert_eq!((image.columns, image.rows), (2, 1));
    assert_eq!(image.pixels, [[1, 2, 3], [200, 201, 202]]);
    assert_eq!(decode_colours(&grey_png(1, 1, 9), "a.png").unwrap().pixels, [[9; 3]]);
    // Two bits a pixel and four colours, written by Pillow.
    #[rustfmt::skip]
    let palette: [u8; 93] = [
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 2, 2, 3, 0, 0, 0,
        15, 216, 229, 183, 0, 0, 0, 12, 80, 76, 84, 69, 0, 0, 0, 255, 0, 0, 0, 128, 255, 1, 2, 3, 185, 184,
        212, 177, 0, 0, 0, 12, 73, 68, 65, 84, 120, 218, 99, 16, 96, 216, 0, 0, 0, 228, 0, 193, 25, 85, 59,
        251, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
    ];
    let image = decode_colours(&palette, "a.png").unwrap();
    assert_eq!(image.pixels, [[0, 0, 0], [255, 0, 0], [0, 128, 255], [1, 2, 3]]);
    for length in 0..palette.len() - 12 {
        assert!(decode_colours(&palette[..length], "a.png").is_err(), "{length}");
    }
    let wide = png(1, 1, ExtendedColorType::Rgb16, &[0; 6]);
    assert!(matches!(
        decode_colours(&wide, "a.png"),
        Err(OpenError::InFile { cause: Cause::SampleType { .. }, .. })
    ));
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg).write_image(&[0; 3], 1, 1, ExtendedColorType::Rgb8).unwrap();
    let refused = decode_colours(&jpeg, "mask.png").unwrap_err().to_string();
    assert!(refused.contains("mask.png is not a PNG image"), "{refused}");
}

#[test]
fn a_grey_jpeg_saved_in_colour_is_grey_and_a_coloured_or_cut_one_is_refused() {
    let jpeg = |pixel: fn(u32) -> [u8; 3]| {
        let pixels: Vec<u8> = (0..32 * 32).flat_map(pixel).collect();
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 90)
            .write_image(&pixels, 32, 32, ExtendedColorType::Rgb8)
            .unwrap();
        jpeg
    };
    let grey = jpeg(|n| [(n % 32 * 7) as u8; 3]);
    assert!(matches!(decode_grey(&grey, "a.jpg").unwrap().samples, Samples::U8(_)));
    assert_eq!(
        decode_grey(&jpeg(|_| [200, 30, 30]), "a.jpg"),
        Err(OpenError::InFile { file: "a.jpg".to_owned(), cause: Cause::Colour })
    );
    let cut = decode_grey(&grey[..grey.len() * 2 / 3], "a.jpg");
    assert!(matches!(cut, Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })), "{cut:?}");
}

#[test]
fn text_renamed_to_an_image_is_named() {
    let refused = decode_grey(b"patient,volume\n1,2\n", "b/scan.png").unwrap_err();
    let expected = OpenError::InFile {
        file: "b/scan.png".to_owned(),
        cause: Cause::NotWhatItSays { expected: "a PNG image", found: "it is text".to_owned() },
    };
    assert_eq!(refused, expected);
    assert!(
        matches!(decode_grey(&[], "scan.tif"), Err(OpenError::InFile { cause: Cause::NotWhatItSays { found, .. }, .. }) if found == "it is empty")
    );
}

#[test]
fn a_cut_png_is_damaged() {
    let png = png(64, 64, ExtendedColorType::L8, &(0..4096).map(|n| (n * n % 251) as u8).collect::<Vec<_>>());
    for length in [20, 60, png.len() / 2, png.len() - 30] {
        let cut = decode_grey(&png[..length], "a.png");
        assert!(
            matches!(
                cut,
                Err(OpenError::InFile { cause: Cause::Malformed { .. } | Cause::CannotUnpack { .. }, .. })
            ),
            "{length}: {cut:?}"
        );
    }
}

#[test]
fn a_size_that_the_bytes_cannot_hold_is_refused_before_it_is_allocated() {
    let mut png = grey_png(4, 4, 1);
    png[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
    assert!(decode_grey(&png, "a.png").is_err());
    let n = after(8);
    let bytes = tiff(
        &[
            value(256, 16_384),
            value(257, 16_384),
            value(258, 8),
            value(259, 5),
            value(262, 1),
            value(273, n),
            value(278, 16_384),
            value(279, 4),
        ],
        &[0; 4],
    );
    assert!(matches!(
        decode_grey(&bytes, "a.tif"),
        Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })
    ));
    let bytes = tiff(
        &[
            value(256, 100_000),
            value(257, 4),
            value(258, 8),
            value(259, 5),
            value(262, 1),
            value(273, n),
            value(278, 4),
            value(279, 4),
        ],
        &[0; 4],
    );
    assert!(matches!(
        decode_grey(&bytes, "a.tif"),
        Err(OpenError::InFile { cause: Cause::ImpossibleSize { columns: 100_000, .. }, .. })
    ));
}

#[test]
fn tiff_grey_of_every_depth_and_compression_keeps_its_values() {
    let values = [0, 1, 2, 3, 250, 251, 252, 253, 254, 255, 7, 7];
    for compression in [
        Compression::Uncompressed,
        Compression::Lzw,
        Compression::Deflate(Default::default()),
        Compression::Packbits,
    ] {
        let image = decode_grey(&pages(compression, &[values]), "a.tif").unwrap();
        assert_eq!((image.columns, image.rows), (4, 3));
        assert_eq!(image.samples, Samples::U8(values.to_vec()));
    }
    let mut bytes = Cursor::new(Vec::new());
    let wide: Vec<u16> = (0..12).map(|n| n * 5000).collect();
    TiffEncoder::new(&mut bytes).unwrap().write_image::<colortype::Gray16>(4, 3, &wide).unwrap();
    assert_eq!(decode_grey(bytes.get_ref(), "a.tif").unwrap().samples, Samples::U16(wide));
    let mut bytes = Cursor::new(Vec::new());
    let float: Vec<f32> = (0..12).map(|n| n as f32 / 7.0).collect();
    TiffEncoder::new(&mut bytes).unwrap().write_image::<colortype::Gray32Float>(4, 3, &float).unwrap();
    assert_eq!(decode_grey(bytes.get_ref(), "a.tif").unwrap().samples, Samples::F32(float));
}

#[test]
fn tiff_of_other_sample_types_is_refused_by_name() {
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new(&mut bytes).unwrap().write_image::<colortype::Gray32>(4, 3, &[1; 12]).unwrap();
    let refused = decode_grey(bytes.get_ref(), "a.tif").unwrap_err();
    assert!(
        matches!(&refused, OpenError::InFile { cause: Cause::SampleType { sample_type, .. }, .. } if sample_type.contains("32-bit")),
        "{refused}"
    );
}

#[test]
fn few_bits_spread_over_the_grey_range_and_all_rows_may_be_one_strip() {
    // 5 columns of 2 bits take two bytes a row; RowsPerStrip is 2^32 - 1.
    let bytes = tiff(
        &[
            value(256, 5),
            value(257, 2),
            value(258, 2),
            value(262, 1),
            value(273, after(7)),
            value(278, u32::MAX),
            value(279, 4),
        ],
        &[0b0001_1011, 0b0100_0000, 0b1111_1111, 0b0000_0000],
    );
    let image = decode_grey(&bytes, "a.tif").unwrap();
    assert_eq!(image.samples, Samples::U8(vec![0, 85, 170, 255, 85, 255, 255, 255, 255, 0]));
}

#[test]
fn a_grey_palette_is_looked_up_and_a_coloured_one_refused() {
    let at = after(8);
    let palette = |red: u16| {
        let mut map = [0_u16; 48];
        for channel in 0..3 {
            map[channel * 16 + 3] = 0x4000;
            map[channel * 16 + 5] = 0xFFFF;
        }
        map[5] = red;
        let mut data = vec![0x35, 0x53];
        data.extend(map.iter().flat_map(|value| value.to_le_bytes()));
        tiff(
            &[
                value(256, 2),
                value(257, 2),
                value(258, 4),
                value(262, 3),
                value(273, at),
                value(278, 2),
                value(279, 2),
                (320, 3, 48, at + 2),
            ],
            &data,
        )
    };
    assert_eq!(decode_grey(&palette(0xFFFF), "a.tif").unwrap().samples, Samples::U8(vec![64, 255, 255, 64]));
    assert_eq!(
        decode_grey(&palette(0x1000), "a.tif"),
        Err(OpenError::InFile { file: "a.tif".to_owned(), cause: Cause::Colour })
    );
}

#[test]
fn a_tiff_whose_strips_lie_past_its_end_is_truncated() {
    let whole = pages(Compression::Uncompressed, &[[9; 12]]);
    let bytes = tiff(
        &[
            value(256, 4),
            value(257, 3),
            value(258, 8),
            value(262, 1),
            value(273, 5000),
            value(278, 3),
            value(279, 12),
        ],
        &[],
    );
    assert!(matches!(
        decode_grey(&bytes, "a.tif"),
        Err(OpenError::InFile { cause: Cause::Truncated { expected: 5012, .. }, .. })
    ));
    assert!(decode_grey(&whole[..whole.len() - 20], "a.tif").is_err());
}

#[test]
fn a_field_that_is_longer_than_the_file_is_damage_whatever_it_is_for() {
    // Found by the fuzzer: the decoder made room for the name of the program that wrote the file.
    let entries = [value(256, 4), value(257, 3), value(258, 8), value(262, 1), value(273, after(6))];
    let long = tiff(&[&entries[..], &[(305, 2, 0x0C00_0000, 8)]].concat(), &[7; 12]);
    let error = decode_grey(&long, "a.tif").unwrap_err().to_string();
    assert!(error.contains("field 305 is longer than the file"), "{error}");
}

#[test]
fn a_field_that_stands_twice_is_damage() {
    // Found by the fuzzer: the decoder believed the width that was not checked.
    let entries = [value(256, 4), value(256, 4_000), value(257, 3), value(262, 1), value(273, after(5))];
    let error = decode_grey(&tiff(&entries, &[7; 12]), "a.tif").unwrap_err().to_string();
    assert!(error.contains("field 256 stands there twice"), "{error}");
}

#[test]
fn images_stack_in_the_natural_order_of_their_names() {
    let names = ["B10.png", "b2.png", "B1.png", "B002b.png"];
    let files =
        names.iter().zip(0..).map(|(name, value)| file(&format!("eye/left/{name}"), grey_png(3, 2, value)));
    let opened = open(files.collect()).unwrap();
    assert_eq!(opened.bscan_names, ["B1.png", "b2.png", "B002b.png", "B10.png"].map(str::to_owned));
    assert_eq!(opened.name, "left");
    assert_eq!(opened.format, Format::ImageStack);
    let first = |bscan| opened.volume.bscan(bscan).unwrap().to_f32()[0];
    assert_eq!([first(0), first(1), first(2), first(3)], [2.0, 1.0, 3.0, 0.0]);
    assert_eq!(opened.volume.geometry.unknown_axes(), Axis::ALL);
}

#[test]
fn a_single_image_is_one_bscan() {
    let opened = open(vec![file("scan.png", grey_png(3, 2, 5))]).unwrap();
    assert_eq!((opened.volume.bscans(), opened.name.as_str()), (1, "scan.png"));
}

#[test]
fn images_of_another_size_are_another_scan_and_those_of_another_type_are_named() {
    let opened = open(vec![
        file("a.png", grey_png(9, 3, 1)),
        file("b1.png", grey_png(4, 3, 1)),
        file("b2.png", grey_png(4, 3, 1)),
    ])
    .unwrap();
    assert_eq!(opened.choices, ["4 x 3, 2 images", "9 x 3, 1 image"]);
    assert_eq!((opened.chosen, opened.volume.bscans()), (0, 2));
    let wide = png(3, 2, ExtendedColorType::L16, &[1; 12]);
    let refused = open(vec![file("B1.png", grey_png(3, 2, 5)), file("B2.png", wide)]).unwrap_err();
    assert!(
        matches!(&refused, OpenError::InFile { file, cause: Cause::MixedTypes { .. } } if file == "B2.png"),
        "{refused}"
    );
}

#[test]
fn the_pages_of_a_tiff_are_bscans_and_a_circle_of_them_is_damage() {
    let bytes = pages(Compression::Lzw, &[[1; 12], [2; 12], [3; 12]]);
    let opened = open(vec![file("volume.tif", bytes)]).unwrap();
    assert_eq!(opened.format, Format::MultiPageTiff);
    assert_eq!(opened.volume.bscans(), 3);
    assert_eq!(opened.volume.bscan(2).unwrap().to_f32(), [3.0; 12]);

    let mut circle = tiff(
        &[
            value(256, 4),
            value(257, 3),
            value(258, 8),
            value(262, 1),
            value(273, after(7)),
            value(278, 3),
            value(279, 12),
        ],
        &[9; 12],
    );
    let next = after(7) as usize - 4;
    circle[next..next + 4].copy_from_slice(&8_u32.to_le_bytes());
    let refused = open(vec![file("circle.tif", circle)]).unwrap_err();
    assert!(matches!(refused, OpenError::InFile { cause: Cause::Malformed { .. }, .. }), "{refused}");
}

#[test]
fn several_tiffs_of_many_pages_are_several_volumes_not_their_first_pages() {
    let many = || pages(Compression::Lzw, &[[1; 12], [2; 12]]);
    let one = || pages(Compression::Lzw, &[[3; 12]]);
    let sentence = open(vec![file("a.tif", many()), file("b.tif", many())]).unwrap_err().to_string();
    assert!(sentence.contains("2 volumes") && sentence.contains("a.tif, b.tif"), "{sentence}");
    assert!(matches!(
        open(vec![file("a.tif", many()), file("b.tif", one())]),
        Err(OpenError::SeveralVolumes { count: 2, .. })
    ));
    assert_eq!(open(vec![file("a.tif", one()), file("b.tif", one())]).unwrap().volume.bscans(), 2);
}

#[test]
fn resolution_tags_of_a_tiff_are_no_spacing() {
    let entries = [
        value(256, 2),
        value(257, 2),
        value(258, 8),
        value(262, 1),
        value(273, after(10)),
        value(278, 2),
        value(279, 4),
        (282, 5, 1, after(10)),
        (283, 5, 1, after(10)),
        value(296, 3),
    ];
    let opened = open(vec![file("a.tif", tiff(&entries, &[200, 0, 0, 0, 1, 0, 0, 0]))]).unwrap();
    assert_eq!(opened.volume.geometry.unknown_axes(), Axis::ALL);
}

/// Two pages, the first of them with `description` and resolutions of 20 and 50 samples a unit.
fn described(description: &str) -> Vec<u8> {
    let mut bytes = b"II\x2A\0\x08\0\0\0".to_vec();
    // Behind both directories, of 10 entries each.
    let data = 8 + 2 * (2 + 10 * 12 + 4);
    for page in 0..2_u32 {
        let length = description.len() as u32;
        let entries = [
            value(256, 2),
            value(257, 2),
            value(258, 8),
            value(262, 1),
            (270, 2, length, data + 24),
            value(273, data),
            value(278, 2),
            value(279, 4),
            (282, 5, 1, data + 8),
            (283, 5, 1, data + 16),
        ];
        let directory = tiff(&entries, &[]);
        bytes.extend(&directory[8..directory.len() - 4]);
        bytes.extend(if page == 0 { 8 + 2 + 10 * 12 + 4 } else { 0_u32 }.to_le_bytes());
    }
    bytes.extend([200, 10, 20, 30, 0, 0, 0, 0]);
    for (samples, units) in [(20_u32, 1_u32), (50, 1)] {
        bytes.extend(samples.to_le_bytes());
        bytes.extend(units.to_le_bytes());
    }
    bytes.extend(description.bytes());
    bytes
}

#[test]
fn a_tiff_states_its_spacing_where_imagej_or_ome_name_a_unit_of_length() {
    let stated = |description: &str| {
        let opened = open(vec![file("a.tif", described(description))]).unwrap();
        let geometry = opened.volume.geometry;
        let tags = Axis::ALL.map(|axis| match geometry.spacing(axis).source() {
            SpacingSource::FromFile { tag } => tag.clone(),
            _ => String::new(),
        });
        (Axis::ALL.map(|axis| geometry.spacing(axis).mm()), tags)
    };
    let imagej = |lines: &str| stated(&format!("ImageJ=1.54f\nimages=2\nslices=2\n{lines}\0"));
    let (mm, tags) = imagej("unit=mm\nspacing=0.12\nloop=false\n");
    assert_eq!(mm, [Some(0.05), Some(0.02), Some(0.12)]);
    assert_eq!(tags, ["XResolution", "YResolution", "spacing"]);
    for micron in ["micron", "um", "\\u00B5m", "\u{b5}m"] {
        let (mm, _) = imagej(&format!("unit={micron}\nspacing=120\n"));
        let near = |mm: Option<f64>, wanted: f64| (mm.unwrap() / wanted - 1.0).abs() < 1e-9;
        assert!(near(mm[0], 5e-5) && near(mm[1], 2e-5) && near(mm[2], 0.12), "{micron}: {mm:?}");
    }
    assert_eq!(imagej("unit=mm\n").0, [Some(0.05), Some(0.02), None]);
    assert_eq!(imagej("unit=mm\nzunit=micron\nspacing=120\n").0[2], Some(0.12));
    for none in
        ["unit=inch\nspacing=0.01\n", "unit=pixel\nspacing=1\n", "spacing=0.12\n", "unit=mm\nspacing=0\n"]
    {
        assert_eq!(imagej(none).0[2], None, "{none}");
    }
    let ome = |sizes: &str| {
        stated(&format!(
            "<?xml version=\"1.0\"?><OME><Image><Pixels DimensionOrder=\"XYZCT\" SizeX=\"2\" SizeY=\"2\" SizeZ=\"2\" SizeC=\"1\" SizeT=\"1\" {sizes}/></Image></OME>"
        ))
    };
    let (mm, tags) = ome(
        "PhysicalSizeX=\"50\" PhysicalSizeY=\"20\" PhysicalSizeYUnit=\"\u{b5}m\" PhysicalSizeZ=\"0.12\" PhysicalSizeZUnit=\"mm\"",
    );
    assert_eq!(mm, [Some(0.05), Some(0.02), Some(0.12)]);
    assert_eq!(tags, ["PhysicalSizeX", "PhysicalSizeY", "PhysicalSizeZ"]);
    assert_eq!(ome("PhysicalSizeX=\"50\" PhysicalSizeXUnit=\"pixel\"").0, [None; 3]);
    assert_eq!(stated("made by hand").0, [None; 3]);
}

#[test]
fn mutated_images_are_whole_or_refused_by_name() {
    let noise: Vec<u8> = (0..64 * 48).map(|n: u32| (n * n % 251) as u8).collect();
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg).write_image(&noise, 64, 48, ExtendedColorType::L8).unwrap();
    let mut samples = vec![png(64, 48, ExtendedColorType::L8, &noise), jpeg];
    let every = [
        Compression::Uncompressed,
        Compression::Lzw,
        Compression::Deflate(Default::default()),
        Compression::Packbits,
    ];
    samples.extend(every.map(|compression| pages(compression, &[[1; 12], [2; 12]])));
    let tiled = tiff(
        &[
            value(256, 20),
            value(257, 18),
            value(258, 8),
            value(262, 1),
            value(322, 32),
            value(323, 32),
            value(324, after(8)),
            value(325, 1024),
        ],
        &[7; 1024],
    );
    assert_eq!(decode_grey(&tiled, "a.tif").unwrap().samples, Samples::U8(vec![7; 360]));
    samples.push(tiled);
    samples.push(tiff(
        &[
            value(256, 5),
            value(257, 2),
            value(258, 2),
            value(262, 3),
            value(273, after(8)),
            value(278, 1),
            (279, 3, 1, 4),
            (320, 3, 12, 8),
        ],
        &[0; 64],
    ));
    for sample in samples {
        mutations(&sample, |bytes| {
            match decode_grey(bytes, "mutated") {
                Ok(image) => assert_eq!(image.samples.len(), image.columns * image.rows),
                Err(error) => assert!(error.to_string().contains("mutated"), "{error}"),
            }
            match open(vec![file("mutated.tif", bytes.to_vec())]) {
                Ok(opened) => assert!(!opened.volume.samples().is_empty()),
                Err(error) => assert!(error.to_string().contains("mutated.tif"), "{error}"),
            }
        });
    }
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn bonn_rgb_tiffs_are_grey_bscans() {
    let Some(folder) = data("formats/tiff_bscans") else { return };
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.map(|path| file(path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap()));
    let files: Vec<_> = files.filter(|file| file.path.to_lowercase().ends_with(".tif")).collect();
    let opened = open(files).unwrap();
    assert_eq!((opened.volume.columns(), opened.volume.rows(), opened.volume.bscans()), (512, 496, 6));
    assert_eq!(opened.bscan_names[0], "1-Input.tif");
    assert_eq!(opened.bscan_names[5], "145-Input.tif");
    assert!(matches!(opened.volume.samples(), Samples::U8(_)));
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_png_stacks_open() {
    for (folder, every, columns, rows, bscans) in [
        ("bonn_amd_volume/images", 20, None, None, None),
        ("duke_dme_chiu2015/volume_S01", 1, Some(768), Some(496), Some(61)),
        ("octdl_amd_fluid13/images", 1, Some(512), Some(512), Some(13)),
    ] {
        let Some(path) = data(folder) else { continue };
        let mut paths: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let paths: Vec<_> =
            paths.iter().filter(|path| path.extension().is_some_and(|e| e == "png")).step_by(every).collect();
        let name = |path: &PathBuf| format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
        let opened =
            open(paths.iter().rev().map(|path| file(&name(path), fs::read(path).unwrap())).collect())
                .unwrap();
        assert_eq!(opened.volume.bscans(), bscans.unwrap_or(paths.len()), "{folder}");
        assert_eq!(opened.volume.columns(), columns.unwrap_or(opened.volume.columns()), "{folder}");
        assert_eq!(opened.volume.rows(), rows.unwrap_or(opened.volume.rows()), "{folder}");
        assert_eq!(opened.name, folder.rsplit('/').next().unwrap());
        let bscan = opened.volume.bscan(opened.volume.bscans() / 2).unwrap().to_f32();
        assert!(bscan.iter().sum::<f32>() / bscan.len() as f32 > 5.0, "{folder} is black");
    }
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared/data")]
fn real_label_masks_decode_to_their_labels() {
    let Some(folder) = data("octdl_amd_fluid13/masks") else { return };
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mask = decode_grey(&fs::read(&path).unwrap(), "mask.png").unwrap();
        let Samples::U8(labels) = mask.samples else { panic!("{} is not 8-bit", path.display()) };
        assert!(labels.iter().all(|label| *label <= 1) && labels.contains(&1), "{}", path.display());
    }
}
