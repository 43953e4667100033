//! A worker that draws the fluid of a scan in space.
//!
//! The page starts it when a person opens the view and ends it when they close it. It gets
//! an `OffscreenCanvas`, a [`scene::SceneVolume`] as bytes and what is wanted of it
//! ([`scene::ToScene`]), and draws with WebGL 2; no frame is drawn in which nothing changed.
//! What is drawn is made in `scene`, natively tested.
//!
//! | module | what it holds |
//! |---|---|
//! | `host` | the worker's end: messages, frames |
//! | `glide` | the camera on its way |
//! | `painter` | what is drawn, and in which order |
//! | `gl` | programs, buffers and textures |
//! | `shaders/` | the programs |

#[cfg(target_family = "wasm")]
mod gl;
mod glide;
#[cfg(target_family = "wasm")]
mod host;
#[cfg(target_family = "wasm")]
mod painter;

#[cfg(target_family = "wasm")]
fn main() {
    host::listen();
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("scene-worker runs in a browser; `cargo xtask serve` builds the page that starts it");
}
