//! The game of a generated eye.

use engine_protocol::CorrectedBScan;

use super::*;
use crate::model::find::{Answer, Compared, FindInput};
use crate::model::hand::Tool;

impl Page {
    fn find(&mut self, input: FindInput) {
        self.send(Input::Find(input));
    }

    /// The sample eye in which B-scans 0 and 2 hold SRF in their second column.
    fn playing() -> Self {
        let mut page = Self::ready();
        page.find(FindInput::Toggle);
        page.truth_comes();
        page
    }

    fn truth_comes(&mut self) {
        let scan = self.scan().id;
        let truth = [[0, 2], [0, 0], [0, 2]].map(|labels| RunLengths::encode(&labels).to_bytes());
        self.hear_with(Event::Truth { scan }, &truth);
    }

    /// The person drew `drawn` in `bscan`, where the network said `network` or nothing.
    fn draws(&mut self, bscan: u32, drawn: [u8; 2], network: &[u8]) {
        let scan = self.scan().id;
        let bytes = |labels: &[u8]| RunLengths::encode(labels).to_bytes();
        let in_force: Vec<u8> = (0..2)
            .map(|at| if drawn[at] == 255 { network.get(at).copied().unwrap_or(0) } else { drawn[at] })
            .collect();
        let bscans = vec![CorrectedBScan { bscan, drawn_voxels: 1, reviewed: false }];
        let corrected =
            Event::Corrected { scan, bscans, measurement: measurement(), can_undo: true, can_redo: false };
        self.hear_with(corrected, &[bytes(&in_force), bytes(&drawn), bytes(network)]);
    }
}

#[test]
fn it_begins_where_fluid_is_with_a_brush_and_all_that_gives_it_away_put_away() {
    let mut page = Page::ready();
    for wanted in [ViewInput::ToggleTruth, ViewInput::ToggleDoubt, ViewInput::ToggleSimilarity] {
        page.send(Input::View(wanted));
    }
    page.effects.clear();
    page.find(FindInput::Toggle);
    let scan = page.scan().id;
    assert!(page.asked().contains(&Request::DrawUnaided { scan, unaided: true }));
    let view = &page.model.view;
    assert!(!view.truth && !view.doubt && !view.similarity);
    assert_eq!((page.model.hand.tool, page.model.answer()), (Some(Tool::Brush), Answer::Hidden));
    assert_eq!(page.scan().cursor.bscan, 1, "nobody knows yet where it is");
    page.truth_comes();
    assert_eq!(page.scan().cursor.bscan, 0);
    for wanted in [ViewInput::ToggleDoubt, ViewInput::ToggleLayers, ViewInput::NextViews] {
        let before = page.model.view.clone();
        page.send(Input::View(wanted));
        assert_eq!(page.model.view, before, "{wanted:?}");
    }
    page.send(Input::Scene(SceneInput::Toggle));
    page.send(Input::Sheet(Some(Sheet::Report)));
    assert!(!page.model.scene.is_open && page.model.sheet.is_none());
    page.send(Input::Sheet(Some(Sheet::Help)));
    assert!(page.model.sheet.is_some());
}

#[test]
fn a_check_compares_person_and_network_with_the_truth_and_the_next_bscan_is_hidden_again() {
    let mut page = Page::playing();
    page.draws(0, [2, 255], &[]);
    // The key of the truth checks.
    page.send(Input::View(ViewInput::ToggleTruth));
    assert_eq!(page.model.answer(), Answer::Compared);
    assert!(!page.model.view.truth);
    let compared = Compared::of(page.scan(), 0).unwrap();
    let srf = compared.drawn.get(FluidClass::Srf);
    assert_eq!((srf.tp, srf.fp, srf.fn_), (0, 1, 1));
    assert_eq!((compared.dice(), compared.network), (Some(0.0), None));

    // Who draws on has seen the truth: it is shown and does not count.
    page.measures_one();
    page.draws(0, [0, 2], &[0, 2]);
    let compared = Compared::of(page.scan(), 0).unwrap();
    assert_eq!(compared.dice(), Some(1.0));
    let network = compared.network.map(|network| network.get(FluidClass::Srf).dice());
    assert_eq!(network, Some(Some(1.0)));
    page.find(FindInput::Check);
    assert_eq!(page.model.find.as_ref().map(|find| find.score()), Some((1, Some(0.0))));

    page.find(FindInput::Next);
    assert_eq!((page.scan().cursor.bscan, page.model.answer()), (2, Answer::Hidden));
    page.find(FindInput::Check);
    page.find(FindInput::Next);
    assert_eq!(page.scan().cursor.bscan, 2, "there is no other");
    page.send(Input::GoTo(1));
    page.find(FindInput::Check);
    assert_eq!(Compared::of(page.scan(), 1).unwrap().dice(), None, "rightly nothing");
    assert_eq!(page.model.find.as_ref().map(|find| find.score()), Some((3, Some(0.0))));
}

