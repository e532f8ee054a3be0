//! What is asked of the table `orders`.

use auth_core::{Timestamp, UserId};
use auth_sea_orm::entity::users;
use sea_orm::prelude::Uuid;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::table::{ActiveModel, Column, Entity, Model};

/// The most that one answer lists.
const MOST: u64 = 100;

/// All orders, whoever placed them.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    database: DatabaseConnection,
}

impl Orders {
    pub(crate) fn new(database: DatabaseConnection) -> Self {
        Self { database }
    }

    /// The latest orders of one buyer.
    pub(crate) async fn of(&self, buyer: UserId) -> Result<Vec<Model>, DbErr> {
        Entity::find()
            .filter(Column::Buyer.eq(uuid(buyer)))
            .order_by_desc(Column::Id)
            .limit(MOST)
            .all(&self.database)
            .await
    }

    /// The latest orders of everyone, each with its buyer.
    pub(crate) async fn all(&self) -> Result<Vec<(Model, Option<users::Model>)>, DbErr> {
        Entity::find()
            .find_also_related(users::Entity)
            .order_by_desc(Column::Id)
            .limit(MOST)
            .all(&self.database)
            .await
    }

    /// Places an order.
    pub(crate) async fn place(
        &self,
        buyer: UserId,
        item: String,
        quantity: i32,
        now: Timestamp,
    ) -> Result<Model, DbErr> {
        let order = ActiveModel {
            id: ActiveValue::NotSet,
            buyer: ActiveValue::Set(uuid(buyer)),
            item: ActiveValue::Set(item),
            quantity: ActiveValue::Set(quantity),
            placed_at: ActiveValue::Set(now.millis()),
        };
        order.insert(&self.database).await
    }
}

fn uuid(id: UserId) -> Uuid {
    Uuid::from_bytes(id.to_bytes())
}
