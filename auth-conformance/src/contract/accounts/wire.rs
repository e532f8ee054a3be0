//! Accounts and sessions as they go over the wire, to the byte.

use std::net::IpAddr;

use http::StatusCode;
use serde_json::Value;

use super::super::answer::Answer;
use super::time;

/// An account, as an admin sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) disabled: bool,
    pub(super) created_at: String,
}

impl Account {
    /// Insists that the answer is one account, and touches no cookie.
    pub(super) fn of(answer: &Answer, status: StatusCode) -> Self {
        answer.has_status(status);
        let account = Self::read(answer, &answer.json());
        answer.is(status, &account.text()).leaves_cookie();
        account
    }

    fn read(answer: &Answer, value: &Value) -> Self {
        let told = |field: &str| answer.told(&format!("an account with {field}"));
        let text =
            |field: &str| value[field].as_str().unwrap_or_else(|| panic!("{}", told(field))).to_owned();
        let created_at = text("createdAt");
        assert!(time::millis(&created_at).is_some(), "{}", answer.told("a time"));
        Self {
            id: text("id"),
            email: text("email"),
            name: text("name"),
            role: text("role"),
            disabled: value["disabled"].as_bool().unwrap_or_else(|| panic!("{}", told("disabled"))),
            created_at,
        }
    }

    /// The account as JSON, in the order that the contract quotes.
    pub(super) fn text(&self) -> String {
        let [id, email, name, role, created_at] =
            [&self.id, &self.email, &self.name, &self.role, &self.created_at]
                .map(|text| Value::from(text.as_str()));
        let disabled = self.disabled;
        format!(
            r#"{{"id":{id},"email":{email},"name":{name},"role":{role},"disabled":{disabled},"createdAt":{created_at}}}"#
        )
    }

    /// The user as `/me` and a login show them.
    pub(super) fn as_user(&self) -> String {
        let [id, email, name, role] =
            [&self.id, &self.email, &self.name, &self.role].map(|text| Value::from(text.as_str()));
        format!(r#"{{"id":{id},"email":{email},"name":{name},"role":{role}}}"#)
    }
}

/// A page of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) users: Vec<Account>,
    pub(super) next: Option<String>,
}

impl Page {
    /// Insists that the answer is a page of accounts, the newest first.
    pub(super) fn of(answer: &Answer) -> Self {
        answer.has_status(StatusCode::OK);
        let body = answer.json();
        let users = body["users"].as_array().unwrap_or_else(|| panic!("{}", answer.told("users")));
        let users: Vec<_> = users.iter().map(|user| Account::read(answer, user)).collect();
        let texts: Vec<_> = users.iter().map(Account::text).collect();
        let next = &body["nextCursor"];
        let whole = format!(r#"{{"users":[{}],"nextCursor":{next}}}"#, texts.join(","));
        answer.is(StatusCode::OK, &whole).leaves_cookie();
        let key = |user: &Account| (user.created_at.clone(), user.id.clone());
        assert!(users.is_sorted_by(|a, b| key(a) > key(b)), "{}", answer.told("the newest first"));
        let next = match next {
            Value::Null => None,
            Value::String(cursor) => Some(cursor.clone()),
            _ => panic!("{}", answer.told("a text or null as nextCursor")),
        };
        Self { users, next }
    }

    /// The addresses in their own order: accounts of one millisecond may come in any.
    pub(super) fn emails(&self) -> Vec<&str> {
        let mut emails: Vec<_> = self.users.iter().map(|user| user.email.as_str()).collect();
        emails.sort_unstable();
        emails
    }
}

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) created_at: i64,
    pub(super) last_used_at: i64,
    pub(super) expires_at: i64,
    pub(super) user_agent: Option<String>,
    pub(super) current: bool,
}