#[test]
fn every_bscan_with_fluid_has_its_turn_once_and_neighbours_do_not_follow_each_other() {
    for count in 1..60 {
        let mut page = Page::ready();
        page.send(Input::OpenEye(count));
        let scan = page.opens(count + 3);
        page.find(FindInput::Toggle);
        let truth = (0..count + 3).map(|bscan| RunLengths::encode(&[0, u8::from(bscan > 2)]).to_bytes());
        page.hear_with(Event::Truth { scan }, &truth.collect::<Vec<_>>());
        let mut order = Vec::new();
        for _ in 0..count {
            page.find(FindInput::Check);
            order.push(page.scan().cursor.bscan);
            page.find(FindInput::Next);
        }
        if count > 4 {
            assert!(order.windows(2).all(|pair| pair[0].abs_diff(pair[1]) > 1), "{order:?}");
        }
        order.sort_unstable();
        assert_eq!(order, (3..3 + count).collect::<Vec<_>>());
    }
}

#[test]
fn nothing_is_checked_before_the_truth_is_there() {
    let mut page = Page::ready();
    page.find(FindInput::Toggle);
    page.find(FindInput::Check);
    page.find(FindInput::Next);
    assert_eq!((page.model.answer(), page.scan().cursor.bscan), (Answer::Hidden, 1));
    let page = Page::new();
    assert_eq!(page.model.answer(), Answer::Open);
}

#[test]
fn what_is_drawn_for_it_is_neither_kept_nor_looked_for() {
    let mut page = Page::playing();
    page.effects.clear();
    page.draws(0, [2, 255], &[]);
    assert!(page.asked().is_empty());
    page.model.has_kept = true;
    page.send(Input::OpenEye(7));
    page.effects.clear();
    let scan = page.opens(3);
    let asked = page.asked();
    assert!(asked.contains(&Request::DrawUnaided { scan, unaided: true }), "{asked:?}");
    assert!(asked.contains(&Request::Truth { scan }), "{asked:?}");
    assert!(!asked.contains(&Request::Corrections { scan }), "{asked:?}");
    page.find(FindInput::Toggle);
    assert!(page.asked().contains(&Request::DrawUnaided { scan, unaided: false }));
    page.draws(0, [2, 255], &[]);
    assert_eq!(page.asked(), [Request::Corrections { scan }]);
}

#[test]
fn a_link_begins_it_and_a_persons_scan_ends_it() {
    let settings = Settings { eye: Some(7), find: true, ..Settings::default() };
    let mut page = Page { model: Model::new(settings), effects: Vec::new() };
    page.send(Input::StartEngine);
    page.hear(Event::Loaded);
    let scan = page.opens(3);
    assert!(page.asked().contains(&Request::DrawUnaided { scan, unaided: true }));
    assert_eq!((page.model.answer(), page.model.hand.tool), (Answer::Hidden, Some(Tool::Brush)));
    page.truth_comes();
    page.restarts();
    page.hear(Event::Loaded);
    page.effects.clear();
    page.opens(3);
    assert!(page.asked().contains(&Request::DrawUnaided { scan, unaided: true }), "the new engine knows");
    page.picks(4, "eye.vol");
    page.opens(2);
    assert_eq!(page.model.answer(), Answer::Open);
    assert!(page.model.find.is_none());
}
