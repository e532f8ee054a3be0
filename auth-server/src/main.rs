//! A small authentication server: `/api/auth` over SQLite or Postgres.

use std::process::ExitCode;

fn main() -> ExitCode {
    auth_server::cli::run()
}
