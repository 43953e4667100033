//! Lies and damage.

use std::time::Instant;

use oct_formats::{Cause, InputFile, OpenError, open};

use crate::mutations;
use crate::objects::*;
use crate::pixels::FIXTURES;

/// A sequence of undefined length in an item of undefined length, `depth` times.
fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..depth {
        bytes.extend([0x08, 0x00, 0x40, 0x11, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        bytes.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    for _ in 0..depth {
        bytes.extend([0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]);
        bytes.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    }
    bytes
}

#[test]
fn lies_are_refused_quickly() {
    let started = Instant::now();
    assert_eq!(Object::volume().with(nested(10)).open().unwrap().volume.bscans(), 3);
    assert!(matches!(
        Object::volume().with(nested(10_000)).open(),
        Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })
    ));

    for frames in ["2147483648", "0", "-1", "65536"] {
        let refused = Object { frames: Some(frames), ..Object::volume() }.open();
        assert!(
            matches!(
                refused,
                Err(OpenError::InFile { cause: Cause::ImpossibleSize { .. }, .. }
                    | OpenError::InFile { cause: Cause::BadField { .. }, .. })
            ),
            "{refused:?}"
        );
    }
    let short = Object { frames: Some("60000"), ..Object::volume() }.open();
    assert!(
        matches!(
            short,
            Err(OpenError::InFile { cause: Cause::Truncated { expected: 480_000, found: 24, .. }, .. })
        ),
        "{short:?}"
    );
    let empty = Object { size: [0, 2], ..Object::volume() }.open();
    assert!(matches!(empty, Err(OpenError::InFile { cause: Cause::ImpossibleSize { columns: 0, .. }, .. })));
    for bits in [[8, 9, 7], [8, 0, 7], [8, 8, 6], [8, 8, 8]] {
        assert!(matches!(
            Object { bits, ..Object::volume() }.open(),
            Err(OpenError::InFile { cause: Cause::BadField { .. }, .. })
        ));
    }

    // Every length of the file, one after the other, past its end.
    let sound = Object::volume().placed(&[([0.0; 3], FRONTAL); 3]).bytes();
    for at in 132..sound.len() - 4 {
        let mut lying = sound.clone();
        lying[at..at + 4].copy_from_slice(&[0xFE, 0xFF, 0xFF, 0x7F]);
        if let Err(error) = opened(lying) {
            assert!(error.to_string().contains("scan.dcm"), "{error}");
        }
    }
    for length in (0..sound.len()).step_by(3) {
        assert!(opened(sound[..length].to_vec()).is_err(), "{length}");
    }

    // Large images of a few bytes in each of the compressions, and too few of them.
    for (name, bits, _) in
        FIXTURES.into_iter().filter(|(name, ..)| name.starts_with("jpeg") || name.starts_with("rle"))
    {
        let sound = fixture(name);
        for (tag, value) in [((0x28_u16, 0x10_u16), 65_535_u16), ((0x28, 0x11), 11)] {
            let mut lying = sound.clone();
            let field = element(tag, "US", &[0, 0])[..8].to_vec();
            let at = lying.windows(8).position(|bytes| bytes == field).unwrap() + 8;
            lying[at..at + 2].copy_from_slice(&value.to_le_bytes());
            let refused = opened(lying);
            assert!(refused.is_err() || name.starts_with("rle") && value == 11, "{name} {bits}");
        }
        let mut lying = sound.clone();
        let at = lying.windows(10).position(|bytes| bytes == b"IS\x02\x003 \x28\x00\x10\x00").unwrap() + 4;
        lying[at] = b'9';
        assert!(
            matches!(opened(lying), Err(OpenError::InFile { cause: Cause::Malformed { .. }, .. })),
            "{name}"
        );
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn noise_for_a_jpeg_ls_stream_is_no_panic() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..40 {
        let mut frame = vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 16, 0, 120, 0, 160, 1, 1, 0x11, 0];
        frame.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
        frame.extend((0..40_000).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as u8 & 0x7F
        }));
        let noise = Object {
            syntax: "1.2.840.10008.1.2.4.80",
            size: [160, 120],
            frames: Some("1"),
            pixels: fragments(&[], &[frame]),
            ..Object::volume().words(&[])
        };
        let refused = noise.open();
        assert!(
            matches!(refused, Ok(_) | Err(OpenError::InFile { cause: Cause::CannotUnpack { .. }, .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn a_deflated_bomb_is_refused() {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, &vec![0; 300 << 20]).unwrap();
    let bomb = file("1.2.840.10008.1.2.1.99", &packer.finish().unwrap());
    assert!(matches!(opened(bomb), Err(OpenError::InFile { cause: Cause::TooLarge { .. }, .. })));
}

#[test]
fn damaged_copies_never_panic() {
    for (name, ..) in FIXTURES {
        mutations::survives("scan.dcm", &fixture(name), &[]);
    }
    let lines: Vec<Vec<f32>> = [1.0, 3.0, 5.0].map(|row| vec![row, 2.0, row, 6.0]).to_vec();
    mutations::survives("scan.dcm", &on_fundus("LINEAR", &lines).bytes(), &[fundus().named("fundus.dcm")]);
    mutations::survives("fundus.dcm", &fundus().bytes(), &[on_fundus("LINEAR", &lines).named("scan.dcm")]);
    let groups = (1..6).map(|number| {
        let content =
            [text((0x20, 0x9056), "SH", "1"), long((0x20, 0x9057), number), long((0x20, 0x9128), 1)];
        [frame_content(&content.concat()), group_at(0.1 * f64::from(number))].concat()
    });
    let part = [text((0x20, 0x9161), "UI", "1.7"), short((0x20, 0x9162), 1), short((0x20, 0x9163), 2)];
    let part = of_frames(groups.collect()).with(part.concat());
    let other = Object { instance: "1.9".to_owned(), ..part.clone() }.named("other.dcm");
    mutations::survives("part.dcm", &part.bytes(), &[other]);
}

#[test]
fn counts_that_nobody_could_keep_take_no_time() {
    let started = Instant::now();
    let parts = [text((0x20, 0x9161), "UI", "1.7"), long((0x20, 0x9162), 1), long((0x20, 0x9163), u32::MAX)];
    assert_eq!(Object::volume().with(parts.concat()).open().unwrap().volume.geometry.voxel_nl(), None);
    // Each of many small files states all frames that a file can have.
    let mut files: Vec<InputFile> = (0..300)
        .map(|number| {
            let object =
                Object { instance: format!("1.5.{number}"), frames: Some("65535"), ..Object::volume() };
            object.named(&format!("{number}.dcm"))
        })
        .collect();
    files.push(Object::volume().named("scan.dcm"));
    drop(open(files));
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
