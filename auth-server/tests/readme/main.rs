//! What the documents show is what happens: their shell blocks are run against the server, the
//! table of variables is the server's own. (Their Rust blocks are doc tests of this crate.)

mod asvs;
mod book;
mod documents;
mod from_express;
mod quick_start;
mod walk;

use std::fs;
use std::path::Path;
use std::process::Command;

use auth_core::SigningSecret;
use auth_server::config::VARIABLES;

use documents::documents;
use walk::{PROGRAM, Server, blocks, shell};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const COMMAND: &str = "cargo run -q -p auth-server --";

fn document(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).expect("the document is there")
}

#[test]
fn the_walk_through_gives_the_answers_that_are_shown() {
    let (readme, operations) = (document("README.md"), document("docs/operations.md"));
    let (readme, operations) = (blocks(&readme), blocks(&operations));
    let steps = shell(&readme);
    let (commands, endpoints) = steps.split_at(2);
    // The first is run below, without building it again; the second runs this very test.
    assert_eq!(commands[0].text.trim(), "cargo run -p auth-server", "the first command runs the server");
    assert_eq!(commands[1].text.trim(), "cargo test --workspace", "the second command runs the tests");
    // The chapter goes on where the README ends.
    let day_two = shell(&operations);
    assert_eq!((endpoints.len(), day_two.len()), (5, 5), "one block for each endpoint, and those of day two");

    let folder = walk::folder();
    let server = Server::start(folder.path());
    let steps = [endpoints, &day_two].concat();
    walk::run(folder.path(), &steps, |text| server.in_place_of_the_usual(text).replace(COMMAND, PROGRAM));
}

#[test]
fn the_walk_through_the_life_of_a_key_gives_the_answers_that_are_shown() {
    let text = document("docs/keys.md");
    let blocks = blocks(&text);
    let steps = shell(&blocks);
    assert_eq!(steps.len(), 1, "generate, rotate, list");
    let folder = walk::folder();
    walk::run(folder.path(), &steps, |text| text.replace(COMMAND, PROGRAM));
}

#[test]
fn the_trace_of_a_caller_stands_in_the_log_as_it_is_shown() {
    let text = document("docs/tracing.md");
    let blocks = blocks(&text);
    let steps = shell(&blocks);
    assert_eq!(steps.len(), 1, "ask, and look into the log");
    let folder = walk::folder();
    walk::run(folder.path(), &steps, |text| text.replace(COMMAND, PROGRAM));
}

#[test]
fn the_environment_table_is_the_servers_own() {
    let rows = VARIABLES.iter().map(|v| format!("| `{}` | {} | {} |\n", v.name, code(v.default), v.meaning));
    let table: String = std::iter::once("\n| variable | default | meaning |\n|---|---|---|\n".to_owned())
        .chain(rows)
        .collect();
    let markdown = document("docs/configuration.md");
    let (_, after) = markdown.split_once("<!-- environment -->").expect("the table has a beginning");
    let (shown, _) = after.split_once("<!-- /environment -->").expect("the table has an end");
    assert_eq!(shown.trim(), table.trim(), "copy this into docs/configuration.md:\n{table}");
}

/// A default in backticks, unless it is a remark.
fn code(default: &str) -> String {
    if default.contains(' ') || default == "unset" { default.to_owned() } else { format!("`{default}`") }
}

#[test]
fn the_example_of_an_environment_file_names_every_variable_and_is_good() {
    let path = Path::new(ROOT).join(".env.example");
    let text = fs::read_to_string(&path).expect("there is an example");
    for variable in VARIABLES {
        assert!(text.contains(&format!("{}=", variable.name)), "{} is missing", variable.name);
    }
    let folder = walk::folder();
    fs::copy(path, folder.path().join(".env")).expect("it can be copied");
    let checked = Command::new(PROGRAM)
        .arg("check-config")
        .current_dir(folder.path())
        .env_clear()
        .output()
        .expect("the server was built");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

/// Whoever copies a sample signs with what everybody knows.
#[test]
fn no_secret_that_the_documents_print_is_one_that_the_server_takes() {
    let files = [".env.example", "auth-core/src/token/published.txt"];
    let files = files.map(|path| (path.to_owned(), document(path)));
    let documents =
        documents().into_iter().map(|document| (document.path.display().to_string(), document.text));
    for (document, text) in documents.chain(files) {
        for secret in secrets_in(&text) {
            assert!(SigningSecret::parse(secret.as_bytes()).is_err(), "{document} prints {secret}");
        }
    }
}

/// What looks like a secret: a long run of letters and digits of several kinds, or whatever is
/// given to something that is called a secret.
fn secrets_in(text: &str) -> Vec<&str> {
    let is_one = |char: char| char.is_ascii_alphanumeric() || "+/=_-".contains(char);
    let has = |run: &str, kind: fn(&char) -> bool| run.chars().any(|char| kind(&char));
    let long = text.split(|char| !is_one(char)).filter(|run| {
        let is_mixed = has(run, char::is_ascii_lowercase) && has(run, char::is_ascii_uppercase);
        let is_hex = run.chars().all(|char| char.is_ascii_hexdigit());
        run.len() >= 32 && has(run, char::is_ascii_digit) && (is_mixed || is_hex)
    });
    let given = text.lines().flat_map(|line| {
        ["_SECRET=", "_SECRET_PREVIOUS=", "_TOKEN=", "_secret(\"", "_secret('"]
            .map(|name| line.split_once(name))
    });
    let given = given.flatten().map(|(_, after)| after.trim_matches(['"', '\'', ')', ' ']));
    long.chain(given).collect()
}

#[test]
fn the_search_for_secrets_finds_what_it_should() {
    let planted = "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa";
    for text in [
        format!("Use `{planted}`."),
        format!("JWT_ACCESS_SECRET={planted}"),
        "JWT_REFRESH_SECRET='correct horse battery staple and more'".to_owned(),
        ".access_secret(\"correct horse battery staple and more\")".to_owned(),
        "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
    ] {
        let found = secrets_in(&text);
        assert!(
            found.iter().any(|secret| SigningSecret::parse(secret.as_bytes()).is_ok()),
            "{text}: {found:?}"
        );
    }
    assert_eq!(
        secrets_in("`a_spent_token_ends_its_session_and_no_other`, auth-server/tests/server"),
        [""; 0]
    );
}
