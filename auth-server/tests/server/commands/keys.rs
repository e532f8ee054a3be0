//! `keys`: generate, list, rotate, retire.

use std::process::Command;

use serde_json::Value;

use super::run::{Place, Ran, run};

const SECRET: &str = "b7Ty4Kw9Zc2Lm6Xq1Vn8Rd3Hs5Gj0FpE";

fn program(place: &Place, line: &str) -> Command {
    let mut program = place.program();
    program.env("JWT_KEYS_SECRET", SECRET).args(line.split_whitespace());
    program
}

fn keys(place: &Place, line: &str) -> Ran {
    run(program(place, &format!("keys {line}")), "")
}

fn listed(place: &Place) -> Vec<(String, String)> {
    let listed = keys(place, "list --json").json();
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    listed["keys"].as_array().unwrap().iter().map(|key| (text(key, "id"), text(key, "state"))).collect()
}

fn id(ran: &Ran) -> String {
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    ran.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_made_replaced_and_retired() {
    for place in Place::all() {
        keys(&place, "list").is(0, "There is no key; JWT_ACCESS_SECRET signs where it is set.\n", "");
        keys(&place, "rotate")
            .refuses(3, "there is no key yet; `auth-server keys generate` makes the first one");

        let first = id(&keys(&place, "generate --json"));
        assert_eq!(listed(&place), [(first.clone(), "signing".to_owned())]);
        keys(&place, "generate").refuses(
            3,
            &format!("there is a key already, {first}; `auth-server keys rotate` makes the next one"),
        );
        let signs = format!(
            "{first} is the key that signs; `auth-server keys rotate` makes the one that replaces it"
        );
        keys(&place, &format!("retire {first} --now")).refuses(3, &signs);

        let second = id(&keys(&place, "rotate --algorithm ES256 --json"));
        let states = |all: &[(&String, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(id, state)| ((*id).clone(), (*state).to_owned())).collect()
        };
        assert_eq!(listed(&place), states(&[(&first, "signing"), (&second, "coming")]));
        keys(&place, "rotate").refuses(
            3,
            &format!(
                "the next key is there already, {second}: it signs from <time> on; `auth-server keys retire` takes it back"
            ),
        );
        let gone = |id: &str| {
            format!(
                "The key {id} is gone. Running servers refuse what it signed when they look next, within JWT_KEYS_INTERVAL.\n"
            )
        };
        keys(&place, &format!("retire {second}")).is(0, &gone(&second), "");

        let third = id(&keys(&place, "rotate --now --json"));
        assert_eq!(listed(&place), states(&[(&first, "verifying"), (&third, "signing")]));
        keys(&place, &format!("retire {first}")).refuses(
            3,
            &format!("tokens of {first} are good until <time>; with --now they are refused from now on"),
        );
        keys(&place, &format!("retire {first} --now")).is(0, &gone(&first), "");
        for line in [format!("retire {first}"), format!("retire --now {first}")] {
            keys(&place, &line).refuses(3, &format!("there is no key {first:?}"));
        }
        keys(&place, "retire -x").refuses(3, "there is no key \"-x\"");
        assert_eq!(listed(&place), states(&[(&third, "signing")]));
    }
}

#[test]
fn people_read_sentences_and_a_table() {
    let place = Place::sqlite();
    let made = keys(&place, "generate");
    let id = listed(&place).remove(0).0;
    made.is(0, &format!("It is the first key, and signs from now on: {id} (EdDSA).\n"), "");
    let next = keys(&place, "rotate --after 1h");
    let second = listed(&place).remove(1).0;
    next.is(0, &format!("It replaces the one that signs, and signs from <time> on: {second} (EdDSA).\n"), "");
    let heading = format!("{:43}  ALGORITHM  STATE    SIGNS FROM                VERIFIES UNTIL", "ID");
    let lines = format!("{id}  EdDSA      signing  <time>  -\n{second}  EdDSA      coming   <time>  -\n");
    keys(&place, "list").is(0, &format!("{heading}\n{lines}"), "");
}

#[test]
fn where_a_secret_signs_a_first_key_is_known_before_it_does() {
    let place = Place::sqlite();
    let mut program = program(&place, "keys generate --json");
    program.env("JWT_ACCESS_SECRET", crate::process::ACCESS_SECRET);
    let key = id(&run(program, ""));
    assert_eq!(listed(&place), [(key, "coming".to_owned())]);
}

#[test]
fn every_algorithm_is_to_be_had_and_no_other() {
    for algorithm in ["EdDSA", "ES256", "RS256"] {
        let place = Place::sqlite();
        let made = keys(&place, &format!("generate --algorithm {algorithm} --json"));
        assert_eq!(made.json()["algorithm"], algorithm);
    }
    let refused = keys(&Place::sqlite(), "generate --algorithm HS256");
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("an algorithm is one of EdDSA, ES256 and RS256"), "{refused:?}");
}

#[test]
fn without_the_secret_that_encrypts_them_there_are_no_keys() {
    let place = Place::sqlite();
    for line in ["keys list", "keys generate", "keys rotate", "keys retire x"] {
        place.run(line).refuses(
            78,
            "JWT_KEYS_SECRET is not set, and encrypts the keys; put the output of `openssl rand -base64 48` into it",
        );
    }
}

#[test]
fn a_key_that_no_server_could_open_is_not_made() {
    let place = Place::sqlite();
    let first = id(&keys(&place, "generate --json"));
    let mut program = program(&place, "keys rotate");
    program.env("JWT_KEYS_SECRET", "k2Gt7Zb4Qx9Mv1Ld6Rj3Hs8Pw5Nc0FyA");
    let refused = run(program, "");
    assert_eq!((refused.code, refused.out.as_str()), (78, ""));
    assert!(refused.err.contains("does not open with JWT_KEYS_SECRET"), "{refused:?}");
    assert_eq!(listed(&place), [(first, "signing".to_owned())]);
}

#[test]
fn of_several_who_make_the_first_key_one_does() {
    for place in Place::all() {
        assert_eq!(place.run("migrate up").code, 0);
        let racers: Vec<_> = (0..4)
            .map(|_| {
                let program = program(&place, "keys generate --json");
                std::thread::spawn(move || run(program, ""))
            })
            .collect();
        let codes: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap().code).collect();
        assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| [0, 3].contains(code)), "{codes:?}");
        assert_eq!(listed(&place).len(), 1);
    }
}
