//! Whole imports into memory: what is created, what is found there, what is refused.

use auth_core::{MemoryStore, Roles};

use super::*;
use crate::import::{Columns, NoName};

const HASH: &str = "$2b$10$EqX8jB8gX1n8GZ1rJ3tC5OQ0H6wq4h8hQd3m9Yk6l0bN7kZ2sT1aG";

fn auth() -> Auth<MemoryStore> {
    Auth::builder(MemoryStore::new()).random_secrets().build().expect("good")
}

async fn import(auth: &Auth<MemoryStore>, text: &str, writing: Writing) -> Report {
    let rows = Rows::new(text.as_bytes(), None, Columns::default()).expect("readable");
    let rules = Rules { no_name: NoName::FromEmail, ..Rules::new(Roles::default()) };
    let (report, ended) = run(auth, rows, &rules, writing, |_| ()).await;
    ended.expect("nothing broke");
    report
}

fn refusals(report: &Report) -> Vec<String> {
    report.refused.iter().map(ToString::to_string).collect()
}

fn file() -> String {
    format!(
        "id,email,role,password,extra\n\
         018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f,Ann@example.com,ADMIN,{HASH},\n\
         ,bob@example.com,USER,,\n\
         ,cleo@example.com,boss,,\n\
         ,dan@example.com,USER,hunter2,\n\
         ,ANN@example.com,USER,,\n\
         018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f,eve@example.com,USER,,\n\
         ,,USER,,\n"
    )
}

const REFUSALS: [&str; 5] = [
    "line 4 (cleo@example.com): the role \"boss\" is unknown; --role-map \"boss=USER\" would map it",
    "line 5 (dan@example.com): no login could verify this hash: malformed, of an unknown kind, or too costly",
    "line 6 (ann@example.com): same address as line 2",
    "line 7 (eve@example.com): another account has this id",
    "line 8: the email is missing",
];

#[tokio::test]
async fn the_good_are_created_and_the_others_told_in_their_order() {
    let auth = auth();
    let report = import(&auth, &file(), Writing::Done).await;
    assert_eq!(refusals(&report), REFUSALS);
    let Report { created, without_password, already_there, ref ignored_columns, .. } = report;
    assert_eq!((created, without_password, already_there), (2, 1, 0));
    assert_eq!(ignored_columns, &["extra"]);
    let ann = auth.as_operator().find_by_email(&Email::parse("ann@example.com").expect("an address")).await;
    assert_eq!(ann.expect("created").id.to_string(), "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f");
    assert!(!report.text(Writing::Done).to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_rehearsal_tells_the_same_and_writes_nothing() {
    let auth = auth();
    let rehearsed = import(&auth, &file(), Writing::Rehearsed).await;
    assert_eq!(rehearsed, import(&auth, &file(), Writing::Rehearsed).await);
    let done = import(&auth, &file(), Writing::Done).await;
    assert_eq!(rehearsed, done);
    // It sees what is there by now.
    let again = import(&auth, &file(), Writing::Rehearsed).await;
    assert_eq!(again, import(&auth, &file(), Writing::Done).await);
    assert_eq!((again.created, again.already_there), (0, 2));
    assert_eq!(refusals(&again), REFUSALS);
}

#[tokio::test]
async fn more_rows_than_a_batch_are_all_there_in_the_end_and_the_second_time_too() {
    let auth = auth();
    let lines: Vec<_> = (0..1_203)
        .map(|n| {
            format!(
                "u{n}@example.com,USER
"
            )
        })
        .collect();
    let text = format!(
        "email,role
{}",
        lines.concat()
    );
    let mut seen = Vec::new();
    let rows = Rows::new(text.as_bytes(), None, Columns::default()).expect("readable");
    let rules = Rules { no_name: NoName::FromEmail, ..Rules::new(Roles::default()) };
    let (report, ended) = run(&auth, rows, &rules, Writing::Done, |progress| seen.push(progress.rows)).await;
    ended.expect("nothing broke");
    assert_eq!((report.created, report.without_password, report.rows()), (1_203, 1_203, 1_203));
    assert_eq!(seen, [500, 1_000]);
    let again = import(&auth, &text, Writing::Done).await;
    assert_eq!((again.created, again.already_there, again.rows()), (0, 1_203, 1_203));
}

#[tokio::test]
async fn two_columns_of_one_meaning_stop_json_before_anything_is_written() {
    let auth = auth();
    let text = "7\n{\"email\":\"a@b\",\"role\":\"USER\",\"Role\":\"ADMIN\"}\n";
    let format = Some(crate::import::Format::JsonLines);
    let rows = Rows::new(text.as_bytes(), format, Columns::default()).expect("readable");
    let rules = Rules { no_name: NoName::FromEmail, ..Rules::new(Roles::default()) };
    let (report, ended) = run(&auth, rows, &rules, Writing::Done, |_| ()).await;
    assert!(matches!(ended, Err(Stopped::Unreadable(Unreadable::SameMeaning { .. }))));
    assert_eq!(refusals(&report), ["line 1: not a JSON object"]);
    assert_eq!((report.created, report.already_there), (0, 0));
}

#[tokio::test]
async fn what_was_written_before_a_fault_is_told_and_stays() {
    struct Torn;
    impl std::io::Read for Torn {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the cable is cut"))
        }
    }

    let auth = auth();
    let lines: Vec<_> = (0..600).map(|n| format!("u{n}@example.com,USER\n")).collect();
    let text = format!("email,role\nnobody,USER\n{}", lines.concat());
    let source = std::io::BufReader::new(std::io::Read::chain(text.as_bytes(), Torn));
    let rows = Rows::new(source, None, Columns::default()).expect("a good beginning");
    let rules = Rules { no_name: NoName::FromEmail, ..Rules::new(Roles::default()) };
    let (report, ended) = run(&auth, rows, &rules, Writing::Done, |_| ()).await;
    assert!(matches!(ended, Err(Stopped::Unreadable(Unreadable::Io(_)))), "{ended:?}");
    assert_eq!(refusals(&report), ["line 2: email must be an address such as name@example.com"]);
    // The first batch, of which one row was refused.
    assert_eq!((report.created, report.rows()), (499, 500));
    let again = import(&auth, &text, Writing::Done).await;
    assert_eq!((again.created, again.already_there), (101, 499));
}
