//! The rows as SeaORM entities, for an application's own queries.
//!
//! ```
//! use auth_sea_orm::entity::users;
//! use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, PaginatorTrait};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let db = auth_sea_orm::connect("sqlite::memory:").await?;
//! # auth_migrations::run(&db).await?;
//! let admins = users::Entity::find().filter(users::Column::Role.eq("ADMIN")).count(&db).await?;
//! assert_eq!(admins, 0);
//! # Ok(()) }
//! ```
//!
//! Sessions are best left to the store: that a session ends with a password, or that a
//! generation is current once, is promised by its verbs and not by the tables.

pub mod events;
mod secret;
pub mod sessions;
pub mod users;

pub use secret::{HashBytes, HashText};
