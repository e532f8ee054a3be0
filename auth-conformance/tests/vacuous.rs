//! No line of the contract is empty: implementations that answer everything alike break each one.
#![cfg(feature = "http")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use auth_conformance::contract::{self, App, Door, Settings, check_contract};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

/// Answers every request with one status and one body, and with the headers that all answers have.
#[derive(Clone, Copy)]
struct Parrot {
    status: StatusCode,
    body: &'static str,
}

impl Door for Parrot {
    type App = Self;

    async fn open(&self, _: Settings) -> Self {
        *self
    }
}

impl App for Parrot {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        // A bootstrap always seems to work, so that each line gets as far as its own point.
        let bootstrap = request.uri() == "/api/auth/bootstrap" && request.method() == Method::POST;
        let admin = bootstrap && request.body().starts_with(br#"{"email":"admin@example.com","#);
        let created = r#"{"message":"Admin user created successfully"}"#;
        let (status, body) = if admin { (StatusCode::CREATED, created) } else { (self.status, self.body) };
        Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .header("cache-control", "no-store")
            .header("x-content-type-options", "nosniff")
            .header("www-authenticate", "Bearer")
            .body(Bytes::from_static(body.as_bytes()))
            .expect("a good response")
    }
}

macro_rules! assert_broken {
    ($door:expr; $($module:ident :: $line:ident,)*) => {
        $(
            let check = || check_contract(async || $door, contract::$module::$line);
            assert!(catch_unwind(AssertUnwindSafe(check)).is_err(), stringify!($line));
        )*
    };
}

macro_rules! assert_accounts_broken {
    ($door:expr; $($module:ident :: $line:ident,)*) => {
        $(
            let check = || check_contract(async || $door, contract::accounts::$module::$line);
            assert!(catch_unwind(AssertUnwindSafe(check)).is_err(), stringify!($line));
        )*
    };
}

#[test]
fn an_empty_success_breaks_every_line() {
    let parrot = Parrot { status: StatusCode::OK, body: "{}" };
    auth_conformance::contract_lines!([assert_broken] parrot);
    auth_conformance::account_contract_lines!([assert_accounts_broken] parrot);
}

#[test]
fn a_refusal_breaks_every_line() {
    let parrot = Parrot { status: StatusCode::UNAUTHORIZED, body: r#"{"error":"Invalid or expired token"}"# };
    auth_conformance::contract_lines!([assert_broken] parrot);
    auth_conformance::account_contract_lines!([assert_accounts_broken] parrot);
}

#[test]
fn a_server_error_breaks_every_line() {
    let parrot =
        Parrot { status: StatusCode::INTERNAL_SERVER_ERROR, body: r#"{"error":"Internal server error"}"# };
    auth_conformance::contract_lines!([assert_broken] parrot);
    auth_conformance::account_contract_lines!([assert_accounts_broken] parrot);
}
