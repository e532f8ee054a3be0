//! What makes an account of a row, and what is refused.

use auth_core::Roles;

use super::*;
use crate::import::json;

const ID: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";

fn rules() -> Rules {
    Rules { default_role: Some(Role::USER), no_name: NoName::FromEmail, ..Rules::new(Roles::default()) }
}

/// Judges `{"email":"ann@example.com", …}`; the keys are the words of the meanings.
fn judge(rules: &Rules, rest: &str) -> Result<ImportedAccount, Reason> {
    let line = format!("{{\"email\":\"Ann@Example.com\"{rest}}}");
    let Ok(pairs) = json::object(line.as_bytes()) else { panic!("not JSON: {line}") };
    let mut values = Values::default();
    for (key, cell) in pairs {
        let meaning = Meaning::ALL.iter().find(|meaning| meaning.as_str() == key).expect("a meaning");
        values.put(*meaning, cell).expect("once");
    }
    let email = Rules::email(&mut values)?;
    rules.account(email, values)
}

fn refused(rules: &Rules, rest: &str) -> Option<Reason> {
    judge(rules, rest).err()
}

#[test]
fn a_whole_row_is_taken_as_it_is() {
    let row = format!(
        r#","id":"{ID}","name":" Ann ","password":"$2b$10$x","role":"ADMIN","createdAt":"2024-05-01 12:34:56.789""#
    );
    let account = judge(&Rules::new(Roles::default()), &row).expect("good");
    assert_eq!(account.id, ID.parse().ok());
    assert_eq!(account.email.as_str(), "ann@example.com");
    assert_eq!(account.name.as_str(), "Ann");
    assert_eq!(account.role, Role::ADMIN);
    assert_eq!(account.password.as_ref().map(PasswordHash::expose), Some("$2b$10$x"));
    assert_eq!(account.created_at, Some(Timestamp::from_millis(1_714_566_896_789)));
    assert_eq!(account.state, AccountState::Enabled);
}

#[test]
fn a_row_of_an_address_alone_gets_what_the_flags_give() {
    let account = judge(&rules(), r#","password":null,"name":"""#).expect("good");
    assert!(account.id.is_none() && account.password.is_none() && account.created_at.is_none());
    assert_eq!((account.name.as_str(), account.role), ("ann", Role::USER));
    let strict = Rules::new(Roles::default());
    assert_eq!(refused(&strict, r#","role":"USER""#), Some(Reason::Missing(Meaning::Name)));
    assert_eq!(refused(&strict, r#","name":"Ann""#), Some(Reason::Missing(Meaning::Role)));
}

#[test]
fn an_id_is_a_uuid_in_any_spelling_or_is_replaced_on_request() {
    let upper = ID.to_uppercase();
    for spelling in [ID.to_owned(), ID.replace('-', ""), format!("{{{ID}}}"), format!("urn:uuid:{ID}"), upper]
    {
        let account = judge(&rules(), &format!(r#","id":"{spelling}""#)).expect("good");
        assert_eq!(account.id.map(|id| id.to_string()), Some(ID.to_owned()), "{spelling}");
    }
    let replacing = Rules { foreign_id: ForeignId::Replaced, ..rules() };
    for foreign in ["\"clv1a2b3c0000abcd1234efgh\"", "7", "\"7\""] {
        let row = format!(r#","id":{foreign}"#);
        assert_eq!(refused(&rules(), &row), Some(Reason::IdNotUuid), "{foreign}");
        assert_eq!(judge(&replacing, &row).expect("replaced").id, None, "{foreign}");
    }
    let kept = judge(&replacing, &format!(r#","id":"{ID}""#)).expect("good");
    assert_eq!(kept.id, ID.parse().ok());
}

#[test]
fn roles_are_mapped_or_known_and_never_guessed() {
    let mapping = Rules {
        role_map: HashMap::from([("admin".into(), Role::ADMIN), ("ADMIN".into(), Role::USER)]),
        ..rules()
    };
    for (role, expected) in [("admin", Role::ADMIN), ("ADMIN", Role::USER), ("USER", Role::USER)] {
        let account = judge(&mapping, &format!(r#","role":"{role}""#)).expect("good");
        assert_eq!(account.role, expected, "{role}");
    }
    for (role, shown) in [("user", true), ("SUPPORT", true), ("$2b$10$abcdefghijklmnopqrstuv", false)] {
        let shown = shown.then(|| role.to_owned());
        assert_eq!(refused(&mapping, &format!(r#","role":"{role}""#)), Some(Reason::UnknownRole(shown)));
    }
    assert_eq!(refused(&mapping, r#","role":["ADMIN"]"#), Some(Reason::WrongKind(Meaning::Role, "a list")));
}

#[test]
fn an_account_is_locked_only_where_the_row_says_so() {
    use AccountState::{Disabled, Enabled};
    for (row, expected) in [
        (r#""disabled":true"#, Ok(Disabled)),
        (r#""disabled":"t""#, Ok(Disabled)),
        (r#""disabled":1"#, Ok(Disabled)),
        (r#""disabled":"2024-05-01T12:34:56Z""#, Ok(Disabled)),
        (r#""disabled":false"#, Ok(Enabled)),
        (r#""disabled":"0""#, Ok(Enabled)),
        (r#""disabled":null"#, Ok(Enabled)),
        (r#""disabled":"maybe""#, Err(Reason::NotTruth(Meaning::Disabled))),
        (r#""disabled":2"#, Err(Reason::NotTruth(Meaning::Disabled))),
        (r#""enabled":true"#, Ok(Enabled)),
        (r#""enabled":"f""#, Ok(Disabled)),
        (r#""enabled":null"#, Err(Reason::NotTruth(Meaning::Enabled))),
    ] {
        assert_eq!(judge(&rules(), &format!(",{row}")).map(|account| account.state), expected, "{row}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_named_and_not_quoted() {
    for (row, expected) in [
        (r#""password":12345678"#, Reason::WrongKind(Meaning::Password, "a number")),
        (r#""name":{"first":"Ann"}"#, Reason::WrongKind(Meaning::Name, "an object")),
        (r#""id":true"#, Reason::WrongKind(Meaning::Id, "true or false")),
        (
            r#""createdAt":1.5"#,
            Reason::WrongKind(Meaning::CreatedAt, "a number that is not whole or too large"),
        ),
        (r#""createdAt":12"#, Reason::Time),
        (r#""createdAt":"hunter2""#, Reason::Time),
    ] {
        let reason = refused(&rules(), &format!(",{row}"));
        assert_eq!(reason, Some(expected), "{row}");
        let sentence = reason.map(|reason| reason.to_string()).unwrap_or_default();
        assert!(!sentence.contains("1234") && !sentence.contains("hunter2"), "{sentence}");
    }
}
