//! The CPU worker's own program: see the library of this package.

#[cfg(target_family = "wasm")]
fn main() {
    cpu_worker::listen();
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("cpu-worker runs in a browser; `cargo xtask serve` builds the page that starts it");
}
