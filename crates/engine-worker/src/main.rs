//! engine-worker
fn main() {}
