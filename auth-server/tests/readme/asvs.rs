//! What stands in docs/asvs.md is there: the tests it names, the words it uses, and a row for each
//! requirement.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::ROOT;

/// How many requirements of levels 1 and 2 a chapter of ASVS 5.0.0 has; of V11, section 4 alone.
const CHAPTERS: [(&str, usize); 6] =
    [("3.", 19), ("6.", 35), ("7.", 18), ("9.", 7), ("11.4.", 4), ("16.", 16)];

const STATES: [&str; 4] = ["holds", "partly", "not here", "does not apply"];

fn document() -> String {
    fs::read_to_string(Path::new(ROOT).join("docs/asvs.md")).expect("there is a map")
}

/// A line of one of the tables.
struct Row<'d> {
    number: &'d str,
    level: &'d str,
    state: &'d str,
    shown_by: &'d str,
}

/// The lines of all tables that are about requirements.
fn rows(document: &str) -> Vec<Row<'_>> {
    let lines = document.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = lines.map(|line| line.split(" | ").collect::<Vec<_>>());
    let rows = cells.filter(|cells| cells[0].starts_with(|first: char| first.is_ascii_digit()));
    rows.map(|cells| match cells[..] {
        [number, level, _, state, shown_by] => Row { number, level, state, shown_by },
        _ => panic!("five cells are a row: {cells:?}"),
    })
    .collect()
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_rust(code: &str) -> bool {
    Path::new(code).extension() == Some("rs".as_ref())
}

fn is_source(code: &str) -> bool {
    is_rust(code) || Path::new(code).extension() == Some("js".as_ref())
}

/// Each test that is named, behind the last file that is named before it.
fn tests<'d>(row: &Row<'d>) -> Vec<(&'d str, &'d str)> {
    let mut file = None;
    let mut tests = Vec::new();
    for code in code(row.shown_by) {
        if is_rust(code) {
            file = Some(code);
        } else if code.contains('_') && code.chars().all(|char| matches!(char, 'a'..='z' | '0'..='9' | '_')) {
            let file = file.unwrap_or_else(|| panic!("{}: in which file is {code}?", row.number));
            tests.push((file, code));
        }
    }
    tests
}

#[test]
fn every_test_that_the_map_names_is_there() {
    let document = document();
    let mut found = 0;
    for row in rows(&document) {
        for file in code(row.shown_by).filter(|code| is_source(code)) {
            assert!(Path::new(ROOT).join(file).exists(), "{}: {file} is not there", row.number);
        }
        for (file, test) in tests(&row) {
            let text = fs::read_to_string(Path::new(ROOT).join(file)).expect("it is there");
            let begins = |end: &str| text.contains(&format!("fn {test}{end}"));
            assert!(begins("(") || begins("<"), "{}: {file} has no {test}", row.number);
            found += 1;
        }
    }
    assert!(found > 100, "only {found} were found: is the map still read as it is written?");
}

#[test]
fn what_holds_or_holds_in_part_is_shown_by_something() {
    let document = document();
    for row in rows(&document) {
        assert!(STATES.contains(&row.state), "{}: {} is none of {STATES:?}", row.number, row.state);
        let is_shown = code(row.shown_by).any(is_source);
        let is_written = row.shown_by.starts_with("above");
        assert!(is_shown || is_written || !["holds", "partly"].contains(&row.state), "{}", row.number);
    }
}

#[test]
fn each_requirement_has_one_row() {
    let document = document();
    let rows = rows(&document);
    let mut numbers = HashSet::new();
    for row in &rows {
        assert!(numbers.insert(row.number), "{} stands there twice", row.number);
    }
    // The other standards have words for levels.
    let required = rows.iter().filter(|row| ["1", "2"].contains(&row.level));
    let required: Vec<_> = required.map(|row| row.number).collect();
    for (chapter, least) in CHAPTERS {
        let there = required.iter().filter(|number| number.starts_with(chapter)).count();
        assert!(there >= least, "V{chapter} has {there} rows of {least}");
    }
}
