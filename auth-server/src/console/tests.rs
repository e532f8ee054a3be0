//! That the files fit together, and know what the rest of the program says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use auth_core::{Cause, EventKind, Role, Roles};

use super::*;

fn text(path: &str) -> &'static str {
    FILES.iter().find(|(name, ..)| *name == path).map(|(.., text)| *text).expect("there is such a file")
}

#[test]
fn every_file_of_the_folder_is_served_and_has_the_type_that_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console/assets");
    let names = fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").file_name());
    let there: BTreeSet<_> = names.map(|name| format!("/console/{}", name.display())).collect();
    let served: BTreeSet<_> =
        FILES.iter().map(|(path, ..)| (*path).to_owned()).chain(["/console/index.html".to_owned()]).collect();
    assert_eq!(there, served);
    for (path, content_type, _) in FILES {
        let expected = match Path::new(path).extension().and_then(|end| end.to_str()) {
            Some("js") => SCRIPT,
            Some("css") => STYLE,
            Some("svg") => IMAGE,
            other => panic!("{path}: what is {other:?}?"),
        };
        assert_eq!(*content_type, expected, "{path}");
    }
}

#[test]
fn whatever_a_file_loads_is_served() {
    let served: BTreeSet<_> = FILES.iter().map(|(path, ..)| *path).collect();
    let mut loaded = BTreeSet::new();
    for (path, _, text) in FILES.iter().filter(|(_, content_type, _)| *content_type == SCRIPT) {
        let imports = text.lines().filter(|line| line.starts_with("import "));
        for import in imports {
            let (_, from) = import.split_once(" from \"./").unwrap_or_else(|| panic!("{path}: {import}"));
            loaded.insert(format!("/console/{}", from.trim_end_matches("\";")));
        }
    }
    let page = include_str!("assets/index.html");
    loaded.extend(page.split('"').filter(|text| text.starts_with("/console/")).map(str::to_owned));
    let known: BTreeSet<_> = loaded.iter().map(String::as_str).collect();
    assert_eq!(known, served, "something is loaded and not served, or served and never loaded");
}

#[test]
fn nothing_is_made_markup_or_script_and_nothing_comes_from_elsewhere() {
    for (path, _, text) in FILES {
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "setHTML",
        ] {
            assert!(!text.contains(sink), "{path} has {sink}");
        }
        let elsewhere = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!elsewhere.contains("http://") && !elsewhere.contains("https://"), "{path}");
        for store in ["localStorage", "sessionStorage", "indexedDB", "document.cookie"] {
            assert!(!text.contains(store), "{path} keeps something in {store}");
        }
    }
    let page = include_str!("assets/index.html");
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick"), "inline");
}

/// The keys of one of the lists in `words.js`.
fn keys(list: &str) -> BTreeSet<&'static str> {
    let (_, rest) =
        text("/console/words.js").split_once(&format!("export const {list} = {{")).expect("the list");
    let (body, _) = rest.split_once("};").expect("its end");
    body.lines().filter_map(|line| line.trim().split_once(": ")).map(|(key, _)| key).collect()
}

#[test]
fn every_kind_and_cause_of_an_event_has_words() {
    assert_eq!(keys("KINDS"), EventKind::ALL.iter().map(|kind| kind.as_str()).collect());
    assert_eq!(keys("CAUSES"), Cause::ALL.iter().map(|cause| cause.as_str()).collect());
}

#[test]
fn the_console_knows_which_events_end_sessions() {
    let (_, rest) = text("/console/words.js").split_once("ENDS_MANY = new Set([").expect("the list");
    let (list, _) = rest.split_once(']').expect("its end");
    let told: BTreeSet<_> = list.split(", ").map(|word| word.trim_matches('"')).collect();
    let kinds = EventKind::ALL.iter().filter(|kind| kind.ends_sessions()).map(|kind| kind.as_str());
    assert_eq!(told, kinds.collect());
}

#[test]
fn the_forms_learn_what_they_have_to_know() {
    let roles = Roles::default()
        .with(Role::from_static("SUPPORT"), [auth_core::Permission::from_static("orders:read")]);
    let policy =
        |bootstrap| Policy { bootstrap, password_min_length: 15, roles: roles.clone(), ..Policy::default() };
    for (bootstrap, token, word) in [
        (Bootstrap::Closed, BootstrapToken::NotAsked, "closed"),
        (Bootstrap::Closed, BootstrapToken::Asked, "closed"),
        (Bootstrap::Open, BootstrapToken::NotAsked, "open"),
        (Bootstrap::Open, BootstrapToken::Asked, "token"),
    ] {
        let told = settings(&BasePath::parse("/auth").expect("a path"), &policy(bootstrap), token);
        let roles = r#"["ADMIN","SUPPORT","USER"]"#;
        assert_eq!(
            told,
            format!(r#"{{"basePath":"/auth","bootstrap":"{word}","passwordMinLength":15,"roles":{roles}}}"#)
        );
    }
}
