//! Interactions with a scan: what they draw, undo and redo, bytes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod scan;

use correct::{
    BytesError, Change, CorrectError, Corrections, Edit, Extent, Grid, History, Paint, Place, Point, Radius,
    Shape, UNTOUCHED,
};
use oct::FluidClass;
use scan::Scan;

const IRF: Paint = Paint::Fluid(FluidClass::Irf);
const SRF: Paint = Paint::Fluid(FluidClass::Srf);

fn stroke(paint: Paint, points: &[(f32, f32)]) -> Edit {
    let points = points.iter().map(|(column, row)| Point { column: *column, row: *row }).collect();
    Edit::Stroke { paint, radius: Radius { columns: 3.0, rows: 4.0 }, points }
}

fn at(column: u32, row: u32) -> Place {
    Place { column, row }
}

#[test]
fn a_brush_draws_an_eraser_draws_background_and_giving_back_leaves_the_networks_label() {
    let mut scan = Scan::blank(40, 30, 2);
    scan.model[0].fill(2);
    scan.make(0, &stroke(IRF, &[(10.0, 10.0), (20.0, 10.0)])).unwrap();
    assert_eq!(scan.label(0, 15, 10), 1);
    scan.make(0, &stroke(Paint::Background, &[(20.0, 10.0)])).unwrap();
    assert_eq!((scan.label(0, 20, 10), scan.label(0, 12, 10)), (0, 1));
    scan.make(0, &stroke(Paint::GiveBack, &[(20.0, 10.0)])).unwrap();
    assert_eq!(scan.label(0, 20, 10), 2);
    assert_eq!(scan.label(1, 15, 10), 0, "the other B-scan is another one");
    // The network says something else: only what nobody drew follows.
    scan.model[0].fill(3);
    assert_eq!((scan.label(0, 12, 10), scan.label(0, 20, 10)), (1, 3));
}

#[test]
fn interactions_are_undone_and_redone_one_by_one_across_bscans() {
    let mut scan = Scan::blank(40, 30, 3);
    let mut states = vec![scan.corrections.clone()];
    let edits = [
        (0, stroke(IRF, &[(10.0, 10.0)])),
        (2, stroke(SRF, &[(12.0, 10.0)])),
        (0, stroke(SRF, &[(12.0, 12.0), (30.0, 5.0)])),
        (1, Edit::Clear { extent: Extent::Volume }),
        (1, stroke(Paint::Background, &[(5.0, 5.0)])),
    ];
    for (bscan, edit) in &edits {
        scan.make(*bscan, edit).unwrap();
        states.push(scan.corrections.clone());
    }
    let mut changed = Vec::new();
    for state in states.iter().rev().skip(1) {
        changed.push(scan.history.undo(&mut scan.corrections));
        assert_eq!(&scan.corrections, state);
    }
    assert_eq!(changed, [vec![1], vec![0, 2], vec![0], vec![2], vec![0]]);
    assert!(!scan.history.can_undo() && scan.history.undo(&mut scan.corrections).is_empty());
    for state in &states[1..] {
        scan.history.redo(&mut scan.corrections);
        assert_eq!(&scan.corrections, state);
    }
    assert!(!scan.history.can_redo() && scan.history.redo(&mut scan.corrections).is_empty());
    // A new interaction takes the place of those that were taken back.
    scan.history.undo(&mut scan.corrections);
    scan.make(1, &stroke(IRF, &[(5.0, 5.0)])).unwrap();
    assert!(!scan.history.can_redo());
}

#[test]
fn an_edit_that_changes_nothing_is_no_interaction() {
    let mut scan = Scan::blank(40, 30, 1);
    scan.make(0, &stroke(Paint::GiveBack, &[(5.0, 5.0)])).unwrap();
    scan.make(0, &Edit::Clear { extent: Extent::BScan }).unwrap();
    assert!(!scan.history.can_undo());
    scan.make(0, &stroke(IRF, &[(5.0, 5.0)])).unwrap();
    scan.make(0, &stroke(IRF, &[(5.0, 5.0)])).unwrap();
    scan.history.undo(&mut scan.corrections);
    assert!(scan.corrections.is_empty() && !scan.history.can_undo());
}

