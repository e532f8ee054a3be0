//! The book holds together: its chapters are listed, its links lead somewhere, its Rust is
//! compiled.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::ROOT;
use crate::documents::{Document, documents, resolved};

fn is_elsewhere(link: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme))
}

/// Every document by its path, as it is read: a chapter with what it takes in.
fn whole() -> HashMap<PathBuf, Document> {
    let documents = documents();
    let text =
        |path: &PathBuf| fs::read_to_string(Path::new(ROOT).join(path)).expect("what is taken in is there");
    let whole = documents.into_iter().map(|Document { path, text: own }| {
        let mut document = Document { path, text: own };
        let included: String = document.included().iter().map(text).collect();
        document.text.push_str(&included);
        (document.path.clone(), document)
    });
    whole.collect()
}

/// What is wrong with a link in a document.
fn flaw(documents: &HashMap<PathBuf, Document>, document: &Document, link: &str) -> Option<&'static str> {
    let (target, anchor) =
        link.split_once('#').map_or((link, None), |(target, anchor)| (target, Some(anchor)));
    let path = if target.is_empty() { document.path.clone() } else { resolved(document.folder(), target) };
    // A reader of the book has nothing but the book.
    if document.is_chapter() && !path.starts_with("docs") {
        return Some("leads out of the book");
    }
    if !documents.contains_key(&path) && !Path::new(ROOT).join(&path).exists() {
        return Some("leads nowhere");
    }
    let anchor = anchor?;
    let has = |document: &Document| document.anchors().iter().any(|other| other == anchor);
    (!documents.get(&path).is_some_and(has)).then_some("names a heading that is not there")
}

#[test]
fn the_page_on_high_availability_shows_the_files_that_are_run() {
    let page = include_str!("../../../docs/high-availability.md");
    for (kind, file) in [
        ("yaml", include_str!("../../../deploy/ha/patroni.yml")),
        ("text", include_str!("../../../deploy/ha/haproxy.cfg")),
    ] {
        assert!(page.contains(&format!("```{kind}\n{file}```\n")), "the page has another one than\n{file}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let documents = whole();
    let mut found = 0;
    for document in documents.values() {
        for link in document.links().iter().filter(|link| !is_elsewhere(link)) {
            let flaw = flaw(&documents, document, link);
            assert_eq!(flaw, None, "{}: {link}", document.path.display());
            found += 1;
        }
    }
    assert!(found > 40, "only {found} were found: are links still read as they are written?");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let mut documents = whole();
    let text = "# The `first` one\n## One more\n## One more\n";
    let path = PathBuf::from("docs/planted.md");
    documents.insert(path.clone(), Document { path: path.clone(), text: text.to_owned() });
    let planted = &documents[&path];
    for (link, expected) in [
        ("#the-first-one", None),
        ("planted.md#one-more-1", None),
        ("book.toml", None),
        ("#one-more-2", Some("names a heading that is not there")),
        ("roles.md#no-such-heading", Some("names a heading that is not there")),
        ("no-such-chapter.md", Some("leads nowhere")),
        ("../README.md", Some("leads out of the book")),
    ] {
        assert_eq!(flaw(&documents, planted, link), expected, "{link}");
    }
}

#[test]
fn every_file_that_a_document_names_is_there() {
    for document in documents() {
        let paths =
            document.code().into_iter().filter(|code| code.contains("/src/") || code.contains("/tests/"));
        for path in paths.filter(|path| !path.contains([' ', ':'])) {
            let from_crate = path.starts_with("src/");
            let from = |folder: &Path| Path::new(ROOT).join(folder).join(path).exists();
            let is_there = from_crate || from(Path::new("")) || from(document.folder());
            assert!(is_there, "{} names {path}", document.path.display());
        }
    }
}

#[test]
fn the_table_of_contents_lists_each_chapter_once() {
    let documents = whole();
    let mut listed = documents[Path::new("docs/SUMMARY.md")].links();
    listed.sort();
    let chapters = documents.values().filter(|document| document.is_chapter());
    let names =
        chapters.map(|chapter| chapter.path.strip_prefix("docs").expect("it is below").display().to_string());
    assert_eq!(listed, names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
}

#[test]
fn the_rust_of_every_document_is_compiled() {
    let list = Path::new(ROOT).join("auth-server/src/documents.rs");
    let list = fs::read_to_string(list).expect("there is a list of documents");
    for document in documents().iter().filter(|document| document.text.contains("\n```rust")) {
        let path = format!("include_str!(\"../../{}\")", document.path.display());
        assert!(list.contains(&path), "{} has Rust that nothing compiles", document.path.display());
        for opening in document.text.lines().filter(|line| line.starts_with("```rust")) {
            assert!(!opening.contains("ignore"), "{}: {opening}", document.path.display());
        }
    }
}
