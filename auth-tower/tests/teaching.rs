//! What the compiler says to whoever forgets something: our sentences, in its words' midst.
//!
//! Each file in `tests/teaching` has a mistake, and says in its first lines what the compiler has to say. It is
//! compiled against the library that this test was linked with. How the compiler draws its messages is its own
//! affair and changes; so only our sentences are looked for.
#![cfg(feature = "axum")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the libraries are that were built for this test.
fn libraries() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The library of this name, of each set of features it was built with, the latest first.
fn built(name: &str) -> Vec<PathBuf> {
    let start = format!("lib{name}-");
    let entries = fs::read_dir(libraries()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "rlib"))
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&start))
        .collect();
    found.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().modified().unwrap()));
    found
}

/// Compiles a file; `Err` with what the compiler says where it cannot be.
fn compile(file: &Path, [core, tower]: [&Path; 2], into: &Path) -> Result<(), String> {
    let output = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--out-dir"])
        .arg(into)
        .arg("-L")
        .arg(format!("dependency={}", libraries().display()))
        .arg("--extern")
        .arg(format!("auth_core={}", core.display()))
        .arg("--extern")
        .arg(format!("auth_tower={}", tower.display()))
        .arg(file)
        .output()
        .unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

#[test]
fn whoever_forgets_something_is_told_what() {
    let into = tempfile::tempdir().unwrap();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/teaching");

    // The two libraries that fit together: with them, the file without a mistake compiles.
    let control = cases.join("no_mistake.rs");
    let (cores, towers) = (built("auth_core"), built("auth_tower"));
    let pairs =
        towers.iter().flat_map(|tower| cores.iter().map(move |core| [core.as_path(), tower.as_path()]));
    let mut said = String::new();
    let fitting = pairs.take(64).find(|pair| match compile(&control, *pair, into.path()) {
        Ok(()) => true,
        Err(error) => {
            said = error;
            false
        }
    });
    let pair = fitting.unwrap_or_else(|| panic!("no libraries fit together; the last two: {said}"));

    let mut mistakes = 0;
    for entry in fs::read_dir(&cases).unwrap() {
        let case = entry.unwrap().path();
        if case == control {
            continue;
        }
        mistakes += 1;
        let text = fs::read_to_string(&case).unwrap();
        let sentences: Vec<_> = text.lines().map_while(|line| line.strip_prefix("//~ ")).collect();
        assert!(!sentences.is_empty(), "{} has to say what the compiler says", case.display());
        let said = compile(&case, pair, into.path()).expect_err("a mistake does not compile");
        for sentence in sentences {
            assert!(said.contains(sentence), "{} must be told: {sentence}\n\n{said}", case.display());
        }
    }
    assert_eq!(mistakes, 9, "each file is a mistake");
}
