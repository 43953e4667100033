//! A synthetic eye in RETOUCH's layout: `oct.mhd` with `oct.raw`, and the
//! exact mask as `reference.mhd` with `reference.raw`.

use oct_formats::metaimage;
use oct_phantom::{Eye, EyeConfig};
use serde_json::json;

use crate::args::PhantomArgs;
use crate::failure::Failure;
use crate::output::OutputSet;

/// Runs `lacuna phantom`.
///
/// # Errors
/// [`Failure`] where the files cannot be made or written.
pub fn run(args: &PhantomArgs, json: bool) -> Result<(), Failure> {
    // The folder first: a bad place should fail before a minute of speckle.
    let mut outputs = OutputSet::new(&args.out)?;
    let mut config = EyeConfig::new(args.seed, args.style.into());
    config.bscans = args.bscans.map(usize::from);
    config.fluid = args.fluid.0;
    let (volume, truth) = Eye::new(&config).volume();

    let reference = metaimage::write_mask(&truth, &volume.geometry, None, "reference.raw")
        .map_err(|error| Failure::Encode { file: "reference.mhd".to_owned(), reason: error.to_string() })?;
    let oct = metaimage::write_volume(&volume, "oct.raw");
    for (raw, header, files) in [("oct.raw", "oct.mhd", oct), ("reference.raw", "reference.mhd", reference)] {
        outputs.stage(raw, &files.raw)?;
        outputs.stage(header, files.header.as_ref())?;
    }
    let files = outputs.commit()?;
    crate::print(&if json {
        crate::pretty(&json!({ "out": args.out, "files": files }))?
    } else {
        format!("{}: {}\n", args.out.display(), files.join(", "))
    });
    Ok(())
}
