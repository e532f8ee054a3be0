//! `migrate`: the tables, forwards and back.

use auth_migrations::StepState;
use clap::Subcommand;
use serde_json::json;

use super::confirm::Consent;
use super::database::with_store;
use super::failure::{Failure, Outcome};
use super::help;
use super::output::Output;
use super::table::pairs;
use super::wire::counted;
use crate::causes::chain;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Creates the tables, or brings them up to date.
    #[command(after_help = help::MIGRATE_UP)]
    Up,
    /// Takes the latest migrations back, and destroys what is in their tables and columns.
    #[command(after_help = help::MIGRATE_DOWN)]
    Down {
        /// How many migrations to take back.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        #[command(flatten)]
        consent: Consent,
    },
    /// Lists which migrations have been applied, and which have not.
    #[command(after_help = help::MIGRATE_STATUS)]
    Status,
}

pub(super) fn run(command: &Command, output: Output) -> Outcome {
    match command {
        Command::Up => up(output),
        Command::Down { steps, consent } => down(*steps, *consent, output),
        Command::Status => status(output),
    }
}

fn up(output: Output) -> Outcome {
    let applied = with_store(async |config, store| {
        let applied = auth_migrations::up(store.database()).await;
        applied.map_err(|error| failed(config, &error))
    })?;
    output.print(&json!({ "applied": applied }), || {
        if applied.is_empty() { "The tables were up to date.".to_owned() } else { told("Applied", &applied) }
    })
}

fn down(steps: u32, consent: Consent, output: Output) -> Outcome {
    let reverted = with_store(async |config, store| {
        let latest =
            format!("Taking back the latest {}, with all they hold,", counted(steps.into(), "migration"));
        consent.ask(&format!("{latest} in {}", config.database))?;
        let reverted = auth_migrations::down(store.database(), steps).await;
        reverted.map_err(|error| failed(config, &error))
    })?;
    output.print(&json!({ "reverted": reverted }), || {
        if reverted.is_empty() {
            "There was nothing to take back.".to_owned()
        } else {
            told("Took back", &reverted)
        }
    })
}

fn status(output: Output) -> Outcome {
    let steps = with_store(async |config, store| {
        let steps = auth_migrations::steps(store.database()).await;
        steps.map_err(|error| failed(config, &error))
    })?;
    let word = |state| match state {
        StepState::Applied => "applied",
        StepState::Pending => "pending",
        StepState::Later => "later",
    };
    let document: Vec<_> =
        steps.iter().map(|step| json!({ "name": step.name, "state": word(step.state) })).collect();
    output.print(&json!({ "migrations": document }), || {
        let rows: Vec<_> =
            steps.iter().map(|step| (step.name.as_str(), word(step.state).to_owned())).collect();
        pairs(&rows)
    })
}

fn failed(config: &Config, error: &dyn std::error::Error) -> Failure {
    Failure::Failed(format!("the migrations of {} failed: {}", config.database, chain(error)))
}

fn told(what: &str, names: &[String]) -> String {
    let lines: Vec<_> = names.iter().map(|name| format!("{what} {name}.")).collect();
    lines.join("\n")
}
