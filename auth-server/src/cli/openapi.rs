//! `openapi`: what the routes take and answer, for programs that make clients.

use serde_json::Value;

use super::database::configuration;
use super::failure::{Failure, Outcome};
use super::output::Output;
use crate::config::Purpose;
use crate::openapi;

/// Prints the document; with line breaks for people and for files that are compared.
pub(super) fn print(output: Output) -> Outcome {
    let config = configuration(Purpose::Manage)?;
    let failed = |error: &dyn std::error::Error| Failure::Failed(error.to_string());
    let document = openapi::document(&config).map_err(|error| failed(&error))?;
    let json: Value = serde_json::from_str(&document).map_err(|error| failed(&error))?;
    output.print(&json, || document)
}
