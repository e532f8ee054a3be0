//! The macros' lists are complete: whoever adds a promise and forgets to list it is told here.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

macro_rules! names {
    (; $($module:ident :: $name:ident,)*) => {
        BTreeSet::from([$(concat!(stringify!($module), "::", stringify!($name)).to_owned()),*])
    };
}

/// Every public async function in the files of a folder below `src`.
fn written(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(&path).unwrap();
        let functions = source.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        names.extend(functions.map(|rest| format!("{module}::{}", rest.split('<').next().unwrap())));
    }
    names
}

#[test]
fn every_promise_of_a_store_is_listed() {
    let mut listed: BTreeSet<String> = auth_conformance::store_promises!([names]);
    assert!(listed.len() > 70);
    let managed: BTreeSet<String> = auth_conformance::managed_store_promises!([names]);
    let throttle: BTreeSet<String> = auth_conformance::throttle_store_promises!([names]);
    let events: BTreeSet<String> = auth_conformance::event_store_promises!([names]);
    let revocations: BTreeSet<String> = auth_conformance::revocation_store_promises!([names]);
    for list in [managed, throttle, events, revocations] {
        assert!(listed.is_disjoint(&list));
        listed.extend(list);
    }
    assert_eq!(listed, written("stores"));
}

#[cfg(feature = "http")]
#[test]
fn every_line_of_the_contract_is_listed() {
    let listed: BTreeSet<String> = auth_conformance::contract_lines!([names]);
    assert!(listed.len() > 70);
    assert_eq!(listed, written("contract"));
}

#[cfg(feature = "http")]
#[test]
fn every_line_of_the_account_contract_is_listed() {
    let listed: BTreeSet<String> = auth_conformance::account_contract_lines!([names]);
    assert!(listed.len() > 70);
    assert_eq!(listed, written("contract/accounts"));
}
