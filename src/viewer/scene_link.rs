//! What the worker that draws in space is told, and when: the canvas once it listens, the
//! volume whenever that is another one and the last is drawn, the B-scan in view and the
//! camera whenever they move.

use leptos::html::Canvas;
use leptos::prelude::*;
use scene::{FromScene, Look, SceneFailure};

use crate::canvas::surface::Surface;
use crate::effects::Page;
use crate::effects::document::wants_less_motion;
use crate::effects::scene_client::SceneClient;
use crate::model::scene_volume::{SceneKey, scene_volume};
use crate::model::{Input, SceneInput};

type Client = StoredValue<Option<SceneClient>, LocalStorage>;

/// Starts the worker, tells it all for as long as the owner lives, and ends it with that.
pub fn draw_on(surface: Surface) {
    let page = Page::expect();
    let client: Client = StoredValue::new_local(None);
    let listens = RwSignal::new(false);
    let builds = RwSignal::new(false);
    let hear = move |event: FromScene| {
        match event {
            FromScene::Loaded => listens.set(true),
            FromScene::Started => {}
            FromScene::Built { .. } | FromScene::Failed { .. } => builds.set(false),
        }
        page.send(Input::Scene(SceneInput::Told(event)));
    };
    let tell = move |told: Option<Result<(), SceneFailure>>| {
        if let Some(Err(failure)) = told {
            page.send(Input::Scene(SceneInput::Told(FromScene::Failed { failure })));
        }
    };
    match SceneClient::spawn(hear) {
        Ok(started) => client.set_value(Some(started)),
        // Not while the view is being built, which the message changes.
        Err(failure) => leptos::task::spawn_local(async move { tell(Some(Err(failure))) }),
    }
    on_cleanup(move || drop(client.try_update_value(Option::take)));
    let ask = move |ask: &dyn Fn(&SceneClient) -> Result<(), SceneFailure>| {
        tell(client.try_with_value(|client| client.as_ref().map(ask)).flatten());
    };

    hand_over(surface.canvas(), listens, ask);

    let wanted = page.memo_scan(SceneKey::of);
    let built: StoredValue<Option<SceneKey>> = StoredValue::new(None);
    Effect::new(move |_| {
        let Some(wanted) = wanted.get() else { return };
        // One at a time: a run finds B-scans faster than they are drawn.
        if !listens.get() || builds.get() || built.with_value(|built| built.as_ref() == Some(&wanted)) {
            return;
        }
        built.set_value(Some(wanted));
        builds.set(true);
        if let Some(volume) = page.peek(|model| model.scan().map(scene_volume)) {
            ask(&|client| client.build(&volume));
        }
    });

    let in_view = page.memo_scan(|scan| (scan.id, scan.cursor.bscan, scan.bscans.pictures_changed()));
    Effect::new(move |_| {
        if !listens.get() || in_view.get().is_none() {
            return;
        }
        let picture = page.peek(|model| {
            let scan = model.scan()?;
            let bscan = scan.cursor.bscan;
            let greys = scan.whole_bscan(scan.bscans.picture(bscan))?;
            Some((bscan, [scan.info.columns, scan.info.rows], greys))
        });
        if let Some((bscan, size, greys)) = picture {
            ask(&|client| client.picture(bscan, size, &greys));
        }
    });

    let looks = page.memo(|model| {
        let bscan = model.scan().map_or(0, |scan| scan.cursor.bscan);
        (model.scene.camera, model.scene.glides, model.scene.depth, model.view.visible, bscan)
    });
    Effect::new(move |_| {
        let size = surface.size();
        let (camera, glides, depth, visible, bscan) = looks.get();
        if !listens.get() || size.width < 1.0 || size.height < 1.0 {
            return;
        }
        let look = Look {
            camera,
            glides: glides && !wants_less_motion(),
            stretch: f32::from(depth),
            visible,
            bscan,
            width: (size.width * size.ratio).round() as u32,
            height: (size.height * size.ratio).round() as u32,
            pixel_ratio: size.ratio as f32,
        };
        ask(&|client| client.look(look));
    });
}

/// Hands the canvas over once the worker listens and the canvas is there.
fn hand_over(
    canvas: NodeRef<Canvas>,
    listens: RwSignal<bool>,
    ask: impl Fn(&dyn Fn(&SceneClient) -> Result<(), SceneFailure>) + 'static,
) {
    let is_handed_over = StoredValue::new(false);
    Effect::new(move |_| {
        let (Some(canvas), true) = (canvas.get(), listens.get()) else { return };
        if !is_handed_over.get_value() {
            is_handed_over.set_value(true);
            ask(&|client| client.start(&canvas));
        }
    });
}
