//! The table `auth_events`.

use sea_orm::entity::prelude::*;

/// Something that happened; rows are added and, when they are old, deleted, and never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "auth_events")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What happened: a word of [`auth_core::EventKind`].
    pub kind: String,
    /// Why: a word of [`auth_core::Cause`].
    pub cause: Option<String>,
    /// Who did it, where it was not the user themselves: an admin's id, or `operator`.
    pub actor: Option<String>,
    /// To whom it happened.
    pub user_id: Option<Uuid>,
    /// Which address was given: the 16 bytes of an [`auth_core::EmailDigest`].
    pub email_digest: Option<Vec<u8>>,
    /// To which session it happened.
    pub session_id: Option<Uuid>,
    /// How many it happened to.
    pub count: Option<i64>,
    /// The role that somebody has from now on.
    pub role: Option<String>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// The address that the request came from, as text.
    pub ip_address: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// Events refer to nothing: they outlive what they are about.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
