//! `sweep`: sessions whose longest lifetime is over are deleted.

use serde_json::json;

use super::database::with_auth;
use super::failure::Outcome;
use super::output::Output;
use super::progress::Progress;
use super::wire::counted;

/// How many rows at a time, so that no statement holds its locks for long.
const BATCH: u32 = 1_000;

pub(super) fn run(output: Output) -> Outcome {
    let deleted = with_auth(async |auth| {
        let mut progress = Progress::new();
        let mut deleted = 0;
        loop {
            let some = auth.sweep(BATCH).await?;
            deleted += some;
            if some < u64::from(BATCH) {
                return Ok(deleted);
            }
            progress.show(|| format!("{} deleted so far", counted(deleted, "session")));
        }
    })?;
    output.print(&json!({ "deleted": deleted }), || match deleted {
        0 => "There was nothing to sweep.".to_owned(),
        some => format!("Deleted {} that had ended for good.", counted(some, "session")),
    })
}
