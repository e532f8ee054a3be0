//! What a file may look like, and what of it is refused.

use proptest::prelude::*;

use super::*;
use crate::import::columns::Mapping;

fn columns(flags: &[&str]) -> Columns {
    let mappings = flags.iter().map(|flag| flag.parse::<Mapping>().expect("a mapping"));
    Columns::new(mappings.collect()).expect("they agree")
}

/// Line, and address or reason.
type Read = Vec<(u64, Result<String, Reason>)>;

fn read(text: &[u8], format: Option<Format>, flags: &[&str]) -> Result<(Read, Vec<String>), Unreadable> {
    let mut rows = Rows::new(text, format, columns(flags))?;
    let mut found = Vec::new();
    while let Some(Row { line, values }) = rows.next()? {
        let address = values.map(|mut values| match values.take(Meaning::Email) {
            Some(Cell::Text(text)) => text,
            _ => String::new(),
        });
        found.push((line, address));
    }
    Ok((found, rows.ignored_columns().map(str::to_owned).collect()))
}

fn message(text: &[u8], flags: &[&str]) -> String {
    read(text, None, flags).expect_err("it cannot be read").to_string()
}

#[test]
fn csv_and_json_lines_are_told_apart_by_their_first_byte() {
    let expected = vec![(2, Ok("a@b".to_owned()))];
    assert_eq!(read(b"id,email\r\n1,a@b\r\n", None, &[]).expect("CSV").0, expected);
    assert_eq!(read(b"\xEF\xBB\xBF\n{\"email\":\"a@b\"}\n", None, &[]).expect("JSON").0, expected);
    assert_eq!(read(b"", None, &[]).expect("nothing").0, vec![]);
    assert_eq!(read(b"email\n", Some(Format::Csv), &[]).expect("no rows").0, vec![]);
}

#[test]
fn a_file_of_another_kind_is_refused_with_advice() {
    assert_eq!(
        message(b" [{\"email\":\"a@b\"}]", &[]),
        "it is a JSON array; write one object a line, for example with: jq -c '.[]'"
    );
    assert_eq!(message(b"\xFF\xFEe\0m\0", &[]), "it is UTF-16; save it as UTF-8");
    for text in [&b"hunter2,$2b$10$x\n"[..], b"id;email\n", b"{\"mail\":\"a@b\"}"] {
        let message = message(text, &[]);
        assert!(message.starts_with("no column is called email; name the one that is"), "{message}");
    }
    assert!(message(b"id,\"email\n", &[]).starts_with("line 1, the header, cannot be understood"));
}

#[test]
fn two_columns_of_one_meaning_stop_it_before_the_first_row() {
    let expected = "the columns \"password\" and \"passwordHash\" both mean the password; \
                    choose one with --map password=COLUMN";
    assert_eq!(message(b"email,password,passwordHash\na@b,,\n", &[]), expected);
    assert_eq!(message(b"{\"email\":\"a@b\",\"password\":1,\"passwordHash\":2}", &[]), expected);
    let chosen = read(b"email,password,passwordHash\na@b,,\n", None, &["password=passwordHash"]);
    assert_eq!(chosen.expect("chosen"), (vec![(2, Ok("a@b".into()))], vec!["password".into()]));
    // Later, it is the row that is wrong.
    let text = b"{\"email\":\"a@b\"}\n{\"email\":\"c@d\",\"Email\":\"e@f\"}\n";
    let (rows, _) = read(text, None, &[]).expect("a good beginning");
    assert_eq!(rows, vec![(1, Ok("a@b".into())), (2, Err(Reason::SameMeaning(Meaning::Email)))]);
}

#[test]
fn a_flag_must_name_a_column_that_is_there() {
    assert_eq!(
        message(b"email,banned\n", &["disabled=bannd"]),
        "there is no column \"bannd\", which --map names for the disabled"
    );
    // In JSON a key may be absent, but not the one that says who is locked out.
    let text = b"{\"mail\":\"a@b\",\"banned\":false}\n{\"mail\":\"c@d\"}\n";
    let (rows, _) = read(text, None, &["email=mail", "disabled=banned"]).expect("readable");
    assert_eq!(rows, vec![(1, Ok("a@b".into())), (2, Err(Reason::Missing(Meaning::Disabled)))]);
}

#[test]
fn a_bad_row_is_refused_by_its_line_and_the_rest_goes_on() {
    let long = "x".repeat(70_000);
    let text = format!("email,name\na@b\nc@d,\"C\nD\"\n{long},\ne@f,E,\n\ng@h,\n");
    let (rows, _) = read(text.as_bytes(), None, &[]).expect("readable");
    let count = |found| Err(Reason::FieldCount { found, expected: 2 });
    let expected = vec![
        (2, count(1)),
        (3, Ok("c@d".into())),
        (5, Err(Reason::TooLong)),
        (6, count(3)),
        (8, Ok("g@h".into())),
    ];
    assert_eq!(rows, expected);

    let text = format!(
        "{{\"email\":\"a@b\"}}\n[]\n{long}\n{{\"email\":\"c@d\",\"email\":\"e@f\"}}\n{{\"email\":\"g@h\"}}"
    );
    let (rows, _) = read(text.as_bytes(), None, &[]).expect("readable");
    let expected = vec![
        (1, Ok("a@b".into())),
        (2, Err(Reason::NoObject)),
        (3, Err(Reason::TooLong)),
        (4, Err(Reason::DuplicateKey("email".into()))),
        (5, Ok("g@h".into())),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn unknown_columns_are_named_once() {
    let text = b"{\"email\":\"a@b\",\"x\":1}\n{\"email\":\"c@d\",\"x\":{},\"y\":[]}\n";
    assert_eq!(read(text, None, &[]).expect("readable").1, ["x", "y"]);
    assert_eq!(read(b"email,updatedAt\na@b,\nc@d,\n", None, &[]).expect("readable").1, ["updatedAt"]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        start in prop_oneof![Just("email,name\n"), Just("{\"email\":\"a@b\"}\n"), Just("\u{FEFF}"), Just("")],
        rest in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            "([{}\\[\\]\":,a@\n\r]|email|null){0,80}".prop_map(String::into_bytes),
        ],
    ) {
        let text = [start.as_bytes(), &rest].concat();
        for format in [None, Some(Format::Csv), Some(Format::JsonLines)] {
            let _ = read(&text, format, &["name=a"]);
            let _ = read(&text, format, &[]);
        }
    }
}
