//! Tools, what the engine answers to them, and what is kept of it.

use engine_protocol::{CorrectedBScan, Edit, Paint, Place};
use oct::RunLengths;

use super::*;
use crate::model::hand::{HandInput, Tool};

const DRAWN: [u8; 2] = [255, 2];

impl Page {
    fn hand(&mut self, input: HandInput) {
        self.send(Input::Hand(input));
    }

    /// A person drew SRF in the second column of `bscan`; the network said `model`, or nothing.
    fn corrected(&mut self, bscan: u32, model: &[u8]) {
        let scan = self.scan().id;
        let first = model.first().copied().unwrap_or(0);
        let bytes = |labels: &[u8]| RunLengths::encode(labels).to_bytes();
        let payload = [bytes(&[first, 2]), bytes(&DRAWN), bytes(model)];
        let of = CorrectedBScan { bscan, drawn_voxels: 1, reviewed: false };
        let (bscans, measurement) = (vec![of], measurement());
        self.hear_with(
            Event::Corrected { scan, bscans, measurement, can_undo: true, can_redo: false },
            &payload,
        );
    }

    fn told(&mut self, is_empty: bool) {
        let (scan, digest) = (self.scan().id, "d1".to_owned());
        self.hear_with(Event::Corrections { scan, digest, is_empty }, &[vec![7]]);
    }
}

#[test]
fn a_tool_draws_its_class_where_it_goes_and_escape_lays_it_down() {
    let mut page = Page::ready();
    page.hand(HandInput::Used(vec![[0.5, 0.5]]));
    assert!(page.asked().is_empty(), "the hand is empty");
    page.hand(HandInput::Take(Tool::Brush));
    page.send(Input::ClassKey(FluidClass::Ped));
    page.hand(HandInput::Used(vec![[0.5, 0.5]]));
    let asked = page.asked();
    let [Request::Correct { bscan: 1, edit: Edit::Stroke { paint, points, .. }, .. }] = asked.as_slice()
    else {
        panic!("{asked:?}");
    };
    assert_eq!((*paint, points.len()), (Paint::Fluid(FluidClass::Ped), 1));
    assert!(page.model.view.is_visible(FluidClass::Ped), "the key of a class hides nothing meanwhile");
    page.send(Input::Escape);
    assert_eq!(page.model.hand.tool, None);
    page.send(Input::ClassKey(FluidClass::Ped));
    assert!(!page.model.view.is_visible(FluidClass::Ped));
}

#[test]
fn a_press_on_a_pocket_is_asked_about_and_then_accepted() {
    let mut page = Page::ready();
    let (scan, at) = (page.scan().id, Place { column: 1, row: 0 });
    page.hand(HandInput::Take(Tool::Pocket));
    page.hand(HandInput::Used(vec![[1.5, 0.5]]));
    assert!(
        matches!(page.asked().as_slice(), [Request::Propose { bscan: 1, at: asked, .. }] if *asked == at)
    );
    page.hear(Event::Proposal { scan, bscan: 1, at, class: FluidClass::Irf });
    let edit = Edit::Accept { class: FluidClass::Irf, at };
    assert_eq!(page.asked(), [Request::Correct { scan, bscan: 1, edit }]);
}

#[test]
fn the_keyboard_moves_the_cursor_within_the_bscan_and_draws_there() {
    let mut page = Page::ready();
    page.hand(HandInput::Take(Tool::Eraser));
    page.hand(HandInput::Step([-1.0, -1.0]));
    page.hand(HandInput::UseHere);
    let asked = page.asked();
    let Some(Request::Correct { edit: Edit::Stroke { points, .. }, .. }) = asked.last() else {
        panic!("{asked:?}");
    };
    assert_eq!([points[0].column, points[0].row], [0.5, 0.5]);
}

#[test]
fn what_was_drawn_is_shown_before_anything_is_segmented_and_goes_when_it_is_undone() {
    let mut page = Page::ready();
    page.corrected(1, &[]);
    let mask = |page: &Page| page.scan().bscans.measured(1).map(|measured| measured.mask.decode());
    assert_eq!(mask(&page), Some(vec![0, 2]));
    assert!(page.scan().can_undo);
    let scan = page.scan().id;
    let of = CorrectedBScan { bscan: 1, drawn_voxels: 0, reviewed: false };
    let bytes = |labels: &[u8]| RunLengths::encode(labels).to_bytes();
    let undone = Event::Corrected {
        scan,
        bscans: vec![of],
        measurement: measurement(),
        can_undo: false,
        can_redo: true,
    };
    page.hear_with(undone, &[bytes(&[0, 0]), bytes(&[255, 255]), vec![]]);
    assert_eq!(mask(&page), None, "not segmented is not empty");
}

