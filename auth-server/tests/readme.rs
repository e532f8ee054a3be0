//! What the README shows is what happens: its shell blocks are run against the server, its table
//! is the server's own. (Its Rust block is a doc test of this crate.)

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use auth_server::config::VARIABLES;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const ADDRESS: &str = "127.0.0.1:4000";
const COMMAND: &str = "cargo run -q -p auth-server --";
const BETWEEN: &str = "--- the next block ---";

fn readme() -> String {
    fs::read_to_string(Path::new(ROOT).join("README.md")).expect("there is a README")
}

/// The fenced blocks in their order: language and text.
fn blocks(markdown: &str) -> Vec<(&str, &str)> {
    let mut parts = markdown.split("```");
    parts.next();
    let mut blocks = Vec::new();
    while let (Some(block), Some(_prose)) = (parts.next(), parts.next()) {
        blocks.push(block.split_once('\n').expect("a block has lines"));
    }
    blocks
}

/// Whether `text` is `pattern`, in which each `…` stands for anything within a line.
fn matches(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<_>, Vec<_>) = (text.trim().lines().collect(), pattern.trim().lines().collect());
    text.len() == pattern.len()
        && text.iter().zip(pattern).all(|(line, pattern)| line_matches(line.trim_end(), pattern))
}

fn line_matches(line: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('…');
    let Some(mut rest) = line.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let pieces: Vec<_> = pieces.collect();
    for (nth, piece) in pieces.iter().enumerate() {
        let last = nth + 1 == pieces.len();
        let found = if last {
            rest.len()
                .checked_sub(piece.len())
                .filter(|at| rest.is_char_boundary(*at) && &rest[*at..] == *piece)
        } else {
            rest.find(piece)
        };
        let Some(at) = found else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty()
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; the test has failed then already.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Starts the server that `cargo run -p auth-server` builds, on a port of its own.
fn start(folder: &Path) -> (Server, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
        .current_dir(folder)
        .env_clear()
        .envs([("PORT", "0"), ("LOG_FORMAT", "json")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server was built");
    let log = BufReader::new(child.stdout.take().expect("it is piped"));
    let server = Server(child);
    let mut lines = log.lines().map_while(Result::ok);
    let address = lines.by_ref().find_map(|line| {
        let event: serde_json::Value = serde_json::from_str(&line).ok()?;
        event["address"].as_str().map(str::to_owned)
    });
    // Whoever stops reading stops the writer in the end.
    std::thread::spawn(move || lines.for_each(drop));
    (server, address.expect("it says where it listens"))
}

#[test]
fn the_walk_through_gives_the_answers_that_are_shown() {
    let markdown = readme();
    let blocks = blocks(&markdown);
    let shell: Vec<_> = blocks.iter().enumerate().filter(|(_, (language, _))| *language == "sh").collect();
    let (commands, rest) = shell.split_at(2);
    // The first is run below, without building it again; the second runs this very test.
    assert_eq!(commands[0].1.1.trim(), "cargo run -p auth-server", "the first command runs the server");
    assert_eq!(commands[1].1.1.trim(), "cargo test --workspace", "the second command runs the tests");
    assert_eq!(rest.len(), 9, "one block for each endpoint, and those of day two");

    let folder = tempfile::tempdir().expect("a folder");
    let (_server, address) = start(folder.path());
    let program = env!("CARGO_BIN_EXE_auth-server");
    let adapted = |text: &str| text.replace(ADDRESS, &address).replace(COMMAND, program);
    let script: Vec<_> = rest.iter().map(|(_, (_, text))| adapted(text)).collect();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script.join(&format!("\necho; echo '{BETWEEN}'\n"))])
        .current_dir(folder.path())
        .output()
        .expect("there is a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let answers = String::from_utf8(output.stdout).expect("UTF-8");
    let answers: Vec<_> = answers.split(BETWEEN).collect();
    assert_eq!(answers.len(), rest.len());
    for ((at, (_, command)), answer) in rest.iter().zip(answers) {
        let (_, shown) = blocks[at + 1];
        assert!(matches(answer, shown), "{command}\ngives\n{answer}\nand not\n{shown}");
    }
}

#[test]
fn the_environment_table_is_the_servers_own() {
    let rows = VARIABLES.iter().map(|v| format!("| `{}` | {} | {} |\n", v.name, code(v.default), v.meaning));
    let table: String = std::iter::once("\n| variable | default | meaning |\n|---|---|---|\n".to_owned())
        .chain(rows)
        .collect();
    let markdown = readme();
    let (_, after) = markdown.split_once("<!-- environment -->").expect("the table has a beginning");
    let (shown, _) = after.split_once("<!-- /environment -->").expect("the table has an end");
    assert_eq!(shown.trim(), table.trim(), "copy this into the README:\n{table}");
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
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(path, folder.path().join(".env")).expect("it can be copied");
    let checked = Command::new(env!("CARGO_BIN_EXE_auth-server"))
        .arg("check-config")
        .current_dir(folder.path())
        .env_clear()
        .output()
        .expect("the server was built");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn every_file_that_the_documents_name_is_there() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(Path::new(ROOT).join(document)).expect("the document is there");
        let links =
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
            assert!(Path::new(ROOT).join(link).exists(), "{document} links to {link}");
        }
        let code = text.split('`').skip(1).step_by(2);
        let paths = code.filter(|code| code.contains("/src/") || code.contains("/tests/"));
        for path in paths.filter(|path| !path.contains([' ', ':'])) {
            let from_crate = path.starts_with("src/");
            assert!(from_crate || Path::new(ROOT).join(path).exists(), "{document} names {path}");
        }
    }
}
