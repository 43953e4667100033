//! How many interactions and seconds a person needs to mend what a network got wrong, with all
//! tools and with the brush alone; `examples/effort.rs` counts it in several eyes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod person;

use person::{Effort, Planted, eye, mend};

#[test]
fn planted_errors_are_mended_in_fewer_interactions_with_the_tools_than_with_the_brush_alone() {
    let eye = eye(60);
    let mut totals = [Effort::default(); 2];
    for planted in Planted::ALL {
        let mended = mend(&eye, planted);
        let (tools, brush) = (mended.with_tools, mended.with_brush);
        eprintln!("{planted}, {} B-scans: {tools:?}, {brush:?}", mended.bscans);
        assert!(mended.bscans > 2, "{planted}");
        let proposes = matches!(planted, Planted::Missed(..));
        assert_eq!(mended.proposed.len(), if proposes { mended.bscans } else { 0 }, "a click a B-scan");
        assert!(tools.seconds < 1.1 * brush.seconds, "{planted}: {tools:?}, {brush:?}");
        totals = [totals[0].and(tools), totals[1].and(brush)];
    }
    let [tools, brush] = totals;
    assert!(tools.seconds < 0.7 * brush.seconds, "{tools:?}, {brush:?}");
}
