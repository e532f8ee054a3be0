//! The table `users`.

use sea_orm::entity::prelude::*;

use super::HashText;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address they log in with, normalised.
    #[sea_orm(unique)]
    pub email: String,
    /// The name they are shown by.
    pub name: String,
    /// The name as [`Name::folded`](auth_core::Name::folded) spells it: what a search looks in.
    pub name_folded: String,
    /// What they may do, as an upper-case word.
    pub role: String,
    /// Null where they cannot log in with a password.
    pub password_hash: Option<HashText>,
    /// Milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Milliseconds since the Unix epoch; null while the account is in use.
    pub disabled_at: Option<i64>,
}

/// What refers to a user.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Their sessions.
    #[sea_orm(has_many = "super::sessions::Entity")]
    Sessions,
}

impl Related<super::sessions::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Sessions.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
