//! The table `sessions`.

use sea_orm::entity::prelude::*;

use super::HashBytes;

/// A login on one device. All times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// The SHA-256 of the secret in its tokens: 32 bytes.
    pub secret_hash: HashBytes,
    /// Which generation of its token is current; an unsigned 32-bit number.
    pub generation: i64,
    /// The generation that made the current one; null until the first rotation.
    pub parent: Option<i64>,
    /// When the current generation was made; null until the first rotation.
    pub rotated_at: Option<i64>,
    /// When it was opened.
    pub created_at: i64,
    /// When it ends unless it is refreshed before.
    pub expires_at: i64,
    /// When it ends at the latest.
    pub ends_at: i64,
    /// When it was ended before its time.
    pub ended_at: Option<i64>,
    /// Why it was ended; set together with `ended_at`.
    pub end_reason: Option<String>,
    /// What the client called itself at login.
    pub user_agent: Option<String>,
    /// The address that the login came from, as text.
    pub ip_address: Option<String>,
}

/// What a session refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Its user.
    #[sea_orm(
        belongs_to = "super::users::Entity",
        from = "Column::UserId",
        to = "super::users::Column::Id",
        on_delete = "Cascade"
    )]
    User,
}

impl Related<super::users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
