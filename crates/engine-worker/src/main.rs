//! The engine as a Web Worker.
//!
//! The same wasm file plays two roles. The *primary* speaks `engine-protocol`
//! with the page: it holds the volume, answers for B-scans, and drives the
//! segmentation. Where no GPU is to be had it starts *lanes*, nested workers
//! that each run the network on one core, and computes nothing itself, so that
//! it stays free to answer. Which role a worker plays, its first message tells.
//!
//! | module | what it does |
//! |---|---|
//! | [`session`] | the open volume, its mask and figures |
//! | [`schedule`] | in which order B-scans are visited, how long it will take |
//! | [`sample`] | the eye that the page opens on |
//! | [`files`] | what is saved, as bytes |
//! | [`browser`] | everything that touches the browser |

#![cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "natively only the tests run"))]

#[cfg(target_family = "wasm")]
mod browser;
mod files;
mod sample;
mod schedule;
mod session;

#[cfg(target_family = "wasm")]
fn main() {
    browser::run();
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("engine-worker runs in a browser; `cargo xtask serve` builds the page that starts it");
}
