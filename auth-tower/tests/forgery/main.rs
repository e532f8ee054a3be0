//! The forgery table: what an attacker sends, each with the answer it must get.
//!
//! Every table is made by code, of something good and a list of ways to spoil it. A system in which
//! two people are logged in meets a few forgeries at a time. After each one both sessions must live,
//! and after the last nobody's token may be used up, and the admin can log in.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod answer;
mod bodies;
mod cookies;
mod jwt;
mod origins;
mod places;
mod table;
mod tokens;
mod world;

use table::run;

#[tokio::test]
async fn every_forged_access_token_is_refused() {
    run("access tokens", 120, tokens::table).await;
}

#[tokio::test]
async fn every_forged_cookie_is_refused() {
    run("cookies", 60, cookies::table).await;
}

#[tokio::test]
async fn every_bad_body_is_refused() {
    run("bodies", 100, bodies::table).await;
}

#[tokio::test]
async fn every_strange_path_and_method_is_refused() {
    run("paths and methods", 60, places::table).await;
}

#[tokio::test]
async fn every_foreign_origin_is_refused() {
    run("origins", 40, origins::table).await;
}
