//! `cargo xtask serve`.

use anyhow::Result;

use crate::bundle;
use crate::server::Running;

/// Builds the page, serves it, and prints its address once it can be opened.
pub fn serve(port: u16) -> Result<()> {
    bundle::plain()?;
    let server = Running::start(bundle::folder(), port)?;
    println!("\nLacuna is at {}  (Ctrl-C ends it)", server.url());
    server.wait();
    Ok(())
}
