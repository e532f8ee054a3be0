//! In production, no secret lands on the disk in a core dump.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::unistd::geteuid;

use crate::process::{Server, Store};

/// The limits of its core dumps, soft and hard, and the user whom its files under `/proc` belong to.
fn dumps(server: &Server) -> (String, u32) {
    let folder = format!("/proc/{}", server.id());
    let limits = fs::read_to_string(format!("{folder}/limits")).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    let numbers: Vec<_> = line.split_whitespace().take(2).collect();
    (numbers.join(" "), fs::metadata(format!("{folder}/limits")).unwrap().uid())
}

#[tokio::test(flavor = "multi_thread")]
async fn production_leaves_no_room_for_one() {
    let store = Store::sqlite();
    let server = Server::start_with(&store.url(), &[("NODE_ENV", "production")]);
    // The files of a process that may not be dumped are root's. Where root runs this test, they are
    // anyway; a unit test asks the system itself.
    assert_eq!(dumps(&server), ("0 0".to_owned(), 0));
    server.client().get("/readyz").await.is(200, r#"{"status":"ready"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn development_leaves_them_as_they_are() {
    let store = Store::sqlite();
    let (_, owner) = dumps(&Server::start(&store.url()));
    assert_eq!(owner, geteuid().as_raw());
}
