//! The quick start shows the application of `examples/quick-start`, which is built and called by its
//! own tests, and it is as short as it says.

use crate::document;
use crate::walk::blocks;

/// What a reader sees of a program: neither its first comment nor its tests.
fn shown(program: &str) -> String {
    let text = document(&format!("examples/quick-start/src/bin/{program}.rs"));
    let (_, text) = text.split_once("\n\n").expect("a comment comes first");
    let (text, _) = text.split_once("\n#[cfg(test)]").expect("tests come last");
    text.to_owned()
}

#[test]
fn the_quick_start_shows_the_program_that_is_tested_and_counts_its_lines() {
    let (before, after) = (shown("before"), shown("after"));
    let chapter = document("docs/quick-start.md");
    let blocks = blocks(&chapter);
    assert_eq!(blocks[0].text, before, "the application as it is");
    assert_eq!(blocks[2].text, after, "the application with logins");

    let mut old: Vec<_> = before.lines().collect();
    let new = after.lines().filter(|line| match old.iter().position(|other| other == line) {
        Some(at) => {
            old.remove(at);
            false
        }
        None => true,
    });
    let (new, dependencies) = (new.count(), blocks[1].text.lines().count());
    assert_eq!((dependencies, new), (2, 13), "fifteen lines");
}
