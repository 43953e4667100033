//! The engine as a Web Worker.
//!
//! The worker speaks `engine-protocol` with the page: it holds the scans, answers for
//! B-scans, and drives the segmentation. Where no GPU is to be had it starts *CPU workers*
//! (`cpu-worker`), which each run the network on one core, and computes nothing itself, so
//! that it stays free to answer. (The page calls CPU workers lanes.)
//!
//! What the worker holds and how it answers is plain Rust ([`session`]) and
//! tested natively; the rest is as thin as it can be, because only a browser
//! can run it.
//!
//! | module | what it does |
//! |---|---|
//! | [`session`] | open scans, runs, answers |
//! | [`sample`] | the eye that the page opens on |
//! | `browser` | listening, files, weights, driving a run |
//! | `compute` | the network, on the worker's own device or on CPU workers |

#![cfg_attr(
    not(target_family = "wasm"),
    allow(dead_code, unused_imports, reason = "natively only the tests run")
)]

#[cfg(target_family = "wasm")]
mod browser;
#[cfg(target_family = "wasm")]
mod compute;
mod sample;
mod session;

#[cfg(target_family = "wasm")]
fn main() {
    browser::run();
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("engine-worker runs in a browser; `cargo xtask serve` builds the page that starts it");
}
