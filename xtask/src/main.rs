//! `cargo xtask`: everything a person does with this repository.
//!
//! | module | what it does |
//! |---|---|
//! | [`tools`] | finds what a task needs, installs it, or says what is missing |
//! | [`bundle`] | builds the page and its worker, optimises, compresses |
//! | [`seal`] | content security policy and hashed addresses in `index.html` |
//! | [`server`] | serves a folder on this machine |
//! | [`serve`], [`test`], [`check`], [`fuzz`], [`bench`] | the tasks |
//! | [`budget`] | how many compressed bytes a visitor loads |
//! | [`process`] | runs a command and says which one failed |

mod bench;
mod budget;
mod bundle;
mod check;
mod fuzz;
mod process;
mod seal;
mod serve;
mod server;
mod test;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tasks of the Lacuna repository.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page and serve it on this machine; installs what is missing.
    Serve {
        /// Port on 127.0.0.1.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Run all tests: native, wasm, and the page in a real browser.
    Test {
        /// Only this part.
        #[arg(long)]
        only: Option<test::Part>,
        /// Only browser tests of this name, over a bundle that is not optimised: a
        /// file (`keyboard`) or a part of a test's title.
        #[arg(long, conflicts_with = "only")]
        spec: Option<String>,
    },
    /// Format, lints (native and wasm), bundle budget.
    Check,
    /// Run every reader against damaged input for a while; not part of `test`.
    Fuzz(fuzz::FuzzArgs),
    /// Measure how fast it is, against onnxruntime; writes into docs/benchmarks.
    Bench(bench::BenchArgs),
    /// Build the optimised production bundle into `dist/`, with compressed files beside the plain ones.
    Dist,
}

fn main() -> Result<()> {
    std::env::set_current_dir(process::root())?;
    match Arguments::parse().task {
        Task::Serve { port } => serve::serve(port),
        Task::Test { spec: Some(spec), .. } => test::spec(&spec),
        Task::Test { only, .. } => test::test(only),
        Task::Check => check::check(),
        Task::Fuzz(args) => fuzz::fuzz(&args),
        Task::Bench(args) => bench::bench(&args),
        Task::Dist => {
            bundle::production()?;
            budget::print_sizes()
        }
    }
}
