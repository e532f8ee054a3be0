//! `user list`: filters, pages, all of them.

use auth_core::{AccountState, Auth, Email, Imported, ImportedAccount, Name, Role, Timestamp};
use auth_sea_orm::SeaOrmStore;
use serde_json::{Value, json};

use super::run::Place;

/// Puts so many accounts there, one a second; the latest is `u<count - 1>`.
async fn fill(place: &Place, count: i64) {
    assert_eq!(place.run("migrate up").code, 0);
    let connections = auth_sea_orm::connect(&place.url()).await.unwrap();
    let auth = Auth::builder(SeaOrmStore::new(connections)).random_secrets().build().unwrap();
    let account = |number: i64| ImportedAccount {
        id: None,
        email: Email::parse(&format!("u{number}@example.com")).unwrap(),
        name: Name::parse(&format!("Person {number}")).unwrap(),
        role: if number % 2 == 0 { Role::USER } else { Role::ADMIN },
        password: None,
        created_at: Some(Timestamp::from_millis(1_700_000_000_000 + number * 1_000)),
        state: if number % 5 == 0 { AccountState::Disabled } else { AccountState::Enabled },
    };
    let done = auth.as_operator().import((0..count).map(account).collect()).await.unwrap();
    assert!(done.iter().all(|one| matches!(one, Imported::Created(_))));
    auth.store().database().clone().close().await.unwrap();
}

fn emails(listed: &Value) -> Vec<&str> {
    listed["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_get_a_table_and_programs_a_document() {
    for place in Place::all() {
        place.run("user list").is(0, "", "There is no such user.\n");
        place.run("user list --json").is(0, "{\"users\":[],\"nextCursor\":null}\n", "");
        fill(&place, 2).await;
        place.run("user list").is(
            0,
            "ID                                    EMAIL           ROLE   STATE     CREATED                   NAME\n\
             <id>  u1@example.com  ADMIN  enabled   <time>  Person 1\n\
             <id>  u0@example.com  USER   disabled  <time>  Person 0\n",
            "",
        );
        place.run("user list --json").is(
            0,
            "{\"users\":[\
             {\"id\":\"<id>\",\"email\":\"u1@example.com\",\"name\":\"Person 1\",\"role\":\"ADMIN\",\"disabled\":false,\"createdAt\":\"<time>\"},\
             {\"id\":\"<id>\",\"email\":\"u0@example.com\",\"name\":\"Person 0\",\"role\":\"USER\",\"disabled\":true,\"createdAt\":\"<time>\"}\
             ],\"nextCursor\":null}\n",
            "",
        );
        assert_eq!(place.run("user list --json").json()["users"][0]["createdAt"], "2023-11-14T22:13:21.000Z");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_list() {
    for place in Place::all() {
        fill(&place, 12).await;
        for (filter, expected) in [
            ("--search U1", vec!["u11@example.com", "u10@example.com", "u1@example.com"]),
            ("--search person --limit 1", vec!["u11@example.com"]),
            ("--role USER --state disabled", vec!["u10@example.com", "u0@example.com"]),
            ("--role ADMIN --state disabled", vec!["u5@example.com"]),
            ("--state enabled --search u1", vec!["u11@example.com", "u1@example.com"]),
            ("--search nobody", vec![]),
        ] {
            let listed = place.run(&format!("user list --json {filter}")).json();
            assert_eq!(emails(&listed), expected, "{filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_all_is_all() {
    for place in Place::all() {
        // More than two of the largest pages.
        fill(&place, 403).await;
        let first = place.run("user list --json --limit 200").json();
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = place.run(&format!("user list --json --limit 200 --cursor {cursor}")).json();
        let cursor = second["nextCursor"].as_str().unwrap();
        let third = place.run(&format!("user list --json --cursor {cursor}")).json();
        assert_eq!(third["nextCursor"], Value::Null);
        let paged = [emails(&first), emails(&second), emails(&third)].concat();
        let expected: Vec<_> = (0..403).rev().map(|number| format!("u{number}@example.com")).collect();
        assert_eq!(paged, expected);

        let all = place.run("user list --json --all").json();
        assert_eq!(all["nextCursor"], Value::Null);
        assert_eq!(emails(&all), expected);
        let rest = place.run(&format!("user list --json --all --cursor {cursor}")).json();
        assert_eq!(emails(&rest), expected[400..]);

        let table = place.run("user list --all");
        assert_eq!((table.code, table.err.as_str(), table.out.lines().count()), (0, "", 404));
        let page = place.run("user list --limit 3");
        assert_eq!((page.code, page.out.lines().count()), (0, 4));
        let (hint, cursor) = page.err.split_once("--cursor ").unwrap();
        let (cursor, rest) = cursor.split_once(' ').unwrap();
        assert_eq!((hint, rest), ("There are more: ", "goes on, --all lists them all.\n"));
        let next = place.run(&format!("user list --json --limit 1 --cursor {cursor}")).json();
        assert_eq!(emails(&next), ["u399@example.com"]);
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    for place in Place::all() {
        for (asked, sentence) in [
            ("--limit 0", "limit must be a whole number from 1 to 200"),
            ("--limit 201", "limit must be a whole number from 1 to 200"),
            ("--cursor elsewhere", "cursor must be the nextCursor of an earlier answer"),
            ("--search=", "search must have 1 to 254 bytes and no control characters"),
            ("--role SUPPORT", "role must be one of the roles of this system"),
            ("--role admin", "role must be one of the roles of this system"),
        ] {
            place.run(&format!("user list {asked}")).refuses(3, sentence);
            place
                .run(&format!("user list {asked} --json"))
                .refuses(3, &json!({ "error": sentence }).to_string());
        }
        for asked in ["--state gone", "--limit many", "--all --limit 3", "--limit=-1"] {
            let ran = place.run(&format!("user list {asked}"));
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{asked}");
        }
    }
}