#[test]
fn a_restarted_engine_gets_the_networks_labels_and_what_was_drawn_apart() {
    let mut page = Page::ready();
    page.measures_one();
    page.corrected(0, &[1, 0]);
    page.corrected(2, &[]);
    page.restarts();
    page.hear(Event::Loaded);
    page.effects.clear();
    page.opens(3);
    let adopted = page.effects.iter().find_map(|effect| match effect {
        Effect::Send(
            Request::AdoptMasks { bscans, corrected, model, .. },
            Payload::Masks { found, drawn },
        ) => Some((bscans, corrected, model, found, drawn)),
        _ => None,
    });
    let (bscans, corrected, model, found, drawn) = adopted.expect("handed over");
    assert_eq!((bscans.len(), found[0].0.decode()), (1, vec![1, 0]));
    assert_eq!(corrected.iter().map(|of| of.bscan).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(drawn[1].decode(), DRAWN);
    assert_eq!(model.as_ref().map(|model| model.name.as_str()), Some("net"), "the one that segmented it");
}

#[test]
fn what_is_drawn_is_kept_once_and_again_where_it_changed_meanwhile() {
    let mut page = Page::ready();
    page.corrected(1, &[]);
    page.corrected(1, &[]);
    let scan = page.scan().id;
    assert_eq!(page.asked(), [Request::Corrections { scan }], "one at a time");
    page.told(false);
    assert!(matches!(page.effects[0], Effect::KeepCorrections { bytes: Some(_), .. }));
    assert_eq!(page.asked(), [Request::Corrections { scan }]);
    page.told(true);
    assert!(matches!(page.effects[0], Effect::KeepCorrections { bytes: None, .. }));
}

#[test]
fn what_an_earlier_visit_kept_comes_back_unless_a_person_has_begun_to_draw() {
    for has_begun in [false, true] {
        let mut page = Page::ready();
        page.send(Input::KeptThere);
        page.send(Input::OpenSample);
        let scan = page.opens(3);
        page.effects.clear();
        page.told(true);
        assert!(matches!(page.effects.as_slice(), [Effect::LookUpCorrections { .. }]));
        if has_begun {
            page.corrected(1, &[]);
        }
        page.effects.clear();
        page.send(Input::KeptFound { scan, bytes: Pixels::new(vec![7]) });
        let restores = page.asked().contains(&Request::RestoreCorrections { scan });
        assert_eq!(restores, !has_begun);
    }
}

#[test]
fn a_scan_that_opened_before_the_database_answered_is_looked_up_all_the_same() {
    let mut page = Page::ready();
    let scan = page.scan().id;
    page.send(Input::KeptThere);
    assert!(page.model.has_kept && page.asked() == [Request::Corrections { scan }]);
}

#[test]
fn filling_between_needs_another_bscan_that_was_drawn_in() {
    let mut page = Page::ready();
    page.hand(HandInput::Interpolate);
    assert!(page.asked().is_empty() && page.model.notice.is_some());
    page.corrected(0, &[]);
    page.asked();
    page.send(Input::GoTo(2));
    page.hand(HandInput::Interpolate);
    let asked = page.asked();
    assert!(
        asked.iter().any(|request| matches!(
            request,
            Request::Correct { bscan: 2, edit: Edit::Interpolate { from: 0, to: 2, .. }, .. }
        )),
        "{asked:?}"
    );
}

#[test]
fn a_file_of_weights_is_no_scan_and_the_network_that_segmented_keeps_its_name() {
    let mut page = Page::ready();
    page.picks(4, "mine.safetensors");
    assert!(matches!(
        page.effects.as_slice(),
        [Effect::Send(Request::UseWeights { name }, Payload::Files(DropId(4)))] if name == "mine.safetensors"
    ));
    page.measures_one();
    let Event::DeviceChosen { device, model } = device_chosen() else { unreachable!() };
    let model = ModelInfo { name: "mine".to_owned(), own_file: Some("mine.safetensors".to_owned()), ..model };
    page.hear(Event::DeviceChosen { device, model });
    assert_eq!(page.scan().network.as_ref().map(|network| network.name.as_str()), Some("net"));
    assert_eq!(page.model.engine.network.as_ref().map(|network| network.name.as_str()), Some("mine"));
}
