//! The document that clients are made from: committed, printed and served alike.

use std::fs;

use serde_json::Value;

use crate::process::{Server, Store, program};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

/// What `auth-server openapi` prints with these arguments and variables.
fn printed(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder);
    let output = program.arg("openapi").args(arguments).envs(variables.iter().copied()).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_committed_document_is_the_one_that_the_code_makes() {
    let committed = fs::read_to_string(COMMITTED).unwrap();
    assert!(
        committed == printed(&[], &[]),
        "docs/openapi.json is another one; make it anew: cargo run -p auth-server -- openapi > docs/openapi.json"
    );
}

#[test]
fn the_printed_document_follows_the_configuration_and_needs_no_database_and_no_secret() {
    let nowhere = ("DATABASE_URL", "sqlite://no/such/folder/auth.db");
    let variables =
        [nowhere, ("NODE_ENV", "production"), ("ROLES", "SUPPORT"), ("PASSWORD_MIN_LENGTH", "15")];
    let document: Value = serde_json::from_str(&printed(&["--json"], &variables)).unwrap();
    let request = &document["components"]["schemas"]["CreateUserRequest"]["properties"];
    assert_eq!(request["role"]["enum"], serde_json::json!(["ADMIN", "SUPPORT", "USER"]));
    assert_eq!(request["password"]["minLength"], 15);
    let cookie = &document["paths"]["/login"]["post"]["responses"]["200"]["headers"]["Set-Cookie"]["example"];
    assert!(cookie.as_str().unwrap().contains("; Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_served_document_is_the_printed_one_and_its_page_is_there_in_development_alone() {
    let store = Store::sqlite();
    for (mode, page) in [("test", 200), ("development", 200), ("production", 404)] {
        let server = Server::start_with(&store.url(), &[("NODE_ENV", mode)]);
        let client = server.client();
        let answer = client.get("/api/auth/openapi.json").await;
        assert_eq!(
            (answer.status, &answer.response.headers()["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        let printed: Value = serde_json::from_str(&printed(&["--json"], &[("NODE_ENV", mode)])).unwrap();
        assert_eq!(answer.json(), printed, "{mode}");
        for path in ["/docs", "/docs/style.css"] {
            assert_eq!(client.get(path).await.status, page, "{mode} {path}");
        }
    }
}
