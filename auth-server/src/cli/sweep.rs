//! `sweep`: what is over for good is deleted: sessions, counts of wrong passwords, events, notes of revocations.

use serde_json::json;

use super::database::with_auth_and_config;
use super::failure::Outcome;
use super::output::Output;
use super::progress::Progress;
use super::wire::counted;

/// How many rows at a time, so that no statement holds its locks for long.
const BATCH: u32 = 1_000;

pub(super) fn run(output: Output) -> Outcome {
    let [sessions, counts, events, revocations] = with_auth_and_config(async |auth, config| {
        Ok([
            all("session", async || auth.sweep(BATCH).await).await?,
            all("count", async || auth.sweep_throttle(BATCH).await).await?,
            all("event", async || auth.sweep_events(config.audit_retention, BATCH).await).await?,
            all("revocation", async || auth.sweep_revocations(BATCH).await).await?,
        ])
    })?;
    let json = json!({
        "deleted": sessions, "counts": counts, "events": events, "revocations": revocations
    });
    output.print(&json, || {
        if sessions + counts + events + revocations == 0 {
            return "There was nothing to sweep.".to_owned();
        }
        let all = [(sessions, "session"), (counts, "count"), (events, "event"), (revocations, "revocation")];
        let some = all.into_iter().filter(|(number, _)| *number > 0);
        let told: Vec<_> = some.map(|(number, what)| counted(number, what)).collect();
        format!("Deleted {} that had ended for good.", told.join(", "))
    })
}

/// Deletes all of a kind, batch by batch, and says how many.
async fn all(what: &'static str, sweep: impl AsyncFn() -> Result<u64, auth_core::Error>) -> Outcome<u64> {
    let mut progress = Progress::new();
    let mut deleted = 0;
    loop {
        let some = sweep().await?;
        deleted += some;
        if some < u64::from(BATCH) {
            return Ok(deleted);
        }
        progress.show(|| format!("{} deleted so far", counted(deleted, what)));
    }
}
