//! The documents of the repository, and what a reader finds in them beside prose.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::ROOT;

/// A document: where it lies, seen from the top of the repository, and its text.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Every Markdown file, but for what tools put beside them.
pub(crate) fn documents() -> Vec<Document> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(ROOT).join(&folder)).expect("a folder can be read") {
            let entry = entry.expect("an entry can be read");
            let name = entry.file_name().into_string().expect("names are UTF-8");
            let path = folder.join(&name);
            let is_ours =
                !name.starts_with('.') && !["target", "node_modules", "venv"].contains(&name.as_str());
            if is_ours && entry.file_type().expect("it has a type").is_dir() {
                folders.push(path);
            } else if is_ours && path.extension() == Some("md".as_ref()) {
                let text = fs::read_to_string(entry.path()).expect("a document is UTF-8");
                found.push(Document { path, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

impl Document {
    /// Where its relative links begin.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().expect("it is in a folder")
    }

    /// Whether it is a page of the book.
    pub(crate) fn is_chapter(&self) -> bool {
        self.folder() == Path::new("docs") && self.path != Path::new("docs/SUMMARY.md")
    }

    /// Its lines outside of fenced blocks.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut inside = false;
        self.text.lines().filter(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            inside ^= is_fence;
            !inside && !is_fence
        })
    }

    /// What its links lead to, pictures included.
    pub(crate) fn links(&self) -> Vec<String> {
        let text = self.prose().collect::<Vec<_>>().join("\n");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        links.map(|(target, _)| target.to_owned()).collect()
    }

    /// What it shows as code within a line.
    pub(crate) fn code(&self) -> Vec<&str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
    }

    /// The files that a chapter of the book takes in.
    pub(crate) fn included(&self) -> Vec<PathBuf> {
        let included = self.text.split("{{#include ").skip(1).filter_map(|rest| rest.split_once("}}"));
        included.map(|(path, _)| resolved(self.folder(), path)).collect()
    }

    /// The anchors of its headings, as code hosts and mdBook make them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let mut seen = HashMap::<String, usize>::new();
        let headings = self.prose().filter(|line| line.starts_with('#'));
        let anchors = headings.map(|line| {
            let heading = line.trim_start_matches('#').trim();
            // The target of a link is not read.
            let spoken: String = heading
                .split("](")
                .enumerate()
                .map(|(at, piece)| if at == 0 { piece } else { after_link(piece) })
                .collect();
            let slug: String = spoken
                .to_lowercase()
                .chars()
                .filter_map(|char| match char {
                    ' ' => Some('-'),
                    char if char.is_alphanumeric() || "-_".contains(char) => Some(char),
                    _ => None,
                })
                .collect();
            let before = seen.entry(slug.clone()).or_default();
            *before += 1;
            if *before == 1 { slug } else { format!("{slug}-{}", *before - 1) }
        });
        anchors.collect()
    }
}

fn after_link(piece: &str) -> &str {
    piece.split_once(')').map_or("", |(_, after)| after)
}

/// A path as seen from the top of the repository.
pub(crate) fn resolved(folder: &Path, link: &str) -> PathBuf {
    let mut path = folder.to_path_buf();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => assert!(path.pop(), "{link} leads out of the repository"),
            part => path.push(part),
        }
    }
    path
}
