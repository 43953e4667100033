//! `lacuna` on the command line. Everything is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    lacuna_cli::run(std::env::args_os())
}
