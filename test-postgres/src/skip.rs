//! What happens to a test where there is no PostgreSQL.

use std::io::Write;

const ADVICE: &str = "install PostgreSQL 13 or later (its programs are looked for on PATH and in the usual places; \
                      a private server is started from them), or set TEST_DATABASE_URL to a server where databases \
                      may be created, which is enough for all tests but those that stop the server";

/// Says loudly that tests are skipped, or panics where `REQUIRE_POSTGRES=1`.
pub(crate) fn announce(why: &str) {
    let required = std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
    assert!(!required, "REQUIRE_POSTGRES=1, but {why}: {ADVICE}");
    // The harness captures what the print macros write, and shows it for failures only. Nothing
    // is lost where standard error is closed.
    let _ = writeln!(std::io::stderr(), "\nPOSTGRES TESTS ARE SKIPPED: {why}. To run them, {ADVICE}.\n");
}
