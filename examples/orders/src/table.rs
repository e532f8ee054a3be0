//! The table `orders`: one row for each order, which belongs to one of the library's users.

use auth_sea_orm::entity::users;
use sea_orm::entity::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) buyer: Uuid,
    pub(crate) item: String,
    pub(crate) quantity: i32,
    /// Milliseconds since the Unix epoch.
    pub(crate) placed_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "users::Entity", from = "Column::Buyer", to = "users::Column::Id")]
    Buyer,
}

impl Related<users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Buyer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The library's tables first, so that others can refer to them.
pub(crate) struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = auth_migrations::Migrator::migrations();
        all.push(Box::new(CreateOrders));
        all
    }
}

struct CreateOrders;

impl MigrationName for CreateOrders {
    fn name(&self) -> &'static str {
        "m20261129_000001_orders"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for CreateOrders {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE TABLE orders (
                 id        INTEGER PRIMARY KEY,
                 buyer     BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                 item      TEXT    NOT NULL,
                 quantity  INTEGER NOT NULL,
                 placed_at INTEGER NOT NULL
             )",
        )
        .await?;
        db.execute_unprepared("CREATE INDEX orders_buyer_idx ON orders (buyer)").await.map(drop)
    }
}
