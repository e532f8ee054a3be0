//! What the registry and its readers want of each crate is there; what is not for them stays here.

use std::collections::HashSet;
use std::fs;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(["--locked", "--offline"].map(str::to_owned))
        .exec()
        .expect("cargo describes the workspace")
}

/// Whether it goes to the registry: `publish = false` is an empty list of registries.
fn is_published(package: &Package) -> bool {
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

#[test]
fn tests_and_examples_are_not_published() {
    let metadata = metadata();
    for package in &metadata.packages {
        let is_ours_alone = package.name.starts_with("example-") || package.name.starts_with("test-");
        assert_eq!(is_published(package), !is_ours_alone, "{}", package.name);
    }
}

#[test]
fn whatever_is_published_says_what_it_is() {
    for package in metadata().packages.iter().filter(|package| is_published(package)) {
        let name = &package.name;
        let description = package.description.as_deref().unwrap_or_default();
        assert!((20..=200).contains(&description.len()), "{name}: {description:?}");
        assert_eq!(package.license.as_deref(), Some("MIT OR Apache-2.0"), "{name}");
        assert!(package.rust_version.is_some(), "{name} says no Rust version");
        assert!((1..=5).contains(&package.keywords.len()), "{name}: {:?}", package.keywords);
        for keyword in &package.keywords {
            let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_+".contains(char);
            assert!(keyword.len() <= 20 && keyword.chars().all(is_plain), "{name}: {keyword}");
        }
        assert!((1..=5).contains(&package.categories.len()), "{name}: {:?}", package.categories);
        for category in &package.categories {
            assert!(CATEGORIES.contains(&category.as_str()), "{name}: is {category} a category?");
        }
        let docs = &package.metadata["docs"]["rs"];
        assert_eq!(docs["all-features"], true, "{name}: its pages show some features only");
    }
}

/// Those of the registry that our crates are in; a misspelt one is dropped there without a word.
const CATEGORIES: [&str; 7] = [
    "authentication",
    "command-line-utilities",
    "cryptography",
    "database",
    "development-tools::testing",
    "web-programming",
    "web-programming::http-server",
];

#[test]
fn whatever_is_published_brings_its_readme_and_its_licences() {
    for package in metadata().packages.iter().filter(|package| is_published(package)) {
        let folder = package.manifest_path.parent().expect("a manifest is in a folder");
        assert_eq!(
            package.readme.as_deref().map(cargo_metadata::camino::Utf8Path::as_str),
            Some("README.md"),
            "{}",
            package.name
        );
        let readme = fs::read_to_string(folder.join("README.md")).expect("there is a README");
        assert!(readme.starts_with(&format!("# {}\n", package.name)), "{}", package.name);
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let own = fs::read(folder.join(licence)).expect("each crate has both licences");
            let shared = fs::read(folder.join("..").join(licence)).expect("so has the repository");
            assert_eq!(own, shared, "{}: {licence}", package.name);
        }
    }
}

#[test]
fn whatever_is_published_needs_only_what_is_published() {
    let metadata = metadata();
    let published: HashSet<_> = metadata
        .packages
        .iter()
        .filter(|package| is_published(package))
        .map(|package| package.name.as_str())
        .collect();
    for package in metadata.packages.iter().filter(|package| is_published(package)) {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            // A version is what is left of a path. Tests may do without: then nothing of it is left.
            let has_version = dependency.req.to_string() != "*";
            let is_for_tests = dependency.kind == DependencyKind::Development;
            let is_there = published.contains(dependency.name.as_str());
            assert!(has_version || is_for_tests, "{} needs {}", package.name, dependency.name);
            assert!(is_there || !has_version, "{} needs {}", package.name, dependency.name);
        }
    }
}
