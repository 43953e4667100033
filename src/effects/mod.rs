//! The page in the browser: what the model asks for is done here, and what
//! happens comes in here.
//!
//! [`Page`] is the one handle that components get. They read the model through it
//! and send it inputs; none of them writes state or talks to the worker.
//!
//! | module | what it does |
//! |---|---|
//! | [`engine_client`] | the worker: spawn, send, receive, notice its death |
//! | [`dropped_files`] | files and folders from drops and file pickers |
//! | [`scene_client`] | the worker that draws in space |
//! | [`saving`] | downloads |
//! | [`document`] | what the document and the address say |
//! | [`kept`] | what was drawn, kept in the browser's database |
//! | [`language`] | the language that the document speaks and the browser remembers |
//! | [`habits`] | the habits that the document follows and the browser remembers |
//! | [`storage`] | what the browser keeps between visits |
//! | [`js_bytes`] | bytes in JavaScript's memory |

pub mod document;
pub mod dropped_files;
mod engine_client;
mod habits;
mod js_bytes;
mod kept;
mod language;
mod saving;
pub mod scene_client;
mod storage;

use std::collections::BTreeMap;
use std::time::Duration;

use engine_protocol::{Request, wire};
use js_sys::{Array, ArrayBuffer, Float32Array};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use self::dropped_files::PathsAndFiles;
use self::engine_client::{EngineClient, FromEngine};
use self::js_bytes::JsBytes;
use crate::model::{DropId, Effect, Files, Input, Model, Notice, Payload, Pixels, Scan, update};
use crate::words::{Locale, Said, notices};

/// What can wait ([`Model::can_wait`]) is shown so often, ms: nobody follows more than five figures a
/// second, and each drawing takes the cores that the network computes on.
const SHOWN_EVERY_MS: f64 = 200.0;

/// The page: its model, and what it holds of the browser. A context.
#[derive(Clone, Copy)]
pub struct Page {
    model: RwSignal<Model, LocalStorage>,
    locale: Memo<Locale>,
    browser: StoredValue<Browser, LocalStorage>,
}

/// What the page holds of the browser.
#[derive(Default)]
struct Browser {
    client: Option<EngineClient>,
    drops: BTreeMap<DropId, PathsAndFiles>,
    last_drop: u32,
    /// When something that can wait was shown last.
    shown_ms: f64,
    /// Something waits.
    is_to_be_shown: bool,
}

impl Page {
    /// A page of which nothing is there yet.
    pub fn new() -> Self {
        let locale = language::first();
        language::speak(locale);
        let habits = habits::first();
        habits::follow(habits);
        let model = Model { locale, view: habits.view(), ..Model::new(document::settings()) };
        let model = RwSignal::new_local(model);
        let page = Self {
            model,
            locale: Memo::new(move |_| model.with(|model| model.locale)),
            browser: StoredValue::new_local(Browser::default()),
        };
        leptos::task::spawn_local(async move {
            if kept::has_any().await {
                page.send(Input::KeptThere);
            }
        });
        page
    }

    /// The page that the component lives in.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The language that the page speaks.
    pub fn locale(self) -> Memo<Locale> {
        self.locale
    }

    /// Reads the model as it is now.
    pub fn peek<T>(self, read: impl FnOnce(&Model) -> T) -> T {
        self.model.with_untracked(read)
    }

