//! How many interactions and seconds a person needs to mend planted errors, in several generated
//! eyes: the table of this crate's README. `cargo run --release -p correct --example effort`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "../tests/person/mod.rs"]
mod person;

use person::{Effort, Mended, Planted, eye, mend};

/// Eyes with all three fluids.
const EYES: std::ops::RangeInclusive<u64> = 60..=67;

fn main() {
    println!(
        "| error | eyes | B-scans | Dice of a click | interactions a B-scan | brush alone | seconds a B-scan | brush alone | of its seconds (range of eyes) |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut totals = (0, [Effort::default(); 2]);
    for planted in Planted::ALL {
        let mended: Vec<Mended> = EYES.map(|seed| mend(&eye(seed), planted)).collect();
        let mended: Vec<&Mended> = mended.iter().filter(|mended| mended.bscans > 0).collect();
        let sum = |of: fn(&Mended) -> Effort| {
            mended.iter().map(|mended| of(mended)).fold(Effort::default(), Effort::and)
        };
        let both = [sum(|mended| mended.with_tools), sum(|mended| mended.with_brush)];
        let bscans: usize = mended.iter().map(|mended| mended.bscans).sum();
        let proposed: Vec<f64> = mended.iter().flat_map(|mended| &mended.proposed).copied().collect();
        let click = match proposed.len() {
            0 => "—".to_owned(),
            count => format!("{:.2}", proposed.iter().sum::<f64>() / count as f64),
        };
        let shares = mended.iter().map(|mended| mended.with_tools.seconds / mended.with_brush.seconds);
        let (least, most) =
            shares.fold((f64::MAX, 0.0), |(least, most), share| (share.min(least), share.max(most)));
        line(
            &planted.to_string(),
            [mended.len(), bscans],
            &click,
            both,
            &format!(" ({:.0} to {:.0})", 100.0 * least, 100.0 * most),
        );
        totals = (totals.0 + bscans, [totals.1[0].and(both[0]), totals.1[1].and(both[1])]);
    }
    let (bscans, both) = totals;
    line("all", [EYES.count(), bscans], "", both, "");
    println!("\nThe slowest tool took {:.1} ms.", both[0].slowest_ms.max(both[1].slowest_ms));
}

fn line(name: &str, [eyes, bscans]: [usize; 2], click: &str, [tools, brush]: [Effort; 2], range: &str) {
    let a_bscan = |of: f64| of / bscans as f64;
    println!(
        "| {name} | {eyes} | {bscans} | {click} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} %{range} |",
        a_bscan(tools.interactions as f64),
        a_bscan(brush.interactions as f64),
        a_bscan(tools.seconds),
        a_bscan(brush.seconds),
        100.0 * tools.seconds / brush.seconds,
    );
}