#[test]
fn a_bscan_that_was_looked_at_is_an_interaction_too() {
    let mut scan = Scan::blank(4, 4, 2);
    let entry = scan.corrections.review(1, true);
    scan.history.push(entry);
    assert_eq!(scan.corrections.reviewed_bscans().collect::<Vec<_>>(), [1]);
    assert!(scan.corrections.review(1, true).is_empty() && scan.corrections.review(2, true).is_empty());
    assert_eq!(scan.history.undo(&mut scan.corrections), [1]);
    assert!(!scan.corrections.is_reviewed(1));
    scan.history.redo(&mut scan.corrections);
    assert!(scan.corrections.is_reviewed(1));
}

#[test]
fn one_click_changes_or_deletes_connected_fluid_in_a_bscan_or_through_the_volume() {
    let mut scan = Scan::blank(20, 10, 3);
    for bscan in 0..3 {
        // A column of two rows, a corner that touches it, and fluid apart from both.
        for (column, row) in [(4, 4), (4, 5), (5, 6), (12, 4)] {
            scan.model[bscan][row * 20 + column] = 1;
        }
        scan.model[bscan][3 * 20 + 4] = 2;
    }
    let component = |extent, paint| Edit::Component { at: at(4, 4), extent, paint };
    scan.make(1, &component(Extent::BScan, SRF)).unwrap();
    let labels = |scan: &Scan, bscan| {
        [(4, 4), (4, 5), (5, 6), (12, 4)].map(|(column, row)| scan.label(bscan, column, row))
    };
    assert_eq!([0, 1, 2].map(|bscan| labels(&scan, bscan)), [[1; 4], [2, 2, 2, 1], [1; 4]]);
    scan.history.undo(&mut scan.corrections);
    assert_eq!(scan.make(1, &component(Extent::Volume, Paint::Background)).unwrap(), [0, 1, 2]);
    assert_eq!([0, 1, 2].map(|bscan| labels(&scan, bscan)), [[0, 0, 0, 1]; 3]);
    assert_eq!(scan.label(0, 4, 3), 2, "another class that touches it stays");
    assert_eq!(scan.make(1, &component(Extent::BScan, IRF)), Err(CorrectError::NoFluid));
    let outside = Edit::Component { at: at(20, 0), extent: Extent::BScan, paint: IRF };
    assert_eq!(scan.make(1, &outside), Err(CorrectError::Outside { column: 20, row: 0 }));
}

#[test]
fn a_ball_pushes_the_outline_outward_from_within_and_inward_from_outside() {
    let mut scan = Scan::blank(60, 40, 1);
    for row in 10..30 {
        scan.model[0][row * 60 + 10..row * 60 + 30].fill(1);
        scan.model[0][row * 60 + 40..row * 60 + 50].fill(3);
    }
    let push = |points: &[(f32, f32)]| Edit::Push {
        class: FluidClass::Irf,
        radius: Radius { columns: 5.0, rows: 5.0 },
        points: points.iter().map(|(column, row)| Point { column: *column, row: *row }).collect(),
    };
    scan.make(0, &push(&[(25.0, 20.0), (45.0, 20.0)])).unwrap();
    assert_eq!((scan.label(0, 36, 20), scan.label(0, 45, 20)), (1, 3), "other classes stay");
    scan.make(0, &push(&[(3.0, 20.0), (10.0, 20.0)])).unwrap();
    assert_eq!((scan.label(0, 12, 20), scan.label(0, 16, 20)), (0, 1));
    assert!(scan.make(0, &push(&[])).unwrap().is_empty());
}

