//! `trainer`: see `trainer --help`.

mod commands;

use clap::{Parser, Subcommand};

use commands::Sources;

/// Trains MMIS-Net on the datasets of `datasets.toml` and makes the weights that Lacuna ships.
///
/// The usual way: `prepare` (is the data as it should be?), `train` (hours; may be
/// killed at any time), `evaluate --weights RUN` (how good is it?), `quantize` (the
/// int8 file of the browser), `card` (its model card).
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    sources: Sources,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read every dataset, check it, and print what each one teaches. Costs a minute, saves hours.
    Prepare(commands::prepare::Arguments),
    /// Train in a new run folder.
    Train(commands::train::Arguments),
    /// Go on with a run that was stopped or killed, from its newest checkpoint.
    Resume(commands::resume::Arguments),
    /// Write one folder (program, samples, schedule) that trains a recipe on a machine without network.
    Pack(commands::pack::Arguments),
    /// Take the run that was trained in such a folder back.
    Unpack(commands::unpack::Arguments),
    /// Average the weights of runs that began from the same ones, to go on from their mean.
    Average(commands::average::Arguments),
    /// Score weights on held-out data: RETOUCH's figures per dataset, device and label.
    Evaluate(commands::evaluate::Arguments),
    /// Train and compare runs that differ in one thing.
    Ablate(commands::ablate::Arguments),
    /// Turn a run into the int8 weight file that the page loads, and say what int8 costs.
    Quantize(commands::quantize::Arguments),
    /// Calibrate the presence scores of a weight file again, on the validation data that there are now.
    Calibrate(commands::calibrate::Arguments),
    /// What rules after the network (smallest component, anatomical order) are worth on validation.
    Rules(commands::rules::Arguments),
    /// Write a weight file's network as ONNX, for onnxruntime.
    Export(commands::export::Arguments),
    /// Fill the model card, its evidence and the README with what the other commands measured.
    ///
    /// The figures come from `evaluate --card FOLDER`, once for `--split test`, `validation`
    /// and `both`, each with and without `--all-columns`; tables come from `prepare`,
    /// `quantize`, `rules` and `ablate` with `--card FOLDER`, too. What a person has to say
    /// stands in the documents themselves.
    Card(commands::card::Arguments),
    /// Images a second that this build trains, and what the loader delivers.
    Speed(commands::speed::Arguments),
}

fn main() -> anyhow::Result<()> {
    let Arguments { sources, command } = Arguments::parse();
    match command {
        Command::Prepare(arguments) => arguments.run(&sources),
        Command::Train(arguments) => arguments.run(&sources),
        Command::Resume(arguments) => arguments.run(&sources),
        Command::Pack(arguments) => arguments.run(&sources),
        Command::Unpack(arguments) => arguments.run(),
        Command::Average(arguments) => arguments.run(),
        Command::Evaluate(arguments) => arguments.run(&sources),
        Command::Ablate(arguments) => arguments.run(&sources),
        Command::Quantize(arguments) => arguments.run(&sources),
        Command::Calibrate(arguments) => arguments.run(&sources),
        Command::Rules(arguments) => arguments.run(&sources),
        Command::Export(arguments) => arguments.run(),
        Command::Card(arguments) => arguments.run(),
        Command::Speed(arguments) => arguments.run(&sources),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_explains_itself_and_its_options() {
        let mut command = Arguments::command();
        command.build();
        command.clone().debug_assert();
        for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
            assert!(part.get_about().is_some(), "{} says nothing of itself", part.get_name());
            for option in part.get_arguments() {
                assert!(option.get_help().is_some(), "{} {} says nothing", part.get_name(), option.get_id());
            }
        }
    }
}
