use auth_core::{InvalidCursor, InvalidSearch, NameFlaw, PasswordFlaw, SessionId, UserId};
use proptest::prelude::*;

use super::*;

const USER: UserId = UserId::from_bytes([1; 16]);
const SESSION: SessionId = SessionId::from_bytes([2; 16]);

/// What the two steps make of it, in words that can be compared.
fn told(errand: Errand, query: Option<&str>, body: &str) -> Result<String, String> {
    match order(errand, query, body.as_bytes()) {
        Ok(order) => Ok(format!("{order:?}")),
        Err(Denial::Rejected(rejection)) => Err(format!("{rejection:?}")),
        Err(Denial::Refused(refusal)) => Err(format!("{refusal:?}")),
        Err(Denial::Failed(fault)) => Err(format!("{fault:?}")),
    }
}

fn flawed(flaw: Flaw) -> String {
    format!("{:?}", Refusal::Unacceptable(flaw))
}

fn rejected(flaw: BodyFlaw) -> String {
    format!("{:?}", Rejection::Body(flaw))
}

#[test]
fn what_is_no_id_is_the_id_of_nothing() {
    let not_found = format!("{:?}", Refusal::NotFound);
    for errand in [
        Errand::EndOwnSession(None),
        Errand::Show(None),
        Errand::Change(None),
        Errand::Delete(None),
        Errand::Sessions(None),
        Errand::EndSessions(None),
        Errand::EndSession(None, Some(SESSION)),
        Errand::EndSession(Some(USER), None),
    ] {
        assert_eq!(told(errand, None, "{}"), Err(not_found.clone()), "{errand:?}");
    }
    let body_first = told(Errand::Change(None), None, r#"{"name":null}"#);
    assert_eq!(body_first, Err(rejected(BodyFlaw::NotText("name"))));
}

#[test]
fn a_change_names_what_changes_and_nothing_else() {
    for (body, name, role, state, password) in [
        ("{}", None, None, None, false),
        (r#"{"email":"new@example.com","id":1}"#, None, None, None, false),
        (r#"{"name":" Ann "}"#, Some("Ann"), None, None, false),
        (r#"{"role":"SUPPORT"}"#, None, Some("SUPPORT"), None, false),
        (r#"{"disabled":true}"#, None, None, Some(AccountState::Disabled), false),
        (r#"{"disabled":false,"password":"x"}"#, None, None, Some(AccountState::Enabled), true),
    ] {
        let change = account_change(body.as_bytes()).expect("it can be read");
        assert_eq!(change.name.as_ref().map(Name::as_str), name, "{body}");
        assert_eq!(change.role.as_ref().map(Role::as_str), role, "{body}");
        assert_eq!(change.state, state, "{body}");
        assert_eq!(change.password.is_some(), password, "{body}");
    }
}

#[test]
fn a_change_at_fault_is_told_by_its_field() {
    for (body, told_of) in [
        (r#"{"name":null}"#, rejected(BodyFlaw::NotText("name"))),
        (r#"{"role":null}"#, rejected(BodyFlaw::NotText("role"))),
        (r#"{"disabled":null}"#, rejected(BodyFlaw::NotFlag("disabled"))),
        (r#"{"password":null}"#, rejected(BodyFlaw::NotText("password"))),
        (r#"{"role":""}"#, rejected(BodyFlaw::Empty("role"))),
        // What a field is comes before what it says.
        (r#"{"name":"a\u0000","password":1}"#, rejected(BodyFlaw::NotText("password"))),
        (r#"{"name":"a\u0000","role":"user"}"#, flawed(NameFlaw::Control.into())),
        (r#"{"role":"user"}"#, flawed(Flaw::UnknownRole)),
        (r#"{"password":"a\u0000"}"#, flawed(PasswordFlaw::Nul.into())),
        ("[]", rejected(BodyFlaw::NotAnObject)),
    ] {
        assert_eq!(told(Errand::Change(Some(USER)), None, body), Err(told_of), "{body}");
    }
}

#[test]
fn a_password_at_fault_is_told_by_its_own_name() {
    for (body, told_of) in [
        ("{}", rejected(BodyFlaw::Missing("currentPassword"))),
        (r#"{"currentPassword":"a"}"#, rejected(BodyFlaw::Missing("newPassword"))),
        (
            r#"{"currentPassword":"a\u0000","newPassword":"a\u0000"}"#,
            flawed(Flaw::CurrentPassword(PasswordFlaw::Nul)),
        ),
        (r#"{"currentPassword":"a","newPassword":"a\u0000"}"#, flawed(Flaw::NewPassword(PasswordFlaw::Nul))),
    ] {
        assert_eq!(told(Errand::ChangePassword, None, body), Err(told_of), "{body}");
    }
}

#[test]
fn a_query_says_which_accounts() {
    let read = |query| account_query(Some(query)).expect("it can be read");
    assert_eq!(account_query(None).expect("it can be read"), AccountQuery::default());
    assert_eq!(read("utm=1"), AccountQuery::default());
    let all = read("limit=200&search=+Ann&role=USER&state=disabled");
    let expected = AccountQuery {
        limit: 200,
        search: Some(Search::parse("ann").expect("a search")),
        role: Some(Role::USER),
        state: Some(AccountState::Disabled),
        after: None,
    };
    assert_eq!(all, expected);
    assert_eq!(read("limit=01&state=enabled").limit, 1);
}

#[test]
fn a_parameter_at_fault_is_told_by_its_name() {
    let limit = || flawed(Flaw::Limit);
    let search = || flawed(Flaw::Search(InvalidSearch));
    let cursor = || flawed(Flaw::Cursor(InvalidCursor));
    let role = || flawed(Flaw::UnknownRole);
    let state = || format!("{:?}", Rejection::Query(QueryFlaw::UnknownState));
    for (query, told_of) in [
        ("limit=", limit()),
        ("limit=0", limit()),
        ("limit=201", limit()),
        ("limit=%2B5", limit()),
        ("limit=-1", limit()),
        ("limit=1.0", limit()),
        ("limit=4294967297", limit()),
        ("search=", search()),
        ("search=%00", search()),
        ("cursor=", cursor()),
        ("cursor=AAAA", cursor()),
        ("role=", role()),
        ("role=user", role()),
        ("state=", state()),
        ("state=Enabled", state()),
        ("limit=x&limit=x", format!("{:?}", Rejection::Query(QueryFlaw::Repeated("limit")))),
    ] {
        assert_eq!(told(Errand::List, Some(query), ""), Err(told_of), "{query}");
    }
}

#[test]
fn the_current_session_is_spared_unless_it_is_named() {
    for (query, expected) in [
        (None, OwnSessions::Others),
        (Some("x=1"), OwnSessions::Others),
        (Some("current=false"), OwnSessions::Others),
        (Some("current=true"), OwnSessions::All),
    ] {
        assert_eq!(which(query), Ok(expected), "{query:?}");
    }
    for bad in ["current", "current=", "current=1", "current=TRUE"] {
        assert_eq!(which(Some(bad)), Err(Rejection::Query(QueryFlaw::NotFlag("current"))), "{bad}");
    }
}

proptest! {
    #[test]
    fn nothing_sent_makes_it_panic(query in any::<String>(), body in prop::collection::vec(any::<u8>(), 0..100)) {
        for errand in [
            Errand::Rename,
            Errand::ChangePassword,
            Errand::EndOwnSessions,
            Errand::List,
            Errand::Create,
            Errand::Change(Some(USER)),
        ] {
            let _ = order(errand, Some(&query), &body);
        }
    }
}