#[test]
fn shapes_between_two_bscans_change_evenly_and_leave_what_a_person_drew() {
    let mut scan = Scan::blank(80, 60, 6);
    let disc = |scan: &mut Scan, bscan, column, radius: f32| {
        let points = vec![Point { column, row: 30.0 }];
        let edit = Edit::Stroke { paint: SRF, radius: Radius { columns: radius, rows: radius }, points };
        scan.make(bscan, &edit).unwrap();
    };
    disc(&mut scan, 0, 40.0, 4.0);
    disc(&mut scan, 4, 40.0, 20.0);
    // What meets the shape becomes it, what lies apart stays, and so does what a person drew.
    scan.model[2][30 * 80 + 40..30 * 80 + 60].fill(2);
    scan.model[2][5 * 80 + 5] = 2;
    scan.make(
        2,
        &Edit::Lasso {
            paint: IRF,
            outline: vec![
                Point { column: 38.0, row: 29.0 },
                Point { column: 42.0, row: 29.0 },
                Point { column: 42.0, row: 31.0 },
                Point { column: 38.0, row: 31.0 },
            ],
        },
    )
    .unwrap();
    let between = Edit::Interpolate { class: FluidClass::Srf, from: 4, to: 0 };
    assert_eq!(scan.make(0, &between).unwrap(), [1, 2, 3]);
    let voxels = |bscan: usize| scan.labels_of(bscan).iter().filter(|label| **label == 2).count() as f64;
    for (bscan, radius) in [(1, 8.0_f64), (2, 12.0), (3, 16.0)] {
        let expected = std::f64::consts::PI * radius * radius;
        let off = voxels(bscan) / expected;
        assert!((0.9..1.1).contains(&off), "B-scan {bscan}: {off}");
    }
    assert_eq!((scan.label(2, 59, 30), scan.label(2, 5, 5), scan.label(2, 40, 30)), (0, 2, 1));
    let nothing = |from, to| Edit::Interpolate { class: FluidClass::Srf, from, to };
    assert_eq!(scan.make(0, &nothing(0, 1)), Err(CorrectError::NothingBetween));
    assert_eq!(scan.make(0, &nothing(0, 99)), Err(CorrectError::NoSuchBScan { bscan: 99 }));
    let lacks = CorrectError::NothingToInterpolate { bscan: 5, class: FluidClass::Srf };
    assert_eq!(scan.make(0, &nothing(0, 5)), Err(lacks));
}

#[test]
fn shapes_that_do_not_overlap_move_from_one_place_to_the_other() {
    let mut scan = Scan::blank(100, 40, 5);
    for (bscan, column) in [(0, 15.0), (4, 75.0)] {
        let points = vec![Point { column, row: 20.0 }];
        let radius = Radius { columns: 8.0, rows: 8.0 };
        scan.make(bscan, &Edit::Stroke { paint: IRF, radius, points }).unwrap();
    }
    scan.make(2, &Edit::Interpolate { class: FluidClass::Irf, from: 0, to: 4 }).unwrap();
    let voxels: Vec<usize> =
        (0..5).map(|bscan| scan.labels_of(bscan).iter().filter(|label| **label == 1).count()).collect();
    assert!(voxels.iter().all(|count| count.abs_diff(voxels[0]) < 12), "{voxels:?}");
    assert_eq!((scan.label(2, 45, 20), scan.label(1, 30, 20)), (1, 1));
}

#[test]
fn what_was_drawn_survives_its_bytes() {
    let mut scan = Scan::blank(40, 30, 5);
    scan.make(1, &stroke(IRF, &[(10.0, 10.0), (30.0, 20.0)])).unwrap();
    scan.make(1, &stroke(Paint::Background, &[(12.0, 10.0)])).unwrap();
    scan.make(4, &stroke(SRF, &[(2.0, 29.0)])).unwrap();
    scan.corrections.review(0, true);
    scan.corrections.review(4, true);
    let digest = [7; 32];
    let grid = scan.corrections.grid();
    let bytes = scan.corrections.to_bytes(&digest);
    assert!(bytes.len() < 600, "{} bytes", bytes.len());
    assert_eq!(Corrections::of_bytes(&bytes, grid, &digest).as_ref(), Ok(&scan.corrections));
    assert_eq!(Corrections::of_bytes(&bytes, grid, &[8; 32]), Err(BytesError::OtherScan));
    let smaller = Grid { bscans: 4, ..grid };
    assert_eq!(Corrections::of_bytes(&bytes, smaller, &digest), Err(BytesError::OtherScan));
    let mut newer = bytes.clone();
    newer[7] = b'2';
    assert_eq!(Corrections::of_bytes(&newer, grid, &digest), Err(BytesError::OtherVersion));
    assert_eq!(Corrections::of_bytes(b"PK..............", grid, &digest), Err(BytesError::NotOurs));
}

