//! The house rules that a dependency graph can show: imports point down, the crates on one floor
//! are strangers, and the core knows no HTTP, no SQL and no async runtime.

use std::collections::{BTreeSet, HashMap};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// Each crate of the house, and the crates of the house that it may use.
const FLOORS: &[(&str, &[&str])] = &[
    ("auth-core", &[]),
    ("auth-migrations", &[]),
    ("test-postgres", &[]),
    ("auth-tower", &["auth-core"]),
    ("auth-jwks", &["auth-core"]),
    ("auth-sea-orm", &["auth-core"]),
    ("auth-conformance", &["auth-core"]),
    ("auth-testing", &["auth-core"]),
    ("auth-server", &["auth-core", "auth-migrations", "auth-sea-orm", "auth-tower"]),
    ("example-actix-recipe", &["auth-core", "auth-tower"]),
    ("example-axum-embed", &["auth-core", "auth-tower"]),
    ("example-hyper-only", &["auth-core", "auth-tower"]),
    ("example-orders", &["auth-core", "auth-migrations", "auth-sea-orm", "auth-tower"]),
    ("example-own-store", &["auth-core"]),
    ("example-poem-recipe", &["auth-core", "auth-tower"]),
    ("example-quick-start", &["auth-core", "auth-tower"]),
    ("example-tonic-guarded", &["auth-core", "auth-tower"]),
];

/// What must not be found anywhere below a crate, by the beginning of a name.
const STRANGERS: &[(&str, &[&str])] = &[
    (
        "auth-core",
        &["tokio", "async-std", "smol", "hyper", "http", "axum", "tower", "sqlx", "sea-orm", "cookie"],
    ),
    ("auth-tower", &["sqlx", "sea-orm", "auth-sea-orm", "tonic"]),
    // A test kit calls any service and knows none.
    ("auth-testing", &["auth-tower", "axum", "hyper", "tokio", "sqlx", "sea-orm"]),
    ("auth-jwks", &["sqlx", "sea-orm", "auth-sea-orm", "auth-tower"]),
    ("auth-sea-orm", &["hyper", "http", "axum", "tower", "auth-tower"]),
];

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // What other platforms need has not been downloaded, and nobody is asked for it.
    let described = Command::new("rustc").arg("-vV").output().expect("rustc says what it is").stdout;
    let described = String::from_utf8(described).expect("text");
    let host = described.lines().find_map(|line| line.strip_prefix("host: ")).expect("its platform");
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--locked", "--offline", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("cargo describes the workspace")
}

/// What is below each package: the packages it is built with, tests left out.
fn below(metadata: &Metadata) -> HashMap<&PackageId, Vec<&PackageId>> {
    let resolve = metadata.resolve.as_ref().expect("the graph was asked for");
    let is_built_in = |kind: DependencyKind| kind != DependencyKind::Development;
    let edges = resolve.nodes.iter().map(|node| {
        let built_with =
            node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| is_built_in(kind.kind)));
        (&node.id, built_with.map(|dep| &dep.pkg).collect())
    });
    edges.collect()
}

#[test]
fn every_crate_of_the_house_stands_on_its_floor() {
    let metadata = metadata();
    let members: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let listed: BTreeSet<_> = FLOORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(members, listed, "a crate without a floor, or a floor without a crate");
}

#[test]
fn imports_point_down_and_crates_on_one_floor_are_strangers() {
    let metadata = metadata();
    for (name, allowed) in FLOORS {
        let packages = metadata.workspace_packages();
        let package = packages.iter().find(|package| package.name == name).expect("it is a member");
        let used = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .filter(|dependency| FLOORS.iter().any(|(member, _)| dependency.name == *member));
        for dependency in used {
            assert!(allowed.contains(&dependency.name.as_str()), "{name} must not use {}", dependency.name);
        }
    }
}

#[test]
fn nothing_below_a_crate_is_a_stranger_to_it() {
    let metadata = metadata();
    let below = below(&metadata);
    let name_of = |id: &PackageId| metadata[id].name.to_string();
    for (name, strangers) in STRANGERS {
        let top = &metadata.workspace_packages().into_iter().find(|p| p.name == name).expect("a member").id;
        let mut reached = BTreeSet::from([top]);
        let mut open = vec![top];
        while let Some(id) = open.pop() {
            open.extend(below[id].iter().filter(|dep| reached.insert(dep)));
        }
        for id in reached {
            let found = name_of(id);
            let stranger = strangers.iter().find(|s| found == **s || found.starts_with(&format!("{s}-")));
            assert_eq!(stranger, None, "{found} stands below {name}");
        }
    }
}
