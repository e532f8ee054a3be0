//! Extractors for axum handlers: who is asking, and that they may.

mod announced;
mod authenticated;
mod in_role;
mod permitted;
mod rejection;

pub use authenticated::Authenticated;
pub use in_role::InRole;
pub use permitted::Permitted;
pub use rejection::{NotAuthenticated, NotPermitted, Unguarded};