/// FNV-1a of all but the last eight bytes, in their place.
fn with_check(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 8;
    let check = bytes[..end].iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    bytes[end..].copy_from_slice(&check.to_le_bytes());
    bytes
}

#[test]
fn hostile_bytes_are_refused_even_where_their_checksum_is_right() {
    let mut scan = Scan::blank(40, 30, 5);
    scan.make(1, &stroke(IRF, &[(10.0, 10.0), (30.0, 20.0)])).unwrap();
    scan.make(3, &stroke(SRF, &[(10.0, 10.0)])).unwrap();
    let (grid, digest) = (scan.corrections.grid(), [7; 32]);
    let bytes = scan.corrections.to_bytes(&digest);
    for end in 0..bytes.len() {
        assert!(Corrections::of_bytes(&bytes[..end], grid, &digest).is_err(), "cut at {end}");
        let mut changed = bytes.clone();
        changed[end] ^= 0x55;
        assert!(Corrections::of_bytes(&changed, grid, &digest).is_err(), "changed at {end}");
        // It may happen to be other valid runs; then they fit the scan.
        if let Ok(read) = Corrections::of_bytes(&with_check(changed), grid, &digest) {
            for bscan in read.drawn_bscans() {
                let last = read.drawn(bscan).unwrap().spans().last().unwrap().end;
                assert!(bscan < grid.bscans && last <= grid.pixels());
            }
        }
    }
    // A count of billions reserves nothing.
    let mut many = bytes[..52].to_vec();
    many.extend_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(Corrections::of_bytes(&with_check(many), grid, &digest), Err(BytesError::Damaged));
}

#[test]
fn changes_past_the_end_are_left_out_and_odd_grids_hold_nothing() {
    let mut corrections = Corrections::none(Grid { columns: 4, rows: 4, bscans: 1 });
    let first_four = std::iter::once(0..4).collect();
    let change = Change { bscan: 1, shape: Shape::of_ranges(first_four), value: 1 };
    assert!(corrections.apply(&[change]).is_empty());
    let huge = Grid { columns: u32::MAX, rows: u32::MAX, bscans: 1 };
    assert_eq!((huge.pixels(), huge.index(at(1, 1))), (0, None));
    let mut none = Scan::blank(0, 0, 0);
    assert_eq!(none.make(0, &stroke(IRF, &[(1.0, 1.0)])), Err(CorrectError::NoSuchBScan { bscan: 0 }));
    let mut empty = Scan::blank(0, 3, 1);
    assert!(empty.make(0, &stroke(IRF, &[(1.0, 1.0)])).unwrap().is_empty());
    assert!(empty.make(0, &Edit::Fill { class: FluidClass::Irf, at: at(0, 0) }).is_err());
}

/// A path as a hand makes it around a lesion: points some samples apart.
fn wandering(seed: u32) -> Vec<(f32, f32)> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut random = |span: f32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0 * span
    };
    let (mut column, mut row) = (40.0 + random(420.0), 200.0 + random(600.0));
    (0..60)
        .map(|_| {
            column += random(9.0) - 4.5;
            row += random(9.0) - 4.5;
            (column, row)
        })
        .collect()
}

