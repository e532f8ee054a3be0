//! The blocks of a document: found, run in a shell, and compared with what is shown below them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The program that the documents call `auth-server`.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_auth-server");

/// Where the documents say that it listens.
const ADDRESS: &str = "127.0.0.1:4000";
const BETWEEN: &str = "--- the next block ---";

/// A fenced block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block<'a> {
    pub(crate) language: &'a str,
    pub(crate) text: &'a str,
}

/// A block to run, and the text of the block below it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) text: &'a str,
    shown: Option<&'a str>,
}

/// The fenced blocks in their order.
pub(crate) fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut parts = markdown.split("```");
    parts.next();
    let mut blocks = Vec::new();
    while let (Some(block), Some(_prose)) = (parts.next(), parts.next()) {
        let (language, text) = block.split_once('\n').expect("a block has lines");
        blocks.push(Block { language, text });
    }
    blocks
}

/// The blocks that a reader types into a shell.
pub(crate) fn shell<'a>(blocks: &[Block<'a>]) -> Vec<Step<'a>> {
    let with_next = blocks.iter().enumerate().map(|(at, block)| (block, blocks.get(at + 1)));
    let shell = with_next.filter(|(block, _)| block.language == "sh");
    shell.map(|(block, next)| Step { text: block.text, shown: next.map(|next| next.text) }).collect()
}

/// Runs the steps in one shell, as `adapted`; panics where one gives another answer than is shown.
pub(crate) fn run(folder: &Path, steps: &[Step<'_>], adapted: impl Fn(&str) -> String) {
    let script: Vec<_> = steps.iter().map(|step| adapted(step.text)).collect();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script.join(&format!("\necho; echo '{BETWEEN}'\n"))])
        .current_dir(folder)
        // A database that somebody works with must not be met by an example.
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .output()
        .expect("there is a shell");
    let answers = String::from_utf8(output.stdout).expect("UTF-8");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{answers}\n{complaints}\n{}", logs(folder));

    let answers: Vec<_> = answers.split(BETWEEN).collect();
    assert_eq!(answers.len(), steps.len());
    for (Step { text, shown }, answer) in steps.iter().zip(answers) {
        let shown = shown.expect("an answer is shown");
        let told = || format!("{text}\ngives\n{answer}\nand not\n{shown}\n{complaints}\n{}", logs(folder));
        assert!(matches(answer, shown), "{}", told());
    }
}

/// An empty folder, in memory where that can be: how long a disk takes now and then is no matter of the documents.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// What the steps have put aside, and the server.
fn logs(folder: &Path) -> String {
    let files = fs::read_dir(folder).expect("the folder is there");
    let paths = files.map(|file| file.expect("a file").path());
    let logs = paths.filter(|path| path.extension() == Some("log".as_ref()));
    logs.map(|log| fs::read_to_string(log).expect("a log is text")).collect()
}

/// A server on a port of its own; it stops when it is dropped.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts the one that was built, on what is in the folder.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut child = Command::new(PROGRAM)
            .current_dir(folder)
            .env_clear()
            .envs([("PORT", "0"), ("LOG_FORMAT", "json")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server was built");
        let log = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut server = Self { child, address: String::new() };
        let mut lines = log.lines().map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| {
            let event: serde_json::Value = serde_json::from_str(&line).ok()?;
            event["address"].as_str().map(str::to_owned)
        });
        // Whoever stops reading stops the writer in the end.
        let mut kept = File::create(folder.join("server.log")).expect("a file");
        std::thread::spawn(move || lines.for_each(|line| drop(writeln!(kept, "{line}"))));
        server.address = address.expect("it says where it listens");
        server
    }

    /// The text with this server's address where it has the usual one.
    pub(crate) fn in_place_of_the_usual(&self, text: &str) -> String {
        text.replace(ADDRESS, &self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; the test has failed then already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
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