    /// A part of the model; who reads it is told where that part changes.
    pub fn memo<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Model) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        self.memo_of(Box::new(read))
    }

    /// [`Self::memo`] compiled once a type, and not once a closure.
    fn memo_of<T: PartialEq + Send + Sync + 'static>(
        self,
        read: Box<dyn Fn(&Model) -> T + Send + Sync>,
    ) -> Memo<T> {
        Memo::new(move |_| self.model.with(&read))
    }

    /// A part of the scan on show, as [`Self::memo`] gives it; `None` without a scan.
    pub fn memo_scan<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Scan) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        self.memo(move |model| model.scan().map(&read))
    }

    /// Something happens.
    pub fn send(self, input: Input) {
        let can_wait = self.peek(|model| model.can_wait(&input));
        let changed = self.model.try_maybe_update(|model| (!can_wait, update(model, input)));
        if can_wait {
            self.show_soon();
        }
        let effects = changed.unwrap_or_default();
        for effect in effects {
            self.perform(effect);
        }
        self.browser.update_value(|browser| {
            browser.drops.retain(|dropped, _| self.peek(|model| model.needs(*dropped)));
        });
    }

    /// Shows what changed, at most every [`SHOWN_EVERY_MS`].
    fn show_soon(self) {
        let now_ms = js_sys::Date::now();
        let mut wait_ms = None;
        self.browser.update_value(|browser| {
            if !browser.is_to_be_shown {
                // The clock may have been set back.
                let left_ms = (browser.shown_ms + SHOWN_EVERY_MS - now_ms).clamp(0.0, SHOWN_EVERY_MS);
                browser.is_to_be_shown = true;
                wait_ms = Some(left_ms);
            }
        });
        let show = move || {
            self.browser.update_value(|browser| {
                browser.is_to_be_shown = false;
                browser.shown_ms = js_sys::Date::now();
            });
            self.model.notify();
        };
        match wait_ms {
            Some(0.0) => show(),
            Some(left_ms) => set_timeout(show, Duration::from_millis(left_ms as u64)),
            None => {}
        }
    }

    /// Keeps files for as long as the model needs them.
    pub fn keep(self, files: PathsAndFiles) -> Files {
        let paths = files.iter().map(|(path, _)| path.clone()).collect();
        let mut dropped = DropId(0);
        self.browser.update_value(|browser| {
            browser.last_drop += 1;
            dropped = DropId(browser.last_drop);
            browser.drops.insert(dropped, files);
        });
        Files { dropped, paths, choice: None, axes: None }
    }

    fn perform(self, effect: Effect) {
        match effect {
            Effect::StartEngine => self.start_engine(),
            Effect::StopEngine => {
                let mut client = None;
                self.browser.update_value(|browser| client = browser.client.take());
                // Not from within the worker's own event handler, which is dropped with it.
                leptos::task::spawn_local(async move { drop(client) });
            }
            Effect::Send(request, payload) => self.send_to_engine(&request, &payload),
            Effect::Save { name, mime, content } => {
                if let Err(details) = saving::save(&name, &mime, &content) {
                    let sentence = Said::new(|locale| notices::could_not_be_saved(locale, &name));
                    self.send(Input::NotSaved(Notice::with_details(sentence, details)));
                }
            }
            Effect::KeepCorrections { digest, bytes } => kept::keep(digest, bytes),
            Effect::LookUpCorrections { scan, digest } => {
                leptos::task::spawn_local(async move {
                    if let Some(bytes) = kept::find(&digest).await {
                        self.send(Input::KeptFound { scan, bytes });
                    }
                });
            }
            Effect::ForgetCorrections => kept::forget_all(),
            Effect::KeepHabits(habits) => {
                habits::follow(habits);
                habits::remember(habits);
            }
            Effect::UseLanguage(locale) => {
                language::speak(locale);
                language::remember(locale);
            }
        }
    }

    fn start_engine(self) {
        self.browser.update_value(|browser| browser.client = None);
        let Some(url) = document::engine_url() else {
            let details = "the page does not name the engine's script (meta lacuna-engine)".to_owned();
            return self.send(Input::EngineDied { details });
        };
        match EngineClient::spawn(&url, move |message| self.hear(message)) {
            Ok(client) => self.browser.update_value(|browser| browser.client = Some(client)),
            Err(details) => self.send(Input::EngineDied { details }),
        }
    }

    fn hear(self, message: FromEngine) {
        match message {
            FromEngine::Event(event, payload) => {
                let buffers = payload.iter().filter_map(|part| part.dyn_into::<ArrayBuffer>().ok());
                let payload = buffers.map(|buffer| Pixels::new(JsBytes::of(&buffer))).collect();
                self.send(Input::Engine(event, payload));
            }
            // Not from within the worker's own event handler, which is dropped with it.
            FromEngine::Died { details } => {
                leptos::task::spawn_local(async move { self.send(Input::EngineDied { details }) });
            }
        }
    }

    fn send_to_engine(self, request: &Request, payload: &Payload) {
        let sent = self.browser.with_value(|browser| {
            let payload = match payload {
                Payload::Nothing => Array::new(),
                Payload::Files(dropped) => {
                    let mut dropped = browser.drops.get(dropped).into_iter().flatten();
                    // Both are sorted by path.
                    let file = |path: &String| Some(&dropped.find(|(known, _)| known == path)?.1);
                    files_asked_for(request).iter().filter_map(file).collect()
                }
                Payload::Masks { found, drawn } => {
                    let found = found.iter().flat_map(|(mask, boundaries)| {
                        let rows = Float32Array::from(boundaries.as_slice()).buffer();
                        [wire::buffer(&mask.to_bytes()), rows]
                    });
                    found.chain(drawn.iter().map(|runs| wire::buffer(&runs.to_bytes()))).collect()
                }
                Payload::Bytes(bytes) => Array::of1(&wire::buffer(&bytes.to_vec())),
            };
            browser.client.as_ref().map(|client| client.send(request, &payload))
        });
        if let Some(Err(details)) = sent {
            self.send(Input::EngineDied { details });
        }
    }
}

/// The paths of the files that go with `request`.
fn files_asked_for(request: &Request) -> &[String] {
    match request {
        Request::Open { paths, .. } | Request::FindScans { paths, .. } => paths,
        Request::UseWeights { name } => std::slice::from_ref(name),
        _ => &[],
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}
