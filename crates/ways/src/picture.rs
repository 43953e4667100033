//! What may have happened to the pictures before they were written.

use crate::scan::{Known, Scan};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Picture {
    /// Nothing.
    AsItIs,
    /// B-scans from the last to the first.
    Reversed,
    /// These B-scans hold one grey: a blink, a lost frame.
    Flat(&'static [usize], u8),
    /// These B-scans hold no numbers.
    NotANumber(&'static [usize]),
    /// These B-scans hold noise of so much grey.
    Noise(&'static [usize], u8),
    /// These B-scans hold a test card: bars from black to white.
    Bars(&'static [usize]),
    /// B-scans upside down: the eye's inside below.
    UpsideDown,
    /// Rows and columns exchanged, and called as before.
    Lying,
    /// Every B-scan is the first one.
    OneForAll,
    /// Each B-scan twice, one after the other.
    EachTwice,
    /// All B-scans, and all of them again.
    AllTwice,
    /// One B-scan is missing.
    Without(usize),
    /// Only this B-scan is there.
    Only(usize),
    /// What changes from place to place: flow instead of structure.
    Flow,
    /// The mask instead of the eye, its labels times this.
    Labels(u8),
    /// A map of thickness in every B-scan: smooth, without layers.
    Map,
    /// The eye as a negative: high is dark, and nothing says so.
    Negative,
    /// The eye on a canvas.
    Canvas(Canvas),
}

/// What a program put around the pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    /// Rows above and below.
    pub rows: [usize; 2],
    /// Columns before and after.
    pub columns: [usize; 2],
    /// Its grey.
    pub grey: u8,
}

impl Canvas {
    /// Rows and columns of what stands on it, with it.
    pub fn size(&self, [columns, rows]: [usize; 2]) -> [usize; 2] {
        [columns + self.columns.iter().sum::<usize>(), rows + self.rows.iter().sum::<usize>()]
    }

    /// Images of `columns` and `rows`, one after the other, each with `around` around it.
    pub fn around<T: Copy>(&self, images: &[T], [columns, rows]: [usize; 2], around: T) -> Vec<T> {
        let [wide, _] = self.size([columns, rows]);
        let with_sides = |line: &[T]| -> Vec<T> {
            let [before, after] = self.columns.map(|columns| vec![around; columns]);
            [before.as_slice(), line, &after].concat()
        };
        let of_image = |image: &[T]| -> Vec<T> {
            let [above, below] = self.rows.map(|rows| vec![around; rows * wide]);
            let lines = image.chunks(columns).flat_map(with_sides);
            above.into_iter().chain(lines).chain(below).collect()
        };
        images.chunks(columns * rows).flat_map(of_image).collect()
    }
}

impl Picture {
    /// The eye after it.
    pub fn of(self, known: &Known) -> Scan {
        let mut scan = known.scan.clone();
        let (columns, rows) = (scan.columns, scan.rows);
        let bscans = scan.bscans;
        let all = || 0..bscans;
        match self {
            Self::AsItIs => {}
            Self::Reversed => scan = Scan { numbers: all().collect(), ..reversed(&scan) },
            Self::Flat(which, grey) => {
                which.iter().for_each(|bscan| scan.bscan_mut(*bscan).fill(f32::from(grey)));
            }
            Self::NotANumber(which) => which.iter().for_each(|bscan| scan.bscan_mut(*bscan).fill(f32::NAN)),
            Self::Noise(which, most) => {
                for bscan in which {
                    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ *bscan as u64;
                    scan.bscan_mut(*bscan).fill_with(|| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        ((state >> 33) % (u64::from(most) + 1)) as f32
                    });
                }
            }
            Self::Bars(which) => {
                for bscan in which {
                    let greys = scan.bscan_mut(*bscan).iter_mut().enumerate();
                    greys.for_each(|(at, grey)| *grey = (at % columns / 8 * 36) as f32);
                }
            }
            Self::UpsideDown => {
                for bscan in all() {
                    let turned: Vec<f32> =
                        scan.bscan(bscan).chunks(columns).rev().flatten().copied().collect();
                    scan.bscan_mut(bscan).copy_from_slice(&turned);
                }
            }
            Self::Lying => {
                let lying = all().flat_map(|bscan| {
                    let image = scan.bscan(bscan);
                    (0..columns).flat_map(move |x| (0..rows).map(move |y| image[y * columns + x]))
                });
                scan = Scan { greys: lying.collect(), columns: rows, rows: columns, ..scan.clone() };
            }
            Self::OneForAll => {
                let middle = scan.bscan(bscans / 2).to_vec();
                all().for_each(|bscan| scan.bscan_mut(bscan).copy_from_slice(&middle));
            }
            Self::EachTwice => {
                scan = scan.of_bscans(&all().flat_map(|bscan| [bscan, bscan]).collect::<Vec<_>>());
                scan.numbers = (0..scan.bscans).collect();
            }
            Self::AllTwice => {
                scan = scan.of_bscans(&all().chain(all()).collect::<Vec<_>>());
                scan.numbers = (0..scan.bscans).collect();
            }
            Self::Without(missing) => {
                scan = scan.of_bscans(&all().filter(|bscan| *bscan != missing).collect::<Vec<_>>());
            }
            Self::Only(bscan) => scan = scan.of_bscans(&[bscan]),
            Self::Flow => {
                for bscan in all() {
                    let still = scan.bscan(bscan).to_vec();
                    let flow = still.windows(2).map(|pair| (2.0 * (pair[0] - pair[1])).abs().min(255.0));
                    let flow: Vec<f32> = flow.map(f32::floor).chain([0.0]).collect();
                    scan.bscan_mut(bscan).copy_from_slice(&flow);
                }
            }
            Self::Labels(factor) => {
                scan.greys = known.labels.iter().map(|label| f32::from(label * factor)).collect();
            }
            Self::Map => {
                let map = |at: usize| {
                    let (x, y) = (
                        (at % columns) as f32 / columns as f32 - 0.5,
                        (at / columns) as f32 / rows as f32 - 0.5,
                    );
                    (60.0 + 150.0 * (-8.0 * (x * x + y * y)).exp()).floor()
                };
                let map: Vec<f32> = (0..columns * rows).map(map).collect();
                all().for_each(|bscan| scan.bscan_mut(bscan).copy_from_slice(&map));
            }
            Self::Negative => scan.greys.iter_mut().for_each(|grey| *grey = 255.0 - *grey),
            Self::Canvas(canvas) => {
                let greys = canvas.around(&scan.greys, [columns, rows], f32::from(canvas.grey));
                let [columns, rows] = canvas.size([columns, rows]);
                scan = Scan { greys, columns, rows, ..scan };
            }
        }
        scan
    }

    /// B-scans of the eye that hold no picture any more.
    pub fn lost(self) -> &'static [usize] {
        match self {
            Self::Flat(which, _) | Self::NotANumber(which) | Self::Noise(which, _) | Self::Bars(which) => {
                which
            }
            _ => &[],
        }
    }
}

fn reversed(scan: &Scan) -> Scan {
    scan.of_bscans(&(0..scan.bscans).rev().collect::<Vec<_>>())
}
