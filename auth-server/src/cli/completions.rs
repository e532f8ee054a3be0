//! `completions`: a script for a shell.

use clap_complete::{Shell, generate};
use serde_json::json;

use super::failure::{Failure, Outcome};
use super::output::Output;

pub(super) fn run(shell: Shell, output: Output) -> Outcome {
    let mut script = Vec::new();
    generate(shell, &mut super::command(), "auth-server", &mut script);
    let script = String::from_utf8(script).map_err(|error| Failure::Failed(error.to_string()))?;
    output.print(&json!({ "script": script }), || script.trim_end().to_owned())
}
