//! The way from Express and Prisma to here is as its guide tells it.

use std::fs;
use std::path::Path;

use auth_core::store::UserStore;
use auth_core::{Email, PasswordHash};
use auth_sea_orm::SeaOrmStore;

use crate::ROOT;
use crate::walk::{self, PROGRAM, Server, blocks, shell};

/// The hash that is stored for somebody, as text.
async fn stored_hash(folder: &Path, email: &str) -> Option<String> {
    let url = format!("sqlite://{}", folder.join("auth.db").display());
    let store = SeaOrmStore::new(auth_sea_orm::connect(&url).await.expect("a database"));
    let email = Email::parse(email).expect("an address");
    let account = store.credentials(&email).await.expect("it answers").expect("an account");
    account.password.as_ref().map(PasswordHash::expose).map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_from_an_exported_table_to_a_login_that_ends_bcrypt() {
    let docs = Path::new(ROOT).join("docs");
    let guide = fs::read_to_string(docs.join("from-express-and-prisma.md")).expect("there is a guide");
    let blocks = blocks(&guide);
    let shell = shell(&blocks);
    let at = shell.iter().position(|step| step.text.trim() == "auth-server").expect("the server is started");
    let (before, after) = (&shell[..at], &shell[at + 1..]);
    assert_eq!((before.len(), after.len()), (4, 1), "two rehearsals, two imports; a login");

    let folder = walk::folder();
    for name in ["users.csv", "users.jsonl"] {
        let example = docs.join("from-express-and-prisma").join(name);
        fs::copy(example, folder.path().join(name)).expect("there is example data");
    }
    // A reader sees both outputs on one terminal.
    let adapted = |text: &str| format!("exec 2>&1\n{}", text.replace("auth-server", PROGRAM));
    walk::run(folder.path(), before, adapted);

    let express = stored_hash(folder.path(), "cleo@example.com").await.expect("she has one");
    let exported = fs::read_to_string(docs.join("from-express-and-prisma/users.csv")).expect("it was copied");
    assert!(express.starts_with("$2b$10$") && exported.contains(&express), "{express}");

    let server = Server::start(folder.path());
    walk::run(folder.path(), after, |text| server.in_place_of_the_usual(text));
    let ours = stored_hash(folder.path(), "cleo@example.com").await.expect("she has one");
    assert!(ours.starts_with("$argon2id$v=19$"), "{ours}");
    // Whoever has not logged in keeps what they had.
    let ben = stored_hash(folder.path(), "ben@example.com").await.expect("he has one");
    assert!(exported.contains(&ben), "{ben}");
    assert_eq!(stored_hash(folder.path(), "dora@example.com").await, None);
}