#[test]
fn five_hundred_interactions_take_less_than_fifty_megabytes() {
    let mut scan = Scan::blank(512, 1024, 128);
    for step in 0..500_u32 {
        let paint = [IRF, SRF, Paint::Background][step as usize % 3];
        let points =
            wandering(step).iter().map(|(column, row)| Point { column: *column, row: *row }).collect();
        let edit = Edit::Stroke { paint, radius: Radius { columns: 12.0, rows: 20.0 }, points };
        scan.make(step * 7 % 128, &edit).unwrap();
    }
    let bytes = scan.history.heap_bytes();
    eprintln!("500 strokes: {} kB of history", bytes / 1000);
    assert!(bytes < 50_000_000 / 10, "{bytes}");
    let drawn = scan.corrections.clone();
    while scan.history.can_undo() {
        scan.history.undo(&mut scan.corrections);
    }
    assert!(scan.corrections.is_empty());
    while scan.history.can_redo() {
        scan.history.redo(&mut scan.corrections);
    }
    assert_eq!(scan.corrections, drawn);
    let untouched = drawn.drawn(0).unwrap().run_lengths(512 * 1024);
    assert!(untouched.runs().iter().any(|(_, label)| *label == UNTOUCHED));
}

#[test]
fn a_history_of_components_through_a_volume_stays_small_too() {
    let mut scan = Scan::blank(512, 1024, 128);
    for bscan in 10..60 {
        for row in 300..500 {
            let start = row * 512 + 100 + (row * 37 + bscan * 11) % 9;
            scan.model[bscan][start..start + 200].fill(2);
        }
    }
    let mut history = History::default();
    for step in 0..20 {
        let paint = if step % 2 == 0 { IRF } else { SRF };
        let edit = Edit::Component { at: at(200, 400), extent: Extent::Volume, paint };
        let changes = correct::changes(&edit, 30, &scan).unwrap();
        assert_eq!(changes.len(), 50);
        history.push(scan.corrections.apply(&changes));
    }
    let bytes = history.heap_bytes();
    assert!(bytes < 20 * 50 * 1100, "{bytes}: more than a kilobyte a B-scan");
}

#[test]
fn odd_edits_are_refused_or_drawn_and_never_panic() {
    let mut scan = Scan::blank(33, 21, 4);
    for (bscan, greys) in scan.greys.iter_mut().enumerate() {
        greys.iter_mut().enumerate().for_each(|(at, grey)| *grey = (at * 31 + bscan * 7) as u8);
    }
    scan.chances[1] = Some((0..3 * 33 * 21).map(|at| (at * 13) as u8).collect());
    scan.chances[2] = Some(vec![9; 5]);
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1e30, 1e30, -0.0, 0.5, 12.0, 1e-30];
    let mut state = 7_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for step in 0..4000 {
        let points: Vec<Point> =
            (0..random(5)).map(|_| Point { column: odd[random(9)], row: odd[random(9)] }).collect();
        let radius = Radius { columns: odd[random(9)], rows: odd[random(9)] };
        let at = Place { column: [0, 5, 32, 33, u32::MAX][random(5)], row: [0, 9, 20, 21][random(4)] };
        let class = FluidClass::ALL[random(3)];
        let paint = [Paint::Background, Paint::Fluid(class), Paint::GiveBack][random(3)];
        let extent = [Extent::BScan, Extent::Volume][random(2)];
        let edit = match random(8) {
            0 => Edit::Stroke { paint, radius, points },
            1 => Edit::Lasso { paint, outline: points },
            2 => Edit::Fill { class, at },
            3 => Edit::Component { at, extent, paint },
            4 => Edit::Push { class, radius, points },
            5 => Edit::Interpolate { class, from: random(6) as u32, to: random(6) as u32 },
            6 => Edit::Accept { class, at },
            _ if step % 50 == 0 => Edit::Clear { extent },
            _ => continue,
        };
        // Whether it can be made is its own affair.
        let _made = scan.make(random(5) as u32, &edit);
    }
    while scan.history.can_undo() {
        scan.history.undo(&mut scan.corrections);
    }
    assert!(scan.corrections.is_empty());
}
