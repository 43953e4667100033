//! What a person drew, kept in the browser's own database (IndexedDB) until they clear it: run
//! lengths and a digest of the scan, no picture and no name. It is not encrypted.
//!
//! A browser that keeps nothing for the page (a private window, a full disk) costs what was drawn
//! at the next visit, and nothing now.

use idb::{
    Database, DatabaseEvent, Error, Factory, IndexParams, KeyPath, ObjectStore, ObjectStoreParams, Query,
    TransactionMode,
};
use js_sys::{ArrayBuffer, Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::js_bytes::JsBytes;
use crate::model::Pixels;

const DATABASE: &str = "lacuna";
const STORE: &str = "corrections";
/// Scans that are kept at most: those drawn in longest ago make room.
const MOST_SCANS: usize = 200;
const KEPT_AT: &str = "kept_at_ms";
const BYTES: &str = "bytes";

/// Whether anything is kept. The database itself is asked: a browser that crashes loses what was last
/// written to its other storage.
pub async fn has_any() -> bool {
    let count = async { store(&open().await?, TransactionMode::ReadOnly)?.count(None)?.await }.await;
    count.is_ok_and(|count| count > 0)
}

/// Keeps what was drawn in the scan that `digest` names; forgets it where it is nothing.
pub fn keep(digest: String, bytes: Option<Pixels>) {
    leptos::task::spawn_local(async move {
        // See above: nothing else can be done about it.
        let _not_kept = try_to_keep(&digest, bytes).await;
    });
}

/// What was kept of the scan that `digest` names.
pub async fn find(digest: &str) -> Option<Pixels> {
    let store = store(&open().await.ok()?, TransactionMode::ReadOnly).ok()?;
    let kept = store.get(Query::Key(digest.into())).ok()?.await.ok()??;
    let buffer = Reflect::get(&kept, &BYTES.into()).ok()?.dyn_into::<ArrayBuffer>().ok()?;
    Some(Pixels::new(JsBytes::of(&buffer)))
}

/// Forgets everything.
pub fn forget_all() {
    leptos::task::spawn_local(async move {
        let _not_forgotten =
            async { store(&open().await?, TransactionMode::ReadWrite)?.clear()?.await }.await;
    });
}

async fn try_to_keep(digest: &str, bytes: Option<Pixels>) -> Result<(), Error> {
    let store = store(&open().await?, TransactionMode::ReadWrite)?;
    let key = JsValue::from_str(digest);
    let Some(bytes) = bytes else { return store.delete(Query::Key(key))?.await };
    let kept = Object::new();
    let fields: [(&str, JsValue); 2] =
        [(KEPT_AT, Date::now().into()), (BYTES, js_sys::Uint8Array::from(&*bytes.to_vec()).buffer().into())];
    for (name, value) in fields {
        // A plain object takes every field.
        let _always = Reflect::set(&kept, &name.into(), &value);
    }
    store.put(&kept, Some(&key))?.await?;
    // The index has those that were kept longest ago first.
    let keys = store.index(KEPT_AT)?.get_all_keys(None, None)?.await?;
    let too_many = keys.len().saturating_sub(MOST_SCANS);
    for key in keys.into_iter().take(too_many) {
        store.delete(Query::Key(key))?.await?;
    }
    Ok(())
}

async fn open() -> Result<Database, Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(1))?;
    request.on_upgrade_needed(|event| {
        let made = event
            .database()
            .and_then(|database| database.create_object_store(STORE, ObjectStoreParams::new()))
            .and_then(|store| {
                store.create_index(KEPT_AT, KeyPath::new_single(KEPT_AT), Some(IndexParams::new()))
            });
        // Without its store the database opens, and every use of it fails.
        let _not_made = made.is_err();
    });
    request.await
}

fn store(database: &Database, mode: TransactionMode) -> Result<ObjectStore, Error> {
    database.transaction(&[STORE], mode)?.object_store(STORE)
}