impl Seen {
    /// Insists that the answer is a list of sessions, the latest login first.
    pub(super) fn all(answer: &Answer) -> Vec<Self> {
        answer.has_status(StatusCode::OK);
        let body = answer.json();
        let sessions = body["sessions"].as_array().unwrap_or_else(|| panic!("{}", answer.told("sessions")));
        let texts: Vec<_> = sessions.iter().map(spelled).collect();
        let whole = format!(r#"{{"sessions":[{}]}}"#, texts.join(","));
        answer.is(StatusCode::OK, &whole).leaves_cookie();
        let seen: Vec<_> = sessions.iter().map(|session| Self::read(answer, session)).collect();
        let key = |seen: &Self| (seen.created_at, seen.id.clone());
        assert!(seen.is_sorted_by(|a, b| key(a) > key(b)), "{}", answer.told("the latest login first"));
        seen
    }

    fn read(answer: &Answer, value: &Value) -> Self {
        let told = |field: &str| answer.told(&format!("a session with {field}"));
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let time = |field: &str| {
            text(field).and_then(|text| time::millis(&text)).unwrap_or_else(|| panic!("{}", told(field)))
        };
        for field in ["userAgent", "ipAddress"] {
            assert!(value[field].is_null() || value[field].is_string(), "{}", told(field));
        }
        let address = text("ipAddress");
        assert!(address.is_none_or(|text| text.parse::<IpAddr>().is_ok()), "{}", told("an IP address"));
        Self {
            id: text("id").unwrap_or_else(|| panic!("{}", told("id"))),
            created_at: time("createdAt"),
            last_used_at: time("lastUsedAt"),
            expires_at: time("expiresAt"),
            user_agent: text("userAgent"),
            current: value["current"].as_bool().unwrap_or_else(|| panic!("{}", told("current"))),
        }
    }
}

/// A session as JSON, in the order that the contract quotes.
fn spelled(session: &Value) -> String {
    let fields = ["id", "createdAt", "lastUsedAt", "expiresAt", "userAgent", "ipAddress", "current"];
    let pairs = fields.map(|field| format!(r#""{field}":{}"#, session[field]));
    format!("{{{}}}", pairs.join(","))
}

/// An event in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) cause: Option<String>,
    pub(super) by: Option<String>,
    pub(super) user: Option<String>,
    pub(super) session: Option<String>,
    pub(super) email_digest: Option<String>,
    pub(super) count: Option<u64>,
    pub(super) role: Option<String>,
}

impl Told {
    /// Insists that the answer is a page of events, the latest first.
    pub(super) fn page(answer: &Answer) -> (Vec<Self>, Option<String>) {
        answer.has_status(StatusCode::OK);
        let body = answer.json();
        let events = body["events"].as_array().unwrap_or_else(|| panic!("{}", answer.told("events")));
        let texts: Vec<_> = events.iter().map(written).collect();
        let next = &body["nextCursor"];
        let whole = format!(r#"{{"events":[{}],"nextCursor":{next}}}"#, texts.join(","));
        answer.is(StatusCode::OK, &whole).leaves_cookie();
        let told: Vec<_> = events.iter().map(|event| Self::read(answer, event)).collect();
        assert!(told.is_sorted_by(|a, b| a.id > b.id), "{}", answer.told("the latest first"));
        (told, next.as_str().map(str::to_owned))
    }

    /// The events of a page.
    pub(super) fn all(answer: &Answer) -> Vec<Self> {
        Self::page(answer).0
    }

    fn read(answer: &Answer, value: &Value) -> Self {
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let must = |field: &str| {
            text(field).unwrap_or_else(|| panic!("{}", answer.told(&format!("an event with {field}"))))
        };
        assert!(time::millis(&must("at")).is_some(), "{}", answer.told("a time"));
        Self {
            id: must("id"),
            kind: must("kind"),
            cause: text("cause"),
            by: text("by"),
            user: text("userId"),
            session: text("sessionId"),
            email_digest: text("emailDigest"),
            count: value["count"].as_u64(),
            role: text("role"),
        }
    }

    /// What happened, and why.
    pub(super) fn what(&self) -> String {
        self.cause.iter().fold(self.kind.clone(), |kind, cause| format!("{kind} {cause}"))
    }
}

/// An event as JSON, in the order that the contract quotes.
fn written(event: &Value) -> String {
    let fields = [
        "id",
        "at",
        "kind",
        "cause",
        "by",
        "userId",
        "emailDigest",
        "sessionId",
        "count",
        "role",
        "ipAddress",
        "userAgent",
        "requestId",
    ];
    let pairs = fields.map(|field| format!(r#""{field}":{}"#, event[field]));
    format!("{{{}}}", pairs.join(","))
}
