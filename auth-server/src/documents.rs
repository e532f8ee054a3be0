//! The Rust of the documents, compiled as doc tests: whoever copies it has something that works.
//!
//! `tests/readme/book.rs` sees to it that no document is forgotten.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/keys.md")]
struct AsymmetricKeys;

#[doc = include_str!("../../docs/own-migrator.md")]
struct InYourOwnDatabase;

#[doc = include_str!("../../docs/own-store.md")]
struct AStoreOfYourOwn;

#[doc = include_str!("../../docs/quick-start.md")]
struct QuickStart;

#[doc = include_str!("../../docs/roles.md")]
struct RolesAndPermissions;

#[doc = include_str!("../../docs/secrets.md")]
struct ReplacingSecrets;

#[doc = include_str!("../../docs/sessions.md")]
struct APageWithOnesSessions;

#[doc = include_str!("../../docs/testing.md")]
struct TestingYourApplication;
