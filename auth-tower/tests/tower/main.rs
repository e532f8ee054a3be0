//! The routes, the layer, the guards and the extractor, as their users meet them. What the HTTP
//! contract says of the endpoints themselves is in `tests/contract.rs`.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod accounts;
mod bare;
mod check;
mod client;
mod common;
#[cfg(feature = "axum")]
mod extractor;
mod faults;
#[cfg(feature = "grpc")]
mod grpc;
mod guards;
mod heeding;
mod keys;
mod layer;
mod logs;
mod order;
mod permissions;
mod plugged;
mod verifier;
